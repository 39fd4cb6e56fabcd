/* SPDX-License-Identifier: Apache-2.0 */
#include "models/schema.h"
#include "tests/models/fixture.h"

#include "models/label.h"
#include "models/place.h"
#include "models/sql.h"
#include "models/verdict.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const one[] = {"CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER) STRICT;",
                                  "INSERT INTO a VALUES (1, 10)", NULL};
static const char *const two[] = {"ALTER TABLE a ADD COLUMN c TEXT NOT NULL DEFAULT 'new'", NULL};
static const char *const wrong[] = {"UPDATE a SET b = 99", "ALTER TABLE nothing ADD x", NULL};
static const char *const orphan[] = {"CREATE TABLE d (e INTEGER REFERENCES a)",
                                     "INSERT INTO d VALUES (77)", NULL};
static const char *const *const to_1[] = {one, NULL}, *const *const to_2[] = {one, two, NULL},
                                *const *const to_wrong[] = {one, two, wrong, NULL},
                                *const *const to_orphan[] = {one, orphan, NULL};

static gint64 number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    gint64 value;

    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void test_steps(void)
{
    sqlite3 *db;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
    g_assert_false(schema_migrate(db, "x", to_1, SCHEMA_MIGRATE, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BAD);
    g_clear_error(&error);
    g_assert_true(schema_migrate(db, "x", to_1, SCHEMA_CREATE, &error));
    g_assert_cmpint(number(db, "PRAGMA user_version"), ==, 1);
    g_assert_cmpint(number(db, "PRAGMA application_id"), ==, SCHEMA_APPLICATION_ID);

    /* an old schema: not good enough to read, brought up to date to write, its rows kept */
    g_assert_false(schema_migrate(db, "x", to_2, SCHEMA_CHECK, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BAD);
    g_assert_nonnull(strstr(error->message, "older erms"));
    g_clear_error(&error);
    g_assert_true(schema_migrate(db, "x", to_2, SCHEMA_MIGRATE, &error));
    g_assert_cmpint(number(db, "PRAGMA user_version"), ==, 2);
    g_assert_cmpint(number(db, "SELECT count(*) FROM a WHERE b = 10 AND c = 'new'"), ==, 1);
    g_assert_true(schema_migrate(db, "x", to_2, SCHEMA_CHECK, &error));
    g_assert_true(schema_migrate(db, "x", to_2, SCHEMA_CREATE, &error));
    g_assert_cmpint(number(db, "SELECT count(*) FROM a"), ==, 1);
    g_assert_no_error(error);

    /* a step that fails: nothing of it stays */
    g_assert_false(schema_migrate(db, "x", to_wrong, SCHEMA_MIGRATE, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BAD);
    g_assert_cmpint(number(db, "PRAGMA user_version"), ==, 2);
    g_assert_cmpint(number(db, "SELECT b FROM a"), ==, 10);
    g_assert_true(sqlite3_get_autocommit(db));
    g_clear_error(&error);

    g_assert_false(schema_migrate(db, "x", to_1, SCHEMA_MIGRATE, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BAD);
    g_assert_nonnull(strstr(error->message, "newer erms"));
    sqlite3_close(db);
}

static void test_orphans(void)
{
    sqlite3 *db;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
    g_assert_true(schema_migrate(db, "x", to_1, SCHEMA_CREATE, &error));
    g_assert_false(schema_migrate(db, "x", to_orphan, SCHEMA_MIGRATE, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BAD);
    g_assert_cmpint(number(db, "PRAGMA user_version"), ==, 1);
    sqlite3_close(db);
}

static void test_marks(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_cmpint(fixture_number(fixture->store, "PRAGMA application_id"), ==, 0x65726d73);
    g_assert_cmpint(fixture_number(fixture->store,
                                   "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
                                   " AND name IN ('ticket', 'message', 'place', 'verdict', 'reply',"
                                   " 'label', 'event', 'training', 'audit',"
                                   " 'restore') AND sql LIKE '%STRICT'"),
                    ==, 10);
    /* our mark without our tables, or tables without a version */
    fixture_execute(fixture->store, "PRAGMA user_version = 0");
    g_clear_pointer(&fixture->store, store_free);
    g_assert_null(store_open(fixture->path, STORE_CREATE, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BAD);
}

static gboolean take_line(sqlite3_stmt *row, gpointer data)
{
    g_string_append_printf(data, "%s\n", (const char *)sqlite3_column_text(row, 0));
    return TRUE;
}

static char *describe(Store *store)
{
    GString *text = g_string_new(NULL);

    g_assert_true(sql_each(store, "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name",
                           NULL, take_line, text, NULL));
    return g_string_free(text, FALSE);
}

static void load_dump(const char *dump, const char *path)
{
    g_autofree char *sql = NULL;
    g_autoptr(GError) error = NULL;
    sqlite3 *db;

    g_file_get_contents(dump, &sql, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
}

/* A database of each released version: it opens, has the schema of a new one, and its records can
 * be read. */
static void test_released(Fixture *fixture, gconstpointer data)
{
    g_autofree char *expected = describe(fixture->store);

    (void)data;
    for (int version = 1; version <= store_version_current(); version++) {
        g_autofree char *name = g_strdup_printf("%d.sql", version);
        g_autofree char *dump = g_build_filename(g_getenv("ERMS_TEST_DATA"), "schema", name, NULL);
        g_autofree char *path = fixture_path(fixture, "released.db");
        g_autofree char *schema = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(Store) store = NULL;
        g_autoptr(Message) message = NULL;
        g_autoptr(Ticket) ticket = NULL;
        g_autoptr(Verdict) verdict = NULL;
        g_autoptr(Reply) reply = NULL;
        g_autoptr(Label) label = NULL;
        g_autoptr(GPtrArray) pending = NULL;

        load_dump(dump, path);
        store = store_open(path, STORE_OPEN, &error);
        g_assert_no_error(error);
        g_assert_cmpint(store_version(store), ==, store_version_current());
        schema = describe(store);
        g_assert_cmpstr(schema, ==, expected);

        ticket = ticket_find_token(store, "K7Q4-29XM", &error);
        g_assert_cmpint(ticket->state, ==, TICKET_OPEN);
        message = message_find_digest(store, "d1", &error);
        g_assert_cmpint(message->ticket_id, ==, ticket->id);
        g_assert_cmpstr(message->subject, ==, "Größe passt nicht");
        verdict = verdict_load(store, message->id, &error);
        g_assert_cmpint(verdict->action, ==, VERDICT_SUGGEST);
        reply = reply_load(store, 1, &error);
        g_assert_cmpint(reply->state, ==, REPLY_DRAFT);
        label = label_load(store, message->id, &error);
        g_assert_cmpstr(label->category, ==, "returns");
        pending = place_list_pending(store, "support", 0, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(pending->len, ==, 1);
        g_assert_cmpint(fixture_message(store, 0, "d2"), ==, 8); /* 7 was given once */
        g_clear_pointer(&store, store_free);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
}

/* Somebody else makes the schema while we wait for the lock: it is not made twice, and the wait
 * does not keep the other from finishing. */
static void test_meanwhile(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = fixture_path(fixture, "meanwhile.db");
    int gate[2], status = 0;
    sqlite3 *db;
    pid_t child;
    char byte;

    (void)data;
    g_assert_cmpint(pipe(gate), ==, 0);
    child = fork();
    if (child == 0) {
        close(gate[1]);
        if (read(gate[0], &byte, 1) != 0 || sqlite3_open(path, &db) != SQLITE_OK)
            _exit(2);
        sqlite3_busy_timeout(db, 10000);
        _exit(schema_migrate(db, path, to_1, SCHEMA_CREATE, NULL) ? 0 : 1);
    }
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db,
                                 "BEGIN IMMEDIATE; CREATE TABLE a (id INTEGER PRIMARY KEY);"
                                 "PRAGMA application_id = 0x65726d73; PRAGMA user_version = 1",
                                 NULL, NULL, NULL),
                    ==, SQLITE_OK);
    close(gate[0]);
    close(gate[1]);
    g_usleep(200000); /* long enough to reach the lock; if not, the test is only less sharp */
    g_assert_cmpint(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
    sqlite3_close(db);
}

/* First runs at the same moment: every one of them ends with a good database. */
static void test_at_once(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (guint round = 0; round < 10; round++) {
        g_autofree char *path = fixture_path(fixture, "race.db");
        g_autoptr(Store) store = NULL;
        pid_t children[4];
        int gate[2];
        char byte;

        g_assert_cmpint(pipe(gate), ==, 0);
        for (guint i = 0; i < G_N_ELEMENTS(children); i++) {
            children[i] = fork();
            if (children[i] == 0) {
                Store *mine;
                close(gate[1]);
                if (read(gate[0], &byte, 1) != 0)
                    _exit(2);
                mine = store_open(path, STORE_CREATE, NULL);
                if (!mine)
                    _exit(1);
                store_free(mine);
                _exit(0);
            }
        }
        close(gate[0]);
        close(gate[1]); /* all at once */
        for (guint i = 0; i < G_N_ELEMENTS(children); i++) {
            int status = 0;
            g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
            g_assert_cmpint(status, ==, 0);
        }
        store = store_open(path, STORE_READONLY, NULL);
        g_assert_nonnull(store);
        g_assert_cmpint(store_version(store), ==, store_version_current());
        g_clear_pointer(&store, store_free);
        for (guint i = 0; i < 3; i++) {
            static const char *const ends[] = {"", "-wal", "-shm"};
            g_autofree char *name = g_strconcat(path, ends[i], NULL);
            g_unlink(name);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/schema/steps", test_steps);
    g_test_add_func("/schema/orphans", test_orphans);
    FIXTURE_TEST("/schema/marks", test_marks);
    FIXTURE_TEST("/schema/released", test_released);
    FIXTURE_TEST("/schema/meanwhile", test_meanwhile);
    FIXTURE_TEST("/schema/at-once", test_at_once);
    return g_test_run();
}
