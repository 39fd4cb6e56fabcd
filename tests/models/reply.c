/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

static void assert_equal(const Reply *a, const Reply *b)
{
    g_assert_nonnull(b);
    g_assert_cmpint(a->id, ==, b->id);
    g_assert_cmpint(a->ticket_id, ==, b->ticket_id);
    g_assert_cmpint(a->message_id, ==, b->message_id);
    g_assert_cmpint(a->state, ==, b->state);
    g_assert_cmpuint(a->rank, ==, b->rank);
    g_assert_cmpstr(a->origin, ==, b->origin);
    g_assert_cmpstr(a->template_name, ==, b->template_name);
    g_assert_cmpstr(a->template_hash, ==, b->template_hash);
    g_assert_cmpstr(a->approver, ==, b->approver);
    g_assert_cmpstr(a->language, ==, b->language);
    g_assert_cmpstr(a->to_addr, ==, b->to_addr);
    g_assert_cmpstr(a->subject, ==, b->subject);
    g_assert_cmpstr(a->body, ==, b->body);
    g_assert_cmpstr(a->missing, ==, b->missing);
    g_assert_cmpstr(a->mail_id, ==, b->mail_id);
    g_assert_cmpstr(a->in_reply_to, ==, b->in_reply_to);
    g_assert_cmpstr(a->references, ==, b->references);
    g_assert_cmpuint(a->attempts, ==, b->attempts);
    g_assert_cmpstr(a->error, ==, b->error);
    g_assert_cmpint(a->created_at, ==, b->created_at);
    g_assert_cmpint(a->sent_at, ==, b->sent_at);
}

static Reply *load(Store *store, gint64 id)
{
    g_autoptr(GError) error = NULL;
    Reply *reply = reply_load(store, id, &error);

    g_assert_no_error(error);
    return reply;
}

static gboolean move(Store *store, Reply *reply, ReplyState to, const char *words, gint64 at)
{
    g_autoptr(GError) error = NULL;
    gboolean moved = FALSE;

    g_assert_true(reply_move(store, reply, to, words, at, &moved, &error));
    g_assert_no_error(error);
    return moved;
}

/* A draft in a ticket of its own. */
static Reply *draft(Store *store, const char *token)
{
    gint64 ticket = fixture_ticket(store, token);

    return fixture_reply(store, ticket, fixture_message(store, ticket, token));
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) reply = reply_new(), read = NULL, bare = NULL, bare_read = NULL;

    (void)data;
    reply->ticket_id = fixture_ticket(store, "AAAA-0001");
    reply->message_id = fixture_message(store, reply->ticket_id, "01");
    reply->state = REPLY_FAILED;
    reply->rank = 2;
    reply->origin = g_strdup("jörg");
    reply->template_name = g_strdup("returns/how-to.de");
    reply->template_hash = g_strdup("ab12");
    reply->approver = g_strdup("eva");
    reply->language = g_strdup("de");
    reply->to_addr = g_strdup("anna@kunde.example");
    reply->subject = g_strdup("Re: Größe [#AAAA-0001]");
    reply->body = g_strdup("Guten Tag,\n\n„gern“.\n");
    reply->mail_id = g_strdup("erms.AAAA-0001.1.MAC@shop.example");
    reply->in_reply_to = g_strdup("m1@kunde.example");
    reply->references = g_strdup("m0@kunde.example m1@kunde.example");
    reply->attempts = 3;
    reply->error = g_strdup("550 kein Postfach");
    reply->created_at = 1700000000;
    reply->sent_at = 1700000001;
    g_assert_true(reply_insert(store, reply, &error));
    read = load(store, reply->id);
    assert_equal(reply, read);

    bare = reply_new();
    bare->ticket_id = reply->ticket_id;
    bare->message_id = reply->message_id;
    bare->missing = g_strdup("order.number");
    g_assert_true(reply_insert(store, bare, &error));
    bare->subject = g_strdup("");
    bare->body = g_strdup("");
    bare_read = load(store, bare->id);
    assert_equal(bare, bare_read);
    g_assert_null(load(store, 99));
    g_assert_no_error(error);
}

