/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/server_words.h"

#include <string.h>

#define WORDS_MAX 300
#define LOOKED_AT (2 * WORDS_MAX) /* so that nothing is cut within a secret */
#define WINDOW 8                  /* characters that are no coincidence */

/* Marks in HIDDEN what of TEXT stands in FORM. */
static void mark(const char *text, gsize length, const char *form, gboolean *hidden)
{
    const gsize n = strlen(form), window = MIN(n, WINDOW);
    for (gsize i = 0; window > 0 && i + window <= length; i++) {
        if (!memmem(form, n, text + i, window))
            continue;
        for (gsize k = i; k < i + window; k++)
            hidden[k] = TRUE;
    }
}

/* The characters of base64 that SECRET alone decides when SHIFT bytes (0 to 2) precede it. */
static char *base64_within(const char *secret, gsize shift)
{
    const gsize length = strlen(secret), total = shift + length;
    g_autofree guchar *bytes = g_malloc0(total + 1);
    memcpy(bytes + shift, secret, length);
    g_autofree char *whole = g_base64_encode(bytes, total);
    const gsize from = shift == 0 ? 0 : shift + 1;
    const gsize to = total * 8 / 6;
    char *within = to > from ? g_strndup(whole + from, to - from) : g_strdup("");
    explicit_bzero(whole, strlen(whole));
    explicit_bzero(bytes, total);
    return within;
}

/* As it stands in a quoted string (RFC 3501 9). */
static char *quoted(const char *secret)
{
    GString *text = g_string_sized_new(2 * strlen(secret) + 1);
    for (; *secret; secret++) {
        if (*secret == '"' || *secret == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *secret);
    }
    return g_string_free(text, FALSE);
}

static void mark_secret(const char *text, gsize length, const char *secret, gboolean *hidden)
{
    char *const forms[] = {quoted(secret), base64_within(secret, 0), base64_within(secret, 1),
                           base64_within(secret, 2)};
    mark(text, length, secret, hidden);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        mark(text, length, forms[i], hidden);
        explicit_bzero(forms[i], strlen(forms[i]));
        g_free(forms[i]);
    }
}

static gboolean is_printable(gunichar c)
{
    const GUnicodeType type = g_unichar_type(c);
    return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
           type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

char *server_words(const ServerSpec *spec, const char *text)
{
    const gsize length = text ? strnlen(text, LOOKED_AT) : 0;
    g_autofree gboolean *hidden = g_new0(gboolean, length + 1);
    g_autoptr(GString) shown = g_string_new(NULL), line = g_string_new(NULL);
    if (spec->secret && *spec->secret)
        mark_secret(text, length, spec->secret, hidden);
    for (gsize i = 0; i < length; i++) {
        if (!hidden[i])
            g_string_append_c(shown, text[i]);
        else if (i == 0 || !hidden[i - 1])
            g_string_append(shown, "***");
    }
    g_autofree char *valid = g_utf8_make_valid(shown->str, (gssize)MIN(shown->len, WORDS_MAX));
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(line, is_printable(c) ? c : ' ');
    }
    return g_strstrip(g_string_free(g_steal_pointer(&line), FALSE));
}
