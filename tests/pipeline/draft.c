/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/draft.h"

#include "tests/pipeline/fixture.h"

#include <string.h>

#define ORDERS                                                                                     \
    "CREATE TABLE orders (number TEXT, email TEXT, status TEXT);"                                  \
    "INSERT INTO orders VALUES ('LV-000001','kim@customer.example','on its way'),"                 \
    "('LV-000002','lee@customer.example','paid'),"                                                 \
    "('LV-000003','kim@customer.example',NULL);"

static void with_answers(Shop *shop)
{
    shop_orders(shop, ORDERS);
    shop_answer(shop, "order/ask-number.en.md", "", "{{greeting}}\n\nWhich number, please?");
    shop_answer(shop, "order/status.en.md", "discloses: personal\n",
                "{{greeting}}\n\n{{order.number}} is {{order.status}}.");
}

/* The drafts for Kim's question with this TEXT. */
static GPtrArray *drafts_for(Shop *shop, const char *sender, const char *text)
{
    g_autoptr(Message) mail = shop_mail(sender, "My order", "", text);
    pipeline_study(shop->policy, mail);
    g_auto(Drafter) drafter;
    drafter_init(&drafter, &shop->pipeline, mail, "K7Q4-29XM");
    return drafter_category(&drafter, "order", 3);
}

static const Draft *nth(const GPtrArray *drafts, guint n, const char *id)
{
    g_assert_cmpuint(drafts->len, >, n);
    const Draft *draft = g_ptr_array_index(drafts, n);
    g_assert_cmpstr(draft->template_->id, ==, id);
    return draft;
}

static void test_key_first(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    g_autoptr(GPtrArray) drafts = drafts_for(shop, KIM, ASKS_ORDER " It is lv-000001.");
    const Draft *first = nth(drafts, 0, "order/status.en");
    g_assert_true(first->clear);
    g_assert_true(first->language);
    g_assert_null(first->lookup);
    g_assert_null(first->filled->missing);
    g_assert_nonnull(strstr(first->filled->text, "LV-000001 is on its way."));
    g_assert_false(nth(drafts, 1, "order/ask-number.en")->clear);
}

/* However well the words of another answer fit. */
static void test_key_beats_words(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    shop_answer(shop, "order/ask-number.en.md", "when: parcel, shipped, where\n", ASKS_ORDER);
    g_autoptr(GPtrArray) without = drafts_for(shop, KIM, ASKS_ORDER);
    g_assert_true(nth(without, 0, "order/ask-number.en")->clear);
    g_autoptr(GPtrArray) with = drafts_for(shop, KIM, ASKS_ORDER " It is LV-000001.");
    g_assert_true(nth(with, 0, "order/status.en")->clear);
}

static void test_no_key_last(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    g_autoptr(GPtrArray) drafts = drafts_for(shop, KIM, ASKS_ORDER);
    const Draft *first = nth(drafts, 0, "order/ask-number.en");
    g_assert_true(first->clear);
    g_assert_null(first->lookup);
    g_assert_null(first->filled->missing);
    const Draft *second = nth(drafts, 1, "order/status.en");
    g_assert_nonnull(second->lookup);
    g_assert_nonnull(second->filled->missing);
}

