/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a delivery report says for machines: of message/delivery-status (RFC 3464, RFC 6533) the
 * fields that say who was not reached and why, of the mail it gives back (message/rfc822,
 * text/rfc822-headers, RFC 6522 4) the Message-ID. For mail/parse_body.c only; mail/bounce.h reads
 * it again.
 */
#pragma once

#include <gmime/gmime.h>

#define REPORT_MAX 4096 /* bytes of report->text */

typedef struct Report {
    GString *text; /* "Name: value\n" each; NULL: nothing yet */
    gboolean sure; /* it is a delivery report: multipart/report or a delivery-status was there */
} Report;

/* Looks at one part, not into it; other kinds of parts add nothing. */
void report_add(Report *report, GMimeObject *part);
/* Clears REPORT and returns what it held, or NULL: nothing, or the mail is no report and none is
 * WANTED. */
char *report_finish(Report *report, gboolean wanted);
/* TEXT (taken) with the words of REPORT (may be NULL) below it, together no more than MAX bytes:
 * the text is cut for them. Own words are looked for before this, so these never become any. */
char *report_append(char *text, const char *report, gsize max);
