/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/html.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *html, *text;
} rows[] = {
    {"blocks", "<p>a</p><p>b</p><div>c</div><div>d<br>e</div>", "a\n\nb\n\nc\nd\ne"},
    {"break-twice", "a<br><br>b<br><br><br><br>c", "a\n\nb\n\nc"},
    {"spaces", "a \n\t b<b> c</b>d", "a b cd"},
    {"nbsp",
     "a&nbsp;b\xc2\xa0"
     "c&#8203;d&shy;e",
     "a b c de"},
    {"cells", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
    {"items", "<ul><li>a</li><li>b</li></ul>", "- a\n- b"},
    {"pre", "<pre>a\n  b\n\nc</pre>", "a\nb\n\nc"},
    {"link", "<a href=\"https://x.example/\">Shop</a>", "Shop"},
    {"link-empty", "<a href=\"https://x.example/\"><img src=y></a>", "https://x.example/"},
    {"link-script", "<a href=\"javascript:alert(1)\"></a>x", "x"},
    {"script", "a<script>if (a<b) document.write('</p>')</script>b", "ab"},
    {"style-title", "<head><title>t</title><style>p{}</style></head>a", "a"},
    {"comment", "a<!-- b > c -->d", "ad"},
    {"comment-open", "a<!-- b > c", "a c"},
    {"comment-mso", "<!--[if mso]><p>x</p><![endif]--><!--[if !mso]><!-->y<!--<![endif]-->", "y"},
    {"less-than", "5 < 7 <- b", "5 < 7 <- b"},
    {"unclosed-tag", "a <b", "a <b"},
    {"entities", "&auml;&euro;&#150;&#x84;&amp;lt;&unknown;", "ä€–„&lt;&unknown;"},
    {"entity-control", "a&#27;[31m&#0;b", "a[31mb"},
    {"not-latin1", "<meta charset=iso-8859-1>Größe €", "Größe €"},
    {"hidden", "<div style='DISPLAY : none'>x</div><p hidden>y</p>z", "z"},
    {"hidden-inner", "<div style='display:none'><p style='display:block'>x</p></div>z", "z"},
    {"font-size", "<td style='font-size:0px'>x<div style='font-size:13px'>y</div></td>", "y"},
    {"font-size-small", "<p style='font-size:0.9em'>x</p>", "x"},
    {"cite", "a<blockquote type=\"cite\"><p>b</p>c</blockquote>d", "a\n\n> b\n\n> c\n\nd"},
    {"blockquote", "<div>a<blockquote>b</blockquote>c</div>", "a\nb\nc"},
    {"border", "<blockquote style='border-left: 2px solid'>b</blockquote>c", "> b\n\nc"},
    {"gmail", "<blockquote class='x gmail_quote'>b</blockquote><div>c</div>", "> b\n\nc"},
    {"gmail-not", "<blockquote class='not_gmail_quote_x'>b</blockquote>", "b"},
    {"gmail-div", "<div class=gmail_quote>b</div>", "b"},
    {"gmail-signature", "a<div class=gmail_signature>Max</div>", "a\n\n-- \nMax"},
    {"append-on-send", "a<div id=appendonsend></div><hr><div>b</div>", "a\n\n> b"},
    {"append-ends", "<div>a<p id=divRplyFwdMsg>b</p>c</div>d", "a\n\n> b\n\n> c\n\nd"},
    {"cite-prefix", "<div class=moz-cite-prefix>Am 1. schrieb X:</div>b",
     "> Am 1. schrieb X:\n\nb"},
    {"quote-name", "a<div name='quote'>b</div>", "a\n\n> b"},
    {"wild", "</div></p><td>a<table></b>b<li>c", "a\nb\n- c"},
    {"empty", "", ""},
    {"only-tags", "<p><br></p>", ""},
};

static void test_row(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autofree char *text = html_to_text(rows[i].html, strlen(rows[i].html), 1000);

    g_assert_cmpstr(text, ==, rows[i].text);
}

static void test_max(void)
{
    g_autofree char *text = html_to_text("<p>aäö</p><p>more</p>", 23, 4);

    g_assert_cmpstr(text, ==, "aä");
}

/* Nesting far beyond the parser's depth: every word comes out, in order. The sizes would take
 * hours if each end tag were compared with all open elements. */
static void nested(const char *open, const char *close)
{
    enum { N = 100000 };
    GString *html = g_string_new(NULL);
    g_autofree char *text = NULL;
    const char *p;

    for (int i = 0; i < N; i++)
        g_string_append_printf(html, "%sw%d ", open, i);
    for (int i = 0; i < N; i++)
        g_string_append(html, close);
    text = html_to_text(html->str, html->len, html->len);
    p = text;
    for (int i = 0; i < N; i++) {
        p = strchr(p, 'w');
        g_assert_nonnull(p);
        g_assert_cmpint(atoi(++p), ==, i);
    }
    g_string_free(html, TRUE);
}

static void test_nested_div(void)
{
    nested("<div>", "</div>");
}

static void test_nested_unclosed(void)
{
    nested("<b>\xc3\xbc", "</div>");
}

static void test_nested_quote(void)
{
    nested("<blockquote type=cite>", "");
}

static char *repeated(const char *head, const char *what, gsize times, const char *tail)
{
    GString *html = g_string_new(head);
    char *text;

    for (gsize i = 0; i < times; i++)
        g_string_append(html, what);
    g_string_append(html, tail);
    text = html_to_text(html->str, html->len, 10000);
    g_string_free(html, TRUE);
    return text;
}

/* Input that makes parsers quadratic. */
static void test_hostile(void)
{
    static const char *const openings[] = {"<a",        "<!--",   "<script>", "<![CDATA[", "<?x ",
                                           "<!DOCTYPE", "<p a='", "</x>",     "&",         "&#"};
    g_autofree char *attributes = repeated("a<p ", "a1 b2 c3 ", 300000, ">Ende");
    g_autofree char *spaces = repeated("a", " \n", 3000000, "Ende");
    g_autofree char *image = repeated("a<img src='data:", "AAAA", 500000, "'>Ende");

    g_assert_cmpstr(attributes, ==, "aEnde");
    g_assert_cmpstr(spaces, ==, "a Ende");
    g_assert_cmpstr(image, ==, "aEnde");
    for (gsize i = 0; i < G_N_ELEMENTS(openings); i++) {
        g_autofree char *text = repeated("Anfang ", openings[i], 300000, "");
        g_assert_true(g_str_has_prefix(text, "Anfang"));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/html/row/", rows[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
    }
    g_test_add_func("/html/max", test_max);
    g_test_add_func("/html/nested/div", test_nested_div);
    g_test_add_func("/html/nested/unclosed", test_nested_unclosed);
    g_test_add_func("/html/nested/quote", test_nested_quote);
    g_test_add_func("/html/hostile", test_hostile);
    return g_test_run();
}
