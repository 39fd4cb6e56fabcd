/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What machines call themselves in the languages of Europe and a few more: data of
 * mail/answerable.c. The lists end with NULL.
 */
#pragma once

/* In the local part of an address, where everything that is no letter was made one "-". */
extern const char *const phrases_no_reply[];
/* At the start of the subject of a delivery report (Postfix, Exim, Exchange, Sendmail). */
extern const char *const phrases_bounce[];
/* At the start of the subject of an out-of-office note; NFKC, case-folded, single spaces. */
extern const char *const phrases_out_of_office[];
