/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/logistic.h"

#include <math.h>
#include <string.h>

double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

gboolean solve(double *h, double *g, guint d)
{
    for (guint i = 0; i < d; i++) { /* Cholesky: H = L·L', L in the lower half */
        for (guint j = 0; j <= i; j++) {
            double sum = h[i * d + j];
            for (guint k = 0; k < j; k++)
                sum -= h[i * d + k] * h[j * d + k];
            if (i == j && !(sum > 0))
                return FALSE;
            h[i * d + j] = i == j ? sqrt(sum) : sum / h[j * d + j];
        }
    }
    for (guint i = 0; i < d; i++) {
        for (guint k = 0; k < i; k++)
            g[i] -= h[i * d + k] * g[k];
        g[i] /= h[i * d + i];
    }
    for (guint i = d; i-- > 0;) {
        for (guint k = i + 1; k < d; k++)
            g[i] -= h[k * d + i] * g[k];
        g[i] /= h[i * d + i];
    }
    return TRUE;
}

typedef struct Problem {
    const double *x, *weights;
    const gboolean *right;
    gsize n;
    guint d;
    double penalty[LOGISTIC_MAX];
} Problem;

static double weight_of(const Problem *problem, gsize i)
{
    return problem->weights ? problem->weights[i] : 1;
}

static double margin(const Problem *problem, gsize i, const double *b)
{
    double sum = 0;
    for (guint j = 0; j < problem->d; j++)
        sum += b[j] * problem->x[i * problem->d + j];
    return sum;
}

static double loss(const Problem *problem, const double *b)
{
    double sum = 0;
    for (guint j = 0; j < problem->d; j++)
        sum += 0.5 * problem->penalty[j] * b[j] * b[j];
    for (gsize i = 0; i < problem->n; i++) {
        double m = margin(problem, i, b);
        m = problem->right[i] ? -m : m;
        sum += weight_of(problem, i) * (m > 0 ? m + log1p(exp(-m)) : log1p(exp(m)));
    }
    return sum;
}

static void derive(const Problem *problem, const double *b, double *h, double *g)
{
    guint d = problem->d;
    memset(h, 0, d * d * sizeof *h);
    for (guint j = 0; j < d; j++) {
        g[j] = -problem->penalty[j] * b[j];
        h[j * d + j] = problem->penalty[j] + 1e-9;
    }
    for (gsize i = 0; i < problem->n; i++) {
        const double *x = problem->x + i * d;
        double p = logistic(margin(problem, i, b)), w = weight_of(problem, i);
        for (guint j = 0; j < d; j++) {
            g[j] += w * ((problem->right[i] ? 1 : 0) - p) * x[j];
            for (guint k = 0; k <= j; k++)
                h[j * d + k] += w * p * (1 - p) * x[j] * x[k];
        }
    }
}

/* The penalty of a coefficient is for the feature at unit variance, whatever its scale is. */
static void set_penalties(Problem *problem, double ridge)
{
    for (guint j = 0; j < problem->d; j++) {
        double sum = 0, squares = 0, n = 0;
        for (gsize i = 0; i < problem->n; i++) {
            double w = weight_of(problem, i), x = problem->x[i * problem->d + j];
            n += w;
            sum += w * x;
            squares += w * x * x;
        }
        double variance = n > 0 ? MAX(squares / n - (sum / n) * (sum / n), 0) : 0;
        problem->penalty[j] = j == 0 ? 1e-3 : ridge * MAX(variance, 1e-6);
    }
}

void logistic_fit(const double *x, const gboolean *right, const double *weights, gsize n, guint d,
                  double ridge, double *coefficients)
{
    Problem problem = {x, weights, right, n, d, {0}};
    double h[LOGISTIC_MAX * LOGISTIC_MAX], step[LOGISTIC_MAX], next[LOGISTIC_MAX];
    g_assert(d <= LOGISTIC_MAX);
    set_penalties(&problem, ridge);
    memset(coefficients, 0, d * sizeof *coefficients);
    double before = loss(&problem, coefficients);
    for (int iteration = 0; iteration < 50; iteration++) {
        derive(&problem, coefficients, h, step);
        if (!solve(h, step, d))
            return;
        double after = before;
        for (double length = 1; length > 1e-4; length /= 2) {
            for (guint j = 0; j < d; j++)
                next[j] = coefficients[j] + length * step[j];
            after = loss(&problem, next);
            if (after <= before)
                break;
        }
        if (!(after <= before))
            return;
        memcpy(coefficients, next, d * sizeof *next);
        if (before - after < 1e-9 * (1 + before))
            return;
        before = after;
    }
}
