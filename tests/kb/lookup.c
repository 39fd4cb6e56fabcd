/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/lookup.h"

#include <gio/gio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/kb/folder.h"

#define ERIKA "erika@beispiel.example"
#define MAXIMILIAN "max@muster.example"

static const char orders[] =
    "CREATE TABLE orders (number TEXT, email TEXT, status TEXT, key TEXT);"
    "INSERT INTO orders VALUES"
    "('LV-1001', 'Erika@Beispiel.EXAMPLE', 'sent', 'from the record'),"
    "('LV-1002', 'max@muster.example', 'SECRET', NULL),"
    "('LV-1003', NULL, 'SECRET', NULL), ('LV-1004', '', 'SECRET', NULL),"
    "('LV-1005', 'erika@beispiel.example ', 'SECRET', NULL),"
    "('LV-1006', 'erika@beispiel.example' || char(10), 'SECRET', NULL),"
    "('LV-1007', 'erika@beispiel.example,max@muster.example', 'SECRET', NULL),"
    "('LV-1008', 'xerika@beispiel.example', 'SECRET', NULL),"
    "('LV-1009', 'erika@beispiel.example' || char(0) || 'x', 'SECRET', NULL);";

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

static Shop shop_open(void)
{
    Shop shop = {folder_new(), lookup_spec_new()};
    sqlite3 *connection = NULL;
    shop.spec->name = g_strdup("order");
    shop.spec->pattern = g_strdup("\\bLV-\\d{4}\\b");
    shop.spec->database = folder_path(shop.folder, "orders.db");
    shop.spec->query = g_strdup("SELECT * FROM orders WHERE upper(:key) = number");
    shop.spec->owner = g_strdup("email");
    g_assert_cmpint(sqlite3_open(shop.spec->database, &connection), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(connection, orders, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(connection);
    return shop;
}

static void set(char **member, const char *value)
{
    g_free(*member);
    *member = g_strdup(value);
}

static void use_program(Shop *shop, const char *body)
{
    g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n", body);
    g_autofree char *path = folder_path(shop->folder, "script");
    folder_write(shop->folder, "script", text);
    g_assert_cmpint(chmod(path, 0700), ==, 0);
    set(&shop->spec->database, NULL);
    set(&shop->spec->query, NULL);
    g_strfreev(shop->spec->program);
    shop->spec->program = g_new0(char *, 2);
    shop->spec->program[0] = g_steal_pointer(&path);
}

typedef struct Outcome {
    LookupResult result;
    GHashTable *places;
    char *detail;
} Outcome;

static void outcome_clear(Outcome *outcome)
{
    g_hash_table_unref(outcome->places);
    g_free(outcome->detail);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

static Outcome run(const Shop *shop, const char *subject, const char *text, const char *address)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Lookup) lookup = lookup_new(shop->spec, &error);
    g_assert_no_error(error);
    Outcome outcome = {.places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    outcome.result = lookup_run(lookup, subject, text, address, outcome.places, &outcome.detail);
    if (outcome.result != LOOKUP_FOUND)
        g_assert_cmpuint(g_hash_table_size(outcome.places), ==, 0);
    return outcome;
}

static void assert_result(const Shop *shop, const char *text, const char *address,
                          LookupResult expected)
{
    g_auto(Outcome) outcome = run(shop, "", text, address);
    g_test_message("%s: %s", text, outcome.detail);
    g_assert_cmpint(outcome.result, ==, expected);
}

static void test_found(void)
{
    g_auto(Shop) shop = shop_open();
    g_auto(Outcome) outcome = run(&shop, "Wo ist lv-1001?", "Siehe LV-1001.", ERIKA);
    g_assert_cmpint(outcome.result, ==, LOOKUP_FOUND);
    g_assert_cmpuint(g_hash_table_size(outcome.places), ==, 3);
    g_assert_cmpstr(g_hash_table_lookup(outcome.places, "order.number"), ==, "LV-1001");
    g_assert_cmpstr(g_hash_table_lookup(outcome.places, "order.status"), ==, "sent");
    g_assert_cmpstr(g_hash_table_lookup(outcome.places, "order.key"), ==, "lv-1001");
    g_assert_false(g_hash_table_contains(outcome.places, "order.email"));
    g_assert_null(outcome.detail);
}

/* What a stranger gets is what he gets for a number that does not exist: result, places, and even
 * what agents read. */
static void test_foreign_is_like_none(void)
{
    static const char *const numbers[] = {"LV-1002", "LV-1003", "LV-1004", "LV-1005",
                                          "LV-1006", "LV-1007", "LV-1008"};
    g_auto(Shop) shop = shop_open();
    g_auto(Outcome) none = run(&shop, "", "LV-9999", ERIKA);
    g_assert_cmpint(none.result, ==, LOOKUP_NONE);
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_auto(Outcome) foreign = run(&shop, "", numbers[i], ERIKA);
        g_assert_cmpint(foreign.result, ==, LOOKUP_NONE);
        g_autoptr(GString) detail = g_string_new(foreign.detail);
        g_string_replace(detail, numbers[i], "LV-9999", 0);
        g_assert_cmpstr(detail->str, ==, none.detail);
    }
    /* A zero byte in the address is a broken record, not a shorter address. */
    assert_result(&shop, "LV-1009", ERIKA, LOOKUP_FAILED);
}

static void test_nobody(void)
{
    g_auto(Shop) shop = shop_open();
    assert_result(&shop, "LV-1003", "", LOOKUP_NONE);
    assert_result(&shop, "LV-1004", "", LOOKUP_NONE);
    assert_result(&shop, "LV-1004", NULL, LOOKUP_NONE);
    assert_result(&shop, "LV-1001", NULL, LOOKUP_NONE);
}

static void test_foreign_by_program(void)
{
    g_auto(Shop) shop = shop_open();
    use_program(&shop, "[ \"$1\" = LV-1001 ] && "
                       "echo '{\"email\": \"erika@beispiel.example\", \"status\": \"sent\"}'; :");
    assert_result(&shop, "LV-1001", ERIKA, LOOKUP_FOUND);
    g_auto(Outcome) foreign = run(&shop, "", "LV-1001", MAXIMILIAN);
    g_auto(Outcome) none = run(&shop, "", "LV-1002", MAXIMILIAN);
    g_assert_cmpint(foreign.result, ==, LOOKUP_NONE);
    g_assert_cmpint(none.result, ==, LOOKUP_NONE);
}

static void test_no_owner_in_record(void)
{
    g_auto(Shop) shop = shop_open();
    use_program(&shop, "echo '{\"mail\": \"erika@beispiel.example\", \"status\": \"sent\"}'");
    g_auto(Outcome) outcome = run(&shop, "", "LV-1001", ERIKA);
    g_assert_cmpint(outcome.result, ==, LOOKUP_FAILED);
    g_assert_nonnull(strstr(outcome.detail, "'email'"));

    use_program(&shop, "echo '{\"email\": [\"erika@beispiel.example\"], \"status\": \"sent\"}'");
    assert_result(&shop, "LV-1001", ERIKA, LOOKUP_NONE);
}

static void test_left_out(void)
{
    g_auto(Shop) shop = shop_open();
    use_program(&shop, "echo '{\"email\": \"erika@beispiel.example\", \"items\": [1, 2], "
                       "\"status\": \"sent\", \"note\": null}'");
    g_auto(Outcome) outcome = run(&shop, "", "LV-1001", ERIKA);
    g_assert_cmpint(outcome.result, ==, LOOKUP_FOUND);
    g_assert_cmpuint(g_hash_table_size(outcome.places), ==, 2);
    g_assert_nonnull(strstr(outcome.detail, ": items"));
}

static void test_broken_sources(void)
{
    g_auto(Shop) shop = shop_open();
    set(&shop.spec->database, "/nowhere/at/all.db");
    assert_result(&shop, "LV-1001", ERIKA, LOOKUP_FAILED);
    assert_result(&shop, "nothing", ERIKA, LOOKUP_NO_KEY);
    g_autoptr(Lookup) lookup = lookup_new(shop.spec, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_false(lookup_probe(lookup, &error));
    g_assert_cmpuint(error->domain, ==, G_IO_ERROR);

    use_program(&shop, "sleep 30");
    shop.spec->timeout_ms = 100;
    g_auto(Outcome) slow = run(&shop, "", "LV-1001", ERIKA);
    g_assert_cmpint(slow.result, ==, LOOKUP_FAILED);
    g_assert_nonnull(strstr(slow.detail, "longer than 100 ms"));
}

static void test_probe(void)
{
    g_auto(Shop) shop = shop_open();
    g_autoptr(GError) error = NULL;
    g_autoptr(Lookup) database = lookup_new(shop.spec, &error);
    g_assert_cmpstr(lookup_name(database), ==, "order");
    g_assert_true(lookup_probe(database, &error));
    use_program(&shop, "exit 1");
    g_autoptr(Lookup) program = lookup_new(shop.spec, &error);
    g_assert_true(lookup_probe(program, &error));
    g_assert_no_error(error);
}

/* ---- the key ------------------------------------------------------------------------------- */

static void assert_key(const char *pattern, const char *subject, const char *text,
                       LookupResult expected, const char *key)
{
    g_auto(Shop) shop = shop_open();
    set(&shop.spec->pattern, pattern);
    set(&shop.spec->query, "SELECT 'erika@beispiel.example' AS email, :key AS given");
    g_auto(Outcome) outcome = run(&shop, subject, text, ERIKA);
    g_test_message("%s: %s", pattern, outcome.detail);
    g_assert_cmpint(outcome.result, ==, expected);
    g_assert_cmpstr(g_hash_table_lookup(outcome.places, "order.given"), ==, key);
}

static void test_keys(void)
{
    static const char *const lv = "\\bLV-\\d{4}\\b";
    assert_key(lv, "LV-1001", NULL, LOOKUP_FOUND, "LV-1001");
    assert_key(lv, NULL, "lv-1001, LV-1001", LOOKUP_FOUND, "lv-1001");
    assert_key(lv, "LV-1001", "LV-1002", LOOKUP_SEVERAL, NULL);
    assert_key(lv, "LV-10011", "", LOOKUP_NO_KEY, NULL);
    assert_key(lv, NULL, NULL, LOOKUP_NO_KEY, NULL);
    assert_key("order (?:no\\.? )?(\\d+)", "", "my order no. 42", LOOKUP_FOUND, "42");
    assert_key("[-\\w]{4,}", "", "---- abcd --rf", LOOKUP_FOUND, "abcd");
    assert_key("-\\w+", "", "-rf", LOOKUP_NO_KEY, NULL);
    assert_key("x.*y", "", "x' OR 1=1 --y", LOOKUP_FOUND, "x' OR 1=1 --y");
    assert_key("x[^y]*y", "", "x\x01y x\ny", LOOKUP_NO_KEY, NULL);
    assert_key("a?", "", "bbb", LOOKUP_NO_KEY, NULL);
    assert_key("\\w+", "", "\xFF kaputt", LOOKUP_FOUND, "kaputt");

    g_autofree char *long_key = g_strnfill(65, 'k');
    assert_key("k+", "", long_key, LOOKUP_NO_KEY, NULL);
    assert_key("k+", "", long_key + 1, LOOKUP_FOUND, long_key + 1);
}

static void test_bounded_text(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 16 * 1024 - 12)
        g_string_append(text, "zeile\n");
    g_string_append(text, " LV-10011001 LV-2222");
    /* The cut goes through the number: a part of it must not become a key. */
    assert_key("LV-\\d+", "", text->str, LOOKUP_NO_KEY, NULL);
    assert_key("LV-\\d+", "LV-1001", text->str, LOOKUP_FOUND, "LV-1001");

    g_autofree char *huge = g_strnfill(20 * 1000 * 1000, 'a');
    assert_key("LV-\\d+", "LV-1001", huge, LOOKUP_FOUND, "LV-1001");
    g_autofree char *evil = g_strconcat(text->str, "!", NULL);
    memset(evil, 'a', 16 * 1024 - 100);
    assert_key("(a+)+$", "", evil, LOOKUP_FAILED, NULL);
}

/* A pattern that a hostile text makes slow, from each place anew, fails at the first; one that has
 * much to read does not. */
static void test_bounded_steps(void)
{
    g_autofree char *words = g_strnfill(16 * 1000, 'a');
    assert_key("\\w+\\w+[!?]", "", words + 15 * 1000, LOOKUP_FAILED, NULL);
    for (gsize i = 5; i < 16 * 1000; i += 6)
        words[i] = ' ';
    g_autofree char *text = g_strconcat(words, " Bestellung Nr. 4711", NULL);
    assert_key("(?:order|bestellung)\\D{0,20}(\\d+)", "", text, LOOKUP_FOUND, "4711");
    assert_key(".*nr\\. (\\d+)", "", text, LOOKUP_FOUND, "4711");
}

/* ---- the specification --------------------------------------------------------------------- */

static void assert_wrong(const Shop *shop, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(lookup_new(shop->spec, &error));
    g_assert_error(error, LOOKUP_ERROR, 0);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, says));
}

