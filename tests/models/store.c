/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/sql.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static guint mode_of(const char *path)
{
    GStatBuf status;

    g_assert_cmpint(g_stat(path, &status), ==, 0);
    return status.st_mode & 0777;
}

static void assert_refused(const char *path, StoreFlags flags, StoreError code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *pattern = g_strdup_printf("%s: *%s*", path, words);

    g_assert_null(store_open(path, flags, &error));
    g_assert_error(error, STORE_ERROR, (int)code);
    g_assert_true(g_pattern_match_simple(pattern, error->message));
}

static void test_new(Fixture *fixture, gconstpointer data)
{
    g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
    g_autofree char *shm = g_strconcat(fixture->path, "-shm", NULL);
    static const struct {
        const char *sql;
        gint64 value;
    } settings[] = {
        {"PRAGMA foreign_keys", 1},
        {"PRAGMA synchronous", 2},
        {"PRAGMA busy_timeout", 10000},
        {"PRAGMA trusted_schema", 0},
    };

    (void)data;
    g_assert_cmpint(store_version(fixture->store), ==, store_version_current());
    for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
        g_assert_cmpint(fixture_number(fixture->store, settings[i].sql), ==, settings[i].value);
    fixture_ticket(fixture->store, "AAAA-0001");
    g_assert_cmpuint(mode_of(fixture->path), ==, 0600);
    g_assert_cmpuint(mode_of(wal), ==, 0600);
    g_assert_cmpuint(mode_of(shm), ==, 0600);
    /* defensive: nobody rewrites the schema behind SQLite's back */
    g_assert_cmpint(sqlite3_exec(fixture->store->db,
                                 "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema", NULL,
                                 NULL, NULL),
                    !=, SQLITE_OK);
}

static void test_open_again(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_ticket(fixture->store, "AAAA-0001");
    g_clear_pointer(&fixture->store, store_free);
    fixture->store = fixture_open(fixture, STORE_CREATE);
    g_assert_cmpint(fixture_number(fixture->store, "SELECT count(*) FROM ticket"), ==, 1);
    g_clear_pointer(&fixture->store, store_free);
    fixture->store = fixture_open(fixture, STORE_OPEN);
    g_assert_cmpint(fixture_number(fixture->store, "SELECT count(*) FROM ticket"), ==, 1);
}

