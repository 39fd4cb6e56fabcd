/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/lookup_record.h"

#include <gio/gio.h>
#include <string.h>

static void test_add(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) record = record_new();
    g_assert_true(record_add(record, "status", "a\r\nb\x1b[0m\tc", -1, &error));
    g_assert_cmpstr(g_hash_table_lookup(record, "status"), ==, "a  b [0m c");
    g_assert_true(record_add(record, "half", "abcdef", 3, &error));
    g_assert_cmpstr(g_hash_table_lookup(record, "half"), ==, "abc");
    g_assert_true(record_add(record, "none", NULL, 0, &error));
    g_assert_true(g_hash_table_contains(record, "none"));
    g_assert_null(g_hash_table_lookup(record, "none"));
    g_assert_true(record_add(record, "no name}}", "x", -1, &error));
    g_assert_cmpuint(g_hash_table_size(record), ==, 3);
    g_assert_no_error(error);
}

static void test_cap(void)
{
    g_autoptr(GHashTable) record = record_new();
    g_autoptr(GString) value = g_string_new(NULL);
    for (guint i = 0; i < 500; i++)
        g_string_append(value, "ü");
    g_assert_true(record_add(record, "fits", value->str, -1, NULL));
    g_assert_cmpstr(g_hash_table_lookup(record, "fits"), ==, value->str);
    g_string_append(value, "ü");
    g_assert_true(record_add(record, "long", value->str, -1, NULL));
    const char *cut = g_hash_table_lookup(record, "long");
    g_assert_cmpint(g_utf8_strlen(cut, -1), ==, 500);
    g_assert_true(g_str_has_suffix(cut, "ü…"));
}

static void test_bad_values(void)
{
    g_autoptr(GHashTable) record = record_new();
    g_autoptr(GError) not_text = NULL, zero = NULL, many = NULL;
    g_assert_false(record_add(record, "a", "f\xFCr", -1, &not_text));
    g_assert_error(not_text, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_false(record_add(record, "a", "ab\0cd", 5, &zero));
    g_assert_nonnull(zero);
    for (guint i = 0; i < RECORD_MAX_FIELDS; i++) {
        g_autofree char *field = g_strdup_printf("f%u", i);
        g_assert_true(record_add(record, field, "x", -1, NULL));
    }
    g_assert_false(record_add(record, "more", "x", -1, &many));
}

static void test_json(void)
{
    const char *text = "{\"s\": \"Größe \\u00e4 \\\"{[\", \"i\": 7, \"d\": 12.5, \"t\": true, "
                       "\"f\": false, \"n\": null, \"l\": [1, 2], \"o\": {\"x\": 1}, "
                       "\"big\": 9007199254740993}\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) left_out = g_string_new(NULL);
    g_autoptr(GHashTable) record = record_from_json(text, strlen(text), left_out, &error);
    g_assert_no_error(error);
    static const char *const expected[][2] = {
        {"s", "Größe ä \"{["}, {"i", "7"},     {"d", "12.5"},
        {"t", "true"},         {"f", "false"}, {"n", NULL},
        {"l", NULL},           {"o", NULL},    {"big", "9007199254740993"},
    };
    g_assert_cmpuint(g_hash_table_size(record), ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_true(g_hash_table_contains(record, expected[i][0]));
        g_assert_cmpstr(g_hash_table_lookup(record, expected[i][0]), ==, expected[i][1]);
    }
    g_assert_cmpstr(left_out->str, ==, "l, o");
}

static void test_json_none(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) left_out = g_string_new(NULL);
    g_assert_null(record_from_json("", 0, left_out, &error));
    g_assert_null(record_from_json(" \r\n\t", 4, left_out, &error));
    g_assert_no_error(error);
}

static void test_json_bad(void)
{
    static const char *const texts[] = {
        "{",       "{\"a\": }",         "[1]",   "7",   "null",         "\"text\"",
        "no JSON", "{\"a\": \"\xFC\"}", "{} {}", "{}}", "{\"a\": 1} x", "\"{\" {}",
    };
    g_autoptr(GString) left_out = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(record_from_json(texts[i], strlen(texts[i]), left_out, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
    g_autoptr(GError) deep = NULL;
    g_autofree char *brackets = g_strnfill(60000, '{');
    g_assert_null(record_from_json(brackets, 60000, left_out, &deep));
    g_assert_nonnull(strstr(deep->message, "nested too deep"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/add", test_add);
    g_test_add_func("/record/cap", test_cap);
    g_test_add_func("/record/bad-values", test_bad_values);
    g_test_add_func("/record/json", test_json);
    g_test_add_func("/record/json-none", test_json_none);
    g_test_add_func("/record/json-bad", test_json_bad);
    return g_test_run();
}
