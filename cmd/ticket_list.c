/* SPDX-License-Identifier: Apache-2.0 */
/* erms ticket list: what lies where, and why. */
#include "cmd/json.h"
#include "cmd/table.h"
#include "cmd/tickets.h"

#include <stdio.h>

/* The decision about the ticket's first mail; NULL: none yet. */
static Verdict *first_verdict(Store *store, gint64 ticket, GError **error)
{
    g_autoptr(GPtrArray) messages = message_list_ticket(store, ticket, error);
    if (!messages || messages->len == 0)
        return NULL;
    const Message *first = g_ptr_array_index(messages, 0);
    return verdict_load(store, first->id, error);
}

/* The template of the best reply of the ticket: what was sent, else what is suggested. */
static const char *best_template(const GPtrArray *replies)
{
    const Reply *best = NULL;
    for (guint i = 0; i < replies->len; i++) {
        const Reply *reply = g_ptr_array_index(replies, i);
        gboolean gone = reply->state == REPLY_SENT || reply->state == REPLY_UNKNOWN;
        if (gone || (!best && reply->state != REPLY_DROPPED))
            best = reply;
    }
    return !best ? NULL : best->template_name ? best->template_name : "(by hand)";
}

static const char *const columns[] = {"TICKET",   "STATE", "CUSTOMER", "SUBJECT", "QUEUE",
                                      "CATEGORY", ">P",    "ANSWER",   "WHY",     NULL};

static void add_row(Table *table, const Ticket *ticket, const Verdict *verdict,
                    const GPtrArray *replies)
{
    g_autofree char *why = ticket_why(ticket, replies, verdict);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, ticket->id);
    /* The probability of what the machine said is none of what an agent said. */
    g_autofree char *probability =
        verdict && verdict->category && g_strcmp0(verdict->category, ticket->category) == 0
            ? g_strdup_printf("%.3f", verdict->probability)
            : NULL;
    table_add(table, id, ticket_state_name(ticket->state), ticket->customer, ticket->subject,
              ticket->queue, ticket->category, probability, best_template(replies), why);
}

static void add_json(JsonBuilder *builder, const Ticket *ticket, const Verdict *verdict,
                     const GPtrArray *replies)
{
    g_autofree char *why = ticket_why(ticket, replies, verdict);
    const Reply *answer = ticket_answer(replies);
    json_builder_begin_object(builder);
    json_put_int(builder, "ticket", ticket->id);
    json_put_string(builder, "token", ticket->token);
    json_put_string(builder, "state", ticket_state_name(ticket->state));
    json_put_string(builder, "customer", ticket->customer);
    json_put_string(builder, "subject", ticket->subject);
    json_put_string(builder, "queue", ticket->queue);
    json_put_string(builder, "category", ticket->category);
    json_put_double(builder, "probability", verdict ? verdict->probability : 0);
    json_put_string(builder, "action", verdict ? verdict_action_name(verdict->action) : NULL);
    json_put_string(builder, "reason", verdict ? verdict->reason : NULL);
    json_put_string(builder, "why", why);
    json_put_string(builder, "answer", best_template(replies));
    json_put_string(builder, "outcome", answer_outcome(answer));
    json_put_string(builder, "outcome_by", answer ? answer->origin : NULL);
    json_put_int(builder, "linked", ticket->linked);
    json_put_int(builder, "created", ticket->created_at);
    json_put_int(builder, "updated", ticket->updated_at);
    json_builder_end_object(builder);
}

static gboolean print_list(Context *context, const GPtrArray *tickets, gboolean as_json,
                           GError **error)
{
    g_autoptr(Table) table = table_new(columns);
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_array(builder);
    for (guint i = 0; i < tickets->len; i++) {
        const Ticket *ticket = g_ptr_array_index(tickets, i);
        g_autoptr(GError) local = NULL;
        g_autoptr(Verdict) verdict = first_verdict(context->store, ticket->id, &local);
        g_autoptr(GPtrArray) replies =
            local ? NULL : reply_list_ticket(context->store, ticket->id, &local);
        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (as_json)
            add_json(builder, ticket, verdict, replies);
        else
            add_row(table, ticket, verdict, replies);
    }
    json_builder_end_array(builder);
    if (as_json)
        json_print(builder);
    else if (table_rows(table))
        table_print(table);
    else
        puts("no tickets");
    return TRUE;
}

int ticket_command_list(Context *context, int argc, char **argv, GError **error)
{
    gboolean all = FALSE, as_json = FALSE;
    g_autofree char *state = NULL, *queue = NULL, *category = NULL, *customer = NULL;
    int limit = 0;
    const GOptionEntry options[] = {
        {"all", 'a', 0, G_OPTION_ARG_NONE, &all, "Not only the open ones", NULL},
        {"state", 's', 0, G_OPTION_ARG_STRING, &state, "open, answered, closed or ignored",
         "STATE"},
        {"queue", 'q', 0, G_OPTION_ARG_STRING, &queue, "Only this queue", "NAME"},
        {"category", 'c', 0, G_OPTION_ARG_STRING, &category, "Only this category", "NAME"},
        {"customer", 0, 0, G_OPTION_ARG_STRING, &customer, "Only this customer", "ADDRESS"},
        {"limit", 'l', 0, G_OPTION_ARG_INT, &limit, "At most N", "N"},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options("ticket list", "", "List tickets, oldest first.", options, 0, 0, &argc,
                       &argv, error))
        return EXIT_ERROR;
    TicketState wanted = TICKET_OPEN;
    if (limit < 0 || (state && !ticket_state_parse(state, &wanted))) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "%s",
                    limit < 0 ? "--limit: not a number of tickets"
                              : "--state: one of open, answered, closed, ignored");
        return EXIT_ERROR;
    }
    g_autofree char *address = customer ? g_ascii_strdown(customer, -1) : NULL;
    TicketFilter filter = {.state = all && !state ? -1 : (int)wanted,
                           .queue = queue,
                           .category = category,
                           .customer = address,
                           .limit = (guint)limit};
    g_autoptr(GPtrArray) tickets = ticket_list(context->store, &filter, error);
    return tickets && print_list(context, tickets, as_json, error) ? EXIT_DONE : EXIT_ERROR;
}
