/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

static Ticket *full(const char *token)
{
    Ticket *ticket = ticket_new();

    ticket->token = g_strdup(token);
    ticket->state = TICKET_CLOSED;
    ticket->queue = g_strdup("Rückfragen");
    ticket->category = g_strdup("returns");
    ticket->subject = g_strdup("Größe 42 → 43");
    ticket->customer = g_strdup("anna@kunde.example");
    ticket->note = g_strdup("the answer is not sure enough (0.41 < 0.90)");
    ticket->created_at = 1700000000;
    ticket->updated_at = 1700000001;
    return ticket;
}

static void assert_equal(const Ticket *a, const Ticket *b)
{
    g_assert_nonnull(b);
    g_assert_cmpint(a->id, ==, b->id);
    g_assert_cmpstr(a->token, ==, b->token);
    g_assert_cmpint(a->state, ==, b->state);
    g_assert_cmpstr(a->queue, ==, b->queue);
    g_assert_cmpstr(a->category, ==, b->category);
    g_assert_cmpstr(a->subject, ==, b->subject);
    g_assert_cmpstr(a->customer, ==, b->customer);
    g_assert_cmpstr(a->note, ==, b->note);
    g_assert_cmpint(a->created_at, ==, b->created_at);
    g_assert_cmpint(a->updated_at, ==, b->updated_at);
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = full("K7Q4-29XM"), other = full("AAAA-0001");
    g_autoptr(Ticket) by_id = NULL, by_token = NULL, changed = NULL, untouched = NULL;

    (void)data;
    g_assert_true(ticket_insert(store, ticket, &error));
    g_assert_true(ticket_insert(store, other, &error));
    by_id = ticket_load(store, ticket->id, &error);
    assert_equal(ticket, by_id);
    by_token = ticket_find_token(store, "K7Q4-29XM", &error);
    assert_equal(ticket, by_token);

    ticket->state = TICKET_ANSWERED;
    g_clear_pointer(&ticket->queue, g_free);
    g_clear_pointer(&ticket->category, g_free);
    g_clear_pointer(&ticket->customer, g_free);
    g_clear_pointer(&ticket->note, g_free);
    ticket->updated_at = 1800000000;
    g_assert_true(ticket_update(store, ticket, &error));
    changed = ticket_load(store, ticket->id, &error);
    assert_equal(ticket, changed);
    untouched = ticket_load(store, other->id, &error);
    assert_equal(other, untouched);

    g_assert_null(ticket_load(store, 99, &error));
    g_assert_null(ticket_find_token(store, "ZZZZ-ZZZZ", &error));
    g_assert_no_error(error);
}

static void test_token_twice(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) again = full("K7Q4-29XM");

    (void)data;
    fixture_ticket(fixture->store, "K7Q4-29XM");
    g_assert_false(ticket_insert(fixture->store, again, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
}

static void test_states(void)
{
    static const char *const names[] = {"open", "answered", "closed", "ignored"};
    TicketState state;

    for (int i = TICKET_OPEN; i <= TICKET_IGNORED; i++) {
        g_assert_cmpstr(ticket_state_name((TicketState)i), ==, names[i]);
        g_assert_true(ticket_state_parse(names[i], &state));
        g_assert_cmpint(state, ==, i);
    }
    g_assert_false(ticket_state_parse("Open", &state));
    g_assert_false(ticket_state_parse("", &state));
    g_assert_false(ticket_state_parse(NULL, &state));
}

static void add(Store *store, const char *token, TicketState state, const char *queue,
                const char *category, const char *customer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = ticket_new();

    ticket->token = g_strdup(token);
    ticket->state = state;
    ticket->queue = g_strdup(queue);
    ticket->category = g_strdup(category);
    ticket->customer = g_strdup(customer);
    ticket_insert(store, ticket, &error);
    g_assert_no_error(error);
}

static void test_list(Fixture *fixture, gconstpointer data)
{
    static const struct {
        TicketFilter filter;
        const char *expected;
    } cases[] = {
        {{.state = -1}, "abcde"},
        {{.state = -1, .limit = 2}, "ab"},
        {{.state = TICKET_OPEN}, "abd"},
        {{.state = TICKET_ANSWERED}, "ce"},
        {{.state = TICKET_IGNORED}, ""},
        {{.state = -1, .queue = "second"}, "bd"},
        {{.state = TICKET_OPEN, .queue = "first"}, "a"},
        {{.state = -1, .category = "returns"}, "ade"},
        {{.state = -1, .customer = "anna@kunde.example"}, "abe"},
        {{.state = -1, .customer = "Anna@Kunde.example"}, "abe"},
        {{.state = TICKET_OPEN,
          .queue = "first",
          .category = "returns",
          .customer = "anna@kunde.example",
          .limit = 9},
         "a"},
        {{.state = TICKET_OPEN, .queue = "' OR 1 --"}, ""},
    };
    Store *store = fixture->store;

    (void)data;
    add(store, "a", TICKET_OPEN, "first", "returns", "anna@kunde.example");
    add(store, "b", TICKET_OPEN, "second", "invoice", "anna@kunde.example");
    add(store, "c", TICKET_ANSWERED, NULL, "invoice", NULL);
    add(store, "d", TICKET_OPEN, "second", "returns", "bert@kunde.example");
    add(store, "e", TICKET_ANSWERED, NULL, "returns", "anna@kunde.example");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = ticket_list(store, &cases[i].filter, &error);
        g_autoptr(GString) tokens = g_string_new(NULL);
        g_assert_no_error(error);
        for (guint k = 0; k < list->len; k++)
            g_string_append(tokens, ((Ticket *)g_ptr_array_index(list, k))->token);
        g_assert_cmpstr(tokens->str, ==, cases[i].expected);
    }
}

static void test_count_queues(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) none = ticket_count_queues(store, &error), counts = NULL;

    (void)data;
    g_assert_cmpuint(g_hash_table_size(none), ==, 0);
    add(store, "a", TICKET_OPEN, "first", NULL, NULL);
    add(store, "b", TICKET_OPEN, "zweite Schlange", NULL, NULL);
    add(store, "c", TICKET_OPEN, "zweite Schlange", NULL, NULL);
    add(store, "d", TICKET_CLOSED, "first", NULL, NULL);
    add(store, "e", TICKET_OPEN, NULL, NULL, NULL);
    counts = ticket_count_queues(store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_hash_table_size(counts), ==, 2);
    g_assert_cmpuint(GPOINTER_TO_UINT(g_hash_table_lookup(counts, "first")), ==, 1);
    g_assert_cmpuint(GPOINTER_TO_UINT(g_hash_table_lookup(counts, "zweite Schlange")), ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/ticket/round-trip", test_round_trip);
    FIXTURE_TEST("/ticket/token-twice", test_token_twice);
    g_test_add_func("/ticket/states", test_states);
    FIXTURE_TEST("/ticket/list", test_list);
    FIXTURE_TEST("/ticket/count-queues", test_count_queues);
    return g_test_run();
}