static void test_lists(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) other = draft(store, "AAAA-0001"), sent = draft(store, "AAAA-0002");
    gint64 ticket = fixture_ticket(store, "AAAA-0003");
    gint64 message = fixture_message(store, ticket, "03");
    g_autoptr(GPtrArray) of_ticket = NULL, of_message = NULL, drafts = NULL, two = NULL;

    (void)data;
    move(store, sent, REPLY_APPROVED, NULL, 1);
    for (guint rank = 3; rank >= 1; rank--) {
        g_autoptr(Reply) reply = reply_new();
        reply->ticket_id = ticket;
        reply->message_id = message;
        reply->rank = rank;
        g_assert_true(reply_insert(store, reply, &error));
    }
    of_ticket = reply_list_ticket(store, ticket, &error);
    of_message = reply_list_message(store, message, &error);
    drafts = reply_list_state(store, REPLY_DRAFT, 0, &error);
    two = reply_list_state(store, REPLY_DRAFT, 2, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(of_ticket->len, ==, 3);
    g_assert_cmpuint(((Reply *)g_ptr_array_index(of_ticket, 0))->rank, ==, 3);
    g_assert_cmpuint(of_message->len, ==, 3);
    g_assert_cmpuint(((Reply *)g_ptr_array_index(of_message, 0))->rank, ==, 1);
    g_assert_cmpuint(((Reply *)g_ptr_array_index(of_message, 2))->rank, ==, 3);
    g_assert_cmpuint(drafts->len, ==, 4);
    g_assert_cmpint(((Reply *)g_ptr_array_index(drafts, 0))->id, ==, other->id);
    g_assert_cmpuint(two->len, ==, 2);
}

static void test_update_draft(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) reply = draft(store, "AAAA-0001"), read = NULL, unchanged = NULL;

    (void)data;
    g_free(reply->body);
    reply->body = g_strdup("Besser so.");
    reply->subject = g_strdup("Re: x");
    reply->missing = g_strdup("order.number");
    reply->origin = g_strdup("eva");
    reply->rank = 4;
    g_assert_true(reply_update_draft(store, reply, &error));
    read = load(store, reply->id);
    assert_equal(reply, read);

    move(store, reply, REPLY_DROPPED, NULL, 1);
    g_free(reply->body);
    reply->body = g_strdup("Zu spät.");
    g_assert_false(reply_update_draft(store, reply, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    unchanged = load(store, reply->id);
    g_assert_cmpstr(unchanged->body, ==, "Besser so.");
}

static void test_way_of_a_reply(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(Reply) reply = draft(store, "AAAA-0001"), read = NULL;

    (void)data;
    g_assert_true(move(store, reply, REPLY_APPROVED, NULL, 10));
    g_assert_true(move(store, reply, REPLY_SENDING, NULL, 20));
    g_assert_cmpuint(reply->attempts, ==, 1);
    g_assert_cmpint(reply->sent_at, ==, 0);
    g_assert_true(move(store, reply, REPLY_APPROVED, "451 später", 30));
    g_assert_cmpstr(reply->error, ==, "451 später");
    g_assert_true(move(store, reply, REPLY_SENDING, NULL, 40));
    g_assert_cmpuint(reply->attempts, ==, 2);
    g_assert_cmpstr(reply->error, ==, "451 später");
    g_assert_true(move(store, reply, REPLY_SENT, "250 ok", 50));
    g_assert_cmpint(reply->state, ==, REPLY_SENT);
    g_assert_cmpint(reply->sent_at, ==, 50);
    g_assert_null(reply->error);
    read = load(store, reply->id);
    g_free(reply->subject);
    g_free(reply->body);
    reply->subject = g_strdup("");
    reply->body = g_strdup("");
    assert_equal(reply, read);
}

/* The drawing: what can follow what. */
static const char *const drawing[] = {
    [REPLY_DRAFT] = ".A....D",   [REPLY_APPROVED] = "..S...D", [REPLY_SENDING] = ".A.SFU.",
    [REPLY_SENT] = ".......",    [REPLY_FAILED] = ".......",   [REPLY_UNKNOWN] = ".......",
    [REPLY_DROPPED] = ".......",
};

static void test_steps(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Reply) first = draft(fixture->store, "AAAA-0001");

    (void)data;
    for (guint from = REPLY_DRAFT; from <= REPLY_DROPPED; from++)
        for (guint to = REPLY_DRAFT; to <= REPLY_DROPPED; to++)
            if (drawing[from][to] != '.') {
                g_autoptr(Reply) reply = reply_new(), read = NULL;
                reply->ticket_id = first->ticket_id;
                reply->message_id = first->message_id;
                reply->state = (ReplyState)from;
                g_assert_true(reply_insert(fixture->store, reply, NULL));
                g_assert_true(move(fixture->store, reply, (ReplyState)to, NULL, 1));
                read = load(fixture->store, reply->id);
                g_assert_cmpuint(read->state, ==, to);
            }
}

