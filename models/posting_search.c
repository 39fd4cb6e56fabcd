/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the index, and sweeping it. Declared in models/posting.h. */
#include "models/posting_row.h"

#include <math.h>
#include <string.h>

/* ---- searching ----------------------------------------------------------------------------- */

typedef struct Search {
    Store *store;
    const char *language;
    GHashTable *blocks; /* number → float[POSTING_BLOCK]: the scores so far */
    float strength[POSTING_LEVEL_MAX + 1];
} Search;

/* In how many cases TERM is. */
static gboolean count_cases(const Search *search, const char *term, double *count, GError **error)
{
    sqlite3_stmt *statement = posting_statement(
        search->store, "SELECT sum(n) FROM posting WHERE language = ?1 AND term = ?2", error);
    int code;

    *count = 0;
    if (!statement)
        return FALSE;
    posting_bind_row(statement, search->language, term);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        *count = (double)sqlite3_column_int64(statement, 0);
    return posting_finish(search->store, statement, code, error);
}

static gboolean weigh_terms(const Search *search, PostingQuery *terms, gsize n, GError **error)
{
    double all, some;

    if (!count_cases(search, "", &all, error))
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        if (!count_cases(search, terms[i].term, &some, error))
            return FALSE;
        terms[i].idf = some > 0 ? log(1 + (all - MIN(some, all) + 0.5) / (some + 0.5)) : 0;
    }
    return TRUE;
}

static gint compare_terms(gconstpointer a, gconstpointer b)
{
    const PostingQuery *x = *(PostingQuery *const *)a, *y = *(PostingQuery *const *)b;
    const double one = x->weight * x->idf, other = y->weight * y->idf;

    if (one != other)
        return one < other ? 1 : -1;
    return strcmp(x->term, y->term);
}

/* Those that say most, heaviest first; what is left out gets an idf of 0. */
static GPtrArray *choose_terms(PostingQuery *terms, gsize n)
{
    GPtrArray *chosen = g_ptr_array_new();

    for (gsize i = 0; i < n; i++)
        if (terms[i].idf > 0)
            g_ptr_array_add(chosen, &terms[i]);
    g_ptr_array_sort(chosen, compare_terms);
    for (guint i = POSTING_TERMS_MAX; i < chosen->len; i++)
        ((PostingQuery *)g_ptr_array_index(chosen, i))->idf = 0;
    g_ptr_array_set_size(chosen, MIN((gint)chosen->len, POSTING_TERMS_MAX));
    return chosen;
}

static float *find_block(const Search *search, gint64 number)
{
    float *scores = g_hash_table_lookup(search->blocks, &number);

    if (!scores) {
        scores = g_new0(float, POSTING_BLOCK);
        g_hash_table_insert(search->blocks, g_memdup2(&number, sizeof number), scores);
    }
    return scores;
}

static gboolean add_term(const Search *search, const char *term, double weight, GArray *postings,
                         GError **error)
{
    sqlite3_stmt *statement = posting_statement(
        search->store, "SELECT block, cases FROM posting WHERE language = ?1 AND term = ?2", error);
    float worth[POSTING_LEVEL_MAX + 1];
    int code;

    if (!statement)
        return FALSE;
    for (guint i = 0; i <= POSTING_LEVEL_MAX; i++)
        worth[i] = (float)weight * search->strength[i];
    posting_bind_row(statement, search->language, term);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        float *scores = find_block(search, sqlite3_column_int64(statement, 0));
        posting_read(statement, 1, postings);
        for (guint i = 0; i < postings->len; i++) {
            const guint16 posting = POSTING_AT(postings, i);
            scores[POSTING_ID(posting)] += worth[POSTING_LEVEL(posting)];
        }
    }
    return posting_finish(search->store, statement, code, error);
}

static gint compare_hits(gconstpointer a, gconstpointer b)
{
    const PostingHit *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

/* HITS may grow to twice MAX before the worse half falls out. */
static void keep_best(GArray *hits, guint max)
{
    g_array_sort(hits, compare_hits);
    g_array_set_size(hits, MIN(hits->len, max));
}

static GArray *take_hits(const Search *search, guint max)
{
    GArray *hits = g_array_new(FALSE, FALSE, sizeof(PostingHit));
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;
    double least = 0; /* what a hit must reach */

    g_hash_table_iter_init(&iter, search->blocks);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const float *scores = value;
        for (guint i = 0; i < POSTING_BLOCK; i++) {
            const PostingHit hit = {*(gint64 *)key * POSTING_BLOCK + i, (double)scores[i]};
            if (scores[i] <= 0 || hit.score < least)
                continue;
            g_array_append_val(hits, hit);
            if (hits->len < 2 * max)
                continue;
            keep_best(hits, max);
            least = g_array_index(hits, PostingHit, hits->len - 1).score;
        }
    }
    keep_best(hits, max);
    return hits;
}

