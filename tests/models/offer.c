/* SPDX-License-Identifier: Apache-2.0 */
#include "models/offer.h"

#include "tests/models/case_fixture.h"
#include "tests/models/fixture.h"

#include <math.h>

static void make(Store *store, gint64 message, guint rank)
{
    g_autoptr(Offer) offer = offer_new();
    g_autoptr(GError) error = NULL;

    offer->message_id = message;
    offer->rank = rank;
    offer->at = 10;
    offer->kind = rank == 2;
    offer->score = 0.5;
    offer->source = g_strdup_printf("source %u", rank);
    g_assert_true(offer_insert(store, offer, &error));
    g_assert_no_error(error);
}

static const Offer *nth(const GPtrArray *offers, guint i)
{
    return g_ptr_array_index(offers, i);
}

static void test_taken(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;

    (void)data;
    case_fixture(store);
    const gint64 message = fixture_message(store, 0, "01");
    for (guint rank = 1; rank <= 3; rank++)
        make(store, message, rank);
    g_assert_true(offer_settle(store, message, 2, 0.8, 20, NULL));
    g_autoptr(GPtrArray) offers = offer_list_message(store, message, NULL);
    g_assert_cmpuint(offers->len, ==, 3);
    g_assert_cmpint(nth(offers, 0)->outcome, ==, OFFER_PASSED);
    g_assert_cmpint(nth(offers, 1)->outcome, ==, OFFER_TAKEN);
    g_assert_cmpint(nth(offers, 2)->outcome, ==, OFFER_UNSEEN);
    g_assert_true(nth(offers, 1)->kept == 0.8 && nth(offers, 0)->kept == 0);
    g_assert_cmpint(nth(offers, 1)->kind, ==, 1);
    g_assert_cmpstr(nth(offers, 1)->source, ==, "source 2");
    g_assert_cmpint(nth(offers, 0)->settled_at, ==, 20);
    /* settled once: what comes later changes nothing */
    g_assert_true(offer_settle(store, message, 1, 1, 30, NULL));
    g_assert_cmpint(fixture_number(store, "SELECT max(settled_at) FROM offer"), ==, 20);
}

static void test_none_taken(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;

    (void)data;
    case_fixture(store);
    const gint64 message = fixture_message(store, 0, "01");
    make(store, message, 1);
    make(store, message, 2);
    g_assert_true(offer_settle(store, message, 0, NAN, 20, NULL));
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM offer WHERE outcome = 'passed'"),
                    ==, 2);
}

static void test_settled(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;

    (void)data;
    case_fixture(store);
    const gint64 first = fixture_message(store, 0, "01"), second = fixture_message(store, 0, "02");
    make(store, first, 1);
    make(store, second, 1);
    make(store, second, 2);
    make(store, first, 2);
    g_assert_true(offer_settle(store, second, 1, 1, 20, NULL));
    g_assert_true(offer_settle(store, first, 2, 1, 30, NULL));
    g_autoptr(GPtrArray) all = offer_list_settled(store, 0, NULL);
    g_assert_cmpuint(all->len, ==, 3);
    g_assert_cmpint(nth(all, 0)->message_id, ==, second);
    g_assert_cmpint(nth(all, 1)->rank, ==, 1);
    g_assert_cmpint(nth(all, 2)->rank, ==, 2);
    g_autoptr(GPtrArray) last = offer_list_settled(store, 2, NULL);
    g_assert_cmpuint(last->len, ==, 2);
    g_assert_cmpint(nth(last, 0)->message_id, ==, first);
    fixture_execute(store, "DELETE FROM message");
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM offer"), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/offer/taken", test_taken);
    FIXTURE_TEST("/offer/none-taken", test_none_taken);
    FIXTURE_TEST("/offer/settled", test_settled);
    return g_test_run();
}
