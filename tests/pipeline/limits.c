/* SPDX-License-Identifier: Apache-2.0 */
/* The windows of the limits, the breaker, and who gets suppressed. */
#include "mail/parse.h"
#include "models/breaker.h"
#include "models/suppression.h"
#include "pipeline/limits.h"
#include "pipeline/suppress.h"
#include "tests/pipeline/fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define HOUR 3600
#define DAY (24 * HOUR)

/* A question of SENDER, decided; its answer leaves if the verdict says so. Returns the reason. */
static char *ask_text(Shop *shop, const char *sender, const char *text)
{
    static guint number;
    g_autofree char *subject = g_strdup_printf("Question %u", ++number);
    g_autoptr(Message) mail = shop_mail(sender, subject, "", text);
    mail->arrived_at = shop->pipeline.now;
    g_autoptr(Verdict) verdict = shop_decide(shop, mail);
    if (verdict->action == VERDICT_SEND)
        shop_sent(shop, mail);
    return g_strdup(verdict->reason);
}

static void expect_text(Shop *shop, const char *sender, const char *text, const char *reason)
{
    g_autofree char *got = ask_text(shop, sender, text);
    g_assert_cmpstr(got, ==, reason);
}

static void expect(Shop *shop, const char *sender, const char *reason)
{
    expect_text(shop, sender, ASKS_PASSWORD, reason);
}

/* Only the limit at hand. */
static Limits *only(Shop *shop)
{
    Limits *limits = &shop->policy->limits;
    shop->policy->quiet_seconds = 1;
    limits->address = limits->domain = limits->content = limits->total = limits->refused =
        (Limit){0, 0};
    return limits;
}

static void test_address(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    only(shop)->address = (Limit){2, DAY};
    expect(shop, KIM, "none");
    shop->pipeline.now += 10;
    expect(shop, KIM, "none");
    shop->pipeline.now += 10;
    expect(shop, "KIM@Customer.example", "limit-address");
    expect(shop, LEE, "none");
    /* The window slides: the first answer leaves it, not the second. */
    shop->pipeline.now = NOON + DAY + 1;
    expect(shop, KIM, "none");
    shop->pipeline.now += 5;
    expect(shop, KIM, "limit-address");
}

/* Midnight is not special. */
static void test_windows_slide(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    only(shop)->address = (Limit){1, DAY};
    shop->pipeline.now = NOON + 12 * HOUR - 60; /* 23:59 */
    expect(shop, KIM, "none");
    shop->pipeline.now += 120;
    expect(shop, KIM, "limit-address");
    shop->pipeline.now += DAY - 180;
    expect(shop, KIM, "limit-address");
    shop->pipeline.now += 120;
    expect(shop, KIM, "none");
}

/* A clock that was set back opens no window. */
static void test_clock_back(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    Limits *limits = only(shop);
    limits->address = limits->domain = limits->content = (Limit){1, HOUR};
    expect(shop, KIM, "none");
    shop->pipeline.now -= 30 * DAY;
    expect(shop, KIM, "recently-answered");
    shop->policy->quiet_seconds = 0;
    expect(shop, LEE, "limit-domain");
    expect(shop, "ann@elsewhere.example", "limit-content");
    limits->content.count = limits->address.count = limits->domain.count = 0;
    limits->total = (Limit){1, HOUR};
    expect(shop, "ann@elsewhere.example", "breaker");
}

static void test_domain(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    only(shop)->domain = (Limit){3, DAY};
    expect(shop, "a1@robot.example", "none");
    expect(shop, "a2@robot.example", "none");
    expect(shop, "a3@Robot.Example", "none");
    expect(shop, "a4@robot.example", "limit-domain");
    expect(shop, "a4@xrobot.example", "none");
    shop->pipeline.now += DAY + 1;
    expect(shop, "a5@robot.example", "none");
}

