/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erms train: builds a model from all labelled mail and puts it in the place of the live one,
 * unless it is worse (pipeline/gate.h). --force takes it nevertheless, --rollback brings the
 * earlier one back. What was done is recorded (models/training.h).
 */
#include "cmd/train.h"
#include "cmd/model_home.h"
#include "cmd/table.h"

#include "pipeline/gate.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define DOUBTS 3     /* labels that are called in question */
#define DOUBTFUL 0.9 /* probability of another category */

/* What is in place now. */
typedef struct Live {
    Model *model;       /* NULL: there is none, or it cannot be used */
    char *problem;      /* why it cannot be used; NULL: it can, or there is none */
    Training *training; /* what is on record about it; NULL: nothing */
} Live;

static void live_clear(Live *live)
{
    g_clear_pointer(&live->model, model_free);
    g_clear_pointer(&live->problem, g_free);
    g_clear_pointer(&live->training, training_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Live, live_clear)

static gboolean live_load(Live *live, Context *context, GError **error)
{
    g_autoptr(GError) local = NULL;
    live->model = model_home_load(context, HOME_MODEL, &live->problem, &local);
    if (live->model)
        live->training = training_of_model(context->store, model_id(live->model), &local);
    if (!local)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static Training *training_now(const Model *model, TrainingState state)
{
    Training *training = training_new();
    ModelReport report;
    model_report(model, &report);
    training->at = g_get_real_time() / G_USEC_PER_SEC;
    training->model = g_strdup(model_id(model));
    training->categories = model_n_categories(model);
    training->accuracy = report.accuracy;
    training->coverage = report.coverage;
    training->max_error = report.max_error;
    training->state = state;
    training->who = g_strdup(agent_name());
    return training;
}

/* The line in the history that an earlier model gets, with what is known of its training. */
static Training *training_again(const Model *model, const Training *known, const Live *live,
                                TrainingState state)
{
    Training *training = training_now(model, state);
    if (known) {
        training->messages = known->messages;
        training->none = known->none;
        training->last_label = known->last_label;
        training->detail = g_strdup(known->detail);
    }
    training->replaced = live->model ? g_strdup(model_id(live->model)) : NULL;
    return training;
}

/* ---- what training found out ---------------------------------------------------------------- */

static gboolean anything_proven(const Model *model)
{
    for (guint i = 0; i < model_n_categories(model); i++)
        if (model_threshold(model, i) <= 1)
            return TRUE;
    return FALSE;
}

static void print_bound(const Model *model, const ModelReport *report, guint messages)
{
    double bound = model_bound(model);
    guint i = 0;
    while (i < n_model_bounds && model_bounds[i] < bound)
        i++;
    if (i == n_model_bounds) {
        printf("%u labelled mails can carry no error of %g %% or less yet: every answer is a "
               "suggestion\n",
               messages, model_bounds[i - 1] * 100);
        return;
    }
    printf("%u labelled mails can carry an error of %g %%", messages, bound * 100);
    if (i > 0)
        printf(", not of %g %%", model_bounds[i - 1] * 100);
    if (!anything_proven(model))
        printf("; max-error is %g %%, so every answer is a suggestion: label more mail, or set "
               "max-error = %g %% and train again",
               report->max_error * 100, bound * 100);
    printf("\n");
}

static void print_report(const Model *model, const Lessons *lessons, const Training *training)
{
    ModelReport report;
    model_report(model, &report);
    printf("model %s: %u messages", model_id(model), training->messages);
    if (training->none > 0)
        printf(", %u of them of no category", training->none);
    printf(", %u categories, %.2f s", model_n_categories(model), training->seconds);
    if (lessons->n > lessons->labelled->len)
        printf("; %u texts from kb/ as first examples", lessons->n - lessons->labelled->len);
    printf("\n");
    if (report.texts > 0) {
        printf("on held-out mail: %.1f %% right; %.1f %% could be answered alone, %.2f %% of those "
               "wrongly (allowed: %g %%)\n",
               report.accuracy * 100, report.coverage * 100, report.error * 100,
               report.max_error * 100);
        print_bound(model, &report, training->messages);
    } else {
        printf("no labelled mail yet, only the words of the answers: every answer is a "
               "suggestion\n");
    }
    g_autoptr(GPtrArray) advice = model_advice(model);
    for (guint i = 0; i < advice->len; i++)
        printf("  %s\n", (const char *)g_ptr_array_index(advice, i));
}

static int compare_doubts(gconstpointer a, gconstpointer b, gpointer data)
{
    const ModelGuess *held_out = data;
    guint x = *(const guint *)a, y = *(const guint *)b;
    double difference = held_out[y].probability - held_out[x].probability;
    return difference != 0 ? (difference > 0 ? 1 : -1) : (x > y) - (x < y);
}

/* What the model, when it had not learned them, took for something else with the greatest
 * certainty: where wrong labels show first. */
static void print_doubts(const Model *model, const Lessons *lessons, const ModelGuess *held_out)
{
    g_autoptr(GArray) doubts = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < lessons->labelled->len; i++)
        if (held_out[i].probability >= DOUBTFUL &&
            g_strcmp0(lessons->texts[i].category, model_category(model, held_out[i].category)) != 0)
            g_array_append_val(doubts, i);
    g_array_sort_with_data(doubts, compare_doubts, (gpointer)held_out);
    for (guint k = 0; k < MIN(doubts->len, DOUBTS); k++) {
        guint i = g_array_index(doubts, guint, k);
        const LabelledText *labelled = g_ptr_array_index(lessons->labelled, i);
        g_autofree char *safe = terminal_safe(labelled->subject);
        printf("  is it right? %s is labelled, %s it looks like (%.2f): %s\n",
               labelled->category ? labelled->category : "none of these",
               model_category(model, held_out[i].category), held_out[i].probability,
               isatty(STDOUT_FILENO) ? safe : "(the subject is shown on a terminal)");
    }
}

static void warn_of_strangers(const Model *model, const Kb *kb)
{
    for (guint i = 0; i < model_n_categories(model); i++)
        if (!kb_has_category(kb, model_category(model, i)))
            printf("  %s: there is labelled mail, but no folder kb/%s: it has no answers\n",
                   model_category(model, i), model_category(model, i));
}

/* ---- may it take over? ---------------------------------------------------------------------- */

/* Did somebody take FRESH back? *BY becomes the line that says so, or NULL. */
static gboolean find_taken_back(Store *store, const Model *fresh, Training **by, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Training) change = training_of_change(store, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    gboolean taken = change && change->state == TRAINING_BACK &&
                     g_strcmp0(change->replaced, model_id(fresh)) == 0;
    *by = taken ? g_steal_pointer(&change) : NULL;
    return TRUE;
}

/* Sets state, replaced and detail of TRAINING. */
static gboolean judge(Context *context, const Live *live, const Model *fresh,
                      const Lessons *lessons, const ModelGuess *held_out, Training *training,
                      GError **error)
{
    training->state = TRAINING_LIVE;
    if (!live->model) {
        if (live->problem)
            training->detail = g_strdup_printf("%s; it was replaced", live->problem);
        return TRUE;
    }
    if (g_str_equal(model_id(live->model), model_id(fresh))) {
        training->state = TRAINING_SAME;
        training->detail = g_strdup("it is the live model already");
        return TRUE;
    }
    g_autoptr(Training) back = NULL;
    if (!find_taken_back(context->store, fresh, &back, error))
        return FALSE;
    if (back) {
        g_autofree char *at = format_time(back->at);
        training->state = TRAINING_SAME;
        training->detail = g_strdup_printf(
            "%s took this model back (%s): the live one stays until there is something new to "
            "learn; erms train --rollback takes this one again",
            back->who, at);
        return TRUE;
    }
    if (!training_knows_labels(live->training)) {
        training->detail = g_strdup_printf("model %s, which it replaces, was not trained in this "
                                           "home: they were not compared",
                                           model_id(live->model));
    } else {
        GateCounts counts;
        gate_count(live->model, live->training, fresh, lessons, held_out, &counts);
        training->detail = gate_objection(&counts);
        if (training->detail)
            training->state = TRAINING_REFUSED;
    }
    if (training->state == TRAINING_LIVE)
        training->replaced = g_strdup(model_id(live->model));
    return TRUE;
}

/* Keeps or drops FRESH as the state says, and records it: what is in place is what is recorded. */
static gboolean settle(Context *context, const Live *live, const Model *fresh, Training *training,
                       GError **error)
{
    g_autofree char *candidate = home_path(context, HOME_MODEL_CANDIDATE);
    if (training->state == TRAINING_SAME)
        g_unlink(candidate);
    else if (!model_save(fresh, candidate, error))
        return FALSE;
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    return transaction && training_insert(context->store, training, error) &&
           (training->state != TRAINING_LIVE ||
            model_home_promote(context, live->model != NULL, error)) &&
           store_commit(g_steal_pointer(&transaction), error);
}

/* BEFORE: coverage of the model that was replaced. */
static int outcome(const Training *training, double before, GError **error)
{
    if (training->state == TRAINING_REFUSED) {
        g_set_error(
            error, CMD_ERROR, EXIT_FAILED,
            "the new model is worse: %s. The live model stays. erms train --force takes the "
            "new one (" HOME_MODEL_CANDIDATE ")",
            training->detail);
        return EXIT_ERROR;
    }
    if (training->detail)
        printf("%s\n", training->detail);
    else if (training->replaced)
        printf("it takes the place of model %s, with which %.1f %% could be answered alone (erms "
               "train --rollback brings that one back)\n",
               training->replaced, 100 * before);
    return EXIT_DONE;
}

/* ---- the three commands --------------------------------------------------------------------- */

/* The categories with a max-error of their own (of ModelLimit). */
static GArray *limits_of(const Policy *policy)
{
    GArray *limits = g_array_new(FALSE, FALSE, sizeof(ModelLimit));
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, policy->categories);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const CategoryPolicy *category = value;
        ModelLimit limit = {category->name, category->max_error};
        if (category->max_error > 0)
            g_array_append_val(limits, limit);
    }
    return limits;
}

