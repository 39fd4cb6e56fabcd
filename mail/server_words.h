/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server says, made fit for errors, logs and the database. Servers have been seen to repeat
 * the line that they refuse, and after a login that line is the password. For imap.c and smtp.c.
 */
#pragma once

#include "mail/transport.h"

/* TEXT as one printable line of valid UTF-8, at most 300 bytes; NULL is "". Wherever eight or more
 * characters in a row (all of them, if it is shorter) are the secret of SPEC, plain, as an IMAP
 * string or within base64 (RFC 4616, RFC 4954, XOAUTH2), there is "***" instead. New string. */
char *server_words(const ServerSpec *spec, const char *text);
