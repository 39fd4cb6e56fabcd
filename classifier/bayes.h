/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bayes: the two members of the pool that count, learned from a part of a corpus in two sweeps.
 *
 * Features are weighted by w_f = idf_f^a · KL_f^b (weighting.h), where idf_f = ln((N+1)/(df_f+1)) +
 * 1 and KL_f is the divergence of the categories of the texts that have f from the categories of
 * all texts. With t = 1 + ln(count), x = t·w, each block of features (stems and pairs; 4-grams)
 * scaled to length 1 and then both together: MNB, multinomial naive Bayes over stems: s_c = Σ
 * t·ln(N_cf/N_c) / √(1 + Σt), no prior; CNB, complement naive Bayes over x (Rennie et al. 2003):
 * s_c = -Σ x·ln(X_c̄f/X_c̄). N and X are sums over texts, smoothed by 0.1. What is the same for all
 * categories is left out of the rows: an entry is 0 where the category has not seen the feature.
 */
#pragma once

#include "classifier/corpus.h"
#include "classifier/member.h"
#include "classifier/weighting.h"

typedef struct Bayes {
    const Corpus *corpus;
    const gboolean *in; /* the texts to learn from */
    guint n_in;
    guint32 *n_in_of;       /* texts by category; 0: unknown to this one */
    float *weights;         /* w_f; 0: says nothing, or not seen */
    float *scales[2];       /* by text: 1 / length of its block A and B, all texts */
    float *totals[N_BAYES]; /* by category: ln of the sum over all features, smoothed */
    guint32 (
        *known)[N_FEATURE_KINDS]; /* by text: how many of its stems, pairs, 4-grams were seen */
    float *sums[N_BAYES];         /* by text: Σ t of seen stems; Σ x */
} Bayes;

/* Borrows CORPUS and IN (one for each text; texts of no category are never learned from). */
Bayes *bayes_new(const Corpus *corpus, const gboolean *in, const Weighting *weighting);
void bayes_free(Bayes *bayes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bayes, bayes_free)

/* x of feature F, which TEXT has with T. */
static inline float bayes_x(const Bayes *bayes, guint32 text, guint32 f, float t)
{
    return t * bayes->weights[f] * bayes->scales[feature_block(bayes->corpus->keys[f])][text];
}

/* The rows of feature F, one number for each category; MNB's only for stems. */
void bayes_row(const Bayes *bayes, guint32 f, int member, float *row);
/* Scores of the texts that are marked in WANTED, into scores[member][text * n_categories + c]; and
 * into SUPPORT, in the same way, Σ x of the text's features that texts of the category have. */
void bayes_score(const Bayes *bayes, const gboolean *wanted, float *const *scores, float *support);

/* Completes the sum of the rows S of a text: its share of the totals, MNB's scaling. SUM is Σ t for
 * MNB and Σ x for CNB. */
void bayes_finish(int member, const float *totals, float sum, float *s, guint n_categories);
