/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Smtp: one session with a submission server (RFC 5321, RFC 6409), over
 * mail/transport.h. It tells four outcomes apart, because an answer must leave at most once.
 * Not here: what is sent (mail/compose.h), and the states around it (pipeline/send.h).
 */
#pragma once

#include "mail/transport.h"

typedef enum {
    SMTP_SENT,    /* the server took the mail: 2xx after the final dot */
    SMTP_LATER,   /* surely not sent, may be tried again: 4xx, or lost before the final dot */
    SMTP_REFUSED, /* surely not sent, for good: 5xx, or an address we refuse to put on the wire */
    SMTP_UNKNOWN, /* the final dot may have arrived, the answer did not */
} SmtpResult;

typedef struct Smtp Smtp;

/* Connects, EHLO with HELO_NAME, TLS as SPEC says, authenticates (AUTH PLAIN or LOGIN, XOAUTH2).
 * SPEC must outlive the session. NULL with SERVER_ERROR; _TEMPORARY for a 4xx. */
Smtp *smtp_open(const ServerSpec *spec, const char *helo_name, GError **error);
void smtp_free(Smtp *smtp); /* says QUIT if alive */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Smtp, smtp_free)
/* FALSE after a lost connection: free it and open another. */
gboolean smtp_alive(Smtp *smtp);

/* Sends MAIL (7-bit; every CR, LF or CRLF goes out as CRLF, so that no content can end itself) from
 * the envelope sender FROM ("" is the null sender) to one recipient. *RESPONSE (may be NULL)
 * becomes the server's last words, one line, or ours; free it. The session can be used again after
 * every outcome that leaves it alive.
 *
 * Where the line between LATER and UNKNOWN runs: all of the content is flushed before the final dot
 * is written. If that fails, the server holds an incomplete mail, which it must throw away
 * (RFC 5321 4.1.1.4). LATER too, and the end of the session: a reply nobody asked for came before
 * the dot. From the dot on, only a reply of 2xx, 4xx or 5xx is an answer. */
SmtpResult smtp_send(Smtp *smtp, const char *from, const char *to, GBytes *mail, char **response);

/* After SMTP_REFUSED: was it the recipient that the server refused (at RCPT)? */
gboolean smtp_refused_recipient(const Smtp *smtp);

/* Is ADDRESS safe in an SMTP command: one local@domain of at most 254 bytes; local part: 1 to 64
 * characters of atext and dots, not quoted; domain: names of letters, digits and hyphens, no
 * address literal. Narrower than RFC 5321 4.1.2, on purpose: nothing left can end the command. */
gboolean smtp_address_ok(const char *address);
