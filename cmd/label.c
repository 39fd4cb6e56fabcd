/* SPDX-License-Identifier: Apache-2.0 */
/* erms label TICKET CATEGORY|--none: the truth about a ticket, which the model learns at once. */
#include "cmd/tickets.h"

#include "kb/nearest.h"
#include "models/event.h"
#include "models/label.h"
#include "pipeline/audit.h"
#include "pipeline/learn.h"

#include <stdio.h>

/* One correction: everything that follows from it happens in one transaction. */
struct Correction {
    Context *context;
    Ticket *ticket;
    GPtrArray *messages;
    const char *category; /* NULL: none of them */
    gboolean known;       /* the label that counts says so already */
    gint64 now;
};

void label_free_correction(Correction *correction)
{
    g_clear_pointer(&correction->ticket, ticket_free);
    g_clear_pointer(&correction->messages, g_ptr_array_unref);
    g_free(correction);
}

static gboolean correction_load(Correction *correction, const char *name, GError **error)
{
    Store *store = correction->context->store;
    return (correction->ticket = ticket_named(store, name, error)) &&
           (correction->messages = message_list_ticket(store, correction->ticket->id, error));
}

/* The ticket moves to the queue of its new category, if it lies in one. */
static gboolean move_ticket(const Correction *correction, GError **error)
{
    Context *context = correction->context;
    Ticket *ticket = correction->ticket;
    g_autofree char *detail =
        g_strdup_printf("%s → %s", ticket->category ? ticket->category : "-",
                        correction->category ? correction->category : "none of the categories");
    g_free(ticket->category);
    ticket->category = g_strdup(correction->category);
    ticket->updated_at = correction->now;
    if (ticket->state == TICKET_OPEN) {
        g_free(ticket->note);
        ticket->note = g_strdup_printf("labelled by %s", agent_name());
        g_free(ticket->queue);
        ticket->queue = g_strdup(policy_queue(context->settings->policy, correction->category));
        g_autofree char *filing = g_strconcat(FILING_QUEUE_PREFIX, ticket->queue, NULL);
        if (!message_set_filing_ticket(context->store, ticket->id, filing, error))
            return FALSE;
    }
    return ticket_update(context->store, ticket, error) &&
           event_add(context->store, ticket->id, correction->now, agent_name(), "labelled", detail,
                     error);
}

/* Suggestions that fit the new category, for the mail that waits for an answer; none for any mail
 * that is of no category. */
static gboolean suggest(const Correction *correction, GError **error)
{
    Pipeline *pipeline = &correction->context->pipeline;
    const GPtrArray *messages = correction->messages;
    if (correction->ticket->state != TICKET_OPEN)
        return TRUE;
    for (guint i = correction->category ? messages->len - 1 : 0; i < messages->len; i++)
        if (!pipeline_redraft(pipeline, g_ptr_array_index(messages, i), correction->ticket->token,
                              correction->category, error))
            return FALSE;
    return TRUE;
}

/* The first mail of a ticket is what it is about. */
static gboolean label_first(Correction *correction, GError **error)
{
    Store *store = correction->context->store;
    g_autoptr(GError) local = NULL;
    const Message *message = g_ptr_array_index(correction->messages, 0);
    if (message->flags & MESSAGE_ERASED) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "ticket %" G_GINT64_FORMAT " was erased: there is nothing to learn from",
                    correction->ticket->id);
        return FALSE;
    }
    g_autoptr(Label) last = label_load(store, message->id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    correction->known = last && g_strcmp0(last->category, correction->category) == 0;
    g_autoptr(Label) label = label_new();
    label->message_id = message->id;
    label->category = g_strdup(correction->category);
    label->who = g_strdup(agent_name());
    label->source = g_strdup("command");
    label->at = correction->now;
    return (correction->known || label_insert(store, label, error)) &&
           pipeline_audit_corrected(&correction->context->pipeline, message->id,
                                    correction->category, error);
}

/* All of it, for the ticket NAME. */
static gboolean correct(Correction *correction, const char *name, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(correction->context->store, error);
    if (!transaction || !correction_load(correction, name, error) ||
        !label_first(correction, error))
        return FALSE;
    gboolean there =
        correction->known && g_strcmp0(correction->ticket->category, correction->category) == 0;
    return (there || (suggest(correction, error) && move_ticket(correction, error))) &&
           store_commit(g_steal_pointer(&transaction), error);
}

Correction *label_ticket(Context *context, const char *name, const char *category, GError **error)
{
    g_autoptr(Correction) correction = g_new0(Correction, 1);
    correction->context = context;
    correction->category = category;
    correction->now = context->pipeline.now = g_get_real_time() / G_USEC_PER_SEC;
    return correct(correction, name, error) ? g_steal_pointer(&correction) : NULL;
}

