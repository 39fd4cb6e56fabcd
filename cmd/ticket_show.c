/* SPDX-License-Identifier: Apache-2.0 */
/* erms ticket show: everything about one ticket: mails, decisions, suggestions, history. */
#include "cmd/json.h"
#include "cmd/table.h"
#include "cmd/tickets.h"
#include "mail/authres.h"
#include "models/event.h"
#include "models/label.h"
#include "models/suppression.h"
#include "pipeline/thread.h"

#include <stdio.h>

typedef struct View {
    Ticket *ticket;
    GPtrArray *messages;
    GPtrArray *replies;
    GPtrArray *events;
    GPtrArray *linked;        /* of Ticket: those that name this one, or grew out of it */
    Label *label;             /* what a human said it is about; NULL: nobody said */
    Suppression *suppression; /* of the customer; NULL: none */
} View;

#define MAX_LINKED 20 /* shown: anybody who knows a ticket's number can make more */

static void view_clear(View *view)
{
    g_clear_pointer(&view->ticket, ticket_free);
    g_clear_pointer(&view->messages, g_ptr_array_unref);
    g_clear_pointer(&view->replies, g_ptr_array_unref);
    g_clear_pointer(&view->events, g_ptr_array_unref);
    g_clear_pointer(&view->linked, g_ptr_array_unref);
    g_clear_pointer(&view->label, label_free);
    g_clear_pointer(&view->suppression, suppression_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(View, view_clear)

/* The first mail of a ticket is what it is about. */
static gboolean load_label(View *view, Store *store, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (view->messages->len > 0) {
        const Message *first = g_ptr_array_index(view->messages, 0);
        view->label = label_load(store, first->id, &local);
    }
    if (!local)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean load_suppression(View *view, Store *store, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (view->ticket->customer)
        view->suppression = suppression_load(store, view->ticket->customer, &local);
    if (!local)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean view_load(View *view, Store *store, const char *name, GError **error)
{
    return (view->ticket = ticket_named(store, name, error)) &&
           (view->messages = message_list_ticket(store, view->ticket->id, error)) &&
           (view->replies = reply_list_ticket(store, view->ticket->id, error)) &&
           (view->events = event_list(store, view->ticket->id, error)) &&
           (view->linked = ticket_list_linked(store, view->ticket->id, MAX_LINKED, error)) &&
           load_label(view, store, error) && load_suppression(view, store, error);
}

/* Why TICKET is linked: its first mail's thread, THREAD_RECYCLED or THREAD_FOREIGN; "" otherwise.
 */
static char *link_reason(Store *store, gint64 ticket)
{
    g_autoptr(GPtrArray) first = message_list_envelopes(store, ticket, 1, NULL);
    return g_strdup(first && first->len ? ((const Message *)g_ptr_array_index(first, 0))->thread
                                        : "");
}

static void print_field(const char *name, const char *value)
{
    g_autofree char *safe = terminal_safe(value);
    if (value && *value)
        printf("%-12s %s\n", name, safe);
}

static void print_indented(const char *text, const char *indent)
{
    g_autofree char *safe = terminal_safe_lines(text);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(safe), "\n", -1);
    for (guint i = 0; lines[i]; i++)
        printf("%s%s\n", indent, lines[i]);
}

/* JSON: a list of objects, each with the string NAME and the number VALUE. */
static void print_list(const char *label, const char *json, const char *name, const char *value,
                       const char *format)
{
    g_autoptr(JsonNode) node = json ? json_from_string(json, NULL) : NULL;
    if (!node || !JSON_NODE_HOLDS_ARRAY(node))
        return;
    g_autoptr(GString) line = g_string_new(NULL);
    JsonArray *list = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonObject *object = json_array_get_object_element(list, i);
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(number, sizeof number, format,
                        json_object_get_double_member(object, value));
        g_string_append_printf(line, "%s%s %s", i ? ", " : "",
                               json_object_get_string_member(object, name), number);
    }
    print_field(label, line->str);
}

static void print_verdict(const Verdict *verdict)
{
    g_autofree char *at = format_time(verdict->decided_at);
    g_autofree char *decision = g_strdup_printf("%s (%s): %s", verdict_action_name(verdict->action),
                                                verdict->reason, verdict->detail);
    print_field("decided", at);
    print_field("decision", decision);
    print_list("categories", verdict->candidates, "category", "probability", "%.3f");
    print_list("words", verdict->words, "word", "weight", "%+.2f");
    print_field("answer", verdict->template_name);
    print_field("version", verdict->template_hash);
    print_field("model", verdict->model);
    print_field("sender", verdict->authentication);
}

static void print_links(Store *store, const View *view)
{
    const Ticket *ticket = view->ticket;
    if (ticket->linked) {
        g_autofree char *reason = link_reason(store, ticket->id);
        g_autofree char *text = g_strdup_printf(
            g_strcmp0(reason, THREAD_FOREIGN) == 0
                ? "names ticket %" G_GINT64_FORMAT ", in which its sender has no part"
                : "began with an old mail of ticket %" G_GINT64_FORMAT,
            ticket->linked);
        print_field("linked", text);
    }
    for (guint i = 0; i < view->linked->len; i++) {
        const Ticket *other = g_ptr_array_index(view->linked, i);
        g_autofree char *reason = link_reason(store, other->id);
        g_autofree char *text = g_strdup_printf(
            g_strcmp0(reason, THREAD_FOREIGN) == 0
                ? "ticket %" G_GINT64_FORMAT " names it, from somebody who has no part in it"
                : "ticket %" G_GINT64_FORMAT " began with an old mail of it",
            other->id);
        print_field("linked", text);
    }
}

static gboolean print_message(Store *store, const Message *message, GError **error)
{
    g_autofree char *at = format_time(message->received_at);
    g_autofree char *arrived = format_time(message->arrived_at);
    g_autofree char *date =
        message->date ? g_strdup_printf("%s (so the sender says)", message->date) : NULL;
    g_autofree char *from = message->from_name
                                ? g_strdup_printf("%s <%s>", message->from_name, message->from_addr)
                                : g_strdup(message->from_addr);
    printf("\n── mail of %s ──\n", at);
    print_field("from", from);
    if (g_strcmp0(message->reply_addr, message->from_addr) != 0)
        print_field("reply to", message->reply_addr);
    print_field("date", date);
    print_field("arrived", arrived);
    print_field("subject", message->subject);
    print_field("mailbox", message->account);
    print_field("language", message->language);
    print_field("thread", message->thread);
    print_field("machine", message->automatic);
    g_autoptr(GError) local = NULL;
    g_autoptr(Verdict) verdict = verdict_load(store, message->id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (verdict)
        print_verdict(verdict);
    printf("\n");
    print_indented(message->text, "  ");
    return TRUE;
}

/* Why an automatic answer says so little. */
static void print_neutral(Store *store, const Reply *reply)
{
    g_autoptr(Verdict) verdict =
        answer_automatic(reply) ? verdict_load(store, reply->message_id, NULL) : NULL;
    if (verdict && verdict->action == VERDICT_SEND &&
        !authentication_vouched(verdict->authentication))
        print_field("neutral", "nobody vouched for the sender, so subject and greeting repeat "
                               "nothing of the mail");
}

static void print_reply_text(const Reply *reply)
{
    print_field("to", reply->to_addr);
    print_field("subject", reply->subject);
    print_field("template", reply->template_name);
    print_field("approver", reply->approver);
    print_field("by", reply->origin);
    print_field("missing", reply->missing);
    print_field(reply->state == REPLY_DROPPED ? "why" : "server", reply->error);
}

static void print_answer(Store *store, const Reply *reply)
{
    g_autofree char *at = format_time(answer_time(reply));
    printf("\n── answer, %s %s%s ──\n", reply_state_name(reply->state), at,
           reply->state == REPLY_APPROVED ? ", waits to be sent" : "");
    print_reply_text(reply);
    print_neutral(store, reply);
    if (reply->back)
        print_field("written back", "yes");
    printf("\n");
    print_indented(reply->body, "  ");
}

static void print_suggestion(const View *view, const Reply *reply, guint number)
{
    const Reply *said = ticket_said(view->replies, reply->to_addr, reply->body);
    g_autofree char *at = said ? format_time(said->sent_at) : NULL;
    putchar('\n');
    print_safe(stdout, "── suggestion %u: %s%s%s ──", number, reply->template_name,
               said ? ", sent already on " : "", said ? at : "");
    print_reply_text(reply);
    printf("\n");
    print_indented(reply->body, "  ");
}

/* A mail or an answer, at its place in time. */
typedef struct Entry {
    gint64 at;
    gint64 message_id; /* of the mail, or of the one that is answered */
    const Message *message;
    const Reply *reply;
} Entry;

/* Within a second: an answer behind its mail. */
static int compare_entries(gconstpointer a, gconstpointer b)
{
    const Entry *left = a, *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    if (left->message_id != right->message_id)
        return left->message_id < right->message_id ? -1 : 1;
    return (left->reply != NULL) - (right->reply != NULL);
}

/* What somebody decided to send. A suggestion that was dropped is none. */
static gboolean is_answer(const Reply *reply)
{
    return reply->state != REPLY_DRAFT &&
           (reply->state != REPLY_DROPPED || (reply->origin && *reply->body));
}

static GArray *entries_of(const View *view)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    for (guint i = 0; i < view->messages->len; i++) {
        const Message *message = g_ptr_array_index(view->messages, i);
        Entry entry = {message->received_at, message->id, message, NULL};
        g_array_append_val(entries, entry);
    }
    for (guint i = 0; i < view->replies->len; i++) {
        const Reply *reply = g_ptr_array_index(view->replies, i);
        Entry entry = {answer_time(reply), reply->message_id, NULL, reply};
        if (is_answer(reply))
            g_array_append_val(entries, entry);
    }
    g_array_sort(entries, compare_entries);
    return entries;
}

/* Mails and answers as they followed each other, then what is suggested now. */
static gboolean print_exchange(Store *store, const View *view, GError **error)
{
    g_autoptr(GArray) entries = entries_of(view);
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = &g_array_index(entries, Entry, i);
        if (entry->reply)
            print_answer(store, entry->reply);
        else if (!print_message(store, entry->message, error))
            return FALSE;
    }
    for (guint i = 0, number = 0; i < view->replies->len; i++) {
        const Reply *reply = g_ptr_array_index(view->replies, i);
        if (reply->state == REPLY_DRAFT)
            print_suggestion(view, reply, ++number); /* as `ticket reply --choose` counts */
    }
    return TRUE;
}

/* What the ticket itself says; of an answer that waits, that. */
static char *why_of(const View *view)
{
    return ticket_waiting(view->replies) ? ticket_why(view->ticket, view->replies, NULL)
                                         : g_strdup(view->ticket->note);
}

static void print_label(const Label *label)
{
    if (!label)
        return;
    g_autofree char *text = g_strdup_printf(
        "%s, said %s", label->category ? label->category : "none of the categories", label->who);
    print_field("label", text);
}

static gboolean print_view(Store *store, const View *view, GError **error)
{
    const Ticket *ticket = view->ticket;
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT " [#%s]", ticket->id, ticket->token);
    g_autofree char *why = why_of(view);
    print_field("ticket", id);
    print_field("state", ticket_state_name(ticket->state));
    print_field("queue", ticket->queue);
    print_field("category", ticket->category);
    print_label(view->label);
    print_field("customer", ticket->customer);
    print_field("suppressed", view->suppression ? view->suppression->why : NULL);
    print_field("why", why);
    print_links(store, view);
    if (!print_exchange(store, view, error))
        return FALSE;
    printf("\n── history ──\n");
    for (guint i = 0; i < view->events->len; i++) {
        const Event *event = g_ptr_array_index(view->events, i);
        g_autofree char *at = format_time(event->at);
        print_safe(stdout, "%s  %-10s %-10s %s", at, event->who, event->what,
                   event->detail ? event->detail : "");
    }
    return TRUE;
}

