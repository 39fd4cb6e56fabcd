/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May a machine answer this mail? One table of signs that a machine wrote it or that no answer is
 * wanted; each row says its source. Works on a Message alone (its kept headers), so that it can be
 * asked again a year later. A new sign is one row in answerable.c and one row in its test.
 * Not here: what is done with such a mail, limits, and whether a Message-ID is ours
 * (mail/compose.h).
 *
 * The rules, in the order they are asked: own-address, spam, bounce, read-receipt, report,
 * mailer-daemon, calendar-reply, calendar, auto-submitted, x-auto-response-suppress, precedence,
 * list-id, list-unsubscribe, list-header, mailing-list, auto-reply-header, feedback-id, newsletter,
 * null-return-path, x-loop, delivery-loop, no-reply, list-robot, out-of-office. "calendar" is an
 * invitation, which a human may want to accept; "calendar-reply" is somebody's answer to one.
 *
 * A web form is a human, although a machine sent it: its Reply-To is the customer. So our own
 * address in From says "a machine" only if the answer would come to us, and no-reply@ and
 * Feedback-ID do not count against a form. Every other sign does.
 *
 * Headers that message->headers must have kept for this: Auto-Submitted, Content-Type,
 * Content-Class, Delivered-To, Feedback-ID, List-*, Mailing-List, Precedence, Return-Path,
 * X-Auto-Response-Suppress, X-Failed-Recipients, X-Loop, X-Spam-Flag, and the X-Auto…, X-Campaign…
 * and other marks in the table.
 */
#pragma once

#include "models/message.h"

/* The name of the first rule that says "a machine", e.g. "auto-submitted", "list-id", "bounce",
 * "own-address"; NULL: a human wrote it. OWN_ADDRESSES (NULL, or ended by NULL) are the lower-case
 * addresses we send from and receive on; "us+anything@" is ours too. The string is static.
 * *EXPLAIN (may be NULL) becomes a static sentence, or NULL for a human. */
const char *answerable_machine(const Message *message, const char *const *own_addresses,
                               const char **explain);
