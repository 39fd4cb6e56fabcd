/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/pool.h"

#include <math.h>
#include <string.h>

#include "classifier/logistic.h"

enum { MEMBERS_MAX = 8 };

void pool_centre(float *s, const guint32 *known, guint n_categories)
{
    double sum = 0;
    float lowest = INFINITY;
    guint n = 0;
    for (guint c = 0; c < n_categories; c++) {
        if (known && !known[c])
            continue;
        sum += s[c];
        lowest = MIN(lowest, s[c]);
        n++;
    }
    float mean = n > 0 ? (float)(sum / n) : 0;
    for (guint c = 0; c < n_categories; c++)
        s[c] = known && !known[c] ? (n > 0 ? lowest - mean : 0) : s[c] - mean;
}

void pool_scores(const float *const *scores, const double *weights, guint n_categories,
                 guint n_members, double *z)
{
    for (guint c = 0; c < n_categories; c++) {
        z[c] = 0;
        for (guint m = 0; m < n_members; m++)
            z[c] += weights[m] * scores[m][c];
    }
}

void pool_softmax(const double *z, guint n_categories, double *p)
{
    double top = -INFINITY, sum = 0;
    for (guint c = 0; c < n_categories; c++)
        top = MAX(top, z[c]);
    for (guint c = 0; c < n_categories; c++)
        sum += p[c] = exp(z[c] - top);
    for (guint c = 0; c < n_categories; c++)
        p[c] /= sum;
}

/* The standard deviation of a member's centred scores. */
static double spread(const float *s, const guint32 *category, gsize n, guint n_categories)
{
    double squares = 0;
    gsize count = 0;
    for (gsize i = 0; i < n; i++) {
        if (category[i] >= n_categories)
            continue;
        for (guint c = 0; c < n_categories; c++)
            squares += (double)s[i * n_categories + c] * s[i * n_categories + c];
        count += n_categories;
    }
    return count > 0 && squares > 0 ? sqrt(squares / count) : 1;
}

/* Gradient and Hessian of the log-loss at the weights. */
static void derive(float *const *scores, const guint32 *category, gsize n, guint n_categories,
                   guint n_members, const double *weights, double *h, double *g)
{
    g_autofree double *p = g_new(double, n_categories);
    for (gsize i = 0; i < n; i++) {
        const float *s[MEMBERS_MAX];
        double mean[MEMBERS_MAX] = {0}, square[MEMBERS_MAX * MEMBERS_MAX] = {0};
        if (category[i] >= n_categories)
            continue;
        for (guint m = 0; m < n_members; m++)
            s[m] = scores[m] + i * n_categories;
        pool_scores(s, weights, n_categories, n_members, p);
        pool_softmax(p, n_categories, p);
        for (guint c = 0; c < n_categories; c++) {
            for (guint m = 0; m < n_members; m++) {
                mean[m] += p[c] * s[m][c];
                for (guint k = 0; k <= m; k++)
                    square[m * n_members + k] += p[c] * s[m][c] * s[k][c];
            }
        }
        for (guint m = 0; m < n_members; m++) {
            g[m] += s[m][category[i]] - mean[m];
            for (guint k = 0; k <= m; k++)
                h[m * n_members + k] += square[m * n_members + k] - mean[m] * mean[k];
        }
    }
}

void pool_fit(float *const *scores, const guint32 *category, gsize n, guint n_categories,
              guint n_members, const double *start, double *weights)
{
    double spreads[MEMBERS_MAX], h[MEMBERS_MAX * MEMBERS_MAX], step[MEMBERS_MAX];
    g_assert(n_members <= MEMBERS_MAX);
    for (guint m = 0; m < n_members; m++) {
        spreads[m] = spread(scores[m], category, n, n_categories);
        weights[m] = start[m] / spreads[m];
    }
    for (int iteration = 0; iteration < 20; iteration++) {
        double change = 0;
        memset(h, 0, sizeof h);
        for (guint m = 0; m < n_members; m++) {
            double stiffness = 6 * spreads[m] * spreads[m];
            step[m] = -stiffness * (weights[m] - start[m] / spreads[m]);
            h[m * n_members + m] = stiffness;
        }
        derive(scores, category, n, n_categories, n_members, weights, h, step);
        if (!solve(h, step, n_members))
            return;
        for (guint m = 0; m < n_members; m++) { /* at most doubled or halved: no overshoot */
            double floor = 1e-3 / spreads[m];
            double next = CLAMP(weights[m] + step[m], weights[m] / 2, weights[m] * 2);
            next = MAX(next, floor);
            change = MAX(change, fabs(next - weights[m]) / weights[m]);
            weights[m] = next;
        }
        if (change < 1e-4)
            return;
    }
}
