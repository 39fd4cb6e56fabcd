/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/thread.h"

#include "mail/compose.h"
#include "models/event.h"
#include "tests/pipeline/fixture.h"

#include <string.h>

/* Where MAIL belongs, and the ticket that it is linked to: ids, or 0. */
static gint64 found_linked(Shop *shop, Message *mail, const char *why, gint64 *linked)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) owned = mail;
    g_auto(Thread) thread;
    pipeline_study(shop->policy, owned);
    g_assert_true(thread_find(&shop->pipeline, owned, &thread, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(thread.reason, ==, why);
    g_assert_false(thread.ticket && thread.linked);
    *linked = thread.linked;
    return thread.ticket ? thread.ticket->id : 0;
}

static gint64 found(Shop *shop, Message *mail, const char *why)
{
    gint64 linked;
    gint64 ticket = found_linked(shop, mail, why, &linked);
    g_assert_true((linked != 0) == (g_str_equal(why, "foreign") || g_str_equal(why, "recycled")));
    return ticket;
}

/* Kim's first mail, <first@kim.example>; its ticket's token goes to *TOKEN. */
static gint64 first(Shop *shop, char **token)
{
    g_autoptr(Message) mail =
        shop_mail("Kim <" KIM ">", "Password",
                  "Message-ID: <first@kim.example>\nCc: Pat@Customer.example\n", ASKS_PASSWORD);
    shop_take(shop, mail);
    g_assert_cmpstr(mail->thread, ==, "new");
    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    if (token)
        *token = g_strdup(ticket->token);
    return ticket->id;
}

static Message *reply(const char *sender, const char *subject, const char *field, const char *ids)
{
    g_autofree char *headers = field ? g_strdup_printf("%s: %s\n", field, ids) : g_strdup("");
    return shop_mail(sender, subject, headers, "And another thing.");
}

static void test_new(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    first(shop, NULL);
    g_assert_cmpint(found(shop, reply(KIM, "Password", NULL, NULL), "new"), ==, 0);
    g_assert_cmpint(found(shop, reply(KIM, "Re: Password", "In-Reply-To", "<x@y.example>"), "new"),
                    ==, 0);
    g_assert_cmpint(found(shop, reply(KIM, "Re: Password", "References", "<>  rubbish <"), "new"),
                    ==, 0);
}

static void test_reference(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 id = first(shop, NULL);
    g_assert_cmpint(
        found(shop, reply(KIM, "Re: x", "In-Reply-To", "<first@kim.example>"), "reference"), ==,
        id);
    g_assert_cmpint(
        found(shop, reply(KIM, "Re: x", "References", "<other@x.example> <first@kim.example>"),
              "reference"),
        ==, id);
    /* An id is matched whole. */
    g_assert_cmpint(found(shop, reply(KIM, "Re: x", "In-Reply-To", "<irst@kim.example>"), "new"),
                    ==, 0);
}

static void test_our_id(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 id = first(shop, &token);
    g_autofree char *ours = compose_message_id(shop->key, token, 101, "shop.example");
    g_autofree char *angled = g_strdup_printf("<%s>", ours);
    g_assert_cmpint(found(shop, reply(KIM, "?", "In-Reply-To", angled), "our Message-ID"), ==, id);
    g_assert_cmpint(found(shop, reply(KIM, "?", "References", angled), "our Message-ID"), ==, id);
    g_assert_true(compose_verify_message_id(shop->key, ours, NULL));
    /* Right, but of a ticket that is not there any more. */
    g_autofree char *gone = compose_message_id(shop->key, "ZZZZ-ZZZZ", 101, "shop.example");
    g_autofree char *gone_angled = g_strdup_printf("<%s>", gone);
    g_assert_cmpint(found(shop, reply(KIM, "?", "In-Reply-To", gone_angled), "new"), ==, 0);
}

static void test_forged_id(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    first(shop, &token);
    g_autoptr(GBytes) other = g_bytes_new_static("the secret of quite another shop", 32);
    g_autofree char *ours = compose_message_id(shop->key, token, 101, "shop.example");
    g_autofree char *others = compose_message_id(other, token, 101, "shop.example");
    g_autofree char *changed = g_strdup(ours);
    char *mac = strchr(changed, '@') - 1;
    *mac = *mac == 'a' ? 'b' : 'a';
    const char *const forged[] = {others, changed};
    for (guint i = 0; i < G_N_ELEMENTS(forged); i++) {
        g_autofree char *angled = g_strdup_printf("<%s>", forged[i]);
        g_assert_cmpint(found(shop, reply(KIM, "?", "In-Reply-To", angled), "new"), ==, 0);
    }
}

static void test_token(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 id = first(shop, &token);
    g_autofree char *subject = g_strdup_printf("AW: Password [#%s]", token);
    g_autofree char *bare = g_strdup_printf("AW: Password %s", token);
    g_assert_cmpint(found(shop, reply(KIM, subject, NULL, NULL), "token"), ==, id);
    g_assert_cmpint(found(shop, reply(KIM, bare, NULL, NULL), "new"), ==, 0);
    g_assert_cmpint(found(shop, reply(KIM, "[#ZZZZ-ZZZZ]", NULL, NULL), "new"), ==, 0);
}

/* Whoever knows a number, an id of ours or of the customer's, and takes no part, gets nothing. */
static void test_stranger(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    first(shop, &token);
    g_autofree char *subject = g_strdup_printf("Re: Password [#%s]", token);
    g_autofree char *ours = compose_message_id(shop->key, token, 101, "shop.example");
    g_autofree char *angled = g_strdup_printf("<%s>", ours);
    g_assert_cmpint(found(shop, reply(LEE, subject, NULL, NULL), "foreign"), ==, 0);
    g_assert_cmpint(found(shop, reply(LEE, subject, "In-Reply-To", angled), "foreign"), ==, 0);
    g_assert_cmpint(
        found(shop, reply(LEE, subject, "References", "<first@kim.example>"), "foreign"), ==, 0);
    /* Nor does a similar address, or one that is part of an address. */
    g_assert_cmpint(found(shop, reply("im@customer.example", subject, NULL, NULL), "foreign"), ==,
                    0);
    g_assert_cmpint(found(shop, reply("kim@customer.example.test", subject, NULL, NULL), "foreign"),
                    ==, 0);
    g_assert_cmpint(found(shop, reply("at@customer.example", subject, NULL, NULL), "foreign"), ==,
                    0);
    g_assert_cmpint(found(shop, reply("spat@customer.example", subject, NULL, NULL), "foreign"), ==,
                    0);
    g_assert_cmpint(found(shop, reply("pat@customer.example.test", subject, NULL, NULL), "foreign"),
                    ==, 0);
    /* A mail without an address is nobody's. */
    g_assert_cmpint(found(shop, reply("nobody", subject, NULL, NULL), "foreign"), ==, 0);
}

/* Addresses are compared whole, but for the case: no tags, no dots, no look-alikes. */
static void test_exact(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const strangers[] = {
        "kim+shop@customer.example", "k.im@customer.example",  "kim@sub.customer.example",
        "kim@customer.exampl",       "kim@customer.exampie",   "k\xc4\xb1m@customer.example",
        "pat+x@customer.example",    "pat@customer.example.x", "\"kim \"@customer.example",
    };
    g_autofree char *token = NULL;
    gint64 id = first(shop, &token);
    g_autofree char *subject = g_strdup_printf("Re: Password [#%s]", token);
    for (guint i = 0; i < G_N_ELEMENTS(strangers); i++)
        g_assert_cmpint(found(shop, reply(strangers[i], subject, NULL, NULL), "foreign"), ==, 0);
    g_assert_cmpint(
        found(shop, reply("\"Kim\" <KIM@Customer.EXAMPLE>", subject, NULL, NULL), "token"), ==, id);
}

/* The stranger's ticket knows which one he named; the customer's knows nothing of it. */
static void test_foreign_linked(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 id = first(shop, &token), linked = 0;
    g_autofree char *subject = g_strdup_printf("Re: Password [#%s]", token);
    found_linked(shop, reply(LEE, subject, NULL, NULL), "foreign", &linked);
    g_assert_cmpint(linked, ==, id);
    g_autoptr(Message) lees = reply(LEE, subject, NULL, NULL);
    shop_take(shop, lees);
    g_autoptr(Ticket) ticket = shop_ticket(shop, lees->ticket_id);
    g_assert_cmpint(ticket->linked, ==, id);
    g_autoptr(GPtrArray) events = event_list(shop->pipeline.store, id, NULL);
    g_assert_cmpuint(events->len, ==, 1);
}

/* Both the sender and the address that the answer would go to must take part. */
static void test_reply_to(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 id = first(shop, &token);
    const struct {
        const char *from, *reply_to, *why;
    } rows[] = {
        {KIM, LEE, "foreign"},
        {LEE, KIM, "foreign"},
        {KIM, KIM, "token"},
        {KIM, "pat@customer.example", "token"},
        {SHOP, LEE, "foreign"},
        {SHOP, KIM, "token"}, /* a web form of ours */
        {SHOP, SHOP, "token"},
        {KIM, SHOP, "token"},
        {"service+x@shop.example", LEE, "foreign"},
    };
    const char *halves[] = {"Reply-To: " LEE "\nReferences: <first@kim.example>\n",
                            "Reply-To: " KIM "\nReferences: <first@kim.example>\n"};
    g_assert_cmpint(found(shop, shop_mail(KIM, "?", halves[0], "Again."), "foreign"), ==, 0);
    g_assert_cmpint(found(shop, shop_mail(LEE, "?", halves[1], "Again."), "foreign"), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *subject = g_strdup_printf("Form [#%s]", token);
        gint64 ticket =
            found(shop, reply(rows[i].from, subject, "Reply-To", rows[i].reply_to), rows[i].why);
        g_assert_cmpint(ticket, ==, g_str_equal(rows[i].why, "token") ? id : 0);
    }
}

/* In Cc of the first mail; in Reply-To of it; a second writer's. */
static void test_participants(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 id = first(shop, NULL);
    const char *ids = "<first@kim.example>";
    g_assert_cmpint(found(shop, reply("PAT@customer.example", "?", "References", ids), "reference"),
                    ==, id);
    g_autoptr(Message) form =
        shop_mail("form@customer.example", "Form",
                  "Message-ID: <form@kim.example>\nReply-To: <" LEE ">\n", ASKS_HOURS);
    shop_take(shop, form);
    ids = "<form@kim.example>";
    g_assert_cmpint(found(shop, reply(LEE, "?", "References", ids), "reference"), ==,
                    form->ticket_id);
    g_assert_cmpint(
        found(shop, reply("form@customer.example", "?", "References", ids), "reference"), ==,
        form->ticket_id);
    g_assert_cmpint(found(shop, reply(KIM, "?", "References", ids), "new"), ==, 0);
}

/* The newest reference in which the sender has a part counts; a stranger's does not hide it. */
static void test_order(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 kims = first(shop, &token);
    g_autoptr(Message) second =
        shop_mail(KIM, "Hours", "Message-ID: <second@kim.example>\n", ASKS_HOURS);
    shop_take(shop, second);
    g_autoptr(Message) lees =
        shop_mail(LEE, "Hours", "Message-ID: <lee@lee.example>\n", ASKS_HOURS);
    shop_take(shop, lees);
    g_autofree char *subject = g_strdup_printf("Re: [#%s]", token);

    g_assert_cmpint(found(shop,
                          reply(KIM, "?", "References", "<first@kim.example> <second@kim.example>"),
                          "reference"),
                    ==, second->ticket_id);
    g_assert_cmpint(found(shop,
                          reply(KIM, "?", "References", "<second@kim.example> <first@kim.example>"),
                          "reference"),
                    ==, kims);
    g_assert_cmpint(found(shop,
                          reply(KIM, "?", "References", "<first@kim.example> <lee@lee.example>"),
                          "reference"),
                    ==, kims);
    g_assert_cmpint(found(shop, reply(KIM, subject, "References", "<lee@lee.example>"), "token"),
                    ==, kims);
    g_assert_cmpint(
        found(shop, reply(KIM, subject, "References", "<second@kim.example>"), "reference"), ==,
        second->ticket_id);
}

/* Somebody else's mail with the same Message-ID must not draw Kim's reply to it. */
static void test_copied_id(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 id = first(shop, &token);
    g_autoptr(Message) copy =
        shop_mail(LEE, "Hours", "Message-ID: <first@kim.example>\n", ASKS_HOURS);
    shop_take(shop, copy);
    g_assert_cmpint(copy->ticket_id, !=, id);
    g_autofree char *subject = g_strdup_printf("Re: [#%s]", token);
    g_assert_cmpint(
        found(shop, reply(KIM, subject, "References", "<first@kim.example>"), "reference"), ==, id);
    g_assert_cmpint(
        found(shop, reply(LEE, "Re: Hours", "References", "<first@kim.example>"), "reference"), ==,
        copy->ticket_id);
}

static void test_many_references(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 id = first(shop, NULL);
    g_autoptr(GString) ids = g_string_new("<first@kim.example>");
    for (guint i = 0; i < 28; i++)
        g_string_append_printf(ids, "\n <%u@noise.example>", i);
    g_assert_cmpint(found(shop, reply(KIM, "?", "References", ids->str), "reference"), ==, id);
    for (guint i = 0; i < 400; i++)
        g_string_append_printf(ids, "\n <%u@more.example>", i);
    g_autofree char *old_first = g_strdup(ids->str);
    /* Too old to be looked for; the newest is found among hundreds. */
    g_assert_cmpint(found(shop, reply(KIM, "?", "References", old_first), "new"), ==, 0);
    g_string_append(ids, "\n <first@kim.example>");
    g_assert_cmpint(found(shop, reply(KIM, "?", "References", ids->str), "reference"), ==, id);
}

/* Whoever had the Message-ID first, and in whose ticket the sender has written, not only his name
 * was put: a copy cannot draw the customer's replies to it. */
static void test_copied_id_with_cc(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 id = first(shop, NULL);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *text = g_strdup_printf("Copy %u. " ASKS_HOURS, i);
        g_autoptr(Message) copy =
            shop_mail(LEE, "Hours", "Message-ID: <first@kim.example>\nCc: <" KIM ">\n", text);
        shop_take(shop, copy);
        g_assert_cmpint(copy->ticket_id, !=, id);
    }
    g_assert_cmpint(found(shop, reply(KIM, "?", "References", "<first@kim.example>"), "reference"),
                    ==, id);
}

