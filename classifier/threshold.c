/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/threshold.h"

#include "classifier/binomial.h"

/* Of a large sample. */
static const struct {
    double place; /* share of the texts */
    double risk;  /* share of what may go wrong */
} beginnings[] = {{0, 0.05}, {0.125, 0.1}, {0.2, 0.3}, {0.35, 0.2}, {0.5, 0.35}};

typedef struct Answer {
    double confidence;
    gboolean wrong;
} Answer;

static int compare_answers(gconstpointer a, gconstpointer b, gpointer data)
{
    const Answer *x = a, *y = b;
    (void)data;
    return x->confidence > y->confidence ? -1 : x->confidence < y->confidence;
}

static Threshold walk(const Answer *answers, gsize n, gsize first, double max_error, double level)
{
    Threshold best = {THRESHOLD_NEVER, 0, 0};
    guint64 wrong = 0;
    gsize counted = 0;
    for (gsize step = first; step > 0 && counted < n; step += MAX(step / 20, 1)) {
        gsize end = MIN(step, n);
        while (end < n && answers[end].confidence == answers[end - 1].confidence)
            end++; /* the same confidence is the same answer */
        if (end <= counted)
            continue;
        for (; counted < end; counted++)
            wrong += answers[counted].wrong ? 1 : 0;
        if (!(binomial_upper(wrong, end, level) <= max_error))
            break;
        best = (Threshold){answers[end - 1].confidence, end, wrong};
    }
    return best;
}

Threshold threshold_find(const double *confidence, const gboolean *wrong, gsize n, double max_error)
{
    Threshold best = {THRESHOLD_NEVER, 0, 0};
    const double risk = 1 - THRESHOLD_LEVEL;
    g_autofree Answer *answers = g_new(Answer, MAX(n, 1));
    for (gsize i = 0; i < n; i++)
        answers[i] = (Answer){confidence[i] >= 0 ? confidence[i] : 0, wrong[i]};
    g_qsort_with_data(answers, (int)n, sizeof *answers, compare_answers, NULL);
    if (n / 4 < 2 * binomial_least(max_error, THRESHOLD_LEVEL)) {
        gsize least = (gsize)binomial_least(max_error, THRESHOLD_LEVEL);
        return n >= least ? walk(answers, n, least, max_error, THRESHOLD_LEVEL) : best;
    }
    for (guint k = 0; k < G_N_ELEMENTS(beginnings); k++) {
        double level = 1 - beginnings[k].risk * risk;
        gsize first = (gsize)(beginnings[k].place * (double)n);
        Threshold other =
            walk(answers, n, MAX(first, binomial_least(max_error, level)), max_error, level);
        if (other.over > best.over)
            best = other;
    }
    return best;
}