/* Every other step ends the program before it touches the store. */
static void test_missteps(void)
{
    if (g_test_subprocess()) {
        g_autoptr(Reply) reply = reply_new();
        gboolean moved;
        reply->state = (ReplyState)(g_getenv("ERMS_TEST_STEP")[0] - '0');
        reply_move(NULL, reply, (ReplyState)(g_getenv("ERMS_TEST_STEP")[1] - '0'), NULL, 1, &moved,
                   NULL);
        return;
    }
    for (guint from = REPLY_DRAFT; from <= REPLY_DROPPED; from++)
        for (guint to = REPLY_DRAFT; to <= REPLY_DROPPED; to++)
            if (drawing[from][to] == '.') {
                g_autofree char *step = g_strdup_printf("%u%u", from, to);
                g_setenv("ERMS_TEST_STEP", step, TRUE);
                g_test_trap_subprocess(NULL, 0, 0);
                g_test_trap_assert_failed();
                g_test_trap_assert_stderr("*allowed*");
            }
}

/* Two connections hold the same reply: one wins, the other is told, and nothing is done twice. */
static void test_compare_and_set(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) second = store_open(fixture->path, STORE_OPEN, &error);
    g_autoptr(Reply) mine = draft(fixture->store, "AAAA-0001"), theirs = NULL, read = NULL;

    (void)data;
    g_assert_no_error(error);
    move(fixture->store, mine, REPLY_APPROVED, NULL, 1);
    theirs = load(second, mine->id);
    g_assert_true(move(fixture->store, mine, REPLY_SENDING, NULL, 2));
    g_assert_false(move(second, theirs, REPLY_SENDING, NULL, 3));
    g_assert_cmpint(theirs->state, ==, REPLY_APPROVED);
    g_assert_cmpuint(theirs->attempts, ==, 0);
    g_assert_false(move(second, theirs, REPLY_DROPPED, NULL, 3));
    read = load(second, mine->id);
    g_assert_cmpint(read->state, ==, REPLY_SENDING);
    g_assert_cmpuint(read->attempts, ==, 1);
}

/* A hole that somebody else wrote into the draft in the meantime. */
static void test_hole(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) mine = draft(store, "AAAA-0001"), theirs = load(store, mine->id);

    (void)data;
    theirs->missing = g_strdup("order.number");
    g_assert_true(reply_update_draft(store, theirs, &error));
    g_assert_false(move(store, mine, REPLY_APPROVED, NULL, 1));
}

static void test_hole_approved(void)
{
    if (g_test_subprocess()) {
        g_autoptr(Reply) reply = reply_new();
        gboolean moved;
        reply->missing = g_strdup("order.number");
        reply_move(NULL, reply, REPLY_APPROVED, NULL, 1, &moved, NULL);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*missing*");
}

static void test_drop_others(Fixture *fixture, gconstpointer data)
{
    static const ReplyState before[] = {REPLY_DRAFT,  REPLY_APPROVED, REPLY_SENDING, REPLY_SENT,
                                        REPLY_FAILED, REPLY_UNKNOWN,  REPLY_DRAFT};
    static const ReplyState after[] = {REPLY_DROPPED, REPLY_DROPPED, REPLY_SENDING, REPLY_SENT,
                                       REPLY_FAILED,  REPLY_UNKNOWN, REPLY_DRAFT};
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) elsewhere = draft(store, "AAAA-0001"), untouched = NULL;
    gint64 ticket = fixture_ticket(store, "AAAA-0002"), ids[G_N_ELEMENTS(before)];
    gint64 message = fixture_message(store, ticket, "02");

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(before); i++) {
        g_autoptr(Reply) reply = reply_new();
        reply->ticket_id = ticket;
        reply->message_id = message;
        reply->state = before[i];
        g_assert_true(reply_insert(store, reply, &error));
        ids[i] = reply->id;
    }
    g_assert_true(reply_drop_others(store, ticket, ids[G_N_ELEMENTS(before) - 1], &error));
    for (guint i = 0; i < G_N_ELEMENTS(before); i++) {
        g_autoptr(Reply) reply = load(store, ids[i]);
        g_assert_cmpint(reply->state, ==, after[i]);
    }
    untouched = load(store, elsewhere->id);
    g_assert_cmpint(untouched->state, ==, REPLY_DRAFT);
    g_assert_true(reply_drop_others(store, elsewhere->ticket_id, 0, &error));
    g_clear_pointer(&untouched, reply_free);
    untouched = load(store, elsewhere->id);
    g_assert_cmpint(untouched->state, ==, REPLY_DROPPED);
    g_assert_no_error(error);
}