/* --- C22: an old mail recycled for a new question --- */

#define DAY (24 * 60 * 60)

/* Kim's ticket, in STATE, where nothing has happened for DAYS. */
static gint64 rested(Shop *shop, TicketState state, guint days, char **token)
{
    gint64 id = first(shop, token);
    g_autoptr(Ticket) ticket = shop_ticket(shop, id);
    ticket->state = state;
    g_assert_true(ticket_update(shop->pipeline.store, ticket, NULL));
    shop->pipeline.now += days * DAY + 1;
    return id;
}

static Message *again(const char *subject)
{
    return reply(KIM, subject, "In-Reply-To", "<first@kim.example>");
}

static void test_recycled(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 id = rested(shop, TICKET_ANSWERED, 14, &token), linked = 0;
    g_autofree char *with_token = g_strdup_printf("Re: My invoice [#%s]", token);
    found_linked(shop, again("My invoice"), "recycled", &linked);
    g_assert_cmpint(linked, ==, id);
    g_assert_cmpint(found(shop, again("Re: My invoice"), "recycled"), ==, 0);

    static const char *const same[] = {"Re: Password",
                                       "AW: PASSWORD",
                                       "Fwd: Re: password",
                                       "",
                                       "Re: [EXT] Password",
                                       "Re:",
                                       "Fw: WG: Re: Fwd: password please"};
    for (guint i = 0; i < G_N_ELEMENTS(same); i++)
        g_assert_cmpint(found(shop, again(same[i]), "reference"), ==, id);
    g_assert_cmpint(found(shop, again(with_token), "reference"), ==, id);
    g_assert_cmpint(found(shop,
                          shop_mail(KIM, "Automatic reply: I am away",
                                    "In-Reply-To: <first@kim.example>\n"
                                    "Auto-Submitted: auto-replied\n",
                                    "Away."),
                          "reference"),
                    ==, id);
    /* Nor has a stranger an old mail of it. */
    g_assert_cmpint(
        found(shop, reply(LEE, "My invoice", "In-Reply-To", "<first@kim.example>"), "new"), ==, 0);
}

