/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/promise.h"

#include <string.h>

#include "classifier/threshold.h"

/* N guesses of falling confidence, the last WRONG of them wrong, in five blocks. */
static void add(GArray *guesses, guint category, guint n, guint wrong)
{
    for (guint i = 0; i < n; i++) {
        Guess guess = {category, 0.9 - 0.3 * i / n, i >= n - wrong, TRUE, i % 5, 0};
        g_array_append_val(guesses, guess);
    }
}

static const double foreign_least = 0; /* hidden categories were told apart */

static PromiseTask task_of(const GArray *guesses, double max_error)
{
    static char *names[] = {(char *)"good", (char *)"small", (char *)"bad", NULL};
    return (PromiseTask){.guesses = (const Guess *)(gpointer)guesses->data,
                         .n = guesses->len,
                         .n_blocks = 5,
                         .foreign = &foreign_least,
                         .n_foreign = 1,
                         .categories = names,
                         .n_categories = 3,
                         .max_error = max_error};
}

static Promise *promise(const GArray *guesses, double max_error)
{
    PromiseTask task = task_of(guesses, max_error);
    return promise_new(&task);
}

/* None can prove its own, all together can; the bad one's few mails speak against it. */
static void test_promise_shared(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 290, 0);
    add(guesses, 1, 250, 0);
    for (int i = 0; i < 4; i++) {
        Guess guess = {2, 0.62, i == 0, TRUE, 0, 0};
        g_array_append_val(guesses, guess);
    }
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 0.7);
    g_assert_cmpfloat(made->thresholds[1], ==, made->thresholds[0]);
    g_assert_cmpfloat(made->thresholds[2], ==, THRESHOLD_NEVER);
    g_assert_cmpuint(made->advice->len, ==, 1);
    g_assert_true(g_str_has_prefix(made->advice->pdata[0], "bad: 1 of 4 "));
    g_assert_cmpfloat(made->coverage, >, 0.9);
    g_assert_cmpfloat(made->coverage, <=, 540.0 / 544);
    g_assert_cmpfloat(made->error, ==, 0);
    g_assert_false(made->drifting);
}

/* A category whose mail speaks against the shared threshold has a stricter one, which it proves. */
static void test_promise_stricter(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 9000, 0);
    add(guesses, 2, 600, 60); /* wrong from 0.63 down */
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 0.62);
    g_assert_cmpfloat(made->thresholds[2], >, 0.63);
    g_assert_cmpfloat(made->thresholds[2], <, 0.9);
    g_assert_cmpfloat(made->error, <, 0.01);
}

/* A category with a maximum of its own proves it on its own mail, or has none. */
static void test_promise_limits(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    const ModelLimit limits[] = {{"good", 0.001}, {"bad", 0.2}};
    add(guesses, 0, 900, 0);
    add(guesses, 1, 400, 0);
    add(guesses, 2, 600, 60);
    PromiseTask task = task_of(guesses, 0.01);
    task.limits = limits;
    task.n_limits = G_N_ELEMENTS(limits);
    g_autoptr(Promise) made = promise_new(&task);
    g_assert_cmpfloat(made->thresholds[0], ==, THRESHOLD_NEVER); /* 2995 would be needed */
    g_assert_cmpfloat(made->max_errors[0], ==, 0.001);
    g_assert_cmpuint(made->advice->len, ==, 1);
    g_assert_true(g_str_has_prefix(made->advice->pdata[0], "good: 900 held-out mails"));
    g_assert_cmpfloat(made->thresholds[1], <, 0.7);
    g_assert_cmpfloat(made->max_errors[1], ==, 0.01);
    g_assert_cmpfloat(made->thresholds[2], <, 0.63);
    g_assert_cmpfloat(made->max_errors[2], ==, 0.2);
}

/* 4 of 380 mails are wrong: not proven worse than 1 %, but enough mail to go by what it shows. */
static void test_promise_spoken_against(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 290, 0);
    add(guesses, 1, 290, 0);
    for (guint i = 0; i < 380; i++) {
        gboolean wrong = i == 100 || i == 200 || i == 290 || i == 370;
        Guess guess = {2, 0.599 - i / 4000.0, wrong, TRUE, i % 5, 0};
        g_array_append_val(guesses, guess);
    }
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 0.7);
    g_assert_cmpfloat(made->thresholds[2], ==, THRESHOLD_NEVER);
    g_assert_cmpuint(made->advice->len, ==, 1);
    g_assert_true(g_str_has_prefix(made->advice->pdata[0], "bad: 4 of 380 "));
}

