/* SPDX-License-Identifier: Apache-2.0 */
/* erms audit: review of automatic answers, and what follows from it. */
#include "cmd/audit.h"

#include "cmd/tickets.h"
#include "pipeline/audit.h"
#include "pipeline/standing.h"

#include <stdio.h>
#include <string.h>

/* The automatic answer in TICKET. NULL with EXIT_FAILED: there is none. */
static Audit *audit_of(Store *store, const Ticket *ticket, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Audit) audit = NULL;
    g_autoptr(GPtrArray) messages = message_list_ticket(store, ticket->id, &local);
    for (guint i = 0; messages && i < messages->len && !audit && !local; i++)
        audit = audit_load(store, ((Message *)g_ptr_array_index(messages, i))->id, &local);
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    else if (!audit)
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "ticket %" G_GINT64_FORMAT " has no automatic answer that was sent",
                    ticket->id);
    return g_steal_pointer(&audit);
}

static Standings *load_standings(const Context *context, GError **error)
{
    return standings_load(context->store, context->settings->policy, context->pipeline.now, FALSE,
                          error);
}

static gboolean print_review(const Context *context, const Ticket *ticket, const Audit *audit,
                             GError **error)
{
    g_autoptr(Standings) standings = load_standings(context, error);
    if (!standings)
        return FALSE;
    const Standing *standing = standings_find(standings, audit->category);
    const char *broken = standings_broken(standings, audit->category);
    printf("ticket %" G_GINT64_FORMAT ": the answer as %s was %s", ticket->id, audit->category,
           audit_outcome_name(audit->outcome));
    if (!audit->drawn)
        printf("; it was not drawn, so this is no review but a correction");
    else if (standing)
        printf("; %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " reviewed were wrong",
               standing->wrong, standing->reviewed);
    putchar('\n');
    if (audit->outcome == AUDIT_WRONG)
        printf("the customer has a wrong answer; another one: erms ticket reply --again "
               "%" G_GINT64_FORMAT "\n",
               ticket->id);
    if (broken)
        printf("%s only suggests for now: %s\n", audit->category, broken);
    return TRUE;
}

/* CATEGORY: what it is really about; NULL with NONE: none of the categories; else not said. */
static gboolean review(Context *context, const char *name, AuditOutcome outcome,
                       const char *category, gboolean none, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    g_autoptr(Ticket) ticket = transaction ? ticket_named(context->store, name, error) : NULL;
    g_autoptr(Audit) audit = ticket ? audit_of(context->store, ticket, error) : NULL;
    return audit &&
           pipeline_audit_review(&context->pipeline, audit, ticket->id, outcome, agent_name(),
                                 error) &&
           ((!category && !none) || label_ticket(context, name, category, error)) &&
           store_commit(g_steal_pointer(&transaction), error) &&
           print_review(context, ticket, audit, error);
}

static gboolean read_review(Context *context, int argc, char **argv, gboolean none, GError **error)
{
    const char *category = argc > 3 ? argv[3] : NULL;
    gboolean right = argc > 2 && g_str_equal(argv[2], "right");
    if (argc < 3 || (!right && !g_str_equal(argv[2], "wrong")) || (right && (category || none)) ||
        (category && none)) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE,
                    "usage: erms audit TICKET right, or wrong, or wrong CATEGORY, or wrong --none");
        return FALSE;
    }
    if (category && !kb_has_category(context->kb, category)) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE,
                    "%s is no category: there is no folder kb/%s (erms kb list)", category,
                    category);
        return FALSE;
    }
    return review(context, argv[1], right ? AUDIT_RIGHT : AUDIT_WRONG, category, none, error);
}

static gboolean restore(const Context *context, const char *category, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    g_autoptr(Standings) before = transaction ? load_standings(context, error) : NULL;
    if (!before)
        return FALSE;
    if (!standings_broken(before, category)) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "%s: its promise is not broken: there is nothing to restore", category);
        return FALSE;
    }
    if (!restore_insert(context->store, category, agent_name(), context->pipeline.now, error))
        return FALSE;
    g_autoptr(Standings) after = load_standings(context, error);
    if (!after || !store_commit(g_steal_pointer(&transaction), error))
        return FALSE;
    const char *broken = standings_broken(after, category);
    printf("%s: counting begins anew\n", category);
    if (broken)
        printf("%s still only suggests: %s\n", category, broken);
    return TRUE;
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean as_json = FALSE, drift = FALSE, none = FALSE;
    g_autofree char *category = NULL;
    const GOptionEntry options[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL},
        {"drift", 'd', 0, G_OPTION_ARG_NONE, &drift, "Compare recent mail with that of training",
         NULL},
        {"none", 'n', 0, G_OPTION_ARG_NONE, &none, "It belongs to none of the categories", NULL},
        {"restore", 'r', 0, G_OPTION_ARG_STRING, &category,
         "Let CATEGORY answer by itself again; counting begins anew", "CATEGORY"},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options(command_audit.name, command_audit.args, command_audit.summary, options, 0, 3,
                       &argc, &argv, error))
        return EXIT_ERROR;
    if ((argc > 1) + drift + (category != NULL) > 1 || (argc > 1 && as_json) ||
        (category && as_json) || (none && argc < 2)) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE,
                    "usage: erms audit [--json], --drift [--json], --restore CATEGORY, or TICKET "
                    "right|wrong [CATEGORY]");
        return EXIT_ERROR;
    }
    gboolean ok = argc > 1   ? read_review(context, argc, argv, none, error)
                  : category ? restore(context, category, error)
                  : drift    ? audit_show_drift(context, as_json, error)
                             : audit_show(context, as_json, error);
    return ok ? EXIT_DONE : EXIT_ERROR;
}

const Command command_audit = {"audit", "[TICKET right|wrong [CATEGORY]]",
                               "review automatic answers, watch the promise", NEED_PIPELINE, run};
