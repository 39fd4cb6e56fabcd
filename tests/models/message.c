/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/verdict.h"

static Message *full(gint64 ticket_id)
{
    Message *message = message_new();

    message->ticket_id = ticket_id;
    message->digest = g_strdup("00ff");
    message->account = g_strdup("support");
    message->message_id = g_strdup("m1@kunde.example");
    message->in_reply_to = g_strdup("r1@shop.example");
    message->references = g_strdup("r0@shop.example r1@shop.example");
    message->from_addr = g_strdup("jörg@kunde.example");
    message->from_name = g_strdup("Jörg Müller 🐝");
    message->reply_addr = g_strdup("antwort@kunde.example");
    message->to_addrs = g_strdup("support@shop.example,info@shop.example");
    message->subject = g_strdup("Rücksendung – „dringend“");
    message->date = g_strdup("Mon, 29:24:05");
    message->headers = g_strdup("X-Spam: no\nList-Id: 'a\"b'\n");
    message->text = g_strdup("Guten Tag;\n-- '); DROP TABLE message;\n\xff roh");
    message->own_text = g_strdup("Guten Tag");
    message->language = g_strdup("de");
    message->automatic = g_strdup("list-id");
    message->thread = g_strdup("our Message-ID");
    message->filing = g_strdup(FILING_QUEUE_PREFIX "returns");
    message->received_at = G_GINT64_CONSTANT(1700000000);
    message->size = G_GINT64_CONSTANT(5000000000);
    message->flags = MESSAGE_ATTACHMENT | MESSAGE_SIGNED;
    return message;
}

static void assert_equal(const Message *a, const Message *b)
{
    g_assert_nonnull(b);
    g_assert_cmpint(a->id, ==, b->id);
    g_assert_cmpint(a->ticket_id, ==, b->ticket_id);
    g_assert_cmpstr(a->digest, ==, b->digest);
    g_assert_cmpstr(a->account, ==, b->account);
    g_assert_cmpstr(a->message_id, ==, b->message_id);
    g_assert_cmpstr(a->in_reply_to, ==, b->in_reply_to);
    g_assert_cmpstr(a->references, ==, b->references);
    g_assert_cmpstr(a->from_addr, ==, b->from_addr);
    g_assert_cmpstr(a->from_name, ==, b->from_name);
    g_assert_cmpstr(a->reply_addr, ==, b->reply_addr);
    g_assert_cmpstr(a->to_addrs, ==, b->to_addrs);
    g_assert_cmpstr(a->subject, ==, b->subject);
    g_assert_cmpstr(a->date, ==, b->date);
    g_assert_cmpstr(a->headers, ==, b->headers);
    g_assert_cmpstr(a->text, ==, b->text);
    g_assert_cmpstr(a->own_text, ==, b->own_text);
    g_assert_cmpstr(a->language, ==, b->language);
    g_assert_cmpstr(a->automatic, ==, b->automatic);
    g_assert_cmpstr(a->thread, ==, b->thread);
    g_assert_cmpstr(a->filing, ==, b->filing);
    g_assert_cmpint(a->received_at, ==, b->received_at);
    g_assert_cmpint(a->size, ==, b->size);
    g_assert_cmpuint(a->flags, ==, b->flags);
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = full(fixture_ticket(fixture->store, "AAAA-0001"));
    g_autoptr(Message) by_id = NULL, by_digest = NULL;

    (void)data;
    g_assert_true(message_insert(fixture->store, message, &error));
    g_assert_cmpint(message->id, >, 0);
    by_id = message_load(fixture->store, message->id, &error);
    assert_equal(message, by_id);
    by_digest = message_find_digest(fixture->store, "00ff", &error);
    assert_equal(message, by_digest);
    g_assert_no_error(error);
}

/* An imported mail of which next to nothing is known: NULL stays NULL, texts become "". */
static void test_nulls(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 id = fixture_message(fixture->store, 0, "01");
    g_autoptr(Message) message = message_load(fixture->store, id, &error);
    g_autoptr(Message) expected = message_new();

    (void)data;
    g_assert_no_error(error);
    expected->id = id;
    expected->digest = g_strdup("01");
    expected->subject = g_strdup("");
    expected->headers = g_strdup("");
    expected->text = g_strdup("");
    expected->own_text = g_strdup("");
    expected->language = g_strdup("");
    assert_equal(expected, message);
    g_assert_cmpint(fixture_number(fixture->store, "SELECT ticket_id IS NULL FROM message"), ==, 1);
}

static void test_absent(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_null(message_load(fixture->store, 7, &error));
    g_assert_null(message_find_digest(fixture->store, "07", &error));
    g_autoptr(GArray) none = message_find_tickets(fixture->store, "m7@kunde.example", 0, &error);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_no_error(error);
}

