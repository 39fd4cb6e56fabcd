/* SPDX-License-Identifier: Apache-2.0 */
#include "models/mention.h"

#include <string.h>

static const struct {
    const char *text, *without; /* NULL: it is not in it */
} cases[] = {
    {"kim@kunde.example", "(erased)"},
    {"write to KIM@Kunde.example.", "write to (erased)."},
    {"mailto:kim@kunde.example?subject=x", "mailto:(erased)?subject=x"},
    {"To: Kim Kaspar <kim@kunde.example>, otto@kunde.example", "To: (erased), otto@kunde.example"},
    {"To: \"Kaspar, Kim\" <kim@kunde.example>", "To: (erased)"},
    {"To: otto@kunde.example, Kim <kim@kunde.example>", "To: otto@kunde.example, (erased)"},
    {"Am Montag, Jörg Müller <kim@kunde.example> schrieb:\n> ja",
     "Am Montag, (erased) schrieb:\n> ja"},
    {"we all think that Kim von der Aue <kim@kunde.example> is right",
     "we all think that (erased) is right"},
    {"kim@kunde.example and kim@kunde.example", "(erased) and (erased)"},
    {"joakim@kunde.example", NULL},
    {"x.kim@kunde.example", NULL},
    {"kim@kunde.example.org", NULL},
    {"kim@kunde.example-shop.test", NULL},
    {"kim+news@kunde.example", NULL},
    {"kimXkundeXexample", NULL},
    {"", NULL},
};

static void test_texts(void)
{
    g_autoptr(Mention) mention = mention_new("kim@kunde.example");

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *without = mention_remove(mention, cases[i].text);
        g_assert_cmpint(mention_in(mention, cases[i].text), ==, cases[i].without != NULL);
        g_assert_cmpstr(without, ==, cases[i].without ? cases[i].without : cases[i].text);
    }
    g_assert_false(mention_in(mention, NULL));
}

/* What cannot be searched goes, if the address may be in it. */
static void test_no_utf8(void)
{
    g_autoptr(Mention) mention = mention_new("kim@kunde.example");
    g_autofree char *gone = mention_remove(mention, "\xff kim@kunde.example");
    g_autofree char *kept = mention_remove(mention, "\xff otto@kunde.example");

    g_assert_cmpstr(gone, ==, MENTION_GONE);
    g_assert_cmpstr(kept, ==, "\xff otto@kunde.example");
}

/* Letters that mean something in a pattern mean themselves. */
static void test_odd_address(void)
{
    g_autoptr(Mention) mention = mention_new("k.*|m+(x)@kunde.example");

    g_assert_true(mention_in(mention, "to k.*|m+(x)@kunde.example now"));
    g_assert_false(mention_in(mention, "kim@kunde.example"));
}

/* A megabyte that is nearly the pattern, all over. */
static void test_long(void)
{
    g_autoptr(Mention) mention = mention_new("kim@kunde.example");
    g_autoptr(GString) text = g_string_new(NULL);

    while (text->len < 1024 * 1024)
        g_string_append(text, "Kim Kaspar Kim Kaspar <kim@kunde.exampl> ");
    g_string_append(text, "<kim@kunde.example>");
    gint64 started = g_get_monotonic_time();
    g_autofree char *without = mention_remove(mention, text->str);
    g_assert_cmpint(g_get_monotonic_time() - started, <, 20 * G_USEC_PER_SEC);
    g_assert_true(g_str_has_suffix(without, MENTION_GONE));
    g_assert_null(strstr(without, "kim@kunde.example>"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mention/texts", test_texts);
    g_test_add_func("/mention/no-utf8", test_no_utf8);
    g_test_add_func("/mention/odd-address", test_odd_address);
    g_test_add_func("/mention/long", test_long);
    return g_test_run();
}
