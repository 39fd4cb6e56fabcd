/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/exit.h"

#include "classifier/model.h"
#include "cmd/settings.h"
#include "kb/kb.h"
#include "mail/archive.h"
#include "mail/error.h"
#include "models/store.h"

#define ANY_CODE (-1)

G_DEFINE_QUARK(erms_cmd_error, cmd_error)

int exit_code(const GError *error)
{
    const struct {
        GQuark domain;
        int code;
        int exit;
    } table[] = {
        {SERVER_ERROR, SERVER_ERROR_LOGIN, EXIT_LOGIN},
        {SERVER_ERROR, SERVER_ERROR_TLS, EXIT_UNREACHABLE},
        {SERVER_ERROR, SERVER_ERROR_UNREACHABLE, EXIT_UNREACHABLE},
        {SERVER_ERROR, SERVER_ERROR_REFUSED, EXIT_FAILED},
        {SERVER_ERROR, ANY_CODE, EXIT_TRY_LATER},
        {STORE_ERROR, STORE_ERROR_BUSY, EXIT_TRY_LATER},
        {STORE_ERROR, STORE_ERROR_BAD, EXIT_BAD_DATA},
        {STORE_ERROR, STORE_ERROR_ABSENT, EXIT_CONFIG},
        {SETTINGS_ERROR, ANY_CODE, EXIT_CONFIG},
        {LOOKUP_ERROR, ANY_CODE, EXIT_CONFIG},
        {KB_ERROR, ANY_CODE, EXIT_CONFIG},
        {MODEL_ERROR, MODEL_ERROR_IO, EXIT_FAILED},
        {MODEL_ERROR, ANY_CODE, EXIT_BAD_DATA},
        {ARCHIVE_ERROR, ANY_CODE, EXIT_BAD_DATA},
        {G_OPTION_ERROR, ANY_CODE, EXIT_USAGE},
    };
    if (error->domain == CMD_ERROR)
        return error->code;
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (error->domain == table[i].domain &&
            (table[i].code == ANY_CODE || table[i].code == error->code))
            return table[i].exit;
    return EXIT_FAILED;
}
