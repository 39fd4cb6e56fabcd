/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promise: from the outcomes on held-out texts to the thresholds, and to the sentences that say
 * what is missing.
 *
 * All categories share one threshold, proven on their mail together (threshold.h), if three
 * held-out texts of their own were rightly over it; a category whose own mail speaks against it
 * (few texts over it must be proven worse than the maximum; three wrong ones that are twice too
 * many, or as many texts as a proof takes, need only look worse) uses a stricter one that its own
 * mail proves, or none. A category with a maximum of its own is proven on its own mail alone. Texts
 * of no category count as wrong wherever they come.
 *
 * Time: if the newest block of texts was guessed significantly worse than those that had learned
 * texts before and after them (two proportions, one-sided, 95 %), mail is changing and will go on
 * to: then the proof is for two thirds of the error, and the newest block by itself must look no
 * worse than the maximum.
 *
 * Copies of one text are one witness; the caller leaves out the others. No threshold is under ½,
 * however faultless the held-out texts were; with two categories none is under 0.9.
 *
 * Foreign mail: the threshold also turns away 82 of 100 texts whose category was hidden from
 * training; without that, mail that belongs nowhere would be an easy prey of lax maxima.
 */
#pragma once

#include "classifier/model.h"

typedef struct Guess { /* of a held-out text */
    guint category;
    double confidence;
    gboolean wrong;
    gboolean own; /* it belongs to one of the categories */
    guint block;  /* of the held-out texts, in order of arrival */
    guint32 text;
} Guess;

typedef struct PromiseTask {
    const Guess *guesses;
    gsize n;
    const double *foreign; /* confidences of texts whose category was hidden */
    gsize n_foreign;
    char *const *categories;
    guint n_categories;
    guint n_blocks;
    double max_error;         /* of all categories together … */
    const ModelLimit *limits; /* … without those that have one of their own */
    guint n_limits;
} PromiseTask;

typedef struct Promise {
    double *thresholds; /* by category; THRESHOLD_NEVER: none */
    double *max_errors; /* by category */
    gboolean drifting;
    double coverage, error; /* of the guesses over the thresholds */
    GPtrArray *advice;      /* of char*, owned */
} Promise;

Promise *promise_new(const PromiseTask *task);
void promise_free(Promise *promise);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Promise, promise_free)
