/* SPDX-License-Identifier: Apache-2.0 */
/* Learning: corpus, held-out scores, pool, confidence, thresholds; then the members from all. */
#include "classifier/model_image.h"

#include <math.h>
#include <string.h>

#include "classifier/held_out.h"
#include "classifier/pool.h"
#include "classifier/promise.h"

/* Where the pool's weights start; what several corpora settled on. */
static const double pool_start[N_MEMBERS] = {[MEMBER_MNB] = 0.8, [MEMBER_CNB] = 0.5};
/* All foreign texts together weigh this share of the others. */
static const double foreign_share = 0.2;

static gboolean enough(const Corpus *corpus, GError **error)
{
    guint32 most = 0;
    for (guint c = 0; c < corpus->n_categories; c++)
        most = MAX(most, corpus->n_texts_of[c]);
    if (corpus->n_categories >= 2 && most >= 2)
        return TRUE;
    if (corpus->n_categories < 2)
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_TOO_FEW,
                    "%u labelled mails in %u categories: at least two categories are needed",
                    corpus->n_texts - corpus->n_texts_of[corpus->n_categories],
                    corpus->n_categories);
    else
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_TOO_FEW,
                    "%u categories with one labelled mail each: at least one needs two",
                    corpus->n_categories);
    return FALSE;
}

static void read_signals(const Corpus *corpus, const HeldOut *held_out, const double *pool,
                         guint32 text, Signals *signals)
{
    guint n = corpus->n_categories;
    g_autofree double *z = g_new(double, n);
    g_autofree double *p = g_new(double, n);
    const float *scores[N_MEMBERS];
    for (int m = 0; m < N_MEMBERS; m++)
        scores[m] = held_out->scores[m] + (gsize)text * n;
    pool_scores(scores, pool, n, N_MEMBERS, z);
    pool_softmax(z, n, p);
    confidence_signals(scores, N_MEMBERS, z, p, n, corpus->words[text], held_out->known[text],
                       signals);
}

/* One outcome for each text, and then as many again as foreign ones, if there are any. */
static GArray *read_outcomes(const Corpus *corpus, const HeldOut *held_out, const HeldOut *hidden,
                             const double *pool)
{
    guint n_own = corpus->n_texts - corpus->n_texts_of[corpus->n_categories];
    GArray *outcomes = g_array_new(FALSE, TRUE, sizeof(Outcome));
    for (guint32 i = 0; i < corpus->n_texts; i++) {
        Outcome outcome = {.weight = 1};
        read_signals(corpus, held_out, pool, i, &outcome.signals);
        outcome.right = outcome.signals.winner == corpus->category[i];
        g_array_append_val(outcomes, outcome);
    }
    for (guint32 i = 0; hidden && i < corpus->n_texts; i++) {
        Outcome outcome = {.foreign = foreign_share * corpus->n_texts / MAX(n_own, 1)};
        read_signals(corpus, hidden, pool, i, &outcome.signals);
        if (corpus->category[i] == CORPUS_NONE)
            outcome.foreign = 0; /* real ones are among the held-out texts */
        g_array_append_val(outcomes, outcome);
    }
    return outcomes;
}

/* The confidence of every held-out text, by a model that learned from the other folds. */
static Guess *cross_fit(const Corpus *corpus, const HeldOut *held_out, const GArray *outcomes,
                        guint folds)
{
    Guess *guesses = g_new(Guess, corpus->n_texts);
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(Outcome));
    double coefficients[N_SIGNALS];
    for (guint k = 0; k < folds; k++) {
        g_array_set_size(others, 0);
        for (guint j = 0; j < outcomes->len; j++)
            if (held_out->fold[j % corpus->n_texts] != k)
                g_array_append_val(others, g_array_index(outcomes, Outcome, j));
        confidence_fit((const Outcome *)(gpointer)others->data, others->len, coefficients);
        for (guint i = 0; i < corpus->n_texts; i++) {
            const Outcome *outcome = &g_array_index(outcomes, Outcome, i);
            if (held_out->fold[i] == k)
                guesses[i] = (Guess){outcome->signals.winner,
                                     confidence_probability(coefficients, &outcome->signals),
                                     !outcome->right};
        }
    }
    return guesses;
}

static double accuracy(const Corpus *corpus, const Guess *guesses)
{
    guint right = 0, n = 0;
    for (guint i = 0; i < corpus->n_texts; i++) {
        right += !guesses[i].wrong;
        n += corpus->category[i] != CORPUS_NONE;
    }
    return n > 0 ? (double)right / n : 0;
}

