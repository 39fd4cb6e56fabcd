/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/answerable.h"
#include "mail/compose.h"
#include "models/event.h"
#include "pipeline/audit.h"
#include "pipeline/back.h"
#include "pipeline/decide.h"
#include "pipeline/judge.h"
#include "pipeline/standing.h"
#include "pipeline/suppress.h"

static gboolean is_automatic(const Reply *reply)
{
    return g_strcmp0(reply->origin, "auto") == 0;
}

/* An automatic answer that does not leave is a suggestion again. */
static gboolean suggest_again(Pipeline *pipeline, const Reply *reply, const Ticket *ticket,
                              GError **error)
{
    g_autoptr(Message) message = message_load(pipeline->store, reply->message_id, error);
    return message && (!ticket->category ||
                       pipeline_redraft(pipeline, message, ticket->token, ticket->category, error));
}

/* Gives the ticket to a human, with a reason. */
static gboolean to_human(Pipeline *pipeline, const Reply *reply, const char *what, const char *why,
                         GError **error)
{
    g_autoptr(Ticket) ticket = ticket_must_load(pipeline->store, reply->ticket_id, error);
    if (!ticket)
        return FALSE;
    ticket->state = TICKET_OPEN;
    if (!ticket->queue)
        ticket->queue = g_strdup(policy_queue(pipeline->policy, ticket->category));
    g_free(ticket->note);
    ticket->note = g_strdup(why);
    ticket->updated_at = pipeline->now;
    g_autofree char *filing = g_strconcat(FILING_QUEUE_PREFIX, ticket->queue, NULL);
    return ticket_update(pipeline->store, ticket, error) &&
           message_set_filing(pipeline->store, reply->message_id, filing, error) &&
           ((reply->state != REPLY_DROPPED && reply->state != REPLY_FAILED) ||
            suggest_again(pipeline, reply, ticket, error)) &&
           event_add(pipeline->store, ticket->id, pipeline->now, "erms", what, why, error);
}

/* Is there a mail of a human in the ticket that came after message AFTER (0: any), other than the
 * one that REPLY answers? FALSE with ERROR when the store fails. */
static gboolean wrote_again(Pipeline *pipeline, const Reply *reply, gint64 after, GError **error)
{
    g_autoptr(GPtrArray) messages = message_list_ticket(pipeline->store, reply->ticket_id, error);
    for (guint i = 0; messages && i < messages->len; i++) {
        const Message *message = g_ptr_array_index(messages, i);
        if (message->id > after && message->id != reply->message_id &&
            !answerable_surely_machine(message))
            return TRUE;
    }
    return FALSE;
}

/* The ticket is answered: its mails belong into Answered, other suggestions are moot. */
static gboolean close_answered(Pipeline *pipeline, Ticket *ticket, const Reply *reply,
                               GError **error)
{
    ticket->state = TICKET_ANSWERED;
    g_clear_pointer(&ticket->queue, g_free);
    g_clear_pointer(&ticket->note, g_free);
    return ticket_update(pipeline->store, ticket, error) &&
           message_set_filing_ticket(pipeline->store, ticket->id, FILING_ANSWERED, error) &&
           reply_drop_others(pipeline->store, ticket->id, reply->id, error);
}

/* The customer wrote again meanwhile, and nobody has read that: the ticket stays where it is. */
static gboolean stay_open(Pipeline *pipeline, Ticket *ticket, const Reply *reply, GError **error)
{
    g_free(ticket->note);
    ticket->note = g_strdup("the customer wrote again before the answer left");
    return ticket_update(pipeline->store, ticket, error) &&
           message_set_filing(pipeline->store, reply->message_id, FILING_ANSWERED, error);
}

static gboolean answered(Pipeline *pipeline, const Reply *reply, const char *response,
                         GError **error)
{
    g_autoptr(GError) local = NULL;
    gboolean again = wrote_again(pipeline, reply, reply->message_id, &local);
    g_autoptr(Ticket) ticket =
        local ? NULL : ticket_must_load(pipeline->store, reply->ticket_id, &local);
    if (!ticket) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    ticket->updated_at = pipeline->now;
    g_autofree char *detail =
        g_strdup_printf("to %s, %s, the server said: %s", reply->to_addr,
                        reply->template_name ? reply->template_name : "written by hand", response);
    return (again && ticket->state == TICKET_OPEN
                ? stay_open(pipeline, ticket, reply, error)
                : close_answered(pipeline, ticket, reply, error)) &&
           event_add(pipeline->store, ticket->id, pipeline->now,
                     is_automatic(reply) ? "erms" : reply->origin, "sent", detail, error) &&
           (!is_automatic(reply) || pipeline_audit_sent(pipeline, reply, error));
}

