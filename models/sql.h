/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQL for this folder only: what all record files share. Nobody outside models/ includes it (its
 * tests may).
 *
 * A record file holds one table of columns and says once how a struct and a row correspond;
 * inserting, reading and freeing follow from it. Statements are prepared once per store and found
 * again by their text; values are always bound to ?1, ?2 …, never printed into the text.
 *
 * Errors: what the surroundings do to us (locked, disk full, I/O, no right to write) and a row that
 * somebody else wrote first (UNIQUE) are STORE_ERROR_BUSY; a damaged file is STORE_ERROR_BAD. Every
 * other broken constraint is a bug of the caller and aborts, naming the constraint and the
 * statement, never a value.
 */
#pragma once

#include "models/store.h"
#include <sqlite3.h>

struct Store {
    sqlite3 *db;
    char *path;             /* as given, for messages */
    gboolean read_only;     /* opened with STORE_READONLY */
    guint depth;            /* open transactions, one inside the other */
    GHashTable *statements; /* text → sqlite3_stmt */
};

/* Sets ERROR from the last failure on DB; PATH names the file. Always returns FALSE. */
gboolean sql_fail(sqlite3 *db, const char *path, const char *sql, GError **error);

/* A value to bind; SQL_ARGS(SQL_NUMBER(7), SQL_STRING("x")) binds ?1 and ?2, NULL binds nothing. */
typedef struct SqlValue {
    enum { SQL_VALUE_END, SQL_VALUE_NUMBER, SQL_VALUE_STRING } type;
    gint64 number;
    const char *string; /* NULL is SQL's NULL */
} SqlValue;
#define SQL_NUMBER(value) ((SqlValue){SQL_VALUE_NUMBER, (value), NULL})
#define SQL_STRING(value) ((SqlValue){SQL_VALUE_STRING, 0, (value)})
#define SQL_ARGS(...) ((const SqlValue[]){__VA_ARGS__, {SQL_VALUE_END, 0, NULL}})

/* Called for every row, values only for the call. FALSE: the row cannot be understood, which ends
 * the query with STORE_ERROR_BAD. It must not use the store. */
typedef gboolean (*SqlRow)(sqlite3_stmt *row, gpointer data);

/* FALSE, with STORE_ERROR_BUSY, inside a transaction that was undone already. */
gboolean sql_alive(Store *store, GError **error);
/* Runs a query; ROW may be NULL. After an error that made SQLite undo the whole transaction (disk
 * full, I/O), every statement fails until that transaction has left its scope: nothing is written
 * behind the caller's back. */
gboolean sql_each(Store *store, const char *sql, const SqlValue *args, SqlRow row, gpointer data,
                  GError **error);
/* Runs a statement that has no rows. */
gboolean sql_execute(Store *store, const char *sql, const SqlValue *args, GError **error);
/* The first column of the first row; 0 if there is no row or it is NULL. */
gboolean sql_number(Store *store, const char *sql, const SqlValue *args, gint64 *number,
                    GError **error);
/* Rows of (text, number) as a hash table: char* → GUINT_TO_POINTER. */
GHashTable *sql_counts(Store *store, const char *sql, const SqlValue *args, GError **error);

/* How one member of a struct and one column correspond. Write them with the macros below. */
typedef enum {
    SQL_KIND_ID,        /* gint64, given by the database at insertion */
    SQL_KIND_INTEGER,   /* gint64 */
    SQL_KIND_REFERENCE, /* gint64; 0 is NULL */
    SQL_KIND_UNSIGNED,  /* guint, guint32 */
    SQL_KIND_REAL,      /* double; NaN is NULL */
    SQL_KIND_TEXT,      /* char *; NULL is NULL */
    SQL_KIND_WORDS,     /* char *; NULL is written as "", so it is never NULL when read */
    SQL_KIND_NAME,      /* an enum; written as names[value], so the file can be read by people */
} SqlKind;

typedef struct SqlColumn {
    const char *name; /* of the column and of the member */
    SqlKind kind;
    gsize offset;
    const char *const *names; /* SQL_KIND_NAME: NULL-terminated */
    gboolean computed;        /* kept by the database itself: read, never inserted */
} SqlColumn;

/* Integer, real or text, as the member's type says. */
#define SQL_COLUMN(S, member)                                                                           \
    {                                                                                                   \
        .name = #member,                                                                              \
     .kind = _Generic(((S *)0)->member,                                                            \
         gint64: SQL_KIND_INTEGER,                                                                 \
         guint: SQL_KIND_UNSIGNED,                                                                 \
         double: SQL_KIND_REAL,                                                                    \
         char *: SQL_KIND_TEXT),                                                                   \
     .offset = offsetof(S, member) \
    }
#define SQL_COLUMN_OF_KIND(S, member, ...)                                                         \
    {                                                                                              \
        .name = #member, .offset = offsetof(S, member), __VA_ARGS__                                \
    }
#define SQL_ID(S, member) SQL_COLUMN_OF_KIND(S, member, .kind = SQL_KIND_ID)
#define SQL_REFERENCE(S, member) SQL_COLUMN_OF_KIND(S, member, .kind = SQL_KIND_REFERENCE)
#define SQL_WORDS(S, member) SQL_COLUMN_OF_KIND(S, member, .kind = SQL_KIND_WORDS)
#define SQL_COMPUTED(S, member)                                                                    \
    SQL_COLUMN_OF_KIND(S, member, .kind = SQL_KIND_TEXT, .computed = TRUE)
#define SQL_NAME(S, member, table)                                                                 \
    SQL_COLUMN_OF_KIND(S, member, .kind = SQL_KIND_NAME, .names = (table))

typedef struct SqlRecord {
    const char *from; /* the table, or what else stands after FROM */
    const SqlColumn *columns;
    guint n_columns;
    gsize size;          /* of the struct */
    GDestroyNotify free; /* S_free() */
} SqlRecord;
#define SQL_RECORD(S, table, table_columns, free_func)                                             \
    {                                                                                              \
        .from = (table), .columns = (table_columns), .n_columns = G_N_ELEMENTS(table_columns),     \
        .size = sizeof(S), .free = (GDestroyNotify)(free_func)                                     \
    }

/* Inserts the struct at DATA and sets its SQL_ID member. */
gboolean sql_insert(Store *store, const SqlRecord *record, gpointer data, GError **error);
/* Writes all columns of the struct at DATA to the row with its id. */
gboolean sql_update(Store *store, const SqlRecord *record, gconstpointer data, GError **error);
/* "SELECT the columns FROM the table" and then TAIL: the first row as a struct (NULL without error:
 * none), or all of them as a GPtrArray that owns them. */
gpointer sql_load(Store *store, const SqlRecord *record, const char *tail, const SqlValue *args,
                  GError **error);
GPtrArray *sql_list(Store *store, const SqlRecord *record, const char *tail, const SqlValue *args,
                    GError **error);
/* Frees the text members and the struct; DATA may be NULL. */
void sql_record_free(const SqlRecord *record, gpointer data);
/* LIMIT as SQL wants it: our 0 is "no limit", SQL's is -1. */
gint64 sql_limit(guint limit);