/* Learns the members from all texts, into the image. */
static void write_members(const Corpus *corpus, guint8 *image, const guint64 *offsets)
{
    guint n = corpus->n_categories;
    g_autofree gboolean *in = g_new(gboolean, corpus->n_texts);
    for (guint i = 0; i < corpus->n_texts; i++)
        in[i] = corpus->category[i] != CORPUS_NONE;
    g_autoptr(Bayes) bayes = bayes_new(corpus, in);
    float *mnb = (float *)(gpointer)(image + offsets[IMAGE_MNB]);
    float *cnb = (float *)(gpointer)(image + offsets[IMAGE_CNB]);
    float *totals = (float *)(gpointer)(image + offsets[IMAGE_TOTALS]);
    double *priors = (double *)(gpointer)(image + offsets[IMAGE_PRIORS]);
    memcpy(image + offsets[IMAGE_WEIGHTS], bayes->weights, corpus->n_features * sizeof(float));
    for (int m = 0; m < N_MEMBERS; m++)
        memcpy(totals + (gsize)m * n, bayes->totals[m], n * sizeof(float));
    for (guint c = 0; c < n; c++)
        priors[c] = (double)bayes->n_in_of[c] / bayes->n_in;
    for (guint32 f = 0; f < corpus->n_features; f++) {
        if (f < corpus->n_stems)
            bayes_row(bayes, f, MEMBER_MNB, mnb + (gsize)f * n);
        bayes_row(bayes, f, MEMBER_CNB, cnb + (gsize)f * n);
    }
}

static void write_strings(guint8 *at, gpointer const *strings, guint n)
{
    for (guint i = 0; i < n; i++) {
        gsize size = strlen(strings[i]) + 1;
        memcpy(at, strings[i], size);
        at += size;
    }
}

static gsize size_of_strings(gpointer const *strings, guint n)
{
    gsize size = 0;
    for (guint i = 0; i < n; i++)
        size += strlen(strings[i]) + 1;
    return size;
}

static guint8 *write_image(const Corpus *corpus, const Promise *promise, ImageHeader *header)
{
    gpointer const *names = (gpointer const *)corpus->categories;
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    header->n_categories = corpus->n_categories;
    header->n_features = corpus->n_features;
    header->n_stems = corpus->n_stems;
    header->n_advice = promise->advice->len;
    header->names_size = size_of_strings(names, corpus->n_categories);
    header->advice_size = size_of_strings(promise->advice->pdata, promise->advice->len);
    memcpy(header->language, corpus->language, sizeof header->language);
    guint8 *image = image_new(header);
    image_layout(header, offsets);
    memcpy(image + offsets[IMAGE_KEYS], corpus->keys, corpus->n_features * sizeof(guint64));
    memcpy(image + offsets[IMAGE_THRESHOLDS], promise->thresholds,
           corpus->n_categories * sizeof(double));
    write_members(corpus, image, offsets);
    write_strings(image + offsets[IMAGE_NAMES], names, corpus->n_categories);
    write_strings(image + offsets[IMAGE_ADVICE], promise->advice->pdata, promise->advice->len);
    image_seal(image);
    return image;
}

Model *model_train(const ModelText *texts, gsize n, const ModelOptions *options, GError **error)
{
    guint folds = CLAMP(options->folds, 2, 100);
    g_autoptr(Corpus) corpus = corpus_new(texts, n);
    if (!enough(corpus, error))
        return NULL;
    g_autoptr(HeldOut) held_out = held_out_folds(corpus, folds);
    g_autoptr(HeldOut) hidden = held_out_categories(corpus);
    ImageHeader header = {0};
    pool_fit(held_out->scores, corpus->category, corpus->n_texts, corpus->n_categories, N_MEMBERS,
             pool_start, header.pool);
    g_autoptr(GArray) outcomes = read_outcomes(corpus, held_out, hidden, header.pool);
    confidence_fit((const Outcome *)(gpointer)outcomes->data, outcomes->len, header.confidence);
    g_autofree Guess *guesses = cross_fit(corpus, held_out, outcomes, folds);
    g_autoptr(Promise) promise = promise_new(guesses, corpus->n_texts, corpus->categories,
                                             corpus->n_categories, options->max_error);
    header.report = (ModelReport){.accuracy = accuracy(corpus, guesses),
                                  .coverage = promise->coverage,
                                  .error = promise->error,
                                  .max_error = options->max_error,
                                  .texts = corpus->n_texts};
    guint8 *image = write_image(corpus, promise, &header);
    return image_open(image, ((ImageHeader *)(gpointer)image)->size, "model", error);
}
