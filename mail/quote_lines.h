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
    LINE_DELIMITER,  /* "-- " or "--": a signature may follow */
    LINE_DIVIDER,    /* "-----Original Message-----" */
    LINE_RULE,       /* "__________" */
    LINE_FOOTER,     /* "Sent from my iPhone" */
    LINE_DISCLAIMER, /* begins as a disclaimer does */
    LINE_BANNER,     /* "CAUTION: This email originated outside …" */
} LineKind;

LineKind quote_line_kind(const QuoteLine *line);

/* Holds a "?" that no letter or digit follows, as in an address of the web. */
gboolean quote_line_asks(const QuoteLine *line);
/* How many different words about confidentiality the paragraph from LINES[0] on holds (COUNT lines
 * there are): two make it a disclaimer, one may be the customer's. */
guint quote_confidential(const QuoteLine *lines, guint count);
/* How many lines from LINES[0] on (COUNT there are) are an attribution, 0: none. *STRONG: it holds
 * an address, and a time or year, so it is one even if no ">" follows. */
guint quote_attribution(const QuoteLine *lines, guint count, gboolean *strong);
/* How many lines from LINES[0] on are a block of mail headers, 0: none. ALONE: nothing announced
 * it, so it must look like a mail program's and like nothing else (a form's fields, a journey's
 * ends): From with an address, and To or Sent; or To, Subject and a time or year. */
guint quote_header_block(const QuoteLine *lines, guint count, gboolean alone);
/* Does the line say exactly this, or (for PREFIX) begin so? Case of ASCII does not matter. */
gboolean quote_line_is(const QuoteLine *line, const char *phrase, gboolean prefix);
/* Does the line say one of the COUNT phrases, or begin so? */
gboolean quote_line_in(const QuoteLine *line, const char *const *table, gsize count,
                       gboolean prefix);
/* The line without the bytes of SET at both ends. */
QuoteLine quote_line_strip(const QuoteLine *line, const char *set);
/* Holds "14:30"; holds a number of four digits that begins with 19 or 20. */
gboolean quote_line_has_time(const QuoteLine *line);
gboolean quote_line_has_year(const QuoteLine *line);
