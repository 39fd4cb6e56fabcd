/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/event.h"

static void test_history(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 ticket = fixture_ticket(store, "AAAA-0001"), other = fixture_ticket(store, "AAAA-0002");
    g_autoptr(GPtrArray) list = NULL, none = NULL;
    const Event *first, *second;

    (void)data;
    g_assert_true(event_add(store, ticket, 20, "erms", "taken", NULL, &error));
    g_assert_true(event_add(store, other, 20, "erms", "taken", NULL, &error));
    g_assert_true(event_add(store, ticket, 10, "jörg", "approved", "Antwort 2", &error));
    list = event_list(store, ticket, &error);
    none = event_list(store, 99, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpuint(list->len, ==, 2);
    first = g_ptr_array_index(list, 0);
    second = g_ptr_array_index(list, 1);
    g_assert_cmpint(first->id, <, second->id);
    g_assert_cmpint(first->ticket_id, ==, ticket);
    g_assert_cmpstr(first->what, ==, "taken");
    g_assert_null(first->detail);
    g_assert_cmpint(second->at, ==, 10);
    g_assert_cmpstr(second->who, ==, "jörg");
    g_assert_cmpstr(second->what, ==, "approved");
    g_assert_cmpstr(second->detail, ==, "Antwort 2");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/event/history", test_history);
    return g_test_run();
}
