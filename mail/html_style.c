/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/html_style.h"

#include <string.h>

/* The value of PROPERTY in a style, spaces skipped; NULL: none. */
static const char *property(const char *style, const char *name)
{
    gsize n = strlen(name);

    for (const char *p = style; (p = strcasestr(p, name)); p += n) {
        const char *value = p + n + strspn(p + n, " \t\n");
        if ((p == style || !(g_ascii_isalnum(p[-1]) || p[-1] == '-')) && *value == ':')
            return value + 1 + strspn(value + 1, " \t\n");
    }
    return NULL;
}

static gboolean says(const char *style, const char *name, const char *value)
{
    const char *found = property(style, name);

    return found && g_ascii_strncasecmp(found, value, strlen(value)) == 0;
}

guint html_style(const char *style, guint state)
{
    const char *size = property(style, "font-size");

    if (says(style, "display", "none") || says(style, "visibility", "hidden") ||
        says(style, "mso-hide", "all"))
        state |= HTML_HIDDEN;
    if (size && g_ascii_strtod(size, NULL) == 0 && g_ascii_isdigit(*size))
        state |= HTML_NO_FONT;
    else if (size)
        state &= ~(guint)HTML_NO_FONT;
    return state;
}

HtmlSpace html_space(const char *p, const char *end, gsize *length)
{
    const char *q = p;
    gunichar c;

    while (q < end && (guchar)*q > 0x20 && (guchar)*q < 0x80)
        q++;
    *length = (gsize)(q - p);
    if (q > p)
        return HTML_NO_SPACE;
    if ((guchar)*p < 0x80) {
        *length = 1;
        return HTML_SPACE;
    }
    c = g_utf8_get_char_validated(p, end - p);
    if (c >= 0x110000) { /* broken: cannot come from libxml2 */
        *length = 1;
        return HTML_NOTHING;
    }
    *length = (gsize)(g_utf8_next_char(p) - p);
    if (c == 0xad)
        return HTML_NOTHING;
    if (c == 0xa0 || (c >= 0x2000 && c <= 0x200d) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
        c == 0x205f || c == 0x2060 || c == 0x3000 || c == 0xfeff)
        return HTML_SPACE;
    return HTML_NO_SPACE;
}
