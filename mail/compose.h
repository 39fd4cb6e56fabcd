/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply to bytes: one RFC 5322 mail, text/plain UTF-8, 7-bit on the wire, by GMime. Header
 * injection is impossible: control characters in any header value are refused.
 */
#pragma once

#include "models/message.h"
#include "models/reply.h"

typedef struct ComposeOptions {
    const char *from_name; /* may be NULL */
    const char *from_addr;
    gint64 date;        /* seconds since 1970 */
    gboolean automatic; /* Auto-Submitted: auto-replied (RFC 3834 5.2), X-Auto-Response-Suppress */
} ComposeOptions;

#define COMPOSE_ERROR (compose_error_quark())
GQuark compose_error_quark(void);

/* The mail with From, To, Subject, Date, Message-ID, In-Reply-To, References, MIME headers, body.
 * NULL with COMPOSE_ERROR (code 0) when an address or header is not fit to be sent. */
GBytes *compose_reply(const Reply *reply, const ComposeOptions *options, GError **error);

/* "Re: Subject [#TOKEN]": one Re: (also for Aw:, Antw:, Sv: …), the token once, at most 200 chars.
 */
char *compose_subject(const char *subject, const char *token);
/* The token in a subject, "K7Q4-29XM", or NULL. */
char *compose_find_token(const char *subject);
/* References of an answer to MESSAGE (RFC 5322 3.6.4): its references and its Message-ID, at most
 * the first and the last 20. NULL: none. */
char *compose_references(const Message *message);

/*
 * Our Message-IDs carry a keyed hash: erms.TOKEN.N.MAC@DOMAIN, MAC = the first 16 base32 characters
 * of HMAC-SHA256(key, "TOKEN.N@DOMAIN"). So a reference to one of our answers can be checked
 * without the database, and nobody can make one up.
 */
char *compose_message_id(GBytes *key, const char *token, guint64 n, const char *domain);
/* TRUE if ID is one of ours; *TOKEN (may be NULL) becomes its ticket token. */
gboolean compose_verify_message_id(GBytes *key, const char *id, char **token);
/* A ticket's token from the digest of its first message: 8 characters of base32 of
 * HMAC-SHA256(key, "ticket" digest n), with a hyphen; letters that look like digits are not used. N
 * counts up should a token be taken. */
char *compose_token(GBytes *key, const char *digest, guint n);
