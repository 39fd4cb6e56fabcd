/* SPDX-License-Identifier: Apache-2.0 */
/* From a text to the guesses: counts, members, pool, confidence. */
#include "classifier/model_score.h"

#include <math.h>
#include <string.h>

#include "classifier/pool.h"

static void add_row(float *s, const float *row, float value, guint n)
{
    for (guint c = 0; c < n; c++)
        s[c] += value * row[c];
}

/* The scales of the blocks, and MNB's sum. */
static void measure(const Model *model, ModelScales *scales)
{
    const GArray *terms = model->counter->terms;
    float lengths[2] = {0, 0};
    scales->sums[MEMBER_MNB] = scales->sums[MEMBER_CNB] = 0;
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        float t = counter_weight(term->count), x = t * model->weights[term->id];
        lengths[model_block(model, term->id)] += x * x;
        if (term->id < model->header->n_stems && x > 0)
            scales->sums[MEMBER_MNB] += t;
    }
    float both = lengths[0] > 0 && lengths[1] > 0 ? sqrtf(0.5f) : 1.0f;
    for (int b = 0; b < 2; b++)
        scales->blocks[b] = lengths[b] > 0 ? both / sqrtf(lengths[b]) : 0;
}

gboolean model_score(const Model *model, const ModelText *text, ModelScales *scales)
{
    guint n = model->header->n_categories;
    counter_read(model->counter, text->subject, text->text,
                 corpus_language(text, model->header->language));
    measure(model, scales);
    for (int m = 0; m < N_MEMBERS; m++)
        memset(model->scores[m], 0, n * sizeof(float));
    const GArray *terms = model->counter->terms;
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        float t = counter_weight(term->count), w = model->weights[term->id];
        float x = t * w * scales->blocks[model_block(model, term->id)];
        if (w <= 0)
            continue;
        if (term->id < model->header->n_stems)
            add_row(model->scores[MEMBER_MNB], model->rows[MEMBER_MNB] + (gsize)term->id * n, t, n);
        add_row(model->scores[MEMBER_CNB], model->rows[MEMBER_CNB] + (gsize)term->id * n, x, n);
        scales->sums[MEMBER_CNB] += x;
    }
    for (int m = 0; m < N_MEMBERS; m++) {
        bayes_finish(m, model->totals + (gsize)m * n, scales->sums[m], model->scores[m], n);
        pool_centre(model->scores[m], NULL, n);
    }
    pool_scores((const float *const *)model->scores, model->header->pool, n, N_MEMBERS, model->z);
    pool_softmax(model->z, n, model->p);
    return model->counter->known > 0;
}

typedef struct Ranked {
    double p;
    guint category;
} Ranked;

static int compare_ranked(gconstpointer a, gconstpointer b)
{
    const Ranked *x = a, *y = b;
    if (x->p != y->p)
        return x->p > y->p ? -1 : 1;
    return x->category < y->category ? -1 : 1;
}

guint model_classify(const Model *model, const ModelText *text, ModelGuess *guesses, guint max)
{
    ModelScales scales;
    gboolean known = model_score(model, text, &scales);
    return model_guess(model, known, guesses, max);
}

guint model_guess(const Model *model, gboolean known, ModelGuess *guesses, guint max)
{
    guint n = model->header->n_categories;
    Signals signals;
    const double *p = model->counter->terms->len > 0 ? model->p : model->priors;
    g_autofree Ranked *ranked = g_new(Ranked, n);
    for (guint c = 0; c < n; c++)
        ranked[c] = (Ranked){p[c] >= 0 ? p[c] : 0, c};
    qsort(ranked, n, sizeof *ranked, compare_ranked);

    confidence_signals((const float *const *)model->scores, N_MEMBERS, model->z, model->p, n,
                       model->counter->words, model->counter->known, &signals);
    double top = ranked[0].p;
    double sure = confidence_probability(model->header->confidence, &signals);
    if (!known)
        sure = MIN(sure, model->priors[ranked[0].category]);
    double rest = sure > top ? (1 - sure) / MAX(1 - top, 1e-12) : top > 0 ? sure / top : 0;
    guint count = MIN(max, n);
    for (guint i = 0; i < count; i++)
        guesses[i] =
            (ModelGuess){ranked[i].category, i == 0 ? sure : MIN(ranked[i].p * rest, sure)};
    return count;
}
