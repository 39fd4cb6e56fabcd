/* SPDX-License-Identifier: Apache-2.0 */
/* What became of the answers of a ticket. Declared in cmd/tickets.h. */
#include "cmd/table.h"
#include "cmd/tickets.h"

#include "kb/fill.h"
#include "models/event.h"

#include <string.h>

gboolean answer_automatic(const Reply *reply)
{
    return g_strcmp0(reply->origin, "auto") == 0;
}

gint64 answer_time(const Reply *reply)
{
    return reply->sent_at ? reply->sent_at : MAX(reply->moved_at, reply->created_at);
}

/* By state: how much it counts, 0 not at all, and its word for scripts. */
static const struct {
    guint weight;
    const char *word;
} outcomes[] = {
    [REPLY_DRAFT] = {0, NULL},        [REPLY_APPROVED] = {3, "waiting"},
    [REPLY_SENDING] = {3, "waiting"}, [REPLY_SENT] = {2, "sent"},
    [REPLY_FAILED] = {2, "failed"},   [REPLY_UNKNOWN] = {2, "unknown"},
    [REPLY_DROPPED] = {1, "dropped"},
};

const Reply *ticket_answer(const GPtrArray *replies)
{
    const Reply *best = NULL;
    for (guint i = 0; i < replies->len; i++) {
        const Reply *reply = g_ptr_array_index(replies, i);
        guint weight = outcomes[reply->state].weight;
        if (!reply->origin || weight == 0)
            continue;
        guint least = best ? outcomes[best->state].weight : 0;
        if (weight > least || (weight == least && answer_time(reply) >= answer_time(best)))
            best = reply;
    }
    return best;
}

const char *answer_outcome(const Reply *reply)
{
    return reply ? outcomes[reply->state].word : NULL;
}

const Reply *ticket_waiting(const GPtrArray *replies)
{
    const Reply *answer = ticket_answer(replies);
    return answer && answer->state == REPLY_APPROVED ? answer : NULL;
}

char *answer_whose(const Reply *reply)
{
    return answer_automatic(reply) ? g_strdup("the automatic answer")
                                   : g_strdup_printf("the answer of %s", reply->origin);
}

char *ticket_why(const Ticket *ticket, const GPtrArray *replies, const Verdict *verdict)
{
    const Reply *answer = ticket_answer(replies);
    if (answer && answer->state == REPLY_APPROVED) {
        g_autofree char *whose =
            answer_automatic(answer) ? g_strdup("the answer") : answer_whose(answer);
        return g_strdup_printf("%s waits to be sent%s%s", whose, answer->error ? ": " : "",
                               answer->error ? answer->error : "");
    }
    if (ticket->note)
        return g_strdup(ticket->note);
    if (ticket->state == TICKET_CLOSED)
        return g_strdup("closed");
    if (ticket->state == TICKET_ANSWERED && answer && !answer_automatic(answer))
        return g_strdup_printf("answered by %s", answer->origin);
    return g_strdup(verdict ? verdict->detail : "");
}

/* The machine greets a stranger without the name that a suggestion has, and may end with a footer.
 */
static gboolean same_words(const Reply *sent, const char *body)
{
    g_autofree char *said = g_strchomp(g_strdup(sent->body));
    g_autofree char *again = g_strchomp(g_strdup(body));
    if (g_str_equal(said, again))
        return TRUE;
    if (!answer_automatic(sent))
        return FALSE;
    const char *a = said, *b = again;
    g_autofree char *greeting = fill_greeting(NULL, sent->language);
    gsize line = strlen(greeting);
    if (strncmp(a, greeting, line) == 0 && a[line] == '\n') {
        a += line;
        b += strcspn(b, "\n");
    }
    gsize length = strlen(b);
    return length > 1 && strncmp(a, b, length) == 0 && (!a[length] || a[length] == '\n');
}

const Reply *ticket_said(const GPtrArray *replies, const char *to, const char *body)
{
    const Reply *said = NULL;
    for (guint i = 0; i < replies->len; i++) {
        const Reply *reply = g_ptr_array_index(replies, i);
        if (reply->state == REPLY_SENT && reply->to_addr && to &&
            g_ascii_strcasecmp(reply->to_addr, to) == 0 && same_words(reply, body))
            said = reply;
    }
    return said;
}

gboolean ticket_drop_waiting(Store *store, const GPtrArray *replies, const char *why, gint64 now,
                             char **whose, GError **error)
{
    *whose = NULL;
    for (guint i = 0; i < replies->len; i++) {
        Reply *reply = g_ptr_array_index(replies, i);
        gboolean moved = FALSE;
        if (reply->state != REPLY_APPROVED)
            continue;
        g_free(*whose);
        *whose = answer_whose(reply);
        g_autofree char *detail = g_strdup_printf("%s that waited to be sent: %s", *whose, why);
        if (!reply_move(store, reply, REPLY_DROPPED, why, now, &moved, error) ||
            !event_add(store, reply->ticket_id, now, agent_name(), "dropped", detail, error))
            return FALSE;
    }
    return TRUE;
}

void ticket_tell_dropped(const Ticket *ticket, const char *whose)
{
    if (whose)
        print_safe(stdout,
                   "%s that waited to be sent is dropped; its text stays in erms ticket show "
                   "%" G_GINT64_FORMAT,
                   whose, ticket->id);
}
