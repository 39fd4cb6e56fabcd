/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/breaker.h"

static void test_way(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gboolean hit = TRUE;
    gint64 at = 77;

    (void)data;
    g_assert_null(breaker_load(store, &error));
    g_assert_true(breaker_reset(store, "eva", 5, &hit, &error));
    g_assert_false(hit);
    g_assert_true(breaker_last_reset(store, &at, &error));
    g_assert_cmpint(at, ==, 0);

    g_assert_true(breaker_trip(store, "300 answers", 10, &hit, &error));
    g_assert_true(hit);
    g_assert_true(breaker_trip(store, "301 answers", 11, &hit, &error));
    g_assert_false(hit);
    g_autoptr(Breaker) tripped = breaker_load(store, &error);
    g_assert_no_error(error);
    g_assert_cmpint(tripped->at, ==, 10);
    g_assert_cmpstr(tripped->why, ==, "300 answers");
    g_assert_cmpint(tripped->told_at, ==, 0);
    g_assert_cmpint(tripped->reset_at, ==, 0);
    g_assert_null(tripped->who);

    g_assert_true(breaker_set_told(store, tripped->id, 12, &error));
    g_autoptr(Breaker) told = breaker_load(store, &error);
    g_assert_cmpint(told->told_at, ==, 12);

    g_assert_true(breaker_reset(store, "eva", 20, &hit, &error));
    g_assert_true(hit);
    g_assert_null(breaker_load(store, &error));
    g_assert_true(breaker_last_reset(store, &at, &error));
    g_assert_cmpint(at, ==, 20);

    /* The next time is a row of its own: the operator is told again. */
    g_assert_true(breaker_trip(store, "again", 30, &hit, &error));
    g_assert_true(hit);
    g_autoptr(Breaker) again = breaker_load(store, &error);
    g_assert_cmpint(again->id, !=, tripped->id);
    g_assert_cmpint(again->told_at, ==, 0);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM breaker WHERE who = 'eva'"), ==, 1);
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/breaker/way", test_way);
    return g_test_run();
}
