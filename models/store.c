/* SPDX-License-Identifier: Apache-2.0 */
#include "models/schema.h"
#include "models/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 10000
#define BUSY_PAUSE_US 20000
#define FILE_MODE 0600

G_DEFINE_QUARK(erms - store - error, store_error)

struct StoreTransaction {
    Store *store;
    guint level; /* 1: the outermost */
};

/* Makes an empty file at PATH that nobody else can read; *MADE: it was not there. SQLite gives the
 * files beside it the same mode. */
static gboolean make_file(const char *path, gboolean *made, GError **error)
{
    int fd = g_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    int reason = errno;

    *made = fd >= 0;
    /* An existing file is not even opened: closing it would drop this process' locks on it. */
    if (fd < 0 && reason != EEXIST) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY, "%s: cannot be made (%s)", path,
                    g_strerror(reason));
        return FALSE;
    }
    if (fd >= 0)
        close(fd);
    return TRUE;
}

static gboolean check_file(const char *path, GError **error)
{
    struct stat status;

    if (stat(path, &status) != 0) {
        int reason = errno;
        g_set_error(error, STORE_ERROR, reason == ENOENT ? STORE_ERROR_ABSENT : STORE_ERROR_BUSY,
                    "%s: %s", path, g_strerror(reason));
        return FALSE;
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_BAD, "%s: not a file", path);
        return FALSE;
    }
    return TRUE;
}

static gboolean configure(sqlite3 *db)
{
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
    };

    for (guint i = 0; i < G_N_ELEMENTS(options); i++)
        if (sqlite3_db_config(db, options[i].option, options[i].value, NULL) != SQLITE_OK)
            return FALSE;
    sqlite3_extended_result_codes(db, 1);
    return sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS) == SQLITE_OK;
}

static int take_journal_mode(void *data, int n, char **values, char **names)
{
    (void)names;
    *(gboolean *)data = n == 1 && g_strcmp0(values[0], "wal") == 0;
    return 0;
}

/* The change to WAL needs the file alone, and SQLite does not wait for that by itself. */
static gboolean use_wal(Store *store, GError **error)
{
    static const char sql[] = "PRAGMA journal_mode = WAL";
    gint64 end = g_get_monotonic_time() + BUSY_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;
    gboolean wal = FALSE;
    int code;

    while ((code = sqlite3_exec(store->db, sql, take_journal_mode, &wal, NULL) & 0xff) ==
               SQLITE_BUSY &&
           g_get_monotonic_time() < end)
        g_usleep(BUSY_PAUSE_US);
    if (code != SQLITE_OK)
        return sql_fail(store->db, store->path, sql, error);
    if (!wal)
        g_set_error(error, STORE_ERROR, STORE_ERROR_BAD,
                    "%s: write-ahead logging does not work here (a network file system?)",
                    store->path);
    return wal;
}

static gboolean prepare(Store *store, SchemaMode mode, GError **error)
{
    /* Measured with tests/models/speed.c: larger pages suit rows of several KB, and a log longer
     * than a batch saves copying the same pages again and again. A new file takes the page size, an
     * old one keeps its own. */
    static const char before[] = "PRAGMA page_size = 8192;";
    static const char settings[] = "PRAGMA foreign_keys = ON;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA cache_size = -16384;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA wal_autocheckpoint = 8000;"
                                   "PRAGMA journal_size_limit = 67108864;";

    if (sqlite3_exec(store->db, before, NULL, NULL, NULL) != SQLITE_OK)
        return sql_fail(store->db, store->path, before, error);
    if (!schema_migrate(store->db, store->path, schema_steps, mode, error))
        return FALSE;
    if (!store->read_only && !use_wal(store, error))
        return FALSE;
    if (sqlite3_exec(store->db, settings, NULL, NULL, NULL) != SQLITE_OK)
        return sql_fail(store->db, store->path, settings, error);
    return TRUE;
}

static void finalize(gpointer statement)
{
    sqlite3_finalize(statement);
}

