/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/promise.h"

#include "classifier/binomial.h"
#include "classifier/threshold.h"

/* The guesses of one category, or of all together. */
typedef struct Sample {
    GArray *confidence; /* of double */
    GArray *wrong;      /* of gboolean */
} Sample;

static Sample *samples_new(const Guess *guesses, gsize n, guint n_categories)
{
    Sample *samples = g_new(Sample, n_categories + 1);
    for (guint c = 0; c <= n_categories; c++) {
        samples[c].confidence = g_array_new(FALSE, FALSE, sizeof(double));
        samples[c].wrong = g_array_new(FALSE, FALSE, sizeof(gboolean));
    }
    for (gsize i = 0; i < n; i++) {
        const guint into[] = {guesses[i].category, n_categories};
        for (int k = 0; k < 2; k++) {
            g_array_append_val(samples[into[k]].confidence, guesses[i].confidence);
            g_array_append_val(samples[into[k]].wrong, guesses[i].wrong);
        }
    }
    return samples;
}

static void samples_free(Sample *samples, guint n_categories)
{
    for (guint c = 0; c <= n_categories; c++) {
        g_array_unref(samples[c].confidence);
        g_array_unref(samples[c].wrong);
    }
    g_free(samples);
}

static Threshold prove(const Sample *sample, double max_error)
{
    return threshold_find((const double *)(gpointer)sample->confidence->data,
                          (const gboolean *)(gpointer)sample->wrong->data, sample->wrong->len,
                          max_error);
}

/* How many guesses are over the threshold, and how many of them are wrong. */
static Threshold count(const Sample *sample, double threshold)
{
    Threshold result = {threshold, 0, 0};
    for (guint i = 0; i < sample->wrong->len; i++) {
        if (g_array_index(sample->confidence, double, i) >= threshold) {
            result.over++;
            result.wrong += g_array_index(sample->wrong, gboolean, i) ? 1 : 0;
        }
    }
    return result;
}

static void advise(Promise *promise, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void advise(Promise *promise, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(promise->advice, g_strdup_vprintf(format, args));
    va_end(args);
}

static void advise_all(Promise *promise, const Sample *all, double max_error)
{
    guint64 least = binomial_least(max_error, THRESHOLD_LEVEL);
    guint n = all->wrong->len, wrong = 0;
    for (guint i = 0; i < n; i++)
        wrong += g_array_index(all->wrong, gboolean, i) ? 1 : 0;
    if (!(max_error > 0))
        advise(promise, "all categories: no number of mails proves an error of 0 %%");
    else if (n < least)
        advise(promise,
               "all categories: %u held-out mails, at least %" G_GUINT64_FORMAT
               " without a mistake are needed for %g %%",
               n, least, 100 * max_error);
    else
        advise(
            promise,
            "all categories: %u of %u held-out mails were guessed wrong, and some of the surest; "
            "it takes %" G_GUINT64_FORMAT
            " without a mistake for %g %%: label more mail, and look for wrong labels and for "
            "categories that overlap",
            wrong, n, least, 100 * max_error);
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

Promise *promise_new(const Guess *guesses, gsize n, char *const *categories, guint n_categories,
                     double max_error)
{
    Promise *promise = g_new0(Promise, 1);
    Sample *samples = samples_new(guesses, n, n_categories);
    Threshold shared = prove(&samples[n_categories], max_error);
    guint64 over = 0, wrong = 0;
    guint proven = 0;
    promise->thresholds = g_new(double, n_categories);
    promise->advice = g_ptr_array_new_with_free_func(g_free);
    for (guint c = 0; c < n_categories; c++) {
        Threshold threshold = prove(&samples[c], max_error);
        Threshold seen = count(&samples[c], shared.value);
        gboolean bad = binomial_lower(seen.wrong, seen.over, THRESHOLD_LEVEL) > max_error;
        if (shared.value < threshold.value && !bad)
            threshold = seen;
        if (threshold.value >= THRESHOLD_NEVER && bad)
            advise_category(promise, categories[c], seen, max_error);
        promise->thresholds[c] = threshold.value;
        proven += threshold.value < THRESHOLD_NEVER;
        over += threshold.over;
        wrong += threshold.wrong;
    }
    if (proven == 0 || shared.value >= THRESHOLD_NEVER)
        advise_all(promise, &samples[n_categories], max_error);
    for (guint c = 0; c < n_categories && proven > 0 && shared.value >= THRESHOLD_NEVER; c++)
        if (promise->thresholds[c] >= THRESHOLD_NEVER)
            advise(promise, "%s: %u held-out mails, not enough to prove a threshold of its own",
                   categories[c], samples[c].wrong->len);
    promise->coverage = n > 0 ? (double)over / n : 0;
    promise->error = over > 0 ? (double)wrong / over : 0;
    samples_free(samples, n_categories);
    return promise;
}

void promise_free(Promise *promise)
{
    if (!promise)
        return;
    g_free(promise->thresholds);
    g_ptr_array_unref(promise->advice);
    g_free(promise);
}
