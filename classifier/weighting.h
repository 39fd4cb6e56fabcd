/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Weighting: how steeply features are weighted, w_f = idf_f^a · KL_f^b (bayes.h). Short requests in
 * many categories want it flat, long letters in a few categories steep; no one choice is best for
 * all. So a few are tried on held-out texts, and the best one is taken.
 */
#pragma once

#include "classifier/corpus.h"

typedef struct Weighting {
    double idf, kl; /* the exponents a and b */
} Weighting;

extern const Weighting weighting_default; /* ½ and ½ */

/* The one by which the member that separates guesses held-out texts best; of large corpora a part
 * is looked at. */
Weighting weighting_choose(const Corpus *corpus, guint folds);
