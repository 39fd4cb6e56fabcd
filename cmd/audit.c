/* SPDX-License-Identifier: Apache-2.0 */
/* erms audit: review of automatic answers, and what follows from it. */
#include "cmd/audit.h"

#include "cmd/table.h"
#include "cmd/tickets.h"
#include "kb/nearest.h"
#include "models/label.h"
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

static gboolean reload(Store *store, Audit **audit, GError **error)
{
    gint64 message = (*audit)->message_id;
    audit_free(*audit);
    *audit = audit_load(store, message, error);
    return *audit != NULL;
}

static Standings *load_standings(const Context *context, GError **error)
{
    return standings_load(context->store, context->settings->policy, context->pipeline.now, FALSE,
                          error);
}

static Standings *load_all_standings(const Context *context, GError **error)
{
    return standings_load(context->store, context->settings->policy, context->pipeline.now, TRUE,
                          error);
}

/* Says so if CATEGORY may only suggest; STILL: after a restore. */
static void print_broken(const Standings *standings, const char *category, gboolean still)
{
    const char *broken = standings_broken(standings, category);
    if (!broken)
        return;
    const Standing *standing = standings_find(standings, category);
    g_autofree char *guilty = standings_guilty(standings);
    if (standing && standing->why)
        printf("%s only suggests for now: %s (look into it, then: erms audit --restore %s)\n",
               category, broken, category);
    else
        printf("all categories %s: %s (look into it, then erms audit --restore these, one by one: "
               "%s)\n",
               still ? "still only suggest" : "only suggest for now", broken, guilty);
}

/* Why AUDIT counts nowhere, new; NULL: it counts. */
static char *uncounted(const Context *context, const Audit *audit, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Restore) restored = restore_load(context->store, audit->category, &local);
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    else if (restored && audit->id <= restored->after)
        return g_strdup_printf("before %s was restored", audit->category);
    else if (audit->sent_at < context->pipeline.now - STANDING_WINDOW)
        return g_strdup("more than a year ago");
    return NULL;
}

static gboolean print_review(const Context *context, const Ticket *ticket, const Audit *audit,
                             GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Standings) standings = load_standings(context, &local);
    g_autofree char *stale = standings ? uncounted(context, audit, &local) : NULL;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    const Standing *standing = standings_find(standings, audit->category);
    printf("ticket %" G_GINT64_FORMAT ": the answer as %s was %s", ticket->id, audit->category,
           audit_outcome_name(audit->outcome));
    if (stale)
        printf("; sent %s: recorded, but it does not count", stale);
    else if (!audit->drawn)
        printf("; it was not drawn, so this is no review but a correction");
    else if (standing)
        printf("; %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " reviewed were wrong",
               standing->wrong, standing->reviewed);
    putchar('\n');
    if (audit->outcome == AUDIT_WRONG)
        printf("the customer has a wrong answer; another one: erms ticket reply --again "
               "%" G_GINT64_FORMAT "\n",
               ticket->id);
    print_broken(standings, audit->category, FALSE);
    return TRUE;
}

/* Does a label say another category than the one of AUDIT's answer, which was right? */
static gboolean contradicted(Store *store, const Audit *audit, gboolean *yes, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Label) label = label_load(store, audit->message_id, &local);
    *yes = label && g_strcmp0(label->category, audit->category) != 0;
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    return !local;
}

