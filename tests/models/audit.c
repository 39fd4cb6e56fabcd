/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/audit.h"
#include "models/schema.h"
#include "models/sql.h"
#include "models/verdict.h"

#define SINCE 1000

/* An automatic answer to a new mail, sent at AT. */
static Audit *answered(Store *store, const char *category, gint64 at, guint drawn)
{
    static guint serial = 0;
    g_autofree char *name = g_strdup_printf("%08u", ++serial);
    g_autoptr(GError) error = NULL;
    g_autoptr(Audit) audit = audit_new();
    g_autoptr(Verdict) verdict = verdict_new();

    audit->message_id = fixture_message(store, fixture_ticket(store, name), name);
    audit->category = g_strdup(category);
    audit->sent_at = at;
    audit->drawn = drawn;
    g_assert_true(audit_insert(store, audit, &error));
    verdict->message_id = audit->message_id;
    verdict->category = g_strdup(category);
    verdict->reason = g_strdup("none");
    verdict->probability = 0.9;
    verdict->template_name = g_strdup("returns/how-to.de");
    verdict->words = g_strdup("[]");
    g_assert_true(verdict_insert(store, verdict, &error));
    g_assert_no_error(error);
    return g_steal_pointer(&audit);
}

static void review(Store *store, Audit *audit, AuditOutcome outcome)
{
    audit->outcome = outcome;
    audit->reviewed_at = 2000;
    g_free(audit->who);
    audit->who = g_strdup("eva");
    g_assert_true(audit_update(store, audit, NULL));
}

