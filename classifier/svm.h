/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Svm: the member of the pool that separates: one linear support vector machine for each category
 * against all others, with L2 loss and the bias as a feature, on the x of bayes.h.
 *
 * Learned by dual coordinate descent (Hsieh et al. 2008, "A dual coordinate descent method for
 * large-scale linear SVM", algorithm 1), all categories of a text at once. With m = W'x + b, y = ±1
 * and D = 1/(2C): G = y·m - 1 + D·α; α' = max(0, α - G/(|x|² + 1 + D)); W += y(α' - α)x. Weights
 * are stored by feature, so that a text walks through rows of neighbouring numbers.
 */
#pragma once

#include "classifier/bayes.h"

#define SVM_COST 2.0f                  /* C */
#define SVM_RIDGE (1 / (2 * SVM_COST)) /* D */

typedef struct Svm {
    guint n_categories;
    float *weights; /* [feature * n_categories + c] */
    float *bias;    /* by category */
    float *alpha;   /* [text * n_categories + c] */
} Svm;

/* Learns from the texts that BAYES learned from, in at most PASSES visits to each; begins where
 * START ended (NULL: at nothing), without the texts that are not learned from now. */
Svm *svm_new(const Bayes *bayes, const Svm *start, guint passes, guint64 seed);
void svm_free(Svm *svm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Svm, svm_free)

/* The scores of the texts that are marked in WANTED, into scores[text * n_categories + c]. */
void svm_score(const Svm *svm, const Bayes *bayes, const gboolean *wanted, float *scores);
