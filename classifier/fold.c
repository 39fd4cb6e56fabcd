/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/fold.h"

#include <string.h>

/* What a decomposition does not give. */
static const struct {
    gunichar from;
    char to[3];
} folds[] = {
    {0xDF, "ss"}, {0xE4, "ae"}, {0xE5, "aa"},  {0xE6, "ae"}, {0xF0, "d"},
    {0xF6, "oe"}, {0xF8, "oe"}, {0xFC, "ue"},  {0xFE, "th"}, {0x111, "d"},
    {0x127, "h"}, {0x131, "i"}, {0x133, "ij"}, {0x142, "l"}, {0x153, "oe"},
};

static gboolean is_compatibility_form(gunichar c)
{
    return (c >= 0xFB00 && c <= 0xFB06) || (c >= 0xFF10 && c <= 0xFF5A) ||
           (c >= 0x1D400 && c <= 0x1D7FF);
}

gunichar fold_lower(gunichar c)
{
    if (is_compatibility_form(c)) {
        gunichar parts[4];
        if (g_unichar_fully_decompose(c, TRUE, parts, G_N_ELEMENTS(parts)) > 0)
            c = parts[0];
    }
    return g_unichar_tolower(c);
}

gsize fold_char(gunichar c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(folds); i++) {
        if (folds[i].from == c) {
            gsize length = strlen(folds[i].to);
            memcpy(out, folds[i].to, length);
            return length;
        }
    }
    if (c < 0x250 || (c >= 0x1E00 && c < 0x1F00)) {
        gunichar parts[4];
        if (g_unichar_fully_decompose(c, FALSE, parts, G_N_ELEMENTS(parts)) > 1)
            c = parts[0];
    }
    return (gsize)g_unichar_to_utf8(c, out);
}

gsize fold_utf8(const char *text, gsize length, char *out)
{
    gsize n = 0;
    for (const char *p = text; p < text + length; p = g_utf8_next_char(p))
        n += fold_char((guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char(p), out + n);
    return n;
}