/* The users of a mail provider have nothing in common. */
static void test_shared_domain(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    Limits *limits = only(shop);
    limits->domain = (Limit){1, DAY};
    expect(shop, "a1@gmail.com", "none");
    expect(shop, "a2@GMX.net", "none");
    expect(shop, "a3@gmx.net", "none");
    expect(shop, "a4@gmail.com", "none");
    g_strfreev(limits->shared_domains);
    limits->shared_domains = g_strsplit("Provider.example", " ", -1);
    expect(shop, "a5@gmail.com", "limit-domain");
    expect(shop, "a1@provider.example", "none");
    expect(shop, "a2@provider.example", "none");
}

static void test_content(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    only(shop)->content = (Limit){2, DAY};
    expect_text(shop, "a@one.example", ASKS_PASSWORD " Case 17 of 2026-01-05.", "none");
    expect_text(shop, "b@two.example", ASKS_PASSWORD " Case 18 of 2026-01-06.", "none");
    expect_text(shop, "c@three.example", ASKS_PASSWORD " Case 19 of c@three.example.",
                "limit-content");
    expect_text(shop, "d@four.example", ASKS_HOURS, "none");
    shop->pipeline.now += DAY + 1;
    expect_text(shop, "e@five.example", ASKS_PASSWORD " Case 20.", "none");
}

static Breaker *tripped(Shop *shop)
{
    g_autoptr(GError) error = NULL;
    Breaker *breaker = breaker_load(shop->pipeline.store, &error);
    g_assert_no_error(error);
    return breaker;
}

static void reset(Shop *shop)
{
    gboolean was = FALSE;
    g_assert_true(breaker_reset(shop->pipeline.store, "eva", shop->pipeline.now, &was, NULL));
    g_assert_true(was);
}

static void test_breaker(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    only(shop)->total = (Limit){2, HOUR};
    expect(shop, "a@one.example", "none");
    expect(shop, "b@two.example", "none");
    expect_text(shop, "z@zoo.example", "Zebras eat purple umbrellas.", "confidence");
    g_assert_null(tripped(shop)); /* nothing would have been sent */
    expect(shop, "c@three.example", "breaker");
    g_autoptr(Breaker) row = tripped(shop);
    g_assert_cmpint(row->at, ==, NOON);
    g_assert_nonnull(strstr(row->why, "2 in 1h"));
    g_assert_null(strstr(row->why, "example"));

    /* It does not reset itself. */
    shop->pipeline.now += 30 * DAY;
    expect(shop, "d@four.example", "breaker");
    g_autoptr(Breaker) still = tripped(shop);
    g_assert_cmpint(still->id, ==, row->id);

    /* A reset begins the count anew. */
    shop->pipeline.now = NOON + 10;
    reset(shop);
    shop->pipeline.now += 1;
    expect(shop, "e@five.example", "none");
    expect(shop, "f@six.example", "none");
    expect(shop, "g@seven.example", "breaker");
    g_autoptr(Breaker) next = tripped(shop);
    g_assert_cmpint(next->id, >, row->id);
}

/* A reset that lies in the future, by a clock that was set back, does not open the window. */
static void test_reset_in_the_future(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    only(shop)->total = (Limit){1, HOUR};
    expect(shop, "a@one.example", "none");
    expect(shop, "b@two.example", "breaker");
    shop->pipeline.now = NOON + DAY;
    reset(shop);
    shop->pipeline.now = NOON + 60;
    expect(shop, "c@three.example", "breaker");
}

