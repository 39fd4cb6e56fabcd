/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/quote.h"
#include "mail/quote_lines.h"

#include <string.h>

#define SIGNATURE_LINES 40 /* what is longer is no signature */
#define DISCLAIMER_LINES 60

typedef struct Scanner {
    GArray *lines; /* of QuoteLine */
    guint at;
    GString *out;
    gboolean blank; /* a blank line is due before the next own line */
} Scanner;

static const QuoteLine *line_at(const Scanner *s, guint i)
{
    return &g_array_index(s->lines, QuoteLine, i);
}

static GArray *split(const char *text)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(QuoteLine));

    while (*text) {
        const char *end = strchrnul(text, '\n');
        QuoteLine line = {text, (gsize)(end - text)};
        while (line.length > 0 && g_ascii_isspace(line.text[line.length - 1]))
            line.length--;
        g_array_append_val(lines, line);
        text = *end ? end + 1 : end;
    }
    return lines;
}

static void keep(Scanner *s)
{
    const QuoteLine *line = line_at(s, s->at++);

    if (s->out->len > 0)
        g_string_append(s->out, s->blank ? "\n\n" : "\n");
    s->blank = FALSE;
    g_string_append_len(s->out, line->text, (gssize)line->length);
}

static guint skip_blank(const Scanner *s, guint i)
{
    while (i < s->lines->len && quote_line_kind(line_at(s, i)) == LINE_BLANK)
        i++;
    return i;
}

/* Behind what introduces a quote: if ">" lines follow, go on with them, else all is quoted. */
static void enter_quote(Scanner *s, guint next)
{
    guint i = skip_blank(s, next);

    s->blank = TRUE;
    if (i < s->lines->len)
        i += quote_header_block(line_at(s, i), s->lines->len - i);
    i = skip_blank(s, i);
    s->at = i < s->lines->len && quote_line_kind(line_at(s, i)) == LINE_QUOTED ? i : s->lines->len;
}

static gboolean begins_quote(const Scanner *s, guint i)
{
    gboolean strong;
    LineKind kind = quote_line_kind(line_at(s, i));

    return kind == LINE_QUOTED || kind == LINE_DIVIDER ||
           quote_attribution(line_at(s, i), s->lines->len - i, &strong) > 0 ||
           quote_header_block(line_at(s, i), s->lines->len - i) > 0;
}

/* The end of a run of at most MOST lines that ends before a quote or at the end of the text;
 * where it begins if it is longer. */
static guint trailing(const Scanner *s, guint most)
{
    guint stop = MIN(s->lines->len, s->at + most + 1);

    for (guint i = s->at + 1; i < stop; i++)
        if (begins_quote(s, i))
            return i;
    return stop == s->lines->len ? stop : s->at;
}

static void skip_paragraph(Scanner *s)
{
    while (s->at < s->lines->len && quote_line_kind(line_at(s, s->at)) != LINE_BLANK)
        s->at++;
}

/* PGP armour (RFC 4880 6.2): the marks, the header lines behind them, the whole signature. */
static gboolean skip_armour(Scanner *s)
{
    const QuoteLine *line = line_at(s, s->at);
    gboolean text = quote_line_is(line, "-----BEGIN PGP SIGNED MESSAGE-----", FALSE);

    if (text) {
        skip_paragraph(s);
        return TRUE;
    }
    if (!quote_line_is(line, "-----BEGIN PGP SIGNATURE-----", FALSE))
        return FALSE;
    while (s->at < s->lines->len)
        if (quote_line_is(line_at(s, s->at++), "-----END PGP SIGNATURE-----", FALSE))
            break;
    return TRUE;
}

/* Attribution or block of headers at this line: skips it, and what it quotes. */
static gboolean skip_introduction(Scanner *s)
{
    guint left = s->lines->len - s->at;
    gboolean strong = FALSE;
    guint n = quote_header_block(line_at(s, s->at), left);
    guint i;

    if (n > 0) {
        enter_quote(s, s->at + n);
        return TRUE;
    }
    n = quote_attribution(line_at(s, s->at), left, &strong);
    if (n == 0)
        return FALSE;
    i = skip_blank(s, s->at + n);
    if (!strong && (i == s->lines->len || quote_line_kind(line_at(s, i)) != LINE_QUOTED))
        return FALSE;
    enter_quote(s, s->at + n);
    return TRUE;
}

static void step(Scanner *s)
{
    guint next;

    switch (quote_line_kind(line_at(s, s->at))) {
    case LINE_BLANK:
        s->blank = TRUE;
        s->at++;
        break;
    case LINE_QUOTED:
        s->blank = TRUE;
        s->at++;
        break;
    case LINE_RULE:
    case LINE_FOOTER:
        s->at++;
        break;
    case LINE_BANNER:
        skip_paragraph(s);
        break;
    case LINE_DIVIDER:
        enter_quote(s, s->at + 1);
        break;
    case LINE_DELIMITER:
        next = trailing(s, SIGNATURE_LINES);
        s->at = MAX(next, s->at + 1);
        break;
    case LINE_DISCLAIMER:
        next = s->out->len > 0 ? trailing(s, DISCLAIMER_LINES) : s->at;
        if (next > s->at)
            s->at = next;
        else
            skip_paragraph(s);
        break;
    case LINE_TEXT:
        if (!skip_armour(s) && !skip_introduction(s))
            keep(s);
        break;
    }
}

char *quote_own_text(const char *text)
{
    g_autoptr(GArray) lines = split(text);
    Scanner s = {lines, 0, g_string_new(NULL), FALSE};

    while (s.at < lines->len)
        step(&s);
    if (s.out->len == 0)
        g_string_assign(s.out, text);
    g_strchomp(s.out->str);
    return g_string_free(s.out, FALSE);
}
