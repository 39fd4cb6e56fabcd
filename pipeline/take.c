/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/answerable.h"
#include "mail/compose.h"
#include "models/event.h"
#include "pipeline/back.h"
#include "pipeline/suppress.h"
#include "pipeline/thread.h"

#include "classifier/language.h"

void pipeline_study(const Policy *policy, Message *message)
{
    const char *const *own = policy ? (const char *const *)policy->addresses : NULL;
    g_autofree char *text = g_strconcat(message->subject, "\n", message->own_text, NULL);
    g_free(message->language);
    message->language = g_strdup(language_detect(text));
    g_free(message->automatic);
    message->automatic = g_strdup(answerable_machine(message, own, NULL));
}

static gboolean free_token(const Pipeline *pipeline, const char *digest, char **token,
                           GError **error)
{
    for (guint n = 0;; n++) {
        g_autoptr(GError) local = NULL;
        g_autofree char *candidate = compose_token(pipeline->key, digest, n);
        g_autoptr(Ticket) taken = ticket_find_token(pipeline->store, candidate, &local);
        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (!taken) {
            *token = g_steal_pointer(&candidate);
            return TRUE;
        }
    }
}

/* The new ticket's side of a link, and of a true one the other's: a stranger's mail is not to be
 * seen in the ticket that it names. */
static gboolean tell_link(const Pipeline *pipeline, const Ticket *ticket, const char *reason,
                          GError **error)
{
    gboolean recycled = g_str_equal(reason, THREAD_RECYCLED);
    g_autofree char *here = g_strdup_printf(
        recycled ? "it began with an old mail of ticket %" G_GINT64_FORMAT
                 : "it names ticket %" G_GINT64_FORMAT ", in which its sender has no part",
        ticket->linked);
    g_autofree char *there = g_strdup_printf(
        "ticket %" G_GINT64_FORMAT " began with an old mail of this one", ticket->id);
    return event_add(pipeline->store, ticket->id, pipeline->now, "erms", "linked", here, error) &&
           (!recycled || event_add(pipeline->store, ticket->linked, pipeline->now, "erms", "linked",
                                   there, error));
}

static gboolean open_ticket(const Pipeline *pipeline, const Message *message, const Thread *thread,
                            gint64 *id, GError **error)
{
    g_autoptr(Ticket) ticket = ticket_new();
    if (!free_token(pipeline, message->digest, &ticket->token, error))
        return FALSE;
    ticket->state = TICKET_OPEN;
    ticket->subject = g_strdup(message->subject);
    ticket->customer = g_strdup(message->reply_addr ? message->reply_addr : message->from_addr);
    ticket->created_at = ticket->updated_at = pipeline->now;
    ticket->linked = thread->linked;
    if (!ticket_insert(pipeline->store, ticket, error) ||
        (ticket->linked && !tell_link(pipeline, ticket, thread->reason, error)))
        return FALSE;
    *id = ticket->id;
    return TRUE;
}

/* Finds or opens the ticket; sets message->ticket_id and ->thread. */
static gboolean find_ticket(const Pipeline *pipeline, Message *message, GError **error)
{
    g_auto(Thread) thread;
    if (!thread_find(pipeline, message, &thread, error))
        return FALSE;
    g_free(message->thread);
    message->thread = g_strdup(thread.reason);
    if (thread.ticket) {
        message->ticket_id = thread.ticket->id;
        return TRUE;
    }
    return open_ticket(pipeline, message, &thread, &message->ticket_id, error);
}

/* A message that was only imported so far gets its ticket; it keeps its row and its labels. */
static gboolean adopt(Pipeline *pipeline, Message *message, Message *known, GError **error)
{
    message->id = known->id;
    if (!find_ticket(pipeline, message, error))
        return FALSE;
    if (g_str_equal(message->thread, THREAD_NEW) || g_str_equal(message->thread, THREAD_RECYCLED)) {
        g_free(message->thread);
        message->thread = g_strdup(THREAD_IMPORTED);
    }
    return message_set_ticket(pipeline->store, message, error);
}

static gboolean insert(Pipeline *pipeline, Message *message, GError **error)
{
    return find_ticket(pipeline, message, error) && message_insert(pipeline->store, message, error);
}

gboolean pipeline_take(Pipeline *pipeline, Message *message, Place *place, gboolean *taken,
                       GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    if (!transaction)
        return FALSE;
    g_autoptr(GError) local = NULL;
    g_autoptr(Message) known = message_find_digest(pipeline->store, message->digest, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    *taken = !known || !known->ticket_id;
    if (*taken) {
        pipeline_study(pipeline->policy, message);
        message->received_at = pipeline->now;
        if (message->message_id &&
            compose_verify_message_id(pipeline->key, message->message_id, NULL)) {
            g_free(message->automatic);
            message->automatic = g_strdup(ANSWERABLE_OWN_MAIL);
        }
    }
    if (!known) {
        if (!insert(pipeline, message, error))
            return FALSE;
    } else if (!known->ticket_id) {
        if (!adopt(pipeline, message, known, error))
            return FALSE;
    } else {
        message->id = known->id;
        message->ticket_id = known->ticket_id;
    }
    if (place) {
        place->message_id = message->id;
        if (!place_insert(pipeline->store, place, error))
            return FALSE;
    }
    if (*taken && !event_add(pipeline->store, message->ticket_id, pipeline->now, "erms", "taken",
                             message->thread, error))
        return FALSE;
    if (*taken &&
        (!back_take(pipeline, message, error) || !suppress_bounced(pipeline, message, error)))
        return FALSE;
    return store_commit(g_steal_pointer(&transaction), error);
}
