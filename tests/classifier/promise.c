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

/* None can prove its own, all together can; the bad one's few mails speak against it. */
static void test_promise_shared(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 290, 0);
    add(guesses, 1, 250, 0);
    for (int i = 0; i < 5; i++) {
        Guess guess = {2, 0.62, i == 0};
        g_array_append_val(guesses, guess);
    }
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 0.7);
    g_assert_cmpfloat(made->thresholds[1], ==, made->thresholds[0]);
    g_assert_cmpfloat(made->thresholds[2], ==, THRESHOLD_NEVER);
    g_assert_cmpuint(made->advice->len, ==, 1);
    g_assert_true(g_str_has_prefix(made->advice->pdata[0], "bad: 1 of 5 "));
    g_assert_cmpfloat(made->coverage, >, 0.9);
    g_assert_cmpfloat(made->coverage, <=, 540.0 / 545);
    g_assert_cmpfloat(made->error, ==, 0);
}

/* What a category proves on its own mail is neither loosened nor lent to others. */
static void test_promise_own(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 3000, 0);
    add(guesses, 1, 20, 0);
    add(guesses, 2, 600, 60); /* wrong from 0.63 down */
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 0.61);
    g_assert_cmpfloat(made->thresholds[1], ==, THRESHOLD_NEVER);
    g_assert_cmpfloat(made->thresholds[2], >, 0.63);
    g_assert_cmpfloat(made->thresholds[2], <, 0.9);
    g_assert_cmpuint(made->advice->len, ==, 2);
    g_assert_true(g_str_has_prefix(made->advice->pdata[0], "the categories below together: 20 "));
    g_assert_true(g_str_has_prefix(made->advice->pdata[1], "small: 20 held-out mails, not enough"));
    g_assert_cmpfloat(made->error, <, 0.01);
}

/* 4 of 380 mails are wrong: not proven worse than 1 %, but enough mail to go by what it shows. */
static void test_promise_spoken_against(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 290, 0);
    add(guesses, 1, 290, 0);
    for (guint i = 0; i < 380; i++) {
        Guess guess = {2, 0.5 - i / 1000.0, i == 100 || i == 200 || i == 290 || i == 370};
        g_array_append_val(guesses, guess);
    }
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 0.7);
    g_assert_cmpfloat(made->thresholds[2], ==, THRESHOLD_NEVER);
    g_assert_cmpuint(made->advice->len, ==, 1);
    g_assert_true(g_str_has_prefix(made->advice->pdata[0], "bad: 4 of 380 "));
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
    g_test_add_func("/promise/shared", test_promise_shared);
    g_test_add_func("/promise/own", test_promise_own);
    g_test_add_func("/promise/spoken-against", test_promise_spoken_against);
    g_test_add_func("/promise/too-few", test_promise_too_few);
    return g_test_run();
}
