/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/tokens.h"

#include <string.h>

#include "classifier/fold.h"
#include "classifier/stems.h"

enum {
    WORD_MAX = 40,   /* characters */
    CODE_DIGITS = 4, /* the least that make a word with letters an order number or the like */
};

struct Tokenizer {
    Stems *stems;
    guint language;
    TokenFunc func;
    gpointer data;
    const char *no_email; /* there is no address that begins before this place */
    gunichar chars[WORD_MAX];
    guint n_chars;
    char lower[WORD_MAX * FOLD_MAX + 1];
    char folded[WORD_MAX * FOLD_MAX + 1];
    gsize folded_length;
};

Tokenizer *tokenizer_new(void)
{
    Tokenizer *tokenizer = g_new0(Tokenizer, 1);
    tokenizer->stems = stems_new();
    return tokenizer;
}

void tokenizer_free(Tokenizer *tokenizer)
{
    if (!tokenizer)
        return;
    stems_free(tokenizer->stems);
    g_free(tokenizer);
}

const char *tokenizer_word(const Tokenizer *tokenizer, gsize *length)
{
    *length = tokenizer->folded_length;
    return tokenizer->folded;
}

/* The character at P, and in *NEXT what follows. Returns 0 for a byte that is no UTF-8. */
static gunichar decode(const char *p, const char *end, const char **next)
{
    if ((guchar)*p < 0x80) {
        *next = p + 1;
        return (gunichar)*p;
    }
    gunichar c = g_utf8_get_char_validated(p, end - p);
    if (c >= 0x110000) {
        *next = p + 1;
        return 0;
    }
    *next = g_utf8_next_char(p);
    return c;
}

static gboolean is_word(gunichar c)
{
    return c < 0x80 ? g_ascii_isalnum((char)c) : g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* Soft hyphens and the like, which are inside words without being seen. */
static gboolean is_invisible(gunichar c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF ||
           (c >= 0xFE00 && c <= 0xFE0F);
}

/* Scripts written without spaces whose characters are words or syllables. */
static gboolean stands_alone(gunichar c)
{
    return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

static void emit_class(Tokenizer *tokenizer, const char *name, const char *word, const char *end)
{
    tokenizer->folded_length = strlen(name);
    memcpy(tokenizer->folded, name, tokenizer->folded_length);
    tokenizer->func(name, tokenizer->folded_length, word, (gsize)(end - word), tokenizer->data);
}

static void emit_lower(Tokenizer *tokenizer, const char *lower, gsize length, const char *word,
                       const char *end)
{
    gsize stem_length;
    const char *stem =
        stems_find(tokenizer->stems, tokenizer->language, lower, length, &stem_length);
    tokenizer->func(stem, stem_length, word, (gsize)(end - word), tokenizer->data);
}

static void emit_chars(Tokenizer *tokenizer, const char *word, const char *end)
{
    gsize length = 0;
    tokenizer->folded_length = 0;
    for (guint i = 0; i < tokenizer->n_chars; i++) {
        length += (gsize)g_unichar_to_utf8(tokenizer->chars[i], tokenizer->lower + length);
        tokenizer->folded_length +=
            fold_char(tokenizer->chars[i], tokenizer->folded + tokenizer->folded_length);
    }
    emit_lower(tokenizer, tokenizer->lower, length, word, end);
}

static const char *skip_url(const char *p, const char *end)
{
    static const char *const prefixes[] = {"http://", "https://", "ftp://", "www."};
    if (!strchr("hHfFwW", *p))
        return p;
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_ascii_strncasecmp(p, prefixes[i], strlen(prefixes[i])) != 0)
            continue;
        const char *q = p + strcspn(p, " \t\r\n\v\f<>\"'`{}|\\^");
        while (q > p && strchr(".,;:!?)]*_", q[-1]))
            q--;
        return q < end ? q : end;
    }
    return p;
}

static gboolean is_local_part(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("._%+-", c)) || (guchar)c >= 0x80;
}