GArray *posting_search(Store *store, const char *language, PostingQuery *terms, gsize n, guint max,
                       GError **error)
{
    g_autoptr(GHashTable) blocks =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_autoptr(GArray) postings = g_array_new(FALSE, FALSE, sizeof(guint16));
    g_autoptr(GPtrArray) chosen = NULL;
    Search search = {store, language, blocks, {0}};
    double sum = 0;

    for (guint i = 0; i <= POSTING_LEVEL_MAX; i++)
        search.strength[i] = (float)exp2(((double)i - POSTING_LEVEL_MAX) / 6);
    if (!weigh_terms(&search, terms, n, error))
        return NULL;
    chosen = choose_terms(terms, n);
    for (guint i = 0; i < chosen->len; i++) {
        const PostingQuery *term = g_ptr_array_index(chosen, i);
        sum += term->weight * term->idf;
    }
    for (guint i = 0; i < chosen->len; i++) {
        const PostingQuery *term = g_ptr_array_index(chosen, i);
        if (!add_term(&search, term->term, term->weight * term->idf / sum, postings, error))
            return NULL;
    }
    return take_hits(&search, MAX(max, 1));
}

/* ---- sweeping ------------------------------------------------------------------------------ */

typedef struct Swept {
    char *language;
    char *term;
    gint64 block;
    GArray *postings; /* what remains */
} Swept;

static void swept_free(gpointer data)
{
    Swept *swept = data;

    g_free(swept->language);
    g_free(swept->term);
    g_array_unref(swept->postings);
    g_free(swept);
}

static gboolean take_id(sqlite3_stmt *row, gpointer data)
{
    const gint64 id = sqlite3_column_int64(row, 0);

    g_hash_table_add(data, g_memdup2(&id, sizeof id));
    return TRUE;
}

/* Rows with postings of cases that are gone, as they should be. */
static gboolean find_stale(Store *store, GHashTable *living, GPtrArray *stale, gint64 *removed,
                           GError **error)
{
    sqlite3_stmt *statement =
        posting_statement(store, "SELECT language, term, block, cases FROM posting", error);
    g_autoptr(GArray) postings = g_array_new(FALSE, FALSE, sizeof(guint16));
    int code;

    if (!statement)
        return FALSE;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const gint64 block = sqlite3_column_int64(statement, 2);
        guint kept = 0;
        posting_read(statement, 3, postings);
        for (guint i = 0; i < postings->len; i++) {
            const gint64 id = block * POSTING_BLOCK + POSTING_ID(POSTING_AT(postings, i));
            if (g_hash_table_contains(living, &id))
                POSTING_AT(postings, kept++) = POSTING_AT(postings, i);
        }
        if (kept == postings->len)
            continue;
        *removed += postings->len - kept;
        g_array_set_size(postings, kept);
        Swept *swept = g_new0(Swept, 1);
        swept->language = g_strdup((const char *)sqlite3_column_text(statement, 0));
        swept->term = g_strdup((const char *)sqlite3_column_text(statement, 1));
        swept->block = block;
        swept->postings = g_array_copy(postings);
        g_ptr_array_add(stale, swept);
    }
    return posting_finish(store, statement, code, error);
}

gboolean posting_sweep(Store *store, gint64 *removed, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);
    g_autoptr(GHashTable) living = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GPtrArray) stale = g_ptr_array_new_with_free_func(swept_free);
    gint64 count = 0;

    if (!transaction ||
        !sql_each(store, "SELECT id FROM past_case", NULL, take_id, living, error) ||
        !find_stale(store, living, stale, &count, error))
        return FALSE;
    for (guint i = 0; i < stale->len; i++) {
        const Swept *swept = g_ptr_array_index(stale, i);
        if (!posting_write_row(store, swept->language, swept->term, swept->block, swept->postings,
                               error))
            return FALSE;
    }
    if (removed)
        *removed = count;
    return store_commit(g_steal_pointer(&transaction), error);
}
