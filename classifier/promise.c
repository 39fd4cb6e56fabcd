/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/promise.h"

#include "classifier/binomial.h"
#include "classifier/threshold.h"

/* The guesses of one category, or of several together. */
typedef struct Sample {
    GArray *confidence; /* of double */
    GArray *wrong;      /* of gboolean */
} Sample;

static Sample *samples_new(guint n)
{
    Sample *samples = g_new(Sample, n);
    for (guint i = 0; i < n; i++) {
        samples[i].confidence = g_array_new(FALSE, FALSE, sizeof(double));
        samples[i].wrong = g_array_new(FALSE, FALSE, sizeof(gboolean));
    }
    return samples;
}

static void samples_free(Sample *samples, guint n)
{
    for (guint i = 0; i < n; i++) {
        g_array_unref(samples[i].confidence);
        g_array_unref(samples[i].wrong);
    }
    g_free(samples);
}

static void sample_add(Sample *sample, const Guess *guess)
{
    g_array_append_val(sample->confidence, guess->confidence);
    g_array_append_val(sample->wrong, guess->wrong);
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

/* Few mails must be proven worse than MAX_ERROR; of many it is enough that they look worse. */
static gboolean speaks_against(Threshold seen, double max_error)
{
    gboolean many = seen.over >= binomial_least(max_error, THRESHOLD_LEVEL);
    return binomial_lower(seen.wrong, seen.over, THRESHOLD_LEVEL) > max_error ||
           (many && (double)seen.wrong > max_error * (double)seen.over);
}

static void advise(Promise *promise, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void advise(Promise *promise, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(promise->advice, g_strdup_vprintf(format, args));
    va_end(args);
}

/* REST: the mail of the categories without a threshold of their own; WHO they are. */
static void advise_rest(Promise *promise, const char *who, const Sample *rest, double max_error)
{
    guint64 least = binomial_least(max_error, THRESHOLD_LEVEL);
    guint n = rest->wrong->len;
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
               who, count(rest, 0).wrong, n, least, 100 * max_error);
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
    Sample *samples = samples_new(n_categories + 1), *rest = &samples[n_categories];
    g_autofree Threshold *own = g_new(Threshold, n_categories);
    guint64 over = 0, wrong = 0;
    guint proven = 0;
    promise->thresholds = g_new(double, n_categories);
    promise->advice = g_ptr_array_new_with_free_func(g_free);
    for (gsize i = 0; i < n; i++)
        sample_add(&samples[guesses[i].category], &guesses[i]);
    for (guint c = 0; c < n_categories; c++) {
        own[c] = prove(&samples[c], max_error);
        proven += own[c].value < THRESHOLD_NEVER;
    }
    for (gsize i = 0; i < n; i++)
        if (own[guesses[i].category].value >= THRESHOLD_NEVER)
            sample_add(rest, &guesses[i]);
    Threshold shared = prove(rest, max_error);
    gboolean none_shared = proven < n_categories && shared.value >= THRESHOLD_NEVER;
    if (none_shared)
        advise_rest(promise, proven ? "the categories below together" : "all categories", rest,
                    max_error);
    for (guint c = 0; c < n_categories; c++) {
        Threshold threshold = own[c];
        if (threshold.value >= THRESHOLD_NEVER) {
            Threshold seen = count(&samples[c], shared.value);
            if (speaks_against(seen, max_error))
                advise_category(promise, categories[c], seen, max_error);
            else
                threshold = seen;
            if (none_shared && proven > 0)
                advise(promise, "%s: %u held-out mails, not enough to prove a threshold of its own",
                       categories[c], samples[c].wrong->len);
        }
        promise->thresholds[c] = threshold.value;
        over += threshold.over;
        wrong += threshold.wrong;
    }
    promise->coverage = n > 0 ? (double)over / n : 0;
    promise->error = over > 0 ? (double)wrong / over : 0;
    samples_free(samples, n_categories + 1);
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
