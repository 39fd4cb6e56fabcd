/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/promise.h"

#include "classifier/binomial.h"
#include "classifier/threshold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRIFTING 0.65     /* of the error is promised while mail changes */
#define LEAST 0.5         /* threshold */
#define LEAST_OF_TWO 0.9  /* without a third category, nothing can be hidden */
#define WITNESSES 3       /* of its own mail, before a category uses the shared threshold */
#define FOREIGN_MOST 0.18 /* of the texts of hidden categories */

/* The guesses of one category, or of several together. */
typedef struct Sample {
    GArray *confidence; /* of double */
    GArray *wrong;      /* of gboolean */
    GArray *newest;     /* of gboolean */
} Sample;

static Sample *samples_new(guint n)
{
    Sample *samples = g_new(Sample, n);
    for (guint i = 0; i < n; i++) {
        samples[i].confidence = g_array_new(FALSE, FALSE, sizeof(double));
        samples[i].wrong = g_array_new(FALSE, FALSE, sizeof(gboolean));
        samples[i].newest = g_array_new(FALSE, FALSE, sizeof(gboolean));
    }
    return samples;
}

static void samples_free(Sample *samples, guint n)
{
    for (guint i = 0; i < n; i++) {
        g_array_unref(samples[i].confidence);
        g_array_unref(samples[i].wrong);
        g_array_unref(samples[i].newest);
    }
    g_free(samples);
}

static void sample_add(Sample *sample, const Guess *guess, gboolean newest)
{
    g_array_append_val(sample->confidence, guess->confidence);
    g_array_append_val(sample->wrong, guess->wrong);
    g_array_append_val(sample->newest, newest);
}

/* How many guesses are over the threshold, and how many of them are wrong; of the newest alone? */
static Threshold count(const Sample *sample, double threshold, gboolean newest)
{
    Threshold result = {threshold, 0, 0};
    for (guint i = 0; i < sample->wrong->len; i++) {
        if (g_array_index(sample->confidence, double, i) < threshold ||
            (newest && !g_array_index(sample->newest, gboolean, i)))
            continue;
        result.over++;
        result.wrong += g_array_index(sample->wrong, gboolean, i) ? 1 : 0;
    }
    return result;
}

/* Raises the threshold until the newest texts over it look no worse than MAX_ERROR. */
static Threshold suit_newest(const Sample *sample, Threshold proven, double max_error)
{
    const double *confidence = (const double *)(gpointer)sample->confidence->data;
    for (;;) {
        Threshold newest = count(sample, proven.value, TRUE);
        if ((double)newest.wrong <= max_error * (double)newest.over)
            return count(sample, proven.value, FALSE);
        double next = INFINITY; /* over the least sure wrong one */
        double wrong = INFINITY;
        for (guint i = 0; i < sample->wrong->len; i++)
            if (confidence[i] >= proven.value && g_array_index(sample->newest, gboolean, i) &&
                g_array_index(sample->wrong, gboolean, i))
                wrong = MIN(wrong, confidence[i]);
        for (guint i = 0; i < sample->wrong->len; i++)
            if (confidence[i] > wrong)
                next = MIN(next, confidence[i]);
        if (isinf(next))
            return (Threshold){THRESHOLD_NEVER, 0, 0};
        proven.value = next;
    }
}

/* LEAST: no threshold is lower. */
static Threshold prove(const Sample *sample, double max_error, double least, gboolean drifting)
{
    Threshold proven =
        threshold_find((const double *)(gpointer)sample->confidence->data,
                       (const gboolean *)(gpointer)sample->wrong->data, sample->wrong->len,
                       drifting ? DRIFTING * max_error : max_error);
    if (proven.value >= THRESHOLD_NEVER)
        return proven;
    if (proven.value < least)
        proven = count(sample, least, FALSE);
    if (drifting)
        proven = suit_newest(sample, proven, max_error);
    /* A raised threshold was not among those that were tried: at least it must not look worse. */
    gboolean stands = proven.over > 0 && (double)proven.wrong <= max_error * (double)proven.over;
    return stands ? proven : (Threshold){THRESHOLD_NEVER, 0, 0};
}

