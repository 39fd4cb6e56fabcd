/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/fill.h"

#include <string.h>

/* "name", "value", …, NULL */
static Filled *fill(const char *body, const char *const *values)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    const Template template_ = {.body = (char *)body};
    for (; values && *values; values += 2)
        g_hash_table_insert(places, (gpointer)values[0], (gpointer)values[1]);
    return fill_template(&template_, places);
}

static void test_values(void)
{
    const char *values[] = {"greeting", "Guten Tag,", "a.b", "7", NULL};
    g_autoptr(Filled) filled = fill("{{greeting}}\n{{ a.b }}{{a.b|x}}-{{c|y z}}.{{c|}}\n", values);
    g_assert_cmpstr(filled->text, ==, "Guten Tag,\n77-y z.\n");
    g_assert_null(filled->missing);
}

static void test_missing(void)
{
    const char *values[] = {"a", "", "b", " \t\n", "c", "\xFF", NULL};
    g_autoptr(Filled) filled = fill("{{a}} {{b}} {{c}} {{d}} {{a}} {{b|f}}\n", values);
    g_assert_cmpstr(filled->text, ==, "[…] […] […] […] […] f\n");
    g_assert_cmpstr(filled->missing, ==, "a,b,c,d");
}

static void test_values_are_data(void)
{
    const char *values[] = {"a", "{{b}}", "b", "SECRET", "c", "x\r\nBcc: y\x1b[0m",
                            "d", "{{{{{", "e", "{",      "f", "pay\u202Eexe\u2028now\u2066",
                            NULL};
    g_autoptr(Filled) filled = fill("{{a}}|{{c}}|{{d}}|{{e}}{{e}}|{{f}}\n", values);
    g_assert_cmpstr(filled->text, ==, "{ {b}}|x  Bcc: y [0m|{ { { { {|{ {|pay exe now \n");
    g_assert_null(strstr(filled->text, "SECRET"));
    g_assert_null(filled->missing);
}

static void test_no_raw_braces(void)
{
    g_autoptr(Filled) filled = fill("{{not closed\n{{{{ {{!}}\n{{a|{{b}}\n", NULL);
    g_assert_null(strstr(filled->text, "{{"));
}

static void test_bounded(void)
{
    g_autofree char *large = g_strnfill(100 * 1000, '{');
    const char *values[] = {"a", large, "b", "small", NULL};
    g_autoptr(Filled) filled = fill("{{a}} {{b}} {{a}} {{a|cheap}}\n", values);
    g_assert_cmpuint(strlen(filled->text), >, 100 * 1000);
    g_assert_cmpuint(strlen(filled->text), <, FILL_MAX_BYTES);
    g_assert_true(g_str_has_suffix(filled->text, " small […] […]\n"));
    g_assert_cmpstr(filled->missing, ==, "a");
}

static void test_places(void)
{
    g_autoptr(GPtrArray) places = fill_places("{{b}} {{a.x|1}} {{b|2}} {{!}} {{c}}");
    g_assert_cmpuint(places->len, ==, 3);
    g_assert_cmpstr(g_ptr_array_index(places, 0), ==, "b");
    g_assert_cmpstr(g_ptr_array_index(places, 1), ==, "a.x");
    g_assert_cmpstr(g_ptr_array_index(places, 2), ==, "c");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fill/values", test_values);
    g_test_add_func("/fill/missing", test_missing);
    g_test_add_func("/fill/values-are-data", test_values_are_data);
    g_test_add_func("/fill/no-raw-braces", test_no_raw_braces);
    g_test_add_func("/fill/bounded", test_bounded);
    g_test_add_func("/fill/places", test_places);
    return g_test_run();
}
