/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply to bytes: one RFC 5322 mail, text/plain UTF-8, 7-bit on the wire, by GMime. Header
 * injection is impossible: control characters in any header value are refused. Here too: the
 * subject, the references and the keyed Message-ID of an answer (mail/msgid.c).
 *
 * Bcc and Precedence are never written. Nothing here is random or reads a clock: the same reply
 * gives the same bytes. The body is kept as it is, line for line; 7bit where it can be, else
 * quoted-printable, base64 when more than a sixth of it is not ASCII.
 */
#pragma once

#include "models/message.h"
#include "models/reply.h"

typedef struct ComposeOptions {
    const char *from_name; /* may be NULL */
    const char *from_addr;
    gint64 date;        /* seconds since 1970 */
    gboolean automatic; /* Auto-Submitted: auto-replied (RFC 3834 5.2), X-Auto-Response-Suppress */
    gboolean generated; /* the same with auto-generated (5.1): it answers nobody */
} ComposeOptions;

#define COMPOSE_ERROR (compose_error_quark())
GQuark compose_error_quark(void);

/* The mail with From, To, Subject, Date, Message-ID, In-Reply-To, References, MIME headers, body;
 * CRLF, 7-bit, no line over 998 bytes. NULL with COMPOSE_ERROR (code 0) that begins with the name
 * of the header (or "body") that is not fit to be sent: an address smtp_address_ok() refuses, a
 * control character, invalid UTF-8, a subject or name over 900 bytes or with "=?" in it, no body.
 * An id in in_reply_to or references that is merely odd (spaces, not ASCII, over 512 bytes) is
 * left out: what the customer's mail program wrote must not keep us from answering. */
GBytes *compose_reply(const Reply *reply, const ComposeOptions *options, GError **error);

/* "Re: Subject [#TOKEN]": one Re: (also for Aw:, Antw:, Sv:, Re[2]: …; Fwd: and WG: stay), the
 * token once, at the end, tokens of other tickets gone; one line, at most 200 characters. SUBJECT
 * may be NULL or any bytes; TOKEN may be NULL: none. */
char *compose_subject(const char *subject, const char *token);
/* The first token in a subject, exactly "[#K7Q4-29XM]" with letters of the alphabet below, or NULL.
 * Anybody can write one: a token alone proves nothing. */
char *compose_find_token(const char *subject);
/* References of an answer to MESSAGE (RFC 5322 3.6.4): its references and its Message-ID, at most
 * the first and the last 20, each once; its In-Reply-To if it has no references. Odd ids are left
 * out as above. NULL: none. */
char *compose_references(const Message *message);

/*
 * Our Message-IDs carry a keyed hash: erms.TOKEN.N.MAC@DOMAIN, MAC = the first 16 base32 characters
 * of HMAC-SHA256(key, "TOKEN.N@DOMAIN"), all of it lower case, because some systems fold case. So a
 * reference to one of our answers can be checked without the database, and nobody can make one up.
 * Base32 is Crockford's, 0123456789ABCDEFGHJKMNPQRSTVWXYZ: no I, L, O, U.
 */
char *compose_message_id(GBytes *key, const char *token, guint64 n, const char *domain);
/* TRUE if ID (without <>, may be NULL) is exactly one of ours; *TOKEN (may be NULL) becomes its
 * ticket token in upper case, and is untouched otherwise. The hash is compared in constant time. */
gboolean compose_verify_message_id(GBytes *key, const char *id, char **token);
/* A ticket's token from the digest of its first message: 8 characters of base32 of
 * HMAC-SHA256(key, "ticket DIGEST N"), with a hyphen. N counts up should a token be taken. */
char *compose_token(GBytes *key, const char *digest, guint n);