static const char *skip_email(Tokenizer *tokenizer, const char *p)
{
    if (p < tokenizer->no_email)
        return p;
    const char *q = p;
    while (is_local_part(*q))
        q++;
    tokenizer->no_email = q;
    if (*q != '@' || !g_ascii_isalnum(q[1]))
        return p;
    for (q++; g_ascii_isalnum(*q) || *q == '.' || *q == '-';)
        q++;
    while (!g_ascii_isalnum(q[-1]))
        q--;
    return q;
}

/* Is the apostrophe before P part of the word, as in "don't", "we'll"? */
static gboolean joins(const char *p, const char *end)
{
    guint letters = 0;
    while (p < end && letters < 3) {
        const char *next;
        gunichar c = decode(p, end, &next);
        if (!is_word(c))
            break;
        letters++;
        p = next;
    }
    return letters == 1 || letters == 2;
}

static gboolean is_apostrophe(gunichar c)
{
    return c == '\'' || c == 0x2019;
}

static const char *scan_word(Tokenizer *tokenizer, const char *word, const char *end)
{
    const char *p = word, *next;
    guint digits = 0, letters = 0;
    tokenizer->n_chars = 0;
    for (; p < end; p = next) {
        gunichar c = decode(p, end, &next);
        if (is_invisible(c))
            continue;
        if (is_apostrophe(c) && letters > 0 && joins(next, end)) {
            c = '\'';
        } else if (!is_word(c)) {
            gboolean in_number = digits > 0 && letters == 0 && c < 0x80 && c > 0 &&
                                 strchr(".,:/-", (int)c) && g_ascii_isdigit(*next);
            if (!in_number)
                break;
            continue;
        } else if (stands_alone(c)) {
            if (p > word)
                break;
            tokenizer->chars[tokenizer->n_chars++] = c;
            p = next;
            letters = 1;
            break;
        } else if (g_unichar_isdigit(c)) {
            digits++;
        } else {
            letters++;
        }
        gunichar composed;
        if (tokenizer->n_chars > 0 && g_unichar_ismark(c) &&
            g_unichar_compose(tokenizer->chars[tokenizer->n_chars - 1], c, &composed))
            tokenizer->chars[tokenizer->n_chars - 1] = composed;
        else if (tokenizer->n_chars < WORD_MAX && !(c >= 0x300 && c < 0x370))
            tokenizer->chars[tokenizer->n_chars++] = fold_lower(c);
    }
    if (letters == 0 && digits > 0)
        emit_class(tokenizer, "#number", word, p);
    else if (digits >= CODE_DIGITS)
        emit_class(tokenizer, "#code", word, p);
    else if (tokenizer->n_chars > 0)
        emit_chars(tokenizer, word, p);
    return p;
}

/* The usual case, a short word of ASCII letters. Returns WORD if it is something else. */
static const char *scan_ascii(Tokenizer *tokenizer, const char *word)
{
    gsize n = 0;
    while (n < WORD_MAX && g_ascii_isalpha(word[n])) {
        tokenizer->folded[n] = (char)(word[n] | 0x20);
        n++;
    }
    char c = word[n];
    if (n == 0 || n == WORD_MAX || (guchar)c >= 0x80 || c == '\'' || g_ascii_isdigit(c))
        return word;
    tokenizer->folded_length = n;
    emit_lower(tokenizer, tokenizer->folded, n, word, word + n);
    return word + n;
}

void tokenizer_scan(Tokenizer *tokenizer, const char *text, const char *language, TokenFunc func,
                    gpointer data)
{
    if (!text)
        return;
    const char *end = text + strlen(text);
    tokenizer->language = stems_language(language);
    tokenizer->func = func;
    tokenizer->data = data;
    tokenizer->no_email = text;
    for (const char *p = text, *next; p < end; p = next) {
        gunichar c = decode(p, end, &next);
        if (!is_word(c))
            continue;
        if ((next = skip_url(p, end)) > p)
            emit_class(tokenizer, "#url", p, next);
        else if ((next = skip_email(tokenizer, p)) > p)
            emit_class(tokenizer, "#email", p, next);
        else if ((next = scan_ascii(tokenizer, p)) == p)
            next = scan_word(tokenizer, p, end);
    }
}
