/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/confidence.h"

#include <math.h>
#include <string.h>

#include "classifier/logistic.h"

#define ENOUGH_KNOWN 0.5 /* share of a text's words */

static guint argmax(const float *s, guint n)
{
    guint best = 0;
    for (guint c = 1; c < n; c++)
        if (s[c] > s[best])
            best = c;
    return best;
}

void confidence_signals(const float *const *scores, guint n_members, const double *z,
                        const double *p, guint n_categories, guint words, guint known,
                        Signals *signals)
{
    guint winner = 0;
    double second = -INFINITY, rest = 0, agree = 0;
    for (guint c = 1; c < n_categories; c++)
        if (z[c] > z[winner])
            winner = c;
    for (guint c = 0; c < n_categories; c++) {
        if (c == winner)
            continue;
        second = MAX(second, z[c]);
        rest += p[c];
    }
    for (guint m = 0; m < n_members; m++)
        agree += argmax(scores[m], n_categories) == winner;
    signals->winner = winner;
    double *v = signals->values;
    v[SIGNAL_CONSTANT] = 1;
    v[SIGNAL_LOG_ODDS] = log(MAX(p[winner], 1e-12)) - log(MAX(rest, 1e-12));
    v[SIGNAL_MARGIN] = n_categories > 1 ? z[winner] - second : 0;
    v[SIGNAL_TOP] = z[winner];
    v[SIGNAL_UNKNOWN] = words > 0 ? 1 - (double)known / words : 1;
    v[SIGNAL_LENGTH] = log1p(known);
    v[SIGNAL_AGREE] = agree / n_members;
}

static double linear(const double *coefficients, const Signals *signals)
{
    double sum = 0;
    for (guint j = 0; j < N_SIGNALS; j++)
        sum += coefficients[j] * signals->values[j];
    return sum;
}

void confidence_fit(const Outcome *outcomes, gsize n, double *coefficients)
{
    g_autofree double *x = g_new(double, MAX(n, 1) * N_SIGNALS);
    g_autofree double *weights = g_new(double, MAX(n, 1));
    g_autofree gboolean *right = g_new(gboolean, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        memcpy(x + i * N_SIGNALS, outcomes[i].signals.values, sizeof outcomes[i].signals.values);
        weights[i] = outcomes[i].weight + outcomes[i].foreign;
        right[i] = outcomes[i].right;
    }
    logistic_fit(x, right, weights, n, N_SIGNALS, 1, coefficients);

    double level[2]; /* constant and scale */
    for (gsize i = 0; i < n; i++) {
        x[2 * i] = 1;
        x[2 * i + 1] = linear(coefficients, &outcomes[i].signals);
        weights[i] = outcomes[i].weight;
    }
    logistic_fit(x, right, weights, n, 2, 0.1, level);
    for (guint j = 0; j < N_SIGNALS; j++)
        coefficients[j] *= level[1];
    coefficients[SIGNAL_CONSTANT] += level[0];
}

double confidence_probability(const double *coefficients, const Signals *signals)
{
    double p = logistic(linear(coefficients, signals));
    double known = 1 - signals->values[SIGNAL_UNKNOWN];
    if (known < ENOUGH_KNOWN)
        p = MIN(p, known);
    return isnan(p) ? 0 : p;
}
