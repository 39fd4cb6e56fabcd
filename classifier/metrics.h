/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metrics: how good guesses are. Categories are numbers; a truth that is no category of the model
 * (mail out of scope) is METRICS_NONE, which no guess equals. N = 0 gives 0 everywhere.
 */
#pragma once

#include <glib.h>

#define METRICS_NONE G_MAXUINT

/* The share of guesses that are the truth. */
double metrics_accuracy(const guint *truth, const guint *guess, gsize n);
/* The mean over the categories of the harmonic mean of precision and recall. A category that is
 * neither a truth nor a guess does not count; a METRICS_NONE counts only as a wrong guess. */
double metrics_macro_f1(const guint *truth, const guint *guess, gsize n, guint n_categories);
/* Expected calibration error (Naeini et al. 2015): over 15 bins of equal width, the mean distance
 * of the probability from the share that was right, weighted by size. */
double metrics_ece(const double *probability, const gboolean *right, gsize n);
/* The probability that a positive has a higher score than a negative, ties counting half (area
 * under the ROC curve). Without positives or without negatives: 0.5. */
double metrics_auroc(const double *score, const gboolean *positive, gsize n);
