/* SPDX-License-Identifier: Apache-2.0 */
#include "models/posting.h"
#include "models/past_case.h"

#include "tests/models/case_fixture.h"
#include "tests/models/fixture.h"

#include <string.h>

#define AHEAD (3 * POSTING_BLOCK + 5) /* an id in another block */

static void add(Store *store, const char *language, gint64 id, gboolean adds,
                ...) G_GNUC_NULL_TERMINATED;

/* Terms of level 31, NULL-terminated. */
static void add(Store *store, const char *language, gint64 id, gboolean adds, ...)
{
    g_autoptr(PostingBatch) batch = posting_batch_new();
    g_autoptr(GError) error = NULL;
    PostingTerm terms[8];
    guint n = 0;
    va_list list;

    va_start(list, adds);
    for (const char *term; (term = va_arg(list, const char *));)
        terms[n++] = (PostingTerm){term, POSTING_LEVEL_MAX};
    va_end(list);
    if (adds)
        posting_batch_add(batch, language, id, terms, n);
    else
        posting_batch_remove(batch, language, id, terms, n);
    g_assert_cmpuint(posting_batch_size(batch), ==, n + 1);
    g_assert_true(posting_batch_write(batch, store, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(posting_batch_size(batch), ==, 0);
}

/* "7 3": the ids found, best first. */
static char *search(Store *store, const char *language, const char *one, const char *other)
{
    PostingQuery terms[] = {{one, 1, 0}, {other, 1, 0}};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) hits = posting_search(store, language, terms, other ? 2 : 1, 3, &error);
    GString *ids = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < hits->len; i++) {
        const PostingHit *hit = &g_array_index(hits, PostingHit, i);
        g_assert_cmpfloat(hit->score, >, 0);
        g_assert_cmpfloat(hit->score, <=, 1.000001);
        g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, i ? " " : "", hit->id);
    }
    return g_string_free(ids, FALSE);
}

#define ASSERT_FOUND(store, language, one, other, ids)                                             \
    G_STMT_START                                                                                   \
    {                                                                                              \
        g_autofree char *found = search(store, language, one, other);                              \
        g_assert_cmpstr(found, ==, ids);                                                           \
    }                                                                                              \
    G_STMT_END

static void test_search(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;

    (void)data;
    case_fixture(store);
    add(store, "de", 1, TRUE, "router", "neu", NULL);
    add(store, "de", 2, TRUE, "router", "alt", NULL);
    add(store, "de", AHEAD, TRUE, "router", "neu", "rechnung", NULL);
    add(store, "de", 4, TRUE, "rechnung", NULL);
    add(store, "en", 5, TRUE, "router", NULL);
    ASSERT_FOUND(store, "de", "alt", "router", "2 6149 1"); /* the rare word counts more */
    ASSERT_FOUND(store, "de", "router", NULL, "6149 2 1");  /* of equal ones the newer */
    ASSERT_FOUND(store, "en", "router", "alt", "5");
    ASSERT_FOUND(store, "fr", "router", NULL, "");
    ASSERT_FOUND(store, "de", "nichts", NULL, "");
}

