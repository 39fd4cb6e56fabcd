/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to Message: MIME structure and headers by GMime, charsets by mail/charset.h, HTML by
 * mail/html.h, quotes by mail/quote.h. It never fails and takes linear time: what cannot be read is
 * a Message with MESSAGE_UNREADABLE, its header as far as it could be read.
 * Not here: whether a machine wrote it (mail/answerable.h), its language (classifier/language.h).
 */
#pragma once

#include "models/message.h"

typedef struct ParseLimits {
    gsize max_text;   /* bytes of text kept of one mail, default 256 KiB */
    guint max_parts;  /* MIME parts looked at, default 1,000 */
    guint max_depth;  /* nesting looked into, default 50 */
    gsize max_header; /* bytes of headers kept in message->headers, default 32 KiB */
} ParseLimits;
extern const ParseLimits parse_limits_default;

/* Fills everything that the bytes tell: digest, message_id … own_text, flags, size. Of a mail with
 * MESSAGE_OVERSIZE the bytes are its beginning: call parse_stub(). From fields that name several
 * addresses give none: from_addr NULL; a Reply-To counts only with exactly one. */
Message *parse_message(GBytes *raw, const ParseLimits *limits);
/* The header of a mail that is too large or cannot be fetched; FLAG says which; HEAD may be empty.
 * SIZE is the size on the server, IDENTITY names the place (account, folder, uidvalidity, uid):
 * both go into the digest. */
Message *parse_stub(GBytes *head, guint64 size, const char *identity, MessageFlags flag,
                    const ParseLimits *limits);
/* The digest: SHA-256 over Message-ID, From, To, Cc, Date, Subject and the body with CRLF made LF,
 * so that the same mail delivered to two of our mailboxes (other Received, Delivered-To,
 * Return-Path …) has the same one. Folding and line ends at the end do not count. */
char *parse_digest(GBytes *raw);
/* message->message_id alone: RAW may be the beginning of a mail that holds its header. NULL: none.
 */
char *parse_message_id(GBytes *raw);
/* The first usable address of an address header: lower case, or NULL. *NAME (may be NULL) becomes
 * the decoded display name or NULL. */
char *parse_address(const char *header, char **name);
