/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/event.h"
#include "models/sql.h"

#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

void fixture_set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    fixture->dir = g_dir_make_tmp("erms-models-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = fixture_path(fixture, "erms.db");
    fixture->store = store_open(fixture->path, STORE_CREATE, &error);
    g_assert_no_error(error);
}

void fixture_vanish(const Fixture *fixture)
{
    g_autoptr(GDir) dir = g_dir_open(fixture->dir, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = fixture_path(fixture, name);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(fixture->dir), ==, 0);
}

void fixture_tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_clear_pointer(&fixture->store, store_free);
    fixture_vanish(fixture);
    g_free(fixture->path);
    g_free(fixture->dir);
}

pid_t fixture_fork(Fixture *fixture)
{
    pid_t child;

    g_clear_pointer(&fixture->store, store_free);
    child = fork();
    if (child != 0)
        fixture->store = fixture_open(fixture, STORE_OPEN);
    return child;
}

Store *fixture_open(const Fixture *fixture, StoreFlags flags)
{
    g_autoptr(GError) error = NULL;
    Store *store = store_open(fixture->path, flags, &error);

    g_assert_no_error(error);
    return store;
}

void fixture_wait(pid_t child)
{
    int status = 0;

    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

char *fixture_path(const Fixture *fixture, const char *name)
{
    return g_build_filename(fixture->dir, name, NULL);
}

gint64 fixture_ticket(Store *store, const char *token)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = ticket_new();

    ticket->token = g_strdup(token);
    ticket_insert(store, ticket, &error);
    g_assert_no_error(error);
    return ticket->id;
}

gint64 fixture_message(Store *store, gint64 ticket_id, const char *digest)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = message_new();

    message->ticket_id = ticket_id;
    message->digest = g_strdup(digest);
    message_insert(store, message, &error);
    g_assert_no_error(error);
    return message->id;
}

Reply *fixture_reply(Store *store, gint64 ticket_id, gint64 message_id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) reply = reply_new();

    reply->ticket_id = ticket_id;
    reply->message_id = message_id;
    reply->rank = 1;
    reply->to_addr = g_strdup("anna@kunde.example");
    reply_insert(store, reply, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&reply);
}

gboolean fixture_event(Store *store, gint64 ticket_id, const char *detail, GError **error)
{
    return event_add(store, ticket_id, 1, "erms", "taken", detail, error);
}

gint64 fixture_events(Store *store)
{
    return fixture_number(store, "SELECT count(*) FROM event");
}

gint64 fixture_number(Store *store, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gint64 number = 0;

    sql_number(store, sql, NULL, &number, &error);
    g_assert_no_error(error);
    return number;
}

void fixture_execute(Store *store, const char *sql)
{
    g_assert_cmpint(sqlite3_exec(store->db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}
