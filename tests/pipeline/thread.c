/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/thread.h"

#include "mail/compose.h"
#include "tests/pipeline/fixture.h"

#include <string.h>

/* Where MAIL belongs: the ticket's id, or 0 for a new one. */
static gint64 found(Shop *shop, Message *mail, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) owned = mail;
    const char *reason = NULL;
    g_autoptr(Ticket) ticket = thread_find(shop->pipeline.store, shop->key, owned, &reason, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(reason, ==, why);
    return ticket ? ticket->id : 0;
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
    g_assert_cmpint(found(shop, reply(KIM, subject, "References", "<first@kim.example>"), "token"),
                    ==, id);
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/thread/new", test_new);
    SHOP_TEST("/thread/reference", test_reference);
    SHOP_TEST("/thread/our-id", test_our_id);
    SHOP_TEST("/thread/forged-id", test_forged_id);
    SHOP_TEST("/thread/token", test_token);
    SHOP_TEST("/thread/stranger", test_stranger);
    SHOP_TEST("/thread/participants", test_participants);
    SHOP_TEST("/thread/order", test_order);
    SHOP_TEST("/thread/copied-id", test_copied_id);
    SHOP_TEST("/thread/many-references", test_many_references);
    return g_test_run();
}
