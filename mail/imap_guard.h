/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guard before libetpan's parser of IMAP responses (RFC 3501 9), which calls itself for each
 * parenthesis: some ten thousand of them, even in a response that nobody asked for, end the process
 * (BODYSTRUCTURE, THREAD). It looks at each byte once, as they arrive, follows literals and quoted
 * strings as the parser does, and refuses
 *   - more than IMAP_GUARD_DEPTH open parentheses,
 *   - what the parser could take for a literal and the guard not, or the other way round: a "{"
 *     that begins none, a length over 32 bits, one without CR LF, one in a list of a status' code
 *     ("* NO [BADCHARSET ({9}"). In the text of a status "{9}" is text, for both.
 * Mail itself comes in literals, and may hold anything.
 *
 * Found by fuzzing, and refused as well: a status' code "[PERMANENTFLAGS (" with no flag behind it,
 * which the parser follows to a NULL pointer. Elsewhere, in a name or a text, it is harmless.
 */
#pragma once

#include <glib.h>

#define IMAP_GUARD_DEPTH 64

typedef enum {
    IMAP_GUARD_PLAIN, /* of a response; the first state */
    IMAP_GUARD_QUOTED,
    IMAP_GUARD_ESCAPED,
    IMAP_GUARD_OPEN, /* the length of a literal */
    IMAP_GUARD_CLOSED,
    IMAP_GUARD_CR,
    IMAP_GUARD_LITERAL,
} ImapGuardState;

typedef struct ImapGuard { /* all zero: at the beginning of a line */
    ImapGuardState state;
    guint depth;
    char head[10]; /* of the line, white space made one space */
    guint n_head;
    guint words;      /* begun in the line */
    gboolean between; /* two words */
    guint64 number;   /* of the literal: its length, then what is left of it */
    guint n_digits;
    gboolean in_code;  /* of a status: "[" was there */
    gboolean in_list;  /* in it: "(" */
    gboolean quotes;   /* in it: there were some, and what they hold is not followed */
    guint code;        /* how much of "[PERMANENTFLAGS (" was there */
    gboolean negative; /* "{-1}": some servers mean that there is nothing */
} ImapGuard;

/* Looks at the next N bytes. NULL: they are good; else what is wrong (static). */
const char *imap_guard(ImapGuard *guard, const char *bytes, gsize n);
