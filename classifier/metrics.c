/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/metrics.h"

#include <math.h>

enum { BINS = 15 };

double metrics_accuracy(const guint *truth, const guint *guess, gsize n)
{
    gsize right = 0;
    for (gsize i = 0; i < n; i++)
        right += truth[i] == guess[i];
    return n > 0 ? (double)right / n : 0;
}

double metrics_macro_f1(const guint *truth, const guint *guess, gsize n, guint n_categories)
{
    g_autofree gsize *right = g_new0(gsize, (gsize)n_categories + 1);
    g_autofree gsize *seen = g_new0(gsize, (gsize)n_categories + 1); /* truths and guesses */
    double sum = 0;
    guint used = 0;
    for (gsize i = 0; i < n; i++) {
        right[MIN(truth[i], n_categories)] += truth[i] == guess[i];
        seen[MIN(truth[i], n_categories)]++;
        seen[MIN(guess[i], n_categories)]++;
    }
    for (guint c = 0; c < n_categories; c++) {
        if (seen[c] == 0)
            continue;
        sum += 2.0 * right[c] / seen[c];
        used++;
    }
    return used > 0 ? sum / used : 0;
}

double metrics_ece(const double *probability, const gboolean *right, gsize n)
{
    double gap[BINS] = {0}, sum = 0;
    for (gsize i = 0; i < n; i++) {
        double p = probability[i] >= 0 ? MIN(probability[i], 1) : 0; /* NaN too is unsure */
        guint bin = MIN((guint)(p * BINS), BINS - 1);
        gap[bin] += p - (right[i] ? 1 : 0);
    }
    for (guint bin = 0; bin < BINS; bin++)
        sum += fabs(gap[bin]);
    return n > 0 ? sum / n : 0;
}

typedef struct Scored {
    double score;
    gboolean positive;
} Scored;

static int compare_scores(gconstpointer a, gconstpointer b, gpointer data)
{
    const Scored *x = a, *y = b;
    (void)data;
    return x->score < y->score ? -1 : x->score > y->score;
}

double metrics_auroc(const double *score, const gboolean *positive, gsize n)
{
    g_autofree Scored *sorted = g_new(Scored, MAX(n, 1));
    double wins = 0, positives = 0, negatives = 0;
    for (gsize i = 0; i < n; i++)
        sorted[i] = (Scored){isnan(score[i]) ? -INFINITY : score[i], positive[i]};
    g_qsort_with_data(sorted, (int)n, sizeof *sorted, compare_scores, NULL);
    for (gsize i = 0, end; i < n; i = end) {
        double tied[2] = {0, 0};
        for (end = i; end < n && sorted[end].score == sorted[i].score; end++)
            tied[sorted[end].positive ? 1 : 0]++;
        wins += tied[1] * (negatives + tied[0] / 2);
        positives += tied[1];
        negatives += tied[0];
    }
    return positives > 0 && negatives > 0 ? wins / (positives * negatives) : n > 0 ? 0.5 : 0;
}
