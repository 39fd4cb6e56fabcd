/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/back.h"

#include "tests/pipeline/fixture.h"

#include <string.h>

static const Template *reset(Shop *shop)
{
    return kb_find(shop->kb, "password/reset.en");
}

/* N automatic answers of HASH made at AT, to the first BACK of which somebody wrote back. */
static void sent(Shop *shop, const char *hash, gint64 at, guint n, guint back)
{
    g_autoptr(Message) mail = message_new();
    static guint number;
    g_autoptr(StoreTransaction) transaction = store_begin(shop->pipeline.store, NULL);
    mail->digest = g_strdup_printf("%064u", ++number);
    g_autoptr(Ticket) ticket = ticket_new();
    ticket->token = g_strdup_printf("AAAA-%04u", number);
    g_assert_true(ticket_insert(shop->pipeline.store, ticket, NULL));
    mail->ticket_id = ticket->id;
    g_assert_true(message_insert(shop->pipeline.store, mail, NULL));
    for (guint i = 0; i < n; i++) {
        g_autoptr(Reply) reply = reply_new();
        reply->ticket_id = ticket->id;
        reply->message_id = mail->id;
        reply->state = REPLY_SENT;
        reply->origin = g_strdup("auto");
        reply->template_name = g_strdup("password/reset.en");
        reply->template_hash = g_strdup(hash);
        reply->created_at = reply->sent_at = at;
        reply->back = i < back;
        g_assert_true(reply_insert(shop->pipeline.store, reply, NULL));
    }
    g_assert_true(store_commit(g_steal_pointer(&transaction), NULL));
}

static gboolean excess(Shop *shop)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *why = back_excess(&shop->pipeline, reset(shop), &error);
    g_assert_no_error(error);
    return why != NULL;
}

/* With 50 %: 5 of 5 and 9 of 10 are surely more, 4 of 4 and 8 of 10 are not. */
static void test_share(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    const char *hash = reset(shop)->hash;
    g_assert_false(excess(shop));
    sent(shop, hash, NOON, 4, 4);
    g_assert_false(excess(shop));
    sent(shop, hash, NOON, 1, 1);
    g_assert_true(excess(shop));
    sent(shop, hash, NOON, 5, 3);
    g_assert_false(excess(shop));
    sent(shop, hash, NOON, 10, 9);
    g_assert_true(excess(shop));
    shop->policy->max_back = 0.7;
    g_assert_false(excess(shop));
}

static void test_none_and_all(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    const char *hash = reset(shop)->hash;
    sent(shop, hash, NOON, 5, 5);
    shop->policy->max_back = 1;
    g_assert_false(excess(shop));
    sent(shop, "another version", NOON, 50, 50);
    sent(shop, hash, NOON, 40, 0);
    shop->policy->max_back = 0.5;
    g_assert_false(excess(shop));
    shop->policy->max_back = 0;
    g_assert_true(excess(shop));
}

/* Only what was made within a year, and of it the newest thousand. */
static void test_window(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    const char *hash = reset(shop)->hash;
    sent(shop, hash, NOON - BACK_WINDOW - 1, 20, 20);
    g_assert_false(excess(shop));
    sent(shop, hash, NOON - 10, 1200, 0);
    g_assert_false(excess(shop));
    sent(shop, hash, NOON, 540, 540);
    g_assert_true(excess(shop));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/back/share", test_share);
    SHOP_TEST("/back/none-and-all", test_none_and_all);
    SHOP_TEST("/back/window", test_window);
    return g_test_run();
}
