/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/batch.h"

#include <unistd.h>

#define LIST_LIMIT 500
#define COMMIT_AFTER (G_USEC_PER_SEC / 2)

/* A hang cannot be told from thinking but by the clock; the signal's default action is the end. */
static gboolean answer_in_time(Pipeline *pipeline, const Message *message, Verdict **verdict,
                               GError **error)
{
    alarm(BATCH_SECONDS);
    gboolean done = pipeline_answer(pipeline, message, verdict, error);
    alarm(0);
    return done;
}

/* Answers MESSAGES from *NEXT on in one transaction, for at most COMMIT_AFTER: lookups can be slow,
 * and agents want to write as well. */
static gboolean answer_some(Pipeline *pipeline, GPtrArray *messages, guint *next,
                            const FetchHooks *hooks, GError **error)
{
    gint64 until = g_get_monotonic_time() + COMMIT_AFTER;
    guint first = *next;
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    g_autoptr(GPtrArray) verdicts = g_ptr_array_new_with_free_func((GDestroyNotify)verdict_free);
    if (!transaction)
        return FALSE;
    do {
        Verdict *verdict = NULL;
        if (!answer_in_time(pipeline, g_ptr_array_index(messages, *next), &verdict, error))
            return FALSE;
        g_ptr_array_add(verdicts, verdict);
    } while (++*next < messages->len && g_get_monotonic_time() < until);
    if (!store_commit(g_steal_pointer(&transaction), error))
        return FALSE;
    for (guint i = 0; hooks->decided && i < verdicts->len; i++)
        hooks->decided(g_ptr_array_index(messages, first + i), g_ptr_array_index(verdicts, i),
                       hooks->data);
    return TRUE;
}

gboolean batch_answer(Pipeline *pipeline, GPtrArray *messages, const FetchHooks *hooks,
                      GError **error)
{
    for (guint next = 0; next < messages->len;)
        if (!answer_some(pipeline, messages, &next, hooks, error))
            return FALSE;
    return TRUE;
}

static gboolean answer_alone(Pipeline *pipeline, Message *message, const FetchHooks *hooks,
                             GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, message);
    if (message->tries >= MESSAGE_TRIES_MAX)
        g_warning("ticket %" G_GINT64_FORMAT ": deciding about its mail broke off %u times; it is "
                  "left to a human",
                  message->ticket_id, message->tries);
    else if (!message_set_tries(pipeline->store, message->id, message->tries + 1, error))
        return FALSE;
    if (batch_answer(pipeline, one, hooks, error))
        return TRUE;
    /* It ended, though with an error: that is no fault of the mail. */
    if (message->tries < MESSAGE_TRIES_MAX)
        message_set_tries(pipeline->store, message->id, message->tries, NULL);
    return FALSE;
}

gboolean batch_answer_left(Pipeline *pipeline, const FetchHooks *hooks, GError **error)
{
    for (;;) {
        g_autoptr(GPtrArray) left = message_list_undecided(pipeline->store, LIST_LIMIT, error);
        if (!left)
            return FALSE;
        if (left->len == 0)
            return TRUE;
        for (guint i = 0; i < left->len; i++) {
            if (hooks->stop && *hooks->stop)
                return TRUE;
            pipeline->now = g_get_real_time() / G_USEC_PER_SEC;
            if (!answer_alone(pipeline, g_ptr_array_index(left, i), hooks, error))
                return FALSE;
        }
    }
}
