/* SPDX-License-Identifier: Apache-2.0 */
/* Learning: corpus, held-out scores, pool, confidence, thresholds; then the members from all. */
#include "classifier/model_write.h"

#include <math.h>
#include <string.h>

#include "classifier/held_out.h"
#include "classifier/pool.h"
#include "classifier/promise.h"

/* Where the pool's weights start; what several corpora settled on. */
static const double pool_start[N_MEMBERS] = {
    [MEMBER_MNB] = 0.8, [MEMBER_CNB] = 0.5, [MEMBER_SVM] = 1.5};
/* Visits of the member that separates; it is done earlier when it has found the best weights. */
#define PASSES 30
const double model_bounds[] = {0.01, 0.02, 0.03, 0.05, 0.10};
const guint n_model_bounds = G_N_ELEMENTS(model_bounds);

static gboolean enough(const Corpus *corpus, GError **error)
{
    guint32 most = 0;
    for (guint c = 0; c < corpus->n_categories; c++)
        most = MAX(most, corpus->n_texts_of[c]);
    gboolean examples = corpus->n_real < corpus->n_texts;
    if (corpus->n_categories >= 2 && (most >= 2 || examples))
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
    Evidence evidence = {.scores = scores,
                         .z = z,
                         .p = p,
                         .n_categories = n,
                         .support = held_out->support + (gsize)text * n,
                         .sum = held_out->sum[text],
                         .all = corpus->all[text],
                         .known = held_out->known[text]};
    confidence_signals(&evidence, signals);
}

/* The real texts, one outcome each; TEXTS (of guint32) becomes which they are. */
static GArray *read_outcomes(const Corpus *corpus, const HeldOut *held_out, const double *pool,
                             GArray *texts)
{
    GArray *outcomes = g_array_new(FALSE, FALSE, sizeof(Outcome));
    for (guint32 i = 0; i < corpus->n_texts; i++) {
        Outcome outcome = {.own = corpus->category[i] != CORPUS_NONE};
        if (corpus->example[i])
            continue;
        read_signals(corpus, held_out, pool, i, &outcome.signals);
        outcome.right = outcome.signals.winner == corpus->category[i];
        g_array_append_val(outcomes, outcome);
        g_array_append_val(texts, i);
    }
    return outcomes;
}

/* The confidence of every held-out text, by what was learned from the other folds. */
static Guess *cross_fit(const HeldOut *held_out, const GArray *outcomes, const GArray *texts,
                        guint folds)
{
    Guess *guesses = g_new(Guess, MAX(outcomes->len, 1));
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(Outcome));
    for (guint k = 0; k < folds; k++) {
        Confidence confidence;
        g_array_set_size(others, 0);
        for (guint i = 0; i < outcomes->len; i++)
            if (held_out->fold[g_array_index(texts, guint32, i)] != k)
                g_array_append_val(others, g_array_index(outcomes, Outcome, i));
        confidence_fit((const Outcome *)(gpointer)others->data, others->len, &confidence);
        for (guint i = 0; i < outcomes->len; i++) {
            const Outcome *outcome = &g_array_index(outcomes, Outcome, i);
            guint32 text = g_array_index(texts, guint32, i);
            if (held_out->fold[text] == k)
                guesses[i] =
                    (Guess){.category = outcome->signals.winner,
                            .confidence = confidence_probability(&confidence, &outcome->signals),
                            .wrong = !outcome->right,
                            .own = outcome->own,
                            .block = k,
                            .text = text};
        }
    }
    return guesses;
}

/* The confidences of the texts of hidden categories. */
static GArray *read_foreign(const Corpus *corpus, const HeldOut *hidden, const double *pool,
                            const Confidence *confidence)
{
    GArray *foreign = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint32 i = 0; hidden && i < corpus->n_texts; i++) {
        Signals signals;
        if (corpus->category[i] == CORPUS_NONE || corpus->example[i])
            continue;
        read_signals(corpus, hidden, pool, i, &signals);
        double p = confidence_probability(confidence, &signals);
        g_array_append_val(foreign, p);
    }
    return foreign;
}

/* Copies of one text are no independent witnesses: rightly guessed, one proves what all of them
 * would. Wrong ones all count. */
