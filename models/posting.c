/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the index and how they change; searching is in posting_search.c. */
#include "models/posting_row.h"

#include <math.h>
#include <string.h>

guint posting_level(double strength)
{
    double level = POSTING_LEVEL_MAX + round(6 * log2(MAX(strength, 1e-9)));

    return (guint)CLAMP(level, 0, POSTING_LEVEL_MAX);
}

/* ---- a batch ------------------------------------------------------------------------------- */

typedef struct Row {
    char *language;
    char *term;
    gint64 block;
    GArray *changes; /* Change, in the order they were made */
} Row;

typedef struct Change {
    guint16 posting;
    gboolean removed;
} Change;

struct PostingBatch {
    GHashTable *rows; /* Row → itself */
};

static guint hash_row(gconstpointer key)
{
    const Row *row = key;

    return g_str_hash(row->term) * 31 + g_str_hash(row->language) + (guint)row->block;
}

static gboolean same_row(gconstpointer a, gconstpointer b)
{
    const Row *x = a, *y = b;

    return x->block == y->block && !strcmp(x->term, y->term) && !strcmp(x->language, y->language);
}

static void row_free(gpointer data)
{
    Row *row = data;

    g_free(row->language);
    g_free(row->term);
    g_array_unref(row->changes);
    g_free(row);
}

PostingBatch *posting_batch_new(void)
{
    PostingBatch *batch = g_new0(PostingBatch, 1);

    batch->rows = g_hash_table_new_full(hash_row, same_row, row_free, NULL);
    return batch;
}

void posting_batch_free(PostingBatch *batch)
{
    if (!batch)
        return;
    g_hash_table_unref(batch->rows);
    g_free(batch);
}

guint posting_batch_size(const PostingBatch *batch)
{
    return g_hash_table_size(batch->rows);
}

static void change(PostingBatch *batch, const char *language, const char *term, gint64 id,
                   guint level, gboolean removed)
{
    const Row wanted = {(char *)language, (char *)term, id / POSTING_BLOCK, NULL};
    const Change made = {POSTING_PACK(id, level), removed};
    Row *row = g_hash_table_lookup(batch->rows, &wanted);

    if (!row) {
        row = g_new0(Row, 1);
        row->language = g_strdup(language);
        row->term = g_strdup(term);
        row->block = wanted.block;
        row->changes = g_array_new(FALSE, FALSE, sizeof(Change));
        g_hash_table_add(batch->rows, row);
    }
    g_array_append_val(row->changes, made);
}

static void change_all(PostingBatch *batch, const char *language, gint64 id,
                       const PostingTerm *terms, gsize n, gboolean removed)
{
    g_assert(id > 0);
    change(batch, language, "", id, POSTING_LEVEL_MAX, removed);
    for (gsize i = 0; i < n; i++) {
        g_assert(*terms[i].term && terms[i].level <= POSTING_LEVEL_MAX);
        change(batch, language, terms[i].term, id, terms[i].level, removed);
    }
}

void posting_batch_add(PostingBatch *batch, const char *language, gint64 id,
                       const PostingTerm *terms, gsize n)
{
    change_all(batch, language, id, terms, n, FALSE);
}

void posting_batch_remove(PostingBatch *batch, const char *language, gint64 id,
                          const PostingTerm *terms, gsize n)
{
    change_all(batch, language, id, terms, n, TRUE);
}

/* ---- rows ---------------------------------------------------------------------------------- */

sqlite3_stmt *posting_statement(Store *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);

    if (!sql_alive(store, error))
        return NULL;
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

gboolean posting_finish(Store *store, sqlite3_stmt *statement, int code, GError **error)
{
    gboolean ok =
        code == SQLITE_DONE || sql_fail(store->db, store->path, sqlite3_sql(statement), error);

    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return ok;
}

void posting_bind_row(sqlite3_stmt *statement, const char *language, const char *term)
{
    sqlite3_bind_text(statement, 1, language, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, term, -1, SQLITE_STATIC);
}

