/* SPDX-License-Identifier: Apache-2.0 */
/* Logistic regression with few features, by Newton's method. */
#pragma once

#include <glib.h>

#define LOGISTIC_MAX 16 /* features, the constant included */

double logistic(double x); /* 1 / (1 + e^-x) */

/* Fits COEFFICIENTS (D ≤ LOGISTIC_MAX) to N rows X of D features, of which the first is the
 * constant 1, to RIGHT and to the rows' WEIGHTS (NULL: all 1), with a penalty of RIDGE/2 · Σ
 * coefficient² · variance, not for the constant. Always ends with finite numbers. */
void logistic_fit(const double *x, const gboolean *right, const double *weights, gsize n, guint d,
                  double ridge, double *coefficients);

/* Solves H·x = g in place of g; H is symmetric, positive definite, d × d, and is overwritten.
 * FALSE: it is not positive definite. */
gboolean solve(double *h, double *g, guint d);
