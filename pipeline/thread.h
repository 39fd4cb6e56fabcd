/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread: which ticket does a mail belong to? Four ways, in this order:
 *   "bounce"          a delivery report that gives back one of our answers
 *   "our Message-ID"  a reference to one of our answers, whose keyed hash is right
 *   "reference"       a reference to a mail that we hold
 *   "token"           the ticket's token in the subject
 * A bounce proves itself by the keyed hash. The others say only what the sender knows: numbers and
 * Message-IDs are forwarded, quoted and guessed. So they count only together with a part in the
 * ticket; whoever has none gets a ticket of his own.
 *
 * Who takes part. The customer, whoever wrote one of the ticket's first 200 mails, and who is named
 * in To or Cc of one of them, if there are at most 10 there besides us (at most one if we or a
 * machine wrote it): a long list is a mailing, and those on it have nothing in common. Addresses
 * are compared whole, without case: kim+shop@ is not kim@. Our own addresses take no part. Both the
 * sender and the address that the answer would go to must take part; when the sender is one of our
 * addresses (a web form), only the latter. What comes from us and would be answered to us belongs
 * wherever it says, for nothing follows from it.
 *
 * From can be forged: somebody who knows the ticket and the customer's address gets his mail into
 * the ticket, where a human reads it, and nothing is answered by itself.
 *
 * What gets a new ticket:
 *   "new"       nothing names a ticket of ours
 *   "foreign"   it names a ticket in which its sender has no part: a human answers it. A reference
 *               to somebody else's mail alone is no such thing: five hundred answer one newsletter;
 *               but it is when one of sender and Reply-To takes part and the other does not
 *   "recycled"  a participant has used an old mail for something new. The ticket is not open,
 *               nothing has happened in it for 14 days, the subject has not its token and is
 *               another one (without Re, Fwd and tokens neither is part of the other; it is not
 *               empty) than those of the ticket's mails and answers. Then it is a new question.
 * Of several references the newest that leads to a ticket is followed; of several mails with the
 * same Message-ID the one in whose ticket the sender has written, then the oldest.
 */
#pragma once

#include "pipeline/pipeline.h"

#define THREAD_NEW "new"
#define THREAD_FOREIGN "foreign"
#define THREAD_RECYCLED "recycled"
#define THREAD_BOUNCE "bounce"
#define THREAD_IMPORTED                                                                            \
    "imported as handled" /* an agent has dealt with it: no automatic answer                       \
                           */

typedef struct Thread {
    Ticket *ticket;     /* owned; NULL: it gets a new one */
    const char *reason; /* static: one of the above */
    gint64 linked;      /* of the new ticket: the one it grew out of, or names; 0: none */
} Thread;

/* MESSAGE is not inserted yet; its ->automatic is set. Clear *THREAD with thread_clear(). */
gboolean thread_find(const Pipeline *pipeline, const Message *message, Thread *thread,
                     GError **error);
void thread_clear(Thread *thread);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Thread, thread_clear)

/* Does a message with this reason (message->thread) belong to a ticket that was there before it? */
gboolean thread_joined(const char *reason);

/* The ticket whose answer this delivery report (message->automatic "bounce") gives back: one of the
 * Message-IDs that it cites (mail/bounce.h) is ours, with a right keyed hash. An automatic answer
 * has the null sender and ought not to bounce, but some systems do it anyhow. NULL without error:
 * none. */
Ticket *thread_find_bounced(Store *store, GBytes *key, const Message *message, GError **error);
