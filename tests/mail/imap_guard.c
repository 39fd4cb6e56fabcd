/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/imap_guard.h"

#include <string.h>

#define DEEP IMAP_GUARD_DEPTH

typedef struct Row {
    const char *name;
    const char *before;
    guint times; /* "(" between both */
    const char *after;
    gboolean good;
} Row;

static const Row rows[] = {
    {"greeting", "* OK ready {1} \"(\r\n1 OK done\r\n", 0, "", TRUE},
    {"deep-enough", "* 1 FETCH (BODYSTRUCTURE ", DEEP - 1, ")\r\n", TRUE},
    {"too-deep", "* 1 FETCH (BODYSTRUCTURE ", DEEP, "", FALSE},
    {"too-deep-in-a-status", "* OK [X ", DEEP + 1, "", FALSE},
    {"too-deep-at-the-end-of-a-command", "1 OK [X ", DEEP + 1, "", FALSE},
    {"each-line-anew", "* 1 FETCH (((\r\n* 2 FETCH ", DEEP, "\r\n", TRUE},
    {"closed-ones-do-not-count", "* 1 FETCH (()()()((()))) ", DEEP, "\r\n", TRUE},
    {"quoted", "* LIST () \"/\" \"", 500, "{7}\"\r\n1 OK\r\n", TRUE},
    {"quoted-quote", "* LIST () \"/\" \"a\\\"", 500, "\"\r\n", TRUE},
    {"after-quoted-backslash", "* LIST () \"/\" \"a\\\\\" ", DEEP + 1, "", FALSE},
    {"quote-ends-with-its-line", "* LIST \"\r\n* 1 FETCH ", DEEP + 1, "", FALSE},
    {"quote-in-a-status-is-none", "* OK it\"s ", DEEP + 1, "", FALSE},
    {"flags", "* OK [PERMANENTFLAGS (\\Seen $Junk \\*)] x\r\n* OK [permanentflags ()]\r\n", 0, "",
     TRUE},
    {"flags-of-keywords", "* OK [PERMANENTFLAGS (a \\*)] [PERMANENTFLAGS] x\r\n", 0, "", TRUE},
    {"flags-none", "* OK [PERMANENTFLAGS (\r\n", 0, "", FALSE},
    {"flags-nonsense", "* OK [PERMANENTFLAGS (\034\\Answered)] x\r\n", 0, "", FALSE},
    {"flags-nameless", "* OK [PermanentFlags  (\\ x)] x\r\n", 0, "", FALSE},
    {"flags-in-a-list", "7 OK [PERMANENTFLAGS ((x))] x\r\n", 0, "", FALSE},
    {"flags-after-space",
     "* OK [PERMANENTFLAGS ( \\Seen \\*)] x\r\n* OK [PERMANENTFLAGS ( )] x\r\n", 0, "", TRUE},
    {"flags-none-after-space", "* OK [PERMANENTFLAGS ( \r\n", 0, "", FALSE},
    {"flags-list-after-space", "* OK [PERMANENTFLAGS ( (x))] x\r\n", 0, "", FALSE},
    {"flags-none-spaced-out", " \t*  ok\t [ PERMANENTFLAGS \t(\r\n", 0, "", FALSE},
    {"flags-none-of-a-command", "7 NO [PERMANENTFLAGS (\r\n", 0, "", FALSE},
    {"flags-none-of-a-continuation", "+[PERMANENTFLAGS (\r\n", 0, "", FALSE},
    {"flags-none-in-a-later-line", "* OK [PERMANENTFLAGS (a)] x\r\n* NO [PERMANENTFLAGS (\r\n", 0,
     "", FALSE},
    {"flags-in-a-name", "* LIST () \"/\" \"[PERMANENTFLAGS (\"\r\n", 0, "", TRUE},
    {"flags-in-a-response", "* FLAGS [PERMANENTFLAGS (\r\n", 0, "", TRUE},
    {"flags-in-a-text", "* OK no [PERMANENTFLAGS (\r\n7 OK [X [PERMANENTFLAGS (\r\n", 0, "", TRUE},
    {"literal", "* 1 FETCH (BODY[] {500}\r\n", 500, " UID 7)\r\n", TRUE},
    {"after-a-literal", "* 1 FETCH (BODY[] {3}\r\n\"\"\" ", DEEP, "", FALSE},
    {"after-an-empty-literal", "* 1 FETCH (BODY[] {0}\r\n ", DEEP, "", FALSE},
    {"literal-of-lines", "* 1 FETCH (BODY[] {16}\r\n* 2 FETCH {99}\r\n)\r\n* 3 FETCH ", DEEP + 1,
     "", FALSE},
    {"literal-of-nothing", "* 1 FETCH (BODY[] {-1}\r\n)\r\n* 3 FETCH ", DEEP + 1, "", FALSE},
    {"literal-in-a-status", "* OK [BADCHARSET ({9}\r\n", 0, "", FALSE},
    {"literal-in-a-status-of-another-case", "*  oK [badcharset ({9}\r\n", 0, "", FALSE},
    {"literal-in-a-status-without-cr", "* NO [BADCHARSET ({9}\n", 0, "", FALSE},
    {"literal-at-the-end-of-a-command", "7 NO [BADCHARSET ({9}\r\n", 0, "", FALSE},
    {"literal-after-a-bracket", "* NO [BADCHARSET (a] {9}\r\n", 0, "", FALSE},
    {"literal-after-a-string", "* NO [BADCHARSET (\"a)] \" {9}\r\n", 0, "", FALSE},
    {"literal-after-a-continuation", "+ [PERMANENTFLAGS (a {9}\r\n", 0, "", FALSE},
    {"no-literal-in-a-status", "* BYE {9} {x} {\r\n* BYE {9}x\r\n* NO {-}\r\n", 0, "", TRUE},
    {"no-literal-at-the-end-of-a-status", "* OK quota {9}\r\n7 oK {9}\r\n+ {9}\r\n* LIST ", DEEP,
     "\r\n", TRUE},
    {"no-literal-after-a-code", "* OK [ALERT] (9 %) {9}\r\n* OK [PERMANENTFLAGS (a)] {9}\r\n", 0,
     "", TRUE},
    {"deep-after-no-literal", "* OK quota {9}\r\n* LIST ", DEEP + 1, "", FALSE},
    {"literal-without-line", "* 1 FETCH (BODY[] {9} x", 0, "", FALSE},
    {"literal-without-cr", "* 1 FETCH (BODY[] {9}\nx", 0, "", FALSE},
    {"literal-without-lf", "* 1 FETCH (BODY[] {9}\rx", 0, "", FALSE},
    {"literal-without-length", "* 1 FETCH (BODY[] {}\r\n", 0, "", FALSE},
    {"literal-with-a-space", "* 1 FETCH (BODY[] { 9}\r\n", 0, "", FALSE},
    {"literal-plus", "* 1 FETCH (BODY[] {9+}\r\n", 0, "", FALSE},
    {"literal-that-wraps", "* 1 FETCH (BODY[] {4294967297}\r\n", 0, "", FALSE},
    {"literal-of-many-digits", "* 1 FETCH (BODY[] {00000000009}\r\n", 0, "", FALSE},
    {"literal-largest", "* 1 FETCH (BODY[] {4294967295}\r\n", 5000, "", TRUE},
};

static void test_row(gconstpointer data)
{
    const Row *row = data;
    g_autofree char *middle = g_strnfill(row->times, '(');
    g_autofree char *all = g_strconcat(row->before, middle, row->after, NULL);
    gsize length = strlen(all);
    ImapGuard whole = {0}, bytes = {0};
    gboolean good = TRUE;

    g_assert_true((imap_guard(&whole, all, length) == NULL) == row->good);
    for (gsize i = 0; i < length && good; i++)
        good = imap_guard(&bytes, all + i, 1) == NULL;
    g_assert_true(good == row->good);
    for (gsize i = 0; i <= length; i++) {
        ImapGuard guard = {0};
        const char *first = imap_guard(&guard, all, i);
        const char *second = first ? first : imap_guard(&guard, all + i, length - i);
        g_assert_true((second == NULL) == row->good);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/imap-guard/", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    return g_test_run();
}
