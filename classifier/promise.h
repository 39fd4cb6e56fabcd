/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promise: from the outcomes on held-out texts to the thresholds, and to the sentences that say
 * what is missing.
 *
 * A category uses the threshold that is proven on its own mail: the held-out texts that were
 * guessed to be in it. The categories that cannot prove one share one, proven on their mail
 * together; a category whose own mail speaks against the shared one gets none: few texts over it
 * must be proven worse than the maximum, as many as a proof takes need only look worse. No category
 * vouches for another that it is not pooled with, so more mail for one may end the pool that
 * carried the others. Texts of no category count as wrong wherever they come.
 */
#pragma once

#include "classifier/model.h"

typedef struct Guess { /* of a held-out text */
    guint category;
    double confidence;
    gboolean wrong;
} Guess;

typedef struct Promise {
    double *thresholds;     /* by category; THRESHOLD_NEVER: none */
    double coverage, error; /* of the guesses over the thresholds */
    GPtrArray *advice;      /* of char*, owned */
} Promise;

Promise *promise_new(const Guess *guesses, gsize n, char *const *categories, guint n_categories,
                     double max_error);
void promise_free(Promise *promise);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Promise, promise_free)
