/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/answerable.h"
#include "mail/phrases.h"

#include <locale.h>
#include <string.h>

/* One mail and the rule that must name it; RULE NULL: a human. FROM defaults to a customer. */
typedef struct Row {
    const char *rule;
    const char *headers;
    const char *from;
    const char *reply_to; /* NULL: same as FROM */
    const char *subject;
} Row;

#define CUSTOMER "anna@kunde.example"

#include "answerable_humans.h"
#include "answerable_ours.h"
#include "answerable_vendors.h"
#include "answerable_words.h"

static const char *const ours[] = {"service@lindenhof.example", "rechnung@lindenhof.example", NULL};

static gboolean fired[500]; /* the rows of the table that were met */

static const char *ask(const Row *row, guint flags, const char *id, const char **explain)
{
    gint n;

    g_autoptr(Message) message = message_new();

    message->headers = g_strdup(row->headers);
    message->from_addr = g_strdup(row->from ? row->from : CUSTOMER);
    message->reply_addr = g_strdup(row->reply_to ? row->reply_to : message->from_addr);
    message->subject = g_strdup(row->subject ? row->subject : "Wo ist mein Paket?");
    message->message_id = g_strdup(id);
    message->flags = flags;
    n = answerable_row(message, ours);
    g_assert_cmpint(n, <, (gint)G_N_ELEMENTS(fired));
    if (n >= 0)
        fired[n] = TRUE;
    return answerable_machine(message, ours, explain);
}

static void check(const Row *rows, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        const char *explain = "unset";
        const char *rule = ask(&rows[i], 0, NULL, &explain);
        g_test_message("row %u: \"%s\" from %s, reply to %s, \"%s\"", (guint)i,
                       rows[i].headers ? rows[i].headers : "", rows[i].from ? rows[i].from : "-",
                       rows[i].reply_to ? rows[i].reply_to : "-",
                       rows[i].subject ? rows[i].subject : "-");
        g_assert_cmpstr(rule, ==, rows[i].rule);
        g_assert_true((rule != NULL) == (explain != NULL));
        g_assert_true(!explain || strlen(explain) > 10);
    }
}

static void test_auto_submitted(void)
{
    check(auto_submitted_rows, G_N_ELEMENTS(auto_submitted_rows));
}

static void test_headers(void)
{
    check(header_rows, G_N_ELEMENTS(header_rows));
}