/* A category with hardly any mail of its own is not vouched for by the others. */
static void test_promise_witnesses(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 400, 0);
    add(guesses, 1, 2, 0);
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 0.7);
    g_assert_cmpfloat(made->thresholds[1], ==, THRESHOLD_NEVER);
    g_assert_cmpfloat(made->thresholds[2], ==, THRESHOLD_NEVER);
    g_assert_cmpuint(made->advice->len, ==, 2);
    g_assert_true(g_str_has_prefix(made->advice->pdata[0], "small: 2 of its held-out mails"));
}

/* Three wrong of a hundred, among thousands of others: twice too many for 1 %. */
static void test_promise_hidden_in_the_crowd(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    add(guesses, 0, 3000, 0);
    add(guesses, 1, 100, 3);
    g_autoptr(Promise) made = promise(guesses, 0.01);
    g_assert_cmpfloat(made->thresholds[0], <, 0.7);
    g_assert_cmpfloat(made->thresholds[1], >, made->thresholds[0]);
}

/* What is raised for the sake of foreign mail must still look good: here the surest are wrong. */
static void test_promise_raised(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    const double foreign[] = {0.975};
    for (guint i = 0; i < 8000; i++) {
        Guess guess = {0, 0.99 - i / 20000.0, i < 300 && i % 10 == 0, TRUE, i % 5, 0};
        g_array_append_val(guesses, guess);
    }
    g_autoptr(Promise) before = promise(guesses, 0.05);
    g_assert_cmpfloat(before->thresholds[0], <, 0.7);
    PromiseTask task = task_of(guesses, 0.05);
    task.foreign = foreign;
    g_autoptr(Promise) made = promise_new(&task); /* 30 of the 300 over it are wrong */
    g_assert_cmpfloat(made->thresholds[0], ==, THRESHOLD_NEVER);
    task.n_foreign = 0;
    g_autoptr(Promise) two = promise_new(&task); /* nothing could be hidden */
    g_assert_cmpfloat(two->thresholds[0], >=, 0.9);
}

/* The newest block is worse: less is promised, and what it shows is kept. */
static void test_promise_drift(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    for (guint i = 0; i < 5000; i++) {
        gboolean newest = i % 5 == 4;
        gboolean wrong = i > 2000 && i % 400 < (newest ? 60 : 20);
        Guess guess = {0, 0.99 - i / 10000.0, wrong, TRUE, i % 5, 0};
        g_array_append_val(guesses, guess);
    }
    g_autoptr(Promise) made = promise(guesses, 0.05);
    g_assert_true(made->drifting);
    g_assert_nonnull(strstr(made->advice->pdata[0], "mail is changing"));
    guint over = 0, wrong = 0;
    for (guint i = 0; i < guesses->len; i++) {
        const Guess *guess = &g_array_index(guesses, Guess, i);
        over += guess->block == 4 && guess->confidence >= made->thresholds[0];
        wrong += guess->block == 4 && guess->confidence >= made->thresholds[0] && guess->wrong;
    }
    g_assert_cmpuint(over, >, 400);
    g_assert_cmpfloat((double)wrong, <=, 0.05 * over);

    for (guint i = 0; i < guesses->len; i++) /* the same mail in another order of time */
        g_array_index(guesses, Guess, i).block = (i / 7) % 5;
    g_autoptr(Promise) steady = promise(guesses, 0.05);
    g_assert_false(steady->drifting);
    g_assert_cmpfloat(steady->coverage, >, made->coverage);
}

/* Whatever is accepted, most of the mail of hidden categories stays under the threshold. */
static void test_promise_foreign(void)
{
    g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
    double foreign[1000];
    add(guesses, 0, 1000, 0);
    for (guint i = 0; i < 1000; i++)
        foreign[i] = i / 1000.0;
    PromiseTask task = task_of(guesses, 0.05);
    task.foreign = foreign;
    task.n_foreign = G_N_ELEMENTS(foreign);
    g_autoptr(Promise) made = promise_new(&task);
    g_assert_cmpfloat(made->thresholds[0], >, 0.81);
    g_assert_cmpfloat(made->thresholds[0], <, 0.85);
    g_assert_cmpfloat(made->coverage, <, 0.35);
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
    g_test_add_func("/promise/stricter", test_promise_stricter);
    g_test_add_func("/promise/limits", test_promise_limits);
    g_test_add_func("/promise/spoken-against", test_promise_spoken_against);
    g_test_add_func("/promise/witnesses", test_promise_witnesses);
    g_test_add_func("/promise/hidden-in-the-crowd", test_promise_hidden_in_the_crowd);
    g_test_add_func("/promise/raised", test_promise_raised);
    g_test_add_func("/promise/drift", test_promise_drift);
    g_test_add_func("/promise/foreign", test_promise_foreign);
    g_test_add_func("/promise/too-few", test_promise_too_few);
    return g_test_run();
}
