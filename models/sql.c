/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sql.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

G_STATIC_ASSERT(sizeof(guint) == sizeof(guint32));

/* What is not listed here is the caller's bug. */
static const struct {
    int code; /* an extended code where the primary one says too little */
    StoreError error;
    const char *words;
} failures[] = {
    {SQLITE_BUSY, STORE_ERROR_BUSY, "locked by somebody else"},
    {SQLITE_LOCKED, STORE_ERROR_BUSY, "locked by somebody else"},
    {SQLITE_PROTOCOL, STORE_ERROR_BUSY, "locked by somebody else"},
    {SQLITE_CONSTRAINT_UNIQUE, STORE_ERROR_BUSY, "somebody else wrote the same row first"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, STORE_ERROR_BUSY, "somebody else wrote the same row first"},
    {SQLITE_FULL, STORE_ERROR_BUSY, "no space left"},
    {SQLITE_IOERR, STORE_ERROR_BUSY, "input or output failed"},
    {SQLITE_READONLY, STORE_ERROR_BUSY, "cannot be written"},
    {SQLITE_CANTOPEN, STORE_ERROR_BUSY, "cannot be opened"},
    {SQLITE_PERM, STORE_ERROR_BUSY, "cannot be opened"},
    {SQLITE_NOMEM, STORE_ERROR_BUSY, "out of memory"},
    {SQLITE_INTERRUPT, STORE_ERROR_BUSY, "interrupted"},
    {SQLITE_NOTADB, STORE_ERROR_BAD, "not an erms database"},
    {SQLITE_CORRUPT, STORE_ERROR_BAD, "damaged"},
    {SQLITE_FORMAT, STORE_ERROR_BAD, "damaged"},
    {SQLITE_ERROR, STORE_ERROR_BAD, "damaged"}, /* such as a table that is not there */
};

gboolean sql_fail(sqlite3 *db, const char *path, const char *sql, GError **error)
{
    int code = sqlite3_extended_errcode(db);

    for (guint i = 0; i < G_N_ELEMENTS(failures); i++)
        if (failures[i].code == code || failures[i].code == (code & 0xff)) {
            g_set_error(error, STORE_ERROR, failures[i].error, "%s: %s (%s)", path,
                        failures[i].words, sqlite3_errmsg(db));
            return FALSE;
        }
    g_error("%s: %s (%d) in: %s", path, sqlite3_errmsg(db), code, sql);
}

static sqlite3_stmt *prepare(Store *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);

    if (statement)
        return statement;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
        sql_fail(store->db, store->path, sql, error);
        return NULL;
    }
    g_hash_table_insert(store->statements, g_strdup(sql), statement);
    return statement;
}

static void bind_text(sqlite3_stmt *statement, int n, const char *text)
{
    /* static: the caller's text outlives the run, after which it is unbound */
    int code = text ? sqlite3_bind_text(statement, n, text, -1, SQLITE_STATIC)
                    : sqlite3_bind_null(statement, n);

    g_assert(code == SQLITE_OK);
}

static void bind_number(sqlite3_stmt *statement, int n, gint64 number)
{
    int code = sqlite3_bind_int64(statement, n, number);

    g_assert(code == SQLITE_OK);
}

static void bind_real(sqlite3_stmt *statement, int n, double real)
{
    int code = sqlite3_bind_double(statement, n, real);

    g_assert(code == SQLITE_OK);
}

gboolean sql_alive(Store *store, GError **error)
{
    if (store->depth == 0 || !sqlite3_get_autocommit(store->db))
        return TRUE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY,
                "%s: the transaction was undone after an earlier failure", store->path);
    return FALSE;
}

/* Runs a statement with its values bound, and leaves it fit for the next time. */
static gboolean run(Store *store, sqlite3_stmt *statement, SqlRow row, gpointer data,
                    GError **error)
{
    const char *sql = sqlite3_sql(statement);
    gboolean ok = sql_alive(store, error);
    int code = SQLITE_ROW;

    while (ok && (code = sqlite3_step(statement)) == SQLITE_ROW)
        if (row && !row(statement, data)) {
            g_set_error(error, STORE_ERROR, STORE_ERROR_BAD, "%s: damaged (unknown word) in: %s",
                        store->path, sql);
            ok = FALSE;
        }
    if (ok && code != SQLITE_DONE)
        ok = sql_fail(store->db, store->path, sql, error);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return ok;
}

