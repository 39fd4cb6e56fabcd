/* SPDX-License-Identifier: Apache-2.0 */
/* The draw, what agents find, and that the next answer then does not leave. That only what was sent
 * is drawn is in tests/cmd/audit.py. */
#include "pipeline/audit.h"

#include "models/event.h"
#include "models/label.h"
#include "tests/pipeline/fixture.h"

#include <string.h>

/* The mail of customer N, answered and sent; its id. */
static gint64 answer(Shop *shop, guint n, const char *text)
{
    g_autofree char *sender = g_strdup_printf("c%u@customer.example", n);
    g_autoptr(Message) mail = shop_mail(sender, "A question", "", text);
    g_autoptr(Verdict) verdict = shop_decide(shop, mail);
    g_assert_cmpstr(verdict->reason, ==, "none");
    shop_sent(shop, mail);
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    g_autoptr(GError) error = NULL;
    pipeline_audit_sent(&shop->pipeline, g_ptr_array_index(replies, 0), &error);
    g_assert_no_error(error);
    return mail->id;
}

static gint64 ticket_of(Shop *shop, gint64 message)
{
    g_autoptr(Message) mail = message_load(shop->pipeline.store, message, NULL);
    return mail->ticket_id;
}

static gboolean drawn(Shop *shop, gint64 message)
{
    g_autoptr(Audit) audit = audit_load(shop->pipeline.store, message, NULL);
    g_assert_nonnull(audit);
    return audit->drawn == 1;
}

static void review(Shop *shop, gint64 message, AuditOutcome outcome)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Audit) audit = audit_load(shop->pipeline.store, message, &error);
    pipeline_audit_review(&shop->pipeline, audit, ticket_of(shop, message), outcome, "eva", &error);
    g_assert_no_error(error);
}

static void correct(Shop *shop, gint64 message, const char *category)
{
    g_autoptr(GError) error = NULL;
    pipeline_audit_corrected(&shop->pipeline, message, category, &error);
    g_assert_no_error(error);
}

/* How often the ticket of MESSAGE tells of WHAT. */
static guint told(Shop *shop, gint64 message, const char *what)
{
    g_autoptr(GPtrArray) events = event_list(shop->pipeline.store, ticket_of(shop, message), NULL);
    guint n = 0;
    for (guint i = 0; i < events->len; i++)
        n += g_str_equal(((Event *)g_ptr_array_index(events, i))->what, what);
    return n;
}

/* What would be done with a new mail of that TEXT. */
static char *reason(Shop *shop, const char *text)
{
    g_autoptr(Message) mail = shop_mail("new@customer.example", "A question", "", text);
    g_autoptr(Verdict) verdict = NULL;
    pipeline_study(shop->policy, mail);
    pipeline_judge(&shop->pipeline, mail, &verdict);
    return g_steal_pointer(&verdict->reason);
}

static void assert_reason(Shop *shop, const char *text, const char *expected)
{
    g_autofree char *why = reason(shop, text);
    g_assert_cmpstr(why, ==, expected);
}

/* The first of each category, whatever the share. */
static void test_first(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    shop->policy->audit_first = 2;
    shop->policy->audit_share = 1e-9;
    g_assert_true(drawn(shop, answer(shop, 1, ASKS_PASSWORD)));
    g_assert_true(drawn(shop, answer(shop, 2, ASKS_HOURS)));
    g_assert_true(drawn(shop, answer(shop, 3, ASKS_PASSWORD)));
    g_assert_false(drawn(shop, answer(shop, 4, ASKS_PASSWORD)));
    g_assert_true(drawn(shop, answer(shop, 5, ASKS_HOURS)));
    g_assert_false(drawn(shop, answer(shop, 6, ASKS_HOURS)));
    /* counting begins anew */
    g_assert_true(restore_insert(shop->pipeline.store, "hours", "eva", NOON, NULL));
    g_assert_true(drawn(shop, answer(shop, 7, ASKS_HOURS)));
    g_assert_false(drawn(shop, answer(shop, 8, ASKS_PASSWORD)));
}

#define MANY 200

static void draw_many(Shop *shop, gboolean backwards, gboolean out[MANY])
{
    shop->policy->audit_first = 0;
    shop->policy->audit_share = 0.25;
    for (guint i = 0; i < MANY; i++) {
        guint n = backwards ? MANY - 1 - i : i;
        out[n] = drawn(shop, answer(shop, n, ASKS_PASSWORD));
    }
}

