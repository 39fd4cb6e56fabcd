/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/back.h"

#include "classifier/binomial.h"
#include "mail/answerable.h"
#include "models/event.h"
#include "pipeline/thread.h"

/* Did perhaps a human write it, in a ticket that was there before? */
static gboolean counts(const Message *message)
{
    return thread_joined(message->thread) && g_strcmp0(message->thread, THREAD_BOUNCE) != 0 &&
           !answerable_surely_machine(message) &&
           g_strcmp0(message->automatic, ANSWERABLE_AWAY) != 0;
}

gboolean back_take(const Pipeline *pipeline, const Message *message, GError **error)
{
    if (!counts(message))
        return TRUE;
    g_autoptr(GError) local = NULL;
    g_autoptr(Reply) reply = reply_last_sent(pipeline->store, message->ticket_id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!reply || g_strcmp0(reply->origin, "auto") != 0 || reply->back)
        return TRUE;
    g_autofree char *detail = g_strdup_printf("%s wrote back to the automatic answer %s",
                                              message->from_addr, reply->template_name);
    return reply_set_back(pipeline->store, reply, message->id, error) &&
           event_add(pipeline->store, message->ticket_id, pipeline->now, "erms", "wrote-back",
                     detail, error);
}

char *back_excess(const Pipeline *pipeline, const Template *template_, GError **error)
{
    gint64 sent = 0, back = 0;
    double most = pipeline->policy->max_back;
    if (!reply_count_back(pipeline->store, template_->id, template_->hash,
                          pipeline->now - BACK_WINDOW, BACK_NEWEST, &sent, &back, error))
        return NULL;
    double least = binomial_lower((guint64)back, (guint64)sent, BACK_LEVEL);
    if (sent < BACK_LEAST || !(least > most))
        return NULL;
    return g_strdup_printf(
        "customers wrote back to %" G_GINT64_FORMAT " of the last %" G_GINT64_FORMAT
        " automatic answers %s, so with 95 %% certainty they do to over %.3g %%; "
        "%g %% are allowed (change the answer)",
        back, sent, template_->id, least * 100, most * 100);
}
