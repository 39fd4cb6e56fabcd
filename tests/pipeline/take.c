/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/compose.h"
#include "models/event.h"
#include "models/label.h"
#include "tests/pipeline/fixture.h"

static Message *password_mail(void)
{
    return shop_mail("Kim Muster <" KIM ">", "Password", "", ASKS_PASSWORD);
}

static gboolean take(Shop *shop, Message *message, const char *account, guint32 uid)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Place) place = place_new();
    place->account = g_strdup(account);
    place->folder = g_strdup("INBOX");
    place->uidvalidity = 7;
    place->uid = uid;
    g_free(message->account);
    message->account = g_strdup(account);
    gboolean taken = FALSE;
    pipeline_take(&shop->pipeline, message, place, &taken, &error);
    g_assert_no_error(error);
    g_assert_cmpint(place->message_id, ==, message->id);
    return taken;
}

static guint places_of(Shop *shop, const Message *message)
{
    g_autoptr(GPtrArray) places = place_list_message(shop->pipeline.store, message->id, NULL);
    return places->len;
}

static guint undecided(Shop *shop)
{
    g_autoptr(GPtrArray) messages = message_list_undecided(shop->pipeline.store, 0, NULL);
    return messages->len;
}

static void test_first(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = password_mail();
    g_assert_true(take(shop, mail, "support", 1));
    g_assert_cmpstr(mail->thread, ==, "new");
    g_assert_cmpstr(mail->language, ==, "en");
    g_assert_null(mail->automatic);
    g_assert_cmpint(mail->received_at, ==, NOON);

    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    g_autofree char *token = compose_token(shop->key, mail->digest, 0);
    g_assert_cmpstr(ticket->token, ==, token);
    g_assert_cmpint(ticket->state, ==, TICKET_OPEN);
    g_assert_cmpstr(ticket->customer, ==, KIM);
    g_assert_cmpstr(ticket->subject, ==, "Password");
    g_assert_cmpint(ticket->created_at, ==, NOON);
    g_autoptr(GPtrArray) events = event_list(shop->pipeline.store, ticket->id, NULL);
    g_assert_cmpuint(events->len, ==, 1);
    g_assert_cmpstr(((Event *)g_ptr_array_index(events, 0))->what, ==, "taken");
}

/* After a crash the same mail at the same place comes again. */
static void test_repeatable(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = password_mail();
    g_assert_true(take(shop, mail, "support", 1));
    for (guint i = 0; i < 3; i++) {
        g_autoptr(Message) again = password_mail();
        shop->pipeline.now++;
        g_assert_false(take(shop, again, "support", 1));
        g_assert_cmpint(again->id, ==, mail->id);
        g_assert_cmpint(again->ticket_id, ==, mail->ticket_id);
    }
    g_assert_cmpuint(shop_tickets(shop), ==, 1);
    g_assert_cmpuint(places_of(shop, mail), ==, 1);
    g_assert_cmpuint(undecided(shop), ==, 1);
    g_autoptr(GPtrArray) events = event_list(shop->pipeline.store, mail->ticket_id, NULL);
    g_assert_cmpuint(events->len, ==, 1);
}

/* Sent to two of our addresses, or copied: one message, one ticket, as many places. */
static void test_two_places(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) here = password_mail();
    g_autoptr(Message) there =
        shop_mail("Kim Muster <" KIM ">", "Password",
                  "Received: from a.example by b.example\nDelivered-To: sales@shop.example\n"
                  "Message-ID: <x@kim.example>\n",
                  ASKS_PASSWORD);
    g_autoptr(Message) also = shop_mail("Kim Muster <" KIM ">", "Password",
                                        "Message-ID: <x@kim.example>\n", ASKS_PASSWORD);
    g_assert_true(take(shop, here, "support", 1));
    g_assert_true(take(shop, there, "sales", 1));
    g_assert_false(take(shop, also, "support", 2));
    g_assert_cmpint(also->id, ==, there->id);
    g_assert_cmpuint(places_of(shop, there), ==, 2);
    g_assert_cmpuint(places_of(shop, here), ==, 1);
    g_assert_cmpuint(shop_tickets(shop), ==, 2);
}