static GArray *leave_out_copies(const Corpus *corpus, const Guess *guesses, gsize n)
{
    GArray *witnesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    for (gsize i = 0; i < n; i++)
        if (guesses[i].wrong || !corpus->copy[guesses[i].text])
            g_array_append_val(witnesses, guesses[i]);
    return witnesses;
}

static void report(const Corpus *corpus, const HeldOut *held_out, const Guess *guesses, gsize n,
                   ModelReport *report)
{
    guint right = 0, own = 0;
    double confidence = 0, unknown = 0;
    for (gsize i = 0; i < n; i++) {
        guint32 text = guesses[i].text, words = corpus->all[text][FEATURE_STEM];
        right += !guesses[i].wrong;
        own += guesses[i].own;
        confidence += guesses[i].confidence;
        unknown += words > 0 ? 1 - (double)held_out->known[text][FEATURE_STEM] / words : 0;
    }
    report->texts = n;
    report->accuracy = own > 0 ? (double)right / own : 0;
    report->confidence = n > 0 ? confidence / (double)n : 0;
    report->unknown = n > 0 ? unknown / (double)n : 0;
}

/* The promise, and the least maximum that could be promised. */
static Promise *make_promise(PromiseTask *task, const ModelOptions *options, double *bound)
{
    *bound = 1;
    for (guint i = 0; i < n_model_bounds && *bound == 1; i++) {
        task->max_error = model_bounds[i];
        g_autoptr(Promise) promise = promise_new(task);
        if (promise->coverage > 0)
            *bound = model_bounds[i];
    }
    task->max_error = options->max_error;
    task->limits = options->limits;
    task->n_limits = options->n_limits;
    return promise_new(task);
}

Model *model_train(const ModelText *texts, gsize n, const ModelOptions *options,
                   ModelGuess *held_out_guesses, GError **error)
{
    guint folds = CLAMP(options->folds, 2, 100);
    g_autoptr(Corpus) corpus = corpus_new(texts, n);
    if (!enough(corpus, error))
        return NULL;
    g_autofree gboolean *in = g_new(gboolean, corpus->n_texts);
    for (guint i = 0; i < corpus->n_texts; i++)
        in[i] = corpus->category[i] != CORPUS_NONE;
    const Weighting weighting = weighting_choose(corpus, folds);
    g_autoptr(Bayes) bayes = bayes_new(corpus, in, &weighting);
    g_autoptr(Svm) svm = svm_new(bayes, NULL, PASSES, options->seed);
    g_autoptr(HeldOut) held_out = held_out_folds(corpus, svm, &weighting, folds);
    g_autoptr(HeldOut) hidden = held_out_categories(corpus, svm, &weighting);

    ImageHeader header = {0};
    pool_fit(held_out->scores, corpus->category, corpus->n_texts, corpus->n_categories, N_MEMBERS,
             pool_start, header.pool);
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) outcomes = read_outcomes(corpus, held_out, header.pool, places);
    confidence_fit((const Outcome *)(gpointer)outcomes->data, outcomes->len, &header.confidence);
    g_autofree Guess *guesses = cross_fit(held_out, outcomes, places, folds);
    g_autoptr(GArray) foreign = read_foreign(corpus, hidden, header.pool, &header.confidence);

    g_autoptr(GArray) witnesses = leave_out_copies(corpus, guesses, outcomes->len);
    PromiseTask task = {.guesses = (const Guess *)(gpointer)witnesses->data,
                        .n = witnesses->len,
                        .foreign = (const double *)(gpointer)foreign->data,
                        .n_foreign = foreign->len,
                        .n_blocks = folds,
                        .categories = corpus->categories,
                        .n_categories = corpus->n_categories};
    g_autoptr(Promise) promise = make_promise(&task, options, &header.bound);
    report(corpus, held_out, guesses, outcomes->len, &header.report);
    header.report.coverage = promise->coverage;
    header.report.error = promise->error;
    header.report.max_error = options->max_error;
    for (gsize i = 0; i < n && held_out_guesses; i++)
        held_out_guesses[i] = (ModelGuess){0, 0};
    for (guint i = 0; i < outcomes->len && held_out_guesses; i++)
        held_out_guesses[corpus->order[guesses[i].text]] =
            (ModelGuess){guesses[i].category, guesses[i].confidence};
    g_autoptr(GBytes) image = model_write(bayes, svm, promise, texts, &header);
    return image_open(image, "model", error);
}