/* Few mails must be proven worse than MAX_ERROR; three wrong ones that are twice too many, or as
 * many mails as a proof takes, need only look worse. */
static gboolean speaks_against(Threshold seen, double max_error)
{
    double allowed = max_error * (double)seen.over;
    gboolean many = seen.over >= binomial_least(max_error, THRESHOLD_LEVEL);
    return binomial_lower(seen.wrong, seen.over, THRESHOLD_LEVEL) > max_error ||
           (many && (double)seen.wrong > allowed) ||
           (seen.wrong >= 3 && (double)seen.wrong > 2 * allowed);
}

static void advise(Promise *promise, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void advise(Promise *promise, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(promise->advice, g_strdup_vprintf(format, args));
    va_end(args);
}

/* SAMPLE: the mail of WHO, which proves no threshold. */
static void advise_none(Promise *promise, const char *who, const Sample *sample, double max_error)
{
    double aim = promise->drifting ? DRIFTING * max_error : max_error;
    guint64 least = binomial_least(aim, THRESHOLD_LEVEL);
    guint n = sample->wrong->len;
    if (!(max_error > 0))
        advise(promise, "%s: no number of mails proves an error of 0 %%", who);
    else if (n < least)
        advise(promise,
               "%s: %u held-out mails, at least %" G_GUINT64_FORMAT
               " without a mistake are needed for %g %%",
               who, n, least, 100 * max_error);
    else
        advise(promise,
               "%s: %" G_GUINT64_FORMAT
               " of %u held-out mails were guessed wrong, and some of the surest; "
               "it takes %" G_GUINT64_FORMAT
               " without a mistake for %g %%: label more mail, and look for wrong labels and for "
               "categories that overlap",
               who, count(sample, 0, FALSE).wrong, n, least, 100 * max_error);
}

static void advise_category(Promise *promise, const char *name, Threshold seen, double max_error)
{
    advise(promise,
           "%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
           " held-out mails over the threshold were guessed wrong, more than %g %%; look for wrong "
           "labels and for categories that overlap; it takes about %" G_GUINT64_FORMAT
           " without a mistake",
           name, seen.wrong, seen.over, 100 * max_error,
           binomial_least(max_error, THRESHOLD_LEVEL));
}

/* Is the newest block worse than the others, and does it not only look so? */
static gboolean is_drifting(Promise *promise, const PromiseTask *task)
{
    double n[2] = {0, 0}, wrong[2] = {0, 0};
    for (gsize i = 0; i < task->n; i++) {
        const Guess *guess = &task->guesses[i];
        gboolean newest = guess->block == task->n_blocks - 1;
        if (!guess->own || (guess->block == 0 && task->n_blocks > 2))
            continue;
        n[newest ? 1 : 0]++;
        wrong[newest ? 1 : 0] += guess->wrong ? 1 : 0;
    }
    if (n[0] < 1 || n[1] < 1)
        return FALSE;
    double all = (wrong[0] + wrong[1]) / (n[0] + n[1]);
    double difference = wrong[1] / n[1] - wrong[0] / n[0];
    double z = difference / sqrt(MAX(all * (1 - all), 1e-12) * (1 / n[0] + 1 / n[1]));
    if (!(z > 1.645)) /* 95 %, one-sided */
        return FALSE;
    advise(promise,
           "mail is changing: of the newest %.0f held-out mails %.1f %% were guessed wrong, of the "
           "others %.1f %%; so the thresholds are proven for two thirds of the error",
           n[1], 100 * wrong[1] / n[1], 100 * wrong[0] / n[0]);
    return TRUE;
}

static int compare_falling(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x > y ? -1 : x < y;
}

/* The threshold that turns away enough of the foreign texts. */
static double against_foreign(const PromiseTask *task)
{
    gsize most = (gsize)(FOREIGN_MOST * (double)task->n_foreign);
    if (task->n_foreign == 0)
        return 0;
    g_autofree double *sorted = g_memdup2(task->foreign, task->n_foreign * sizeof(double));
    qsort(sorted, task->n_foreign, sizeof *sorted, compare_falling);
    return nextafter(sorted[most], 1);
}

/* *MAX_ERROR: what holds for the category. TRUE: it is its own. */
static gboolean limit_of(const PromiseTask *task, guint category, double *max_error)
{
    *max_error = task->max_error;
    for (guint i = 0; i < task->n_limits; i++) {
        if (strcmp(task->limits[i].category, task->categories[category]) == 0) {
            *max_error = task->limits[i].max_error;
            return TRUE;
        }
    }
    return FALSE;
}

/* The threshold of a category that shares SHARED, by its own mail. */
static Threshold settle(Promise *promise, const PromiseTask *task, guint c, const Sample *own,
                        Threshold shared, double least)
{
    const Threshold never = {THRESHOLD_NEVER, 0, 0};
    if (shared.value >= THRESHOLD_NEVER)
        return never;
    Threshold seen = count(own, shared.value, FALSE);
    if (speaks_against(seen, task->max_error)) {
        Threshold stricter =
            prove(own, task->max_error, MAX(least, shared.value), promise->drifting);
        if (stricter.value >= THRESHOLD_NEVER)
            advise_category(promise, task->categories[c], seen, task->max_error);
        return stricter;
    }
    if (seen.over - seen.wrong >= WITNESSES)
        return seen;
    advise(promise,
           "%s: %" G_GUINT64_FORMAT " of its held-out mails over the threshold, at least %d are "
           "needed: label more of it",
           task->categories[c], seen.over - seen.wrong, WITNESSES);
    return never;
}

Promise *promise_new(const PromiseTask *task)
{
    Promise *promise = g_new0(Promise, 1);
    guint n = task->n_categories;
    Sample *samples = samples_new(n + 1), *together = &samples[n];
    guint64 over = 0, wrong = 0;
    double least = MAX(against_foreign(task), task->n_foreign > 0 ? LEAST : LEAST_OF_TWO);
    promise->thresholds = g_new(double, MAX(n, 1));
    promise->max_errors = g_new(double, MAX(n, 1));
    promise->advice = g_ptr_array_new_with_free_func(g_free);
    promise->drifting = is_drifting(promise, task);
    g_autofree gboolean *limited = g_new(gboolean, MAX(n, 1));
    guint n_limited = 0;
    for (guint c = 0; c < n; c++) {
        limited[c] = limit_of(task, c, &promise->max_errors[c]);
        n_limited += limited[c] ? 1 : 0;
    }
    for (gsize i = 0; i < task->n; i++) {
        const Guess *guess = &task->guesses[i];
        gboolean newest = guess->block == task->n_blocks - 1;
        sample_add(&samples[guess->category], guess, newest);
        if (!limited[guess->category])
            sample_add(together, guess, newest);
    }
    Threshold shared = prove(together, task->max_error, least, promise->drifting);
    if (shared.value >= THRESHOLD_NEVER && n_limited < n)
        advise_none(promise, n_limited ? "the other categories together" : "all categories",
                    together, task->max_error);
    for (guint c = 0; c < n; c++) {
        Threshold threshold;
        if (!limited[c]) {
            threshold = settle(promise, task, c, &samples[c], shared, least);
        } else {
            threshold = prove(&samples[c], promise->max_errors[c], least, promise->drifting);
            if (threshold.value >= THRESHOLD_NEVER)
                advise_none(promise, task->categories[c], &samples[c], promise->max_errors[c]);
        }
        promise->thresholds[c] = threshold.value;
        over += threshold.over;
        wrong += threshold.wrong;
    }
    promise->coverage = task->n > 0 ? (double)over / (double)task->n : 0;
    promise->error = over > 0 ? (double)wrong / (double)over : 0;
    samples_free(samples, n + 1);
    return promise;
}

void promise_free(Promise *promise)
{
    if (!promise)
        return;
    g_free(promise->thresholds);
    g_free(promise->max_errors);
    g_ptr_array_unref(promise->advice);
    g_free(promise);
}
