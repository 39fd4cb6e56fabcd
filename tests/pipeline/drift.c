/* SPDX-License-Identifier: Apache-2.0 */
/* Drift in made-up mail whose shares are known. */
#include "pipeline/drift.h"
#include "tests/pipeline/fixture.h"

#include <math.h>
#include <string.h>

static const char *const categories[] = {"a", "b", "c", "d"};
static const double shares[] = {0.4, 0.3, 0.28, 0.02};
static const DriftPast past = {.unknown = 0.06,
                               .confidence = 0.9,
                               .texts = 4000,
                               .n_categories = 4,
                               .categories = categories,
                               .shares = shares};

/* N mails of CATEGORY, with unknown words and confidence that spread around the given means. */
static void add(GPtrArray *traces, guint n, const char *category, double unknown, double confidence,
                const char *model)
{
    for (guint i = 0; i < n; i++) {
        VerdictTrace *trace = g_new0(VerdictTrace, 1);
        trace->category = g_strdup(category);
        trace->model = g_strdup(model);
        trace->unknown = unknown + (i % 2 ? 0.05 : -0.05);
        trace->probability = confidence + (i % 2 ? 0.05 : -0.05);
        trace->decided_at = 1000 - traces->len;
        g_ptr_array_add(traces, trace);
    }
}

static GPtrArray *traces_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)verdict_trace_free);
}

/* N mails like those of training. */
static void add_like_training(GPtrArray *traces, guint n, double unknown, double confidence)
{
    for (guint c = 0; c < 4; c++)
        add(traces, (guint)round(n * shares[c]), categories[c], unknown, confidence, "now");
}

static void test_same(void)
{
    g_autoptr(GPtrArray) traces = traces_new();
    add_like_training(traces, 500, 0.06, 0.9);
    g_autoptr(Drift) drift = drift_new(&past, "now", traces);
    g_assert_cmpuint(drift->mails, ==, 500);
    g_assert_true(drift->same);
    g_assert_cmpint(drift->since, ==, 501);
    g_assert_cmpfloat_with_epsilon(drift->unknown.now, 0.06, 1e-9);
    g_assert_cmpfloat_with_epsilon(drift->confidence.now, 0.9, 1e-9);
    g_assert_cmpfloat(drift->index, <, 0.001);
    g_assert_cmpuint(drift->mix->len, ==, 4);
    g_assert_null(drift_sentence(drift));
}

static void test_unknown(void)
{
    g_autoptr(GPtrArray) traces = traces_new();
    add_like_training(traces, 500, 0.14, 0.9);
    g_autoptr(Drift) drift = drift_new(&past, "now", traces);
    /* 0.08 / (0.05 · √(1/500 + 1/4000)) */
    g_assert_cmpfloat_with_epsilon(drift->unknown.z, 33.7, 0.1);
    g_assert_true(drift->unknown.marked);
    g_assert_false(drift->confidence.marked);
    g_assert_false(drift->mix_marked);
    g_autofree char *sentence = drift_sentence(drift);
    g_assert_cmpstr(sentence, ==,
                    "mail has changed since training: 14 % unknown words, 6 % in training; "
                    "label recent mail and train");
}

/* Fewer unknown words and more confidence are no harm; a point more is none either. */
static void test_harmless(void)
{
    g_autoptr(GPtrArray) better = traces_new(), little = traces_new();
    add_like_training(better, 500, 0.01, 0.95);
    add_like_training(little, 500, 0.08, 0.88);
    g_autoptr(Drift) fine = drift_new(&past, "now", better);
    g_assert_cmpfloat(fine->unknown.z, <, -3);
    g_assert_cmpfloat(fine->confidence.z, <, -3);
    g_assert_null(drift_sentence(fine));
    g_autoptr(Drift) small = drift_new(&past, "now", little);
    g_assert_cmpfloat(small->unknown.z, >, 3);
    g_assert_null(drift_sentence(small));
}

static void test_confidence(void)
{
    g_autoptr(GPtrArray) traces = traces_new();
    add_like_training(traces, 100, 0.06, 0.7);
    g_autoptr(Drift) drift = drift_new(&past, "now", traces);
    g_assert_true(drift->confidence.marked);
    g_autofree char *sentence = drift_sentence(drift);
    g_assert_nonnull(strstr(sentence, "0.70 on average, 0.90 in training"));
    /* not a number is unsure */
    ((VerdictTrace *)g_ptr_array_index(traces, 0))->probability = NAN;
    g_autoptr(Drift) unsure = drift_new(&past, "now", traces);
    g_assert_cmpfloat(unsure->confidence.now, <, drift->confidence.now);
}

