/* SPDX-License-Identifier: Apache-2.0 */
/* store_backup(); the rest of models/store.c is tested in store.c. */
#include "tests/models/fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static guint mode_of(const char *path)
{
    GStatBuf status;

    g_assert_cmpint(g_stat(path, &status), ==, 0);
    return status.st_mode & 0777;
}

/* Writes pairs of events until it is killed. */
static void write_pairs(const char *path)
{
    g_autoptr(Store) store = store_open(path, STORE_OPEN, NULL);

    for (;;) {
        g_autoptr(StoreTransaction) transaction = store ? store_begin(store, NULL) : NULL;
        if (!transaction || !fixture_event(store, 1, "one", NULL) ||
            !fixture_event(store, 1, "two", NULL) ||
            !store_commit(g_steal_pointer(&transaction), NULL))
            _exit(1);
        g_usleep(200);
    }
}

/* Waits until there are more than N events; the writer must live on. */
static void wait_for_more(Store *store, gint64 n, pid_t writer)
{
    while (fixture_events(store) <= n) {
        g_assert_cmpint(waitpid(writer, NULL, WNOHANG), ==, 0);
        g_usleep(1000);
    }
}

static void test_backup(Fixture *fixture, gconstpointer data)
{
    gint64 last = 0;
    pid_t child;

    (void)data;
    fixture_ticket(fixture->store, "AAAA-0001");
    child = fixture_fork(fixture);
    if (child == 0)
        write_pairs(fixture->path);
    wait_for_more(fixture->store, 20, child);
    for (guint i = 0; i < 5; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = fixture_path(fixture, "backup.db");
        g_autoptr(Store) copy = NULL;
        gint64 n;

        g_assert_true(store_backup(fixture->store, path, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(mode_of(path), ==, 0600);
        copy = store_open(path, STORE_OPEN, &error);
        g_assert_no_error(error);
        n = fixture_events(copy);
        g_assert_cmpint(n, >, last);
        g_assert_cmpint(n % 2, ==, 0);
        g_assert_cmpint(fixture_number(copy, "SELECT integrity_check = 'ok'"
                                             " FROM pragma_integrity_check"),
                        ==, 1);
        last = n;
        g_clear_pointer(&copy, store_free);
        g_assert_cmpint(g_unlink(path), ==, 0);
        wait_for_more(fixture->store, last, child);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void test_backup_exists(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = fixture_path(fixture, "precious");
    g_autofree char *contents = NULL;

    (void)data;
    g_file_set_contents(path, "precious", -1, NULL);
    g_assert_false(store_backup(fixture->store, path, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    g_file_get_contents(path, &contents, NULL, NULL);
    g_assert_cmpstr(contents, ==, "precious");
}

static int backup_to_full_disk(const char *from, const char *to)
{
    struct rlimit limit = {64 * 1024, 64 * 1024};
    g_autoptr(Store) store = store_open(from, STORE_READONLY, NULL);
    g_autoptr(GError) error = NULL;

    signal(SIGXFSZ, SIG_IGN);
    if (!store || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 2;
    return !store_backup(store, to, &error) && g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY)
               ? 0
               : 1;
}

/* A backup that failed leaves nothing that looks like one. */
static void test_backup_fails(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL, missing = NULL;
    g_autofree char *path = fixture_path(fixture, "backup.db");
    g_autofree char *journal = fixture_path(fixture, "backup.db-journal");
    g_autofree char *deep = fixture_path(fixture, "none/backup.db");
    gint64 ticket = fixture_ticket(fixture->store, "AAAA-0001");
    pid_t child;

    (void)data;
    child = fixture_fork(fixture);
    if (child == 0)
        _exit(backup_to_full_disk(fixture->path, path));
    fixture_wait(child);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(journal, G_FILE_TEST_EXISTS));

    g_assert_false(store_backup(fixture->store, deep, &missing));
    g_assert_error(missing, STORE_ERROR, STORE_ERROR_BUSY);
    {
        g_autoptr(StoreTransaction) transaction = store_begin(fixture->store, NULL);
        g_assert_nonnull(transaction);
        g_assert_true(fixture_event(fixture->store, ticket, NULL, NULL));
        g_assert_false(store_backup(fixture->store, path, &error));
        g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
        g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/backup/while-writing", test_backup);
    FIXTURE_TEST("/backup/exists", test_backup_exists);
    FIXTURE_TEST("/backup/fails", test_backup_fails);
    return g_test_run();
}