Store *store_open(const char *path, StoreFlags flags, GError **error)
{
    gboolean read_only = (flags & STORE_READONLY) != 0, create = (flags & STORE_CREATE) != 0;
    SchemaMode mode = read_only ? SCHEMA_CHECK : create ? SCHEMA_CREATE : SCHEMA_MIGRATE;
    /* absolute, so that SQLite sees nothing special in the name */
    g_autofree char *file = g_canonicalize_filename(path, NULL);
    g_autoptr(Store) store = NULL;
    gboolean made = FALSE;

    g_assert(!(read_only && create));
    if (create && !make_file(path, &made, error))
        return NULL;
    if (!check_file(path, error))
        return NULL;

    store = g_new0(Store, 1);
    store->path = g_strdup(path);
    store->read_only = read_only;
    store->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
    if (sqlite3_open_v2(file, &store->db,
                        (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                            SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK ||
        !configure(store->db)) {
        sql_fail(store->db, path, "open", error);
        return NULL;
    }
    if (!prepare(store, mode, error))
        return NULL;
    return g_steal_pointer(&store);
}

void store_free(Store *store)
{
    int code;

    if (!store)
        return;
    g_assert(store->depth == 0);
    g_hash_table_destroy(store->statements);
    code = sqlite3_close(store->db);
    g_assert(code == SQLITE_OK);
    g_free(store->path);
    g_free(store);
}

int store_version(Store *store)
{
    gint64 version;

    return sql_number(store, "PRAGMA user_version", NULL, &version, NULL) ? (int)version : 0;
}

gboolean store_others(Store *store, gint64 *version, GError **error)
{
    return sql_number(store, "PRAGMA data_version", NULL, version, error);
}

int store_version_current(void)
{
    int version = 0;

    while (schema_steps[version])
        version++;
    return version;
}

static gboolean copy(Store *store, sqlite3 *target, const char *path, GError **error)
{
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", store->db, "main");
    int step, end;

    if (!backup)
        return sql_fail(target, path, "backup", error);
    /* All pages in one step: one snapshot, which in WAL mode hinders no writer. */
    do
        step = sqlite3_backup_step(backup, -1);
    while (step == SQLITE_OK);
    end = sqlite3_backup_finish(backup);
    if (end != SQLITE_OK)
        return sql_fail(target, path, "backup", error);
    /* A lock ends the steps, but finish() does not call it an error. */
    if (step != SQLITE_DONE)
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY, "%s: locked by somebody else",
                    store->path);
    return step == SQLITE_DONE;
}

gboolean store_backup(Store *store, const char *path, GError **error)
{
    static const char *const beside[] = {"", "-journal", "-wal", "-shm"};
    g_autofree char *file = g_canonicalize_filename(path, NULL);
    gboolean made = FALSE, ok = FALSE;
    sqlite3 *target = NULL;

    if (!make_file(path, &made, error))
        return FALSE;
    if (!made) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY, "%s: is there already", path);
        return FALSE;
    }
    if (sqlite3_open_v2(file, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
            SQLITE_OK &&
        configure(target))
        ok = copy(store, target, path, error);
    else
        sql_fail(target, path, "open", error);
    sqlite3_close(target);

    for (guint i = 0; !ok && i < G_N_ELEMENTS(beside); i++) {
        g_autofree char *name = g_strconcat(path, beside[i], NULL);
        g_unlink(name);
    }
    return ok;
}

StoreTransaction *store_begin(Store *store, GError **error)
{
    StoreTransaction *transaction;

    if (store->depth > 0
            ? !sql_alive(store, error)
            : !sql_execute(store, store->read_only ? "BEGIN" : "BEGIN IMMEDIATE", NULL, error))
        return NULL;
    transaction = g_new(StoreTransaction, 1);
    *transaction = (StoreTransaction){store, ++store->depth};
    return transaction;
}

gboolean store_commit(StoreTransaction *transaction, GError **error)
{
    Store *store = transaction->store;

    g_assert(transaction->level == store->depth); /* the inner ones end first */
    if (transaction->level > 1 ? !sql_alive(store, error)
                               : !sql_execute(store, "COMMIT", NULL, error)) {
        store_rollback(transaction);
        return FALSE;
    }
    store->depth--;
    g_free(transaction);
    return TRUE;
}

void store_rollback(StoreTransaction *transaction)
{
    Store *store;

    if (!transaction)
        return;
    store = transaction->store;
    g_assert(transaction->level == store->depth);
    /* SQLite may have undone everything already. Should undoing fail (it has nothing to write in
     * WAL mode), closing the database undoes it. */
    if (!sqlite3_get_autocommit(store->db))
        sql_execute(store, "ROLLBACK", NULL, NULL);
    store->depth--;
    g_free(transaction);
}