static void test_wrong_specifications(void)
{
    static const struct {
        gsize member;
        const char *value, *says;
    } rows[] = {
        {G_STRUCT_OFFSET(LookupSpec, name), NULL, "name:"},
        {G_STRUCT_OFFSET(LookupSpec, name), "Order", "name:"},
        {G_STRUCT_OFFSET(LookupSpec, name), "a.b", "name:"},
        {G_STRUCT_OFFSET(LookupSpec, name), "company", "name: taken"},
        {G_STRUCT_OFFSET(LookupSpec, name), "customer", "name: taken"},
        {G_STRUCT_OFFSET(LookupSpec, pattern), NULL, "pattern:"},
        {G_STRUCT_OFFSET(LookupSpec, pattern), "(", " at char 1: "},
        {G_STRUCT_OFFSET(LookupSpec, owner), NULL, "owner:"},
        {G_STRUCT_OFFSET(LookupSpec, owner), "e mail", "owner:"},
        {G_STRUCT_OFFSET(LookupSpec, owner), "mail", "owner is not among"},
        {G_STRUCT_OFFSET(LookupSpec, query), NULL, "query: missing"},
        {G_STRUCT_OFFSET(LookupSpec, query), "DELETE FROM orders WHERE number = :key",
         "may only SELECT"},
        {G_STRUCT_OFFSET(LookupSpec, database), NULL, "database or a program"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Shop) shop = shop_open();
        set(G_STRUCT_MEMBER_P(shop.spec, rows[i].member), rows[i].value);
        assert_wrong(&shop, rows[i].says);
    }
    g_auto(Shop) both = shop_open();
    both.spec->program = g_strsplit("/bin/true", " ", -1);
    assert_wrong(&both, "not both");
    both.spec->timeout_ms = 60001;
    set(&both.spec->database, NULL);
    assert_wrong(&both, "timeout");
    both.spec->timeout_ms = 0; /* the default */
    set(&both.spec->program[0], "true");
    assert_wrong(&both, "absolute");
    set(&both.spec->program[0], NULL);
    assert_wrong(&both, "program: empty");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lookup/found", test_found);
    g_test_add_func("/lookup/foreign-is-like-none", test_foreign_is_like_none);
    g_test_add_func("/lookup/nobody", test_nobody);
    g_test_add_func("/lookup/foreign-by-program", test_foreign_by_program);
    g_test_add_func("/lookup/no-owner-in-record", test_no_owner_in_record);
    g_test_add_func("/lookup/left-out", test_left_out);
    g_test_add_func("/lookup/broken-sources", test_broken_sources);
    g_test_add_func("/lookup/probe", test_probe);
    g_test_add_func("/lookup/keys", test_keys);
    g_test_add_func("/lookup/bounded-text", test_bounded_text);
    g_test_add_func("/lookup/bounded-steps", test_bounded_steps);
    g_test_add_func("/lookup/wrong-specifications", test_wrong_specifications);
    return g_test_run();
}
