/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/binomial.h"

#include <math.h>

/* The continued fraction of the incomplete beta function, by Lentz's method. */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double result = d;
    for (int m = 1; m < 5000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        const double steps[] = {even, odd};
        double change = 1;
        for (int i = 0; i < 2; i++) {
            d = 1 + steps[i] * d;
            c = 1 + steps[i] / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            change = c * d;
            result *= change;
        }
        if (fabs(change - 1) < 1e-14)
            break;
    }
    return result;
}

/* The regularised incomplete beta function I_x(a, b). */
static double incomplete_beta(double a, double b, double x)
{
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double binomial_cdf(guint64 k, guint64 n, double p)
{
    if (k >= n)
        return 1;
    return incomplete_beta((double)(n - k), (double)k + 1, 1 - p);
}

double binomial_upper(guint64 wrong, guint64 n, double level)
{
    double low = 0, high = 1;
    if (wrong >= n)
        return 1;
    for (int i = 0; i < 60; i++) {
        double p = (low + high) / 2;
        if (binomial_cdf(wrong, n, p) > 1 - level)
            low = p;
        else
            high = p;
    }
    return high;
}

double binomial_lower(guint64 wrong, guint64 n, double level)
{
    if (wrong == 0 || n == 0)
        return 0;
    return 1 - binomial_upper(n - wrong, n, level);
}

guint64 binomial_least(double max, double level)
{
    if (max >= 1)
        return 1;
    if (!(max > 0))
        return G_MAXUINT32;
    double n = ceil(log1p(-level) / log1p(-max) - 1e-9);
    return n < G_MAXUINT32 ? (guint64)MAX(n, 1) : G_MAXUINT32;
}