static void test_not_recycled(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 id = rested(shop, TICKET_ANSWERED, 14, NULL);
    g_autoptr(Ticket) ticket = shop_ticket(shop, id);
    shop->pipeline.now--; /* not yet old */
    g_assert_cmpint(found(shop, again("My invoice"), "reference"), ==, id);
    shop->pipeline.now -= 400 * DAY; /* a clock that jumped back */
    g_assert_cmpint(found(shop, again("My invoice"), "reference"), ==, id);
    shop->pipeline.now += 800 * DAY;
    ticket->state = TICKET_OPEN;
    g_assert_true(ticket_update(shop->pipeline.store, ticket, NULL));
    g_assert_cmpint(found(shop, again("My invoice"), "reference"), ==, id);
}

/* The answer's own subject is one of the ticket's as well. */
static void test_subject_of_the_answer(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 id = rested(shop, TICKET_ANSWERED, 0, NULL);
    g_autoptr(GPtrArray) messages = message_list_ticket(shop->pipeline.store, id, NULL);
    const Message *mail = g_ptr_array_index(messages, 0);
    g_autoptr(Reply) answer = reply_new();
    answer->ticket_id = id;
    answer->message_id = mail->id;
    answer->state = REPLY_SENT;
    answer->subject = g_strdup("Re: Your request [#AAAA-AAAA]");
    g_assert_true(reply_insert(shop->pipeline.store, answer, NULL));
    shop->pipeline.now += 30 * DAY;
    g_assert_cmpint(found(shop, again("AW: Your request"), "reference"), ==, id);
    g_assert_cmpint(found(shop, again("My invoice"), "recycled"), ==, 0);
}

