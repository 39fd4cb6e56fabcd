/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/compose.h"

#include <locale.h>
#include <string.h>

#define KEY "a key of thirty-two bytes, ok?!!"
#define DIGEST "00d8d3f11739d2f3537099982b4674c29fc59a8fda350fca1379613adbb09119"
#define ID_7 "erms.k7q4-29xm.7.8yz3a70pqj03hft9@lindenhof.example"

static void test_find_token(void)
{
    static const struct {
        const char *subject, *token;
    } rows[] = {
        {"Re: Frage [#K7Q4-29XM]", "K7Q4-29XM"},
        {"[#K7Q4-29XM]", "K7Q4-29XM"},
        {"AW:[#K7Q4-29XM]Frage", "K7Q4-29XM"},
        {"[#[#K7Q4-29XM] und [#AAAA-0000]", "K7Q4-29XM"},
        {"[#x] [#AAAA-0000]", "AAAA-0000"},
        {NULL, NULL},
        {"", NULL},
        {"[#", NULL},
        {"[#K7Q4-29X", NULL},
        {"[#K7Q4-29XM", NULL},
        {"[#K7Q4-29XMA]", NULL},
        {"[#AK7Q4-29XM]", NULL},
        {"[# K7Q4-29XM]", NULL},
        {"[K7Q4-29XM]", NULL},
        {"#K7Q4-29XM", NULL},
        {"[#k7q4-29xm]", NULL},
        {"[#K7Q429XM]", NULL},
        {"[#K7Q4_29XM]", NULL},
        {"[#K7O4-29XM]", NULL}, /* O, I, L, U are no letters of ours */
        {"[#K7I4-29XM]", NULL},
        {"[#K7Q4-29LM]", NULL},
        {"[#K7Q4-29UM]", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *token = compose_find_token(rows[i].subject);
        g_assert_cmpstr(token, ==, rows[i].token);
    }
}

static void test_token(void)
{
    g_autoptr(GBytes) key = g_bytes_new_static(KEY, strlen(KEY));
    g_autoptr(GBytes) other = g_bytes_new_static(KEY, strlen(KEY) - 1);
    g_autofree char *first = compose_token(key, DIGEST, 0);
    g_autofree char *second = compose_token(key, DIGEST, 1);
    g_autofree char *foreign = compose_token(other, DIGEST, 0);

    g_assert_cmpstr(first, ==, "T8Z1-CVQN"); /* computed with another program */
    g_assert_cmpstr(second, ==, "AFBM-AMH3");
    g_assert_cmpstr(foreign, !=, first);
    for (guint n = 0; n < 500; n++) {
        g_autofree char *token = compose_token(key, DIGEST, n);
        g_autofree char *subject = compose_subject("x", token);
        g_autofree char *found = compose_find_token(subject);
        g_assert_cmpstr(found, ==, token);
    }
}

static void test_message_id(void)
{
    g_autoptr(GBytes) key = g_bytes_new_static(KEY, strlen(KEY));
    g_autofree char *id = compose_message_id(key, "K7Q4-29XM", 7, "Lindenhof.example");
    g_autofree char *largest =
        compose_message_id(key, "K7Q4-29XM", G_MAXUINT64, "lindenhof.example");
    g_autofree char *folded = g_ascii_strdown(id, -1);
    g_autofree char *token = NULL, *token2 = NULL;

    g_assert_cmpstr(id, ==, ID_7); /* computed with another program */
    g_assert_cmpstr(largest, ==,
                    "erms.k7q4-29xm.18446744073709551615.pnhw2shb34zd0w7m@lindenhof.example");
    g_assert_cmpstr(folded, ==, id);
    g_assert_true(compose_verify_message_id(key, id, &token));
    g_assert_cmpstr(token, ==, "K7Q4-29XM");
    g_assert_true(compose_verify_message_id(key, largest, &token2));
    g_assert_true(compose_verify_message_id(key, id, NULL));
}

static void test_forged_ids(void)
{
    static const char *const forged[] = {
        "",
        "erms.",
        "47@kunde.example",
        "erms.k7q4-29xm.8.8yz3a70pqj03hft9@lindenhof.example",
        "erms.k7q4-29xn.7.8yz3a70pqj03hft9@lindenhof.example",
        "erms.k7q4-29xm.7.8yz3a70pqj03hft8@lindenhof.example",
        "erms.k7q4-29xm.7.0yz3a70pqj03hft9@lindenhof.example",
        "erms.k7q4-29xm.7.8yz3a70pqj03hft9@lindenhof.test",
        "erms.k7q4-29xm.7.8yz3a70pqj03hft9@lindenhof.example.",
        "erms.k7q4-29xm.07.8yz3a70pqj03hft9@lindenhof.example",
        "erms.k7q4-29xm.+7.8yz3a70pqj03hft9@lindenhof.example",
        "erms.k7q4-29xm..8yz3a70pqj03hft9@lindenhof.example",
        "erms.k7q4-29xm.7.8yz3a70pqj03hft@lindenhof.example",
        "erms.k7q4-29xm.7.8yz3a70pqj03hft99@lindenhof.example",
        "erms.k7q4-29xm.7.@lindenhof.example",
        "erms.k7q4-29xm.7.8yz3a70pqj03hft9@",
        "erms.k7q4-29xm.7.8yz3a70pqj03hft9",
        "erms.k7q429xm.7.8yz3a70pqj03hft9@lindenhof.example",
        "erms.K7Q4-29XM.7.8yz3a70pqj03hft9@lindenhof.example",
        "ERMS.k7q4-29xm.7.8yz3a70pqj03hft9@lindenhof.example",
        "erms.k7q4-29xm.7.8YZ3A70PQJ03HFT9@lindenhof.example",
        " " ID_7,
        ID_7 " ",
        "<" ID_7 ">",
        "x" ID_7,
    };
    static const struct {
        const char *token, *domain;
    } misshapen[] = {
        {"K7Q4-29XM", ""},
        {"K7Q4.29XM", "lindenhof.example"},
        {"K7Q4-29XO", "lindenhof.example"},
        {"K7Q4-29XMA", "lindenhof.example"},
    };
    g_autofree char *long_domain = g_strnfill(300, 'd');
    g_autoptr(GBytes) key = g_bytes_new_static(KEY, strlen(KEY));
    g_autoptr(GBytes) other = g_bytes_new_static("another key", 11);

    for (gsize i = 0; i < G_N_ELEMENTS(forged); i++) {
        g_autofree char *token = NULL;
        g_assert_false(compose_verify_message_id(key, forged[i], &token));
        g_assert_null(token);
    }
    {
        g_autofree char *id = compose_message_id(key, "K7Q4-29XM", 7, long_domain);
        g_assert_false(compose_verify_message_id(key, id, NULL));
    }
    g_assert_false(compose_verify_message_id(key, NULL, NULL));
    g_assert_false(compose_verify_message_id(other, ID_7, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(misshapen); i++) { /* with a right hash */
        g_autofree char *id = compose_message_id(key, misshapen[i].token, 7, misshapen[i].domain);
        g_assert_false(compose_verify_message_id(key, id, NULL));
    }
    for (gsize i = 0; i < strlen(ID_7); i++) { /* every character counts */
        g_autofree char *changed = g_strdup(ID_7);
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        g_assert_false(compose_verify_message_id(key, changed, NULL));
        changed[i] = '\0';
        g_assert_false(compose_verify_message_id(key, changed, NULL));
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/msgid/find-token", test_find_token);
    g_test_add_func("/msgid/token", test_token);
    g_test_add_func("/msgid/message-id", test_message_id);
    g_test_add_func("/msgid/forged-ids", test_forged_ids);
    return g_test_run();
}
