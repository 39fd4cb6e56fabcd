/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/compose.h"
#include "pipeline/draft.h"

#include <string.h>

#define MAX_REPLIES 3

/* Drops what is suggested; *RANK becomes the highest that was ever used for the message. */
static gboolean drop_drafts(Pipeline *pipeline, const Message *message, guint *rank, GError **error)
{
    g_autoptr(GPtrArray) replies = reply_list_message(pipeline->store, message->id, error);
    if (!replies)
        return FALSE;
    *rank = 0;
    for (guint i = 0; i < replies->len; i++) {
        Reply *reply = g_ptr_array_index(replies, i);
        gboolean moved;
        *rank = MAX(*rank, reply->rank);
        if (reply->state == REPLY_DRAFT &&
            !reply_move(pipeline->store, reply, REPLY_DROPPED, "newer suggestions", pipeline->now,
                        &moved, error))
            return FALSE;
    }
    return TRUE;
}

void pipeline_stamp(const Pipeline *pipeline, const Message *message, const char *token,
                    Reply *reply)
{
    const char *domain = strchr(pipeline->policy->from_addr, '@') + 1;
    reply->ticket_id = message->ticket_id;
    reply->message_id = message->id;
    reply->created_at = pipeline->now;
    reply->mail_id =
        compose_message_id(pipeline->key, token, (guint64)message->id * 100 + reply->rank, domain);
}

gboolean pipeline_redraft(Pipeline *pipeline, const Message *message, const char *token,
                          const char *category, GError **error)
{
    guint rank;
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    if (!transaction || !drop_drafts(pipeline, message, &rank, error))
        return FALSE;
    if (!category)
        return store_commit(g_steal_pointer(&transaction), error);
    g_auto(Drafter) drafter;
    drafter_init(&drafter, pipeline, message, token);
    g_autoptr(GPtrArray) drafts = drafter_category(&drafter, category, MAX_REPLIES);
    for (guint i = 0; message->reply_addr && i < drafts->len; i++) {
        g_autoptr(Reply) reply =
            draft_reply(g_ptr_array_index(drafts, i), message, token, rank + 1 + i);
        pipeline_stamp(pipeline, message, token, reply);
        if (!reply_insert(pipeline->store, reply, error))
            return FALSE;
    }
    return store_commit(g_steal_pointer(&transaction), error);
}
