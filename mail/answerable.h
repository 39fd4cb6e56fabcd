/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May a machine answer this mail? One table of signs that a machine wrote it or that no answer is
 * wanted; each row names its source (answerable_source()). Works on a Message alone (its kept
 * headers), so that it can be asked again a year later. A new sign is one row in answerable.c and
 * one row in its test; what a row can ask is in mail/sign.h. Not here: what is done with such a
 * mail, limits, and whether a Message-ID is ours (mail/compose.h).
 *
 * A sign is certain (a machine wrote it: nobody needs to read it) or not (a machine must not answer
 * it, but a human may have written it: somebody has to look at it). Certain is only what cannot
 * hide a human, even if the sign is misread: what a protocol proves (the content types of RFC 3464
 * and RFC 8098, auto-replied, an empty return path), our filters' word, and what is clearly a
 * newsletter. All else is not: looking at a newsletter costs a moment, a customer's mail that
 * nobody reads is lost.
 *
 *   certain:     bounce, spam, read-receipt, report, calendar-reply, auto-submitted, newsletter,
 *                auto-reply-header, null-return-path
 *   not certain: own-address, own-list, bounce-subject, report-subject, mailer-daemon, calendar,
 *                voice-mail, ticket-system, web-form, auto-unknown, x-auto-response-suppress,
 *                precedence, list-id, list-unsubscribe, list-header, mailing-list, exchange-rule,
 *                feedback-id, bulk-sender, x-loop, cron, delivery-loop, no-reply, list-robot,
 *                robot-address, out-of-office, acknowledgement
 *
 * Of several signs the first certain one counts, else the first; but "calendar" (an invitation,
 * which a human may want to accept; "calendar-reply" is somebody's answer to one), "voice-mail"
 * (somebody called), "ticket-system" (an agent's words, or its own) and "web-form" come before all
 * certain signs behind them in the table. "bounce" goes before "spam": a delivery report of our own
 * answer has to be known as such. A postmaster may be a human, and so his subject proves nothing.
 * "own-address" is not certain: telephones, scanners, forms and colleagues write in our name. Our
 * own answers are known by the keyed hash in their Message-ID (ANSWERABLE_OWN_MAIL, certain).
 *
 * Signs of humans. Auto-Submitted: no (RFC 3834 5) is never a sign of a machine. If all fields of
 * that name say so, it takes back what only words say: out-of-office, acknowledgement,
 * bounce-subject and report-subject (subjects), list-robot and robot-address (what an address is
 * called), and postmaster as a "mailer-daemon". It takes back nothing else: mailer-daemon itself
 * and no-reply are addresses at which nobody reads an answer, and headers say what they say.
 * Precedence: normal or first-class and X-Auto-Response-Suppress: None are no signs either way; of
 * the values of the latter All, AutoReply and OOF ask for no answer, the others (DR, NDR, RN, NRN)
 * are about receipts.
 *
 * Spam is what our side's filters say in headers; a sender who writes them himself only keeps an
 * answer from himself. X-Forefront-Antispam-Report counts only of mail on its way in: other
 * people's servers leave theirs on what goes out. Such a mail is ignored, not lost: its ticket is
 * in the state "ignored", the mail in the folder for those.
 *
 * A newsletter is what List-Unsubscribe-Post says, a List- header with Precedence: bulk or junk,
 * List-Unsubscribe with the mark of a bulk sender, or the mark of a campaign; but nothing that
 * answers a mail (In-Reply-To), and nothing from a list to which people write (List-Post,
 * Mailing-List, X-BeenThere). Marks that services put on mail from one to one, too, are none. Other
 * List- headers, even with Precedence: list, are on the mail of humans.
 *
 * Our own address may be a mailing list (Google Groups, Mailman): then every customer's mail has
 * its headers. If List-Id, List-Post or Mailing-List names one of our addresses, and no List-Id
 * another, List- headers and Precedence: list say nothing. "own-list": as the list may have put
 * its own address into From and Reply-To, such a mail can be a customer's. The list's address must
 * be among ours for this; if it is not, the mail is "list-id", and a human reads it.
 *
 * A web form is a human, although a machine sent it: its Reply-To is the customer. So our own
 * address in From says "a machine" only if the answer would come to us, and no-reply@ and
 * Feedback-ID do not count against a form. If the answer would go to another domain than From's, or
 * From is of our domain, then Auto-Submitted: auto-generated, X-Autoreply and its like, an empty
 * return path and what makes a newsletter only make a "web-form". Every other sign counts.
 *
 * What a row reads, message->headers must have kept: a new header goes into "wanted" in
 * mail/header.c too, if it stands in "dropped" there, or if padding must not push it out.
 */
#pragma once

#include "models/message.h"

/* The pipeline's own rule: an answer of ours came back. */
#define ANSWERABLE_OWN_MAIL "own-mail"
/* Somebody's program says that nobody is there. A human may have written the mail of a new ticket
 * with such a subject; in a ticket under way it is a note that came upon our mail, if
 * answerable_away_upon(). */
#define ANSWERABLE_AWAY "out-of-office"

/* The name of the rule that says "a machine", e.g. "auto-submitted", "list-id", "bounce",
 * "own-address"; NULL: a human wrote it. OWN_ADDRESSES (NULL, or ended by NULL) are the lower-case
 * addresses we send from and receive on; "us+anything@" is ours too. The string is static.
 * *EXPLAIN (may be NULL) becomes a static sentence, or NULL for a human. */
const char *answerable_machine(const Message *message, const char *const *own_addresses,
                               const char **explain);
/* Did surely a machine write a mail of which answerable_machine() said RULE, so that nobody needs
 * to see it? FALSE for a rule that is not known, and for NULL. ANSWERABLE_OWN_MAIL is certain. */
gboolean answerable_certain(const char *rule);
/* MESSAGE is ANSWERABLE_AWAY. Is it surely a note upon a mail of ours, in a ticket with the
 * subjects KNOWN (ended by NULL): its own and those of our answers? Not, if its subject says so
 * only because one of those does: then it is somebody's reply, whatever stands before it. "Le
 * client est absent" makes no note of "Rtr : Le client est absent", but "Absent: Le client est
 * absent" is one. And "Auto: X" is one only if we have answered with the subject "X", or if X is a
 * reply. */
gboolean answerable_away_upon(const Message *message, const char *const *known);
/* The number of the row that answerable_machine() goes by; -1: none. */
gint answerable_row(const Message *message, const char *const *own_addresses);
/* The name in the Nth row of the table (some have several rows), and where the sign is described:
 * RFC and section, or whose program sets it; NULL behind the last. */
const char *answerable_rule(guint n);
const char *answerable_source(guint n);
/* Is it surely a machine's mail, as message->automatic says? */
static inline gboolean answerable_surely_machine(const Message *message)
{
    return message->automatic && answerable_certain(message->automatic);
}
