/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One leaf of the MIME tree: what it is, and its text. For mail/parse_body.c only.
 */
#pragma once

#include <gmime/gmime.h>

typedef enum {
    PART_TEXT,
    PART_HTML,
    PART_ATTACHMENT,
    PART_ENCRYPTED,
    PART_OPAQUE_SIGNED, /* S/MIME signed-data: the text is inside, nobody here can read it */
    PART_NOTHING,       /* a detached signature, machine-readable parts of reports */
} PartKind;

/* FIRST: no text came before: then a file name alone makes no attachment of it. */
PartKind part_kind(GMimePart *part, gboolean first);
/* The decoded text of a PART_TEXT or PART_HTML: UTF-8, LF line ends, format=flowed joined, at most
 * about MAX bytes. */
char *part_text(GMimePart *part, gsize max);

/* The content, transfer encoding undone, no more than MAX bytes of it. */
GByteArray *part_bytes(GMimePart *part, gsize max);

/* Is VALUE a Content-Type, "token/token…" (RFC 2045 5.1), that is not an encoded word? */
gboolean part_is_type(const char *value);
/* CR LF and CR become LF, in place; returns TEXT. */
char *part_normalise_lines(char *text);
