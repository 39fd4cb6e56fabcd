/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May a machine answer this mail? One table of signs that a machine wrote it or that no answer is
 * wanted; each row says its source. Works on a Message alone (its kept headers), so that it can be
 * asked again a year later. A new sign is one row in answerable.c and one row in its test; what a
 * row can ask is in mail/sign.h. Not here: what is done with such a mail, limits, and whether a
 * Message-ID is ours (mail/compose.h).
 *
 * A sign is certain (a machine wrote it: nobody needs to read it) or not (a machine must not answer
 * it, but a human may have written it: somebody has to look at it). When in doubt it is not:
 * looking at a newsletter costs a moment, a customer's mail that nobody reads is lost.
 *
 *   certain:     own-address, spam, bounce, read-receipt, report, calendar-reply, newsletter,
 *                auto-submitted, auto-reply-header, null-return-path, x-loop, delivery-loop
 *   not certain: own-list, bounce-subject, mailer-daemon, calendar, web-form,
 *                x-auto-response-suppress, precedence, list-id, list-unsubscribe, list-header,
 *                mailing-list, feedback-id, bulk-sender, ticket-system, no-reply, list-robot,
 *                out-of-office
 *
 * Of several signs the first certain one counts, else the first; but "calendar" (an invitation,
 * which a human may want to accept; "calendar-reply" is somebody's answer to one) and "web-form"
 * come before all certain signs behind them in the table.
 *
 * A newsletter is what List-Unsubscribe-Post says, a List- header with Precedence: bulk or junk,
 * List-Unsubscribe with the mark of a bulk sender, or the mark of a campaign. Other List- headers,
 * even with Precedence: list, are on the mail of humans too.
 *
 * Our own address may be a mailing list (Google Groups, Mailman): then every customer's mail has
 * its headers. If List-Id, List-Post or Mailing-List names one of our addresses, and no List-Id
 * another, List- headers and Precedence: list say nothing. "own-list": as the list may have put
 * its own address into From and Reply-To, such a mail can be a customer's. The list's address must
 * be among ours for this; if it is not, the mail is "list-id", and a human reads it.
 *
 * A web form is a human, although a machine sent it: its Reply-To is the customer. So our own
 * address in From says "a machine" only if the answer would come to us, and no-reply@, Feedback-ID
 * and what makes a newsletter do not count against a form; with Auto-Submitted: auto-generated it
 * is "web-form". Every other sign counts.
 *
 * Headers that message->headers must have kept for this: Auto-Submitted, Content-Type,
 * Content-Class, Delivered-To, Feedback-ID, List-*, Mailing-List, Precedence, Return-Path,
 * X-Auto-Response-Suppress, X-Failed-Recipients, X-Loop, X-Spam-Flag, and the X-Auto…, X-Campaign…
 * and other marks in the table.
 */
#pragma once

#include "models/message.h"

/* The pipeline's own rule: an answer of ours came back. */
#define ANSWERABLE_OWN_MAIL "own-mail"

/* The name of the rule that says "a machine", e.g. "auto-submitted", "list-id", "bounce",
 * "own-address"; NULL: a human wrote it. OWN_ADDRESSES (NULL, or ended by NULL) are the lower-case
 * addresses we send from and receive on; "us+anything@" is ours too. The string is static.
 * *EXPLAIN (may be NULL) becomes a static sentence, or NULL for a human. */
const char *answerable_machine(const Message *message, const char *const *own_addresses,
                               const char **explain);
/* Did surely a machine write a mail of which answerable_machine() said RULE, so that nobody needs
 * to see it? FALSE for a rule that is not known, and for NULL. ANSWERABLE_OWN_MAIL is certain. */
gboolean answerable_certain(const char *rule);
/* The name in the Nth row of the table (some have several rows); NULL behind the last. */
const char *answerable_rule(guint n);
/* Is it surely a machine's mail, as message->automatic says? */
static inline gboolean answerable_surely_machine(const Message *message)
{
    return message->automatic && answerable_certain(message->automatic);
}
