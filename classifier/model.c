/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model_image.h"
#include "classifier/threshold.h"

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
    counter_free(model->counter);
    vocabulary_free(model->vocabulary);
    for (int m = 0; m < N_MEMBERS; m++)
        g_free(model->scores[m]);
    g_free(model->z);
    g_free(model->p);
    g_free(model->names);
    g_free(model->advice);
    g_free(model->image);
    g_free(model);
}

const char *model_id(const Model *model)
{
    return model->id;
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

double model_threshold(const Model *model, guint i)
{
    g_assert(i < model->header->n_categories);
    return model->thresholds[i] >= 0 ? model->thresholds[i] : THRESHOLD_NEVER;
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
