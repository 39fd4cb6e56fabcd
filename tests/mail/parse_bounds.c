/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail made to exhaust the reader. Time is not asserted: the sizes are such that quadratic work
 * would run into the test's time limit, and unbounded memory into the limit set in main().
 */
#include "mail/parse.h"
#include "mail/parser.h"

#include <string.h>
#include <sys/resource.h>

#define TOP "From: max@kunde.example\nSubject: x\n"
#define MIXED TOP "Content-Type: multipart/mixed; boundary=b\n\n"
#define HTML TOP "Content-Type: text/html\n\n"
#define PART MIXED "--b\n"

typedef struct Row {
    const char *name;
    const char *head, *what;
    gsize times;
    const char *tail;
    const char *own; /* NULL: anything */
} Row;

static const Row rows[] = {
    {"spaces", TOP "\nx", " ", 10000000, "y\n", NULL},
    {"line-ends", TOP "\nx", "\n", 10000000, "y\n", "x"},
    {"carriage-returns", TOP "\nx", "\r", 10000000, "y\n", "x"},
    {"nul", TOP "\nx", "\n\t\v", 3000000, "y\n", NULL},
    {"one-line", TOP "\n", "x", 20000000, "\n", NULL},
    {"html-spaces", HTML "x", " ", 10000000, "", "x"},
    {"html-div", HTML "<div>x", "<div>", 100000, "Ende", "x\nEnde"},
    {"html-tables", HTML, "<table><tr><td>x", 100000, "", NULL},
    {"quotes", TOP "\nx\n", "> y\n", 3000000, "z\n", NULL},
    {"signatures", TOP "\nx\n", "-- \n", 2000000, "", NULL},
    {"flowed", TOP "Content-Type: text/plain; format=flowed\n\n", "x \n", 3000000, "", NULL},
    {"header-line", "X-Long: ", "a", 10000000, "\n" TOP "\nx\n", "x"},
    {"header-folded", "X-Long: ", "a\n ", 3000000, "\n" TOP "\nx\n", "x"},
    {"header-words", TOP "Comments: ", "=?utf-8?q?a?= ", 800000, "\n\nx\n", "x"},
    {"header-fields", TOP, "a:b\n", 5000000, "\nx\n", "x"},
    {"header-recipients", TOP "To: a@b.example", ", user@kunde.example", 100000, "\n\nx\n", "x"},
    {"header-references", TOP "References:", " <a@b.example>", 1000000, "\n\nx\n", "x"},
    {"header-junk", TOP, "\001\na:b\n", 1000000, "\nx\n", "x"},
    {"from-comments", "From: ", "(", 60000, "\nSubject: x\n\nx\n", "x"},
    {"from-groups", "From: ", "a:", 60000, "\nSubject: x\n\nx\n", "x"},
    {"from-angles", "From: ", "<", 60000, "\nSubject: x\n\nx\n", "x"},
    {"from-quotes", "From: ", "\"", 60000, "\nSubject: x\n\nx\n", "x"},
    {"from-words", "From: ", "=?utf-8?q?a?= ", 60000, "\nSubject: x\n\nx\n", "x"},
    {"parts", MIXED, "--b\n\nx\n", 1000000, "--b--\n", NULL},
    {"boundaries", PART "\nx\n", "--\n", 5000000, "", NULL},
    {"part-fields", PART, "a:b\n", 5000000, "\nx\n--b--\n", NULL},
    {"part-parameters", PART "Content-Type: text/plain", "; a=b", 3000000, "\n\nx\n", NULL},
    {"part-parameters-folded", PART "Content-Type: text/plain", "\n ; a=b", 2000000, "\n\nx\n",
     NULL},
    {"part-field-long", PART "X: ", "a", 10000000, "\n\nx\n--b--\n", "x"},
    {"attached-fields", PART "Content-Type: message/rfc822\n\n", "a:b\n", 5000000, "", NULL},
    {"attached-in-attached", PART, "Content-Type: message/rfc822\n\n", 100000, "", NULL},
    {"base64-blank", TOP "Content-Transfer-Encoding: base64\n\n", "\n", 20000000, "eA==", NULL},
    {"quoted-printable", TOP "Content-Transfer-Encoding: quoted-printable\n\n", "=\n", 10000000,
     "x", "x"},
    {"broken-utf-8", TOP "Content-Type: text/plain; charset=utf-8\n\n", "\xff\xc3", 5000000, "",
     NULL},
    {"broken-gb2312", TOP "Content-Type: text/plain; charset=gb2312\n\n", "\xff", 5000000, "",
     NULL},
    {"utf-7", TOP "Content-Type: text/plain; charset=utf-7\n\n", "+", 10000000, "", NULL},
};

