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
    training->none = 37;
    training->last_label = 4711;
    training->state = TRAINING_REFUSED;
    training->replaced = g_strdup("first");
    training->who = g_strdup("eva");
    training->detail = g_strdup("schlechter");
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
    g_assert_cmpuint(read->none, ==, 37);
    g_assert_cmpint(read->last_label, ==, 4711);
    g_assert_cmpint(read->state, ==, TRAINING_REFUSED);
    g_assert_cmpstr(read->replaced, ==, "first");
    g_assert_cmpstr(read->who, ==, "eva");
    g_assert_cmpstr(read->detail, ==, "schlechter");
}

static void train(Store *store, const char *model, TrainingState state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Training) training = training_new();

    training->model = g_strdup(model);
    training->state = state;
    training_insert(store, training, &error);
    g_assert_no_error(error);
}

static void test_history(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(Training) change = NULL, model = NULL;

    (void)data;
    g_assert_null(training_of_change(store, &error));
    g_assert_null(training_of_model(store, "a", &error));
    for (TrainingState state = TRAINING_LIVE; state <= TRAINING_BACK; state++) {
        gboolean changes = state != TRAINING_SAME && state != TRAINING_REFUSED;
        const char *name = training_state_name(state);
        train(store, name, state);
        training_free(change);
        change = training_of_change(store, &error);
        g_assert_no_error(error);
        g_assert_true(changes == (g_strcmp0(change->model, name) == 0));
    }
    train(store, "live", TRAINING_BACK);
    model = training_of_model(store, "live", &error);
    g_assert_no_error(error);
    g_assert_cmpint(model->id, ==, 6);
    g_assert_cmpint(model->state, ==, TRAINING_BACK);
    g_assert_null(training_of_model(store, "nobody", &error));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/training/latest", test_latest);
    FIXTURE_TEST("/training/history", test_history);
    return g_test_run();
}
