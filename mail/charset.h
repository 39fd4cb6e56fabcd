/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a declared character set to UTF-8 that is always valid. Mail lies about its charset, so
 * the bytes are believed first:
 *   1. a set with escape sequences or wide units (ISO-2022-JP, UTF-7, UTF-16 …) is taken as
 * declared;
 *   2. what is valid UTF-8 is UTF-8, whatever was declared; exception: a declared East Asian set
 * and no character over U+07FF, since real East Asian UTF-8 has such characters;
 *   3. UTF-8 with few broken places is repaired with U+FFFD;
 *   4. us-ascii, iso-8859-1, none and unknown names are windows-1252 (as browsers do);
 *   5. anything else goes through iconv, under the larger set that mailers really mean (gb2312 is
 *      GB18030, ks_c_5601-1987 is CP949, shift_jis is CP932, iso-8859-9 is windows-1254 …); if more
 *      than an eighth of it is invalid there, it is windows-1252.
 * Not here: decoding base64 and quoted-printable (GMime), encoded words (mail/header.h).
 */
#pragma once

#include <glib.h>

/* Never NULL. DECLARED may be NULL, unknown or wrong. NUL bytes, a leading byte order mark and
 * control characters other than tab, LF and CR do not survive; C1 controls become the windows-1252
 * character with that code. Linear in LENGTH. */
char *charset_to_utf8(const char *bytes, gsize length, const char *declared);
/* Cuts TEXT (UTF-8) to at most MAX bytes, between characters. */
void charset_cut(char *text, gsize max);