static void test_mix(void)
{
    g_autoptr(GPtrArray) traces = traces_new();
    add(traces, 20, "a", 0.06, 0.9, "now");
    add(traces, 30, "b", 0.06, 0.9, "now");
    add(traces, 48, "c", 0.06, 0.9, "now");
    add(traces, 2, "d", 0.06, 0.9, "now"); /* two expected: counts with another */
    add(traces, 20, "forgotten", 0.06, 0.9, "now");
    g_autoptr(Drift) drift = drift_new(&past, "now", traces);
    const DriftShare *first = &g_array_index(drift->mix, DriftShare, 0);
    /* (0.2² / 0.42 + 0.2² / 0.28) / (1/100 + 1/4000) = 23.2 with two degrees of freedom */
    g_assert_cmpfloat_with_epsilon(drift->z, 4.127, 0.001);
    g_assert_cmpfloat_with_epsilon(
        drift->index,
        -0.2 * log(0.22 / 0.42) + 0.2 * log(0.48 / 0.28) - 2 * (1 / 100.0 + 1 / 4000.0), 1e-9);
    g_assert_true(drift->mix_marked);
    g_assert_cmpfloat_with_epsilon(fabs(first->now - first->then), 0.2, 1e-9);
    g_autofree char *sentence = drift_sentence(drift);
    g_assert_nonnull(strstr(sentence, "20 % of it is about a, 40 % in training"));
}

/* So few mails can look like this by chance. */
static void test_chance(void)
{
    g_autoptr(GPtrArray) traces = traces_new();
    add(traces, 10, "a", 0.06, 0.9, "now");
    add(traces, 18, "b", 0.06, 0.9, "now");
    add(traces, 22, "c", 0.06, 0.9, "now");
    g_autoptr(Drift) drift = drift_new(&past, "now", traces);
    g_assert_false(drift->mix_marked);
    g_assert_cmpfloat(drift->index, >, 0.2);
    g_assert_cmpfloat_with_epsilon(drift->z, 2.6, 0.1);
}

/* The model of now, if it has decided enough; otherwise all. */
static void test_model(void)
{
    g_autoptr(GPtrArray) traces = traces_new();
    add(traces, DRIFT_LEAST - 1, "a", 0.06, 0.9, "now");
    g_assert_null(drift_new(&past, "now", traces));
    add(traces, DRIFT_LEAST, "b", 0.2, 0.9, "now2");
    g_autoptr(Drift) mixed = drift_new(&past, "now", traces);
    g_assert_cmpuint(mixed->mails, ==, 2 * DRIFT_LEAST - 1);
    g_assert_false(mixed->same);
    add(traces, 1, "a", 0.06, 0.9, "now+3"); /* with corrections */
    g_autoptr(Drift) own = drift_new(&past, "now", traces);
    g_assert_cmpuint(own->mails, ==, DRIFT_LEAST);
    g_assert_true(own->same);
    g_assert_cmpfloat_with_epsilon(own->unknown.now, 0.058, 1e-9); /* one is left over */
}

/* From the mail itself: what the model never saw is noticed. */
static void test_store(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < DRIFT_LEAST; i++) {
        g_assert_null(pipeline_drift(&shop->pipeline, &error));
        g_autofree char *sender = g_strdup_printf("c%u@customer.example", i);
        g_autoptr(Message) mail =
            shop_mail(sender, "Zebras", "", "Zebras eat purple umbrellas under blue water.");
        verdict_free(shop_decide(shop, mail));
    }
    g_autoptr(Drift) drift = pipeline_drift(&shop->pipeline, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(drift->unknown.now, >, 0.6);
    g_assert_true(drift->unknown.marked);
    shop->pipeline.now += DRIFT_SECONDS + 1;
    g_assert_null(pipeline_drift(&shop->pipeline, &error));
    shop->pipeline.model = NULL;
    g_assert_null(pipeline_drift(&shop->pipeline, &error));
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drift/same", test_same);
    g_test_add_func("/drift/unknown", test_unknown);
    g_test_add_func("/drift/harmless", test_harmless);
    g_test_add_func("/drift/confidence", test_confidence);
    g_test_add_func("/drift/mix", test_mix);
    g_test_add_func("/drift/chance", test_chance);
    g_test_add_func("/drift/model", test_model);
    SHOP_TEST("/drift/store", test_store);
    return g_test_run();
}
