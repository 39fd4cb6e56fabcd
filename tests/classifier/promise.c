/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/promise.h"

#include <string.h>

#include "classifier/threshold.h"

/* N guesses of falling confidence, the last WRONG of them wrong. */
static void add(GArray *guesses, guint category, guint n, guint wrong)
{
    for (guint i = 0; i < n; i++) {
        Guess guess = {category, 0.9 - 0.3 * i / n, i >= n - wrong};
        g_array_append_val(guesses, guess);
    }
}

static Promise *promise(GArray *guesses, double max_error)
{
    static char *names[] = {(char *)"good", (char *)"small", (char *)"bad", NULL};
    return promise_new((const Guess *)(gpointer)guesses->data, guesses->len, names, 3, max_error);
}

static void test_promise(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 3000, 5);
    add(guesses, 1, 20, 0);
    add(guesses, 2, 20, 8);
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 1); /* proven on its own */
    g_assert_cmpfloat(made->thresholds[1], <, 1); /* carried by all */
    g_assert_cmpfloat(made->thresholds[2], ==, THRESHOLD_NEVER);
    g_assert_cmpuint(made->advice->len, ==, 1);
    g_assert_true(g_str_has_prefix(made->advice->pdata[0], "bad: 8 of 20 "));
    g_assert_cmpfloat_with_epsilon(made->coverage, 3020.0 / 3040, 1e-9);
    g_assert_cmpfloat_with_epsilon(made->error, 5.0 / 3020, 1e-9);
}

static void test_promise_too_few(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 25, 0);
    add(guesses, 1, 20, 0);
    g_autoptr(Promise) made = promise(guesses, 0.01);
    for (guint c = 0; c < 3; c++)
        g_assert_cmpfloat(made->thresholds[c], ==, THRESHOLD_NEVER);
    g_assert_cmpuint(made->advice->len, ==, 1);
    g_assert_nonnull(strstr(made->advice->pdata[0], "45 held-out mails"));
    g_assert_nonnull(strstr(made->advice->pdata[0], "299 without a mistake"));
    g_assert_cmpfloat(made->coverage, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/promise/mixed", test_promise);
    g_test_add_func("/promise/too-few", test_promise_too_few);
    return g_test_run();
}