static void json_verdict(JsonBuilder *builder, const Verdict *verdict)
{
    json_builder_set_member_name(builder, "verdict");
    json_builder_begin_object(builder);
    json_put_string(builder, "action", verdict_action_name(verdict->action));
    json_put_string(builder, "reason", verdict->reason);
    json_put_string(builder, "detail", verdict->detail);
    json_put_string(builder, "category", verdict->category);
    json_put_double(builder, "probability", verdict->probability);
    json_put_double(builder, "threshold", verdict->threshold);
    json_put_json(builder, "candidates", verdict->candidates);
    json_put_json(builder, "words", verdict->words);
    json_put_string(builder, "template", verdict->template_name);
    json_put_string(builder, "template_hash", verdict->template_hash);
    json_put_string(builder, "model", verdict->model);
    json_put_string(builder, "authentication", verdict->authentication);
    json_put_int(builder, "at", verdict->decided_at);
    json_builder_end_object(builder);
}

static gboolean json_message(JsonBuilder *builder, Store *store, const Message *message,
                             GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Verdict) verdict = verdict_load(store, message->id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    json_builder_begin_object(builder);
    json_put_int(builder, "id", message->id);
    json_put_string(builder, "from", message->from_addr);
    json_put_string(builder, "from_name", message->from_name);
    json_put_string(builder, "reply_to", message->reply_addr);
    json_put_string(builder, "subject", message->subject);
    json_put_string(builder, "message_id", message->message_id);
    json_put_string(builder, "mailbox", message->account);
    json_put_string(builder, "language", message->language);
    json_put_string(builder, "thread", message->thread);
    json_put_string(builder, "machine", message->automatic);
    json_put_string(builder, "date", message->date);
    json_put_int(builder, "arrived", message->arrived_at);
    json_put_int(builder, "received", message->received_at);
    json_put_string(builder, "text", message->text);
    json_put_string(builder, "own_text", message->own_text);
    if (verdict)
        json_verdict(builder, verdict);
    json_builder_end_object(builder);
    return TRUE;
}

