/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/metrics.h"

#include <math.h>

#define assert_near(a, b) g_assert_cmpfloat_with_epsilon(a, b, 1e-9)

static void test_accuracy(void)
{
    const guint truth[] = {0, 0, 1, 2, METRICS_NONE}, guess[] = {0, 1, 1, 2, 0};
    assert_near(metrics_accuracy(truth, guess, 5), 0.6);
    assert_near(metrics_accuracy(truth, guess, 4), 0.75);
    assert_near(metrics_accuracy(truth, guess, 0), 0);
}

static void test_macro_f1(void)
{
    const guint truth[] = {0, 0, 1, 2, METRICS_NONE}, guess[] = {0, 1, 1, 2, 0};
    /* 0: precision 1/1, recall 1/2; 1: 1/2, 1/1; 2: 1, 1; 3 is nowhere */
    assert_near(metrics_macro_f1(truth, guess, 4, 4), (2.0 / 3 + 2.0 / 3 + 1) / 3);
    /* the foreign one halves the precision of 0 */
    assert_near(metrics_macro_f1(truth, guess, 5, 4), (0.5 + 2.0 / 3 + 1) / 3);
    assert_near(metrics_macro_f1(truth, guess, 0, 4), 0);
}

static void test_ece(void)
{
    const double sure[] = {1, 1, 1, 1};
    const gboolean all[] = {TRUE, TRUE, TRUE, TRUE}, half[] = {TRUE, TRUE, FALSE, FALSE};
    assert_near(metrics_ece(sure, all, 4), 0);
    assert_near(metrics_ece(sure, half, 4), 0.5);
    /* two bins: 0.9 twice, one right: |1.8 - 1|; 0.3 twice, none right: 0.6; and NaN is 0 */
    const double mixed[] = {0.9, 0.9, 0.3, 0.3, NAN};
    const gboolean right[] = {TRUE, FALSE, FALSE, FALSE, FALSE};
    assert_near(metrics_ece(mixed, right, 4), (0.8 + 0.6) / 4);
    assert_near(metrics_ece(mixed, right, 5), (0.8 + 0.6) / 5);
    assert_near(metrics_ece(mixed, right, 0), 0);
}

static void test_auroc(void)
{
    const double score[] = {0.9, 0.8, 0.7, 0.6, 0.5, NAN};
    const gboolean apart[] = {TRUE, TRUE, TRUE, FALSE, FALSE, FALSE};
    const gboolean mixed[] = {TRUE, FALSE, TRUE, FALSE, TRUE, FALSE};
    assert_near(metrics_auroc(score, apart, 6), 1);
    /* 0.9 beats 3, 0.7 beats 2, 0.5 beats 1 of 3 negatives */
    assert_near(metrics_auroc(score, mixed, 6), 6.0 / 9);
    const double tied[] = {0.5, 0.5, 0.5, 0.9};
    const gboolean positive[] = {TRUE, FALSE, FALSE, TRUE};
    assert_near(metrics_auroc(tied, positive, 4), (1 + 2) / 4.0);
    assert_near(metrics_auroc(score, apart, 3), 0.5);
    assert_near(metrics_auroc(score, apart, 0), 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/metrics/accuracy", test_accuracy);
    g_test_add_func("/metrics/macro-f1", test_macro_f1);
    g_test_add_func("/metrics/ece", test_ece);
    g_test_add_func("/metrics/auroc", test_auroc);
    return g_test_run();
}