/* CATEGORY: what it is really about; NULL with NONE: none of the categories; else not said. */
static gboolean review(Context *context, const char *name, AuditOutcome outcome,
                       const char *category, gboolean none, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    g_autoptr(Ticket) ticket = transaction ? ticket_named(context->store, name, error) : NULL;
    g_autoptr(Audit) audit = ticket ? audit_of(context->store, ticket, error) : NULL;
    g_autofree char *own = NULL; /* outlives the correction, which borrows it */
    g_autoptr(Correction) correction = NULL;
    gboolean labelled = category || none;
    if (audit && outcome == AUDIT_RIGHT) {
        if (!contradicted(context->store, audit, &labelled, error))
            return FALSE;
        category = own = g_strdup(audit->category);
    }
    /* The label first: to the answer's own category it takes back an earlier review. */
    if (!audit || (labelled && !(correction = label_ticket(context, name, category, error))) ||
        !reload(context->store, &audit, error) ||
        !pipeline_audit_review(&context->pipeline, audit, ticket->id, outcome, agent_name(),
                               error) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return FALSE;
    if (correction)
        label_tell(correction);
    return print_review(context, ticket, audit, error);
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
    if (category && !label_check_category(context->kb, category, error))
        return FALSE;
    return review(context, argv[1], right ? AUDIT_RIGHT : AUDIT_WRONG, category, none, error);
}

static gboolean no_answers(const Standings *standings, const char *category, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < standings->categories->len; i++)
        g_ptr_array_add(names, ((Standing *)g_ptr_array_index(standings->categories, i))->category);
    g_ptr_array_add(names, NULL);
    const char *nearest = nearest_name(category, (const char *const *)names->pdata);
    g_autofree char *hint = nearest ? g_strdup_printf(", did you mean %s?", nearest) : NULL;
    g_set_error(error, CMD_ERROR, EXIT_USAGE, "%s is no category with automatic answers%s",
                category, hint ? hint : "");
    return FALSE;
}

/* The last time that another category than CATEGORY was restored; NULL without error: never. */
static Restore *other_restore(const Context *context, const char *category, GError **error)
{
    g_autoptr(Restore) last = NULL;
    const char *const *names = kb_categories(context->kb);
    for (; *names; names++) {
        g_autoptr(GError) local = NULL;
        g_autoptr(Restore) one =
            g_str_equal(*names, category) ? NULL : restore_load(context->store, *names, &local);
        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
        if (one && (!last || one->id > last->id)) {
            g_clear_pointer(&last, restore_free);
            last = g_steal_pointer(&one);
        }
    }
    return g_steal_pointer(&last);
}

/* CATEGORY needs no restoring: says why. TRUE: because others were restored. */
static gboolean decline(const Context *context, const Standings *standings, const char *category,
                        GError **error)
{
    g_autoptr(GError) local = NULL;
    const Standing *standing = standings_find(standings, category);
    g_autoptr(Restore) own = restore_load(context->store, category, &local);
    g_autoptr(Restore) other = local ? NULL : other_restore(context, category, &local);
    g_autofree char *guilty = standings_guilty(standings);
    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    else if (!standing && !own)
        return no_answers(standings, category, error);
    else if (standings->all->why)
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "%s has no part in the broken promise of all categories together: restore "
                    "these, one by one: %s",
                    category, guilty);
    else if (!standing || !(standing->wrong || standing->known) || !other)
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "%s: its promise is not broken: there is nothing to restore", category);
    else {
        g_autofree char *at = format_time(other->at);
        printf("%s: nothing is left to restore: its own promise is not broken, nor that of all "
               "categories together (%s was restored %s)\n",
               category, other->category, at);
        return TRUE;
    }
    return FALSE;
}

static gboolean restore(const Context *context, const char *category, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    g_autoptr(Standings) before = transaction ? load_all_standings(context, error) : NULL;
    if (!before)
        return FALSE;
    if (!standings_restorable(before, category))
        return decline(context, before, category, error);
    if (!restore_insert(context->store, category, agent_name(), context->pipeline.now, error))
        return FALSE;
    g_autoptr(Standings) after = load_standings(context, error);
    if (!after || !store_commit(g_steal_pointer(&transaction), error))
        return FALSE;
    gint64 waiting = standings_find(before, category)->waiting;
    printf("%s: counting begins anew", category);
    if (waiting)
        printf("; %" G_GINT64_FORMAT " sent before that waited for review left the list", waiting);
    putchar('\n');
    print_broken(after, category, TRUE);
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
                               "review automatic answers, watch the promise",
                               NEED_PIPELINE | NEED_NO_MODEL, run};