/* What waits is looked at again: nothing leaves once something speaks against it. */
static void withdrawn(Shop *shop, const char *sender, gboolean stands, const char *why)
{
    g_autoptr(GPtrArray) waiting = reply_list_state(shop->pipeline.store, REPLY_APPROVED, 0, NULL);
    gboolean found = FALSE;
    for (guint i = 0; i < waiting->len; i++) {
        Reply *reply = g_ptr_array_index(waiting, i);
        g_autoptr(GError) error = NULL;
        gboolean still = FALSE;
        if (strcmp(reply->to_addr, sender) != 0)
            continue;
        found = TRUE;
        g_assert_true(pipeline_reconsider(&shop->pipeline, reply, &still, &error));
        g_assert_no_error(error);
        g_assert_cmpint(still, ==, stands);
        g_autoptr(Ticket) ticket = shop_ticket(shop, reply->ticket_id);
        g_assert_cmpint(reply->state, ==, stands ? REPLY_APPROVED : REPLY_DROPPED);
        if (!stands && !strstr(ticket->note, why))
            g_error("%s", ticket->note);
    }
    g_assert_true(found);
}

static void wait_for(Shop *shop, const char *sender)
{
    g_autoptr(Message) mail = shop_mail(sender, "Waiting", "", ASKS_PASSWORD);
    mail->arrived_at = shop->pipeline.now;
    g_autoptr(Verdict) verdict = shop_decide(shop, mail);
    g_assert_cmpint(verdict->action, ==, VERDICT_SEND);
}

static void test_while_it_waits(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    Limits *limits = only(shop);
    shop->policy->quiet_seconds = HOUR;
    for (guint i = 0; i < 6; i++) {
        g_autofree char *sender = g_strdup_printf("w%u@wait%u.example", i, i);
        wait_for(shop, sender);
    }
    withdrawn(shop, "w0@wait0.example", TRUE, NULL);

    limits->content = (Limit){1, DAY};
    withdrawn(shop, "w0@wait0.example", FALSE, "[limits] content");
    limits->content.count = 0;

    Suppression gone = {(char *)"w1@wait1.example", NOON, 1, 1, (char *)"our mail came back"};
    g_assert_true(suppression_add(shop->pipeline.store, &gone, NULL, NULL));
    withdrawn(shop, "w1@wait1.example", FALSE, "our mail came back");

    g_autofree char *stop = folder_path(shop->folder, "stop");
    shop->pipeline.stop_path = stop;
    withdrawn(shop, "w2@wait2.example", TRUE, NULL);
    g_assert_true(g_file_set_contents(stop, "", 0, NULL));
    withdrawn(shop, "w2@wait2.example", FALSE, "stop file");
    g_remove(stop);

    limits->total = (Limit){3, HOUR}; /* w3, w4, w5 wait: each is within it */
    withdrawn(shop, "w3@wait3.example", TRUE, NULL);
    limits->total = (Limit){2, HOUR};
    withdrawn(shop, "w3@wait3.example", FALSE, "the breaker trips");
    limits->total = (Limit){300, HOUR};
    withdrawn(shop, "w4@wait4.example", FALSE, "the breaker is tripped");
    reset(shop);
    withdrawn(shop, "w5@wait5.example", TRUE, NULL);
}

static void test_stop_file(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *stop = folder_path(shop->folder, "stop");
    g_autofree char *beneath = folder_path(shop->folder, "erms.db/stop");
    g_assert_false(limits_stopped(&shop->pipeline));
    shop->pipeline.stop_path = stop;
    g_assert_false(limits_stopped(&shop->pipeline));
    g_assert_cmpint(g_mkdir(stop, 0700), ==, 0); /* whatever it is */
    g_assert_true(limits_stopped(&shop->pipeline));
    expect(shop, KIM, "stopped");
    g_rmdir(stop);
    expect(shop, LEE, "none");
    shop->pipeline.stop_path = beneath; /* nobody can say: safe is safe */
    g_assert_true(limits_stopped(&shop->pipeline));
}

/* --- suppression --- */

