/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/server_words.h"

#include <string.h>

static void expect(const char *secret, const char *text, const char *shown)
{
    g_autoptr(ServerSpec) spec = server_spec_new();
    spec->secret = g_strdup(secret);
    g_autofree char *words = server_words(spec, text);
    g_assert_cmpstr(words, ==, shown);
}

static void test_plain(void)
{
    const struct {
        const char *text, *shown;
    } rows[] = {{NULL, ""},
                {"", ""},
                {"no such user", "no such user"},
                {"  two\r\nlines\n", "two  lines"},
                {"a\x1b[31mb\x7f", "a [31mb"},
                {"a\xc2\x9b"
                 "b\xe2\x80\xae"
                 "c",
                 "a b c"},
                {"a\xff", "a\xef\xbf\xbd"}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        expect(NULL, rows[i].text, rows[i].shown);
        expect("", rows[i].text, rows[i].shown);
        expect("correct horse", rows[i].text, rows[i].shown);
    }
    g_autofree char *longest = g_strnfill(5000, 'x'), *cut = g_strnfill(300, 'x');
    expect("correct horse", longest, cut);
}

static void test_hidden(void)
{
    const struct {
        const char *secret, *text, *shown;
    } rows[] = {{"correct horse", "no correct horse here", "no *** here"},
                {"correct horse", "correct hor", "***"},
                {"correct horse", "the correct answer", "the ***answer"}, /* eight of them */
                {"correct horse", "correct, a hor", "correct, a hor"},
                {"correct horse", "x correct horse correct horse", "x *** ***"},
                {"pw", "pw wrong", "*** wrong"},
                {"say \"x\\y\"", "LOGIN \"say \\\"x\\\\y\\\"\"", "LOGIN \"***\""},
                {"p\xc3\xa4ssw\xc3\xb6rt", "p\xc3\xa4ssw\xc3\xb6rt!", "***!"}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        expect(rows[i].secret, rows[i].text, rows[i].shown);
}

/* Whatever stands before and behind it, nothing that tells of the secret is left. */
static void test_base64(void)
{
    static const char secret[] = "correct horse battery";
    for (gsize before = 0; before < 7; before++)
        for (gsize behind = 0; behind < 4; behind++) {
            g_autofree char *left = g_strnfill(before, 'u'), *right = g_strnfill(behind, '\1');
            g_autofree char *whole = g_strconcat(left, secret, right, NULL);
            g_autofree char *packed = g_base64_encode((const guchar *)whole, strlen(whole));
            g_autofree char *text = g_strdup_printf("535 bad: %s", packed);
            g_autoptr(ServerSpec) spec = server_spec_new();
            spec->secret = g_strdup(secret);
            g_autofree char *words = server_words(spec, text);
            g_assert_nonnull(strstr(words, "***"));
            g_assert_cmpuint(strlen(words), <=,
                             strlen("535 bad: ***") + before * 4 / 3 + behind * 4 / 3 + 8);
        }
}

/* A secret at the place where the text is cut. */
static void test_cut(void)
{
    static const char secret[] = "correct horse battery";
    for (guint at = 270; at <= 310; at++) {
        g_autofree char *before = g_strnfill(at, '.');
        g_autofree char *text = g_strconcat(before, secret, NULL);
        g_autoptr(ServerSpec) spec = server_spec_new();
        spec->secret = g_strdup(secret);
        g_autofree char *words = server_words(spec, text);
        g_assert_null(strstr(words, "co"));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server-words/plain", test_plain);
    g_test_add_func("/server-words/hidden", test_hidden);
    g_test_add_func("/server-words/base64", test_base64);
    g_test_add_func("/server-words/cut", test_cut);
    return g_test_run();
}
