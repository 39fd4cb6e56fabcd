/* SPDX-License-Identifier: Apache-2.0 */
/* The mails are data/mail/bounce-*.eml, in the shapes of the mail systems in their names. */
#include "mail/answerable.h"
#include "mail/bounce.h"
#include "mail/parse.h"

#include <string.h>

#define OURS "erms.4711.K7Q429XM.a1b2c3@shop.example"

typedef struct Row {
    const char *name;
    gboolean permanent;
    const char *status;
} Row;

static const char *const ours[] = {"service@shop.example", NULL};

static gboolean cites(const Bounce *bounce, const char *id)
{
    for (guint i = 0; i < bounce->cited->len; i++)
        if (strcmp(g_ptr_array_index(bounce->cited, i), id) == 0)
            return TRUE;
    return FALSE;
}

static Message *load(const char *name)
{
    g_autofree char *file = g_strconcat(name, ".eml", NULL);
    g_autofree char *path = g_build_filename(g_getenv("ERMS_TEST_DATA"), "mail", file, NULL);
    g_autoptr(GError) error = NULL;
    char *bytes;
    gsize length;

    g_file_get_contents(path, &bytes, &length, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) raw = g_bytes_new_take(bytes, length);
    Message *message = parse_message(raw, &parse_limits_default);
    message->automatic = g_strdup(answerable_machine(message, ours, NULL));
    return message;
}

static void test_shapes(void)
{
    static const Row rows[] = {
        {"bounce-postfix", TRUE, "5.1.1"},   {"bounce-headers-only", TRUE, "5.1.1"},
        {"bounce-exchange", TRUE, "5.1.10"}, {"bounce-qmail", TRUE, "5.1.1"},
        {"bounce-gmail", TRUE, "5.1.1"},     {"bounce-gmx", TRUE, "550"},
        {"bounce-exim", TRUE, NULL},         {"bounce-attached", TRUE, "550"},
        {"bounce-delayed", FALSE, "4.4.1"},  {"bounce-expired", FALSE, "4.4.7"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Message) message = load(rows[i].name);
        Bounce bounce;
        g_test_message("%s", rows[i].name);
        g_assert_cmpstr(message->automatic, ==, "bounce");
        g_assert_true(bounce_read(message, &bounce));
        g_assert_cmpint(bounce.permanent, ==, rows[i].permanent);
        g_assert_cmpstr(bounce.status, ==, rows[i].status);
        g_assert_true(cites(&bounce, OURS));
        g_assert_false(cites(&bounce, "first@customer.example"));
        g_assert_null(strstr(message->own_text, "Final-Recipient"));
        bounce_clear(&bounce);
        bounce_clear(&bounce);
    }
}

static void test_words(void)
{
    static const struct {
        const char *text;
        gboolean permanent;
        const char *status;
    } rows[] = {
        {"Action: failed\nStatus: 5.2.2 (mailbox full)\n", TRUE, "5.2.2"},
        {"Action: FAILED (now)\n", TRUE, NULL},
        {"Action: relayed\nStatus: 2.0.0\n", FALSE, "2.0.0"},
        {"Action: delivered\nStatus: 5.0.0\n", FALSE, "5.0.0"},
        {"Status: 5.1.1\n", TRUE, "5.1.1"},
        {"Status: RO\n", FALSE, NULL},
        /* of several recipients the one that failed for good */
        {"Final-Recipient: rfc822; a@b.example\nAction: delayed\nStatus: 4.2.2\n"
         "Final-Recipient: rfc822; b@b.example\nAction: failed\nStatus: 5.1.1\n",
         TRUE, "5.1.1"},
        {"Final-Recipient: rfc822; b@b.example\nStatus: 5.1.1\nAction: failed\n"
         "Final-Recipient: rfc822; a@b.example\nAction: delayed\nStatus: 4.2.2\n",
         TRUE, "5.1.1"},
        /* what the fields say goes before the words */
        {"550 5.1.1 gone\nAction: delayed\nStatus: 4.2.2\n", FALSE, "4.2.2"},
        {"host said: 450 4.2.0 greylisted\n", FALSE, "4.2.0"},
        {"first 450 4.2.0, then 550 5.7.1 blocked\n", TRUE, "5.7.1"},
        {"host 5.1.1.9 is down, Exim 5.1.1.2\n", FALSE, NULL},
        {"reason: 552 too large\n", TRUE, "552"},
        {"These addresses had permanent fatal errors\n", TRUE, NULL},
        {"This is a permanent error. But it will be retried.\n", FALSE, NULL},
        {"550 5.1.1 no\nYour mail has been delayed\n", FALSE, "5.1.1"},
        /* a copy of the mail says nothing about the delivery */
        {"Not delivered.\nReceived: x\n\nError 550 5.1.1: permanent error\n", FALSE, NULL},
        {"", FALSE, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Message) message = message_new();
        Bounce bounce;
        message->automatic = g_strdup("bounce");
        message->text = g_strdup(rows[i].text);
        g_test_message("%s", rows[i].text);
        g_assert_true(bounce_read(message, &bounce));
        g_assert_cmpint(bounce.permanent, ==, rows[i].permanent);
        g_assert_cmpstr(bounce.status, ==, rows[i].status);
        g_assert_cmpuint(bounce.cited->len, ==, 0);
        bounce_clear(&bounce);
    }
}

static void test_cited(void)
{
    g_autoptr(Message) message = message_new();
    g_autoptr(GString) many =
        g_string_new("Message-ID: <1@a.example>\n> Message-Id: <2@a.example>\n"
                     "X-Original-Message-ID: 3@a.example\nMESSAGE-ID :\n"
                     "  <4@a.example>\nMessage-ID: <1@a.example>\n"
                     "Message-ID of <no@a.example>\nMessage-ID: <without>\n");
    Bounce bounce;

    message->automatic = g_strdup("bounce");
    message->in_reply_to = g_strdup("5@a.example");
    message->references = g_strdup("6@a.example 5@a.example");
    message->text = g_strdup(many->str);
    g_assert_true(bounce_read(message, &bounce));
    g_assert_cmpuint(bounce.cited->len, ==, 6);
    for (char n = '1'; n <= '6'; n++) {
        char id[] = "0@a.example";
        id[0] = n;
        g_assert_true(cites(&bounce, id));
    }
    bounce_clear(&bounce);

    for (guint i = 0; i < 10000; i++)
        g_string_append_printf(many, "Message-ID: <x%u@a.example>\n", i);
    g_free(message->text);
    message->text = g_strdup(many->str);
    g_assert_true(bounce_read(message, &bounce));
    g_assert_cmpuint(bounce.cited->len, ==, BOUNCE_MAX_CITED);
    bounce_clear(&bounce);
}

static void test_no_bounce(void)
{
    static const char *const rules[] = {NULL, "bounce-subject", "auto-submitted", "read-receipt"};

    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        g_autoptr(Message) message = message_new();
        Bounce bounce;
        message->automatic = g_strdup(rules[i]);
        message->text = g_strdup("Action: failed\nStatus: 5.1.1\nMessage-ID: <1@a.example>\n");
        g_assert_false(bounce_read(message, &bounce));
        g_assert_null(bounce.cited);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bounce/d27-shapes", test_shapes);
    g_test_add_func("/bounce/words", test_words);
    g_test_add_func("/bounce/cited", test_cited);
    g_test_add_func("/bounce/no-bounce", test_no_bounce);
    return g_test_run();
}