static void test_count_recent(Fixture *fixture, gconstpointer data)
{
    static const struct {
        ReplyState state;
        const char *origin, *to;
        gint64 created_at, sent_at;
        guint counts; /* of those since 100 to Anna */
    } rows[] = {
        {REPLY_SENT, "auto", "anna@kunde.example", 100, 100, 1},
        {REPLY_SENDING, "auto", "anna@kunde.example", 150, 0, 1},
        {REPLY_UNKNOWN, "auto", "Anna@Kunde.example", 150, 0, 1},
        {REPLY_APPROVED, "auto", "anna@kunde.example", 150, 0, 1},
        {REPLY_SENT, "auto", "anna@kunde.example", 50, 120, 1}, /* made before, sent since */
        {REPLY_SENT, "auto", "anna@kunde.example", 90, 99, 0},
        {REPLY_SENT, "eva", "anna@kunde.example", 150, 150, 0},
        {REPLY_SENT, NULL, "anna@kunde.example", 150, 150, 0},
        {REPLY_SENT, "auto", "bert@kunde.example", 150, 150, 0},
        {REPLY_DRAFT, "auto", "anna@kunde.example", 150, 0, 0},
        {REPLY_FAILED, "auto", "anna@kunde.example", 150, 0, 0},
        {REPLY_DROPPED, "auto", "anna@kunde.example", 150, 0, 0},
    };
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 ticket = fixture_ticket(store, "AAAA-0001"), first = 0;
    gint64 message = fixture_message(store, ticket, "01");
    guint expected = 0, count = 77;
    g_autoptr(Reply) waiting = NULL;

    (void)data;
    g_assert_true(reply_count_recent(store, "anna@kunde.example", 0, 0, &count, &error));
    g_assert_cmpuint(count, ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Reply) reply = reply_new();
        reply->ticket_id = ticket;
        reply->message_id = message;
        reply->state = rows[i].state;
        reply->origin = g_strdup(rows[i].origin);
        reply->to_addr = g_strdup(rows[i].to);
        reply->created_at = rows[i].created_at;
        reply->sent_at = rows[i].sent_at;
        g_assert_true(reply_insert(store, reply, &error));
        expected += rows[i].counts;
        g_assert_true(reply_count_recent(store, "anna@kunde.example", 100, 0, &count, &error));
        g_assert_cmpuint(count, ==, expected);
        first = first ? first : reply->id;
    }
    g_assert_true(reply_count_recent(store, "anna@kunde.example", 100, first, &count, &error));
    g_assert_cmpuint(count, ==, expected - 1);

    /* It waited for long and goes out now: now counts. */
    waiting = fixture_reply(store, ticket, message);
    waiting->origin = g_strdup("auto");
    g_assert_true(reply_update_draft(store, waiting, &error));
    move(store, waiting, REPLY_APPROVED, NULL, 99);
    g_assert_true(reply_count_recent(store, "anna@kunde.example", 100, 0, &count, &error));
    g_assert_cmpuint(count, ==, expected);
    move(store, waiting, REPLY_SENDING, NULL, 100);
    g_assert_true(reply_count_recent(store, "anna@kunde.example", 100, 0, &count, &error));
    g_assert_cmpuint(count, ==, expected + 1);
    g_assert_no_error(error);
}