/* The Message-ID of what went to SENDER, in STATE. */
static char *answered_id(Shop *shop, const char *sender, ReplyState state)
{
    static const ReplyState way[] = {REPLY_SENDING, REPLY_SENT};
    g_autoptr(Message) mail = shop_mail(sender, "Password", "", ASKS_PASSWORD);
    mail->arrived_at = shop->pipeline.now;
    g_autoptr(Verdict) verdict = shop_decide(shop, mail);
    g_assert_cmpint(verdict->action, ==, VERDICT_SEND);
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    Reply *reply = g_ptr_array_index(replies, 0);
    for (guint i = 0; i < G_N_ELEMENTS(way) && reply->state != state; i++) {
        gboolean moved = FALSE;
        g_assert_true(reply_move(shop->pipeline.store, reply, way[i], NULL, shop->pipeline.now,
                                 &moved, NULL));
    }
    g_assert_cmpint(reply->state, ==, state);
    return g_strdup(reply->mail_id);
}

/* A bounce that names VICTIM and gives back ID. */
static void bounce(Shop *shop, const char *victim, const char *id, const char *status)
{
    static guint number;
    g_autofree char *headers =
        g_strdup_printf("Message-ID: <bounce%u@mx.example>\nMIME-Version: 1.0\nReturn-Path: <>\n"
                        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n",
                        ++number);
    g_autofree char *raw = g_strdup_printf(
        "From: MAILER-DAEMON@mx.example\nTo: " SHOP "\nSubject: Undelivered mail\n%s\n"
        "--b\nContent-Type: text/plain\n\nYour mail to %s could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; %s\nAction: failed\nStatus: %s\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <%s>\nTo: %s\n\n--b--\n",
        headers, victim, victim, status, id, victim);
    g_autoptr(GBytes) bytes = g_bytes_new(raw, strlen(raw));
    g_autoptr(Message) mail = parse_message(bytes, &parse_limits_default);
    shop_take(shop, mail);
    g_assert_cmpstr(mail->automatic, ==, "bounce");
}

static gboolean is_suppressed(Shop *shop, const char *address)
{
    g_autoptr(Suppression) row = suppression_load(shop->pipeline.store, address, NULL);
    return row != NULL;
}

static void test_bounce(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *id = answered_id(shop, KIM, REPLY_SENT);
    bounce(shop, KIM, id, "4.2.2");
    g_assert_false(is_suppressed(shop, KIM)); /* it may arrive yet */
    bounce(shop, KIM, id, "5.1.1");
    g_assert_true(is_suppressed(shop, KIM));
    shop->pipeline.now += 40 * DAY;
    expect(shop, KIM, "suppressed");
    expect(shop, LEE, "none");
}

/* Whoever bounces: suppressed is the address that our mail went to, and only if it left. */
static void test_forged_bounce(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *eves = answered_id(shop, "eve@stranger.example", REPLY_SENT);
    g_autofree char *kims = answered_id(shop, KIM, REPLY_APPROVED);
    g_autofree char *guess = g_strdup(kims);
    char *mac = strrchr(guess, '@') - 3;
    *mac = *mac == 'a' ? 'b' : 'a';
    bounce(shop, KIM, kims, "5.1.1");                   /* nothing has left yet */
    bounce(shop, KIM, guess, "5.1.1");                  /* the hash is wrong */
    bounce(shop, KIM, "made-up@shop.example", "5.1.1"); /* not ours at all */
    bounce(shop, KIM, "kim1@customer.example", "5.1.1");
    bounce(shop, KIM, eves, "5.1.1"); /* Eve's own */
    g_autoptr(Message) old = shop_mail(KIM, "Old", "", ASKS_HOURS);
    shop_take(shop, old);
    g_autoptr(Reply) keyless = reply_new(); /* a row whose Message-ID anybody could guess */
    keyless->ticket_id = old->ticket_id;
    keyless->message_id = old->id;
    keyless->state = REPLY_SENT;
    keyless->to_addr = g_strdup(KIM);
    keyless->mail_id = g_strdup("1@shop.example");
    g_assert_true(reply_insert(shop->pipeline.store, keyless, NULL));
    bounce(shop, KIM, keyless->mail_id, "5.1.1");
    g_assert_false(is_suppressed(shop, KIM));
    g_assert_true(is_suppressed(shop, "eve@stranger.example"));
}

