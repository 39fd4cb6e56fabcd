/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/held_out.h"

#include "classifier/pool.h"

static HeldOut *held_out_new(const Corpus *corpus)
{
    HeldOut *held_out = g_new0(HeldOut, 1);
    gsize n = MAX(corpus->n_texts, 1);
    held_out->fold = g_new0(guint, n);
    held_out->known = g_new0(guint32, n);
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
    g_free(held_out->fold);
    g_free(held_out->known);
    g_free(held_out);
}

/* Scores every text of fold K by members that learned the texts of the other folds. */
static void score_fold(const Corpus *corpus, HeldOut *held_out, guint k)
{
    guint n = corpus->n_texts;
    g_autofree gboolean *in = g_new(gboolean, MAX(n, 1));
    g_autofree gboolean *wanted = g_new(gboolean, MAX(n, 1));
    for (guint i = 0; i < n; i++) {
        wanted[i] = held_out->fold[i] == k;
        in[i] = !wanted[i] && corpus->category[i] != CORPUS_NONE;
    }
    g_autoptr(Bayes) bayes = bayes_new(corpus, in);
    bayes_score(bayes, wanted, held_out->scores);
    for (guint i = 0; i < n; i++) {
        if (!wanted[i])
            continue;
        held_out->known[i] = bayes->known[i];
        for (int m = 0; m < N_MEMBERS; m++)
            pool_centre(held_out->scores[m] + (gsize)i * corpus->n_categories, bayes->n_in_of,
                        corpus->n_categories);
    }
}

HeldOut *held_out_folds(const Corpus *corpus, guint folds)
{
    HeldOut *held_out = held_out_new(corpus);
    for (guint i = 0; i < corpus->n_texts; i++) {
        guint32 size = corpus->n_texts_of[MIN(corpus->category[i], corpus->n_categories)];
        held_out->fold[i] = (guint)((guint64)corpus->place[i] * folds / size);
    }
    for (guint k = 0; k < folds; k++)
        score_fold(corpus, held_out, k);
    return held_out;
}

HeldOut *held_out_categories(const Corpus *corpus)
{
    guint groups = MIN(corpus->n_categories, 5);
    if (corpus->n_categories < 3)
        return NULL;
    HeldOut *held_out = held_out_new(corpus);
    for (guint i = 0; i < corpus->n_texts; i++)
        held_out->fold[i] =
            corpus->category[i] == CORPUS_NONE ? groups : corpus->category[i] % groups;
    for (guint k = 0; k < groups; k++)
        score_fold(corpus, held_out, k);
    return held_out;
}
