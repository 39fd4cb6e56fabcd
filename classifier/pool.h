/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pool: one score for each category out of the scores of several members. Each member is centred
 * over the categories; z_c = Σ_m weight_m · s_mc, and softmax(z) are the probabilities.
 */
#pragma once

#include <glib.h>

/* Subtracts the mean of the categories that were learned (KNOWN[c] > 0; NULL: all); the others get
 * the lowest score of all. */
void pool_centre(float *s, const guint32 *known, guint n_categories);

/* Learns the weights of N_MEMBERS from centred scores[member][text * n_categories + c] of texts
 * that the members had not seen; categories ≥ n_categories (texts of none) are left out. The
 * weights are ≥ 0 and minimise the log-loss + 3 · Σ (weight·spread - START)². */
void pool_fit(float *const *scores, const guint32 *category, gsize n, guint n_categories,
              guint n_members, const double *start, double *weights);

/* z of one text, from its centred scores[member][c]. */
void pool_scores(const float *const *scores, const double *weights, guint n_categories,
                 guint n_members, double *z);
/* P may be Z. */
void pool_softmax(const double *z, guint n_categories, double *p);
