/* SPDX-License-Identifier: Apache-2.0 */
/* erms ticket …: finds the subcommand; and `ticket close`. */
#include "cmd/tickets.h"

#include "models/event.h"

#include <stdio.h>
#include <string.h>

Ticket *ticket_named(Store *store, const char *name, GError **error)
{
    g_autoptr(GError) local = NULL;
    gsize length = strlen(name);
    gboolean brackets = length > 2 && name[0] == '[' && name[length - 1] == ']';
    g_autofree char *bare = brackets ? g_strndup(name + 1, length - 2) : g_strdup(name);
    const char *digits = *bare == '#' ? bare + 1 : bare;
    guint64 id = 0;
    Ticket *ticket = NULL;
    if (g_ascii_string_to_unsigned(digits, 10, 1, G_MAXINT64, &id, NULL)) {
        ticket = ticket_load(store, (gint64)id, &local);
    } else {
        g_autofree char *token = g_ascii_strup(digits, -1);
        ticket = ticket_find_token(store, token, &local);
    }
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    else if (!ticket)
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "there is no ticket %s", name);
    return ticket;
}

int ticket_command_close(Context *context, int argc, char **argv, GError **error)
{
    if (!parse_options("ticket close", "TICKET", "Close a ticket without an answer.", NULL, 1, 1,
                       &argc, &argv, error))
        return EXIT_ERROR;
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    g_autoptr(Ticket) ticket = transaction ? ticket_named(context->store, argv[1], error) : NULL;
    if (!ticket)
        return EXIT_ERROR;
    if (ticket->state != TICKET_OPEN) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "ticket %" G_GINT64_FORMAT " is %s already",
                    ticket->id, ticket_state_name(ticket->state));
        return EXIT_ERROR;
    }
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    ticket->state = TICKET_CLOSED;
    ticket->updated_at = now;
    g_clear_pointer(&ticket->queue, g_free);
    g_clear_pointer(&ticket->note, g_free);
    if (!ticket_update(context->store, ticket, error) ||
        !reply_drop_others(context->store, ticket->id, 0, error) ||
        !message_set_filing_ticket(context->store, ticket->id, FILING_ANSWERED, error) ||
        !event_add(context->store, ticket->id, now, agent_name(), "closed", NULL, error) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return EXIT_ERROR;
    printf("ticket %" G_GINT64_FORMAT " is closed; the next run files its mail\n", ticket->id);
    return EXIT_DONE;
}

static const struct {
    const char *name;
    guint needs;
    int (*run)(Context *context, int argc, char **argv, GError **error);
} subcommands[] = {
    {"list", NEED_STORE, ticket_command_list},
    {"show", NEED_STORE, ticket_command_show},
    {"reply", NEED_PIPELINE, ticket_command_reply},
    {"close", NEED_STORE | NEED_LOCK, ticket_command_close},
};

static int run(Context *context, int argc, char **argv, GError **error)
{
    for (guint i = 0; argc > 1 && i < G_N_ELEMENTS(subcommands); i++)
        if (g_str_equal(argv[1], subcommands[i].name)) {
            if (!help_asked(argc, argv) &&
                !context_open(context, subcommands[i].needs, LOCK_WAIT, error))
                return EXIT_ERROR;
            return subcommands[i].run(context, argc - 1, argv + 1, error);
        }
    if (help_asked(argc, argv)) {
        printf("Usage:\n  erms ticket %s [OPTIONS]\n\n%s; erms ticket SUBCOMMAND --help: more\n",
               command_ticket.args, command_ticket.summary);
        return EXIT_DONE;
    }
    g_set_error(error, CMD_ERROR, EXIT_USAGE, "usage: erms ticket %s", command_ticket.args);
    return EXIT_ERROR;
}

const Command command_ticket = {"ticket", "list|show|reply|close", "work on tickets", NEED_HOME,
                                run};
