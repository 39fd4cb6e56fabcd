/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/weighting.h"

#include <math.h>

#include "classifier/held_out.h"
#include "classifier/pool.h"

const Weighting weighting_default = {0.5, 0.5};

static const Weighting candidates[] = {{0.5, 0.5}, {0.25, 0.25}, {1, 0.7}};

#define MOST 5000 /* texts */
#define PASSES 8
#define STEEPNESS 5 /* of the softmax that makes probabilities of scores */

typedef struct Trial {
    const Corpus *corpus;
    guint folds, step;                        /* every STEPth text of a category is looked at */
    double loss[G_N_ELEMENTS(candidates)][2]; /* of each candidate in each of two folds */
} Trial;

static double log_loss(const Corpus *corpus, const float *scores, const gboolean *wanted)
{
    guint n = corpus->n_categories;
    g_autofree double *p = g_new(double, MAX(n, 1));
    double loss = 0;
    for (guint i = 0; i < corpus->n_texts; i++) {
        if (!wanted[i])
            continue;
        for (guint c = 0; c < n; c++)
            p[c] = STEEPNESS * scores[(gsize)i * n + c];
        pool_softmax(p, n, p);
        loss -= log(MAX(p[corpus->category[i]], 1e-6));
    }
    return loss;
}

/* DATA: 1 + number of the candidate · 2 + number of the fold. */
static void try_one(gpointer data, gpointer user_data)
{
    Trial *trial = user_data;
    const Corpus *corpus = trial->corpus;
    guint job = GPOINTER_TO_UINT(data) - 1, n = corpus->n_texts;
    guint fold = job % 2 ? trial->folds - 1 : trial->folds / 2 - 1;
    g_autofree gboolean *in = g_new0(gboolean, MAX(n, 1));
    g_autofree gboolean *wanted = g_new0(gboolean, MAX(n, 1));
    for (guint i = 0; i < n; i++) {
        if (corpus->category[i] == CORPUS_NONE ||
            (!corpus->example[i] && corpus->place[i] % trial->step != 0))
            continue;
        wanted[i] = held_out_block(corpus, i, trial->folds) == fold;
        in[i] = !wanted[i];
    }
    g_autoptr(Bayes) bayes = bayes_new(corpus, in, &candidates[job / 2]);
    g_autoptr(Svm) svm = svm_new(bayes, NULL, PASSES, job % 2);
    g_autofree float *scores = g_new0(float, MAX((gsize)n * corpus->n_categories, 1));
    svm_score(svm, bayes, wanted, scores);
    trial->loss[job / 2][job % 2] = log_loss(corpus, scores, wanted);
}

Weighting weighting_choose(const Corpus *corpus, guint folds)
{
    Trial trial = {.corpus = corpus, .folds = folds, .step = 1 + corpus->n_real / MOST};
    guint best = 0;
    held_out_jobs(try_one, &trial, 2 * G_N_ELEMENTS(candidates));
    for (guint k = 0; k < G_N_ELEMENTS(candidates); k++)
        if (trial.loss[k][0] + trial.loss[k][1] < trial.loss[best][0] + trial.loss[best][1])
            best = k;
    return candidates[best];
}