/* Both tickets tell of each other, and the new one is a question like any other. */
static void test_recycled_told(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 id = rested(shop, TICKET_CLOSED, 20, NULL);
    g_autoptr(Message) mail =
        shop_mail(KIM, "Opening times", "In-Reply-To: <first@kim.example>\n", ASKS_HOURS);
    mail->arrived_at = shop->pipeline.now;
    g_autoptr(Verdict) verdict = shop_decide(shop, mail);
    g_assert_cmpstr(verdict->reason, ==, "none");
    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    g_assert_cmpint(ticket->id, !=, id);
    g_assert_cmpint(ticket->linked, ==, id);
    const gint64 both[][2] = {{id, ticket->id}, {ticket->id, id}};
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GPtrArray) events = event_list(shop->pipeline.store, both[i][0], NULL);
        g_autofree char *name = g_strdup_printf("ticket %" G_GINT64_FORMAT " ", both[i][1]);
        g_autofree char *end = g_strdup_printf("ticket %" G_GINT64_FORMAT, both[i][1]);
        guint told = 0;
        for (guint k = 0; k < events->len; k++) {
            const Event *event = g_ptr_array_index(events, k);
            told += g_str_equal(event->what, "linked") &&
                    (strstr(event->detail, name) || g_str_has_suffix(event->detail, end));
        }
        g_assert_cmpuint(told, ==, 1);
    }
    g_autoptr(Ticket) old = shop_ticket(shop, id);
    g_assert_cmpint(old->state, ==, TICKET_CLOSED);
}

