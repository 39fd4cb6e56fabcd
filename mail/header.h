/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Header: the header block of a mail, found by a scan of our own, so that what is kept, what goes
 * into the digest and what is handed to GMime is bounded and does not change with a library.
 * For this folder only.
 *
 * The scan: an mbox "From " line and blank lines in front are skipped; a field is NAME ":" where
 * NAME is printable ASCII without space (RFC 5322 2.2, space before the colon is forgiven), with
 * its folded lines. A line that is no field is skipped if the line after it is one; otherwise the
 * body begins there: a forgotten blank line loses no text. No more than HEADER_MAX_FIELDS fields
 * are remembered.
 */
#pragma once

#include <glib.h>

#define HEADER_MAX_FIELDS 10000

typedef struct HeaderField {
    const char *name; /* borrowed from the mail; not terminated */
    gsize name_length;
    const char *value; /* raw, folded, without the last line end */
    gsize value_length;
} HeaderField;

typedef struct Header {
    GArray *fields; /* of HeaderField, topmost first */
    gsize body;     /* where the body begins */
    gboolean odd;   /* others may see other fields: a line that is no field, a CR within a line, a
                       zero byte, more than HEADER_MAX_FIELDS */
} Header;

Header *header_scan(const char *bytes, gsize length);
void header_free(Header *header);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Header, header_free)

gboolean header_field_is(const HeaderField *field, const char *name);
/* The NTH (from 0) field of that name, or NULL. */
const HeaderField *header_find(const Header *header, const char *name, guint nth);

/* The value on one line of valid UTF-8 without control characters, at most MAX bytes. _raw leaves
 * encoded words (RFC 2047) as they are, _text decodes them. FIELD may be NULL: "". */
char *header_raw(const HeaderField *field, gsize max);
char *header_text(const HeaderField *field, gsize max);

/* message->headers: "Name: value\n" of all fields but those that say nothing to us (traces,
 * signatures; a table), topmost first, at most MAX bytes. When they do not all fit, From and
 * Authentication-Results come before those that other guards read (Auto-Submitted, List-Id …), and
 * these before the rest: nobody can push them out with padding. Of From and Authentication-Results
 * the topmost stay.
 *
 * Values are as by header_text() or header_raw(), cut at 2,000 bytes; but that of an
 * Authentication-Results (mail/authres.h) is as it came, unfolded, too long for its reader if it
 * was cut, with U+FFFD for each byte that no header may have. U+FFFD stands in front of all of it
 * when the header is odd, or the field is ("Authentication-Results : …"): then it shall not be
 * believed. */
char *header_keep(const Header *header, gsize max);
