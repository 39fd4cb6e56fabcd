/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/fingerprint.h"

static const char robot[] =
    "Thank you for your message. This mailbox is not monitored. Your request has the number %s and "
    "was received on %s. Please visit our help pages or call us between nine and five, Monday to "
    "Friday. We are sorry for the trouble. %s";
static const char other[] =
    "Hello, last week I ordered two green lamps from you and one of them arrived broken. Could you "
    "please tell me how I send it back, and whether I have to pay for the parcel myself? I kept "
    "the box. Many thanks in advance.";

static gint64 make(const char *subject, const char *text)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    gint64 fingerprint = fingerprint_make(tokenizer, subject, text);
    g_assert_cmpint(fingerprint, !=, 0);
    return fingerprint;
}

static gint64 say(const char *number, const char *date, const char *end)
{
    g_autofree char *text = g_strdup_printf(robot, number, date, end);
    return make("Re: your mail", text);
}

/* Numbers, codes, addresses, dates and the subject do not count at all. */
static void test_same(void)
{
    gint64 first = say("4711", "2026-01-05", "");
    g_assert_cmpint(say("4712", "2026-01-06", ""), ==, first);
    g_assert_cmpint(say("AB12", "17:35", "ticket-99@robot.example"), ==, first);
    g_assert_cmpint(say("#8", "05.01.26", "https://robot.example/a?b=xyz"), ==, first);
    g_autofree char *text = g_strdup_printf(robot, "1", "2", "");
    g_assert_cmpint(make("Re: Re: Re: Re: your mail", text), ==, first);
    g_autofree char *upper = g_ascii_strup(text, -1);
    g_assert_cmpint(make(NULL, upper), ==, first);
}

/* A word more, or a name that changes. */
static void test_near(void)
{
    static const char *const names[] = {"Miller", "Anna", "Ødegård", "X", "Kind regards"};
    gint64 first = say("1", "2", "");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_true(fingerprint_near(first, say("1", "2", names[i])));
}

static void test_far(void)
{
    gint64 first = say("1", "2", "");
    g_assert_false(fingerprint_near(first, make(NULL, other)));
    g_assert_true(fingerprint_near(first, first));
    g_assert_false(fingerprint_near(0, 0));
    g_assert_false(fingerprint_near(first, 0));
}

/* Too short to be compared: only the same words in the same order are the same. */
static void test_short(void)
{
    gint64 first = make(NULL, "I forgot my password, please help.");
    g_assert_cmpint(make("x", "I forgot my PASSWORD 17, please help"), ==, first);
    g_assert_cmpint(make(NULL, "I forgot my password, please please help help."), ==, first);
    g_assert_false(fingerprint_near(first, make(NULL, "I forgot my password, please help me.")));
    g_assert_false(fingerprint_near(first, make(NULL, "Please help, I forgot my password.")));
    g_assert_false(fingerprint_near(first, say("1", "2", "")));
    g_assert_true(fingerprint_near(first, first));
    g_assert_false(fingerprint_near(first, first ^ 2)); /* one bit is another text */
}

/* The subject speaks for a mail without words; what has none at all is one content. */
static void test_no_words(void)
{
    gint64 subject = make("Forgot password", "");
    g_assert_cmpint(make("forgot Password 12", "4711"), ==, subject);
    g_assert_cmpint(make(NULL, "Forgot password"), ==, subject);
    gint64 nothing = make(NULL, NULL);
    g_assert_cmpint(make("12", "a@b.example 4711"), ==, nothing);
    g_assert_true(fingerprint_near(nothing, nothing));
}

/* Linear, and no more than the first words of a text of any length. */
static void test_long(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 400000; i++)
        g_string_append_printf(text, "%c%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26,
                               'a' + i / 676 % 26, 'a' + i / 17576 % 26);
    gint64 first = make(NULL, text->str);
    g_string_append(text, "and more");
    g_assert_cmpint(make(NULL, text->str), ==, first);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fingerprint/d29-same", test_same);
    g_test_add_func("/fingerprint/near", test_near);
    g_test_add_func("/fingerprint/far", test_far);
    g_test_add_func("/fingerprint/short", test_short);
    g_test_add_func("/fingerprint/no-words", test_no_words);
    g_test_add_func("/fingerprint/long", test_long);
    return g_test_run();
}
