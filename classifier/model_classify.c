/* SPDX-License-Identifier: Apache-2.0 */
/* From a text to the guesses: counts, members, pool, confidence. */
#include "classifier/model_score.h"

#include <math.h>
#include <string.h>

#include "classifier/bayes.h"
#include "classifier/overlay.h"
#include "classifier/pool.h"
#include "classifier/row.h"

void model_read(const Model *model, const ModelText *text, ModelScales *scales)
{
    counter_read(model->counter, text->subject, text->text,
                 corpus_language(text, model->header->language));
    const GArray *terms = model->counter->terms;
    float *lengths = scales->lengths;
    lengths[0] = lengths[1] = 0;
    scales->sums[MEMBER_MNB] = scales->sums[MEMBER_CNB] = 0;
    scales->sums[MEMBER_SVM] = 1; /* its totals are the bias */
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        float t = counter_weight(term->count), x = t * image_row(model, term->id)->weight;
        lengths[term->id >= model->first_gram] += x * x;
        if (term->id < model->header->n_stems && x > 0)
            scales->sums[MEMBER_MNB] += t;
    }
    model_scale(lengths, scales->blocks);
}

void model_separate(const Model *model, const ModelText *text, ModelScales *scales, float *scores)
{
    guint n = model->header->n_categories;
    const GArray *terms = model->counter->terms;
    memset(scores, 0, n * sizeof *scores);
    model_read(model, text, scales);
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        const ImageRow *row = image_row(model, term->id);
        float x = model_x(model, scales, term);
        if (x > 0)
            row_add_signed(scores, (const gint8 *)row->entries + n, x * row_scale(row->svm_scale),
                           n);
    }
    bayes_finish(MEMBER_SVM, model->totals + (gsize)MEMBER_SVM * n, scales->sums[MEMBER_SVM],
                 scores, n);
}

/* Adds up the rows of the features that are in the text. */
static void add_rows(const Model *model, ModelScales *scales)
{
    guint n = model->header->n_categories;
    const GArray *terms = model->counter->terms;
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        const ImageRow *row = image_row(model, term->id);
        float x = model_x(model, scales, term);
        if (x <= 0)
            continue;
        if (term->id < model->header->n_stems) {
            const ImageMnbRow *mnb = image_mnb_row(model, term->id);
            row_add(model->scores[MEMBER_MNB], mnb->entries,
                    counter_weight(term->count) * row_scale(mnb->scale), n);
        }
        row_add(model->scores[MEMBER_CNB], row->entries, x * row_scale(row->cnb_scale), n);
        row_add_where(model->support, row->entries, x, n);
        row_add_signed(model->scores[MEMBER_SVM], (const gint8 *)row->entries + n,
                       x * row_scale(row->svm_scale), n);
        scales->sums[MEMBER_CNB] += x;
    }
}

/* OVERLAY may be NULL. */
static gboolean score(const Model *model, const ModelText *text, Overlay *overlay,
                      ModelScales *scales)
{
    guint n = model->header->n_categories;
    for (int m = 0; m < N_MEMBERS; m++)
        memset(model->scores[m], 0, n * sizeof(float));
    memset(model->support, 0, n * sizeof(float));
    model_read(model, text, scales);
    add_rows(model, scales);
    for (int m = 0; m < N_MEMBERS; m++) {
        bayes_finish(m, model->totals + (gsize)m * n, scales->sums[m], model->scores[m], n);
        if (m == MEMBER_SVM && overlay)
            overlay_score(overlay, model, text, scales, model->scores[m]);
        pool_centre(model->scores[m], NULL, n);
    }
    pool_scores((const float *const *)model->scores, model->header->pool, n, N_MEMBERS, model->z);
    pool_softmax(model->z, n, model->p);
    return model->counter->known[FEATURE_STEM] + model->counter->known[FEATURE_GRAM] > 0;
}

gboolean model_score(const Model *model, const ModelText *text, ModelScales *scales)
{
    return score(model, text, model->overlay, scales);
}

/* The COUNT most probable categories. */
static void rank(const double *p, guint n, ModelGuess *guesses, guint count)
{
    for (guint c = 0; c < n; c++) {
        double probability = p[c] >= 0 ? p[c] : 0;
        guint place = MIN(c, count);
        for (; place > 0 && probability > guesses[place - 1].probability; place--)
            if (place < count)
                guesses[place] = guesses[place - 1];
        if (place < count) {
            guesses[place].category = c;
            guesses[place].probability = probability;
        }
    }
}

guint model_classify(const Model *model, const ModelText *text, ModelGuess *guesses, guint max)
{
    ModelScales scales;
    gboolean known = model_score(model, text, &scales);
    return model_guess(model, model->overlay, &scales, known, guesses, max);
}

guint model_classify_trained(const Model *model, const ModelText *text, ModelGuess *guesses,
                             guint max)
{
    ModelScales scales;
    gboolean known = score(model, text, NULL, &scales);
    return model_guess(model, NULL, &scales, known, guesses, max);
}

guint model_guess(const Model *model, const Overlay *overlay, const ModelScales *scales,
                  gboolean known, ModelGuess *guesses, guint max)
{
    guint n = model->header->n_categories, count = MIN(max, n);
    Signals signals;
    gboolean spoken = model->counter->terms->len > 0 || (overlay && overlay_speaks(overlay));
    const double *p = spoken ? model->p : model->priors;
    if (count == 0)
        return 0;
    rank(p, n, guesses, count);

    Evidence evidence = {.scores = (const float *const *)model->scores,
                         .z = model->z,
                         .p = model->p,
                         .n_categories = n,
                         .support = model->support,
                         .sum = scales->sums[MEMBER_CNB],
                         .all = model->counter->all,
                         .known = model->counter->known};
    confidence_signals(&evidence, &signals);
    double top = guesses[0].probability;
    double sure = confidence_probability(&model->header->confidence, &signals);
    if (!known)
        sure = MIN(sure, model->priors[guesses[0].category]);
    double rest = sure > top ? (1 - sure) / MAX(1 - top, 1e-12) : top > 0 ? sure / top : 0;
    guesses[0].probability = sure;
    for (guint i = 1; i < count; i++)
        guesses[i].probability = MIN(guesses[i].probability * rest, sure);
    return count;
}