static void json_reply(JsonBuilder *builder, const Reply *reply)
{
    json_builder_begin_object(builder);
    json_put_int(builder, "id", reply->id);
    json_put_int(builder, "rank", reply->rank);
    json_put_string(builder, "state", reply_state_name(reply->state));
    json_put_string(builder, "origin", reply->origin);
    json_put_string(builder, "to", reply->to_addr);
    json_put_string(builder, "subject", reply->subject);
    json_put_string(builder, "template", reply->template_name);
    json_put_string(builder, "template_hash", reply->template_hash);
    json_put_string(builder, "approver", reply->approver);
    json_put_string(builder, "missing", reply->missing);
    json_put_string(builder, "message_id", reply->mail_id);
    json_put_string(builder, "server", reply->error);
    json_put_int(builder, "sent", reply->sent_at);
    json_put_int(builder, "written_back", reply->back);
    json_put_string(builder, "body", reply->body);
    json_builder_end_object(builder);
}

/* null: nobody said; {"category": null, …}: none of them. */
static void json_label(JsonBuilder *builder, const Label *label)
{
    json_builder_set_member_name(builder, "label");
    if (!label) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    json_put_string(builder, "category", label->category);
    json_put_string(builder, "who", label->who);
    json_put_int(builder, "at", label->at);
    json_builder_end_object(builder);
}

