/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "classifier/overlay.h"

/* What the model says about itself. Learning, classifying, the file: model_*.c. */
GQuark model_error_quark(void)
{
    return g_quark_from_static_string("model-error-quark");
}

const ModelOptions model_options_default = {.max_error = 0.01, .folds = 5, .seed = 1};

void model_free(Model *model)
{
    if (!model)
        return;
    overlay_free(model->overlay);
    counter_free(model->counter);
    vocabulary_free(model->vocabulary);
    for (int m = 0; m < N_MEMBERS; m++)
        g_free(model->scores[m]);
    g_free(model->support);
    g_free(model->z);
    g_free(model->p);
    g_free(model->names);
    g_free(model->advice);
    g_bytes_unref(model->image);
    g_free(model);
}

const char *model_id(const Model *model)
{
    return model->overlay ? model->live_id : model->id;
}

const char *model_trained_id(const Model *model)
{
    return model->id;
}

gboolean model_learn(Model *model, const ModelText *text, const ModelText *replays, gsize n)
{
    guint none = model->header->n_categories;
    guint category = text->category ? model_find_category(model, text->category) : none;
    if (text->category && category == none)
        return FALSE;
    if (!model->overlay)
        model->overlay = overlay_new(model);
    overlay_learn(model, text, category, replays, n);
    g_snprintf(model->live_id, sizeof model->live_id, "%s+%u", model->id,
               overlay_corrections(model->overlay));
    return TRUE;
}

guint model_corrections(const Model *model)
{
    return model->overlay ? overlay_corrections(model->overlay) : 0;
}

void model_forget(Model *model)
{
    g_clear_pointer(&model->overlay, overlay_free);
}

gsize model_bytes(const Model *model)
{
    return model->header->size;
}

guint model_n_categories(const Model *model)
{
    return model->header->n_categories;
}

const char *model_category(const Model *model, guint i)
{
    g_assert(i < model->header->n_categories);
    return model->names[i];
}

guint model_find_category(const Model *model, const char *name)
{
    guint c = 0;
    while (c < model->header->n_categories && strcmp(model->names[c], name) != 0)
        c++;
    return c;
}

double model_prior(const Model *model, guint i)
{
    g_assert(i < model->header->n_categories);
    return model->priors[i];
}

double model_bound(const Model *model)
{
    return model->header->bound;
}

double model_unknown(const Model *model)
{
    guint words = model->counter->all[FEATURE_STEM];
    return words > 0 ? 1 - (double)model->counter->known[FEATURE_STEM] / words : 1;
}

double model_threshold(const Model *model, guint i)
{
    g_assert(i < model->header->n_categories);
    return model->thresholds[i];
}

double model_max_error(const Model *model, guint i)
{
    g_assert(i < model->header->n_categories);
    return model->max_errors[i];
}

void model_report(const Model *model, ModelReport *report)
{
    *report = model->header->report;
}

GPtrArray *model_advice(const Model *model)
{
    GPtrArray *advice = g_ptr_array_new_with_free_func(g_free);
    for (guint32 i = 0; i < model->header->n_advice; i++)
        g_ptr_array_add(advice, g_strdup(model->advice[i]));
    return advice;
}