/* --- C23, C24: lists of addresses --- */

/* A mail from SENDER to us and N others, customer 0 to N-1. */
static void mailing(Shop *shop, const char *sender, const char *more, guint n, const char *id)
{
    g_autoptr(GString) headers = g_string_new(NULL);
    g_string_append_printf(headers, "Message-ID: <%s>\n%sCc: Us <SERVICE@shop.example>", id, more);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(headers, ",\n customer%u@customer.example", i);
    g_string_append_c(headers, '\n');
    g_autoptr(Message) mail = shop_mail(sender, "News", headers->str, "Our news of the month.");
    shop_take(shop, mail);
}

static void test_newsletter(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    mailing(shop, SHOP, "", 40, "ours@shop.example");
    mailing(shop, SHOP, "", 2, "small@shop.example");
    mailing(shop, "news@partner.example", "", 11, "human@partner.example");
    mailing(shop, "news@partner.example", "List-Id: <news.partner.example>\n", 2,
            "list@partner.example");
    static const char *const ids[] = {"<ours@shop.example>", "<small@shop.example>",
                                      "<human@partner.example>", "<list@partner.example>",
                                      "<nobody@knows.example>"};
    for (guint k = 0; k < G_N_ELEMENTS(ids); k++)
        for (guint i = 0; i < 40; i++) {
            g_autofree char *sender = g_strdup_printf("customer%u@customer.example", i);
            g_autoptr(Message) mail = reply(sender, "Re: News", "In-Reply-To", ids[k]);
            guint before = shop_tickets(shop);
            shop_take(shop, mail);
            g_assert_cmpstr(mail->thread, ==, "new");
            g_assert_cmpuint(shop_tickets(shop), ==, before + 1);
        }
}

