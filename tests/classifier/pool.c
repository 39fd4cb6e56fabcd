/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/pool.h"

#include <math.h>

#define assert_near(a, b, epsilon) g_assert_cmpfloat_with_epsilon(a, b, epsilon)

static void test_centre(void)
{
    float s[] = {3, 1, 2, 50};
    const guint32 known[] = {5, 5, 5, 0}; /* what was not learned cannot win */
    pool_centre(s, known, 4);
    assert_near(s[0], 1, 1e-6);
    assert_near(s[1], -1, 1e-6);
    assert_near(s[2], 0, 1e-6);
    assert_near(s[3], -1, 1e-6);
}

static void test_softmax(void)
{
    const double z[] = {1000, 1000 + log(3), -1000};
    double p[3];
    pool_softmax(z, 3, p);
    assert_near(p[0], 0.25, 1e-12);
    assert_near(p[1], 0.75, 1e-12);
    assert_near(p[2], 0, 1e-12);
}

/* The first member knows, the second says the same always, the third is wrong. */
static void test_fit(void)
{
    enum { N = 300, K = 3, M = 3 };
    static float s[M][N * K];
    float *const scores[M] = {s[0], s[1], s[2]};
    guint32 category[N];
    const double start[M] = {1, 1, 1};
    double weights[M];
    for (guint i = 0; i < N; i++) {
        category[i] = i % 10 == 0 ? K : i % K; /* a tenth belongs to none */
        guint said = i % 7 == 0 ? (i + 1) % K : i % K;
        for (guint c = 0; c < K; c++) {
            s[0][i * K + c] = c == said ? 2 : -1;
            s[1][i * K + c] = c == 0 ? 20 : -10;
            s[2][i * K + c] = c == (i + 1) % K ? 2 : -1;
        }
    }
    pool_fit(scores, category, N, K, M, start, weights);
    g_assert_cmpfloat(weights[0], >, 0.5);
    g_assert_cmpfloat(weights[1], <, weights[0] / 10);
    g_assert_cmpfloat(weights[2], <, weights[0] / 10);
    for (guint m = 0; m < M; m++)
        g_assert_cmpfloat(weights[m], >=, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pool/centre", test_centre);
    g_test_add_func("/pool/softmax", test_softmax);
    g_test_add_func("/pool/fit", test_fit);
    return g_test_run();
}
