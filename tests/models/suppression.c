/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/suppression.h"

static void test_way(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    Suppression anna = {(char *)"Anna@Kunde.example", 10, 3, 4, (char *)"5.1.1"};
    Suppression later = {(char *)"anna@kunde.example", 20, 5, 6, (char *)"5.0.0"};
    Suppression bert = {(char *)"bert@kunde.example", 15, 7, 0, (char *)"550 no such user"};
    gboolean hit = FALSE;

    (void)data;
    g_assert_null(suppression_load(store, "anna@kunde.example", &error));
    g_assert_true(suppression_add(store, &anna, &hit, &error));
    g_assert_true(hit);
    g_assert_true(suppression_add(store, &later, &hit, &error));
    g_assert_false(hit);
    g_assert_true(suppression_add(store, &bert, NULL, &error));

    g_autoptr(Suppression) row = suppression_load(store, "anna@KUNDE.example", &error);
    g_assert_no_error(error);
    g_assert_cmpint(row->at, ==, 10);
    g_assert_cmpint(row->reply_id, ==, 3);
    g_assert_cmpint(row->message_id, ==, 4);
    g_assert_cmpstr(row->why, ==, "5.1.1");
    g_assert_null(suppression_load(store, "nna@kunde.example", &error));

    g_autoptr(GPtrArray) all = suppression_list(store, 0, &error);
    g_autoptr(GPtrArray) one = suppression_list(store, 1, &error);
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_cmpuint(one->len, ==, 1);
    g_assert_cmpstr(((Suppression *)g_ptr_array_index(all, 1))->address, ==, "bert@kunde.example");

    g_assert_true(suppression_remove(store, "ANNA@kunde.example", &hit, &error));
    g_assert_true(hit);
    g_assert_true(suppression_remove(store, "anna@kunde.example", &hit, &error));
    g_assert_false(hit);
    g_assert_null(suppression_load(store, "anna@kunde.example", &error));
    g_assert_no_error(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/suppression/way", test_way);
    return g_test_run();
}
