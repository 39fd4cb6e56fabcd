/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread: which ticket does a mail belong to? Three ways, in this order, each only if the sender
 * takes part in that ticket (a stranger who knows a number gets a ticket of his own): "our
 * Message-ID"  a reference to one of our answers, whose keyed hash is right "reference"       a
 * reference to a mail that we hold "token"           the ticket's token in the subject
 * A mail that names a ticket of ours in which its sender has no part is "foreign": it gets a ticket
 * of its own, and a human answers it.
 */
#pragma once

#include "models/message.h"
#include "models/ticket.h"

#define THREAD_NEW "new"
#define THREAD_FOREIGN "foreign"
#define THREAD_BOUNCE "bounce"
#define THREAD_IMPORTED                                                                            \
    "imported as handled" /* an agent has dealt with it: no automatic answer                       \
                           */

/* The ticket, or NULL without error: a new one. *REASON is static. */
Ticket *thread_find(Store *store, GBytes *key, const Message *message, const char **reason,
                    GError **error);
/* The ticket whose answer this delivery report (message->automatic "bounce") gives back: one of our
 * Message-IDs with a right keyed hash stands in its references or its text. Only agents' answers
 * can bounce (automatic ones have the null sender), so a human must know. NULL without error: none.
 */
Ticket *thread_find_bounced(Store *store, GBytes *key, const Message *message, GError **error);
