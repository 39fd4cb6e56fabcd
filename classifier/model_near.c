/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "classifier/model_score.h"

/* The length of X without all but its NEAR_FEATURES greatest. */
static double length_of_greatest(const float *x, guint n)
{
    float greatest[NEAR_FEATURES + 1] = {0};
    double square = 0;
    for (guint i = 0; i < n; i++) {
        int place = NEAR_FEATURES;
        for (; place > 0 && x[i] > greatest[place - 1]; place--)
            greatest[place] = greatest[place - 1];
        greatest[place] = x[i];
    }
    for (int k = 0; k < NEAR_FEATURES; k++)
        square += (double)greatest[k] * greatest[k];
    return sqrt(square);
}

static int compare_near(gconstpointer a, gconstpointer b)
{
    const ModelNear *x = a, *y = b;
    if (x->similarity != y->similarity)
        return x->similarity > y->similarity ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

GArray *model_near(const Model *model, const ModelText *text, guint max)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(ModelNear));
    ModelScales scales;
    model_read(model, text, &scales);
    const GArray *terms = model->counter->terms;
    guint32 *places = model->counter->places; /* 0: not in the text */
    g_autofree float *x = g_new0(float, (gsize)terms->len + 1);
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        x[i + 1] = model_x(model, &scales, term);
        places[term->id] = i + 1;
    }
    double length = length_of_greatest(x, terms->len + 1);
    for (guint32 i = 0; i < model->header->n_near; i++) {
        const ImageNear *near = &model->near[i];
        double sum = 0;
        for (int k = 0; k < NEAR_FEATURES; k++)
            sum += near->values[k] * x[places[near->features[k]]];
        double similarity = sum * near->scale / length;
        ModelNear one = {model->near_ids[i], near->category, MIN(similarity, 1)};
        if (similarity > 0)
            g_array_append_val(all, one);
    }
    for (guint i = 0; i < terms->len; i++)
        places[g_array_index(terms, Term, i).id] = 0;
    g_array_sort(all, compare_near);
    g_array_set_size(all, MIN(all->len, max));
    return all;
}
