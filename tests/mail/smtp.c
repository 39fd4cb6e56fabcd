/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses only; sessions are tested by net_smtp.py. */
#include "mail/smtp.h"

static void test_addresses(void)
{
    static const char *const good[] = {"a@b.example",   "first.last+tag@mail.shop.example",
                                       "o'hara@x.test", "a..b.@docomo.test",
                                       "x@localhost",   "user%host@x.test",
                                       "A_B-c@1-2.test"};
    static const char *const bad[] = {
        "",
        "a",
        "@x.test",
        "a@",
        "a@.test",
        "a@x..test",
        "a@x.test.",
        "a@b@x.test",
        "a b@x.test",
        "a@x test",
        "<a@x.test>",
        "a@x.test>",
        "a@x.test\r\nRCPT TO:<b@x.test>",
        "a\n@x.test",
        "a@x.test\x7f",
        "a\t@x.test",
        "\"a b\"@x.test",
        "a,b@x.test",
        "@relay.test:a@x.test",
        "a@[127.0.0.1]",
        "j\xc3\xb6rg@x.test",
        "a@x\xc3\xb6.test",
        "a(c)@x.test",
        "a@x.test SIZE=1",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(smtp_address_ok(good[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_test_message("%s", bad[i]);
        g_assert_false(smtp_address_ok(bad[i]));
    }
}

/* RFC 5321 4.5.3.1: 64 before the "@", 63 in a label of a name, 254 in all. */
static void test_lengths(void)
{
    g_autofree char *local64 = g_strnfill(64, 'l'), *label63 = g_strnfill(63, 'd');
    g_autofree char *label60 = g_strnfill(60, 'd');
    g_autofree char *at_limit =
        g_strdup_printf("%s@%s.%s.%s", local64, label63, label63, label60); /* 64+1+63+1+63+1+60 */
    g_autofree char *longest = g_strconcat(at_limit, "d", NULL);
    g_autofree char *too_long = g_strconcat(longest, "d", NULL);
    g_autofree char *long_local = g_strconcat("l", local64, "@x.test", NULL);
    g_autofree char *long_label = g_strconcat("a@d", label63, ".test", NULL);
    g_assert_cmpuint(strlen(longest), ==, 254);
    g_assert_true(smtp_address_ok(longest));
    g_assert_false(smtp_address_ok(too_long));
    g_assert_false(smtp_address_ok(long_local));
    g_assert_false(smtp_address_ok(long_label));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp/addresses", test_addresses);
    g_test_add_func("/smtp/lengths", test_lengths);
    return g_test_run();
}