void posting_read(sqlite3_stmt *statement, int column, GArray *postings)
{
    const guint16 *packed = sqlite3_column_blob(statement, column);
    const guint n = (guint)sqlite3_column_bytes(statement, column) / sizeof *packed;

    g_array_set_size(postings, n);
    if (n > 0)
        memcpy(postings->data, packed, n * sizeof *packed);
    for (guint i = 0; i < n && G_BYTE_ORDER != G_LITTLE_ENDIAN; i++)
        POSTING_AT(postings, i) = GUINT16_FROM_LE(POSTING_AT(postings, i));
}

static gboolean read_row(Store *store, const Row *row, GArray *postings, GError **error)
{
    sqlite3_stmt *statement = posting_statement(
        store, "SELECT cases FROM posting WHERE language = ?1 AND term = ?2 AND block = ?3", error);
    int code;

    g_array_set_size(postings, 0);
    if (!statement)
        return FALSE;
    posting_bind_row(statement, row->language, row->term);
    sqlite3_bind_int64(statement, 3, row->block);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        posting_read(statement, 0, postings);
    return posting_finish(store, statement, code, error);
}

gboolean posting_write_row(Store *store, const char *language, const char *term, gint64 block,
                           const GArray *postings, GError **error)
{
    const char *sql = postings->len > 0
                          ? "INSERT INTO posting (language, term, block, n, cases)"
                            " VALUES (?1, ?2, ?3, ?4, ?5)"
                            " ON CONFLICT DO UPDATE SET n = excluded.n, cases = excluded.cases"
                          : "DELETE FROM posting WHERE language = ?1 AND term = ?2 AND block = ?3";
    sqlite3_stmt *statement = posting_statement(store, sql, error);

    if (!statement)
        return FALSE;
    for (guint i = 0; i < postings->len && G_BYTE_ORDER != G_LITTLE_ENDIAN; i++)
        POSTING_AT(postings, i) = GUINT16_TO_LE(POSTING_AT(postings, i));
    posting_bind_row(statement, language, term);
    sqlite3_bind_int64(statement, 3, block);
    if (postings->len > 0) {
        sqlite3_bind_int64(statement, 4, postings->len);
        sqlite3_bind_blob(statement, 5, postings->data, (int)(postings->len * sizeof(guint16)),
                          SQLITE_STATIC);
    }
    return posting_finish(store, statement, sqlite3_step(statement), error);
}

static void apply(GArray *postings, const Change *made)
{
    guint place = postings->len;

    while (place > 0 && POSTING_ID(POSTING_AT(postings, place - 1)) >= POSTING_ID(made->posting))
        place--;
    if (place < postings->len &&
        POSTING_ID(POSTING_AT(postings, place)) == POSTING_ID(made->posting))
        g_array_remove_index(postings, place);
    if (!made->removed)
        g_array_insert_val(postings, place, made->posting);
}

/* In the order of the table, so that its pages are touched once. */
static gint compare_rows(gconstpointer a, gconstpointer b)
{
    const Row *x = *(Row *const *)a, *y = *(Row *const *)b;
    const int language = strcmp(x->language, y->language);
    const int term = language ? language : strcmp(x->term, y->term);

    return term ? term : (x->block > y->block) - (x->block < y->block);
}

gboolean posting_batch_write(PostingBatch *batch, Store *store, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    g_autoptr(GArray) postings = g_array_new(FALSE, FALSE, sizeof(guint16));
    GHashTableIter iter;
    gpointer key = NULL;

    g_hash_table_iter_init(&iter, batch->rows);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_ptr_array_add(rows, key);
    g_ptr_array_sort(rows, compare_rows);
    for (guint i = 0; i < rows->len && transaction; i++) {
        const Row *row = g_ptr_array_index(rows, i);
        if (!read_row(store, row, postings, error))
            return FALSE;
        for (guint j = 0; j < row->changes->len; j++)
            apply(postings, &g_array_index(row->changes, Change, j));
        if (!posting_write_row(store, row->language, row->term, row->block, postings, error))
            return FALSE;
    }
    if (!transaction || !store_commit(g_steal_pointer(&transaction), error))
        return FALSE;
    g_hash_table_remove_all(batch->rows);
    return TRUE;
}

gboolean posting_clear(Store *store, GError **error)
{
    return sql_execute(store, "DELETE FROM posting", NULL, error);
}