static void test_return_path(void)
{
    static const Row rows[] = {
        {"null-return-path", "Return-Path: <>\n", 0, 0, 0},
        {"null-return-path", "Return-Path:  <> \n", 0, 0, 0},
        {"null-return-path", "Return-Path: <MAILER-DAEMON>\n", 0, 0, 0},
        {"null-return-path", "Return-Path: <mailer-daemon@mx.example>\n", 0, 0, 0},
        {NULL, "Return-Path: <anna@kunde.example>\n", 0, 0, 0},
        {NULL, "Return-Path: <bounces+47-a=b@esp.example>\n", 0, 0, 0},
        {NULL, "Delivered-To: service@lindenhof.example\n", 0, 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_content_type(void)
{
    check(content_type_rows, G_N_ELEMENTS(content_type_rows));
}

static void test_local_parts(void)
{
    check(local_rows, G_N_ELEMENTS(local_rows));
}

static void test_own(void)
{
    check(own_rows, G_N_ELEMENTS(own_rows));
}

static void test_loops(void)
{
    check(loop_rows, G_N_ELEMENTS(loop_rows));
}

static void test_subjects(void)
{
    check(subject_rows, G_N_ELEMENTS(subject_rows));
}

static void test_vendors(void)
{
    check(vendor_rows, G_N_ELEMENTS(vendor_rows));
}

static void test_spam(void)
{
    check(spam_rows, G_N_ELEMENTS(spam_rows));
}

static void test_numbered(void)
{
    check(numbered_rows, G_N_ELEMENTS(numbered_rows));
}

/* RFC 3834 5: "no" takes back what only words say. */
static void test_said_human(void)
{
    check(said_human_rows, G_N_ELEMENTS(said_human_rows));
}

/* Each phrase is written as subjects are folded, and is a label. */
static void test_phrases(void)
{
    static const struct {
        const char *rule;
        const char *const *phrases;
    } lists[] = {{"out-of-office", phrases_out_of_office},
                 {"acknowledgement", phrases_acknowledgement}};

    for (gsize k = 0; k < G_N_ELEMENTS(lists); k++)
        for (gsize i = 0; lists[k].phrases[i]; i++) {
            g_autofree char *note = g_strconcat(lists[k].phrases[i], ": 4711", NULL);
            g_autofree char *reply = g_strconcat("Re: ", note, NULL);
            g_autofree char *word = g_strconcat(lists[k].phrases[i], "zzz", NULL);
            Row row = {NULL, NULL, NULL, NULL, note};
            g_test_message("%s", note);
            g_assert_cmpstr(ask(&row, 0, NULL, NULL), ==, lists[k].rule);
            row.subject = reply;
            g_assert_cmpstr(ask(&row, 0, NULL, NULL), ==, NULL);
            row.subject = word;
            g_assert_cmpstr(ask(&row, 0, NULL, NULL), ==, NULL);
        }
}

static void test_flags_and_ids(void)
{
    static const Row plain = {NULL, NULL, NULL, NULL, NULL};
    static const Row bounce = {NULL, "Content-Type: message/delivery-status\n", NULL, NULL, NULL};
    static const Row sent = {NULL, "Auto-Submitted: auto-generated\n", NULL, NULL, NULL};
    static const Row reply = {NULL, "Content-Type: text/calendar; method=reply\n", 0, 0, 0};

    g_assert_cmpstr(ask(&plain, MESSAGE_SPAM, NULL, NULL), ==, "spam");
    /* a bounce of ours has to be known as such, whatever a filter says */
    g_assert_cmpstr(ask(&bounce, MESSAGE_SPAM, NULL, NULL), ==, "bounce");
    g_assert_cmpstr(ask(&plain, MESSAGE_ATTACHMENT | MESSAGE_SIGNED, NULL, NULL), ==, NULL);
    g_assert_cmpstr(ask(&plain, MESSAGE_ATTACHMENT | MESSAGE_CALENDAR, NULL, NULL), ==, "calendar");
    g_assert_cmpstr(ask(&sent, MESSAGE_CALENDAR, NULL, NULL), ==, "calendar");
    g_assert_cmpstr(ask(&reply, MESSAGE_CALENDAR, NULL, NULL), ==, "calendar-reply");
    g_assert_cmpstr(ask(&plain, 0, "calendar-5f0c2f1e@google.com", NULL), ==, "calendar");
    g_assert_cmpstr(ask(&plain, 0, "erms.82b4-pwkx.101.ck55@x.example", NULL), ==, "ticket-system");
    g_assert_cmpstr(ask(&plain, 0, "erms.x@y.example", NULL), ==, NULL);
    g_assert_cmpstr(ask(&plain, 0, "CAF3kq8@mail.gmail.com", NULL), ==, NULL);
}

/* What makes a newsletter of mail that went to many, and what does not. */
static void test_newsletters(void)
{
    check(newsletter_rows, G_N_ELEMENTS(newsletter_rows));
}

/* Our own address is a mailing list. */
static void test_own_list(void)
{
    check(own_list_rows, G_N_ELEMENTS(own_list_rows));
}

/* A certain sign goes before one that is not, wherever it stands. */
static void test_preferred(void)
{
    static const Row rows[] = {
        {"auto-submitted", "Auto-Submitted: auto-replied\n", "mailer-daemon@mx.example", 0, 0},
        {"null-return-path", "Return-Path: <>\n", "mailer-daemon@mx.example", 0, 0},
        {"null-return-path", "List-Id: <x.example>\nReturn-Path: <>\n", 0, 0, 0},
        {"null-return-path", "Return-Path: <>\n", 0, 0, "Automatic reply: Your order"},
        {"auto-submitted", "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n",
         "noreply@x.example", 0, 0},
        {"auto-reply-header", "Precedence: bulk\nX-Autoreply: yes\n", 0, 0, 0},
        {"report", "Content-Type: multipart/report\n", "postmaster@mx.example", 0, 0},
        /* of two alike the first */
        {"bounce", "Auto-Submitted: auto-replied\nX-Failed-Recipients: a@b.example\n", 0, 0, 0},
        {"x-auto-response-suppress", "List-Id: <x.example>\nX-Auto-Response-Suppress: All\n", 0, 0,
         0},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_humans(void)
{
    check(human_rows, G_N_ELEMENTS(human_rows));
    for (gsize i = 0; i < G_N_ELEMENTS(human_rows); i++) {
        g_test_message("row %u: %s", (guint)i, human_rows[i].rule ? human_rows[i].rule : "-");
        g_assert_false(answerable_certain(ask(&human_rows[i], 0, NULL, NULL)));
    }
}

/* Nobody's newsletter answers a mail. */
static void test_newsletter_answers(void)
{
    static const struct {
        const char *headers, *alone, *answering;
    } rows[] = {
        {"List-Unsubscribe: <x>\nList-Unsubscribe-Post: x\n", "newsletter", "list-unsubscribe"},
        {"List-Unsubscribe: <x>\nFeedback-ID: 1\n", "newsletter", "list-unsubscribe"},
        {"X-Campaign: 47\n", "newsletter", "bulk-sender"},
        {"X-CampaignID: 47\n", "newsletter", "bulk-sender"},
        {"X-Newsletter: 47\n", "newsletter", "bulk-sender"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Message) message = message_new();
        message->headers = g_strdup(rows[i].headers);
        message->from_addr = g_strdup(CUSTOMER);
        g_assert_cmpstr(answerable_machine(message, ours, NULL), ==, rows[i].alone);
        message->in_reply_to = g_strdup("1@kunde.example");
        g_assert_cmpstr(answerable_machine(message, ours, NULL), ==, rows[i].answering);
        fired[answerable_row(message, ours)] = TRUE;
    }
}

static void test_known_subject(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(known_rows); i++) {
        const char *const known[] = {"Something else", known_rows[i].known, NULL};
        g_autoptr(Message) message = message_new();
        message->subject = g_strdup(known_rows[i].subject);
        g_test_message("%s: %s", known_rows[i].subject, known_rows[i].known);
        g_assert_cmpint(answerable_away_upon(message, known), ==, known_rows[i].away);
    }
}

static void test_certain(void)
{
    static const struct {
        const char *rule;
        gboolean certain;
    } wanted[] = {
        {"own-address", FALSE},
        {"own-list", FALSE},
        {"spam", TRUE},
        {"bounce", TRUE},
        {"bounce-subject", FALSE},
        {"report-subject", FALSE},
        {"auto-unknown", FALSE},
        {"read-receipt", TRUE},
        {"report", TRUE},
        {"mailer-daemon", FALSE},
        {"calendar-reply", TRUE},
        {"calendar", FALSE},
        {"newsletter", TRUE},
        {"web-form", FALSE},
        {"auto-submitted", TRUE},
        {"x-auto-response-suppress", FALSE},
        {"precedence", FALSE},
        {"list-id", FALSE},
        {"list-unsubscribe", FALSE},
        {"list-header", FALSE},
        {"mailing-list", FALSE},
        {"auto-reply-header", TRUE},
        {"feedback-id", FALSE},
        {"bulk-sender", FALSE},
        {"null-return-path", TRUE},
        {"x-loop", FALSE},
        {"ticket-system", FALSE},
        {"delivery-loop", FALSE},
        {"no-reply", FALSE},
        {"list-robot", FALSE},
        {"out-of-office", FALSE},
        {"voice-mail", FALSE},
        {"exchange-rule", FALSE},
        {"cron", FALSE},
        {"robot-address", FALSE},
        {"acknowledgement", FALSE},
    };
    gboolean seen[G_N_ELEMENTS(wanted)] = {FALSE};
    const char *rule;

    for (guint n = 0; (rule = answerable_rule(n)); n++) {
        gsize i = 0;
        while (i < G_N_ELEMENTS(wanted) && strcmp(wanted[i].rule, rule) != 0)
            i++;
        g_test_message("rule %s", rule);
        g_assert_cmpuint(i, <, G_N_ELEMENTS(wanted)); /* else: decide whether it is certain */
        if (i == G_N_ELEMENTS(wanted))
            continue;
        g_assert_cmpint(answerable_certain(rule), ==, wanted[i].certain);
        seen[i] = TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++)
        g_assert_true(seen[i]);
    g_assert_true(answerable_certain(ANSWERABLE_OWN_MAIL));
    g_assert_true(answerable_certain("own-mail"));
    g_assert_false(answerable_certain("no such rule"));
    g_assert_false(answerable_certain(""));
    g_assert_false(answerable_certain(NULL));
}

/* Nothing is known: no headers, no addresses, no own addresses. */
static void test_empty(void)
{
    g_autoptr(Message) message = message_new();
    const char *explain = "unset";

    g_assert_null(answerable_machine(message, NULL, &explain));
    g_assert_null(explain);
    message->from_addr = g_strdup("service@lindenhof.example");
    g_assert_null(answerable_machine(message, NULL, NULL));
    g_assert_cmpstr(answerable_machine(message, ours, NULL), ==, "own-address");
    g_free(message->from_addr);
    message->from_addr = g_strdup("no at sign");
    g_assert_null(answerable_machine(message, ours, NULL));
}

/* Our own automatic answer, met by another installation of this program. */
static void test_each_other(void)
{
    static const Row row = {NULL,
                            "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n"
                            "Content-Type: text/plain; charset=utf-8\n",
                            "hilfe@anderswo.example", NULL, "Re: Re: Frage [#K7Q4-29XM]"};
    g_assert_cmpstr(ask(&row, 0, NULL, NULL), ==, "auto-submitted");
}

/* Hostile sizes take no hostile time. */
static void test_large(void)
{
    g_autoptr(GString) headers = g_string_new(NULL);
    g_autofree char *subject = g_strnfill(1 << 20, 'A');
    g_autofree char *open = g_strnfill(1 << 16, '(');
    Row row = {NULL, NULL, NULL, NULL, subject};

    for (guint i = 0; i < 2000; i++)
        g_string_append(headers, "X-Filler: yes\n");
    g_string_append_printf(headers, "Auto-Submitted: %s\n", open);
    row.headers = headers->str;
    g_assert_cmpstr(ask(&row, 0, NULL, NULL), ==, NULL);
    g_string_append(headers, "Auto-Submitted: auto-replied\n");
    row.headers = headers->str;
    g_assert_cmpstr(ask(&row, 0, NULL, NULL), ==, "auto-submitted");
}

/* QSBMF has no header but a return path, and a text. */
static void test_text(void)
{
    static const struct {
        const char *rule, *from, *headers, *text;
    } rows[] = {
        {"bounce", "mailer-daemon@mx.example", NULL, "Hi. This is the qmail-send program at x."},
        {"bounce", CUSTOMER, "Return-Path: <>\n", "\nHi. This is the\nmail program of x."},
        {"null-return-path", CUSTOMER, "Return-Path: <>\n", "This is the qmail-send program"},
        {NULL, CUSTOMER, NULL, "Hi. This is the second time I ask."},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Message) message = message_new();
        gint n;
        message->from_addr = g_strdup(rows[i].from);
        message->headers = g_strdup(rows[i].headers);
        message->text = g_strdup(rows[i].text);
        n = answerable_row(message, ours);
        g_assert_cmpstr(n < 0 ? NULL : answerable_rule((guint)n), ==, rows[i].rule);
        fired[MAX(n, 0)] = TRUE;
    }
}

/* Each row says where its sign is described, and the sentence that people see says it too. */
static void test_sources(void)
{
    guint n = 0;

    for (; answerable_rule(n); n++) {
        g_assert_nonnull(answerable_source(n));
        g_assert_cmpuint(strlen(answerable_source(n)), >=, 4);
    }
    g_assert_cmpuint(n, >, 100);
    g_assert_null(answerable_source(n));
}

static const struct {
    const char *path;
    GTestFunc test;
} tests[] = {
    {"/answerable/d34-auto-submitted", test_auto_submitted},
    {"/answerable/d35-headers", test_headers},
    {"/answerable/d35-return-path", test_return_path},
    {"/answerable/d35-content-type", test_content_type},
    {"/answerable/d35-local-parts", test_local_parts},
    {"/answerable/d31-own", test_own},
    {"/answerable/d31-loops", test_loops},
    {"/answerable/d33-subjects", test_subjects},
    {"/answerable/flags-and-ids", test_flags_and_ids},
    {"/answerable/newsletters", test_newsletters},
    {"/answerable/own-list", test_own_list},
    {"/answerable/preferred", test_preferred},
    {"/answerable/certain", test_certain},
    {"/answerable/humans-are-not-ignored", test_humans},
    {"/answerable/newsletter-answers", test_newsletter_answers},
    {"/answerable/d33-known-subject", test_known_subject},
    {"/answerable/empty", test_empty},
    {"/answerable/each-other", test_each_other},
    {"/answerable/large", test_large},
    {"/answerable/d35-vendors", test_vendors},
    {"/answerable/d38-spam", test_spam},
    {"/answerable/d34-said-human", test_said_human},
    {"/answerable/d32-numbered", test_numbered},
    {"/answerable/d33-phrases", test_phrases},
    {"/answerable/d35-text-of-a-bounce", test_text},
    {"/answerable/sources", test_sources},
};

/* A row that no test meets might as well not be there. */
static void test_every_row(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        tests[i].test();
    for (guint n = 0; answerable_rule(n); n++) {
        g_test_message("row %u, %s (%s)", n, answerable_rule(n), answerable_source(n));
        g_assert_true(fired[n]);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_func(tests[i].path, tests[i].test);
    g_test_add_func("/answerable/d35-every-row", test_every_row);
    return g_test_run();
}
