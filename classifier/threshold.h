/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threshold: the lowest confidence over which the share of wrong answers is proven to stay under a
 * maximum, by the exact binomial bound on held-out texts.
 *
 * Trying thresholds until one passes would break the proof. So they are tried in an order fixed in
 * advance, strictest first, in steps of a twentieth more texts, and the first that fails ends it
 * (fixed-sequence testing; Angelopoulos et al. 2021, "Learn then test", section 3). It begins where
 * no wrong one at all is just enough; in a large sample again at four places from an eighth to a
 * half of its texts, which share the risk (Bonferroni).
 */
#pragma once

#include <glib.h>

#define THRESHOLD_NEVER 2.0
#define THRESHOLD_LEVEL 0.95 /* how certain the promise is */

typedef struct Threshold {
    double value;  /* THRESHOLD_NEVER: nothing could be proven */
    guint64 over;  /* held-out texts at or over it */
    guint64 wrong; /* of these */
} Threshold;

/* CONFIDENCE and WRONG of N held-out texts. */
Threshold threshold_find(const double *confidence, const gboolean *wrong, gsize n,
                         double max_error);
