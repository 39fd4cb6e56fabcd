/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/confidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "classifier/logistic.h"
#include "classifier/member.h"

#define ENOUGH_KNOWN 0.5 /* share of a text's words */
#define LOWEST 0.3       /* share of the known texts that may look foreign */
#define RIDGE 3          /* of the regression */
#define FALL 5           /* of the log-odds, for each standard deviation under the bar */

/* The signals of a text that looks familiar, and their sign. A handful of texts that are all alike
 * must not make every other one foreign: they vary by LEAST at the least. */
static const struct {
    Signal signal;
    int sign;
    double least;
} familiar[] = {{SIGNAL_TOP, 1, 0.5},
                {SIGNAL_SVM, 1, 0.1},
                {SIGNAL_SUPPORT, 1, 0.02},
                {SIGNAL_ENTROPY, -1, 0.05},
                {SIGNAL_UNKNOWN_GRAMS, -1, 0.02}};

static guint argmax(const float *s, guint n)
{
    guint best = 0;
    for (guint c = 1; c < n; c++)
        if (s[c] > s[best])
            best = c;
    return best;
}

/* By how much S of the winner is over the best other. */
static double lead(const float *s, guint winner, guint n)
{
    double best = -INFINITY;
    for (guint c = 0; c < n; c++)
        if (c != winner)
            best = MAX(best, s[c]);
    return n > 1 ? s[winner] - best : 0;
}

static double unknown(const Evidence *evidence, FeatureKind kind)
{
    return evidence->all[kind] > 0 ? 1 - (double)evidence->known[kind] / evidence->all[kind] : 1;
}

void confidence_signals(const Evidence *evidence, Signals *signals)
{
    guint n = evidence->n_categories, winner = 0;
    const double *z = evidence->z, *p = evidence->p;
    double second = -INFINITY, rest = 0, entropy = 0, agree = 0;
    for (guint c = 1; c < n; c++)
        if (z[c] > z[winner])
            winner = c;
    for (guint c = 0; c < n; c++) {
        entropy -= p[c] > 1e-12 ? p[c] * log(p[c]) : 0;
        if (c == winner)
            continue;
        second = MAX(second, z[c]);
        rest += p[c];
    }
    for (guint m = 0; m < N_MEMBERS; m++)
        agree += argmax(evidence->scores[m], n) == winner;
    signals->winner = winner;
    double *v = signals->values;
    v[SIGNAL_CONSTANT] = 1;
    v[SIGNAL_LOG_ODDS] = log(MAX(p[winner], 1e-12)) - log(MAX(rest, 1e-12));
    v[SIGNAL_MARGIN] = n > 1 ? z[winner] - second : 0;
    v[SIGNAL_TOP] = z[winner];
    v[SIGNAL_ENTROPY] = entropy;
    v[SIGNAL_AGREE] = agree / N_MEMBERS;
    v[SIGNAL_MNB] = evidence->scores[MEMBER_MNB][winner];
    v[SIGNAL_CNB] = evidence->scores[MEMBER_CNB][winner];
    v[SIGNAL_SVM] = evidence->scores[MEMBER_SVM][winner];
    v[SIGNAL_SVM_LEAD] = lead(evidence->scores[MEMBER_SVM], winner, n);
    double sum = evidence->sum > 0 ? evidence->sum : 1;
    v[SIGNAL_SUPPORT] = evidence->support[winner] / sum;
    v[SIGNAL_SUPPORT_LEAD] = lead(evidence->support, winner, n) / sum;
    v[SIGNAL_UNKNOWN] = unknown(evidence, FEATURE_STEM);
    v[SIGNAL_UNKNOWN_GRAMS] = unknown(evidence, FEATURE_GRAM);
    v[SIGNAL_LENGTH] = log1p(evidence->known[FEATURE_STEM]);
}

static double linear(const Confidence *confidence, const Signals *signals)
{
    double sum = 0;
    for (guint j = 0; j < N_SIGNALS; j++)
        sum += confidence->coefficients[j] * signals->values[j];
    return sum;
}

double confidence_looks(const Confidence *confidence, const Signals *signals)
{
    double sum = 0;
    for (guint k = 0; k < G_N_ELEMENTS(familiar); k++) {
        Signal j = familiar[k].signal;
        double spread = MAX(confidence->spread[j], familiar[k].least);
        sum += familiar[k].sign * (signals->values[j] - confidence->mean[j]) / spread;
    }
    return sum / G_N_ELEMENTS(familiar);
}

static double sunken(const Confidence *confidence, const Signals *signals)
{
    double under = confidence_looks(confidence, signals) - confidence->bar;
    return linear(confidence, signals) + FALL * MIN(under, 0);
}

static int compare_doubles(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Mean and spread of the signals, and the bar, of the texts that belong to a category. */
static void measure_own(const Outcome *outcomes, gsize n, Confidence *confidence)
{
    gsize own = 0;
    memset(confidence->mean, 0, sizeof confidence->mean);
    memset(confidence->spread, 0, sizeof confidence->spread);
    for (gsize i = 0; i < n; i++) {
        own += outcomes[i].own ? 1 : 0;
        for (guint j = 0; j < N_SIGNALS && outcomes[i].own; j++) {
            double v = outcomes[i].signals.values[j], change = v - confidence->mean[j];
            confidence->mean[j] += change / (double)own;
            confidence->spread[j] += change * (v - confidence->mean[j]);
        }
    }
    for (guint j = 0; j < N_SIGNALS; j++) {
        double variance = own > 0 ? confidence->spread[j] / (double)own : 0;
        confidence->spread[j] = variance > 1e-12 ? sqrt(variance) : 1;
    }
    g_autofree double *looks = g_new(double, MAX(own, 1));
    own = 0;
    for (gsize i = 0; i < n; i++)
        if (outcomes[i].own)
            looks[own++] = confidence_looks(confidence, &outcomes[i].signals);
    qsort(looks, own, sizeof *looks, compare_doubles);
    confidence->bar = own > 0 ? looks[(gsize)(LOWEST * (double)own)] : 0;
}

void confidence_fit(const Outcome *outcomes, gsize n, Confidence *confidence)
{
    g_autofree double *x = g_new(double, MAX(n, 1) * N_SIGNALS);
    g_autofree gboolean *right = g_new(gboolean, MAX(n, 1));
    for (gsize i = 0; i < n; i++) {
        memcpy(x + i * N_SIGNALS, outcomes[i].signals.values, sizeof outcomes[i].signals.values);
        right[i] = outcomes[i].right;
    }
    logistic_fit(x, right, NULL, n, N_SIGNALS, RIDGE, confidence->coefficients);
    measure_own(outcomes, n, confidence);
    for (gsize i = 0; i < n; i++) {
        x[2 * i] = 1;
        x[2 * i + 1] = sunken(confidence, &outcomes[i].signals);
    }
    logistic_fit(x, right, NULL, n, 2, 0.1, confidence->level);
}

double confidence_probability(const Confidence *confidence, const Signals *signals)
{
    double p = logistic(confidence->level[0] + confidence->level[1] * sunken(confidence, signals));
    double known = 1 - signals->values[SIGNAL_UNKNOWN];
    if (known < ENOUGH_KNOWN)
        p = MIN(p, known);
    return isnan(p) ? 0 : p;
}
