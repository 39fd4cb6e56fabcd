/* SPDX-License-Identifier: Apache-2.0 */
/* erms train: builds the model from all labelled mail. */
#include "cmd/cmd.h"

#include "models/label.h"
#include "models/training.h"

#include <stdio.h>

static gboolean record(Store *store, const Model *model, const ModelReport *report, double seconds,
                       GError **error)
{
    g_autoptr(Training) training = training_new();
    training->at = g_get_real_time() / G_USEC_PER_SEC;
    training->model = g_strdup(model_id(model));
    training->messages = (guint)report->texts;
    training->categories = model_n_categories(model);
    training->accuracy = report->accuracy;
    training->coverage = report->coverage;
    training->max_error = report->max_error;
    training->seconds = seconds;
    return training_insert(store, training, error);
}

static void print_report(const Model *model, const ModelReport *report, double seconds)
{
    printf("model %s: %" G_GUINT64_FORMAT " messages, %u categories, %.2f s\n", model_id(model),
           report->texts, model_n_categories(model), seconds);
    printf("on held-out mail: %.1f %% right; %.1f %% could be answered alone, %.2f %% of those "
           "wrongly (allowed: %g %%)\n",
           report->accuracy * 100, report->coverage * 100, report->error * 100,
           report->max_error * 100);
    g_autoptr(GPtrArray) advice = model_advice(model);
    for (guint i = 0; i < advice->len; i++)
        printf("  %s\n", (const char *)g_ptr_array_index(advice, i));
}

static void warn_of_strangers(const Model *model, const Kb *kb)
{
    for (guint i = 0; i < model_n_categories(model); i++)
        if (!kb_has_category(kb, model_category(model, i)))
            printf("  %s: there is labelled mail, but no folder kb/%s: it has no answers\n",
                   model_category(model, i), model_category(model, i));
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    if (!parse_options(command_train.name, command_train.args, command_train.summary, NULL, 0, 0,
                       &argc, &argv, error))
        return EXIT_ERROR;
    gint64 started = g_get_monotonic_time();
    g_autoptr(GPtrArray) labelled = label_list_texts(context->store, error);
    if (!labelled)
        return EXIT_ERROR;
    g_autofree ModelText *texts = g_new0(ModelText, labelled->len + 1);
    for (guint i = 0; i < labelled->len; i++) {
        const LabelledText *text = g_ptr_array_index(labelled, i);
        texts[i] = (ModelText){text->subject, text->text, text->language, text->category};
    }
    ModelOptions options = model_options_default;
    options.max_error = context->settings->policy->max_error;
    g_autoptr(Model) model = model_train(texts, labelled->len, &options, error);
    if (!model)
        return EXIT_ERROR;
    g_autofree char *path = home_path(context, HOME_MODEL);
    if (!model_save(model, path, error))
        return EXIT_ERROR;

    double seconds = (double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC;
    ModelReport report;
    model_report(model, &report);
    if (!record(context->store, model, &report, seconds, error))
        return EXIT_ERROR;
    print_report(model, &report, seconds);
    warn_of_strangers(model, context->kb);
    return EXIT_DONE;
}

const Command command_train = {"train", "", "build the model from all labelled mail",
                               NEED_SETTINGS | NEED_STORE | NEED_KB, run};