/* Of one version, since a time, the newest; nothing but automatic ones that were sent. */
static void test_back(Fixture *fixture, gconstpointer data)
{
    static const struct {
        ReplyState state;
        const char *origin, *name, *hash;
        gint64 created_at, back;
    } rows[] = {{REPLY_SENT, "auto", "c/a.en", "h1", 100, 5},
                {REPLY_UNKNOWN, "auto", "c/a.en", "h1", 101, 0},
                {REPLY_SENT, "auto", "c/a.en", "h1", 102, 6},
                {REPLY_SENT, "auto", "c/a.en", "h1", 99, 7},
                {REPLY_SENT, "auto", "c/a.en", "h2", 103, 8},
                {REPLY_SENT, "auto", "c/b.en", "h1", 103, 9},
                {REPLY_SENT, "eva", "c/a.en", "h1", 103, 10},
                {REPLY_FAILED, "auto", "c/a.en", "h1", 103, 11},
                {REPLY_APPROVED, "auto", "c/a.en", "h1", 103, 0}};
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 ticket = fixture_ticket(store, "AAAA-0001"),
           message = fixture_message(store, ticket, "01");
    gint64 other = fixture_ticket(store, "AAAA-0002"), sent = 7, back = 7;

    (void)data;
    g_assert_null(reply_last_sent(store, ticket, &error));
    g_assert_true(reply_count_back(store, "c/a.en", "h1", 0, 0, &sent, &back, &error));
    g_assert_cmpint(sent, ==, 0);
    g_assert_cmpint(back, ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Reply) reply = reply_new();
        reply->ticket_id = ticket;
        reply->message_id = message;
        reply->state = rows[i].state;
        reply->origin = g_strdup(rows[i].origin);
        reply->template_name = g_strdup(rows[i].name);
        reply->template_hash = g_strdup(rows[i].hash);
        reply->created_at = rows[i].created_at;
        reply->sent_at = rows[i].state == REPLY_SENT ? rows[i].created_at : 0;
        reply->back = rows[i].back;
        g_assert_true(reply_insert(store, reply, &error));
    }
    g_assert_true(reply_count_back(store, "c/a.en", "h1", 100, 0, &sent, &back, &error));
    g_assert_cmpint(sent, ==, 3);
    g_assert_cmpint(back, ==, 2);
    g_assert_true(reply_count_back(store, "c/a.en", "h1", 100, 2, &sent, &back, &error));
    g_assert_cmpint(sent, ==, 2);
    g_assert_cmpint(back, ==, 1);

    /* The one that left last, and the first who writes back to it. */
    g_autoptr(Reply) last = reply_last_sent(store, ticket, &error);
    g_assert_cmpint(last->created_at, ==, 103);
    g_assert_cmpstr(last->origin, ==, "eva");
    g_assert_null(reply_last_sent(store, other, &error));
    g_autoptr(Reply) fresh = fixture_reply(store, other, message);
    g_assert_true(reply_set_back(store, fresh, 3, &error));
    g_assert_true(reply_set_back(store, fresh, 4, &error));
    g_assert_cmpint(fresh->back, ==, 3);
    g_autoptr(Reply) row = load(store, fresh->id);
    g_assert_cmpint(row->back, ==, 3);
    g_assert_no_error(error);
}

/* An automatic reply to ADDRESS at time AT. */
static gint64 sent_to(Store *store, const char *address, gint64 at, gint64 fingerprint)
{
    g_autoptr(Reply) reply = reply_new();

    reply->ticket_id = 1;
    reply->message_id = 1;
    reply->state = REPLY_SENT;
    reply->origin = g_strdup("auto");
    reply->to_addr = g_strdup(address);
    reply->created_at = reply->sent_at = at;
    reply->fingerprint = fingerprint;
    reply->mail_id = g_strdup_printf("%" G_GINT64_FORMAT "@shop.example", fingerprint);
    g_assert_true(reply_insert(store, reply, NULL));
    return reply->id;
}

