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

/* An agent's answer that waits is not thrown away by the way. */
static gboolean check_close(const Ticket *ticket, const GPtrArray *replies, gboolean force,
                            GError **error)
{
    const Reply *waiting = ticket_waiting(replies);
    if (waiting && !answer_automatic(waiting) && !force) {
        g_autofree char *whose = answer_whose(waiting);
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "%s waits to be sent (erms ticket show %" G_GINT64_FORMAT
                    "); to close the ticket and drop it, say --force",
                    whose, ticket->id);
        return FALSE;
    }
    if (ticket->state == TICKET_OPEN || waiting)
        return TRUE;
    g_set_error(error, CMD_ERROR, EXIT_FAILED, "ticket %" G_GINT64_FORMAT " is %s already",
                ticket->id, ticket_state_name(ticket->state));
    return FALSE;
}

static gboolean close_ticket(Store *store, Ticket *ticket, const GPtrArray *replies, char **dropped,
                             GError **error)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *why = g_strdup_printf("the ticket was closed by %s", agent_name());
    ticket->state = TICKET_CLOSED;
    ticket->updated_at = now;
    g_clear_pointer(&ticket->queue, g_free);
    g_clear_pointer(&ticket->note, g_free);
    return ticket_update(store, ticket, error) &&
           ticket_drop_waiting(store, replies, why, now, dropped, error) &&
           reply_drop_others(store, ticket->id, 0, error) &&
           message_set_filing_ticket(store, ticket->id, FILING_ANSWERED, error) &&
           event_add(store, ticket->id, now, agent_name(), "closed", NULL, error);
}

int ticket_command_close(Context *context, int argc, char **argv, GError **error)
{
    gboolean force = FALSE;
    const GOptionEntry options[] = {{"force", 'f', 0, G_OPTION_ARG_NONE, &force,
                                     "Although an agent's answer waits to be sent: drop it", NULL},
                                    G_OPTION_ENTRY_NULL};
    if (!parse_options("ticket close", "TICKET", "Close a ticket without an answer.", options, 1, 1,
                       &argc, &argv, error))
        return EXIT_ERROR;
    Store *store = context->store;
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);
    g_autoptr(Ticket) ticket = transaction ? ticket_named(store, argv[1], error) : NULL;
    g_autoptr(GPtrArray) replies = ticket ? reply_list_ticket(store, ticket->id, error) : NULL;
    g_autofree char *dropped = NULL;
    if (!replies || !check_close(ticket, replies, force, error) ||
        !close_ticket(store, ticket, replies, &dropped, error) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return EXIT_ERROR;
    ticket_tell_dropped(ticket, dropped);
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
