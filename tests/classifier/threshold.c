/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/threshold.h"

#include <math.h>

typedef struct Sample {
    gsize n;
    double *confidence;
    gboolean *wrong;
} Sample;

/* N texts of falling confidence from 1 to 1/n; from WRONG_FROM on every STEPth is wrong. */
static Sample sample_new(gsize n, gsize wrong_from, gsize step)
{
    Sample sample = {n, g_new(double, n), g_new(gboolean, n)};
    for (gsize i = 0; i < n; i++) {
        sample.confidence[i] = 1 - (double)i / n;
        sample.wrong[i] = i >= wrong_from && (i - wrong_from) % step == 0;
    }
    return sample;
}

static Threshold find(Sample sample, double max_error)
{
    Threshold result = threshold_find(sample.confidence, sample.wrong, sample.n, max_error);
    g_free(sample.confidence);
    g_free(sample.wrong);
    return result;
}

static void test_exactly_enough(void)
{
    Threshold enough = find(sample_new(299, 299, 1), 0.01);
    g_assert_cmpfloat(enough.value, <=, 1);
    g_assert_cmpuint(enough.over, ==, 299);
    g_assert_cmpuint(enough.wrong, ==, 0);
    g_assert_cmpfloat(find(sample_new(298, 298, 1), 0.01).value, ==, THRESHOLD_NEVER);
    g_assert_cmpuint(find(sample_new(59, 59, 1), 0.05).over, ==, 59);
    g_assert_cmpfloat(find(sample_new(58, 58, 1), 0.05).value, ==, THRESHOLD_NEVER);
}

static void test_nothing(void)
{
    g_assert_cmpfloat(find(sample_new(1, 1, 1), 0.01).value, ==, THRESHOLD_NEVER);
    g_assert_cmpfloat(find(sample_new(5000, 0, 20), 0.01).value, ==, THRESHOLD_NEVER);
    g_assert_cmpfloat(find(sample_new(5000, 5000, 1), 0).value, ==, THRESHOLD_NEVER);
    g_assert_cmpfloat(find(sample_new(5000, 5000, 1), NAN).value, ==, THRESHOLD_NEVER);
    g_assert_cmpfloat(threshold_find(NULL, NULL, 0, 0.5).value, ==, THRESHOLD_NEVER);
}

/* Right above the middle, all wrong below it: the threshold lies in between, a little below. */
static void test_middle(void)
{
    Threshold found = find(sample_new(10000, 5000, 1), 0.02);
    g_assert_cmpfloat(found.value, <, 0.55);
    g_assert_cmpfloat(found.value, >, 0.49);
    g_assert_cmpuint(found.over, >=, 4600);
    g_assert_cmpuint(found.over, <=, 5100);
}

/* One wrong one among the very surest is not the end of a large sample. */
static void test_second_start(void)
{
    Sample sample = sample_new(8000, 8000, 1);
    sample.wrong[3] = TRUE;
    Threshold found = find(sample, 0.01);
    g_assert_cmpuint(found.over, ==, 8000);
    g_assert_cmpuint(found.wrong, ==, 1);
}

/* What fails first is the end, though more texts would pass: there is no choosing afterwards. */
static void test_stops(void)
{
    Sample sample = sample_new(600, 600, 1);
    sample.wrong[0] = TRUE;
    g_assert_cmpfloat(find(sample, 0.01).value, ==, THRESHOLD_NEVER);
}

/* Texts of the same confidence are over a threshold together or not at all. */
static void test_ties(void)
{
    Sample sample = sample_new(400, 300, 1);
    for (gsize i = 250; i < 400; i++)
        sample.confidence[i] = 0.3;
    g_assert_cmpfloat(find(sample, 0.01).value, ==, THRESHOLD_NEVER);
}

static void test_nan_is_unsure(void)
{
    Sample sample = sample_new(400, 400, 1);
    for (gsize i = 0; i < 50; i++) {
        sample.confidence[i] = NAN;
        sample.wrong[i] = TRUE;
    }
    Threshold found = find(sample, 0.01);
    g_assert_cmpuint(found.over, >=, 299);
    g_assert_cmpuint(found.wrong, ==, 0);
}

/* With a true error just over the maximum, few samples may prove the contrary: one in twenty. */
static void test_keeps_its_word(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    guint broken = 0, runs = 400;
    for (guint run = 0; run < runs; run++) {
        Sample sample = sample_new(3000, 3000, 1);
        for (gsize i = 0; i < sample.n; i++)
            sample.wrong[i] = g_rand_double(random) < 0.021;
        broken += find(sample, 0.02).value < THRESHOLD_NEVER;
    }
    g_assert_cmpuint(broken, <=, runs / 20 + 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/threshold/exactly-enough", test_exactly_enough);
    g_test_add_func("/threshold/nothing", test_nothing);
    g_test_add_func("/threshold/middle", test_middle);
    g_test_add_func("/threshold/second-start", test_second_start);
    g_test_add_func("/threshold/stops", test_stops);
    g_test_add_func("/threshold/ties", test_ties);
    g_test_add_func("/threshold/nan", test_nan_is_unsure);
    g_test_add_func("/threshold/keeps-its-word", test_keeps_its_word);
    return g_test_run();
}