gboolean label_check_category(const Kb *kb, const char *category, GError **error)
{
    if (kb_has_category(kb, category))
        return TRUE;
    const char *const *names = kb_categories(kb);
    const char *nearest = nearest_name(category, names);
    g_autofree char *hint = nearest ? g_strdup_printf(", did you mean %s?", nearest) : NULL;
    g_autofree char *all = g_strjoinv(", ", (char **)(gpointer)names);
    g_set_error(error, CMD_ERROR, EXIT_USAGE,
                "%s is no category%s (there is no folder kb/%s; the categories: %s; --none: it "
                "belongs to none of them)",
                category, hint ? hint : "", category, *all ? all : "none yet");
    return FALSE;
}

/* Reads what is said: TICKET CATEGORY, or TICKET --none. */
static gboolean read_category(const Kb *kb, int argc, char **argv, gboolean none,
                              const char **category, GError **error)
{
    *category = argc > 2 ? argv[2] : NULL;
    if (none == (*category != NULL))
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "usage: erms label TICKET CATEGORY, or --none");
    else
        return !*category || label_check_category(kb, *category, error);
    return FALSE;
}

/* What the model says about the mail that was labelled, "hours 0.93", new; NULL: nothing. */
static char *ask(const Correction *correction)
{
    const Model *model = correction->context->model;
    ModelText text = pipeline_text(g_ptr_array_index(correction->messages, 0));
    ModelGuess guess;
    if (model_classify(model, &text, &guess, 1) == 0)
        return NULL;
    return g_strdup_printf("%s %.2f", model_category(model, guess.category), guess.probability);
}

static char *no_model(const Context *context)
{
    g_autofree char *path = home_path(context, HOME_MODEL);
    return g_strdup(g_file_test(path, G_FILE_TEST_EXISTS)
                        ? "the model could not be opened, the next erms train learns from it"
                        : "there is no model yet, erms train makes one");
}

/* What the model has made of the label: BEFORE and AFTER it. */
static char *compare(const Correction *correction, const char *before, const char *after)
{
    if (!before || !after)
        return g_strdup("the model knows no word of the mail");
    gboolean same = g_str_equal(before, after);
    if (!correction->category)
        return g_strdup_printf("the model is to take it for none of its categories (surest: %s, "
                               "%s %s)",
                               after, same ? "as" : "was", same ? "before" : before);
    if (same)
        return g_strdup_printf("the model says %s as before", after);
    return g_strdup_printf("the model has learned it (said %s, says %s now)", before, after);
}

/* The model learns the label, which is written already; a new string says what came of it. */
static char *teach(const Correction *correction, GError **error)
{
    Context *context = correction->context;
    CorrectionPast past;
    gboolean known;
    if (!context->model)
        return no_model(context);
    if (!learn_past(context->store, context->model, &past, &known, error))
        return NULL;
    if (!known)
        return g_strdup("the next erms train learns from it");
    g_autofree char *before = ask(correction);
    if (!pipeline_learn(context->store, context->model, error))
        return NULL;
    if (correction->category && model_find_category(context->model, correction->category) ==
                                    model_n_categories(context->model))
        return g_strdup("the model does not know this category yet, the next erms train learns it");
    g_autofree char *after = ask(correction);
    return compare(correction, before, after);
}

/* What the model says about a label that was there already. */
static char *recall(const Correction *correction)
{
    const Context *context = correction->context;
    g_autofree char *opinion = context->model ? ask(correction) : NULL;
    return opinion ? g_strdup_printf("the model says %s", opinion) : NULL;
}

void label_tell(const Correction *correction)
{
    g_autoptr(GError) later = NULL;
    g_autofree char *learned = correction->known ? recall(correction) : teach(correction, &later);
    const char *category = correction->category;
    printf("ticket %" G_GINT64_FORMAT " %s %s", correction->ticket->id,
           correction->known ? "is already labelled"
           : category        ? "is"
                             : "belongs to",
           category ? category : "none of the categories");
    if (learned || later)
        printf("; %s", learned ? learned : "the model learns it later");
    putchar('\n');
    if (later)
        g_warning("%s", later->message);
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean none = FALSE;
    const GOptionEntry options[] = {
        {"none", 'n', 0, G_OPTION_ARG_NONE, &none, "It belongs to none of the categories", NULL},
        G_OPTION_ENTRY_NULL,
    };
    const char *category = NULL;
    if (!parse_options(command_label.name, command_label.args, command_label.summary, options, 1, 2,
                       &argc, &argv, error) ||
        !read_category(context->kb, argc, argv, none, &category, error))
        return EXIT_ERROR;
    g_autoptr(Correction) correction = label_ticket(context, argv[1], category, error);
    if (!correction)
        return EXIT_ERROR;
    label_tell(correction);
    return EXIT_DONE;
}

const Command command_label = {"label", "TICKET CATEGORY|--none", "say what a ticket is about",
                               NEED_PIPELINE | NEED_NO_MODEL, run};