/* Whoever comes second is told to try again; the first row stays. */
static void test_digest_twice(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) again = message_new();

    (void)data;
    fixture_message(fixture->store, 0, "02");
    again->digest = g_strdup("02");
    g_assert_false(message_insert(fixture->store, again, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    g_assert_cmpint(again->id, ==, 0);
    g_assert_cmpint(fixture_number(fixture->store, "SELECT count(*) FROM message"), ==, 1);
}

static void test_header(void)
{
    static const struct {
        const char *name;
        guint n;
        const char *value;
    } cases[] = {
        {"received", 0, "from a"}, {"Received", 1, "from b"}, {"RECEIVED", 2, NULL},
        {"X-Empty", 0, ""},        {"X-Emp", 0, NULL},        {"to", 0, "x: y"},
        {"Last", 0, "no newline"}, {"no newline", 0, NULL},
    };
    g_autoptr(Message) message = message_new();

    g_assert_null(message_header(message, "To"));
    message->headers =
        g_strdup("Received: from a\nReceived:  from b \nX-Empty:\nTo: x: y\nLast: no newline");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *value = message_header_nth(message, cases[i].name, cases[i].n);
        g_assert_cmpstr(value, ==, cases[i].value);
    }
}

static gint64 fetched(Store *store, gint64 ticket_id, const char *digest, gint64 received_at)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = message_new();

    message->ticket_id = ticket_id;
    message->digest = g_strdup(digest);
    message->message_id = g_strdup("same@kunde.example");
    message->received_at = received_at;
    message_insert(store, message, &error);
    g_assert_no_error(error);
    return message->id;
}

static void assert_ids(GPtrArray *list, const gint64 *ids, guint n)
{
    g_assert_nonnull(list);
    g_assert_cmpuint(list->len, ==, n);
    for (guint i = 0; i < n; i++)
        g_assert_cmpint(((Message *)g_ptr_array_index(list, i))->id, ==, ids[i]);
}

/* As a message that was fetched at 40, by a machine, with a flag. */
static gboolean set_ticket(Store *store, gint64 id, gint64 ticket, const char *account,
                           GError **error)
{
    g_autoptr(Message) message = message_new();

    message->id = id;
    message->ticket_id = ticket;
    message->account = g_strdup(account);
    message->thread = g_strdup("new");
    message->automatic = g_strdup("list-id");
    message->flags = MESSAGE_SPAM;
    message->size = 77;
    message->received_at = 40;
    return message_set_ticket(store, message, error);
}

static void test_undecided(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 ticket = fixture_ticket(store, "AAAA-0001");
    gint64 imported = fetched(store, 0, "00", 5);
    gint64 late = fetched(store, ticket, "01", 30), early = fetched(store, ticket, "02", 10);
    g_autoptr(Verdict) verdict = verdict_new();
    g_autoptr(GPtrArray) all = message_list_undecided(store, 10, &error);
    g_autoptr(GPtrArray) one = message_list_undecided(store, 1, &error);
    g_autoptr(GPtrArray) left = NULL, adopted = NULL;

    (void)data;
    assert_ids(all, (gint64[]){early, late}, 2);
    assert_ids(one, (gint64[]){early}, 1);

    verdict->message_id = early;
    verdict->reason = g_strdup("none");
    g_assert_true(verdict_insert(store, verdict, &error));
    left = message_list_undecided(store, 10, &error);
    assert_ids(left, (gint64[]){late}, 1);

    /* The imported mail is fetched: it arrives now. */
    g_assert_true(set_ticket(store, imported, ticket, "support", &error));
    adopted = message_list_undecided(store, 0, &error);
    assert_ids(adopted, (gint64[]){late, imported}, 2);
    g_assert_no_error(error);
}

static void test_set_ticket(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 ticket = fixture_ticket(store, "AAAA-0001");
    gint64 id = fetched(store, 0, "00", 5), other = fetched(store, 0, "01", 6);
    g_autoptr(Message) message = NULL, untouched = NULL;

    (void)data;
    g_assert_true(set_ticket(store, id, ticket, "support", &error));
    message = message_load(store, id, &error);
    g_assert_cmpint(message->ticket_id, ==, ticket);
    g_assert_cmpstr(message->account, ==, "support");
    g_assert_cmpstr(message->thread, ==, "new");
    g_assert_cmpint(message->received_at, ==, 40);
    g_assert_cmpstr(message->automatic, ==, "list-id");
    g_assert_cmpuint(message->flags, ==, MESSAGE_SPAM);
    g_assert_cmpint(message->size, ==, 77);
    untouched = message_load(store, other, &error);
    g_assert_cmpint(untouched->ticket_id, ==, 0);
    g_assert_no_error(error);
}

