/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread: which ticket does a mail belong to? Three ways, in this order, each only if the sender
 * takes part in that ticket (a stranger who knows a number gets a ticket of his own): "our
 * Message-ID"  a reference to one of our answers, whose keyed hash is right "reference"       a
 * reference to a mail that we hold "token"           the ticket's token in the subject
 */
#pragma once

#include "models/message.h"
#include "models/ticket.h"

/* The ticket, or NULL without error: a new one. *REASON is static. */
Ticket *thread_find(Store *store, GBytes *key, const Message *message, const char **reason,
                    GError **error);