static gboolean usable_today(const Template *template_, gint64 now)
{
    GDate today;
    g_date_clear(&today, 1);
    g_date_set_time_t(&today, now);
    return template_usable(template_, &today);
}

/* Is it known of the sender what was known when the answer was made: another authserv-id may be
 * configured by now. As changed_mind(). */
static char *sender_changed(Pipeline *pipeline, const Reply *reply, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Message) message = message_load(pipeline->store, reply->message_id, &local);
    g_autoptr(Verdict) verdict =
        message ? verdict_load(pipeline->store, message->id, &local) : NULL;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    if (!verdict)
        return NULL;
    g_auto(Authentication) now = judge_authenticate(pipeline->policy, message);
    return g_strcmp0(now.detail, verdict->authentication) == 0
               ? NULL
               : g_strdup_printf("what is known about the sender changed while the answer waited: "
                                 "%s",
                                 now.detail);
}

/* The objection that holds until an answer leaves, as changed_mind(). */
static char *objects(Pipeline *pipeline, const Reply *reply, GError **error)
{
    g_auto(Traffic) traffic = {0};
    Decision decision;
    if (!traffic_load(pipeline, reply->to_addr, reply->fingerprint, reply->id, &traffic, error))
        return NULL;
    Facts facts = {.traffic = traffic};
    if (decide_leaving(&facts, pipeline->policy, &decision))
        return NULL;
    if (limits_trip(pipeline, &traffic, decision.reason, error))
        return decision.detail;
    decision_clear(&decision);
    return NULL;
}

/* Why an approved automatic answer may not leave any more, as a new string; NULL: it may. Sets
 * ERROR when the store fails. */
