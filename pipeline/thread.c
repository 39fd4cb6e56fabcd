/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/thread.h"

#include "mail/bounce.h"
#include "mail/answerable.h"
#include "mail/compose.h"

#include <string.h>

#define MAX_REFERENCES 30 /* looked at, newest first: a mail can carry thousands */
#define MAX_TOKENS 5      /* of a subject */
#define MAX_HOLDERS 20    /* tickets that hold a mail with the same Message-ID */
#define MAX_MAILS 200     /* of a ticket, whose senders and recipients take part */
#define MAX_NAMED 10      /* addresses in To and Cc of a mail among people */
#define STALE_SECONDS (14 * 24 * 60 * 60)

/* How much of a part somebody has in a ticket. */
typedef enum { NO_PART, NAMED, WROTE } Part;

typedef struct Search {
    const Pipeline *pipeline;
    const Message *message;
    Ticket *best;   /* owned */
    Part part;      /* in it */
    gint64 foreign; /* the first ticket named without a part in it; 0: none */
} Search;

static void search_clear(Search *search)
{
    g_clear_pointer(&search->best, ticket_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static gboolean is_ours(const Pipeline *pipeline, const char *address)
{
    return pipeline->policy && policy_is_ours(pipeline->policy, address);
}

/* Is ADDRESS in To or Cc of MAIL, and is that list one of people who talk with each other? */
static gboolean names(const Pipeline *pipeline, const Message *mail, const char *address)
{
    guint others = 0;
    gboolean found = FALSE;
    /* Anybody can write our address into From: without the keyed Message-ID such a mail names
     * nobody into a ticket that it did not begin. */
    if (is_ours(pipeline, mail->from_addr) && g_strcmp0(mail->thread, THREAD_NEW) != 0 &&
        g_strcmp0(mail->automatic, ANSWERABLE_OWN_MAIL) != 0)
        return FALSE;
    guint most = mail->automatic || is_ours(pipeline, mail->from_addr) ? 1 : MAX_NAMED;
    g_auto(GStrv) list = g_strsplit(mail->to_addrs ? mail->to_addrs : "", ",", -1);
    for (guint i = 0; list[i] && others <= most; i++) {
        const char *one = g_strstrip(list[i]);
        others += *one && !is_ours(pipeline, one);
        found = found || strcmp(one, address) == 0;
    }
    return found && others <= most;
}

static Part part_of(const Pipeline *pipeline, const Ticket *ticket, const GPtrArray *mails,
                    const char *address)
{
    if (g_strcmp0(ticket->customer, address) == 0)
        return WROTE;
    Part part = NO_PART;
    for (guint i = 0; i < mails->len; i++) {
        const Message *mail = g_ptr_array_index(mails, i);
        if (g_strcmp0(mail->thread, THREAD_BOUNCE) == 0)
            continue;
        if (g_strcmp0(mail->from_addr, address) == 0)
            return WROTE;
        if (names(pipeline, mail, address))
            part = NAMED;
    }
    return part;
}

/* The parts of the sender, and of where the answer would go, in TICKET. What comes from us, say by
 * a web form, is the other's; what would be answered to us, the sender's. */
static void parts_of(const Pipeline *pipeline, const Ticket *ticket, const GPtrArray *mails,
                     const Message *message, Part *sender, Part *answered)
{
    const char *from = message->from_addr, *answer = message->reply_addr;
    gboolean own_from = is_ours(pipeline, from), own_answer = !answer || is_ours(pipeline, answer);
    *sender = *answered = from && own_from && own_answer ? WROTE : NO_PART;
    if (!from || *sender)
        return;
    if (!own_from)
        *sender = *answered = part_of(pipeline, ticket, mails, from);
    if (!own_answer && strcmp(from, answer) != 0)
        *answered = part_of(pipeline, ticket, mails, answer);
    if (own_from)
        *sender = *answered;
}

/* Looks at CANDIDATE (taken; may be NULL): it becomes the best if no other is as good. NAMING: the
 * mail names this ticket as one of ours. */
static gboolean consider(Search *search, Ticket *candidate, gboolean naming, GError **error)
{
    g_autoptr(Ticket) ticket = candidate;
    if (!ticket)
        return TRUE;
    const Pipeline *pipeline = search->pipeline;
    g_autoptr(GPtrArray) mails =
        message_list_envelopes(pipeline->store, ticket->id, MAX_MAILS, error);
    if (!mails)
        return FALSE;
    Part sender, answered;
    parts_of(pipeline, ticket, mails, search->message, &sender, &answered);
    Part part = MIN(sender, answered);
    if (part == NO_PART && (naming || sender || answered) && !search->foreign)
        search->foreign = ticket->id;
    if (part > search->part) {
        search_clear(search);
        search->best = g_steal_pointer(&ticket);
        search->part = part;
    }
    return TRUE;
}

/* All ids the mail refers to, newest first. */
static GPtrArray *references_of(const Message *message)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    if (message->in_reply_to)
        g_ptr_array_add(ids, g_strdup(message->in_reply_to));
    g_auto(GStrv) references = g_strsplit(message->references ? message->references : "", " ", -1);
    for (guint i = g_strv_length(references); i-- > 0 && ids->len < MAX_REFERENCES;)
        if (*references[i] && g_strcmp0(references[i], message->in_reply_to) != 0)
            g_ptr_array_add(ids, g_strdup(references[i]));
    return ids;
}

static gboolean by_token(Search *search, const char *token, GError **error)
{
    g_autoptr(GError) local = NULL;
    Ticket *candidate = ticket_find_token(search->pipeline->store, token, &local);
    if (!local)
        return consider(search, candidate, TRUE, error);
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean by_mail(Search *search, const char *id, GError **error)
{
    Store *store = search->pipeline->store;
    g_autoptr(GArray) holders = message_find_tickets(store, id, MAX_HOLDERS, error);
    gint64 last = 0;
    for (guint i = 0; holders && i < holders->len; i++) {
        gint64 holder = g_array_index(holders, gint64, i);
        if (holder == last)
            continue;
        last = holder;
        Ticket *candidate = ticket_must_load(store, holder, error);
        if (!candidate || !consider(search, candidate, FALSE, error))
            return FALSE;
    }
    return holders != NULL;
}

static gboolean by_references(Search *search, const char **reason, GError **error)
{
    g_autoptr(GPtrArray) ids = references_of(search->message);
    for (guint i = 0; i < ids->len && !search->best; i++) {
        const char *id = g_ptr_array_index(ids, i);
        g_autofree char *token = NULL;
        gboolean ours = compose_verify_message_id(search->pipeline->key, id, &token);
        *reason = ours ? "our Message-ID" : "reference";
        if (!(ours ? by_token(search, token, error) : by_mail(search, id, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean by_subject(Search *search, const char **reason, GError **error)
{
    const char *rest = search->message->subject;
    *reason = "token";
    for (guint i = 0; i < MAX_TOKENS && !search->best; i++) {
        g_autofree char *token = compose_find_token(rest);
        if (!token)
            break;
        if (!by_token(search, token, error))
            return FALSE;
        rest = strstr(rest, token) + strlen(token);
    }
    return TRUE;
}

/* The subject without reply marks, forward marks and tokens, folded. */
static char *base_subject(const char *subject)
{
    static const char *const marks[] = {"fwd:", "fw:", "wg:", "tr:", "rv:", "enc:", NULL};
    char *base = g_strdup(subject ? subject : "");
    for (gboolean again = TRUE; again;) {
        g_autofree char *plain = compose_subject(base, NULL);
        g_autofree char *folded = g_utf8_casefold(plain + strlen("Re:"), -1);
        const char *start = folded;
        again = FALSE;
        for (guint i = 0; marks[i]; i++) {
            start += strspn(start, " ");
            if (g_str_has_prefix(start, marks[i])) {
                start += strlen(marks[i]);
                again = TRUE;
            }
        }
        g_free(base);
        base = g_strdup(start);
    }
    return g_strstrip(base);
}

static gboolean alike(const char *base, const char *subject)
{
    g_autofree char *other = base_subject(subject);
    return *other && (strstr(base, other) || strstr(other, base));
}

/* Is one of the ticket's subjects like BASE? */
static gboolean knows_subject(Store *store, const Ticket *ticket, const char *base, gboolean *yes,
                              GError **error)
{
    g_autoptr(GPtrArray) mails = message_list_envelopes(store, ticket->id, MAX_MAILS, error);
    g_autoptr(GPtrArray) replies = mails ? reply_list_ticket(store, ticket->id, error) : NULL;
    if (!replies)
        return FALSE;
    *yes = alike(base, ticket->subject);
    for (guint i = 0; i < mails->len && !*yes; i++)
        *yes = alike(base, ((const Message *)g_ptr_array_index(mails, i))->subject);
    for (guint i = 0; i < replies->len && !*yes; i++) {
        const Reply *reply = g_ptr_array_index(replies, i);
        *yes = (reply->state == REPLY_SENT || reply->state == REPLY_UNKNOWN) &&
               alike(base, reply->subject);
    }
    return TRUE;
}

static gboolean is_recycled(const Pipeline *pipeline, const Message *message, const Ticket *ticket,
                            gboolean *recycled, GError **error)
{
    g_autofree char *mark = g_strdup_printf("[#%s]", ticket->token);
    g_autofree char *base = base_subject(message->subject);
    gboolean known = FALSE;
    *recycled = FALSE;
    if (message->automatic || ticket->state == TICKET_OPEN || !*base ||
        pipeline->now - ticket->updated_at <= STALE_SECONDS || strstr(message->subject, mark))
        return TRUE;
    if (!knows_subject(pipeline->store, ticket, base, &known, error))
        return FALSE;
    *recycled = !known;
    return TRUE;
}

/* Sets what follows from a SEARCH that has ended, with REASON. */
static gboolean conclude(Search *search, const char *reason, Thread *thread, GError **error)
{
    gboolean recycled = FALSE;
    if (!search->best) {
        thread->reason = search->foreign ? THREAD_FOREIGN : THREAD_NEW;
        thread->linked = search->foreign;
        return TRUE;
    }
    if (!is_recycled(search->pipeline, search->message, search->best, &recycled, error))
        return FALSE;
    if (recycled) {
        thread->reason = THREAD_RECYCLED;
        thread->linked = search->best->id;
        return TRUE;
    }
    thread->reason = reason;
    thread->ticket = g_steal_pointer(&search->best);
    return TRUE;
}

gboolean thread_find(const Pipeline *pipeline, const Message *message, Thread *thread,
                     GError **error)
{
    g_autoptr(GError) local = NULL;
    *thread = (Thread){.reason = THREAD_BOUNCE};
    thread->ticket = thread_find_bounced(pipeline->store, pipeline->key, message, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (thread->ticket)
        return TRUE;
    const char *reason = NULL;
    g_auto(Search) search = {.pipeline = pipeline, .message = message};
    return by_references(&search, &reason, error) &&
           (search.best || by_subject(&search, &reason, error)) &&
           conclude(&search, reason, thread, error);
}

void thread_clear(Thread *thread)
{
    g_clear_pointer(&thread->ticket, ticket_free);
}

gboolean thread_joined(const char *reason)
{
    static const char *const alone[] = {THREAD_NEW, THREAD_FOREIGN, THREAD_RECYCLED, NULL};
    return reason && !g_strv_contains(alone, reason);
}

Ticket *thread_find_bounced(Store *store, GBytes *key, const Message *message, GError **error)
{
    Bounce bounce;
    Ticket *ticket = NULL;
    g_autoptr(GError) local = NULL;
    if (!bounce_read(message, &bounce))
        return NULL;
    for (guint i = 0; i < bounce.cited->len && !ticket && !local; i++) {
        g_autofree char *token = NULL;
        if (compose_verify_message_id(key, g_ptr_array_index(bounce.cited, i), &token))
            ticket = ticket_find_token(store, token, &local);
    }
    bounce_clear(&bounce);
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    return ticket;
}
