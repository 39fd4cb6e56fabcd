/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/training.h"

static void test_latest(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Training) training = training_new(), read = NULL;

    (void)data;
    g_assert_null(training_latest(fixture->store, &error));
    g_assert_no_error(error);
    training->at = 1700000000;
    training->model = g_strdup("first");
    g_assert_true(training_insert(fixture->store, training, &error));
    g_free(training->model);
    training->id = 0;
    training->at = 1600000000; /* the clock went back */
    training->model = g_strdup("zweites");
    training->messages = 4200;
    training->categories = 42;
    training->accuracy = 0.927;
    training->coverage = 1.0 / 3;
    training->max_error = 0.01;
    training->seconds = 1.25;
    g_assert_true(training_insert(fixture->store, training, &error));
    read = training_latest(fixture->store, &error);
    g_assert_no_error(error);
    g_assert_cmpint(read->id, ==, training->id);
    g_assert_cmpint(read->at, ==, 1600000000);
    g_assert_cmpstr(read->model, ==, "zweites");
    g_assert_cmpuint(read->messages, ==, 4200);
    g_assert_cmpuint(read->categories, ==, 42);
    g_assert_true(read->accuracy == 0.927);
    g_assert_true(read->coverage == 1.0 / 3);
    g_assert_true(read->max_error == 0.01);
    g_assert_true(read->seconds == 1.25);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/training/latest", test_latest);
    return g_test_run();
}