static gboolean json_view(Store *store, const View *view, GError **error)
{
    const Ticket *ticket = view->ticket;
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_put_int(builder, "ticket", ticket->id);
    json_put_string(builder, "token", ticket->token);
    json_put_string(builder, "state", ticket_state_name(ticket->state));
    json_put_string(builder, "queue", ticket->queue);
    json_put_string(builder, "category", ticket->category);
    json_put_string(builder, "customer", ticket->customer);
    json_put_string(builder, "suppressed", view->suppression ? view->suppression->why : NULL);
    g_autofree char *why = why_of(view);
    json_put_string(builder, "why", why);
    json_put_int(builder, "linked", ticket->linked);
    json_builder_set_member_name(builder, "linked_by");
    json_builder_begin_array(builder);
    for (guint i = 0; i < view->linked->len; i++) {
        const Ticket *other = g_ptr_array_index(view->linked, i);
        g_autofree char *reason = link_reason(store, other->id);
        json_builder_begin_object(builder);
        json_put_int(builder, "ticket", other->id);
        json_put_string(builder, "thread", reason);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_label(builder, view->label);
    json_builder_set_member_name(builder, "messages");
    json_builder_begin_array(builder);
    for (guint i = 0; i < view->messages->len; i++)
        if (!json_message(builder, store, g_ptr_array_index(view->messages, i), error))
            return FALSE;
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "replies");
    json_builder_begin_array(builder);
    for (guint i = 0; i < view->replies->len; i++)
        json_reply(builder, g_ptr_array_index(view->replies, i));
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "history");
    json_builder_begin_array(builder);
    for (guint i = 0; i < view->events->len; i++) {
        const Event *event = g_ptr_array_index(view->events, i);
        json_builder_begin_object(builder);
        json_put_int(builder, "at", event->at);
        json_put_string(builder, "who", event->who);
        json_put_string(builder, "what", event->what);
        json_put_string(builder, "detail", event->detail);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    json_print(builder);
    return TRUE;
}

int ticket_command_show(Context *context, int argc, char **argv, GError **error)
{
    gboolean as_json = FALSE;
    const GOptionEntry options[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL}, G_OPTION_ENTRY_NULL};
    if (!parse_options("ticket show", "TICKET", "Show mails, decision, suggestions and history.",
                       options, 1, 1, &argc, &argv, error))
        return EXIT_ERROR;
    g_auto(View) view = {0};
    if (!view_load(&view, context->store, argv[1], error))
        return EXIT_ERROR;
    gboolean ok = as_json ? json_view(context->store, &view, error)
                          : print_view(context->store, &view, error);
    return ok ? EXIT_DONE : EXIT_ERROR;
}