static char *changed_mind(Pipeline *pipeline, const Reply *reply, GError **error)
{
    const Policy *policy = pipeline->policy;
    const Template *template_ = kb_find(pipeline->kb, reply->template_name);
    if (!template_ || g_strcmp0(template_->hash, reply->template_hash) != 0)
        return g_strdup("the template was changed while the answer waited");
    if (!usable_today(template_, pipeline->now) || template_->mode != TEMPLATE_AUTO ||
        policy_mode(policy, template_->category) != TEMPLATE_AUTO)
        return g_strdup("the category or the template was set to suggest while the answer waited");
    if (pipeline->now - reply->created_at > policy->quiet_seconds)
        return g_strdup("the answer waited too long");
    g_autoptr(Standings) standings = pipeline_standings(pipeline, error);
    g_autoptr(Ticket) ticket =
        standings ? ticket_must_load(pipeline->store, reply->ticket_id, error) : NULL;
    if (!ticket)
        return NULL;
    const char *broken = standings_broken(standings, template_->category);
    if (broken)
        return g_strdup_printf("the promise was broken while the answer waited: %s", broken);
    g_autoptr(GError) local = NULL;
    g_autofree char *back = back_excess(pipeline, template_, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    if (back)
        return g_strdup_printf("while the answer waited %s", back);
    if (ticket->state != TICKET_OPEN || g_strcmp0(ticket->category, template_->category) != 0)
        return g_strdup("an agent decided otherwise while the answer waited");
    if (wrote_again(pipeline, reply, 0, &local)) /* it is for the only one */
        return g_strdup("the customer wrote again while the answer waited");
    g_autofree char *sender = local ? NULL : sender_changed(pipeline, reply, &local);
    if (sender)
        return g_steal_pointer(&sender);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    return objects(pipeline, reply, error);
}

/* One step of the reply and what follows from it, in one transaction. */
static gboolean settle(Pipeline *pipeline, Reply *reply, ReplyState to, const char *what,
                       const char *words, const char *why, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    gboolean moved = FALSE;
    if (!transaction ||
        !reply_move(pipeline->store, reply, to, words, pipeline->now, &moved, error))
        return FALSE;
    /* Not moved: somebody else settled it, and what he wrote stands. */
    if (moved && to == REPLY_SENT && !answered(pipeline, reply, words, error))
        return FALSE;
    if (moved && to == REPLY_UNKNOWN && is_automatic(reply) &&
        !pipeline_audit_sent(pipeline, reply, error))
        return FALSE;
    if (moved && why && !to_human(pipeline, reply, what, why, error))
        return FALSE;
    return store_commit(g_steal_pointer(&transaction), error);
}

static gboolean refuse(Pipeline *pipeline, Reply *reply, const char *why, GError **error)
{
    return settle(pipeline, reply, REPLY_DROPPED, "dropped", why, why, error);
}

/* The server refused it for good. Of an automatic answer more than its ticket learns from that. */
static gboolean settle_refused(Pipeline *pipeline, Reply *reply, const Smtp *smtp,
                               const char *words, GError **error)
{
    g_autofree char *why = g_strdup_printf("the answer was not sent: %s", words);
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    return transaction && settle(pipeline, reply, REPLY_FAILED, "failed", words, why, error) &&
           (!is_automatic(reply) ||
            ((!smtp_refused_recipient(smtp) || suppress_refused(pipeline, reply, words, error)) &&
             limits_refused(pipeline, error))) &&
           store_commit(g_steal_pointer(&transaction), error);
}

static gboolean settle_result(Pipeline *pipeline, Reply *reply, const Smtp *smtp, SmtpResult result,
                              const char *words, SendOutcome *outcome, GError **error)
{
    g_autofree char *why = NULL;
    switch (result) {
    case SMTP_SENT:
        *outcome = SEND_SENT;
        return settle(pipeline, reply, REPLY_SENT, NULL, words, NULL, error);
    case SMTP_LATER:
        if (reply->attempts < pipeline->policy->max_attempts) {
            *outcome = SEND_LATER;
            return settle(pipeline, reply, REPLY_APPROVED, NULL, words, NULL, error);
        }
        G_GNUC_FALLTHROUGH;
    case SMTP_REFUSED:
        *outcome = SEND_FAILED;
        return settle_refused(pipeline, reply, smtp, words, error);
    case SMTP_UNKNOWN:
    default:
        *outcome = SEND_FAILED;
        why = g_strdup_printf("the answer may have been sent, nobody can know: %s", words);
        return settle(pipeline, reply, REPLY_UNKNOWN, "unknown", words, why, error);
    }
}

gboolean pipeline_reconsider(Pipeline *pipeline, Reply *reply, gboolean *stands, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *why = is_automatic(reply) ? changed_mind(pipeline, reply, &local) : NULL;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    *stands = !why;
    return !why || refuse(pipeline, reply, why, error);
}

gboolean pipeline_send(Pipeline *pipeline, Reply *reply, Smtp *smtp, SendOutcome *outcome,
                       GBytes **mail, GError **error)
{
    gboolean automatic = is_automatic(reply), stands = TRUE;
    *outcome = SEND_DROPPED;
    /* One step: what somebody else writes comes before the last look, or after SENDING. */
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    if (!transaction || !pipeline_reconsider(pipeline, reply, &stands, error))
        return FALSE;
    if (!stands)
        return store_commit(g_steal_pointer(&transaction), error);

    g_autoptr(GError) unfit = NULL;
    ComposeOptions options = {.from_name = pipeline->policy->from_name,
                              .from_addr = pipeline->policy->from_addr,
                              .date = pipeline->now,
                              .automatic = automatic};
    g_autoptr(GBytes) bytes = compose_reply(reply, &options, &unfit);
    if (!bytes)
        return refuse(pipeline, reply, unfit->message, error) &&
               store_commit(g_steal_pointer(&transaction), error);

    if (limits_stopped(pipeline)) {
        *outcome = SEND_STOPPED;
        return store_commit(g_steal_pointer(&transaction), error);
    }
    gboolean moved = FALSE;
    if (!reply_move(pipeline->store, reply, REPLY_SENDING, NULL, pipeline->now, &moved, error) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return FALSE;
    if (!moved)
        return TRUE;

    g_autofree char *words = NULL;
    /* The null sender (RFC 3834 3.3) for what a machine says; a bounce of an agent's answer comes
     * back and reopens its ticket (take.c). */
    SmtpResult result =
        smtp_send(smtp, automatic ? "" : options.from_addr, reply->to_addr, bytes, &words);
    if (mail && result == SMTP_SENT)
        *mail = g_bytes_ref(bytes);
    return settle_result(pipeline, reply, smtp, result, words, outcome, error);
}

gboolean pipeline_recover(Pipeline *pipeline, guint *count, GError **error)
{
    g_autoptr(GPtrArray) sending = reply_list_state(pipeline->store, REPLY_SENDING, 0, error);
    if (!sending)
        return FALSE;
    const char *words = "a run ended while it was being sent";
    for (guint i = 0; i < sending->len; i++)
        if (!settle(pipeline, g_ptr_array_index(sending, i), REPLY_UNKNOWN, "unknown", words,
                    "the answer may have been sent, nobody can know: a run ended in the middle",
                    error))
            return FALSE;
    *count = sending->len;
    return TRUE;
}
