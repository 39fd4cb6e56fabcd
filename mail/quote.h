/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The customer's own new words: a line scanner that leaves out
 *   - lines quoted with ">", and the attribution above them ("Am … schrieb …:", "On … wrote:");
 *   - all that follows "-----Ursprüngliche Nachricht-----" and the like, an Outlook header block
 *     (three of Von, Gesendet, An, Betreff within eight lines) or an attribution with an address or
 *     time, unless ">" lines follow it: then only that;
 *   - a signature after "-- ", a trailing disclaimer, mobile and virus scanner footers, warning
 *     banners, PGP armour.
 * Answers between quotes and below them survive; so do closings ("Mit freundlichen Grüßen").
 * German and English first, then French, Spanish, Italian, Dutch. The phrases are tables in
 * quote_lines.c: that is where to add one.
 */
#pragma once

#include <glib.h>

/* TEXT is UTF-8 with LF line ends. Returns the own words, blank lines squeezed, no line end at the
 * end; the whole text if nothing else remains. Linear in the length of TEXT. */
char *quote_own_text(const char *text);
/* Joins the lines of format=flowed text (RFC 3676); DEL_SP is its DelSp parameter. Quoted
 * paragraphs come out as one line behind their ">" marks. */
char *quote_unflow(const char *text, gboolean del_sp);