static void check(const Message *message)
{
    const ParseLimits *limits = &parse_limits_default;

    g_assert_cmpuint(strlen(message->text), <=, limits->max_text);
    g_assert_cmpuint(strlen(message->own_text), <=, limits->max_text);
    g_assert_cmpuint(strlen(message->headers), <=, limits->max_header);
    g_assert_cmpuint(strlen(message->subject), <=, 1000);
    if (message->to_addrs)
        g_assert_cmpuint(strlen(message->to_addrs), <=, 16384);
    if (message->references)
        g_assert_cmpuint(strlen(message->references), <=, 100 * 1000);
}

static void on_read(G_GNUC_UNUSED guint32 uid, Message *message, G_GNUC_UNUSED GBytes *raw,
                    const char *problem, gpointer data)
{
    g_assert_cmpstr(problem, ==, NULL);
    *(Message **)data = message;
}

/* As a run reads it: in a worker, which must not come to its own bounds. */
static Message *parse(GString *mail)
{
    const ParserLimits limits = parser_limits(25 * 1024 * 1024);
    g_autoptr(Parser) parser = parser_new("/proc/self/exe", &limits);
    g_autoptr(GBytes) raw = g_string_free_to_bytes(mail);
    g_autoptr(GError) error = NULL;
    Message *message = NULL;

    g_assert_true(parser_whole(parser, 1, raw, on_read, &message));
    parser_finish(parser, &error);
    g_assert_no_error(error);
    check(message);
    return message;
}

static void test_row(gconstpointer data)
{
    const Row *row = data;
    GString *mail = g_string_new(row->head);
    g_autoptr(Message) message = NULL;

    for (gsize i = 0; i < row->times; i++)
        g_string_append(mail, row->what);
    g_string_append(mail, row->tail);
    message = parse(mail);
    if (row->own)
        g_assert_cmpstr(message->own_text, ==, row->own);
}

static GString *nested(guint depth)
{
    GString *mail = g_string_new(TOP "Content-Type: multipart/mixed; boundary=b0\n\n");

    for (guint i = 0; i < depth; i++)
        g_string_append_printf(mail, "--b%u\nContent-Type: multipart/mixed; boundary=b%u\n\n", i,
                               i + 1);
    g_string_append_printf(mail, "--b%u\n\nHallo\n", depth);
    return mail;
}

/* Text out of our depth makes the mail one for a human, not one without text. */
static void test_nesting(void)
{
    static const guint depths[] = {1000, 100000};
    g_autoptr(Message) shallow = parse(nested(40));

    g_assert_cmpstr(shallow->own_text, ==, "Hallo");
    g_assert_cmpuint(shallow->flags, ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(depths); i++) {
        g_autoptr(Message) deep = parse(nested(depths[i]));
        g_assert_cmpstr(deep->own_text, ==, "");
        g_assert_cmpuint(deep->flags & MESSAGE_UNREADABLE, !=, 0);
        g_assert_cmpstr(deep->from_addr, ==, "max@kunde.example");
    }
}

/* 1,000 open boundaries, each of which every further line might end. */
static void test_nested_boundaries(void)
{
    GString *mail = nested(1000);
    g_autoptr(Message) message = NULL;

    for (int i = 0; i < 3000000; i++)
        g_string_append(mail, "--\n");
    message = parse(mail);
}

/* Alternatives in alternatives, none of which says anything. */
static void test_nested_alternatives(void)
{
    GString *mail = g_string_new(TOP "Content-Type: multipart/alternative; boundary=b0\n\n");
    g_autoptr(Message) message = NULL;

    for (int i = 0; i < 45; i++)
        g_string_append_printf(mail,
                               "--b%d\nContent-Type: text/plain\n\n \n"
                               "--b%d\nContent-Type: multipart/alternative; boundary=b%d\n\n",
                               i, i, i + 1);
    g_string_append(mail, "--b45\n\nHallo\n");
    message = parse(mail);
    g_assert_cmpstr(message->own_text, ==, "Hallo");
}

/* 10,000 parts: the first ones are text, the attachment at the end is beyond the limit. */
static void test_many_parts(void)
{
    GString *mail = g_string_new(MIXED);
    g_autoptr(Message) message = NULL;

    for (int i = 0; i < 10000; i++)
        g_string_append_printf(mail, "--b\n\npart %d\n", i);
    g_string_append(mail, "--b--\n");
    message = parse(mail);
    g_assert_nonnull(strstr(message->own_text, "part 900"));
    g_assert_null(strstr(message->own_text, "part 1000"));
    g_assert_cmpuint(message->flags, ==, 0);
}

int main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], PARSER_COMMAND))
        parser_serve(g_ascii_strtoull(argv[2], NULL, 10), NULL);
#ifndef __SANITIZE_ADDRESS__
    struct rlimit limit = {400 * 1024 * 1024, 400 * 1024 * 1024};

    setrlimit(RLIMIT_AS, &limit);
#endif
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/parse-bounds/", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/parse-bounds/nesting", test_nesting);
    g_test_add_func("/parse-bounds/nested-boundaries", test_nested_boundaries);
    g_test_add_func("/parse-bounds/nested-alternatives", test_nested_alternatives);
    g_test_add_func("/parse-bounds/many-parts", test_many_parts);
    return g_test_run();
}
