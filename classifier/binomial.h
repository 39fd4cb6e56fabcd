/* SPDX-License-Identifier: Apache-2.0 */
/* Exact (Clopper and Pearson 1934) one-sided bounds of a share, of which WRONG in N were seen. */
#pragma once

#include <glib.h>

/* P(at most K of N), when each is one with probability P. */
double binomial_cdf(guint64 k, guint64 n, double p);
/* The true share is below it with probability LEVEL: 0 of 299 at 0.95 gives 0.00997. N = 0: 1. */
double binomial_upper(guint64 wrong, guint64 n, double level);
/* The true share is above it with probability LEVEL. N = 0: 0. */
double binomial_lower(guint64 wrong, guint64 n, double level);
/* The least N for which none wrong proves a share of at most MAX: 299 for 0.01 at 0.95. */
guint64 binomial_least(double max, double level);
