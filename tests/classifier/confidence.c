/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/confidence.h"

#include "classifier/member.h"

#include <math.h>

/* A text: how clear it is (0..1), and which share of its features the model knows. */
static Signals text(double clear, double known)
{
    const float mnb[] = {(float)clear, 0, (float)-clear}, cnb[] = {(float)clear, 0, (float)-clear},
                svm[] = {(float)(2 * clear), (float)-clear, (float)-clear};
    const float *const scores[N_MEMBERS] = {mnb, cnb, svm};
    const double z[] = {4 * clear, 0, 0};
    double e = exp(4 * clear), p[] = {e / (e + 2), 1 / (e + 2), 1 / (e + 2)};
    const float support[] = {(float)(0.5 + known / 2), 0.4f, 0.3f};
    const guint32 all[] = {100, 99, 400},
                  n_known[] = {(guint32)(100 * known), 50, (guint32)(400 * known)};
    Evidence evidence = {scores, z, p, 3, support, 1, all, n_known};
    Signals signals;
    confidence_signals(&evidence, &signals);
    return signals;
}

static void test_signals(void)
{
    Signals signals = text(0.5, 0.75);
    g_assert_cmpuint(signals.winner, ==, 0);
    g_assert_cmpfloat_with_epsilon(signals.values[SIGNAL_MARGIN], 2, 1e-9);
    g_assert_cmpfloat_with_epsilon(signals.values[SIGNAL_LOG_ODDS], 2 - log(2), 1e-9);
    g_assert_cmpfloat_with_epsilon(signals.values[SIGNAL_AGREE], 1, 1e-9);
    g_assert_cmpfloat_with_epsilon(signals.values[SIGNAL_SVM_LEAD], 1.5, 1e-6);
    g_assert_cmpfloat_with_epsilon(signals.values[SIGNAL_UNKNOWN], 0.25, 1e-9);
    g_assert_cmpfloat_with_epsilon(signals.values[SIGNAL_SUPPORT], 0.875, 1e-6);
}

static Confidence learned(GRand *random)
{
    enum { N = 2000 };
    g_autofree Outcome *outcomes = g_new(Outcome, N);
    for (guint i = 0; i < N; i++) {
        double clear = g_rand_double(random);
        outcomes[i].signals = text(clear, 0.9 + 0.1 * g_rand_double(random));
        outcomes[i].right = g_rand_double(random) < 0.5 + clear / 2;
        outcomes[i].own = TRUE;
    }
    Confidence confidence;
    confidence_fit(outcomes, N, &confidence);
    return confidence;
}

static double probability(const Confidence *confidence, double clear, double known)
{
    Signals signals = text(clear, known);
    return confidence_probability(confidence, &signals);
}

/* The clearer the surer, and as sure as it turned out. */
static void test_clear(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    Confidence confidence = learned(random);
    g_assert_cmpfloat(probability(&confidence, 0.2, 0.95), <, probability(&confidence, 0.6, 0.95));
    g_assert_cmpfloat(probability(&confidence, 0.6, 0.95), <, probability(&confidence, 0.95, 0.95));
    g_assert_cmpfloat_with_epsilon(probability(&confidence, 0.9, 0.97), 0.95, 0.12);
}

/* A text as clear as others, but of words that were never seen, sinks. */
static void test_foreign(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(2);
    Confidence confidence = learned(random);
    Signals own = text(0.9, 0.95), foreign = text(0.9, 0.6);
    g_assert_cmpfloat(confidence_looks(&confidence, &foreign), <, confidence.bar);
    g_assert_cmpfloat(confidence_looks(&confidence, &own), >, confidence.bar);
    g_assert_cmpfloat(probability(&confidence, 0.9, 0.6), <, 0.7);
    g_assert_cmpfloat(probability(&confidence, 1, 0.3), <=, 0.3 + 1e-9);
}

static void test_nan(void)
{
    Confidence confidence = {.spread = {NAN}};
    Signals signals = text(0.5, 0.9);
    confidence.coefficients[0] = NAN;
    g_assert_cmpfloat(confidence_probability(&confidence, &signals), ==, 0);
    confidence_fit(NULL, 0, &confidence); /* nothing learned, nothing known, no crash */
    g_assert_cmpfloat(confidence_probability(&confidence, &signals), >=, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/confidence/signals", test_signals);
    g_test_add_func("/confidence/clear", test_clear);
    g_test_add_func("/confidence/foreign", test_foreign);
    g_test_add_func("/confidence/nan", test_nan);
    return g_test_run();
}
