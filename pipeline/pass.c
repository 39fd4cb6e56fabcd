/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/pass.h"

#include "pipeline/alarm.h"
#include "pipeline/limits.h"
#include "pipeline/standing.h"

#define MAX_LOST 3 /* connections, one after the other: then the SMTP server is sick */

/* A copy of an answer that belongs into a Sent folder. */
typedef struct SentCopy {
    char *account;
    GBytes *mail;
} SentCopy;

static void sent_copy_free(SentCopy *copy)
{
    g_free(copy->account);
    g_bytes_unref(copy->mail);
    g_free(copy);
}

static gboolean stopped(const Pass *pass)
{
    return pass->hooks.stop && *pass->hooks.stop;
}

/* A server's failure is reported and survived; the store's is passed on. */
static gboolean survive(Pass *pass, GError *problem, GError **error)
{
    if (problem->domain == STORE_ERROR) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    pass->trouble(problem, pass->trouble_data);
    g_error_free(problem);
    return TRUE;
}

static gboolean fetch_all(Pass *pass, GPtrArray *sessions, FetchCounts *counts, GError **error)
{
    for (guint i = 0; i < pass->mailboxes->len && !stopped(pass); i++) {
        Session *session = session_new(g_ptr_array_index(pass->mailboxes, i), pass->dry_run);
        g_ptr_array_add(sessions, session);
        GError *local = NULL;
        if (mailbox_fetch(session, pass->pipeline, &pass->hooks, counts, &local))
            continue;
        session_lost(session, local);
        if (!survive(pass, local, error))
            return FALSE;
    }
    return TRUE;
}

/* The account of the mail that REPLY answers. */
static char *account_of(Pass *pass, const Reply *reply)
{
    g_autoptr(Message) message = message_load(pass->pipeline->store, reply->message_id, NULL);
    return message ? g_strdup(message->account) : NULL;
}

static gboolean send_one(Pass *pass, Reply *reply, Smtp *smtp, GPtrArray *copies,
                         SendOutcome *outcome, GError **error)
{
    g_autoptr(GBytes) mail = NULL;
    pass->pipeline->now = g_get_real_time() / G_USEC_PER_SEC;
    if (!pipeline_send(pass->pipeline, reply, smtp, outcome, &mail, error))
        return FALSE;
    if (mail) {
        SentCopy *copy = g_new0(SentCopy, 1);
        copy->account = account_of(pass, reply);
        copy->mail = g_steal_pointer(&mail);
        g_ptr_array_add(copies, copy);
    }
    return TRUE;
}

/* Nothing can be sent: the replies from FROM on wait, unless a rule speaks against them by now. */
static gboolean keep_waiting(Pass *pass, const GPtrArray *replies, guint from, PassCounts *counts,
                             GError **error)
{
    for (guint i = from; i < replies->len; i++) {
        gboolean stands = TRUE;
        if (!pipeline_reconsider(pass->pipeline, g_ptr_array_index(replies, i), &stands, error))
            return FALSE;
        counts->later += stands;
        counts->dropped += !stands;
    }
    return TRUE;
}

/* Every further answer would wait as long, or leave nobody knows whether. */
static gboolean server_sick(Pass *pass, GError **error)
{
    return survive(pass,
                   g_error_new(SERVER_ERROR, SERVER_ERROR_UNREACHABLE,
                               "%s: %d connections were lost one after the other; what was not sent"
                               " yet waits for the next run",
                               pass->smtp->name, MAX_LOST),
                   error);
}

static gboolean send_all(Pass *pass, GPtrArray *copies, PassCounts *counts, GError **error)
{
    g_autoptr(GPtrArray) replies =
        reply_list_state(pass->pipeline->store, REPLY_APPROVED, 0, error);
    if (!replies)
        return FALSE;
    if (!pass->smtp || limits_stopped(pass->pipeline))
        return keep_waiting(pass, replies, 0, counts, error);
    g_autoptr(Smtp) smtp = NULL;
    gint64 renew = 0;
    guint lost = 0;
    for (guint i = 0; i < replies->len && !stopped(pass); i++) {
        GError *local = NULL;
        /* A mail begun near the connection's deadline could lose its last reply. */
        if (smtp && (!smtp_alive(smtp) || g_get_monotonic_time() > renew))
            g_clear_pointer(&smtp, smtp_free);
        if (!smtp) {
            smtp = smtp_open(pass->smtp, pass->helo_name, &local);
            renew = g_get_monotonic_time() + (gint64)pass->smtp->total_seconds * G_USEC_PER_SEC / 2;
        }
        if (!smtp)
            return survive(pass, local, error) && keep_waiting(pass, replies, i, counts, error);
        SendOutcome outcome;
        if (!send_one(pass, g_ptr_array_index(replies, i), smtp, copies, &outcome, error))
            return FALSE;
        counts->sent += outcome == SEND_SENT;
        counts->later += outcome == SEND_LATER || outcome == SEND_STOPPED;
        counts->failed += outcome == SEND_FAILED;
        counts->dropped += outcome == SEND_DROPPED;
        lost = outcome == SEND_SENT ? 0 : lost + !smtp_alive(smtp);
        if (lost == MAX_LOST)
            return server_sick(pass, error) && keep_waiting(pass, replies, i + 1, counts, error);
    }
    return TRUE;
}

