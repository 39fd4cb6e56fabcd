/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/tokens.h"

#include <string.h>

static void on_token(const char *stem, gsize stem_length, const char *word, gsize word_length,
                     gpointer data)
{
    (void)word;
    g_assert_cmpuint(word_length, >, 0);
    g_string_append_printf(data, "%s%.*s", ((GString *)data)->len ? " " : "", (int)stem_length,
                           stem);
}

static void on_word(const char *stem, gsize stem_length, const char *word, gsize word_length,
                    gpointer data)
{
    (void)stem;
    (void)stem_length;
    g_string_append_printf(data, "%s%.*s", ((GString *)data)->len ? "|" : "", (int)word_length,
                           word);
}

static char *scan(const char *text, const char *language)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    GString *result = g_string_new(NULL);
    tokenizer_scan(tokenizer, text, language, on_token, result);
    return g_string_free(result, FALSE);
}

typedef struct Case {
    const char *text, *language, *stems;
} Case;

static void check(const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *got = scan(cases[i].text, cases[i].language);
        g_assert_cmpstr(got, ==, cases[i].stems);
    }
}

static void test_words(void)
{
    const Case cases[] = {
        {"Hello, WORLD!", "", "hello world"},
        {"returning returned returns", "en", "return return return"},
        {"returning", "en-GB", "return"},
        {"returning", "", "returning"},
        {"returning", NULL, "returning"},
        {"returning", "eng", "returning"},
        {"returning", "xx", "returning"},
        {"Bestellungen Bestellung", "de", "bestell bestell"},
        {"don't we'll orders'", "", "don't we'll orders"},
        {"don\u2019t l\u2019adresse l'eau", "", "don't l adresse l eau"},
        {"E-Mail foo_bar a/b", "", "e mail foo bar a b"},
        {"", "de", ""},
        {NULL, "de", ""},
        {" \t\n...!?", "de", ""},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_spellings(void)
{
    const Case cases[] = {
        {"möchte moechte MÖCHTE mo\u0308chte", "de", "mocht mocht mocht mocht"},
        {"Rücksendung Ruecksendung", "de", "rucksend rucksend"},
        {"Straße Strasse STRASSE", "de", "strass strass strass"},
        {"neue quelle", "de", "neu quell"},
        {"Rückgabe größe", "", "rueckgabe groesse"},
        {"Rück\u00ADsendung", "de", "rucksend"},
        {"café cafe\u0301 CAFÉ", "", "cafe cafe cafe"},
        {"Ｈｅｌｌｏ", "", "hello"},
        {"søren ærlig łódź", "", "soeren aerlig lodz"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_classes(void)
{
    const Case cases[] = {
        {"am 12.03.2024 um 10:30 Uhr", "", "am #number um #number uhr"},
        {"1.234,50 EUR 42", "", "#number eur #number"},
        {"AB123456 mp3 win95 4711-22.", "", "#code mp3 win95 #number"},
        {"2023 2024", "", "#number #number"},
        {"mail erika.muster@shop.example now", "", "mail #email now"},
        {"<erika@shop.example>, or x@y", "", "#email or #email"},
        {"a@ b @c foo@-bar", "", "a b c foo bar"},
        {"see https://www.shop.example/a?b=1&c=2#d.", "", "see #url"},
        {"(www.shop.example) HTTP://X.EXAMPLE/ok", "", "#url #url"},
        {"www without dot", "", "www without dot"},
        {"#number #email", "", "number email"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_scripts(void)
{
    const Case cases[] = {
        {"Где мой заказ", "", "где мой заказ"}, {"заказы заказ", "ru", "заказ заказ"},
        {"我的订单", "", "我 的 订 单"},        {"ab我cd", "", "ab 我 cd"},
        {"मेरा ऑर्डर", "", "मेरा ऑर्डर"},           {"😀 ok 👍", "", "ok"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_bad_bytes(void)
{
    const Case cases[] = {
        {"abc\xFF"
         "def",
         "de", "abc def"},
        {"gr\xFC\xDF"
         "e",
         "de", "gr e"},
        {"end \xE2\x82", "", "end"},
        {"\xC0\x80 x \xED\xA0\x80", "", "x"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_as_written(void)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GString) result = g_string_new(NULL);
    tokenizer_scan(tokenizer, "Die RÜCKsendung, AB1234! x@y.example", "de", on_word, result);
    g_assert_cmpstr(result->str, ==, "Die|RÜCKsendung|AB1234|x@y.example");
}

static void test_long(void)
{
    gsize n = 1 << 20;
    g_autofree char *text = g_malloc(n + 1);
    memset(text, 'x', n);
    text[n] = '\0';
    g_autofree char *one = scan(text, "de");
    g_assert_cmpuint(strlen(one), <=, 40);
    memset(text, 'a', n);
    for (gsize i = 1; i < n; i += 2) /* one long run of an address that never comes */
        text[i] = '.';
    g_autofree char *many = scan(text, "");
    g_assert_cmpuint(strlen(many), ==, n - 1);
    for (gsize i = 0; i + 1 < n; i += 2)
        memcpy(text + i, "ü", 2);
    g_autofree char *umlauts = scan(text, "");
    g_assert_cmpuint(strlen(umlauts), ==, 80);
}

/* The cache gives what the stemmer gave, whatever came between. */
static void test_cache(void)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GPtrArray) first = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < 100000; i++) {
        guint k = i % 50000; /* more than it has room for */
        g_autofree char *text =
            g_strdup_printf("w%ca%ci%ce%cungen", 'b' + k % 24, 'b' + k / 24 % 24,
                            'b' + k / 576 % 24, 'b' + k / 13824);
        g_autoptr(GString) stem = g_string_new(NULL);
        tokenizer_scan(tokenizer, text, "de", on_token, stem);
        if (i < 50000)
            g_ptr_array_add(first, g_strdup(stem->str));
        g_assert_cmpstr(stem->str, ==, first->pdata[k]);
    }
    g_autoptr(GString) same = g_string_new(NULL);
    tokenizer_scan(tokenizer, "bestellungen", "de", on_token, same);
    tokenizer_scan(tokenizer, "bestellungen", "en", on_token, same);
    g_assert_cmpstr(same->str, ==, "bestell bestellungen");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tokens/words", test_words);
    g_test_add_func("/tokens/spellings", test_spellings);
    g_test_add_func("/tokens/classes", test_classes);
    g_test_add_func("/tokens/scripts", test_scripts);
    g_test_add_func("/tokens/bad-bytes", test_bad_bytes);
    g_test_add_func("/tokens/as-written", test_as_written);
    g_test_add_func("/tokens/long", test_long);
    g_test_add_func("/tokens/cache", test_cache);
    return g_test_run();
}
