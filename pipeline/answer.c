/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/answerable.h"
#include "models/event.h"
#include "pipeline/audit.h"
#include "pipeline/fingerprint.h"
#include "pipeline/judge.h"
#include "pipeline/thread.h"

#include <string.h>

static gint64 content_of(const Pipeline *pipeline, const Message *message)
{
    return fingerprint_make(pipeline->tokenizer, message->subject, message->own_text);
}

/* Its text is not looked at any more. */
static gboolean is_poisonous(const Message *message)
{
    return message->tries >= MESSAGE_TRIES_MAX;
}

/* Is MESSAGE a note that nobody is there upon a mail of TICKET? */
static gboolean find_away(Pipeline *pipeline, const Message *message, const Ticket *ticket,
                          gboolean *away, GError **error)
{
    *away = FALSE;
    if (!thread_joined(message->thread) || g_strcmp0(message->automatic, ANSWERABLE_AWAY) != 0)
        return TRUE;
    g_autoptr(GPtrArray) replies = reply_list_ticket(pipeline->store, ticket->id, error);
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_ptr_array_add(known, ticket->subject ? ticket->subject : (char *)"");
    for (guint i = 0; replies && i < replies->len; i++) {
        const Reply *reply = g_ptr_array_index(replies, i);
        if ((reply->state == REPLY_SENT || reply->state == REPLY_UNKNOWN) && reply->subject)
            g_ptr_array_add(known, reply->subject);
    }
    g_ptr_array_add(known, NULL);
    *away = answerable_away_upon(message, (const char *const *)known->pdata);
    return replies != NULL;
}

static gboolean load_circumstances(Pipeline *pipeline, const Message *message, const Ticket *ticket,
                                   Circumstances *circumstances, GError **error)
{
    circumstances->token = ticket->token;
    circumstances->linked = ticket->linked;
    circumstances->running = thread_joined(message->thread);
    if (is_poisonous(message))
        return TRUE;
    if (!find_away(pipeline, message, ticket, &circumstances->away, error))
        return FALSE;
    circumstances->fingerprint = content_of(pipeline, message);
    return !message->reply_addr ||
           traffic_load(pipeline, message->reply_addr, circumstances->fingerprint, 0,
                        &circumstances->traffic, error);
}

/* What a machine sends says so; an agent who takes the same suggestion does not. */
static void approve_by_machine(Reply *reply, const Policy *policy)
{
    const char *footer = policy_footer(policy, reply->language);
    reply->state = REPLY_APPROVED;
    reply->origin = g_strdup("auto");
    if (footer) {
        char *body = g_strconcat(reply->body, "\n", footer, "\n", NULL);
        g_free(reply->body);
        reply->body = body;
    }
}

static gboolean insert_replies(Pipeline *pipeline, const Message *message, const Ticket *ticket,
                               gint64 fingerprint, gboolean send, GPtrArray *replies,
                               GError **error)
{
    for (guint i = 0; i < replies->len; i++) {
        Reply *reply = g_ptr_array_index(replies, i);
        pipeline_stamp(pipeline, message, ticket->token, reply);
        reply->fingerprint = fingerprint;
        if (send && i == 0)
            approve_by_machine(reply, pipeline->policy);
        if (!reply_insert(pipeline->store, reply, error))
            return FALSE;
    }
    return TRUE;
}

/* Where the ticket goes. A machine's mail in a running ticket changes nothing about it. */
static void move_ticket(Ticket *ticket, const Verdict *verdict, gboolean running)
{
    if (verdict->action == VERDICT_IGNORE) {
        if (!running)
            ticket->state = TICKET_IGNORED;
        return;
    }
    ticket->state = TICKET_OPEN;
    if (verdict->category && !(running && ticket->category)) {
        g_free(ticket->category);
        ticket->category = g_strdup(verdict->category);
    }
    if (verdict->queue && !(running && ticket->queue)) {
        g_free(ticket->queue);
        ticket->queue = g_strdup(verdict->queue);
    }
    g_free(ticket->note);
    ticket->note =
        g_strdup(verdict->action == VERDICT_SEND ? "the answer waits to be sent" : verdict->detail);
}

/* Where the mail ought to lie; NULL: where it is, until its answer is sent. */
static char *filing_of(const Message *message, const Ticket *ticket, const Verdict *verdict)
{
    if (message->flags & MESSAGE_UNREADABLE || is_poisonous(message))
        return g_strdup(FILING_UNREADABLE);
    switch (verdict->action) {
    case VERDICT_SEND:
        return NULL;
    case VERDICT_IGNORE:
        return g_strdup(FILING_IGNORED);
    case VERDICT_SUGGEST:
    case VERDICT_HOLD:
    default:
        return g_strconcat(FILING_QUEUE_PREFIX, ticket->queue, NULL);
    }
}

gboolean pipeline_answer(Pipeline *pipeline, const Message *message, Verdict **verdict,
                         GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    if (!transaction)
        return FALSE;
    g_autoptr(Ticket) ticket = ticket_must_load(pipeline->store, message->ticket_id, error);
    g_autoptr(Standings) standings = ticket ? pipeline_standings(pipeline, error) : NULL;
    g_auto(Circumstances) circumstances = {.standings = standings};
    if (!standings || !load_circumstances(pipeline, message, ticket, &circumstances, error))
        return FALSE;

    g_auto(Judgement) judgement = {NULL, NULL};
    if (is_poisonous(message))
        judge_poisonous(pipeline, message, &judgement);
    else
        judge(pipeline, message, &circumstances, &judgement);
    Verdict *decided = judgement.verdict;
    decided->decided_at = pipeline->now;
    decided->model = pipeline->model ? g_strdup(model_id(pipeline->model)) : NULL;

    gboolean before = circumstances.running && g_strcmp0(message->thread, THREAD_IMPORTED) != 0;
    move_ticket(ticket, decided, before);
    ticket->updated_at = pipeline->now;
    g_autofree char *filing = filing_of(message, ticket, decided);
    g_autofree char *event = g_strdup_printf("%s, %s: %s", verdict_action_name(decided->action),
                                             decided->reason, decided->detail);
    if (!verdict_insert(pipeline->store, decided, error) ||
        !insert_replies(pipeline, message, ticket, circumstances.fingerprint,
                        decided->action == VERDICT_SEND, judgement.replies, error) ||
        !limits_trip(pipeline, &circumstances.traffic, decided->reason, error) ||
        !ticket_update(pipeline->store, ticket, error) ||
        !message_set_filing(pipeline->store, message->id, filing, error) ||
        !event_add(pipeline->store, ticket->id, pipeline->now, "erms", "decided", event, error) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return FALSE;
    if (verdict)
        *verdict = g_steal_pointer(&judgement.verdict);
    return TRUE;
}

void pipeline_judge(Pipeline *pipeline, Message *message, Verdict **verdict)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Standings) standings = pipeline_standings(pipeline, &error);
    g_auto(Circumstances) circumstances = {.token = "0000-0000", .standings = standings};
    if (standings)
        traffic_load(pipeline, NULL, content_of(pipeline, message), 0, &circumstances.traffic,
                     &error);
    if (error)
        g_warning("%s", error->message);
    message->arrived_at = pipeline->now;
    g_auto(Judgement) judgement = {NULL, NULL};
    judge(pipeline, message, &circumstances, &judgement);
    *verdict = g_steal_pointer(&judgement.verdict);
}
