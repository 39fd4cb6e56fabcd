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
    gboolean lone;  /* the only line with a ">" means "more than" */
    gboolean cited; /* something was surely quoted */
    guint dashes;   /* lines "--" seen: several separate, none begins a signature */
    gsize doubtful; /* bytes left out that might be the customer's */
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

static LineKind kind_at(const Scanner *s, guint i)
{
    LineKind kind = quote_line_kind(line_at(s, i));

    return kind == LINE_QUOTED && s->lone ? LINE_TEXT : kind;
}

/* Is there but one line with a ">", and an amount behind it: ">100 Euro …"? */
static gboolean compares(GArray *lines)
{
    const QuoteLine *marked = NULL;
    QuoteLine rest;

    for (guint i = 0; i < lines->len; i++) {
        const QuoteLine *line = &g_array_index(lines, QuoteLine, i);
        if (line->length < 2 || !(line->text[0] == '>' || memcmp(line->text, " >", 2) == 0))
            continue;
        if (marked)
            return FALSE;
        marked = line;
    }
    if (!marked)
        return FALSE;
    rest = quote_line_strip(marked, " >");
    return rest.length > 0 && g_ascii_isdigit(rest.text[0]);
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

/* The lines from I on that surely introduce a quote, 0: none. A sentence like "Ihr Kollege
 * schrieb:" does if it holds an address and a date or if a quote follows. */
static guint introduction(const Scanner *s, guint i)
{
    const QuoteLine *line = line_at(s, i);
    guint left = s->lines->len - i;
    gboolean strong = FALSE;
    guint n, next;

    if (quote_line_kind(line) == LINE_DIVIDER)
        return 1;
    n = quote_header_block(line, left, TRUE);
    if (n > 0)
        return n;
    n = quote_attribution(line, left, &strong);
    if (n == 0 || strong)
        return n;
    next = skip_blank(s, i + n);
    return next < s->lines->len &&
                   (quote_line_kind(line_at(s, next)) == LINE_QUOTED ||
                    quote_header_block(line_at(s, next), s->lines->len - next, TRUE))
               ? n
               : 0;
}

/* Skips an introduction at this line and what it quotes: if ">" lines follow, goes on with them,
 * else all is quoted. */
static gboolean skip_introduction(Scanner *s)
{
    guint n = introduction(s, s->at);
    guint i;

    if (n == 0)
        return FALSE;
    i = skip_blank(s, s->at + n);
    if (i < s->lines->len)
        i += quote_header_block(line_at(s, i), s->lines->len - i, FALSE);
    i = skip_blank(s, i);
    if (i < s->lines->len && quote_line_kind(line_at(s, i)) == LINE_QUOTED)
        s->lone = FALSE;
    else
        i = s->lines->len;
    s->at = i;
    s->blank = s->cited = TRUE;
    return TRUE;
}

static gboolean begins_quote(const Scanner *s, guint i)
{
    return kind_at(s, i) == LINE_QUOTED || introduction(s, i) > 0;
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

static gboolean any_asks(const Scanner *s, guint end)
{
    for (guint i = s->at; i < end; i++)
        if (quote_line_asks(line_at(s, i)))
            return TRUE;
    return FALSE;
}

/* Own words so far, beyond "Hallo Herr Meier,"? */
static gboolean has_words(const Scanner *s)
{
    gsize n = s->out->len;

    return n > 0 && (n > 60 || memchr(s->out->str, '\n', n) || !strchr(",!:", s->out->str[n - 1]));
}

static void leave_out(Scanner *s, guint end, gboolean doubtful)
{
    for (; s->at < end; s->at++)
        if (doubtful)
            s->doubtful += line_at(s, s->at)->length;
}

static void take_delimiter(Scanner *s)
{
    gboolean exact = line_at(s, s->at)->text[2] == ' '; /* RFC 3676 4.3 */
    gboolean words = has_words(s);
    guint end = trailing(s, SIGNATURE_LINES);

    if (!exact) {
        gboolean signature = words && s->dashes == 0 && !any_asks(s, end);
        for (guint i = s->at + 1; i < end && signature; i++)
            signature = quote_line_kind(line_at(s, i)) != LINE_DELIMITER;
        if (!signature)
            end = s->at;
    }
    s->dashes++;
    leave_out(s, MAX(end, s->at + 1), !exact || !words);
}

/* Footers end a mail: what an own line follows is none. */
static void take_footers(Scanner *s)
{
    guint end = s->at;
    LineKind kind = LINE_FOOTER;

    while (kind == LINE_FOOTER || kind == LINE_BLANK || kind == LINE_RULE)
        kind = ++end < s->lines->len ? kind_at(s, end) : LINE_QUOTED;
    if (kind == LINE_DELIMITER || kind == LINE_DISCLAIMER || end == s->lines->len ||
        begins_quote(s, end)) {
        s->at = end;
        s->blank = TRUE;
        return;
    }
    while (s->at < end) {
        kind = kind_at(s, s->at);
        if (kind == LINE_FOOTER) {
            keep(s);
        } else {
            s->blank |= kind == LINE_BLANK;
            s->at++;
        }
    }
}

static guint paragraph_end(const Scanner *s, guint stop)
{
    guint i = s->at;

    while (i < stop && quote_line_kind(line_at(s, i)) != LINE_BLANK)
        i++;
    return i;
}

static void skip_paragraph(Scanner *s)
{
    s->at = paragraph_end(s, s->lines->len);
}

/* A disclaimer below the customer's words goes, and with it what follows; one above them goes
 * alone. */
static gboolean skip_disclaimer(Scanner *s)
{
    guint paragraph = paragraph_end(s, MIN(s->lines->len, s->at + DISCLAIMER_LINES));
    guint end;

    if (any_asks(s, paragraph) || quote_confidential(line_at(s, s->at), s->lines->len - s->at) < 2)
        return FALSE;
    end = has_words(s) ? trailing(s, DISCLAIMER_LINES) : s->at;
    if (end == s->at || any_asks(s, end))
        end = paragraph;
    while (s->at < end) {
        guint next = MIN(end, paragraph_end(s, end) + 1);
        leave_out(s, next, quote_confidential(line_at(s, s->at), next - s->at) == 0);
    }
    return TRUE;
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

static void step(Scanner *s)
{
    switch (kind_at(s, s->at)) {
    case LINE_BLANK:
        s->blank = TRUE;
        s->at++;
        break;
    case LINE_QUOTED:
        s->blank = s->cited = TRUE;
        s->at++;
        break;
    case LINE_RULE:
        s->at++;
        break;
    case LINE_FOOTER:
        take_footers(s);
        break;
    case LINE_BANNER:
        skip_paragraph(s);
        break;
    case LINE_DIVIDER:
        skip_introduction(s);
        break;
    case LINE_DELIMITER:
        take_delimiter(s);
        break;
    case LINE_DISCLAIMER:
        if (!skip_disclaimer(s))
            keep(s);
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
    Scanner s = {.lines = lines, .out = g_string_new(NULL), .lone = compares(lines)};

    while (s.at < lines->len)
        step(&s);
    if (s.out->len == 0 || (!s.cited && s.doubtful > s.out->len * 3))
        g_string_assign(s.out, text);
    g_strchomp(s.out->str);
    return g_string_free(s.out, FALSE);
}
