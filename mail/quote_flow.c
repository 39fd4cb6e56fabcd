/* SPDX-License-Identifier: Apache-2.0 */
/* format=flowed (RFC 3676), the reader's side: section 4.5 and 4.6. */
#include "mail/quote.h"

#include <string.h>

char *quote_unflow(const char *text, gboolean del_sp)
{
    GString *out = g_string_sized_new(strlen(text) + 1);
    gboolean open = FALSE; /* the last line ended in a soft line break */
    gsize open_depth = 0;
    const char *p = text;

    while (*p) {
        const char *end = strchrnul(p, '\n');
        gsize depth = strspn(p, ">");
        const char *line = p + depth;
        gsize length;
        gboolean signature;
        if (*line == ' ')
            line++;
        length = (gsize)(end - line);
        signature = length == 3 && memcmp(line, "-- ", 3) == 0;
        if (open && (depth != open_depth || signature)) {
            g_string_append_c(out, '\n');
            open = FALSE;
        }
        if (!open && depth > 0) {
            for (gsize i = 0; i < depth; i++)
                g_string_append_c(out, '>');
            g_string_append_c(out, ' ');
        }
        open = length > 0 && line[length - 1] == ' ' && !signature;
        open_depth = depth;
        g_string_append_len(out, line, (gssize)(length - (open && del_sp)));
        if (!open && *end)
            g_string_append_c(out, '\n');
        p = *end ? end + 1 : end;
    }
    return g_string_free(out, FALSE);
}
