/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/html_guard.h"

#include <string.h>

#define MAX_TAG 4096

/* A search that is never repeated once it has failed: that keeps a mail full of openings without
 * an end linear. */
typedef struct Search {
    const char *what; /* lower case */
    gboolean failed;
} Search;

static const char *find(Search *search, const char *p, const char *stop)
{
    gsize n = strlen(search->what);

    while (!search->failed) {
        p = memchr(p, search->what[0], (gsize)(stop - p));
        if (!p || (gsize)(stop - p) < n)
            search->failed = TRUE;
        else if (g_ascii_strncasecmp(p, search->what, n) == 0)
            return p;
        else
            p++;
    }
    return NULL;
}

static gboolean opens(const char *p, const char *stop, const char *tag)
{
    gsize n = strlen(tag);

    return (gsize)(stop - p) > n && g_ascii_strncasecmp(p, tag, n) == 0 && !g_ascii_isalnum(p[n]);
}

GString *html_guard(const char *html, gsize length)
{
    Search tag_end = {">", FALSE};
    Search comment_end = {"-->", FALSE};
    Search skipped[] = {{"</script", FALSE}, {"</style", FALSE}};
    GString *out = g_string_sized_new(length + 1);
    const char *p = html;
    const char *stop = html + length;

    while (p < stop) {
        const char *tag = memchr(p, '<', (gsize)(stop - p));
        const char *end;
        gboolean drop = FALSE;
        if (!tag)
            tag = stop;
        g_string_append_len(out, p, tag - p);
        if (tag == stop)
            break;
        if (tag + 1 == stop || (!g_ascii_isalpha(tag[1]) && !strchr("/!?", tag[1]))) {
            g_string_append(out, "&lt;");
            p = tag + 1;
            continue;
        }
        end = find(&tag_end, tag, stop);
        if (!end) {
            g_string_append(out, "&lt;");
            p = tag + 1;
            continue;
        }
        if (stop - tag >= 4 && strncmp(tag, "<!--", 4) == 0) {
            const char *close = find(&comment_end, tag + 2, stop);
            if (close)
                end = close + 2;
            drop = TRUE;
        }
        for (gsize i = 0; i < G_N_ELEMENTS(skipped); i++) {
            g_autofree char *name = g_strconcat("<", skipped[i].what + 2, NULL);
            const char *close = opens(tag, stop, name) ? find(&skipped[i], end, stop) : NULL;
            const char *close_end = close ? find(&tag_end, close, stop) : NULL;
            if (close_end) {
                end = close_end;
                drop = TRUE;
            }
        }
        if (!drop && end - tag <= MAX_TAG)
            g_string_append_len(out, tag, end + 1 - tag);
        p = end + 1;
    }
    return out;
}