static void test_absent(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = fixture_path(fixture, "none.db");
    g_autofree char *deep = fixture_path(fixture, "none/none.db");

    (void)data;
    assert_refused(path, STORE_OPEN, STORE_ERROR_ABSENT, "No such file");
    assert_refused(path, STORE_READONLY, STORE_ERROR_ABSENT, "No such file");
    assert_refused(deep, STORE_CREATE, STORE_ERROR_BUSY, "cannot be made");
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_foreign(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = fixture_path(fixture, "foreign.db");
    g_autofree char *before = NULL, *after = NULL;
    gsize before_length, after_length;
    static const StoreFlags flags[] = {STORE_OPEN, STORE_CREATE, STORE_READONLY};
    sqlite3 *db;

    (void)data;
    assert_refused(fixture->dir, STORE_OPEN, STORE_ERROR_BAD, "not a file");

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    sqlite3_exec(db, "CREATE TABLE song (name TEXT); INSERT INTO song VALUES ('x')", 0, 0, 0);
    sqlite3_close(db);
    g_file_get_contents(path, &before, &before_length, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        assert_refused(path, flags[i], STORE_ERROR_BAD, "not an erms database");
    g_file_get_contents(path, &after, &after_length, NULL);
    g_assert_cmpmem(before, before_length, after, after_length); /* and it was not touched */

    g_file_set_contents(path, "Dear sir or madam, this is no database but a letter.", -1, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        assert_refused(path, flags[i], STORE_ERROR_BAD, "not an erms database");
}

static void test_empty(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = fixture_path(fixture, "empty.db");
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = NULL;

    (void)data;
    g_file_set_contents(path, "", 0, NULL);
    assert_refused(path, STORE_OPEN, STORE_ERROR_BAD, "an empty file");
    assert_refused(path, STORE_READONLY, STORE_ERROR_BAD, "an empty file");
    store = store_open(path, STORE_CREATE, &error); /* a first run that was cut short */
    g_assert_no_error(error);
    g_assert_cmpint(store_version(store), ==, store_version_current());
}

static void test_newer(Fixture *fixture, gconstpointer data)
{
    (void)data;
    fixture_execute(fixture->store, "PRAGMA user_version = 4711");
    g_clear_pointer(&fixture->store, store_free);
    assert_refused(fixture->path, STORE_OPEN, STORE_ERROR_BAD, "newer erms*4711");
    assert_refused(fixture->path, STORE_READONLY, STORE_ERROR_BAD, "newer erms*4711");
}

static void test_truncated(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 200; i++) {
        g_autofree char *token = g_strdup_printf("%u", i);
        fixture_ticket(fixture->store, token);
    }
    g_clear_pointer(&fixture->store, store_free);
    g_assert_cmpint(truncate(fixture->path, 3 * 8192), ==, 0);
    assert_refused(fixture->path, STORE_OPEN, STORE_ERROR_BAD, "damaged");
    g_assert_cmpint(truncate(fixture->path, 700), ==, 0);
    assert_refused(fixture->path, STORE_OPEN, STORE_ERROR_BAD, "");
}

static void test_read_only(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) reader = fixture_open(fixture, STORE_READONLY);
    g_autoptr(StoreTransaction) transaction = NULL;
    gint64 ticket = fixture_ticket(fixture->store, "AAAA-0001");

    (void)data;
    /* with a writer beside it: what is committed is seen, and a transaction stands still */
    g_assert_cmpint(fixture_number(reader, "SELECT count(*) FROM ticket"), ==, 1);
    transaction = store_begin(reader, &error);
    g_assert_no_error(error);
    g_assert_cmpint(fixture_events(reader), ==, 0);
    g_assert_true(fixture_event(fixture->store, ticket, NULL, &error));
    g_assert_cmpint(fixture_events(reader), ==, 0);
    g_assert_true(store_commit(g_steal_pointer(&transaction), &error));
    g_assert_cmpint(fixture_events(reader), ==, 1);
    g_assert_false(fixture_event(reader, ticket, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    g_clear_pointer(&reader, store_free);

    /* alone with a file that was closed */
    g_clear_pointer(&fixture->store, store_free);
    reader = fixture_open(fixture, STORE_READONLY);
    g_assert_cmpint(fixture_events(reader), ==, 1);
}

static void test_rollback(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 ticket = fixture_ticket(store, "AAAA-0001");

    (void)data;
    {
        g_autoptr(StoreTransaction) transaction = store_begin(store, NULL);
        g_assert_nonnull(transaction);
        g_assert_true(fixture_event(store, ticket, NULL, NULL));
        g_assert_cmpint(fixture_events(store), ==, 1);
    }
    g_assert_cmpint(fixture_events(store), ==, 0);
    {
        g_autoptr(StoreTransaction) transaction = store_begin(store, NULL);
        g_assert_true(fixture_event(store, ticket, NULL, NULL));
        g_assert_true(store_commit(g_steal_pointer(&transaction), NULL));
    }
    g_assert_cmpint(fixture_events(store), ==, 1);
}

/* An inner transaction that stays or falls; *COMMITTED says whether the outer one could commit. */
static void nest(Store *store, gint64 ticket, gboolean inner_stays, gboolean *committed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreTransaction) outer = store_begin(store, NULL);

    g_assert_true(fixture_event(store, ticket, "outer", NULL));
    {
        g_autoptr(StoreTransaction) inner = store_begin(store, NULL);
        g_assert_nonnull(inner);
        g_assert_true(fixture_event(store, ticket, "inner", NULL));
        if (inner_stays)
            g_assert_true(store_commit(g_steal_pointer(&inner), NULL));
    }
    /* After a fall nothing can be written by mistake before the outermost one is left. */
    g_assert_cmpint(fixture_event(store, ticket, "after", NULL), ==, inner_stays);
    *committed = store_commit(g_steal_pointer(&outer), &error);
    if (!*committed)
        g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
}

static void test_nested(Fixture *fixture, gconstpointer data)
{
    gint64 ticket = fixture_ticket(fixture->store, "AAAA-0001");
    g_autoptr(Store) other = fixture_open(fixture, STORE_READONLY);
    gboolean committed;

    (void)data;
    nest(fixture->store, ticket, FALSE, &committed);
    g_assert_false(committed);
    g_assert_cmpint(fixture_events(other), ==, 0);
    nest(fixture->store, ticket, TRUE, &committed);
    g_assert_true(committed);
    g_assert_cmpint(fixture_events(other), ==, 3);
    {
        g_autoptr(StoreTransaction) falls = store_begin(fixture->store, NULL);
        g_assert_nonnull(falls);
        g_autoptr(StoreTransaction) inner = store_begin(fixture->store, NULL);
        g_assert_true(fixture_event(fixture->store, ticket, "inner", NULL));
        g_assert_true(store_commit(g_steal_pointer(&inner), NULL));
    }
    g_assert_cmpint(fixture_events(other), ==, 3);
}

/* A writer holds the file from its first moment on, not only from its first write. */
static void test_locked(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) other = fixture_open(fixture, STORE_OPEN);
    g_autoptr(StoreTransaction) mine = store_begin(fixture->store, NULL);

    (void)data;
    sqlite3_busy_timeout(other->db, 20);
    g_assert_null(store_begin(other, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    g_clear_pointer(&mine, store_rollback);
    g_clear_error(&error);
    mine = store_begin(other, &error);
    g_assert_no_error(error);
}

/* Opening does not wait for a writer, however long it takes. */
static void test_open_beside_writer(Fixture *fixture, gconstpointer data)
{
    g_autoptr(StoreTransaction) writing = store_begin(fixture->store, NULL);
    gint64 start = g_get_monotonic_time();
    g_autoptr(Store) other = fixture_open(fixture, STORE_OPEN);

    (void)data;
    g_assert_nonnull(writing);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 8 * G_TIME_SPAN_SECOND);
    g_assert_cmpint(fixture_number(other, "SELECT count(*) FROM ticket"), ==, 0);
}

/* The disk is full in the middle of a batch: nothing of it is written, not even what comes after
 * the failure, and later everything goes on. */
static void test_disk_full(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 ticket = fixture_ticket(store, "AAAA-0001");
    g_autofree char *detail = g_strnfill(20000, 'x');
    g_autofree char *sql = g_strdup_printf("PRAGMA max_page_count = %d",
                                           (int)fixture_number(store, "PRAGMA page_count") + 40);
    gboolean ok = TRUE;

    (void)data;
    fixture_execute(store, sql);
    {
        g_autoptr(GError) error = NULL, after = NULL, inner = NULL, end = NULL;
        g_autoptr(StoreTransaction) transaction = store_begin(store, NULL);
        for (guint i = 0; ok && i < 100; i++)
            ok = fixture_event(store, ticket, detail, &error);
        g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
        g_assert_true(sqlite3_get_autocommit(store->db)); /* SQLite undid it already */
        g_assert_false(fixture_event(store, ticket, NULL, &after));
        g_assert_error(after, STORE_ERROR, STORE_ERROR_BUSY);
        g_assert_null(store_begin(store, &inner));
        g_assert_error(inner, STORE_ERROR, STORE_ERROR_BUSY);
        g_assert_false(store_commit(g_steal_pointer(&transaction), &end));
        g_assert_error(end, STORE_ERROR, STORE_ERROR_BUSY);
    }
    g_assert_cmpint(fixture_events(store), ==, 0);
    fixture_execute(store, "PRAGMA max_page_count = 1000000");
    g_assert_true(fixture_event(store, ticket, detail, NULL));
    g_assert_cmpint(fixture_events(store), ==, 1);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM pragma_integrity_check"), ==, 1);
}

/* The same where it really happens: in write(), at the commit. In a process of its own, because
 * the limit cannot be taken back by everybody. */
static int fill_disk(const char *path)
{
    struct rlimit limit = {400 * 1024, 400 * 1024};
    g_autofree char *detail = g_strnfill(20000, 'x');
    g_autoptr(Store) store = NULL;
    g_autoptr(GError) error = NULL;
    gboolean ok = TRUE;

    signal(SIGXFSZ, SIG_IGN);
    store = store_open(path, STORE_OPEN, NULL);
    if (!store || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 2;
    for (guint i = 0; ok && i < 100; i++) {
        g_autoptr(StoreTransaction) transaction = store_begin(store, &error);
        ok = transaction && fixture_event(store, 1, detail, &error) &&
             fixture_event(store, 1, detail, &error) &&
             store_commit(g_steal_pointer(&transaction), &error);
    }
    return g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY) ? 0 : 1;
}

static void test_write_fails(Fixture *fixture, gconstpointer data)
{
    pid_t child;
    gint64 n;

    (void)data;
    fixture_ticket(fixture->store, "AAAA-0001");
    child = fixture_fork(fixture);
    if (child == 0)
        _exit(fill_disk(fixture->path));
    fixture_wait(child);
    n = fixture_events(fixture->store);
    g_assert_cmpint(n, >, 0);
    g_assert_cmpint(n % 2, ==, 0); /* whole transactions only */
}

static void test_killed(Fixture *fixture, gconstpointer data)
{
    int committed[2], status;
    char byte;
    pid_t child;

    (void)data;
    fixture_ticket(fixture->store, "AAAA-0001");
    g_assert_cmpint(pipe(committed), ==, 0);
    child = fixture_fork(fixture);
    if (child == 0) {
        Store *store = store_open(fixture->path, STORE_OPEN, NULL);
        StoreTransaction *transaction = store ? store_begin(store, NULL) : NULL;
        if (transaction && fixture_event(store, 1, "committed", NULL) &&
            store_commit(transaction, NULL) && store_begin(store, NULL) &&
            fixture_event(store, 1, "lost", NULL) && write(committed[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    close(committed[1]);
    g_assert_cmpint(read(committed[0], &byte, 1), ==, 1);
    kill(child, SIGKILL);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    close(committed[0]);
    g_assert_cmpint(fixture_events(fixture->store), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/store/new", test_new);
    FIXTURE_TEST("/store/open-again", test_open_again);
    FIXTURE_TEST("/store/absent", test_absent);
    FIXTURE_TEST("/store/foreign", test_foreign);
    FIXTURE_TEST("/store/empty", test_empty);
    FIXTURE_TEST("/store/newer", test_newer);
    FIXTURE_TEST("/store/truncated", test_truncated);
    FIXTURE_TEST("/store/read-only", test_read_only);
    FIXTURE_TEST("/store/rollback", test_rollback);
    FIXTURE_TEST("/store/nested", test_nested);
    FIXTURE_TEST("/store/locked", test_locked);
    FIXTURE_TEST("/store/open-beside-writer", test_open_beside_writer);
    FIXTURE_TEST("/store/disk-full", test_disk_full);
    FIXTURE_TEST("/store/write-fails", test_write_fails);
    FIXTURE_TEST("/store/killed", test_killed);
    return g_test_run();
}