static void test_refused(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    static const struct {
        const char *words;
        gboolean suppressed;
    } rows[] = {
        {"550 no such user", TRUE},
        {"550 5.1.1 no such user", TRUE},
        {"550-5.1.1 The account does not exist", TRUE},
        {"551 5.1.6 moved", TRUE},
        {"556 5.1.10 null MX", TRUE},
        {"550 5.7.1 we do not like you", FALSE},
        {"550 5.1.8 sender's domain", FALSE},
        {"550 5.1.7 sender's address", FALSE},
        {"552 5.2.2 mailbox full", FALSE},
        {"554 no", FALSE},
        {"501 syntax", FALSE},
        {"550 5 apples", TRUE},
        {"", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *address = g_strdup_printf("r%u@refused%u.example", i, i);
        Reply reply = {.id = 1, .to_addr = address, .ticket_id = 0};
        g_autoptr(Message) mail = shop_mail(address, "Password", "", ASKS_PASSWORD);
        shop_take(shop, mail);
        reply.ticket_id = mail->ticket_id;
        g_assert_true(suppress_refused(&shop->pipeline, &reply, rows[i].words, NULL));
        if (is_suppressed(shop, address) != rows[i].suppressed)
            g_error("%s", rows[i].words);
    }
}

/* Many refusals mean forged senders, or a list of us somewhere. */
static void test_many_refused(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    only(shop)->refused = (Limit){3, HOUR};
    for (guint i = 0; i < 4; i++) {
        static const char *const words[] = {"550 no", "450 busy", "550 no", "554 no"};
        g_autofree char *sender = g_strdup_printf("f%u@refuse%u.example", i, i);
        wait_for(shop, sender);
        g_autoptr(GPtrArray) waiting =
            reply_list_state(shop->pipeline.store, REPLY_APPROVED, 0, NULL);
        Reply *reply = g_ptr_array_index(waiting, 0);
        gboolean moved;
        g_assert_null(tripped(shop));
        reply_move(shop->pipeline.store, reply, REPLY_SENDING, NULL, NOON, &moved, NULL);
        reply_move(shop->pipeline.store, reply, REPLY_FAILED, words[i], NOON, &moved, NULL);
        g_assert_true(limits_refused(&shop->pipeline, NULL));
    }
    g_autoptr(Breaker) row = tripped(shop);
    g_assert_nonnull(strstr(row->why, "refused"));
}

static void test_text(void)
{
    static const struct {
        Limit limit;
        const char *text;
    } rows[] = {{{5, 7 * DAY}, "5 in 7d"}, {{20, DAY}, "20 in 24h"}, {{300, HOUR}, "300 in 1h"},
                {{1, 90}, "1 in 90s"},     {{2, 120}, "2 in 2m"},    {{3, 36 * HOUR}, "3 in 36h"},
                {{0, HOUR}, "none"}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = limit_text(&rows[i].limit);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/limits/address", test_address);
    SHOP_TEST("/limits/d30-windows-slide", test_windows_slide);
    SHOP_TEST("/limits/clock-back", test_clock_back);
    SHOP_TEST("/limits/d29-domain", test_domain);
    SHOP_TEST("/limits/shared-domain", test_shared_domain);
    SHOP_TEST("/limits/d29-content", test_content);
    SHOP_TEST("/limits/d40-breaker", test_breaker);
    SHOP_TEST("/limits/reset-in-the-future", test_reset_in_the_future);
    SHOP_TEST("/limits/d36-while-it-waits", test_while_it_waits);
    SHOP_TEST("/limits/stop-file", test_stop_file);
    SHOP_TEST("/limits/d27-bounce", test_bounce);
    SHOP_TEST("/limits/e42-forged-bounce", test_forged_bounce);
    SHOP_TEST("/limits/refused", test_refused);
    SHOP_TEST("/limits/many-refused", test_many_refused);
    g_test_add_func("/limits/text", test_text);
    return g_test_run();
}