/* Lee's order and no order at all look alike, to the customer and in every record. */
static void test_foreign_is_nonexistent(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    g_autoptr(GPtrArray) foreign = drafts_for(shop, KIM, ASKS_ORDER " It is LV-000002.");
    g_autoptr(GPtrArray) unknown = drafts_for(shop, KIM, ASKS_ORDER " It is LV-999992.");
    g_assert_cmpuint(foreign->len, ==, unknown->len);
    for (guint i = 0; i < foreign->len; i++) {
        const Draft *one = g_ptr_array_index(foreign, i), *two = g_ptr_array_index(unknown, i);
        g_assert_true(one->template_ == two->template_);
        g_assert_cmpstr(one->filled->text, ==, two->filled->text);
        g_assert_cmpstr(one->filled->missing, ==, two->filled->missing);
        g_assert_true(one->clear == two->clear);
        g_autofree char *blurred = g_strdup(one->lookup);
        char *number = blurred ? strstr(blurred, "LV-000002") : NULL;
        if (number)
            memcpy(number, "LV-999992", 9);
        g_assert_cmpstr(blurred, ==, two->lookup);
    }
    const Draft *first = nth(foreign, 0, "order/status.en");
    g_assert_nonnull(first->lookup);
    g_assert_null(strstr(first->filled->text, "paid"));
    /* The owner himself gets it. */
    g_autoptr(GPtrArray) own = drafts_for(shop, LEE, ASKS_ORDER " It is LV-000002.");
    g_assert_nonnull(strstr(nth(own, 0, "order/status.en")->filled->text, "paid"));
}

static void test_two_keys(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    g_autoptr(GPtrArray) drafts = drafts_for(shop, KIM, ASKS_ORDER " LV-000001 and LV-000003.");
    g_assert_nonnull(nth(drafts, 0, "order/status.en")->lookup);
}

static void test_hole(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    g_autoptr(GPtrArray) drafts = drafts_for(shop, KIM, ASKS_ORDER " LV-000003");
    const Draft *first = nth(drafts, 0, "order/status.en");
    g_assert_null(first->lookup);
    g_assert_cmpstr(first->filled->missing, ==, "order.status");
    g_assert_null(strstr(first->filled->text, "{{"));
}

/* A source that cannot be read is a reason, not a guess. */
static void test_broken_source(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    folder_write(shop->folder, "orders.db", "this is no database, but it is long enough for one");
    g_autoptr(GPtrArray) drafts = drafts_for(shop, KIM, ASKS_ORDER " LV-000001");
    const Draft *first = nth(drafts, 0, "order/status.en");
    g_assert_nonnull(first->lookup);
    g_assert_nonnull(first->filled->missing);
}

/* A lookup runs once for a mail, and not for answers that do not use it. */
static void test_once(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    shop_answer(shop, "order/late.en.md", "discloses: personal\n",
                "{{greeting}}\n\n{{order.number}} is {{order.status}}.");
    g_autoptr(Message) mail = shop_mail(KIM, "My order", "", ASKS_ORDER " LV-000001");
    g_auto(Drafter) drafter;
    drafter_init(&drafter, &shop->pipeline, mail, "K7Q4-29XM");
    g_autoptr(GPtrArray) hours = drafter_category(&drafter, "hours", 3);
    g_assert_cmpuint(hours->len, ==, 1);
    g_assert_cmpuint(g_hash_table_size(drafter.lookups), ==, 0);
    g_autoptr(GPtrArray) drafts = drafter_category(&drafter, "order", 3);
    g_assert_cmpuint(drafts->len, ==, 3);
    g_assert_cmpuint(g_hash_table_size(drafter.lookups), ==, 1);
    /* Two answers that name the key: neither is clear. */
    for (guint i = 0; i < drafts->len; i++)
        g_assert_false(((Draft *)g_ptr_array_index(drafts, i))->clear);
}