Model *train_fresh(Context *context, const Lessons *lessons, ModelGuess *held_out,
                   Training **training, GError **error)
{
    const Policy *policy = context->settings->policy;
    g_autoptr(GArray) limits = limits_of(policy);
    ModelOptions options = model_options_default;
    options.max_error = policy->max_error;
    options.limits = (const ModelLimit *)(gpointer)limits->data;
    options.n_limits = limits->len;
    Model *fresh = model_train(lessons->texts, lessons->n, &options, held_out, error);
    if (!fresh)
        return NULL;
    *training = training_now(fresh, TRAINING_LIVE);
    (*training)->messages = lessons->labelled->len;
    (*training)->none = lessons->none;
    (*training)->last_label = lessons->last_label;
    return fresh;
}

static int train(Context *context, GError **error)
{
    gint64 started = g_get_monotonic_time();
    g_autoptr(Lessons) lessons = lessons_new(context->store, context->kb, error);
    if (!lessons)
        return EXIT_ERROR;
    g_autofree ModelGuess *held_out = g_new0(ModelGuess, lessons->n + 1);
    g_autoptr(Training) training = NULL;
    g_autoptr(Model) fresh = train_fresh(context, lessons, held_out, &training, error);
    g_auto(Live) live = {NULL, NULL, NULL};
    if (!fresh || !live_load(&live, context, error) ||
        !judge(context, &live, fresh, lessons, held_out, training, error))
        return EXIT_ERROR;
    training->seconds = (double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC;
    if (!settle(context, &live, fresh, training, error))
        return EXIT_ERROR;
    print_report(fresh, lessons, training);
    print_doubts(fresh, lessons, held_out);
    warn_of_strangers(fresh, context->kb);
    return outcome(training, live.training ? live.training->coverage : 0, error);
}

/* Puts a kept model in place of the live one. */
static int take(Context *context, const char *name, TrainingState state, const char *absent,
                GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Model) model = model_home_load(context, name, NULL, &local);
    g_autoptr(Training) known =
        model ? training_of_model(context->store, model_id(model), &local) : NULL;
    g_auto(Live) live = {NULL, NULL, NULL};
    if (local || !live_load(&live, context, &local)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return EXIT_ERROR;
    }
    if (!model || (state == TRAINING_FORCED && !known)) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s", absent);
        return EXIT_ERROR;
    }
    g_autoptr(Training) training = training_again(model, known, &live, state);
    gint64 last_label = 0;
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    if (!transaction || !training_insert(context->store, training, error) ||
        !label_last(context->store, &last_label, error) ||
        !(state == TRAINING_BACK ? model_home_exchange(context, live.model != NULL, error)
                                 : model_home_promote(context, live.model != NULL, error)) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return EXIT_ERROR;
    printf("model %s is live now", model_id(model));
    if (live.model)
        printf("; model %s is kept: erms train --rollback brings it back", model_id(live.model));
    else if (live.problem)
        printf("; the one before was dropped: %s", live.problem);
    if (last_label > training->last_label)
        printf("\nit has not learned from the mail that was labelled since its training: %s",
               state == TRAINING_BACK && live.training && last_label <= live.training->last_label
                   ? "erms train does as soon as there is something new to learn; until then it "
                     "would only make the model again that was taken back"
                   : "erms train does");
    printf("\n");
    return EXIT_DONE;
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean force = FALSE, rollback = FALSE;
    const GOptionEntry options[] = {
        {"force", 'f', 0, G_OPTION_ARG_NONE, &force,
         "Take the model that the last training refused", NULL},
        {"rollback", 'r', 0, G_OPTION_ARG_NONE, &rollback,
         "Bring back the model that was live before", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options(command_train.name, command_train.args, command_train.summary, options, 0, 0,
                       &argc, &argv, error))
        return EXIT_ERROR;
    if (force && rollback) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "--force or --rollback, not both");
        return EXIT_ERROR;
    }
    g_autoptr(ModelLock) lock = model_lock(context, 0, error);
    if (!lock)
        return EXIT_ERROR;
    if (force)
        return take(context, HOME_MODEL_CANDIDATE, TRAINING_FORCED,
                    "there is no refused model: " HOME_MODEL_CANDIDATE " is not there", error);
    if (rollback)
        return take(context, HOME_MODEL_PREVIOUS, TRAINING_BACK,
                    "there is no earlier model: " HOME_MODEL_PREVIOUS " is not there", error);
    return context_open(context, NEED_SETTINGS | NEED_KB, 0, error) ? train(context, error)
                                                                    : EXIT_ERROR;
}

/* A model is brought back whatever the settings and answers are like by now. */
const Command command_train = {"train", "", "build the model from all labelled mail",
                               NEED_HOME | NEED_STORE, run};