/* A reply to all of them by one of them does not bring them together either. */
static void test_reply_to_all_of_a_newsletter(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    mailing(shop, KIM, "References: <ours@shop.example>\n", 30, "all@kim.example");
    g_assert_cmpint(
        found(shop,
              reply("customer3@customer.example", "Re: News", "In-Reply-To", "<all@kim.example>"),
              "new"),
        ==, 0);
}

static void test_small_circle(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    mailing(shop, KIM, "", 10, "ten@kim.example");
    g_autoptr(Message) one =
        reply("customer9@customer.example", "Re: News", "In-Reply-To", "<ten@kim.example>");
    shop_take(shop, one);
    g_assert_cmpstr(one->thread, ==, "reference");
    g_assert_cmpint(
        found(shop, reply(KIM, "Re: News", "In-Reply-To", "<ten@kim.example>"), "reference"), ==,
        one->ticket_id);
    /* What an agent wrote from our address to one customer is a conversation as well. */
    mailing(shop, SHOP, "", 1, "one@shop.example");
    gint64 linked;
    g_assert_cmpint(found_linked(shop,
                                 reply("customer0@customer.example", "Re: News", "In-Reply-To",
                                       "<one@shop.example>"),
                                 "reference", &linked),
                    >, 0);
}

/* C25: of several tokens in a subject the one that is the sender's. */
static void test_tokens(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 id = first(shop, &token);
    g_autofree char *second = g_strdup_printf("[#ZZZZ-ZZZZ] Re: [#K7Q4] [#%s]", token);
    g_autofree char *lower = g_strdup_printf("Re: Password [#%s]", token);
    for (char *p = strchr(lower, '#'); *p; p++)
        *p = g_ascii_tolower(*p);
    const char *rewritten = "<0102018c@eu-west-1.provider.example>";
    g_assert_cmpint(found(shop, reply(KIM, second, "In-Reply-To", rewritten), "token"), ==, id);
    g_assert_cmpint(found(shop, reply(LEE, second, "In-Reply-To", rewritten), "foreign"), ==, 0);
    g_assert_cmpint(found(shop, reply(KIM, lower, NULL, NULL), "new"), ==, 0);
}