/* To a stranger: public answers alone, nothing looked up, nothing of the mail. */
static void test_stranger(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    with_answers(shop);
    shop_answer(shop, "order/ask-number.en.md", "",
                "{{greeting}}\n\nWhich number, {{customer.name|please}}? ({{ticket.token}})");
    g_autoptr(Message) mail =
        shop_mail("Kim Muster <" KIM ">", "Buy this", "", ASKS_ORDER " LV-000001");
    pipeline_study(shop->policy, mail);
    g_auto(Drafter) drafter;
    drafter_init_stranger(&drafter, &shop->pipeline, mail, "K7Q4-29XM");
    g_autoptr(GPtrArray) drafts = drafter_category(&drafter, "order", 3);
    g_assert_cmpuint(drafts->len, ==, 1);
    g_assert_cmpuint(g_hash_table_size(drafter.lookups), ==, 0);
    const Draft *first = nth(drafts, 0, "order/ask-number.en");
    g_assert_true(first->clear);
    g_assert_cmpstr(first->filled->text, ==, "Hello,\n\nWhich number, please? (K7Q4-29XM)\n");
    g_autoptr(Reply) reply = draft_reply(first, mail, "K7Q4-29XM", 1);
    g_assert_cmpstr(reply->subject, ==, "Your enquiry [#K7Q4-29XM]");
    g_assert_cmpstr(reply->to_addr, ==, KIM);
    g_assert_cmpstr(reply->in_reply_to, ==, mail->message_id);

    /* An agent sees all of it. */
    g_auto(Drafter) known;
    drafter_init(&known, &shop->pipeline, mail, "K7Q4-29XM");
    g_autoptr(GPtrArray) all = drafter_category(&known, "order", 3);
    const Draft *status = nth(all, 0, "order/status.en");
    g_assert_cmpstr(status->filled->text, ==, "Dear Kim Muster,\n\nLV-000001 is on its way.\n");
    g_autoptr(Reply) second = draft_reply(status, mail, "K7Q4-29XM", 1);
    g_assert_cmpstr(second->subject, ==, "Re: Buy this [#K7Q4-29XM]");
}

/* The two answers of two languages: the mail's own, else the fallback, which is said. */
static void test_language(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    shop_answer(shop, "order/where.en.md", "", "{{greeting}}\nOn its way.");
    shop_answer(shop, "order/where.de.md", "", "{{greeting}}\nUnterwegs.");
    g_autoptr(GPtrArray) german =
        drafts_for(shop, "Kim Muster <" KIM ">",
                   "Wo bleibt denn meine Bestellung, die ich letzte Woche bei "
                   "Ihnen aufgegeben habe?");
    const Draft *de = nth(german, 0, "order/where.de");
    g_assert_true(de->language);
    g_assert_true(g_str_has_prefix(de->filled->text, "Guten Tag Kim Muster,"));
    g_autoptr(GPtrArray) spanish = drafts_for(
        shop, KIM, "¿Dónde está mi pedido? Todavía no ha llegado y lo necesito para esta semana.");
    const Draft *en = nth(spanish, 0, "order/where.en");
    g_assert_false(en->language);
}

/* Dates are days where the shop is; the last day is still valid. */
static void test_dates(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    shop_answer(shop, "order/january.en.md", "valid-from: 2026-01-05\nvalid-to: 2026-01-31\n",
                "In January.");
    const struct {
        gint64 now;
        guint drafts;
    } rows[] = {{NOON - 86400, 0}, {NOON, 1}, {NOON + 26 * 86400, 1}, {NOON + 27 * 86400, 0}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        shop->pipeline.now = rows[i].now;
        g_autoptr(GPtrArray) drafts = drafts_for(shop, KIM, ASKS_ORDER);
        g_assert_cmpuint(drafts->len, ==, rows[i].drafts);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/draft/key-first", test_key_first);
    SHOP_TEST("/draft/key-beats-words", test_key_beats_words);
    SHOP_TEST("/draft/no-key-last", test_no_key_last);
    SHOP_TEST("/draft/foreign-is-nonexistent", test_foreign_is_nonexistent);
    SHOP_TEST("/draft/two-keys", test_two_keys);
    SHOP_TEST("/draft/hole", test_hole);
    SHOP_TEST("/draft/broken-source", test_broken_source);
    SHOP_TEST("/draft/once", test_once);
    SHOP_TEST("/draft/stranger", test_stranger);
    SHOP_TEST("/draft/language", test_language);
    SHOP_TEST("/draft/dates", test_dates);
    return g_test_run();
}
