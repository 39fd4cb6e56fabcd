/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/pipeline/fixture.h"

#include "mail/parse.h"

#include <sqlite3.h>
#include <string.h>

#define EACH 40 /* mails per category: enough to certify a threshold */

static const char *const taught[][6] = {
    {"password", "forgot password login", "cannot log in, password rejected",
     "reset my password please", "new password needed for my account", "the password link expired"},
    {"hours", "when are you open on saturday", "opening hours of the shop",
     "are you open on sunday", "what time do you close today", "which hours is the store open"},
    {"order", "where is my order", "has the parcel been shipped", "status of my order please",
     "tracking number of the shipment", "my order has not arrived"},
};

/* What says nothing, so that the model does not become too sure of itself. */
static const char *const polite[] = {
    "Hello, I have a question and need your help soon:",
    "Dear all, thank you for your work.",
    "Good morning, I want to ask you something about my account and the store:",
    "Hi,",
    "Please answer this week, it is urgent for me and my family.",
    "",
    "Sorry to trouble you again."};

static Model *train(void)
{
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(ModelText));
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < EACH * G_N_ELEMENTS(taught); i++) {
        const char *const *row = taught[i % G_N_ELEMENTS(taught)];
        guint n = i / G_N_ELEMENTS(taught);
        char *text =
            g_strdup_printf("%s %s.", polite[n % G_N_ELEMENTS(polite)], row[1 + n * 3 % 5]);
        g_ptr_array_add(strings, text);
        ModelText one = {.subject = n % 2 ? "A question" : row[1 + n % 5],
                         .text = text,
                         .language = "en",
                         .category = row[0],
                         .arrival = i};
        g_array_append_val(texts, one);
    }
    ModelOptions options = model_options_default;
    options.max_error = 0.05;
    g_autoptr(GError) error = NULL;
    Model *model =
        model_train((const ModelText *)(gpointer)texts->data, texts->len, &options, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < model_n_categories(model); i++)
        g_assert_cmpfloat(model_threshold(model, i), <=, 1);
    return model;
}

static Policy *make_policy(void)
{
    Policy *policy = policy_new();
    policy->sending = TRUE;
    policy->max_error = 0.05;
    /* All customers of the tests are at one domain and say the same. */
    policy->limits.domain.count = policy->limits.content.count = 0;
    g_free(policy->language);
    policy->language = g_strdup("en");
    g_strfreev(policy->addresses);
    policy->addresses = g_strsplit(SHOP, ",", -1);
    policy->from_addr = g_strdup(SHOP);
    for (guint i = 0; i < G_N_ELEMENTS(taught); i++)
        policy_category(policy, taught[i][0])->mode = TEMPLATE_AUTO;
    policy_category(policy, "hours")->queue = g_strdup("front-desk");
    g_hash_table_insert(policy->company, g_strdup("company.name"), g_strdup("Corner Shop"));
    g_hash_table_insert(policy->authservs, g_strdup("support"),
                        g_strsplit("mx.shop.example", ",", -1));
    return policy;
}

static void read_kb(Shop *shop)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = folder_path(shop->folder, "kb");
    g_clear_pointer(&shop->kb, kb_free);
    shop->kb = kb_load(path, &error);
    g_assert_no_error(error);
    const GPtrArray *problems = kb_problems(shop->kb);
    if (problems->len)
        g_error("%s", ((KbProblem *)g_ptr_array_index(problems, 0))->text);
    shop->pipeline.kb = shop->kb;
}

void shop_answer(Shop *shop, const char *name, const char *keys, const char *text)
{
    g_autofree char *path = g_strconcat("kb/", name, NULL);
    folder_answer(shop->folder, path, keys, text);
    read_kb(shop);
}

void shop_set_up(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    shop->folder = folder_new();
    shop->policy = make_policy();
    shop->model = train();
    shop->tokenizer = tokenizer_new();
    shop->lookups = g_ptr_array_new_with_free_func((GDestroyNotify)lookup_free);
    shop->key = g_bytes_new_static("the secret of this shop's tests.", 32);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = folder_path(shop->folder, "erms.db");
    shop->pipeline = (Pipeline){.store = store_open(path, STORE_CREATE, &error),
                                .key = shop->key,
                                .model = shop->model,
                                .tokenizer = shop->tokenizer,
                                .lookups = shop->lookups,
                                .policy = shop->policy,
                                .now = NOON};
    g_assert_no_error(error);
    shop_answer(shop, "password/reset.en.md", "",
                "{{greeting}}\n\nChoose “forgot password”.\n\n{{company.name}}");
    shop_answer(shop, "hours/open.en.md", "", "{{greeting}}\n\nWe are open from 9 to 5.");
}

