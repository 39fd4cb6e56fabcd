/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/charset.h"

#include <string.h>

static const struct {
    const char *bytes, *declared, *text;
} rows[] = {
    {"plain", "us-ascii", "plain"},
    {"Gr\xc3\xb6\xc3\x9f"
     "e",
     NULL, "Größe"},
    {"Gr\xc3\xb6\xc3\x9f"
     "e",
     "iso-8859-1", "Größe"},
    {"Gr\xf6\xdf"
     "e",
     "iso-8859-1", "Größe"},
    {"Gr\xf6\xdf"
     "e",
     "utf-8", "Größe"},
    {"Gr\xf6\xdf"
     "e",
     "UTF8", "Größe"},
    {"Gr\xf6\xdf"
     "e",
     NULL, "Größe"},
    {"Gr\xf6\xdf"
     "e",
     "", "Größe"},
    {"Gr\xf6\xdf"
     "e",
     "klingon", "Größe"},
    {"Gr\xf6\xdf"
     "e",
     "iso-8859-1//IGNORE", "Größe"},
    {"5 \x80 \x84neu\x93 \x96", "iso-8859-1", "5 € „neu“ –"},
    {"5 \x80", "us-ascii", "5 €"},
    {"a\x81"
     "b",
     "windows-1252",
     "a\xef\xbf\xbd"
     "b"},
    /* mostly valid UTF-8 is repaired, not reread */
    {"Gr\xc3\xb6\xc3\x9f"
     "e \xff",
     "utf-8", "Größe \xef\xbf\xbd"},
    {"Gr\xc3\xb6\xc3\x9f"
     "e \xc3",
     NULL, "Größe \xef\xbf\xbd"},
    /* C1 controls, encoded as UTF-8, mean windows-1252 too */
    {"\xc2\x84neu\xc2\x93", "utf-8", "„neu“"},
    {"\xef\xbb\xbfHallo", "utf-8", "Hallo"},
    {"a\x1b[31mb\x07"
     "c\x7f"
     "d\te\r\nf",
     NULL, "a[31mbcd\te\r\nf"},
    {"\x1b$BF|K\\\x1b(B", "iso-2022-jp", "日本"},
    {"\x1b$BF|K\\\x1b(B", NULL, "日本"},
    {"\xc4\xe3\xba\xc3", "gb2312", "你好"},
    {"\xe4\xbd\xa0\xe5\xa5\xbd", "gb2312", "你好"},
    {"\xbe\xc8\xb3\xe7", "ks_c_5601-1987", "안녕"},
    {"\x8c\x63\xb0\xa1", "euc-kr", "똠가"},
    {"\x83\x65\x83\x58\x83\x67", "Shift_JIS", "テスト"},
    {"\xb4\xfa\xb8\xd5", "big5", "測試"},
    {"\xe7\xc4\xc5", "koi8-r", "Где"},
    {"c\xfb"
     "a",
     "windows-1258", "cûa"},
    {"+AOQ-", "utf-7", "ä"},
    {"\xfd", "iso-8859-9", "ı"},
    {"\x8a", "x-mac-roman", "ä"},
    /* iconv makes these 0x7fe4e4e4, which no UTF-8 holds */
    {"\x7f\xe4\xe4\xe4", "ucs-4", "äää"},
    {"\x7f\xe4\xe4\xe4", "iso-10646", "äää"},
    {"\xe4\xe4\xe4\x7f", "wchar_t", "äää"},
    {"\x7f\xe4\xe4\xe4", "osf00010105", "äää"},
};

static void test_table(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            charset_to_utf8(rows[i].bytes, strlen(rows[i].bytes), rows[i].declared);
        if (strcmp(text, rows[i].text) != 0) {
            g_test_message("row %zu, %s: expected \"%s\", got \"%s\"", i, rows[i].declared,
                           rows[i].text, text);
            g_test_fail();
        }
    }
}

static void test_nul(void)
{
    g_autofree char *text = charset_to_utf8("a\0\xc3\xa4\0", 5, "utf-8");
    g_autofree char *wide = charset_to_utf8("a\0\xe4\0\0\0b\0", 8, "utf-16le");
    g_autofree char *empty = charset_to_utf8(NULL, 0, "utf-8");

    g_assert_cmpstr(text, ==, "aä");
    g_assert_cmpstr(wide, ==, "aäb");
    g_assert_cmpstr(empty, ==, "");
}

/* Bytes that are nothing in the declared set are windows-1252; a few broken ones are U+FFFD. */
static void test_wrong_set(void)
{
    g_autofree char *wrong = charset_to_utf8("\xff\xe4 \xff\xe4", 5, "gb2312");
    GString *mostly = g_string_new(NULL);
    g_autofree char *text = NULL;

    for (int i = 0; i < 20; i++)
        g_string_append(mostly, "\xc4\xe3\xba\xc3");
    g_string_append(mostly, "\xff");
    text = charset_to_utf8(mostly->str, mostly->len, "gb2312");
    g_assert_true(g_str_has_prefix(text, "你好你好"));
    g_assert_true(g_str_has_suffix(text, "\xef\xbf\xbd"));
    g_assert_cmpstr(wrong, ==, "ÿä ÿä");
    g_string_free(mostly, TRUE);
}

/* Whatever is declared for whatever bytes: valid UTF-8 without controls. */
static void test_always_valid(void)
{
    static const char *const sets[] = {
        NULL,     "us-ascii",  "utf-8",       "iso-2022-jp", "iso-2022-kr",  "gb2312",
        "big5",   "utf-7",     "utf-16",      "utf-32",      "euc-jp",       "shift_jis",
        "koi8-r", "cp1258",    "iso-2022-cn", "x-mac-roman", "windows-1255", "tscii",
        "ucs-4",  "iso-10646", "wchar_t",     "osf00010105"};
    GRand *rand = g_rand_new_with_seed(7);
    char bytes[64];

    for (int i = 0; i < 20000; i++) {
        gsize length = (gsize)g_rand_int_range(rand, 0, sizeof bytes);
        g_autofree char *text = NULL;
        for (gsize k = 0; k < length; k++)
            bytes[k] = (char)(g_rand_boolean(rand) ? g_rand_int_range(rand, 0, 256)
                                                   : g_rand_int_range(rand, 0x1b, 0x50));
        text = charset_to_utf8(bytes, length, sets[i % (int)G_N_ELEMENTS(sets)]);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        for (const char *p = text; *p; p = g_utf8_next_char(p)) {
            gunichar c = g_utf8_get_char(p);
            g_assert_true(c == '\n' || c == '\t' || c == '\r' || !g_unichar_iscntrl(c));
        }
    }
    g_rand_free(rand);
}

static void test_cut(void)
{
    char text[] = "aäb";

    charset_cut(text, 4);
    g_assert_cmpstr(text, ==, "aäb");
    charset_cut(text, 2);
    g_assert_cmpstr(text, ==, "a");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/charset/table", test_table);
    g_test_add_func("/charset/nul", test_nul);
    g_test_add_func("/charset/wrong-set", test_wrong_set);
    g_test_add_func("/charset/always-valid", test_always_valid);
    g_test_add_func("/charset/cut", test_cut);
    return g_test_run();
}