/* The same sums as by hand: N = 3, idf = ln(1 + (N - df + 0.5) / (df + 0.5)). */
static void test_score(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    PostingTerm terms[] = {{"a", posting_level(0.5)}, {"b", posting_level(0.25)}};
    g_autoptr(PostingBatch) batch = posting_batch_new();
    PostingQuery queries[] = {{"b", 2, 0}, {"a", 1, 0}, {"z", 1, 7}};
    g_autoptr(GError) error = NULL;

    (void)data;
    case_fixture(store);
    posting_batch_add(batch, "en", 1, terms, 2);
    posting_batch_add(batch, "en", 2, terms, 1);
    posting_batch_add(batch, "en", 3, terms, 0);
    g_assert_true(posting_batch_write(batch, store, &error));
    g_autoptr(GArray) hits = posting_search(store, "en", queries, 3, 5, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(hits->len, ==, 2);
    g_assert_cmpfloat_with_epsilon(queries[0].idf, 0.98083, 1e-5);
    g_assert_cmpfloat_with_epsilon(queries[1].idf, 0.47000, 1e-5);
    g_assert_true(queries[2].idf == 0);
    g_assert_cmpfloat_with_epsilon(g_array_index(hits, PostingHit, 0).score,
                                   (2 * 0.98083 * 0.25 + 0.47 * 0.5) / (2 * 0.98083 + 0.47), 1e-4);
    g_assert_cmpint(g_array_index(hits, PostingHit, 1).id, ==, 2);
}

static void test_level(void)
{
    g_assert_cmpuint(posting_level(1), ==, POSTING_LEVEL_MAX);
    g_assert_cmpuint(posting_level(0.5), ==, POSTING_LEVEL_MAX - 6);
    g_assert_cmpuint(posting_level(0), ==, 0);
    g_assert_cmpuint(posting_level(5), ==, POSTING_LEVEL_MAX);
}

static char *dump(Store *store)
{
    sqlite3_stmt *statement = NULL;
    GString *rows = g_string_new(NULL);

    g_assert_cmpint(
        sqlite3_prepare_v2(store->db,
                           "SELECT language || ' ' || term || ' ' || block || ' ' || n ||"
                           " ' ' || hex(cases) FROM posting ORDER BY 1",
                           -1, &statement, NULL),
        ==, SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        g_string_append_printf(rows, "%s\n", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return g_string_free(rows, FALSE);
}

/* Taken out, a case leaves nothing, whatever came before and behind it. */
static void test_remove(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;

    (void)data;
    case_fixture(store);
    add(store, "de", 1, TRUE, "a", "b", NULL);
    add(store, "de", 9, TRUE, "a", NULL);
    g_autofree char *before = dump(store);
    add(store, "de", 5, TRUE, "a", "b", "geheim", NULL);
    add(store, "de", AHEAD, TRUE, "a", NULL);
    ASSERT_FOUND(store, "de", "geheim", NULL, "5");
    add(store, "de", AHEAD, FALSE, "a", NULL);
    add(store, "de", 5, FALSE, "a", "b", "geheim", NULL);
    add(store, "de", 5, FALSE, "a", "nie", NULL);
    g_autofree char *after = dump(store);
    g_assert_cmpstr(after, ==, before);
    g_assert_true(strlen(before) > 0);
}

/* In one batch or in many, in whatever order, twice or once: the same bytes. */
static void test_order(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(PostingBatch) batch = posting_batch_new();
    const PostingTerm terms[] = {{"a", 31}, {"b", 31}}, weak[] = {{"a", 3}};

    (void)data;
    case_fixture(store);
    add(store, "de", 1, TRUE, "a", "b", NULL);
    add(store, "de", 2, TRUE, "a", NULL);
    add(store, "de", AHEAD, TRUE, "b", NULL);
    g_autofree char *many = dump(store);
    g_assert_true(posting_clear(store, NULL));
    posting_batch_add(batch, "de", AHEAD, terms + 1, 1);
    posting_batch_add(batch, "de", 2, weak, 1);
    posting_batch_add(batch, "de", 2, terms, 1);
    posting_batch_add(batch, "de", 1, terms, 2);
    posting_batch_add(batch, "de", 7, terms, 2);
    posting_batch_remove(batch, "de", 7, terms, 2);
    g_assert_true(posting_batch_write(batch, store, NULL));
    g_autofree char *one = dump(store);
    g_assert_cmpstr(one, ==, many);
}

static gint64 add_case(Store *store, const char *digest)
{
    g_autoptr(PastCase) past = past_case_new();
    g_autoptr(GError) error = NULL;

    past->message_id = fixture_message(store, 0, digest);
    past->language = g_strdup("de");
    past->answer = g_strdup("x");
    past_case_insert(store, past, &error);
    g_assert_no_error(error);
    return past->id;
}

static void test_sweep(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 removed = -1;

    (void)data;
    case_fixture(store);
    const gint64 stays = add_case(store, "01"), goes = add_case(store, "02");
    add(store, "de", stays, TRUE, "a", NULL);
    g_autofree char *before = dump(store);
    add(store, "de", goes, TRUE, "a", "müller", NULL);
    fixture_execute(store, "DELETE FROM message WHERE digest = '02'");
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM past_case"), ==, 1);
    g_assert_true(posting_sweep(store, &removed, &error));
    g_assert_no_error(error);
    g_assert_cmpint(removed, ==, 3);
    g_autofree char *after = dump(store);
    g_assert_cmpstr(after, ==, before);
    g_assert_true(posting_sweep(store, &removed, NULL));
    g_assert_cmpint(removed, ==, 0);
}

/* More hits than asked for, and more words than are looked at. */
static void test_many(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(PostingBatch) batch = posting_batch_new();
    PostingQuery queries[POSTING_TERMS_MAX + 10];
    PostingTerm terms[POSTING_TERMS_MAX + 10];
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    guint asked = 0;

    (void)data;
    case_fixture(store);
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++) {
        g_ptr_array_add(names, g_strdup_printf("t%03u", i));
        terms[i] = (PostingTerm){g_ptr_array_index(names, i), 20};
        queries[i] = (PostingQuery){terms[i].term, 1 + i, 0};
    }
    for (gint64 id = 1; id <= 5000; id++)
        posting_batch_add(batch, "en", id, terms, (gsize)(id % 7) + 1);
    posting_batch_add(batch, "en", 5001, terms, G_N_ELEMENTS(terms));
    g_assert_true(posting_batch_write(batch, store, NULL));
    g_autoptr(GArray) hits = posting_search(store, "en", queries, 7, 10, NULL);
    g_assert_cmpuint(hits->len, ==, 10);
    for (guint i = 0; i < hits->len; i++) /* those with all seven, the newest first */
        g_assert_cmpint(g_array_index(hits, PostingHit, i).id, ==, i ? 5004 - 7 * (gint64)i : 5001);
    g_autoptr(GArray) one = posting_search(store, "en", queries, G_N_ELEMENTS(terms), 10, NULL);
    g_assert_cmpint(g_array_index(one, PostingHit, 0).id, ==, 5001);
    for (guint i = 0; i < G_N_ELEMENTS(queries); i++)
        asked += queries[i].idf > 0;
    g_assert_cmpuint(asked, ==, POSTING_TERMS_MAX);
    g_assert_true(queries[0].idf == 0); /* the least that it says */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/posting/level", test_level);
    FIXTURE_TEST("/posting/search", test_search);
    FIXTURE_TEST("/posting/score", test_score);
    FIXTURE_TEST("/posting/remove", test_remove);
    FIXTURE_TEST("/posting/order", test_order);
    FIXTURE_TEST("/posting/sweep", test_sweep);
    FIXTURE_TEST("/posting/many", test_many);
    return g_test_run();
}