/* The digest is over what the customer wrote: one byte more is another mail. */
static void test_digest(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    const char *const id = "Message-ID: <same@kim.example>\n";
    g_autoptr(Message) one = shop_mail(KIM, "Password", id, ASKS_PASSWORD);
    g_autoptr(Message) same = shop_mail(KIM, "Password", id, ASKS_PASSWORD);
    g_autoptr(Message) longer = shop_mail(KIM, "Password", id, ASKS_PASSWORD " ");
    g_autoptr(Message) other = shop_mail(KIM, "Passwort", id, ASKS_PASSWORD);
    g_autoptr(Message) lee = shop_mail(LEE, "Password", id, ASKS_PASSWORD);
    g_assert_cmpstr(one->digest, ==, same->digest);
    g_assert_true(take(shop, one, "support", 1));
    g_assert_false(take(shop, same, "support", 2));
    g_assert_true(take(shop, longer, "support", 3));
    g_assert_true(take(shop, other, "support", 4));
    g_assert_true(take(shop, lee, "support", 5));
}

/* A mail that was only learned from is fetched later: it keeps its row and its label. */
static void test_adopts_imported(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) imported = password_mail();
    pipeline_study(NULL, imported);
    imported->received_at = NOON - 1000;
    g_assert_true(message_insert(shop->pipeline.store, imported, NULL));
    g_autoptr(Label) label = label_new();
    label->message_id = imported->id;
    label->category = g_strdup("password");
    label->who = g_strdup("import");
    label->source = g_strdup("import");
    g_assert_true(label_insert(shop->pipeline.store, label, NULL));
    g_assert_cmpuint(undecided(shop), ==, 0);

    g_autoptr(Message) mail = password_mail();
    g_assert_true(take(shop, mail, "support", 1));
    g_assert_cmpint(mail->id, ==, imported->id);
    g_assert_cmpuint(undecided(shop), ==, 1);
    g_autoptr(Message) row = message_load(shop->pipeline.store, mail->id, NULL);
    g_assert_cmpint(row->ticket_id, ==, mail->ticket_id);
    g_assert_cmpstr(row->account, ==, "support");
    g_assert_cmpstr(row->thread, ==, "imported as handled");
    g_assert_cmpint(row->received_at, ==, NOON);
    g_autoptr(Label) kept = label_load(shop->pipeline.store, mail->id, NULL);
    g_assert_cmpstr(kept->category, ==, "password");

    g_autoptr(Message) again = password_mail();
    g_assert_false(take(shop, again, "support", 1));
    g_assert_cmpuint(shop_tickets(shop), ==, 1);
}

/* An answer of ours in our own mailbox is a machine's mail, whatever its header says. */
static void test_own_mail(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *ours = compose_message_id(shop->key, "K7Q4-29XM", 101, "shop.example");
    g_autofree char *header = g_strdup_printf("Message-ID: <%s>\n", ours);
    g_autoptr(Message) back = shop_mail(KIM, "Re: Password", header, "Choose forgot password.");
    g_assert_true(take(shop, back, "support", 1));
    g_assert_cmpstr(back->automatic, ==, "own-mail");
}

/* Nothing remains of a mail whose transaction falls. */
static void test_in_callers_transaction(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    StoreTransaction *transaction = store_begin(shop->pipeline.store, NULL);
    g_autoptr(Message) mail = password_mail();
    g_assert_true(take(shop, mail, "support", 1));
    store_rollback(transaction);
    g_assert_cmpuint(shop_tickets(shop), ==, 0);
    g_autoptr(Message) again = password_mail();
    g_assert_true(take(shop, again, "support", 1));
}

/* Two first mails whose tokens would be the same: the second one's is another. */
static void test_token_taken(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = password_mail();
    g_autoptr(Ticket) squatter = ticket_new();
    squatter->token = compose_token(shop->key, mail->digest, 0);
    g_assert_true(ticket_insert(shop->pipeline.store, squatter, NULL));
    g_assert_true(take(shop, mail, "support", 1));
    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    g_autofree char *second = compose_token(shop->key, mail->digest, 1);
    g_assert_cmpstr(ticket->token, ==, second);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/take/first", test_first);
    SHOP_TEST("/take/repeatable", test_repeatable);
    SHOP_TEST("/take/two-places", test_two_places);
    SHOP_TEST("/take/digest", test_digest);
    SHOP_TEST("/take/adopts-imported", test_adopts_imported);
    SHOP_TEST("/take/own-mail", test_own_mail);
    SHOP_TEST("/take/in-callers-transaction", test_in_callers_transaction);
    SHOP_TEST("/take/token-taken", test_token_taken);
    return g_test_run();
}
