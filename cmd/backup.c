/* SPDX-License-Identifier: Apache-2.0 */
/* erms backup FILE: a copy of the database while everything goes on. */
#include "cmd/cmd.h"

#include <stdio.h>

static int run(Context *context, int argc, char **argv, GError **error)
{
    if (!parse_options(command_backup.name, command_backup.args, command_backup.summary, NULL, 1, 1,
                       &argc, &argv, error))
        return EXIT_ERROR;
    if (g_file_test(argv[1], G_FILE_TEST_EXISTS)) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s is there already; nothing was written",
                    argv[1]);
        return EXIT_ERROR;
    }
    if (!store_backup(context->store, argv[1], error))
        return EXIT_ERROR;
    printf("%s written\n", argv[1]);
    return EXIT_DONE;
}

const Command command_backup = {"backup", "FILE", "copy the database while it is in use",
                                NEED_HOME | NEED_STORE, run};
