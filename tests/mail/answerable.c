/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/answerable.h"

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

static const char *const ours[] = {"service@lindenhof.example", "rechnung@lindenhof.example", NULL};

static const char *ask(const Row *row, guint flags, const char *id, const char **explain)
{
    g_autoptr(Message) message = message_new();

    message->headers = g_strdup(row->headers);
    message->from_addr = g_strdup(row->from ? row->from : CUSTOMER);
    message->reply_addr = g_strdup(row->reply_to ? row->reply_to : message->from_addr);
    message->subject = g_strdup(row->subject ? row->subject : "Wo ist mein Paket?");
    message->message_id = g_strdup(id);
    message->flags = flags;
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
    static const Row rows[] = {
        {"auto-submitted", "Auto-Submitted: auto-replied\n", 0, 0, 0},
        {"auto-submitted", "Auto-Submitted: auto-generated\n", 0, 0, 0},
        {"auto-submitted", "Auto-Submitted: auto-notified; owner-email=\"a@b.example\"\n", 0, 0, 0},
        {"auto-submitted", "AUTO-SUBMITTED:   AUTO-REPLIED; x=y\n", 0, 0, 0},
        {"auto-submitted", "Auto-Submitted: auto-replied (zimbra; vacation)\n", 0, 0, 0},
        {"auto-submitted", "Auto-Submitted: (no) auto-replied\n", 0, 0, 0},
        {"auto-submitted", "Auto-Submitted: nothing-known\n", 0, 0, 0},
        {"auto-submitted", "Auto-Submitted: no\nAuto-Submitted: auto-replied\n", 0, 0, 0},
        {"auto-submitted", "auto-submitted: auto-generated\nX-Mailer: x\n", 0, 0, 0},
        {NULL, "Auto-Submitted: no\n", 0, 0, 0},
        {NULL, "Auto-Submitted:\n", 0, 0, 0},
        {NULL, "Auto-Submitted: (auto-replied)\n", 0, 0, 0},
        {NULL, "Auto-Submitted: ; x=y\n", 0, 0, 0},
        {NULL, "Auto-Submitted: NO\n", 0, 0, 0},
        {NULL, "Auto-Submitted: No; reason=x\n", 0, 0, 0},
        {NULL, "Auto-Submitted: (written (by hand)) no\n", 0, 0, 0},
        {NULL, "X-Auto-Submitted-By: nobody\n", 0, 0, 0},
        {NULL, "Comments: Auto-Submitted: auto-replied\n", 0, 0, 0},
        {"precedence", "Auto-Submitted: no\nPrecedence: bulk\n", 0, 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_headers(void)
{
    static const Row rows[] = {
        {"x-auto-response-suppress", "X-Auto-Response-Suppress: All\n", 0, 0, 0},
        {"x-auto-response-suppress", "X-Auto-Response-Suppress: DR, OOF, AutoReply\n", 0, 0, 0},
        {"x-auto-response-suppress", "X-Auto-Response-Suppress: DR,RN,autoreply\n", 0, 0, 0},
        {NULL, "X-Auto-Response-Suppress: OOF\n", 0, 0, 0},
        {NULL, "X-Auto-Response-Suppress: DR, OOF\n", 0, 0, 0},
        {NULL, "X-Auto-Response-Suppress: DR, NDR, RN, NRN\n", 0, 0, 0},
        {NULL, "X-Auto-Response-Suppress: None\n", 0, 0, 0},
        {NULL, "X-Auto-Response-Suppress:\n", 0, 0, 0},
        {"precedence", "Precedence: bulk\n", 0, 0, 0},
        {"precedence", "Precedence: List\n", 0, 0, 0},
        {"precedence", "Precedence: junk\n", 0, 0, 0},
        {"auto-reply-header", "Precedence: auto_reply\n", 0, 0, 0},
        {"auto-reply-header", "X-Precedence: auto-reply\n", 0, 0, 0},
        {"precedence", "X-Precedence: bulk\n", 0, 0, 0},
        {"precedence", "X-Precedence: list\n", 0, 0, 0},
        {NULL, "Precedence: first-class\n", 0, 0, 0},
        {NULL, "Precedence: normal\n", 0, 0, 0},
        {NULL, "Precedence: bulky\n", 0, 0, 0},
        {"list-id", "List-Id: Gartenfreunde <freunde.garten.example>\n", 0, 0, 0},
        {"list-id", "LIST-ID: <x.example>\nList-Unsubscribe: <https://x.example>\n", 0, 0, 0},
        {"list-unsubscribe", "List-Unsubscribe: <mailto:ab@x.example>\n", 0, 0, 0},
        {"list-header", "List-Post: <mailto:alle@x.example>\n", 0, 0, 0},
        {"list-header", "List-Help: <https://x.example>\n", 0, 0, 0},
        {NULL, "Listing: 7\n", 0, 0, 0},
        {NULL, "X-List-Id: of my cupboard\n", 0, 0, 0},
        {"mailing-list", "Mailing-List: contact alle-help@x.example\n", 0, 0, 0},
        {"mailing-list", "X-BeenThere: alle@x.example\n", 0, 0, 0},
        {"mailing-list", "X-Mailing-List: alle@x.example\n", 0, 0, 0},
        {"auto-reply-header", "X-Auto-Reply: true\n", 0, 0, 0},
        {"auto-reply-header", "Auto-Reply: yes\n", 0, 0, 0},
        {"auto-reply-header", "X-Autoresponder: yes\n", 0, 0, 0},
        {"newsletter", "X-Campaign-ID: 47\n", 0, 0, 0},
        {"newsletter", "X-CampaignID: 47\n", 0, 0, 0},
        {"newsletter", "X-Newsletter: 47\n", 0, 0, 0},
        {"auto-reply-header", "X-Autoreply: yes\n", 0, 0, 0},
        {"auto-reply-header", "X-Autorespond: Wo ist mein Paket?\n", 0, 0, 0},
        {"auto-reply-header", "X-AutoReply-From: a@b.example\n", 0, 0, 0},
        {"auto-reply-header", "X-Mail-Autoreply: AUTOREPLY\n", 0, 0, 0},
        {"auto-reply-header", "X-Autogenerated: Reply\n", 0, 0, 0},
        {"auto-reply-header", "X-POST-MessageClass: 9; Autoresponder\n", 0, 0, 0},
        {"auto-reply-header", "Delivered-To: Autoresponder\n", 0, 0, 0},
        {NULL, "X-Autoreply: no\n", 0, 0, 0},
        {NULL, "X-Autogenerated: Redirect\n", 0, 0, 0},
        {"feedback-id", "Feedback-ID: 47:brief:esp\n", 0, 0, 0},
        {"bulk-sender", "X-CSA-Complaints: csa@x.example\n", 0, 0, 0},
        {"newsletter", "X-Campaign: mailchimp47\n", 0, 0, 0},
        {"bounce", "X-Failed-Recipients: a@b.example\n", 0, 0, 0},
        {"spam", "X-Spam-Flag: YES\n", 0, 0, 0},
        {NULL, "X-Spam-Flag: NO\n", 0, 0, 0},
        {NULL, "X-Spam-Status: No, score=-1.9\n", 0, 0, 0},
        /* redirected by a human's inbox rule: still that human */
        {NULL, "X-MS-Exchange-Inbox-Rules-Loop: chef@kunde.example\n", 0, 0, 0},
        {NULL, "", 0, 0, 0},
        {NULL, NULL, 0, 0, 0},
        {NULL, "no colon here\n\n:\nX: y", 0, 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
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
    static const Row rows[] = {
        {"bounce", "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n", 0,
         0, 0},
        {"bounce",
         "content-type: Multipart/Report; boundary=\"a;b\"; REPORT-TYPE=\"Delivery-Status\"\n", 0,
         0, 0},
        {"bounce", "Content-Type: message/delivery-status\n", 0, 0, 0},
        {"bounce",
         "Auto-Submitted: auto-replied\nReturn-Path: <>\n"
         "Content-Type: multipart/report; report-type=delivery-status\n",
         "mailer-daemon@mx.example", 0, 0},
        {"read-receipt", "Content-Type: multipart/report; report-type=disposition-notification\n",
         0, 0, 0},
        {"read-receipt", "Content-Type: message/disposition-notification\n", 0, 0, 0},
        {"report", "Content-Type: multipart/report; report-type=feedback-report\n", 0, 0, 0},
        {"report", "Content-Type: multipart/report\n", 0, 0, 0},
        {"report", "Content-Type: message/feedback-report\n", 0, 0, 0},
        {"calendar", "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n", 0, 0, 0},
        {"calendar", "Content-Type: text/calendar\n", 0, 0, 0},
        {"calendar",
         "Content-Type: multipart/alternative; boundary=x\n"
         "Content-Class: urn:content-classes:calendarmessage\n",
         0, 0, 0},
        /* a human has to see an invitation, whoever sent it for its organizer */
        {"calendar",
         "Auto-Submitted: auto-generated\nContent-Type: text/calendar; method=REQUEST\n", 0, 0, 0},
        {"calendar", "Return-Path: <>\nContent-Class: urn:content-classes:appointment\n", 0, 0, 0},
        {"calendar-reply", "Content-Type: text/calendar; method=REPLY\n", 0, 0, 0},
        {NULL, "Content-Class: urn:content-classes:message\n", 0, 0, 0},
        {NULL, "Content-Type: text/plain; charset=utf-8\n", 0, 0, 0},
        {NULL, "Content-Type: multipart/mixed; boundary=\"multipart/report\"\n", 0, 0, 0},
        {NULL, "Content-Type: multipart/reportage; boundary=x\n", 0, 0, 0},
        {NULL, "Content-Type: garbage\n", 0, 0, 0},
        {NULL, "Content-Type:\n", 0, 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_local_parts(void)
{
    static const Row rows[] = {
        {"mailer-daemon", NULL, "mailer-daemon@mx.example", 0, 0},
        {"mailer-daemon", NULL, "MAILER-DAEMON@mx.example", 0, 0},
        {"mailer-daemon", NULL, "postmaster@mx.example", 0, 0},
        {"list-robot", NULL, "owner-freunde@x.example", 0, 0},
        {"list-robot", NULL, "freunde-owner@x.example", 0, 0},
        {"list-robot", NULL, "freunde-request@x.example", 0, 0},
        {"list-robot", NULL, "freunde-bounces@x.example", 0, 0},
        {"list-robot", NULL, "bounce+47-a@x.example", 0, 0},
        {"list-robot", NULL, "listserv@x.example", 0, 0},
        {"list-robot", NULL, "majordomo@x.example", 0, 0},
        {"no-reply", NULL, "no-reply@x.example", 0, 0},
        {"no-reply", NULL, "noreply@x.example", 0, 0},
        {"no-reply", NULL, "no_reply@x.example", 0, 0},
        {"no-reply", NULL, "noreply+k3f@x.example", 0, 0},
        {"no-reply", NULL, "noreply47@x.example", 0, 0},
        {"no-reply", NULL, "kalender-noreply@x.example", 0, 0},
        {"no-reply", NULL, "Do-Not-Reply@x.example", 0, 0},
        {"no-reply", NULL, "donotreply@x.example", 0, 0},
        {"no-reply", NULL, "bitte-nicht-antworten@x.example", 0, 0},
        {"no-reply", NULL, "keine.antwort@x.example", 0, 0},
        {"no-reply", NULL, "ne-pas-repondre@x.example", 0, 0},
        {"no-reply", NULL, CUSTOMER, "noreply@kunde.example", 0},
        {"no-reply", NULL, CUSTOMER, "noreply@anderswo.example", 0},
        {NULL, NULL, "casino.reply@x.example", 0, 0},
        {NULL, NULL, "reply@x.example", 0, 0},
        {NULL, NULL, "arno.replyn@x.example", 0, 0},
        {NULL, NULL, "postmasterson@x.example", 0, 0},
        {NULL, NULL, "k.bouncer@x.example", 0, 0},
        {NULL, NULL, "owner@x.example", 0, 0},
        {NULL, NULL, "request@x.example", 0, 0},
        {NULL, NULL, "info@noreply.example", 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_own(void)
{
    static const Row rows[] = {
        {"own-address", NULL, "service@lindenhof.example", 0, 0},
        {"own-address", NULL, "service@lindenhof.example", "rechnung@lindenhof.example", 0},
        {"own-address", NULL, "service+retoure@lindenhof.example", 0, 0},
        {"own-address", "Auto-Submitted: auto-replied\n", "rechnung@lindenhof.example", 0, 0},
        /* a web form: the customer is in Reply-To */
        {NULL, NULL, "service@lindenhof.example", CUSTOMER, 0},
        {NULL, NULL, "noreply@lindenhof.example", CUSTOMER, 0},
        {NULL, NULL, "no-reply@www.lindenhof.example", CUSTOMER, 0},
        {NULL, NULL, "noreply@formulare.example", CUSTOMER, 0},
        {NULL, NULL, "noreply@meinkunde.example", CUSTOMER, 0},
        {NULL, "Feedback-ID: 1.eu:ses\n", "formular@lindenhof.example", CUSTOMER, 0},
        {"feedback-id", "Feedback-ID: 1.eu:ses\n", "brief@esp.example", CUSTOMER, 0},
        {"web-form", "Auto-Submitted: auto-generated\n", "service@lindenhof.example", CUSTOMER, 0},
        {"web-form", "Auto-Submitted: auto-generated\nReturn-Path: <>\n",
         "noreply@formulare.example", CUSTOMER, 0},
        {"auto-submitted", "Auto-Submitted: auto-replied\n", "service@lindenhof.example", CUSTOMER,
         0},
        {"auto-submitted", "Auto-Submitted: auto-generated\n", "brief@mail.shop.example",
         "hilfe@shop.example", 0},
        {"list-unsubscribe", "List-Unsubscribe: <mailto:ab@esp.example>\nFeedback-ID: 1\n",
         "formular@lindenhof.example", CUSTOMER, 0},
        {"no-reply", NULL, "noreply@shop.example", "antwort-47@mail.shop.example", 0},
        {"no-reply", NULL, "noreply@mail.shop.example", "hilfe@shop.example", 0},
        {"no-reply", NULL, "noreply@lindenhof.example", "service@lindenhof.example", 0},
        /* a colleague */
        {NULL, NULL, "petra@lindenhof.example", 0, 0},
        {NULL, NULL, "myservice@lindenhof.example", 0, 0},
        {NULL, NULL, "service@lindenhof.example.test", 0, 0},
        {NULL, NULL, "service@notlindenhof.example", 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_loops(void)
{
    static const Row rows[] = {
        {"x-loop", "X-Loop: service@lindenhof.example\n", 0, 0, 0},
        {"x-loop", "X-Loop: a@b.example, <Rechnung@Lindenhof.example>\n", 0, 0, 0},
        {"ticket-system", "X-Loop: yes\n", 0, 0, 0},
        {NULL, "X-Loop: info@kunde.example\n", 0, 0, 0},
        {"delivery-loop",
         "Delivered-To: service@lindenhof.example\nDelivered-To: service@lindenhof.example\n"
         "Delivered-To: service@lindenhof.example\n",
         0, 0, 0},
        {"delivery-loop",
         "Delivered-To: service@lindenhof.example\nDelivered-To: rechnung@lindenhof.example\n"
         "Delivered-To: Service@Lindenhof.example\nDelivered-To: service+1@lindenhof.example\n",
         0, 0, 0},
        {NULL,
         "Delivered-To: service@lindenhof.example\nDelivered-To: rechnung@lindenhof.example\n"
         "Delivered-To: service@lindenhof.example\nDelivered-To: rechnung@lindenhof.example\n",
         0, 0, 0},
        {NULL,
         "Delivered-To: service@lindenhof.example\nDelivered-To: info@kunde.example\n"
         "Delivered-To: chef@kunde.example\nDelivered-To: service@lindenhof.example\n",
         0, 0, 0},
        /* headers of ours on incoming mail say nothing, either way */
        {NULL, "X-Erms-Ticket: K7Q4-29XM\nX-Erms: auto\n", 0, 0, 0},
        {"list-id", "X-Erms: human\nList-Id: <x.example>\n", 0, 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_subjects(void)
{
    static const Row rows[] = {
        {"out-of-office", NULL, 0, 0, "Automatic reply: Your order"},
        {"out-of-office", NULL, 0, 0, "AUTOMATIC REPLY: your order"},
        {"out-of-office", NULL, 0, 0, "Automatische Antwort: Ihre Bestellung"},
        {"out-of-office", NULL, 0, 0, "Out of Office: Re: Your order"},
        {"out-of-office", NULL, 0, 0, "Out of Office AutoReply: Your order"},
        {"out-of-office", NULL, 0, 0, "[Auto-Reply] Your order"},
        {"out-of-office", NULL, 0, 0, "  Abwesenheitsnotiz"},
        {"out-of-office", NULL, 0, 0, "Abwesenheitsnotiz: AW: Ihre Bestellung"},
        {"out-of-office", NULL, 0, 0, "Abwesend: Ihre Bestellung"},
        {"out-of-office", NULL, 0, 0, "Nicht im Bu\xcc\x88ro: Bestellung"}, /* decomposed */
        {"out-of-office", NULL, 0, 0, "Réponse automatique\xc2\xa0: commande"},
        {"out-of-office", NULL, 0, 0, "Respuesta automática: pedido"},
        {"out-of-office", NULL, 0, 0, "Risposta automatica: ordine"},
        {"out-of-office", NULL, 0, 0, "Resposta automática: pedido"},
        {"out-of-office", NULL, 0, 0, "Automatisch antwoord: bestelling"},
        {"out-of-office", NULL, 0, 0, "Automatyczna odpowiedź: zamówienie"},
        {"out-of-office", NULL, 0, 0, "Autosvar: ordre"},
        {"out-of-office", NULL, 0, 0, "АВТООТВЕТ: заказ"},
        {"out-of-office", NULL, 0, 0, "自動返信：注文"},
        {"bounce-subject", NULL, 0, 0, "Undelivered Mail Returned to Sender"},
        {"bounce-subject", NULL, 0, 0, "Delivery Status Notification (Failure)"},
        {"bounce", "Return-Path: <>\n", 0, 0, "Undelivered Mail Returned to Sender"},
        {"bounce", NULL, "postmaster@mx.example", 0, "Delivery Status Notification (Failure)"},
        {"bounce", NULL, "mailer-daemon@mx.example", 0, "Undelivered Mail Returned to Sender"},
        /* humans who write about such notes, or answer one */
        {NULL, NULL, 0, 0, "Re: Automatic reply: Your order"},
        {NULL, NULL, 0, 0, "AW: Abwesenheitsnotiz: Bestellung"},
        {NULL, NULL, 0, 0, "Out of office hours delivery?"},
        {NULL, NULL, 0, 0, "Abwesenheitsnotiz einrichten, wie geht das?"},
        {NULL, NULL, 0, 0, "Automatische Antwort bekommen, aber keine Hilfe"},
        {NULL, NULL, 0, 0, "Delivery status of my order"},
        {NULL, NULL, 0, 0, "\xff\xfe: ungültig"},
        {NULL, NULL, 0, 0, ""},
    };
    check(rows, G_N_ELEMENTS(rows));
}

static void test_flags_and_ids(void)
{
    static const Row plain = {NULL, NULL, NULL, NULL, NULL};
    static const Row bounce = {NULL, "Content-Type: message/delivery-status\n", NULL, NULL, NULL};
    static const Row sent = {NULL, "Auto-Submitted: auto-generated\n", NULL, NULL, NULL};
    static const Row reply = {NULL, "Content-Type: text/calendar; method=reply\n", 0, 0, 0};

    g_assert_cmpstr(ask(&plain, MESSAGE_SPAM, NULL, NULL), ==, "spam");
    g_assert_cmpstr(ask(&bounce, MESSAGE_SPAM, NULL, NULL), ==, "spam");
    g_assert_cmpstr(ask(&plain, MESSAGE_ATTACHMENT | MESSAGE_SIGNED, NULL, NULL), ==, NULL);
    g_assert_cmpstr(ask(&plain, MESSAGE_ATTACHMENT | MESSAGE_CALENDAR, NULL, NULL), ==, "calendar");
    g_assert_cmpstr(ask(&sent, MESSAGE_CALENDAR, NULL, NULL), ==, "calendar");
    g_assert_cmpstr(ask(&reply, MESSAGE_CALENDAR, NULL, NULL), ==, "calendar-reply");
    g_assert_cmpstr(ask(&plain, 0, "calendar-5f0c2f1e@google.com", NULL), ==, "calendar");
    g_assert_cmpstr(ask(&plain, 0, "CAF3kq8@mail.gmail.com", NULL), ==, NULL);
}

/* What makes a newsletter of mail that went to many, and what does not. */
static void test_newsletters(void)
{
    static const Row rows[] = {
        {"newsletter",
         "List-Id: Brief <brief.x.example>\nList-Unsubscribe: <https://x.example/ab>\n"
         "List-Unsubscribe-Post: List-Unsubscribe=One-Click\nPrecedence: bulk\n",
         0, 0, 0},
        {"newsletter", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", 0, 0, 0},
        {"newsletter", "List-Unsubscribe: <mailto:ab@x.example>\nPrecedence: bulk\n", 0, 0, 0},
        {"newsletter", "Precedence: junk\nList-Id: <x.example>\n", 0, 0, 0},
        {"newsletter", "X-Precedence: bulk\nList-Unsubscribe: <mailto:ab@x.example>\n", 0, 0, 0},
        {"newsletter", "Feedback-ID: 1:esp\nList-Unsubscribe: <mailto:ab@x.example>\n", 0, 0, 0},
        {"newsletter", "List-Unsubscribe: <mailto:ab@x.example>\nX-Mailgun-Sid: 47\n", 0, 0, 0},
        {"newsletter", "List-Id: <x.example>\nX-Campaign: 47\n", 0, 0, 0},
        /* a discussion list, a helpdesk's mail sender */
        {"precedence", "List-Id: <x.example>\nPrecedence: list\n", 0, 0, 0},
        {"precedence", "Precedence: list\nList-Unsubscribe: <mailto:ab@x.example>\n", 0, 0, 0},
        {"precedence", "Precedence: bulk\nFeedback-ID: 1:esp\n", 0, 0, 0},
        {"precedence", "Precedence: bulk\nList-Unsubscribe:\n", 0, 0, 0},
        {"list-id", "List-Id: <x.example>\nFeedback-ID: 1:esp\n", 0, 0, 0},
        {NULL, "X-Mailgun-Sid: 47\n", 0, 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
}

#define GROUP                                                                                      \
    "Precedence: list\nMailing-list: list service@lindenhof.example; contact "                     \
    "service+owners@lindenhof.example\nList-ID: <service.lindenhof.example>\n"                     \
    "X-BeenThere: service@lindenhof.example\n"                                                     \
    "List-Post: <https://gruppen.example/g/service/post>, <mailto:service@lindenhof.example>\n"    \
    "List-Unsubscribe: <mailto:manage+47+unsubscribe@gruppen.example>\n"

/* Our own address is a mailing list. */
static void test_own_list(void)
{
    static const Row rows[] = {
        {NULL, GROUP, 0, 0, 0},
        {NULL, "List-Id: Kundendienst <Service.Lindenhof.example>\nPrecedence: list\n", 0, 0, 0},
        {NULL, "List-Post: <mailto:service@lindenhof.example?subject=x>\nList-Help: x\n", 0, 0, 0},
        {NULL, "Mailing-List: list service@lindenhof.example\nX-Precedence: list\n", 0, 0, 0},
        {NULL, "X-BeenThere: service@lindenhof.example\n", 0, 0, 0},
        /* all else says what it says */
        {"auto-submitted", GROUP "Auto-Submitted: auto-replied\n", 0, 0, 0},
        {"precedence", GROUP "X-Precedence: bulk\n", 0, 0, 0},
        {"feedback-id", GROUP "Feedback-ID: 1:esp\n", 0, 0, 0},
        {"newsletter", GROUP "X-Campaign: 47\n", 0, 0, 0},
        {"no-reply", GROUP, "noreply@x.example", 0, 0},
        /* the list's address in the place of the sender's */
        {NULL, GROUP, "service@lindenhof.example", CUSTOMER, 0},
        {"own-list", GROUP, "service@lindenhof.example", 0, 0},
        {"auto-submitted", GROUP "Auto-Submitted: auto-replied\n", "service@lindenhof.example", 0,
         0},
        {"own-address", "Precedence: list\n", "service@lindenhof.example", 0, 0},
        /* it came by another list too, or by one that only looks like ours */
        {"precedence", "List-Id: <x.example>\n" GROUP, 0, 0, 0},
        {"mailing-list", GROUP "X-BeenThere: alle@x.example\n", 0, 0, 0},
        {"list-id", "List-Id: <service-lindenhof.example>\n", 0, 0, 0},
        {"list-id", "List-Id: <service.lindenhof.example.test>\n", 0, 0, 0},
        {"list-id", "List-Id: <serviceXlindenhof.example>\n", 0, 0, 0},
        {"list-id", "List-Id: <x.service.lindenhof.example>\n", 0, 0, 0},
        {"list-unsubscribe", "List-Unsubscribe: <mailto:service@lindenhof.example>\n", 0, 0, 0},
    };
    check(rows, G_N_ELEMENTS(rows));
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

static void test_certain(void)
{
    static const struct {
        const char *rule;
        gboolean certain;
    } wanted[] = {
        {"own-address", TRUE},
        {"own-list", FALSE},
        {"spam", TRUE},
        {"bounce", TRUE},
        {"bounce-subject", FALSE},
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
        {"x-loop", TRUE},
        {"ticket-system", FALSE},
        {"delivery-loop", TRUE},
        {"no-reply", FALSE},
        {"list-robot", FALSE},
        {"out-of-office", FALSE},
    };
    gboolean seen[G_N_ELEMENTS(wanted)] = {FALSE};
    const char *rule;

    for (guint n = 0; (rule = answerable_rule(n)); n++) {
        gsize i = 0;
        while (i < G_N_ELEMENTS(wanted) && strcmp(wanted[i].rule, rule) != 0)
            i++;
        g_test_message("rule %s", rule);
        g_assert_cmpuint(i, <, G_N_ELEMENTS(wanted)); /* else: decide whether it is certain */
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

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/answerable/auto-submitted", test_auto_submitted);
    g_test_add_func("/answerable/headers", test_headers);
    g_test_add_func("/answerable/return-path", test_return_path);
    g_test_add_func("/answerable/content-type", test_content_type);
    g_test_add_func("/answerable/local-parts", test_local_parts);
    g_test_add_func("/answerable/own", test_own);
    g_test_add_func("/answerable/loops", test_loops);
    g_test_add_func("/answerable/subjects", test_subjects);
    g_test_add_func("/answerable/flags-and-ids", test_flags_and_ids);
    g_test_add_func("/answerable/newsletters", test_newsletters);
    g_test_add_func("/answerable/own-list", test_own_list);
    g_test_add_func("/answerable/preferred", test_preferred);
    g_test_add_func("/answerable/certain", test_certain);
    g_test_add_func("/answerable/empty", test_empty);
    g_test_add_func("/answerable/each-other", test_each_other);
    g_test_add_func("/answerable/large", test_large);
    return g_test_run();
}