gboolean sql_each(Store *store, const char *sql, const SqlValue *args, SqlRow row, gpointer data,
                  GError **error)
{
    sqlite3_stmt *statement = prepare(store, sql, error);

    if (!statement)
        return FALSE;
    for (int i = 0; args && args[i].type != SQL_VALUE_END; i++)
        if (args[i].type == SQL_VALUE_NUMBER)
            bind_number(statement, i + 1, args[i].number);
        else
            bind_text(statement, i + 1, args[i].string);
    return run(store, statement, row, data, error);
}

gboolean sql_execute(Store *store, const char *sql, const SqlValue *args, GError **error)
{
    return sql_each(store, sql, args, NULL, NULL, error);
}

static gboolean take_number(sqlite3_stmt *row, gpointer data)
{
    gint64 **number = data;

    if (*number)
        **number = sqlite3_column_int64(row, 0);
    *number = NULL;
    return TRUE;
}

gboolean sql_number(Store *store, const char *sql, const SqlValue *args, gint64 *number,
                    GError **error)
{
    *number = 0;
    return sql_each(store, sql, args, take_number, &number, error);
}

static gboolean take_count(sqlite3_stmt *row, gpointer data)
{
    g_hash_table_insert(data, g_strdup((const char *)sqlite3_column_text(row, 0)),
                        GUINT_TO_POINTER((guint)sqlite3_column_int64(row, 1)));
    return TRUE;
}

GHashTable *sql_counts(Store *store, const char *sql, const SqlValue *args, GError **error)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    if (!sql_each(store, sql, args, take_count, counts, error))
        return NULL;
    return g_steal_pointer(&counts);
}

#define MEMBER(type, data, column) (*(type *)(void *)((char *)(data) + (column)->offset))
#define CONST_MEMBER(type, data, column)                                                           \
    (*(type const *)(const void *)((const char *)(data) + (column)->offset))

static void bind_column(sqlite3_stmt *statement, int n, const SqlColumn *column, gconstpointer data)
{
    switch (column->kind) {
    case SQL_KIND_ID:
    case SQL_KIND_REFERENCE:
        if (CONST_MEMBER(gint64, data, column) == 0) {
            bind_text(statement, n, NULL);
            break;
        }
        G_GNUC_FALLTHROUGH;
    case SQL_KIND_INTEGER:
        bind_number(statement, n, CONST_MEMBER(gint64, data, column));
        break;
    case SQL_KIND_UNSIGNED:
        bind_number(statement, n, CONST_MEMBER(guint, data, column));
        break;
    case SQL_KIND_REAL:
        bind_real(statement, n, CONST_MEMBER(double, data, column));
        break;
    case SQL_KIND_TEXT:
        bind_text(statement, n, CONST_MEMBER(char *, data, column));
        break;
    case SQL_KIND_WORDS: {
        const char *words = CONST_MEMBER(char *, data, column);
        bind_text(statement, n, words ? words : "");
        break;
    }
    case SQL_KIND_NAME: {
        guint value = CONST_MEMBER(guint, data, column);
        g_assert(value < g_strv_length((char **)column->names));
        bind_text(statement, n, column->names[value]);
        break;
    }
    }
}

gboolean sql_insert(Store *store, const SqlRecord *record, gpointer data, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    const SqlColumn *id = NULL;
    sqlite3_stmt *statement;
    int n = 0;

    g_string_append_printf(sql, "INSERT INTO %s (", record->from);
    for (guint i = 0; i < record->n_columns; i++)
        if (!record->columns[i].computed) {
            g_string_append(sql, n++ ? ", \"" : "\"");
            g_string_append(sql, record->columns[i].name);
            g_string_append_c(sql, '"');
        }
    g_string_append(sql, ") VALUES (?");
    for (int i = 1; i < n; i++)
        g_string_append(sql, ", ?");
    g_string_append_c(sql, ')');

    statement = prepare(store, sql->str, error);
    if (!statement)
        return FALSE;
    n = 0;
    for (guint i = 0; i < record->n_columns; i++) {
        const SqlColumn *column = &record->columns[i];
        if (!column->computed)
            bind_column(statement, ++n, column, data);
        if (column->kind == SQL_KIND_ID)
            id = column;
    }
    if (!run(store, statement, NULL, NULL, error))
        return FALSE;
    if (id)
        MEMBER(gint64, data, id) = sqlite3_last_insert_rowid(store->db);
    return TRUE;
}

