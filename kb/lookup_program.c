/* SPDX-License-Identifier: Apache-2.0 */
/* A program as a source. */
#include <gio/gio.h>

#include "kb/lookup_record.h"
#include "kb/process.h"

gboolean lookup_program_check(const LookupSpec *spec, GError **error)
{
    if (g_file_test(spec->program[0], G_FILE_TEST_IS_REGULAR) &&
        g_file_test(spec->program[0], G_FILE_TEST_IS_EXECUTABLE))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: no such program", spec->program[0]);
    return FALSE;
}

gboolean lookup_program_fetch(const LookupSpec *spec, const char *key, const char *address,
                              GHashTable **record, GString *left_out, GError **error)
{
    const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", NULL};
    *record = NULL;
    if (key[0] == '-' || address[0] == '-')
        return TRUE; /* it would be an option: nobody has such a record */
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_addv(builder, (const char **)spec->program);
    g_strv_builder_add_many(builder, key, address, NULL);
    g_auto(GStrv) argv = g_strv_builder_end(builder);
    g_autoptr(GString) output = g_string_new(NULL);
    if (!process_run((const char *const *)argv, environment, spec->timeout_ms, RECORD_MAX_BYTES,
                     output, error))
        return FALSE;
    GError *reason = NULL;
    *record = record_from_json(output->str, output->len, left_out, &reason);
    if (!reason)
        return TRUE;
    g_propagate_prefixed_error(error, reason, "%s: ", spec->program[0]);
    return FALSE;
}
