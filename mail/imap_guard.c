/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/imap_guard.h"

#include <string.h>

#define MAX_DIGITS 10

/* Of a status (RFC 3501 7.1), a continuation or the end of a command the rest is free text. */
static gboolean is_status(const ImapGuard *guard)
{
    static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
    if (guard->n_head < 2 || memcmp(guard->head, "* ", 2) != 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize n = strlen(words[i]);
        if (guard->n_head >= n + 2 && g_ascii_strncasecmp(guard->head + 2, words[i], n) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* The beginning of the line, as the parser sees it: white space is one space, and none in front. */
static void add_head(ImapGuard *guard, char c)
{
    gboolean between = guard->words == 0 || guard->between;
    guard->between = is_space(c);
    if (guard->between && between)
        return;
    if (!guard->between && between)
        guard->words++;
    if (guard->n_head < sizeof guard->head)
        guard->head[guard->n_head++] = guard->between ? ' ' : c;
}

/* The code of a status comes first in its text ("* OK [", "7 OK [", "+ ["). It ends at "]", but not
 * within a list that is open, or was not quite understood. */
static void step_list(ImapGuard *guard, char c)
{
    if (!guard->in_code) {
        guard->in_code = c == '[' && guard->words <= 2 && is_status(guard);
        return;
    }
    if (c == '"')
        guard->quotes = TRUE;
    if (c == '(' || c == ')')
        guard->in_list = c == '(';
    if (c == ']' && !guard->in_list && !guard->quotes)
        guard->in_code = FALSE;
}

/* What follows "(" of PERMANENTFLAGS must be a flag, or ")". */
static const char *step_code(ImapGuard *guard, char c)
{
    static const char before[] = "[PERMANENTFLAGS(";
    const guint open = sizeof before - 2, flag = open + 1, name = open + 2;
    gboolean begins = !guard->in_code;
    gboolean atom = g_ascii_isgraph(c) && !strchr("(){%*\"\\]", c);
    step_list(guard, c);
    begins = begins && guard->in_code;
    if (guard->code == flag && is_space(c))
        return NULL;
    if (guard->code == flag) {
        guard->code = c == '\\' ? name : 0;
        return c == '\\' || c == ')' || atom ? NULL : "there is no flag where one must be";
    }
    if (guard->code == name) {
        guard->code = 0;
        return c == '*' || atom ? NULL : "a flag has no name";
    }
    if (begins || (guard->code > 0 && g_ascii_toupper(c) == before[guard->code]))
        guard->code++;
    else if (!(is_space(c) && (guard->code == 1 || guard->code == open)))
        guard->code = 0;
    return NULL;
}

static const char *end_line(ImapGuard *guard)
{
    *guard = (ImapGuard){.state = IMAP_GUARD_PLAIN};
    return NULL;
}

static const char *step_plain(ImapGuard *guard, char c)
{
    guard->state = IMAP_GUARD_PLAIN;
    if (c == '(' && ++guard->depth > IMAP_GUARD_DEPTH)
        return "parentheses are nested too deeply";
    if (c == ')' && guard->depth > 0)
        guard->depth--;
    if (c == '"' && !is_status(guard))
        guard->state = IMAP_GUARD_QUOTED;
    if (c == '{' && guard->in_code && (guard->in_list || guard->quotes))
        return "a literal stands where there is none";
    if (c == '{' && !is_status(guard)) {
        guard->state = IMAP_GUARD_OPEN;
        guard->number = guard->n_digits = 0;
        guard->negative = FALSE;
    }
    return c == '\n' ? end_line(guard) : NULL;
}

static const char *step_length(ImapGuard *guard, char c)
{
    if (g_ascii_isdigit(c) && guard->n_digits < MAX_DIGITS) {
        guard->number = guard->number * 10 + (guint64)(c - '0');
        guard->n_digits++;
        return NULL;
    }
    if (c == '-' && guard->n_digits == 0 && !guard->negative) {
        guard->negative = TRUE;
        return NULL;
    }
    if (c == '}' && guard->n_digits > 0 && guard->number <= G_MAXUINT32) {
        guard->state = IMAP_GUARD_CLOSED;
        return NULL;
    }
    return "a literal has no length";
}

static const char *step_end_of_length(ImapGuard *guard, char c)
{
    if (c != (guard->state == IMAP_GUARD_CLOSED ? '\r' : '\n'))
        return "a literal does not begin on a new line";
    guard->state = guard->state == IMAP_GUARD_CLOSED ? IMAP_GUARD_CR : IMAP_GUARD_LITERAL;
    if (guard->negative)
        guard->number = 0;
    if (guard->state == IMAP_GUARD_LITERAL && guard->number == 0)
        guard->state = IMAP_GUARD_PLAIN;
    return NULL;
}

static const char *step(ImapGuard *guard, char c)
{
    const char *problem = step_code(guard, c);
    if (problem)
        return problem;
    add_head(guard, c);
    switch (guard->state) {
    case IMAP_GUARD_QUOTED:
        if (c == '\\')
            guard->state = IMAP_GUARD_ESCAPED;
        if (c == '"')
            guard->state = IMAP_GUARD_PLAIN;
        return c == '\n' ? end_line(guard) : NULL;
    case IMAP_GUARD_ESCAPED:
        guard->state = IMAP_GUARD_QUOTED;
        return c == '\n' ? end_line(guard) : NULL;
    case IMAP_GUARD_OPEN:
        return step_length(guard, c);
    case IMAP_GUARD_CLOSED:
    case IMAP_GUARD_CR:
        return step_end_of_length(guard, c);
    case IMAP_GUARD_PLAIN:
    case IMAP_GUARD_LITERAL:
    default:
        return step_plain(guard, c);
    }
}

const char *imap_guard(ImapGuard *guard, const char *bytes, gsize n)
{
    const char *end = bytes + n, *problem = NULL;
    while (bytes < end && !problem) {
        if (guard->state == IMAP_GUARD_LITERAL) {
            gsize skip = (gsize)MIN(guard->number, (guint64)(end - bytes));
            bytes += skip;
            guard->number -= skip;
            if (guard->number == 0)
                guard->state = IMAP_GUARD_PLAIN;
        } else {
            problem = step(guard, *bytes++);
        }
    }
    return problem;
}
