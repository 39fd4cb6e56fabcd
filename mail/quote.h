/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The customer's own new words: a line scanner that leaves out what was quoted, forwarded headers,
 * signatures, disclaimers and mobile footers. Answers between quotes survive.
 */
#pragma once

#include <glib.h>

/* TEXT is UTF-8. Returns the own words, at least one line; the whole text if nothing else remains.
 * Linear in the length of TEXT. */
char *quote_own_text(const char *text);
/* Joins the lines of format=flowed text (RFC 3676); DEL_SP is its DelSp parameter. */
char *quote_unflow(const char *text, gboolean del_sp);
