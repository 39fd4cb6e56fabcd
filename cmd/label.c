/* SPDX-License-Identifier: Apache-2.0 */
/* erms label TICKET CATEGORY: the truth about a ticket, for the next training. */
#include "cmd/cmd.h"
#include "cmd/tickets.h"
#include "models/event.h"
#include "models/label.h"

#include <stdio.h>

/* The ticket moves to the queue of its new category, if it lies in one. */
static gboolean move_ticket(Context *context, Ticket *ticket, const char *category, gint64 now,
                            GError **error)
{
    g_autofree char *detail =
        g_strdup_printf("%s → %s", ticket->category ? ticket->category : "-", category);
    g_free(ticket->category);
    ticket->category = g_strdup(category);
    ticket->updated_at = now;
    if (ticket->state == TICKET_OPEN) {
        g_free(ticket->note);
        ticket->note = g_strdup_printf("labelled by %s", agent_name());
        g_free(ticket->queue);
        ticket->queue = g_strdup(policy_queue(context->settings->policy, category));
        g_autofree char *filing = g_strconcat(FILING_QUEUE_PREFIX, ticket->queue, NULL);
        if (!message_set_filing_ticket(context->store, ticket->id, filing, error))
            return FALSE;
    }
    return ticket_update(context->store, ticket, error) &&
           event_add(context->store, ticket->id, now, agent_name(), "labelled", detail, error);
}

/* Suggestions that fit the new category, for the mail that waits for an answer. */
static gboolean suggest(Context *context, const Ticket *ticket, const GPtrArray *messages,
                        const char *category, gint64 now, GError **error)
{
    const Message *last = g_ptr_array_index(messages, messages->len - 1);
    context->pipeline.now = now;
    return ticket->state != TICKET_OPEN ||
           pipeline_redraft(&context->pipeline, last, ticket->token, category, error);
}

/* The first mail of a ticket is what it is about. */
static gboolean label_first(Context *context, const GPtrArray *messages, const char *category,
                            gint64 now, GError **error)
{
    const Message *message = g_ptr_array_index(messages, 0);
    g_autoptr(Label) label = label_new();
    label->message_id = message->id;
    label->category = g_strdup(category);
    label->who = g_strdup(agent_name());
    label->source = g_strdup("command");
    label->at = now;
    return label_insert(context->store, label, error);
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    if (!parse_options(command_label.name, command_label.args, command_label.summary, NULL, 2, 2,
                       &argc, &argv, error))
        return EXIT_ERROR;
    const char *category = argv[2];
    if (!kb_has_category(context->kb, category)) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE,
                    "%s is no category: there is no folder kb/%s (erms kb list)", category,
                    category);
        return EXIT_ERROR;
    }
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    g_autoptr(Ticket) ticket = transaction ? ticket_named(context->store, argv[1], error) : NULL;
    g_autoptr(GPtrArray) messages =
        ticket ? message_list_ticket(context->store, ticket->id, error) : NULL;
    if (!messages || !label_first(context, messages, category, now, error) ||
        !suggest(context, ticket, messages, category, now, error) ||
        !move_ticket(context, ticket, category, now, error) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return EXIT_ERROR;
    printf("ticket %" G_GINT64_FORMAT " is %s; the next erms train learns from it\n", ticket->id,
           category);
    return EXIT_DONE;
}

const Command command_label = {"label", "TICKET CATEGORY", "say what a ticket is about",
                               NEED_PIPELINE, run};