/* A bounce proves itself by the hash alone, and lends its sender no part. */
static void test_bounce(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *token = NULL;
    gint64 id = first(shop, &token);
    g_autofree char *ours = compose_message_id(shop->key, token, 101, "shop.example");
    g_autofree char *headers = g_strdup_printf(
        "X-Failed-Recipients: " KIM "\nReferences: <%s>\nAuto-Submitted: auto-replied\n", ours);
    g_autofree char *forged = g_strdup(headers);
    char *mac = strchr(strstr(forged, "erms."), '@') - 1;
    *mac = *mac == 'a' ? 'b' : 'a';
    g_autoptr(Message) bounce = shop_mail("Mail <mailer-daemon@mx.example>", "Undelivered Mail",
                                          headers, "550 no such user");
    shop_take(shop, bounce);
    g_assert_cmpstr(bounce->thread, ==, "bounce");
    g_assert_cmpint(bounce->ticket_id, ==, id);
    g_assert_cmpint(found(shop,
                          shop_mail("Mail <mailer-daemon@mx.example>", "Undelivered Mail", forged,
                                    "550 no such user"),
                          "new"),
                    ==, 0);
    g_autofree char *subject = g_strdup_printf("Re: [#%s]", token);
    g_assert_cmpint(found(shop, reply("mailer-daemon@mx.example", subject, NULL, NULL), "foreign"),
                    ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/thread/new", test_new);
    SHOP_TEST("/thread/reference", test_reference);
    SHOP_TEST("/thread/our-id", test_our_id);
    SHOP_TEST("/thread/c21-forged-id", test_forged_id);
    SHOP_TEST("/thread/c25-token", test_token);
    SHOP_TEST("/thread/c20-stranger", test_stranger);
    SHOP_TEST("/thread/participants", test_participants);
    SHOP_TEST("/thread/order", test_order);
    SHOP_TEST("/thread/c21-copied-id", test_copied_id);
    SHOP_TEST("/thread/many-references", test_many_references);
    SHOP_TEST("/thread/c20-exact-addresses", test_exact);
    SHOP_TEST("/thread/c20-foreign-is-linked", test_foreign_linked);
    SHOP_TEST("/thread/c20-reply-to", test_reply_to);
    SHOP_TEST("/thread/c21-copied-id-with-cc", test_copied_id_with_cc);
    SHOP_TEST("/thread/c22-recycled", test_recycled);
    SHOP_TEST("/thread/c22-not-recycled", test_not_recycled);
    SHOP_TEST("/thread/c22-subject-of-the-answer", test_subject_of_the_answer);
    SHOP_TEST("/thread/c22-recycled-told", test_recycled_told);
    SHOP_TEST("/thread/c23-newsletter", test_newsletter);
    SHOP_TEST("/thread/c23-reply-to-all-of-it", test_reply_to_all_of_a_newsletter);
    SHOP_TEST("/thread/c24-small-circle", test_small_circle);
    SHOP_TEST("/thread/c25-tokens", test_tokens);
    SHOP_TEST("/thread/bounce", test_bounce);
    return g_test_run();
}
