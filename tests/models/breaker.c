/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/breaker.h"

static gboolean trip(Store *store, const char *why, gint64 at, gboolean *hit)
{
    const BreakerTrip facts = {
        .at = at, .why = why, .figures = "total 300", .domains = "robot.example 299"};
    return breaker_trip(store, &facts, hit, NULL);
}

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

    g_assert_true(trip(store, "300 answers", 10, &hit));
    g_assert_true(hit);
    g_assert_true(trip(store, "301 answers", 11, &hit));
    g_assert_false(hit);
    g_autoptr(Breaker) tripped = breaker_load(store, &error);
    g_assert_no_error(error);
    g_assert_cmpint(tripped->at, ==, 10);
    g_assert_cmpstr(tripped->why, ==, "300 answers");
    g_assert_cmpint(tripped->told_at, ==, 0);
    g_assert_cmpint(tripped->reset_at, ==, 0);
    g_assert_null(tripped->who);
    g_assert_cmpstr(tripped->figures, ==, "total 300");
    g_assert_cmpstr(tripped->domains, ==, "robot.example 299");

    g_assert_true(breaker_set_told(store, tripped->id, 12, &error));
    g_autoptr(Breaker) told = breaker_load(store, &error);
    g_assert_cmpint(told->told_at, ==, 12);

    g_assert_true(breaker_reset(store, "eva", 20, &hit, &error));
    g_assert_true(hit);
    /* The figures stay, the domains do not. */
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM breaker WHERE domains IS NULL"
                                          " AND figures = 'total 300'"),
                    ==, 1);
    g_assert_null(breaker_load(store, &error));
    g_assert_true(breaker_last_reset(store, &at, &error));
    g_assert_cmpint(at, ==, 20);

    /* The next time is a row of its own: the operator is told again. */
    g_assert_true(trip(store, "again", 30, &hit));
    g_assert_true(hit);
    g_autoptr(Breaker) again = breaker_load(store, &error);
    g_assert_cmpint(again->id, !=, tripped->id);
    g_assert_cmpint(again->told_at, ==, 0);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM breaker WHERE who = 'eva'"), ==, 1);
    g_assert_no_error(error);
}

/* A second reason is kept with the first one, but not without end. */
static void test_why(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autofree char *longest = g_strnfill(1986, 'x');

    (void)data;
    g_assert_true(trip(store, "before", 1, NULL));
    g_assert_true(breaker_reset(store, "eva", 2, &(gboolean){FALSE}, NULL));
    g_assert_true(breaker_add_why(store, "nobody", NULL));
    g_assert_null(breaker_load(store, NULL));
    g_assert_true(trip(store, "first", 3, NULL));
    g_assert_true(breaker_add_why(store, "second", NULL));
    g_assert_true(breaker_add_why(store, longest, NULL));
    g_autoptr(Breaker) breaker = breaker_load(store, NULL);
    g_assert_cmpstr(breaker->why, ==, "first; second");
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM breaker WHERE why = 'before'"), ==,
                    1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/breaker/way", test_way);
    FIXTURE_TEST("/breaker/why", test_why);
    return g_test_run();
}
