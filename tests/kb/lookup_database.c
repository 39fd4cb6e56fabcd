/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "kb/lookup_record.h"
#include "tests/kb/folder.h"

static void sql(const char *path, const char *statements)
{
    sqlite3 *connection = NULL;
    g_assert_cmpint(sqlite3_open(path, &connection), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(connection, statements, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(connection);
}

typedef struct Shop {
    Folder *folder;
    LookupSpec *spec;
} Shop;

static void shop_close(Shop *shop)
{
    lookup_spec_free(shop->spec);
    folder_free(shop->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shop, shop_close)

static Shop shop_open(const char *query)
{
    Shop shop = {folder_new(), lookup_spec_new()};
    shop.spec->database = folder_path(shop.folder, "orders.db");
    shop.spec->query = g_strdup(query);
    shop.spec->owner = g_strdup("email");
    sql(shop.spec->database,
        "CREATE TABLE orders (number TEXT, email TEXT, status TEXT, price REAL, n INTEGER, "
        "image BLOB);"
        "INSERT INTO orders VALUES"
        "('LV-1', 'erika@beispiel.example', 'sent', 39.95, 3, x'00'),"
        "('LV-2', 'max@muster.example', NULL, 1, 1, NULL),"
        "('LV-3', 'max@muster.example', 'one', 1, 1, NULL),"
        "('LV-3', 'max@muster.example', 'two', 1, 1, NULL),"
        "('LV-4', 'max@muster.example', CAST(x'66fc72' AS TEXT), 1, 1, NULL);");
    return shop;
}

static gboolean fetch(const Shop *shop, const char *key, GHashTable **record, GError **error)
{
    g_autoptr(GString) left_out = g_string_new(NULL);
    return lookup_database_fetch(shop->spec, key, "erika@beispiel.example", record, left_out,
                                 error);
}

#define BY_NUMBER "SELECT * FROM orders WHERE number = :key"

static void test_fetch(void)
{
    g_auto(Shop) shop = shop_open(BY_NUMBER " -- and no more\n;");
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) left_out = g_string_new(NULL);
    g_autoptr(GHashTable) record = NULL;
    g_assert_true(lookup_database_fetch(shop.spec, "LV-1", "", &record, left_out, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(g_hash_table_lookup(record, "email"), ==, "erika@beispiel.example");
    g_assert_cmpstr(g_hash_table_lookup(record, "status"), ==, "sent");
    g_assert_cmpstr(g_hash_table_lookup(record, "price"), ==, "39.95");
    g_assert_cmpstr(g_hash_table_lookup(record, "n"), ==, "3");
    g_assert_cmpstr(left_out->str, ==, "image");

    g_autoptr(GHashTable) other = NULL;
    g_assert_true(fetch(&shop, "LV-2", &other, &error));
    g_assert_true(g_hash_table_contains(other, "status"));
    g_assert_null(g_hash_table_lookup(other, "status"));

    GHashTable *none = NULL;
    g_assert_true(fetch(&shop, "LV-9", &none, &error));
    g_assert_null(none);
}

static void test_address(void)
{
    g_auto(Shop) shop = shop_open(BY_NUMBER " AND email = :address");
    GHashTable *none = NULL;
    g_autoptr(GHashTable) own = NULL;
    g_assert_true(fetch(&shop, "LV-1", &own, NULL));
    g_assert_nonnull(own);
    g_assert_true(fetch(&shop, "LV-2", &none, NULL));
    g_assert_null(none);
}

static void test_key_is_data(void)
{
    static const char *const keys[] = {
        "' OR 1=1 --", "LV-1'; DROP TABLE orders; --", "%", "*", "\"", "LV-1 OR 1"};
    g_auto(Shop) shop = shop_open(BY_NUMBER);
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(GError) error = NULL;
        GHashTable *none = NULL;
        g_assert_true(fetch(&shop, keys[i], &none, &error));
        g_assert_no_error(error);
        g_assert_null(none);
    }
    g_autoptr(GHashTable) record = NULL;
    g_assert_true(fetch(&shop, "LV-1", &record, NULL));
    g_assert_nonnull(record);
}

static void test_ambiguous(void)
{
    g_auto(Shop) shop = shop_open(BY_NUMBER);
    GHashTable *record = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_false(fetch(&shop, "LV-3", &record, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_null(record);
}

static void test_not_utf8(void)
{
    g_auto(Shop) shop = shop_open(BY_NUMBER);
    GHashTable *record = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_false(fetch(&shop, "LV-4", &record, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void test_wrong_queries(void)
{
    static const char *const rows[][2] = {
        {"DELETE FROM orders WHERE number = :key", "may only SELECT"},
        {"UPDATE orders SET status = 'x' WHERE number = :key RETURNING *", "may only SELECT"},
        {"INSERT INTO orders SELECT * FROM orders WHERE number = :key", "may only SELECT"},
        {"CREATE TABLE x AS " BY_NUMBER, "may only SELECT"},
        {"ATTACH 'other.db' AS other", "may only SELECT"},
        {"PRAGMA user_version", "may only SELECT"},
        {"SELECT * FROM pragma_database_list WHERE name = :key", "may only SELECT"},
        {"BEGIN", "may only SELECT"},
        {"VACUUM INTO 'copy.db'", "query:"},
        {"SELECT load_extension(:key) AS email", "query:"},
        {"EXPLAIN " BY_NUMBER, "not a SELECT"},
        {"", "not a SELECT"},
        {"-- nothing", "not a SELECT"},
        {BY_NUMBER "; SELECT 1", "more than one statement"},
        {BY_NUMBER "; ; DROP TABLE orders", "more than one statement"},
        {BY_NUMBER "; nonsense", "more than one statement"},
        {"SELECT nonsense FROM orders WHERE number = :key", "no such column"},
        {"SELEKT", "syntax error"},
        {"SELECT * FROM absent WHERE a = :key", "no such table"},
        {BY_NUMBER " AND email = :adress", "':adress'"},
        {"SELECT * FROM orders WHERE number = ?", "only :key and :address"},
        {"SELECT * FROM orders", "does not ask for :key"},
        {"SELECT status FROM orders WHERE number = :key", "owner is not among"},
        {"SELECT email, count(*) FROM orders WHERE number = :key", "'count(*)'"},
        {"SELECT email, status AS email FROM orders WHERE number = :key", "two columns"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Shop) shop = shop_open(rows[i][0]);
        g_autoptr(GError) error = NULL;
        g_test_message("%s", rows[i][0]);
        g_assert_false(lookup_database_check(shop.spec, &error));
        g_test_message("  %s", error->message);
        g_assert_error(error, LOOKUP_ERROR, 0);
        g_assert_nonnull(strstr(error->message, rows[i][1]));
    }
}

static void test_endless_query(void)
{
    g_auto(Shop) shop = shop_open("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                  "SELECT i AS email FROM n WHERE i = -1 AND :key = ''");
    shop.spec->timeout_ms = 100;
    g_autoptr(GError) error = NULL;
    GHashTable *record = NULL;
    g_assert_true(lookup_database_check(shop.spec, &error));
    const gint64 begin = g_get_monotonic_time();
    g_assert_false(fetch(&shop, "", &record, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    g_assert_cmpint(g_get_monotonic_time() - begin, >=, 100 * 1000);
    g_assert_cmpint(g_get_monotonic_time() - begin, <, 5000 * 1000);
}

static void test_locked(void)
{
    g_auto(Shop) shop = shop_open(BY_NUMBER);
    shop.spec->timeout_ms = 100;
    sqlite3 *writer = NULL;
    g_assert_cmpint(sqlite3_open(shop.spec->database, &writer), ==, SQLITE_OK);
    sqlite3_exec(writer, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
    GHashTable *record = NULL;
    g_autoptr(GError) error = NULL;
    const gint64 begin = g_get_monotonic_time();
    g_assert_false(fetch(&shop, "LV-1", &record, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_BUSY);
    g_assert_cmpint(g_get_monotonic_time() - begin, >=, 100 * 1000);
    sqlite3_close(writer);
    g_assert_true(fetch(&shop, "LV-1", &record, NULL));
    g_hash_table_unref(record);
}

static void test_large_value(void)
{
    g_auto(Shop) shop = shop_open("SELECT :key AS email, "
                                  "hex(zeroblob(5000000)) AS large");
    GHashTable *record = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_false(fetch(&shop, "LV-1", &record, &error));
    g_assert_nonnull(error);
}

static void test_unreachable(void)
{
    g_auto(Shop) shop = shop_open(BY_NUMBER);
    g_autoptr(GError) absent = NULL, no_database = NULL, folder = NULL;
    GHashTable *record = NULL;
    g_free(shop.spec->database);
    shop.spec->database = g_strdup("/nowhere/at/all.db");
    g_assert_false(fetch(&shop, "LV-1", &record, &absent));
    g_assert_cmpuint(absent->domain, ==, G_IO_ERROR);
    g_assert_nonnull(strstr(absent->message, "/nowhere/at/all.db"));

    g_free(shop.spec->database);
    folder_write(shop.folder, "text.db",
                 "This is no database, but it is long enough to be read "
                 "as the header of one, which has a hundred bytes or so.");
    shop.spec->database = folder_path(shop.folder, "text.db");
    g_assert_false(fetch(&shop, "LV-1", &record, &no_database));
    g_assert_cmpuint(no_database->domain, ==, G_IO_ERROR);

    g_free(shop.spec->database);
    shop.spec->database = g_strdup(shop.folder->path);
    g_assert_false(fetch(&shop, "LV-1", &record, &folder));
    g_assert_cmpuint(folder->domain, ==, G_IO_ERROR);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/database/fetch", test_fetch);
    g_test_add_func("/database/address", test_address);
    g_test_add_func("/database/key-is-data", test_key_is_data);
    g_test_add_func("/database/ambiguous", test_ambiguous);
    g_test_add_func("/database/not-utf8", test_not_utf8);
    g_test_add_func("/database/wrong-queries", test_wrong_queries);
    g_test_add_func("/database/endless-query", test_endless_query);
    g_test_add_func("/database/locked", test_locked);
    g_test_add_func("/database/large-value", test_large_value);
    g_test_add_func("/database/unreachable", test_unreachable);
    return g_test_run();
}
