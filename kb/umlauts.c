/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/umlauts.h"

#include <string.h>

/* UTF-8 read as Windows-1252 gives "Ã" or "Â" and then one more, "â€" for quotes and dashes. */
static const char *const markers[] =
    {
        "Ã¤",        "Ã¶",        "Ã¼",        "Ã©",      "Ã¨",      "Ã¡",
        "Ã±",        "Ã§",        "Ã³",        "Ãº",      "Ãª",      "Ã´", /* lower case */
        "Ã\u0178",   "Ã\u201E",   "Ã\u2013",   "Ã\u0152", "Ã\u00A0", "â€",
        "Â\u00A0",   "Â°",        "Â§",        "Â»",      "Â«",      "Ã\xC2\x9F",
        "Ã\xC2\x84", "Ã\xC2\x96", "Ã\xC2\x9C", /* read as ISO 8859-1: ß Ä Ö Ü */
        "\uFFFD",    "&auml;",    "&ouml;",    "&uuml;",  "&Auml;",  "&Ouml;",
        "&Uuml;",    "&szlig;",   "=C3=",
};

/* No marker is without one of these: the quick way out. */
static gboolean may_be_broken(const char *line)
{
    return strpbrk(line, "?&=") || strstr(line, "Ã") || strstr(line, "Â") || strstr(line, "â") ||
           strstr(line, "\uFFFD");
}

/* "M?nchen", "gr??e"; not "Wirklich?" and not "page?id=1". */
static gboolean has_lost_letter(const char *word)
{
    if (strpbrk(word, "/=&"))
        return FALSE;
    for (const char *at = strchr(word, '?'); at; at = strchr(at, '?')) {
        const char *behind = at + strspn(at, "?");
        if (at > word && g_unichar_isalpha(g_utf8_get_char(g_utf8_prev_char(at))) &&
            g_unichar_isalpha(g_utf8_get_char(behind)))
            return TRUE;
        at = behind;
    }
    return FALSE;
}

static gboolean is_broken(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(markers); i++) {
        if (strstr(word, markers[i]))
            return TRUE;
    }
    return has_lost_letter(word);
}

char *umlauts_broken(const char *line)
{
    if (!may_be_broken(line))
        return NULL;
    g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
    for (char **word = words; *word; word++) {
        if (is_broken(*word))
            return g_strdup(*word);
    }
    return NULL;
}