void shop_tear_down(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    store_free(shop->pipeline.store);
    g_bytes_unref(shop->key);
    g_ptr_array_unref(shop->lookups);
    tokenizer_free(shop->tokenizer);
    model_free(shop->model);
    kb_free(shop->kb);
    policy_free(shop->policy);
    folder_free(shop->folder);
}

void shop_orders(Shop *shop, const char *sql)
{
    g_autofree char *path = folder_path(shop->folder, "orders.db");
    sqlite3 *db;
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
    g_autoptr(LookupSpec) spec = lookup_spec_new();
    spec->name = g_strdup("order");
    spec->pattern = g_strdup("\\b(LV-[0-9]{6})\\b");
    spec->database = g_steal_pointer(&path);
    spec->query = g_strdup("SELECT number, email, status FROM orders WHERE number = upper(:key)");
    spec->owner = g_strdup("email");
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(shop->lookups, lookup_new(spec, &error));
    g_assert_no_error(error);
}

Message *shop_mail(const char *sender, const char *subject, const char *headers, const char *text)
{
    g_autofree char *all = g_strdup_printf(
        "From: %s\nTo: " SHOP "\nSubject: %s\nDate: Mon, 5 Jan 2026 08:12:31 +0100\n%s", sender,
        subject, headers);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, all, -1);
    g_autofree char *id = strstr(headers, "Message-ID:")
                              ? g_strdup("")
                              : g_strdup_printf("Message-ID: <%s@mail.example>\n", sum);
    g_autofree char *raw =
        g_strdup_printf("%s%sContent-Type: text/plain; charset=utf-8\n\n%s\n", all, id, text);
    g_autoptr(GBytes) bytes = g_bytes_new(raw, strlen(raw));
    Message *message = parse_message(bytes, &parse_limits_default);
    message->arrived_at = NOON;
    return message;
}

void shop_take(Shop *shop, Message *message)
{
    g_autoptr(GError) error = NULL;
    gboolean taken = FALSE;
    pipeline_take(&shop->pipeline, message, NULL, &taken, &error);
    g_assert_no_error(error);
    g_assert_true(taken);
}

Verdict *shop_decide(Shop *shop, Message *message)
{
    g_autoptr(GError) error = NULL;
    Verdict *verdict = NULL;
    shop_take(shop, message);
    pipeline_answer(&shop->pipeline, message, &verdict, &error);
    g_assert_no_error(error);
    return verdict;
}

Ticket *shop_ticket(Shop *shop, gint64 id)
{
    g_autoptr(GError) error = NULL;
    Ticket *ticket = ticket_load(shop->pipeline.store, id, &error);
    g_assert_no_error(error);
    g_assert_nonnull(ticket);
    return ticket;
}

GPtrArray *shop_replies(Shop *shop, const Message *message)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *replies = reply_list_message(shop->pipeline.store, message->id, &error);
    g_assert_no_error(error);
    return replies;
}

char *shop_filing(Shop *shop, const Message *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) row = message_load(shop->pipeline.store, message->id, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&row->filing);
}

guint shop_tickets(Shop *shop)
{
    g_autoptr(GError) error = NULL;
    TicketFilter any = {.state = -1};
    g_autoptr(GPtrArray) tickets = ticket_list(shop->pipeline.store, &any, &error);
    g_assert_no_error(error);
    return tickets->len;
}

void shop_sent(Shop *shop, const Message *message)
{
    static const ReplyState steps[] = {REPLY_APPROVED, REPLY_SENDING, REPLY_SENT};
    g_autoptr(GPtrArray) replies = shop_replies(shop, message);
    Reply *reply = g_ptr_array_index(replies, 0);
    for (guint i = reply->state == REPLY_APPROVED; i < G_N_ELEMENTS(steps); i++) {
        gboolean moved = FALSE;
        g_assert_true(reply_move(shop->pipeline.store, reply, steps[i], NULL, shop->pipeline.now,
                                 &moved, NULL));
        g_assert_true(moved);
    }
    g_autoptr(Ticket) ticket = shop_ticket(shop, message->ticket_id);
    ticket->state = TICKET_ANSWERED;
    g_clear_pointer(&ticket->queue, g_free);
    g_assert_true(ticket_update(shop->pipeline.store, ticket, NULL));
}