/* The operator hears of a trip of the breaker, whatever else is stopped. */
static gboolean tell_operator(Pass *pass, GError **error)
{
    g_autoptr(Breaker) breaker = NULL;
    if (!alarm_due(pass->pipeline, &breaker, error))
        return FALSE;
    if (!breaker || !pass->smtp || stopped(pass))
        return TRUE;
    GError *local = NULL;
    g_autoptr(Smtp) smtp = smtp_open(pass->smtp, pass->helo_name, &local);
    pass->pipeline->now = g_get_real_time() / G_USEC_PER_SEC;
    return (smtp && alarm_send(pass->pipeline, smtp, breaker, &local)) ||
           survive(pass, local, error);
}

/* Copies to Sent, then every mail to its folder. */
static gboolean copy_to_sent(Session *session, const GPtrArray *copies, GError **error)
{
    const Mailbox *mailbox = session->mailbox;
    gboolean made = FALSE;
    for (guint i = 0; mailbox->sent && i < copies->len; i++) {
        const SentCopy *copy = g_ptr_array_index(copies, i);
        if (g_strcmp0(copy->account, mailbox->name) != 0)
            continue;
        if (!session_select(session, mailbox->folder, error) ||
            (!made && !imap_folder_ensure(session->imap, mailbox->sent, error)) ||
            !imap_append(session->imap, mailbox->sent, copy->mail, error))
            return FALSE;
        made = TRUE;
    }
    return TRUE;
}

static gboolean finish(Pass *pass, Session *session, const GPtrArray *copies, FetchCounts *counts,
                       GError **error)
{
    GError *local = NULL;
    session_renew(session);
    /* A copy is a comfort: without it the mail is filed all the same. */
    if (!copy_to_sent(session, copies, &local)) {
        session_lost(session, local);
        if (!survive(pass, local, error))
            return FALSE;
    }
    return mailbox_file(session, pass->pipeline, counts, error);
}

static gboolean finish_all(Pass *pass, GPtrArray *sessions, const GPtrArray *copies,
                           FetchCounts *counts, GError **error)
{
    for (guint i = 0; i < sessions->len; i++) {
        Session *session = g_ptr_array_index(sessions, i);
        GError *local = NULL;
        if (finish(pass, session, copies, counts, &local))
            continue;
        session_lost(session, local);
        if (!survive(pass, local, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean dry_run(Pass *pass, GPtrArray *sessions, PassCounts *counts, GError **error)
{
    g_autoptr(StoreTransaction) falls = store_begin(pass->pipeline->store, error);
    return falls && fetch_all(pass, sessions, &counts->fetch, error);
}

static gboolean work(Pass *pass, GPtrArray *sessions, GPtrArray *copies, PassCounts *counts,
                     GError **error)
{
    return pipeline_recover(pass->pipeline, &counts->recovered, error) &&
           fetch_all(pass, sessions, &counts->fetch, error) &&
           send_all(pass, copies, counts, error) && tell_operator(pass, error) &&
           finish_all(pass, sessions, copies, &counts->fetch, error);
}

gboolean pass_run(Pass *pass, PassCounts *counts, GError **error)
{
    g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func((GDestroyNotify)sent_copy_free);
    g_auto(StandingsCache) standings = {0};
    pass->pipeline->standings = &standings;
    gboolean ok = pass->dry_run ? dry_run(pass, sessions, counts, error)
                                : work(pass, sessions, copies, counts, error);
    pass->pipeline->standings = NULL;
    return ok;
}

gboolean pass_send_one(Pass *pass, Reply *reply, SendOutcome *outcome, GError **error)
{
    g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func((GDestroyNotify)sent_copy_free);
    g_autoptr(Smtp) smtp = smtp_open(pass->smtp, pass->helo_name, error);
    if (!smtp || !send_one(pass, reply, smtp, copies, outcome, error))
        return FALSE;
    g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    for (guint i = 0; i < pass->mailboxes->len; i++)
        g_ptr_array_add(sessions, session_new(g_ptr_array_index(pass->mailboxes, i), FALSE));
    FetchCounts counts = {0};
    /* It is sent: what goes wrong from here on must not look as if it were not. */
    g_autoptr(GError) late = NULL;
    if (!finish_all(pass, sessions, copies, &counts, &late))
        pass->trouble(late, pass->trouble_data);
    return TRUE;
}
