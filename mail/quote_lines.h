/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one line of a mail, or a few together, look like: the phrase tables of mail/quote.c.
 * All looks are bounded: at most eight lines ahead, and phrases stand at the beginning.
 */
#pragma once

#include <glib.h>

typedef struct QuoteLine {
    const char *text; /* not terminated */
    gsize length;     /* without line end and trailing spaces */
} QuoteLine;

typedef enum {
    LINE_TEXT,
    LINE_BLANK,
    LINE_QUOTED,     /* "> …" */
    LINE_DELIMITER,  /* "-- ": a signature follows */
    LINE_DIVIDER,    /* "-----Original Message-----" */
    LINE_RULE,       /* "__________" */
    LINE_FOOTER,     /* "Sent from my iPhone" */
    LINE_DISCLAIMER, /* begins a disclaimer */
    LINE_BANNER,     /* "CAUTION: This email originated outside …" */
} LineKind;

LineKind quote_line_kind(const QuoteLine *line);

/* How many lines from LINES[0] on (COUNT there are) are an attribution, 0: none. *STRONG: it holds
 * an address or a time, so it is one even if no ">" follows. */
guint quote_attribution(const QuoteLine *lines, guint count, gboolean *strong);
/* How many lines from LINES[0] on are a block of mail headers, 0: none. */
guint quote_header_block(const QuoteLine *lines, guint count);
/* Does the line say exactly this, or (for PREFIX) begin so? Case of ASCII does not matter. */
gboolean quote_line_is(const QuoteLine *line, const char *phrase, gboolean prefix);
