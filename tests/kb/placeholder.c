/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/placeholder.h"

#include <string.h>

static void test_names(void)
{
    static const char *const good[] = {"a", "greeting", "order.status_de", "Order.A-1", "a.b.c"};
    static const char *const bad[] = {"", ".", "a.", ".a", "a..b", "1a", "_a", "a b", "ä", "a/b"};
    for (guint i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(placeholder_name_valid(good[i], strlen(good[i])));
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(placeholder_name_valid(bad[i], strlen(bad[i])));
    g_autofree char *name = g_strnfill(65, 'a');
    g_assert_true(placeholder_name_valid(name, 64));
    g_assert_false(placeholder_name_valid(name, 65));
}

static void test_next(void)
{
    const char *text = "a {{ b.c | d e }} {{x|}}{{y}}";
    Placeholder place;
    g_assert_true(placeholder_next(text, &place));
    g_assert_cmpmem(place.name, place.name_length, "b.c", 3);
    g_assert_cmpmem(place.fallback, place.fallback_length, "d e", 3);
    g_assert_true(place.start == text + 2);
    g_assert_true(placeholder_next(place.end, &place));
    g_assert_cmpmem(place.name, place.name_length, "x", 1);
    g_assert_nonnull(place.fallback);
    g_assert_cmpuint(place.fallback_length, ==, 0);
    g_assert_true(placeholder_next(place.end, &place));
    g_assert_null(place.fallback);
    g_assert_false(placeholder_next(place.end, &place));
}

static void test_passes_over(void)
{
    Placeholder place;
    g_assert_true(placeholder_next("{{ {{!}} {{a\n}} {{b}}", &place));
    g_assert_cmpmem(place.name, place.name_length, "b", 1);
    g_assert_false(placeholder_next("{{", &place));
    g_assert_false(placeholder_next("", &place));
}

static void test_personal(void)
{
    static const char *const personal[] = {"order.status", "customer.number", "customer.name.x",
                                           "companyx.name"};
    static const char *const harmless[] = {"greeting",     "company.name",  "company.x.y",
                                           "ticket.token", "customer.name", "order"};
    for (guint i = 0; i < G_N_ELEMENTS(personal); i++)
        g_assert_true(placeholder_personal(personal[i]));
    for (guint i = 0; i < G_N_ELEMENTS(harmless); i++)
        g_assert_false(placeholder_personal(harmless[i]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/placeholder/names", test_names);
    g_test_add_func("/placeholder/next", test_next);
    g_test_add_func("/placeholder/passes-over", test_passes_over);
    g_test_add_func("/placeholder/personal", test_personal);
    return g_test_run();
}
