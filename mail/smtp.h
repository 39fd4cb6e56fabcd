/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Smtp: one session with a submission server (RFC 5321, RFC 6409), on libetpan's mailsmtp over
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

/* Connects, EHLO with HELO_NAME, TLS as SPEC says, authenticates. */
Smtp *smtp_open(const ServerSpec *spec, const char *helo_name, GError **error);
void smtp_free(Smtp *smtp); /* says QUIT if alive */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Smtp, smtp_free)
/* FALSE after a lost connection: free it and open another. */
gboolean smtp_alive(Smtp *smtp);

/* Sends MAIL (CRLF or LF; 7-bit) from the envelope sender FROM ("" is the null sender) to one
 * recipient. *RESPONSE (may be NULL) becomes the server's last words, one line, or ours; free it.
 */
SmtpResult smtp_send(Smtp *smtp, const char *from, const char *to, GBytes *mail, char **response);

/* Is ADDRESS safe in an SMTP command: one local@domain, at most 254 bytes, ASCII, no control
 * characters, spaces, <, >; RFC 5321 4.1.2, 4.5.3.1. */
gboolean smtp_address_ok(const char *address);