/* By the mail and the secret alone: not by order, not by time, about as many as asked for. */
static void test_share(Shop *shop, gconstpointer data)
{
    static gboolean first[MANY];
    gboolean now[MANY];
    guint n = 0, differ = 0;
    if (g_str_equal(data, "first")) {
        draw_many(shop, FALSE, first);
        for (guint i = 0; i < MANY; i++)
            n += first[i];
        g_assert_cmpuint(n, >, 30); /* 3.3 standard deviations */
        g_assert_cmpuint(n, <, 70);
        return;
    }
    if (g_str_equal(data, "another key")) {
        g_bytes_unref(shop->key);
        shop->pipeline.key = shop->key = g_bytes_new_static("another secret of these tests...", 32);
    }
    shop->pipeline.now += 1000;
    draw_many(shop, TRUE, now);
    for (guint i = 0; i < MANY; i++)
        differ += now[i] != first[i];
    if (g_str_equal(data, "backwards"))
        g_assert_cmpuint(differ, ==, 0);
    else
        g_assert_cmpuint(differ, >, 30);
}

static void test_review(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 one = answer(shop, 1, ASKS_PASSWORD), two = answer(shop, 2, ASKS_PASSWORD);
    review(shop, one, AUDIT_WRONG);
    g_autoptr(Audit) audit = audit_load(shop->pipeline.store, one, NULL);
    g_assert_cmpint(audit->outcome, ==, AUDIT_WRONG);
    g_assert_cmpstr(audit->who, ==, "eva");
    g_assert_cmpint(audit->reviewed_at, ==, NOON);
    g_assert_cmpuint(told(shop, one, "reviewed"), ==, 1);
    assert_reason(shop, ASKS_PASSWORD, "none");
    g_assert_cmpuint(told(shop, one, "promise-broken"), ==, 0);

    review(shop, two, AUDIT_WRONG);
    g_assert_cmpuint(told(shop, two, "promise-broken"), ==, 1);
    assert_reason(shop, ASKS_PASSWORD, "promise-broken");
    assert_reason(shop, ASKS_HOURS, "none");
    review(shop, two, AUDIT_WRONG); /* it is broken already */
    g_assert_cmpuint(told(shop, two, "promise-broken"), ==, 1);

    g_assert_true(restore_insert(shop->pipeline.store, "password", "eva", NOON, NULL));
    assert_reason(shop, ASKS_PASSWORD, "none");
}

/* The agent thinks again: the last word counts. */
static void test_again(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 one = answer(shop, 1, ASKS_PASSWORD), two = answer(shop, 2, ASKS_PASSWORD);
    review(shop, one, AUDIT_WRONG);
    review(shop, two, AUDIT_WRONG);
    assert_reason(shop, ASKS_PASSWORD, "promise-broken");
    review(shop, one, AUDIT_RIGHT);
    assert_reason(shop, ASKS_PASSWORD, "none");
}

static void test_recorded(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    review(shop, answer(shop, 1, ASKS_PASSWORD), AUDIT_WRONG);
    review(shop, answer(shop, 2, ASKS_PASSWORD), AUDIT_WRONG);
    g_autoptr(Message) mail = shop_mail(KIM, "A question", "", ASKS_PASSWORD);
    g_autoptr(Verdict) verdict = shop_decide(shop, mail);
    g_assert_cmpint(verdict->action, ==, VERDICT_SUGGEST);
    g_assert_cmpstr(verdict->reason, ==, "promise-broken");
    g_assert_nonnull(strstr(verdict->detail, "password: 2 of 2 reviewed answers were wrong"));
    g_autoptr(Verdict) row = verdict_load(shop->pipeline.store, mail->id, NULL);
    g_assert_cmpfloat(row->unknown, >=, 0);
    g_assert_cmpfloat(row->unknown, <, 0.5);
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    g_assert_cmpint(((Reply *)g_ptr_array_index(replies, 0))->state, ==, REPLY_DRAFT);
}

