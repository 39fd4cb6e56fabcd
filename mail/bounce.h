/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a delivery report ("bounce") says: did the delivery fail for good, and which mails does it
 * give back? A pure function of a Message whose ->automatic is "bounce" (mail/answerable.h). Not
 * here: whether the report can be believed. Anybody can write one: only a Message-ID of ours whose
 * keyed hash is right (compose_verify_message_id()) proves that the sender has seen our mail.
 *
 * Read are, in this order, the fields that the report has for machines (RFC 3464;
 * mail/parse_report.h puts them at the end of message->text), and, if there are none, the words for
 * people above the first line that looks like the header of the mail that came back: enhanced codes
 * (RFC 3463), replies of SMTP (RFC 5321 4.2), sentences (qmail, Exim).
 */
#pragma once

#include "models/message.h"

#define BOUNCE_MAX_CITED 50

typedef struct Bounce {
    gboolean permanent; /* an address failed with 5.x.x, or in words that say so. FALSE: delayed,
                           relayed, delivered, failed after 4.x.x (another mail may arrive), or
                           nobody knows */
    char *status;       /* of that failure, else the first: "5.1.1", or "550"; NULL: none found */
    GPtrArray *cited;   /* char *, the Message-IDs it gives back or refers to, without <>, each
                           once, at most BOUNCE_MAX_CITED */
} Bounce;

/* FALSE: MESSAGE is no delivery report; BOUNCE is empty then, and need not be cleared. */
gboolean bounce_read(const Message *message, Bounce *bounce);
void bounce_clear(Bounce *bounce);
