/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/logistic.h"

#include <math.h>

#define assert_near(a, b, epsilon) g_assert_cmpfloat_with_epsilon(a, b, epsilon)

static void test_solve(void)
{
    double h[] = {4, 2, 2, 3}, g[] = {10, 9};
    g_assert_true(solve(h, g, 2));
    assert_near(g[0], 1.5, 1e-12);
    assert_near(g[1], 2, 1e-12);
    double bad[] = {1, 2, 2, 1}, any[] = {1, 1};
    g_assert_false(solve(bad, any, 2));
}

/* Of the texts with x = 0 a quarter is right, of those with x = 1 nine tenths. */
static void test_two_groups(void)
{
    double x[60][2], coefficients[2];
    gboolean right[60];
    for (int i = 0; i < 60; i++) {
        x[i][0] = 1;
        x[i][1] = i < 40 ? 0 : 1;
        right[i] = i < 40 ? i % 4 == 0 : i % 10 != 0;
    }
    logistic_fit(&x[0][0], right, NULL, 60, 2, 0, coefficients);
    assert_near(logistic(coefficients[0]), 0.25, 1e-3);
    assert_near(logistic(coefficients[0] + coefficients[1]), 0.9, 1e-3);

    double weights[60]; /* the right ones of the first group count three times: half and half */
    for (int i = 0; i < 60; i++)
        weights[i] = i < 40 && right[i] ? 3 : 1;
    logistic_fit(&x[0][0], right, weights, 60, 2, 0, coefficients);
    assert_near(logistic(coefficients[0]), 0.5, 1e-3);
}

/* What would go to infinity stays finite. */
static void test_separable(void)
{
    double x[20][2], coefficients[2];
    gboolean right[20];
    for (int i = 0; i < 20; i++) {
        x[i][0] = 1;
        x[i][1] = 1000.0 * (i - 10);
        right[i] = i >= 10;
    }
    logistic_fit(&x[0][0], right, NULL, 20, 2, 1, coefficients);
    g_assert_true(isfinite(coefficients[0]) && isfinite(coefficients[1]));
    g_assert_cmpfloat(coefficients[1], >, 0);
    for (int i = 0; i < 20; i++)
        right[i] = TRUE;
    logistic_fit(&x[0][0], right, NULL, 20, 2, 1, coefficients);
    g_assert_cmpfloat(logistic(coefficients[0]), >, 0.9);
    logistic_fit(&x[0][0], right, NULL, 0, 2, 1, coefficients);
    g_assert_cmpfloat(coefficients[0], ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/logistic/solve", test_solve);
    g_test_add_func("/logistic/two-groups", test_two_groups);
    g_test_add_func("/logistic/separable", test_separable);
    return g_test_run();
}