/* An answer that waits to be sent is looked at again. */
static void test_waiting_answer(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) waits = shop_mail(KIM, "A question", "", ASKS_PASSWORD);
    g_autoptr(Message) other = shop_mail(LEE, "A question", "", ASKS_HOURS);
    verdict_free(shop_decide(shop, waits));
    verdict_free(shop_decide(shop, other));
    review(shop, answer(shop, 1, ASKS_PASSWORD), AUDIT_WRONG);
    review(shop, answer(shop, 2, ASKS_PASSWORD), AUDIT_WRONG);

    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) replies = shop_replies(shop, waits), others = shop_replies(shop, other);
    gboolean stands = TRUE;
    g_assert_true(
        pipeline_reconsider(&shop->pipeline, g_ptr_array_index(replies, 0), &stands, &error));
    g_assert_false(stands);
    g_assert_true(
        pipeline_reconsider(&shop->pipeline, g_ptr_array_index(others, 0), &stands, &error));
    g_assert_true(stands);
    g_assert_no_error(error);
    g_autoptr(Ticket) ticket = shop_ticket(shop, waits->ticket_id);
    g_assert_nonnull(strstr(ticket->note, "the promise was broken while the answer waited"));
    g_assert_null(audit_load(shop->pipeline.store, waits->id, NULL));
}

/* Labels of agents, drawn or not. */
static void test_corrected(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    shop->policy->audit_first = 1;
    shop->policy->audit_share = 1e-9;
    gint64 one = answer(shop, 1, ASKS_PASSWORD), two = answer(shop, 2, ASKS_PASSWORD);
    correct(shop, one, "password"); /* confirmed */
    correct(shop, two, "hours");
    assert_reason(shop, ASKS_PASSWORD, "none");
    correct(shop, one, NULL); /* none of the categories */
    assert_reason(shop, ASKS_PASSWORD, "promise-broken");
    g_assert_cmpuint(told(shop, one, "promise-broken"), ==, 1);
    g_assert_cmpuint(told(shop, two, "promise-broken"), ==, 0);
    /* a label does not spare the review: what is drawn waits */
    g_autoptr(GPtrArray) waiting = audit_list_waiting(shop->pipeline.store, 0, 0, NULL);
    g_assert_cmpuint(waiting->len, ==, 1);

    correct(shop, two, "password"); /* the agent thinks again */
    assert_reason(shop, ASKS_PASSWORD, "none");
    g_autoptr(Message) mail = shop_mail(KIM, "Zebras", "", "Zebras eat umbrellas.");
    verdict_free(shop_decide(shop, mail));
    correct(shop, mail->id, "hours"); /* was not answered by itself */
    assert_reason(shop, ASKS_PASSWORD, "none");
}

static void label(Shop *shop, gint64 message, const char *category, gint64 at)
{
    g_autoptr(Label) row = label_new();
    row->message_id = message;
    row->category = g_strdup(category);
    row->who = g_strdup("eva");
    row->source = g_strdup("command");
    row->at = at;
    g_assert_true(label_insert(shop->pipeline.store, row, NULL));
}

static Audit *settled(Shop *shop, guint n, const char *category, gint64 at, ReplyState state)
{
    g_autofree char *sender = g_strdup_printf("c%u@customer.example", n);
    g_autoptr(Message) mail = shop_mail(sender, "A question", "", ASKS_PASSWORD);
    verdict_free(shop_decide(shop, mail));
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    Reply *reply = g_ptr_array_index(replies, 0);
    if (category)
        label(shop, mail->id, category, at);
    reply->state = state;
    g_autoptr(GError) error = NULL;
    pipeline_audit_sent(&shop->pipeline, reply, &error);
    g_assert_no_error(error);
    return audit_load(shop->pipeline.store, mail->id, NULL);
}

/* Labelled while the server had not answered yet. */
static void test_on_its_way(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Audit) before = settled(shop, 1, "hours", NOON - 1, REPLY_SENT);
    g_assert_null(before->corrected); /* the decision came later */
    g_autoptr(Audit) same = settled(shop, 2, "password", NOON, REPLY_SENT);
    g_assert_null(same->corrected);
    g_autoptr(Audit) other = settled(shop, 3, "hours", NOON, REPLY_SENT);
    g_assert_cmpstr(other->corrected, ==, "hours");
    g_assert_cmpuint(told(shop, other->message_id, "promise-broken"), ==, 0);
    g_autoptr(Audit) again = settled(shop, 4, "hours", NOON, REPLY_SENT);
    g_assert_cmpuint(told(shop, again->message_id, "promise-broken"), ==, 1);
    assert_reason(shop, ASKS_PASSWORD, "promise-broken");
}