static void test_windows(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 ticket = fixture_ticket(store, "AAAA-0001");
    gint64 message = fixture_message(store, ticket, "01"), last;
    guint count = 77;

    (void)data;
    reply_free(fixture_reply(store, ticket, message)); /* a draft does not count */
    sent_to(store, "anna@kunde.example", 100, 11);
    sent_to(store, "bert@Kunde.example", 120, 12);
    sent_to(store, "cleo@xkunde.example", 140, 13);
    last = sent_to(store, "dora@kunde.example", 99999, 14); /* the clock was set back */
    g_assert_true(reply_count_domain(store, "kunde.EXAMPLE", 100, 0, &count, &error));
    g_assert_cmpuint(count, ==, 3);
    g_assert_true(reply_count_domain(store, "kunde.example", 101, last, &count, &error));
    g_assert_cmpuint(count, ==, 1);
    g_assert_true(reply_count_automatic(store, 100, 0, &count, &error));
    g_assert_cmpuint(count, ==, 4);
    g_assert_true(reply_count_automatic(store, 121, last, &count, &error));
    g_assert_cmpuint(count, ==, 1);

    g_autoptr(GArray) contents = reply_list_contents(store, 120, 0, 2, &error);
    g_assert_cmpuint(contents->len, ==, 2); /* the newest */
    g_assert_cmpint(g_array_index(contents, ReplyContent, 0).fingerprint, ==, 14);
    g_assert_cmpint(g_array_index(contents, ReplyContent, 1).fingerprint, ==, 13);
    g_assert_cmpint(g_array_index(contents, ReplyContent, 1).ticket_id, ==, ticket);
    g_autoptr(GArray) others = reply_list_contents(store, 120, last, 9, &error);
    g_assert_cmpuint(others->len, ==, 2);

    g_autoptr(GHashTable) domains = reply_count_domains(store, 100, &error);
    g_assert_cmpuint(g_hash_table_size(domains), ==, 2);
    g_assert_cmpuint(GPOINTER_TO_UINT(g_hash_table_lookup(domains, "kunde.example")), ==, 3);

    g_autoptr(Reply) found = reply_find_mail_id(store, "13@shop.example", &error);
    g_assert_cmpstr(found->to_addr, ==, "cleo@xkunde.example");
    g_assert_null(reply_find_mail_id(store, "15@shop.example", &error));
    g_assert_no_error(error);
}

/* Refused for good by a server: not what was dropped, nor what was only tried too often. */
static void test_count_refused(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *origin, *words;
        gint64 at;
        guint counts; /* since 100 */
    } rows[] = {{"auto", "550 no such user", 100, 1},
                {"auto", "550 no such user", 99, 0},
                {"auto", "450 busy", 100, 0},
                {"eva", "550 no such user", 100, 0}};
    Store *store = fixture->store;
    gint64 ticket = fixture_ticket(store, "AAAA-0001");
    gint64 message = fixture_message(store, ticket, "01");
    guint expected = 0, count = 77;

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Reply) reply = fixture_reply(store, ticket, message);
        reply->origin = g_strdup(rows[i].origin);
        g_assert_true(reply_update_draft(store, reply, NULL));
        move(store, reply, REPLY_APPROVED, NULL, rows[i].at);
        move(store, reply, REPLY_SENDING, NULL, rows[i].at);
        move(store, reply, REPLY_FAILED, rows[i].words, rows[i].at);
        expected += rows[i].counts;
        g_assert_true(reply_count_refused(store, 100, &count, NULL));
        g_assert_cmpuint(count, ==, expected);
    }
}

static void test_names(void)
{
    static const char *const names[] = {"draft",  "approved", "sending", "sent",
                                        "failed", "unknown",  "dropped"};

    for (int state = REPLY_DRAFT; state <= REPLY_DROPPED; state++)
        g_assert_cmpstr(reply_state_name((ReplyState)state), ==, names[state]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/reply/round-trip", test_round_trip);
    FIXTURE_TEST("/reply/lists", test_lists);
    FIXTURE_TEST("/reply/update-draft", test_update_draft);
    FIXTURE_TEST("/reply/way", test_way_of_a_reply);
    FIXTURE_TEST("/reply/steps", test_steps);
    g_test_add_func("/reply/missteps", test_missteps);
    FIXTURE_TEST("/reply/compare-and-set", test_compare_and_set);
    FIXTURE_TEST("/reply/hole", test_hole);
    g_test_add_func("/reply/hole-approved", test_hole_approved);
    FIXTURE_TEST("/reply/drop-others", test_drop_others);
    FIXTURE_TEST("/reply/count-recent", test_count_recent);
    FIXTURE_TEST("/reply/back", test_back);
    FIXTURE_TEST("/reply/windows", test_windows);
    FIXTURE_TEST("/reply/count-refused", test_count_refused);
    g_test_add_func("/reply/names", test_names);
    return g_test_run();
}
