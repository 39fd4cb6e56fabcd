/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batch: many messages are decided, a few in each transaction. Deciding can end the program: a mail
 * that finds a fault in the model, in an answer, in a lookup, or that takes for ever. So that such
 * a mail costs itself and nothing else, the database knows how often deciding about a message was
 * begun before it is begun (message->tries):
 *
 *   taken          1 is written with the message; it is decided in one batch with others
 *   left over      of a run that ended early: one more is committed, it is decided alone
 *   MESSAGE_TRIES_MAX begun, none ended: `poisonous`; a human has it, in Unreadable
 *
 * What takes too long ends the program by SIGALRM, and is left over then.
 */
#pragma once

#include "pipeline/mailbox.h"

#define BATCH_SECONDS 300 /* for one mail; each lookup has a bound of its own, a minute at most */

/* Decides about MESSAGES, which were just taken. */
gboolean batch_answer(Pipeline *pipeline, GPtrArray *messages, const FetchHooks *hooks,
                      GError **error);
/* Decides about everything that earlier runs left, one by one. */
gboolean batch_answer_left(Pipeline *pipeline, const FetchHooks *hooks, GError **error);