static void test_ticket_lists(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 first = fixture_ticket(store, "AAAA-0001"), second = fixture_ticket(store, "AAAA-0002");
    gint64 c = fetched(store, first, "01", 30), a = fetched(store, first, "02", 10);
    gint64 b = fetched(store, first, "03", 20);
    g_autoptr(GPtrArray) list = NULL;

    (void)data;
    fetched(store, 0, "04", 99);
    fetched(store, second, "05", 15);
    g_autoptr(GArray) holders = message_find_tickets(store, "same@kunde.example", 3, &error);
    g_assert_cmpuint(holders->len, ==, 3);
    const gint64 expected[] = {first, second, first};
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(g_array_index(holders, gint64, i), ==, expected[i]);
    g_autoptr(GPtrArray) envelopes = message_list_envelopes(store, first, 2, &error);
    assert_ids(envelopes, (gint64[]){a, b}, 2);
    list = message_list_ticket(store, first, &error);
    assert_ids(list, (gint64[]){a, b, c}, 3);
    g_assert_no_error(error);
}

static void test_filing(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 ticket = fixture_ticket(store, "AAAA-0001"), other = fixture_ticket(store, "AAAA-0002");
    gint64 ids[] = {fetched(store, ticket, "01", 1), fetched(store, ticket, "02", 2),
                    fetched(store, other, "03", 3)};
    const char *expected[] = {FILING_ANSWERED, FILING_ANSWERED, FILING_IGNORED};

    (void)data;
    g_assert_true(message_set_filing(store, ids[2], FILING_IGNORED, &error));
    g_assert_true(message_set_filing(store, ids[0], FILING_UNREADABLE, &error));
    g_assert_true(message_set_filing_ticket(store, ticket, FILING_ANSWERED, &error));
    for (guint i = 0; i < 3; i++) {
        g_autoptr(Message) message = message_load(store, ids[i], &error);
        g_assert_cmpstr(message->filing, ==, expected[i]);
    }
    g_assert_true(message_set_filing(store, ids[0], NULL, &error));
    g_autoptr(Message) cleared = message_load(store, ids[0], &error);
    g_assert_null(cleared->filing);
    g_assert_no_error(error);
}

/* Whoever erases a message or a ticket erases everything that hangs on it. */
static void test_erase(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 ticket = fixture_ticket(store, "AAAA-0001");
    gint64 message = fixture_message(store, ticket, "01");
    g_autoptr(Reply) reply = fixture_reply(store, ticket, message);

    (void)data;
    g_assert_cmpint(reply->id, >, 0);
    fixture_execute(store, "INSERT INTO label VALUES (1, 1, 'returns', 'eva', 'command', 1)");
    fixture_execute(store, "INSERT INTO event VALUES (1, 1, 1, 'erms', 'taken', NULL)");
    fixture_execute(store, "INSERT INTO place VALUES (1, 1, 'support', 'INBOX', 1, 1, NULL, NULL)");
    fixture_execute(store, "DELETE FROM ticket");
    g_assert_cmpint(fixture_number(store, "SELECT (SELECT count(*) FROM message)"
                                          " + (SELECT count(*) FROM reply)"
                                          " + (SELECT count(*) FROM label)"
                                          " + (SELECT count(*) FROM event)"
                                          " + (SELECT count(*) FROM place)"),
                    ==, 0);
    /* Their ids are not given again: logs and Message-IDs name them. */
    g_assert_cmpint(fixture_ticket(store, "AAAA-0002"), >, ticket);
    g_assert_cmpint(fixture_message(store, 0, "02"), >, message);
}

static void test_unknown_ticket(Fixture *fixture, gconstpointer data)
{
    (void)data;
    if (g_test_subprocess()) {
        g_autoptr(Message) message = message_new();
        message->digest = g_strdup("01");
        message->ticket_id = 77;
        fixture_ticket(fixture->store, "AAAA-0001"); /* opens all its files */
        fixture_vanish(fixture);
        message_insert(fixture->store, message, NULL);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*FOREIGN KEY constraint failed*INSERT INTO message*");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/message/round-trip", test_round_trip);
    FIXTURE_TEST("/message/nulls", test_nulls);
    FIXTURE_TEST("/message/absent", test_absent);
    FIXTURE_TEST("/message/digest-twice", test_digest_twice);
    g_test_add_func("/message/header", test_header);
    FIXTURE_TEST("/message/undecided", test_undecided);
    FIXTURE_TEST("/message/set-ticket", test_set_ticket);
    FIXTURE_TEST("/message/ticket-lists", test_ticket_lists);
    FIXTURE_TEST("/message/filing", test_filing);
    FIXTURE_TEST("/message/erase", test_erase);
    FIXTURE_TEST("/message/unknown-ticket", test_unknown_ticket);
    return g_test_run();
}
