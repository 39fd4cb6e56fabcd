/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guard before libetpan's parser of IMAP responses (RFC 3501 9), which calls itself for each
 * parenthesis: some ten thousand of them, even in a response that nobody asked for, end the process
 * (BODYSTRUCTURE, THREAD). It looks at each byte once, as they arrive, follows literals and quoted
 * strings as the parser does, and refuses
 *   - more than IMAP_GUARD_DEPTH open parentheses,
 *   - what the parser could take for a literal and the guard not, or the other way round: a "{"
 *     that begins none, a length over 32 bits, one without CR LF, one in the text of a status.
 * Mail itself comes in literals, and may hold anything.
 *
 * Found by fuzzing, and refused as well: "[PERMANENTFLAGS (" with no flag behind it, which the
 * parser follows to a NULL pointer.
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
    char head[10]; /* of the line */
    guint n_head;
    guint64 number; /* of the literal: its length, then what is left of it */
    guint n_digits;
    guint code;        /* how much of "[PERMANENTFLAGS (" was there, of a status */
    gboolean negative; /* "{-1}": some servers mean that there is nothing */
} ImapGuard;

/* Looks at the next N bytes. NULL: they are good; else what is wrong (static). */
const char *imap_guard(ImapGuard *guard, const char *bytes, gsize n);
