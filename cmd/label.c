/* SPDX-License-Identifier: Apache-2.0 */
/* erms label TICKET CATEGORY|--none: the truth about a ticket, which the model learns at once. */
#include "cmd/cmd.h"
#include "cmd/tickets.h"
#include "models/event.h"
#include "models/label.h"
#include "pipeline/audit.h"
#include "pipeline/learn.h"

#include <stdio.h>

/* One correction: everything that follows from it happens in one transaction. */
typedef struct Correction {
    Context *context;
    Ticket *ticket;
    GPtrArray *messages;
    const char *category; /* NULL: none of them */
    gint64 now;
} Correction;

static void correction_clear(Correction *correction)
{
    g_clear_pointer(&correction->ticket, ticket_free);
    g_clear_pointer(&correction->messages, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Correction, correction_clear)

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
static gboolean label_first(const Correction *correction, GError **error)
{
    const Message *message = g_ptr_array_index(correction->messages, 0);
    g_autoptr(Label) label = label_new();
    label->message_id = message->id;
    label->category = g_strdup(correction->category);
    label->who = g_strdup(agent_name());
    label->source = g_strdup("command");
    label->at = correction->now;
    return label_insert(correction->context->store, label, error) &&
           pipeline_audit_corrected(&correction->context->pipeline, message->id,
                                    correction->category, error);
}

/* All of it, for the ticket NAME. */
static gboolean correct(Correction *correction, const char *name, GError **error)
{
    correction->now = g_get_real_time() / G_USEC_PER_SEC;
    correction->context->pipeline.now = correction->now;
    g_autoptr(StoreTransaction) transaction = store_begin(correction->context->store, error);
    return transaction && correction_load(correction, name, error) &&
           label_first(correction, error) && suggest(correction, error) &&
           move_ticket(correction, error) && store_commit(g_steal_pointer(&transaction), error);
}

gboolean label_ticket(Context *context, const char *name, const char *category, GError **error)
{
    g_auto(Correction) correction = {.context = context, .category = category};
    return correct(&correction, name, error);
}

/* Reads what is said: TICKET CATEGORY, or TICKET --none. */
static gboolean read_category(const Kb *kb, int argc, char **argv, gboolean none,
                              const char **category, GError **error)
{
    *category = argc > 2 ? argv[2] : NULL;
    if (none == (*category != NULL))
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "usage: erms label TICKET CATEGORY, or --none");
    else if (*category && !kb_has_category(kb, *category))
        g_set_error(error, CMD_ERROR, EXIT_USAGE,
                    "%s is no category: there is no folder kb/%s (erms kb list); --none: it "
                    "belongs to no category",
                    *category, *category);
    else
        return TRUE;
    return FALSE;
}

typedef struct Opinion {
    const char *category; /* NULL: none */
    double probability;
} Opinion;

/* What the model says about the mail that was labelled. */
static Opinion ask(const Correction *correction)
{
    const Model *model = correction->context->model;
    const Message *message = g_ptr_array_index(correction->messages, 0);
    ModelText text = {
        .subject = message->subject, .text = message->own_text, .language = message->language};
    ModelGuess guess;
    if (model_classify(model, &text, &guess, 1) == 0)
        return (Opinion){NULL, 0};
    return (Opinion){model_category(model, guess.category), guess.probability};
}

/* The model learns the label, which is written already; a new string says what came of it. */
static char *teach(const Correction *correction, GError **error)
{
    Context *context = correction->context;
    CorrectionPast past;
    gboolean known;
    if (!context->model)
        return g_strdup("there is no model yet, erms train makes one");
    if (!learn_past(context->store, context->model, &past, &known, error))
        return NULL;
    if (!known)
        return g_strdup("the next erms train learns from it");
    Opinion before = ask(correction);
    if (!pipeline_learn(context->store, context->model, error))
        return NULL;
    if (correction->category && model_find_category(context->model, correction->category) ==
                                    model_n_categories(context->model))
        return g_strdup("the model does not know this category yet, the next erms train learns it");
    Opinion after = ask(correction);
    if (!before.category || !after.category)
        return g_strdup("the model has learned it");
    return g_strdup_printf("the model has learned it (said %s %.2f, says %s %.2f now)",
                           before.category, before.probability, after.category, after.probability);
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean none = FALSE;
    const GOptionEntry options[] = {
        {"none", 'n', 0, G_OPTION_ARG_NONE, &none, "It belongs to none of the categories", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(Correction) correction = {.context = context};
    if (!parse_options(command_label.name, command_label.args, command_label.summary, options, 1, 2,
                       &argc, &argv, error) ||
        !read_category(context->kb, argc, argv, none, &correction.category, error))
        return EXIT_ERROR;
    if (!correct(&correction, argv[1], error))
        return EXIT_ERROR;
    g_autoptr(GError) later = NULL;
    g_autofree char *learned = teach(&correction, &later);
    printf("ticket %" G_GINT64_FORMAT " %s %s; %s\n", correction.ticket->id,
           correction.category ? "is" : "belongs to",
           correction.category ? correction.category : "none of the categories",
           learned ? learned : "the model learns it later");
    if (later)
        g_warning("%s", later->message);
    return EXIT_DONE;
}

const Command command_label = {"label", "TICKET CATEGORY|--none", "say what a ticket is about",
                               NEED_PIPELINE, run};
