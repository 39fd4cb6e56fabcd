/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/held_out.h"

#include <string.h>

#include "classifier/pool.h"

/* Visits of the member that separates, which begins where the one that learned all texts ended: as
 * good as thirty from the beginning. */
#define PASSES 5
#define THREADS 2

static HeldOut *held_out_new(const Corpus *corpus)
{
    HeldOut *held_out = g_new0(HeldOut, 1);
    gsize n = MAX(corpus->n_texts, 1);
    held_out->fold = g_new0(guint, n);
    held_out->known = g_malloc0_n(n, sizeof *held_out->known);
    held_out->sum = g_new0(float, n);
    held_out->support = g_new0(float, n *MAX(corpus->n_categories, 1));
    for (int m = 0; m < N_MEMBERS; m++)
        held_out->scores[m] = g_new0(float, n *MAX(corpus->n_categories, 1));
    return held_out;
}

void held_out_free(HeldOut *held_out)
{
    if (!held_out)
        return;
    for (int m = 0; m < N_MEMBERS; m++)
        g_free(held_out->scores[m]);
    g_free(held_out->support);
    g_free(held_out->sum);
    g_free(held_out->fold);
    g_free(held_out->known);
    g_free(held_out);
}

typedef struct Work {
    const Corpus *corpus;
    const Svm *all;
    const Weighting *weighting;
    HeldOut *held_out;
} Work;

/* Scores every text of fold K - 1 by members that learned the texts of the other folds. */
static void score_fold(gpointer data, gpointer user_data)
{
    const Work *work = user_data;
    const Corpus *corpus = work->corpus;
    HeldOut *held_out = work->held_out;
    guint n = corpus->n_texts, k = GPOINTER_TO_UINT(data) - 1;
    g_autofree gboolean *in = g_new(gboolean, MAX(n, 1));
    g_autofree gboolean *wanted = g_new(gboolean, MAX(n, 1));
    for (guint i = 0; i < n; i++) {
        wanted[i] = held_out->fold[i] == k;
        in[i] = !wanted[i] && corpus->category[i] != CORPUS_NONE;
    }
    g_autoptr(Bayes) bayes = bayes_new(corpus, in, work->weighting);
    bayes_score(bayes, wanted, held_out->scores, held_out->support);
    g_autoptr(Svm) svm = svm_new(bayes, work->all, PASSES, k + 1);
    svm_score(svm, bayes, wanted, held_out->scores[MEMBER_SVM]);
    for (guint i = 0; i < n; i++) {
        if (!wanted[i])
            continue;
        memcpy(held_out->known[i], bayes->known[i], sizeof bayes->known[i]);
        held_out->sum[i] = bayes->sums[MEMBER_CNB][i];
        for (int m = 0; m < N_MEMBERS; m++)
            pool_centre(held_out->scores[m] + (gsize)i * corpus->n_categories, bayes->n_in_of,
                        corpus->n_categories);
    }
}

void held_out_jobs(GFunc job, gpointer data, guint n)
{
    GThreadPool *threads = g_thread_pool_new(job, data, THREADS, FALSE, NULL);
    for (guint k = 1; k <= n; k++)
        g_thread_pool_push(threads, GUINT_TO_POINTER(k), NULL);
    g_thread_pool_free(threads, FALSE, TRUE);
}

static void score_folds(const Corpus *corpus, const Svm *all, const Weighting *weighting,
                        HeldOut *held_out, guint folds)
{
    Work work = {corpus, all, weighting, held_out};
    held_out_jobs(score_fold, &work, folds);
}

guint held_out_block(const Corpus *corpus, guint text, guint folds)
{
    guint32 size = corpus->n_texts_of[MIN(corpus->category[text], corpus->n_categories)];
    if (corpus->example[text])
        return folds;
    guint64 younger = size - 1 - corpus->place[text]; /* a small category too has a newest one */
    return folds - 1 - (guint)(younger * folds / size);
}

HeldOut *held_out_folds(const Corpus *corpus, const Svm *all, const Weighting *weighting,
                        guint folds)
{
    HeldOut *held_out = held_out_new(corpus);
    for (guint i = 0; i < corpus->n_texts; i++)
        held_out->fold[i] = held_out_block(corpus, i, folds);
    score_folds(corpus, all, weighting, held_out, folds);
    return held_out;
}

HeldOut *held_out_categories(const Corpus *corpus, const Svm *all, const Weighting *weighting)
{
    guint groups = MIN(corpus->n_categories, 5);
    if (corpus->n_categories < 3)
        return NULL;
    HeldOut *held_out = held_out_new(corpus);
    for (guint i = 0; i < corpus->n_texts; i++)
        held_out->fold[i] =
            corpus->category[i] == CORPUS_NONE ? groups : corpus->category[i] % groups;
    score_folds(corpus, all, weighting, held_out, groups);
    return held_out;
}
