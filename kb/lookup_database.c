/* SPDX-License-Identifier: Apache-2.0 */
/* A SQLite file as a source. It is opened for each lookup, so that a file that was replaced by a
 * new one is seen. */
#include <gio/gio.h>
#include <sqlite3.h>
#include <string.h>

#include "kb/lookup_record.h"
#include "kb/placeholder.h"

#define OPS_BETWEEN_LOOKS 1000
#define BUSY_WAIT_US 5000
#define VALUE_MAX_BYTES (1024 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

typedef struct Database {
    sqlite3 *connection;
    sqlite3_stmt *statement;
    const LookupSpec *spec;
    gint64 deadline; /* monotonic, microseconds */
    gboolean denied; /* the query wanted more than to SELECT */
} Database;

static void database_close(Database *database)
{
    sqlite3_finalize(database->statement);
    sqlite3_close(database->connection);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Database, database_close)

static int is_late(void *data)
{
    const Database *database = data;
    return g_get_monotonic_time() >= database->deadline;
}

static int wait_for_lock(void *data, G_GNUC_UNUSED int times)
{
    if (is_late(data))
        return 0;
    g_usleep(BUSY_WAIT_US);
    return 1;
}

static int authorize(void *data, int action, G_GNUC_UNUSED const char *first, const char *second,
                     G_GNUC_UNUSED const char *schema, G_GNUC_UNUSED const char *trigger)
{
    Database *database = data;
    if (action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE ||
        (action == SQLITE_FUNCTION && g_ascii_strcasecmp(second, "load_extension") != 0))
        return SQLITE_OK;
    database->denied = TRUE;
    return SQLITE_DENY;
}

/* SQLITE_ERROR comes from the query; all other codes from the file. */
static gboolean fail(const Database *database, int code, GError **error)
{
    const char *message = sqlite3_errmsg(database->connection);
    switch (database->denied ? SQLITE_AUTH : code) {
    case SQLITE_ERROR:
        g_set_error(error, LOOKUP_ERROR, 0, "query: %s", message);
        break;
    case SQLITE_AUTH:
        g_set_error(error, LOOKUP_ERROR, 0, "query: may only SELECT (%s)", message);
        break;
    case SQLITE_INTERRUPT:
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "took longer than %u ms",
                    database->spec->timeout_ms);
        break;
    case SQLITE_BUSY:
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_BUSY, "%s: was locked for longer than %u ms",
                    database->spec->database, database->spec->timeout_ms);
        break;
    default:
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", database->spec->database,
                    message);
    }
    return FALSE;
}

static gboolean refuse(GError **error, const char *why, const char *name)
{
    g_set_error(error, LOOKUP_ERROR, 0, "query: %s%s%s%s", why, name ? " '" : "", name ? name : "",
                name ? "'" : "");
    return FALSE;
}

static gboolean check_parameters(sqlite3_stmt *statement, GError **error)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++) {
        const char *name = sqlite3_bind_parameter_name(statement, i);
        if (g_strcmp0(name, ":key") != 0 && g_strcmp0(name, ":address") != 0)
            return refuse(error, "only :key and :address can be given, not", name ? name : "?");
    }
    if (sqlite3_bind_parameter_index(statement, ":key") == 0)
        return refuse(error, "does not ask for :key", NULL);
    return TRUE;
}

static gboolean check_columns(const Database *database, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < sqlite3_column_count(database->statement); i++) {
        const char *name = sqlite3_column_name(database->statement, i);
        if (!placeholder_name_valid(name, strlen(name)))
            return refuse(error, "a place cannot have the name (use AS) of the column", name);
        if (!g_hash_table_add(names, (gpointer)name))
            return refuse(error, "two columns have the name", name);
    }
    if (!g_hash_table_contains(names, database->spec->owner))
        return refuse(error, "the owner is not among its columns:", database->spec->owner);
    return TRUE;
}

/* Behind the statement only white space, comments and ";". */
static gboolean check_tail(const Database *database, const char *tail, GError **error)
{
    while (*tail) {
        g_autoptr(sqlite3_stmt) more = NULL;
        if (sqlite3_prepare_v2(database->connection, tail, -1, &more, &tail) != SQLITE_OK || more)
            return refuse(error, "more than one statement", NULL);
    }
    return TRUE;
}

static gboolean database_open(Database *database, GError **error)
{
    const LookupSpec *spec = database->spec;
    const char *tail = NULL;
    database->deadline = g_get_monotonic_time() + (gint64)spec->timeout_ms * 1000;
    int code = sqlite3_open_v2(spec->database, &database->connection,
                               SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return fail(database, code, error);
    sqlite3_db_config(database->connection, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(database->connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_limit(database->connection, SQLITE_LIMIT_LENGTH, VALUE_MAX_BYTES);
    sqlite3_limit(database->connection, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_exec(database->connection, "PRAGMA query_only = ON", NULL, NULL, NULL);
    sqlite3_busy_handler(database->connection, wait_for_lock, database);
    sqlite3_progress_handler(database->connection, OPS_BETWEEN_LOOKS, is_late, database);
    sqlite3_set_authorizer(database->connection, authorize, database);

    code = sqlite3_prepare_v2(database->connection, spec->query, -1, &database->statement, &tail);
    if (code != SQLITE_OK)
        return fail(database, code, error);
    if (!database->statement || sqlite3_column_count(database->statement) == 0 ||
        !sqlite3_stmt_readonly(database->statement) || sqlite3_stmt_isexplain(database->statement))
        return refuse(error, "not a SELECT", NULL);
    return check_tail(database, tail, error) && check_parameters(database->statement, error) &&
           check_columns(database, error);
}

gboolean lookup_database_check(const LookupSpec *spec, GError **error)
{
    g_auto(Database) database = {.spec = spec};
    return database_open(&database, error);
}

static void bind(sqlite3_stmt *statement, const char *name, const char *value)
{
    const int index = sqlite3_bind_parameter_index(statement, name);
    if (index > 0)
        sqlite3_bind_text(statement, index, value, -1, SQLITE_STATIC);
}

static GHashTable *read_row(sqlite3_stmt *statement, GString *left_out, GError **error)
{
    g_autoptr(GHashTable) record = record_new();
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
        const char *name = sqlite3_column_name(statement, i);
        const gboolean is_blob = sqlite3_column_type(statement, i) == SQLITE_BLOB;
        const char *value = is_blob ? NULL : (const char *)sqlite3_column_text(statement, i);
        if (is_blob)
            g_string_append_printf(left_out, "%s%s", left_out->len > 0 ? ", " : "", name);
        if (!record_add(record, name, value, sqlite3_column_bytes(statement, i), error))
            return NULL;
    }
    return g_steal_pointer(&record);
}

gboolean lookup_database_fetch(const LookupSpec *spec, const char *key, const char *address,
                               GHashTable **record, GString *left_out, GError **error)
{
    g_auto(Database) database = {.spec = spec};
    *record = NULL;
    if (!database_open(&database, error))
        return FALSE;
    bind(database.statement, ":key", key);
    bind(database.statement, ":address", address);
    int code = sqlite3_step(database.statement);
    if (code == SQLITE_DONE)
        return TRUE;
    if (code != SQLITE_ROW)
        return fail(&database, code, error);
    g_autoptr(GHashTable) read = read_row(database.statement, left_out, error);
    if (!read)
        return FALSE;
    code = sqlite3_step(database.statement);
    if (code == SQLITE_ROW) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "the query gives more than one row for one key");
        return FALSE;
    }
    if (code != SQLITE_DONE)
        return fail(&database, code, error);
    *record = g_steal_pointer(&read);
    return TRUE;
}