gboolean sql_update(Store *store, const SqlRecord *record, gconstpointer data, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    sqlite3_stmt *statement;

    g_string_append_printf(sql, "UPDATE %s SET ", record->from);
    for (guint i = 0; i < record->n_columns; i++)
        if (record->columns[i].kind != SQL_KIND_ID && !record->columns[i].computed)
            g_string_append_printf(sql, "%s\"%s\" = ?%u", i > 1 ? ", " : "",
                                   record->columns[i].name, i + 1);
    g_string_append(sql, " WHERE id = ?1");

    statement = prepare(store, sql->str, error);
    if (!statement)
        return FALSE;
    for (guint i = 0; i < record->n_columns; i++)
        if (!record->columns[i].computed)
            bind_column(statement, (int)i + 1, &record->columns[i], data);
    return run(store, statement, NULL, NULL, error);
}

static gboolean name_index(const char *const *names, const char *name, guint *index)
{
    for (guint i = 0; name && names[i]; i++)
        if (!strcmp(names[i], name)) {
            *index = i;
            return TRUE;
        }
    return FALSE;
}

static gboolean read_column(sqlite3_stmt *row, int n, const SqlColumn *column, gpointer data)
{
    const char *text;

    switch (column->kind) {
    case SQL_KIND_ID:
    case SQL_KIND_REFERENCE:
    case SQL_KIND_INTEGER:
        MEMBER(gint64, data, column) = sqlite3_column_int64(row, n);
        break;
    case SQL_KIND_UNSIGNED:
        MEMBER(guint, data, column) = (guint)sqlite3_column_int64(row, n);
        break;
    case SQL_KIND_REAL:
        MEMBER(double, data, column) =
            sqlite3_column_type(row, n) == SQLITE_NULL ? NAN : sqlite3_column_double(row, n);
        break;
    case SQL_KIND_TEXT:
    case SQL_KIND_WORDS:
        text = (const char *)sqlite3_column_text(row, n);
        MEMBER(char *, data, column) =
            text ? g_strndup(text, (gsize)sqlite3_column_bytes(row, n)) : NULL;
        break;
    case SQL_KIND_NAME:
        text = (const char *)sqlite3_column_text(row, n);
        return name_index(column->names, text, &MEMBER(guint, data, column));
    }
    return TRUE;
}

typedef struct Reading {
    const SqlRecord *record;
    GPtrArray *list;
} Reading;

static gboolean take_record(sqlite3_stmt *row, gpointer data)
{
    Reading *reading = data;
    gpointer made = g_malloc0(reading->record->size);

    g_ptr_array_add(reading->list, made);
    for (guint i = 0; i < reading->record->n_columns; i++)
        if (!read_column(row, (int)i, &reading->record->columns[i], made))
            return FALSE;
    return TRUE;
}

GPtrArray *sql_list(Store *store, const SqlRecord *record, const char *tail, const SqlValue *args,
                    GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(record->free);
    g_autoptr(GString) sql = g_string_new("SELECT ");
    Reading reading = {record, list};

    for (guint i = 0; i < record->n_columns; i++) {
        g_string_append(sql, i ? ", \"" : "\"");
        g_string_append(sql, record->columns[i].name);
        g_string_append_c(sql, '"');
    }
    g_string_append_printf(sql, " FROM %s %s", record->from, tail);
    if (!sql_each(store, sql->str, args, take_record, &reading, error))
        return NULL;
    return g_steal_pointer(&list);
}

gpointer sql_load(Store *store, const SqlRecord *record, const char *tail, const SqlValue *args,
                  GError **error)
{
    g_autoptr(GPtrArray) list = sql_list(store, record, tail, args, error);

    return list && list->len > 0 ? g_ptr_array_steal_index(list, 0) : NULL;
}

void sql_record_free(const SqlRecord *record, gpointer data)
{
    if (!data)
        return;
    for (guint i = 0; i < record->n_columns; i++)
        if (record->columns[i].kind == SQL_KIND_TEXT || record->columns[i].kind == SQL_KIND_WORDS)
            g_free(MEMBER(char *, data, &record->columns[i]));
    g_free(data);
}

gint64 sql_limit(guint limit)
{
    return limit ? (gint64)limit : -1;
}