/* Nobody knows whether it left: not drawn, but a correction counts. */
static void test_unknown(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Audit) one = settled(shop, 1, NULL, 0, REPLY_UNKNOWN);
    g_autoptr(Audit) two = settled(shop, 2, NULL, 0, REPLY_UNKNOWN);
    g_assert_cmpuint(one->drawn, ==, 0);
    correct(shop, one->message_id, "hours");
    correct(shop, two->message_id, "hours");
    assert_reason(shop, ASKS_PASSWORD, "promise-broken");

    /* a run ends in the middle, and the next one finds it */
    g_autoptr(Message) mail = shop_mail(KIM, "A question", "", ASKS_HOURS);
    verdict_free(shop_decide(shop, mail));
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    gboolean moved = FALSE;
    guint count = 0;
    g_assert_true(reply_move(shop->pipeline.store, g_ptr_array_index(replies, 0), REPLY_SENDING,
                             NULL, NOON, &moved, NULL));
    g_assert_true(pipeline_recover(&shop->pipeline, &count, NULL));
    g_autoptr(Audit) found = audit_load(shop->pipeline.store, mail->id, NULL);
    g_assert_cmpuint(found->drawn, ==, 0);
    g_assert_cmpstr(found->category, ==, "hours");
}

static guint *warnings_heard; /* NULL: none are expected */

static GLogWriterOutput hear(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
    if (!warnings_heard || !(level & G_LOG_LEVEL_WARNING))
        return g_log_writer_default(level, fields, n, data);
    ++*warnings_heard;
    return G_LOG_WRITER_HANDLED;
}

/* Bookkeeping does not undo that an answer was sent. */
static void test_odd(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = shop_mail(KIM, "Zebras", "", ASKS_PASSWORD);
    shop_take(shop, mail);
    guint heard = 0;
    g_autoptr(Reply) reply = reply_new();
    reply->ticket_id = mail->ticket_id;
    reply->message_id = mail->id;
    reply->state = REPLY_SENT;
    g_autoptr(GError) error = NULL;
    warnings_heard = &heard;
    g_assert_true(pipeline_audit_sent(&shop->pipeline, reply, &error));
    warnings_heard = NULL;
    g_assert_cmpuint(heard, ==, 1);
    g_assert_no_error(error);
}

/* "Right" takes back a label, a label back to the answer's category takes back "wrong". */
static void test_last_word(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 one = answer(shop, 1, ASKS_PASSWORD), two = answer(shop, 2, ASKS_PASSWORD);
    g_autoptr(Audit) audit = NULL, open = NULL;
    correct(shop, one, "hours");
    review(shop, one, AUDIT_WRONG);
    correct(shop, two, "hours");
    review(shop, two, AUDIT_WRONG);
    assert_reason(shop, ASKS_PASSWORD, "promise-broken");
    review(shop, one, AUDIT_RIGHT);
    audit = audit_load(shop->pipeline.store, one, NULL);
    g_assert_null(audit->corrected);
    g_assert_cmpint(audit->outcome, ==, AUDIT_RIGHT);
    assert_reason(shop, ASKS_PASSWORD, "none");
    correct(shop, two, "password");
    open = audit_load(shop->pipeline.store, two, NULL);
    g_assert_null(open->corrected);
    g_assert_cmpint(open->outcome, ==, AUDIT_OPEN);
    g_assert_null(open->who);
    review(shop, two, AUDIT_WRONG); /* the category was right, the answer was not */
    correct(shop, two, "password");
    audit_free(open);
    open = audit_load(shop->pipeline.store, two, NULL);
    g_assert_cmpint(open->outcome, ==, AUDIT_WRONG);
}

#define SHARE_TEST(name)                                                                           \
    g_test_add("/audit/share/" name, Shop, name, shop_set_up, test_share, shop_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_log_set_writer_func(hear, NULL, NULL);
    SHOP_TEST("/audit/first", test_first);
    SHARE_TEST("first");
    SHARE_TEST("backwards");
    SHARE_TEST("another key");
    SHOP_TEST("/audit/review", test_review);
    SHOP_TEST("/audit/again", test_again);
    SHOP_TEST("/audit/recorded", test_recorded);
    SHOP_TEST("/audit/waiting-answer", test_waiting_answer);
    SHOP_TEST("/audit/corrected", test_corrected);
    SHOP_TEST("/audit/on-its-way", test_on_its_way);
    SHOP_TEST("/audit/unknown", test_unknown);
    SHOP_TEST("/audit/odd", test_odd);
    SHOP_TEST("/audit/last-word", test_last_word);
    return g_test_run();
}
