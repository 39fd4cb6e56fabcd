/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The customer's own new words: a line scanner that leaves out
 *   - lines quoted with ">", and the attribution above them ("Am … schrieb …:", "On … wrote:");
 *   - all that follows "-----Ursprüngliche Nachricht-----" and the like, an Outlook header block
 *     (three of Von, Gesendet, An, Betreff within eight lines, with an address, time or year, and
 *     no field of a contact form below) or an attribution with an address and a date, unless ">"
 *     lines follow it: then only that;
 *   - a signature after "-- " (after "--" only if words stand above, no second "--" does and none
 *     of its lines asks), a trailing disclaimer about confidentiality, mobile and virus scanner
 *     footers at the end, warning banners, PGP armour.
 * When in doubt a line is kept: too much text costs little, a lost question the customer. If more
 * than three times what is kept was left out on weak grounds, and nothing in the mail is surely
 * quoted, the whole text is taken.
 * Answers between quotes and below them survive; so do closings ("Mit freundlichen Grüßen").
 * German and English first, then French, Spanish, Italian, Dutch. The phrases are tables in
 * quote_lines.c and quote_header.c: that is where to add one.
 */
#pragma once

#include <glib.h>

/* TEXT is UTF-8 with LF line ends. Returns the own words, blank lines squeezed, no line end at the
 * end; the whole text if nothing else remains, or too little. Linear in the length of TEXT. */
char *quote_own_text(const char *text);
/* Joins the lines of format=flowed text (RFC 3676); DEL_SP is its DelSp parameter. Quoted
 * paragraphs come out as one line behind their ">" marks. */
char *quote_unflow(const char *text, gboolean del_sp);