static void correct(Store *store, Audit *audit, const char *category)
{
    g_free(audit->corrected);
    audit->corrected = g_strdup(category);
    g_assert_true(audit_update(store, audit, NULL));
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Audit) audit = answered(fixture->store, "returns", 1500, 1), read = NULL;

    (void)data;
    g_assert_cmpint(audit->id, ==, 1);
    review(fixture->store, audit, AUDIT_WRONG);
    correct(fixture->store, audit, "invoice");
    read = audit_load(fixture->store, audit->message_id, &error);
    g_assert_no_error(error);
    g_assert_cmpint(read->id, ==, 1);
    g_assert_cmpstr(read->category, ==, "returns");
    g_assert_cmpint(read->sent_at, ==, 1500);
    g_assert_cmpuint(read->drawn, ==, 1);
    g_assert_cmpint(read->outcome, ==, AUDIT_WRONG);
    g_assert_cmpint(read->reviewed_at, ==, 2000);
    g_assert_cmpstr(read->who, ==, "eva");
    g_assert_cmpstr(read->corrected, ==, "invoice");
    g_assert_null(audit_load(fixture->store, 99, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(audit_outcome_name(AUDIT_OPEN), ==, "open");
    g_assert_cmpstr(audit_outcome_name(AUDIT_RIGHT), ==, "right");
    g_assert_cmpstr(audit_outcome_name(AUDIT_WRONG), ==, "wrong");

    /* a mail is answered by itself once */
    read->id = 0;
    g_assert_false(audit_insert(fixture->store, read, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
}

static void assert_waiting(Store *store, guint limit, const char *const *subjects)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = audit_list_waiting(store, SINCE, limit, &error);
    guint i = 0;

    g_assert_no_error(error);
    for (; subjects[i]; i++) {
        const AuditWaiting *waiting = g_ptr_array_index(list, i);
        g_assert_cmpuint(i, <, list->len);
        g_assert_cmpstr(waiting->category, ==, subjects[i]);
        g_assert_cmpint(waiting->ticket_id, >, 0);
        g_assert_cmpstr(waiting->template_name, ==, "returns/how-to.de");
        g_assert_cmpfloat(waiting->probability, ==, 0.9);
        g_assert_cmpstr(waiting->words, ==, "[]");
    }
    g_assert_cmpuint(list->len, ==, i);
}

/* Drawn, not reviewed, not too old, not before the category was restored; oldest first. */
static void test_waiting(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    audit_free(answered(store, "old", SINCE - 1, 1));
    audit_free(answered(store, "late", 1700, 1));
    audit_free(answered(store, "early", SINCE, 1));
    audit_free(answered(store, "spared", 1600, 0));
    g_autoptr(Audit) labelled = answered(store, "labelled", 1800, 1);
    g_autoptr(Audit) done = answered(store, "done", 1500, 1);
    g_autoptr(GPtrArray) list = NULL;

    (void)data;
    review(store, done, AUDIT_RIGHT);
    correct(store, labelled, "");
    assert_waiting(store, 0, (const char *const[]){"early", "late", "labelled", NULL});
    assert_waiting(store, 2, (const char *const[]){"early", "late", NULL});
    list = audit_list_waiting(store, 1750, 0, NULL);
    g_assert_cmpstr(((AuditWaiting *)g_ptr_array_index(list, 0))->corrected, ==, "");

    g_assert_true(restore_insert(store, "late", "eva", 1900, NULL));
    assert_waiting(store, 0, (const char *const[]){"early", "labelled", NULL});
}

static void assert_count(const GPtrArray *counts, guint i, const char *category, gint64 answers,
                         gint64 waiting, gint64 reviewed, gint64 wrong, gint64 known)
{
    const AuditCount *count = g_ptr_array_index(counts, i);

    g_assert_cmpuint(i, <, counts->len);
    g_assert_cmpstr(count->category, ==, category);
    g_assert_cmpint(count->answers, ==, answers);
    g_assert_cmpint(count->waiting, ==, waiting);
    g_assert_cmpint(count->reviewed, ==, reviewed);
    g_assert_cmpint(count->wrong, ==, wrong);
    g_assert_cmpint(count->known, ==, known);
}

static void test_counts(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(Audit) right = answered(store, "returns", 1100, 1);
    g_autoptr(Audit) wrong = answered(store, "returns", 1200, 1);
    g_autoptr(Audit) waits = answered(store, "returns", 1300, 1);
    audit_free(answered(store, "returns", 1400, 0));
    g_autoptr(Audit) labelled = answered(store, "returns", 1500, 0);
    g_autoptr(Audit) both = answered(store, "returns", 1600, 1);
    g_autoptr(Audit) old = answered(store, "returns", SINCE - 1, 1);
    audit_free(answered(store, "hours", 1100, 1));
    g_autoptr(GPtrArray) counts = NULL, judged = NULL, later = NULL;
    g_autoptr(GError) error = NULL;
    gint64 n = 0;

    (void)data;
    review(store, right, AUDIT_RIGHT);
    review(store, wrong, AUDIT_WRONG);
    review(store, both, AUDIT_WRONG);
    review(store, old, AUDIT_WRONG);
    correct(store, both, "invoice");
    correct(store, labelled, "invoice");
    correct(store, waits, "");

    counts = audit_list_counts(store, SINCE, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(counts->len, ==, 2);
    assert_count(counts, 0, "hours", 1, 1, 0, 0, 0);
    assert_count(counts, 1, "returns", 6, 1, 3, 2, 4);
    judged = audit_list_judged(store, SINCE, &error);
    g_assert_cmpuint(judged->len, ==, 1);
    assert_count(judged, 0, "returns", 0, 0, 3, 2, 4);

    g_assert_true(audit_count_answers(store, "returns", SINCE, 100, &n, &error));
    g_assert_cmpint(n, ==, 6);
    g_assert_true(audit_count_answers(store, "returns", SINCE, 4, &n, &error));
    g_assert_cmpint(n, ==, 4);
    g_assert_true(audit_count_drawn(store, "returns", SINCE, 100, &n, &error));
    g_assert_cmpint(n, ==, 4);
    g_assert_true(audit_count_drawn(store, "robots", SINCE, 100, &n, &error));
    g_assert_cmpint(n, ==, 0);

    /* later than all of that, in the same second */
    g_assert_true(restore_insert(store, "returns", "eva", 1600, &error));
    audit_free(answered(store, "returns", 1600, 1));
    later = audit_list_counts(store, SINCE, &error);
    assert_count(later, 0, "hours", 1, 1, 0, 0, 0);
    assert_count(later, 1, "returns", 1, 1, 0, 0, 0);
    g_assert_true(audit_count_answers(store, "returns", SINCE, 100, &n, &error));
    g_assert_cmpint(n, ==, 1);
    g_assert_true(audit_count_drawn(store, "returns", SINCE, 100, &n, &error));
    g_assert_cmpint(n, ==, 1);
}

static void test_restore(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Restore) none = restore_load(fixture->store, "returns", &error), last = NULL;

    (void)data;
    g_assert_null(none);
    g_assert_no_error(error);
    g_assert_true(restore_insert(fixture->store, "returns", "eva", 10, &error));
    audit_free(answered(fixture->store, "hours", 1100, 0));
    g_assert_true(restore_insert(fixture->store, "returns", "kim", 20, &error));
    g_assert_true(restore_insert(fixture->store, "hours", "lee", 30, &error));
    last = restore_load(fixture->store, "returns", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(last->who, ==, "kim");
    g_assert_cmpint(last->at, ==, 20);
    g_assert_cmpint(last->after, ==, 1);
}

/* A database from before: its automatic answers are known, and none waits. */
static void test_before(Fixture *fixture, gconstpointer data)
{
    const char *const *const old[] = {schema_steps[0], NULL};
    g_autofree char *path = fixture_path(fixture, "old.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = NULL;
    g_autoptr(Audit) automatic = NULL, unknown = NULL;
    g_autoptr(GPtrArray) counts = NULL;
    sqlite3 *db;

    (void)data;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_true(schema_migrate(db, path, old, SCHEMA_CREATE, &error));
    for (guint i = 1; i <= 3; i++) {
        static const char *const columns[] = {"", "'auto', 'sent'", "'eva', 'sent'",
                                              "'auto', 'unknown'"};
        g_autofree char *sql = g_strdup_printf(
            "INSERT INTO ticket (id, token, state, created_at, updated_at, subject)"
            " VALUES (%u, 'T%u', 'answered', 1, 1, '');"
            "INSERT INTO message (id, ticket_id, received_at, size, flags, digest, language,"
            " subject, own_text, headers, text) VALUES (%u, %u, 1, 1, 0, 'd%u', '', '', '', '', "
            "'');"
            "INSERT INTO verdict (message_id, action, reason, category, decided_at, detail)"
            " VALUES (%u, 'send', 'none', 'returns', 1, '');"
            "INSERT INTO reply (ticket_id, message_id, rank, attempts, created_at, sent_at, origin,"
            " state, subject, body) VALUES (%u, %u, 1, 1, 1, 1700, %s, '', '')",
            i, i, i, i, i, i, i, i, columns[i]);
        g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    }
    /* the last label of each counts; what is unknown was never stamped as sent */
    g_assert_cmpint(sqlite3_exec(db,
                                 "UPDATE reply SET sent_at = 0, moved_at = 1800"
                                 "  WHERE state = 'unknown';"
                                 "INSERT INTO label (message_id, category, who, source, at) VALUES"
                                 " (1, 'hours', 'eva', 'command', 1),"
                                 " (1, 'returns', 'eva', 'command', 2),"
                                 " (2, 'hours', 'eva', 'command', 3),"
                                 " (3, 'returns', 'eva', 'command', 4),"
                                 " (3, 'hours', 'eva', 'command', 5)",
                                 NULL, NULL, NULL),
                    ==, SQLITE_OK);
    sqlite3_close(db);

    store = store_open(path, STORE_OPEN, &error);
    g_assert_no_error(error);
    counts = audit_list_counts(store, SINCE, &error);
    g_assert_cmpuint(counts->len, ==, 1);
    assert_count(counts, 0, "returns", 2, 0, 0, 0, 1);
    automatic = audit_load(store, 1, &error);
    g_assert_cmpuint(automatic->drawn, ==, 0);
    g_assert_cmpint(automatic->sent_at, ==, 1700);
    g_assert_null(automatic->corrected);
    unknown = audit_load(store, 3, &error);
    g_assert_cmpuint(unknown->drawn, ==, 0);
    g_assert_cmpint(unknown->sent_at, ==, 1800);
    g_assert_cmpstr(unknown->corrected, ==, "hours");
    g_assert_null(audit_load(store, 2, &error));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/audit/round-trip", test_round_trip);
    FIXTURE_TEST("/audit/waiting", test_waiting);
    FIXTURE_TEST("/audit/counts", test_counts);
    FIXTURE_TEST("/audit/restore", test_restore);
    FIXTURE_TEST("/audit/before", test_before);
    return g_test_run();
}
