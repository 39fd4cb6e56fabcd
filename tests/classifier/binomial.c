/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/binomial.h"

#include <math.h>

#define assert_near(a, b, epsilon) g_assert_cmpfloat_with_epsilon(a, b, epsilon)

static void test_cdf(void)
{
    assert_near(binomial_cdf(0, 10, 0.5), 1.0 / 1024, 1e-12);
    assert_near(binomial_cdf(2, 10, 0.5), 56.0 / 1024, 1e-12);
    g_assert_cmpfloat(binomial_cdf(10, 10, 0.5), ==, 1);
    assert_near(binomial_cdf(1, 2, 0.1), 0.99, 1e-12);
    double sum = 0, term = pow(0.97, 200); /* against the plain sum */
    for (int k = 0; k <= 9; k++) {
        sum += term;
        term *= (200.0 - k) / (k + 1) * 0.03 / 0.97;
    }
    assert_near(binomial_cdf(9, 200, 0.03), sum, 1e-10);
}

static void test_upper(void)
{
    assert_near(binomial_upper(0, 299, 0.95), 0.00996913, 1e-7);
    assert_near(binomial_upper(0, 298, 0.95), 0.01000242, 1e-7);
    assert_near(binomial_upper(0, 1, 0.95), 0.95, 1e-9);
    g_assert_cmpfloat(binomial_upper(5, 5, 0.95), ==, 1);
    g_assert_cmpfloat(binomial_upper(0, 0, 0.95), ==, 1);
    const guint64 samples[][2] = {{1, 93}, {3, 1000}, {45, 10000}, {999, 1000}, {100, 1000000}};
    for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
        double p = binomial_upper(samples[i][0], samples[i][1], 0.95);
        assert_near(binomial_cdf(samples[i][0], samples[i][1], p), 0.05, 1e-6);
    }
}

static void test_lower(void)
{
    g_assert_cmpfloat(binomial_lower(0, 100, 0.95), ==, 0);
    g_assert_cmpfloat(binomial_lower(0, 0, 0.95), ==, 0);
    assert_near(binomial_lower(1, 1, 0.95), 0.05, 1e-9);
    assert_near(binomial_lower(100, 100, 0.95), pow(0.05, 0.01), 1e-9);
    assert_near(1 - binomial_cdf(6, 50, binomial_lower(7, 50, 0.95)), 0.05, 1e-6);
}

static void test_least(void)
{
    g_assert_cmpuint(binomial_least(0.01, 0.95), ==, 299);
    g_assert_cmpuint(binomial_least(0.02, 0.95), ==, 149);
    g_assert_cmpuint(binomial_least(0.05, 0.95), ==, 59);
    g_assert_cmpuint(binomial_least(1, 0.95), ==, 1);
    g_assert_cmpuint(binomial_least(0, 0.95), ==, G_MAXUINT32);
    g_assert_cmpuint(binomial_least(NAN, 0.95), ==, G_MAXUINT32);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/binomial/cdf", test_cdf);
    g_test_add_func("/binomial/upper", test_upper);
    g_test_add_func("/binomial/lower", test_lower);
    g_test_add_func("/binomial/least", test_least);
    return g_test_run();
}
