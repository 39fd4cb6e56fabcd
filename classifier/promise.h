/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promise: from the outcomes on held-out texts to the thresholds, and to the sentences that say
 * what is missing.
 *
 * One threshold is proven on all categories together, and one for each category on the held-out
 * texts that were guessed to be in it, as far as there are enough. The lower of the two counts; the
 * shared one does not for a category whose texts over it are proven worse than the maximum. Texts
 * of no category count as wrong wherever they come.
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
