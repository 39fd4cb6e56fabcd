/* SPDX-License-Identifier: Apache-2.0 */
/* What is recorded when a mail is decided; the rules themselves are in decide.c. */
#include "mail/compose.h"
#include "models/event.h"
#include "tests/pipeline/fixture.h"

#include <string.h>

/* Decides MAIL and compares action, reason, ticket state and filing (NULL: none). */
static void expect(Shop *shop, Message *mail, VerdictAction action, const char *reason,
                   TicketState state, const char *filing)
{
    g_autoptr(Verdict) verdict = shop_decide(shop, mail);
    if (g_strcmp0(verdict->reason, reason) != 0)
        g_error("%s instead of %s: %s", verdict->reason, reason, verdict->detail);
    g_assert_cmpint(verdict->action, ==, action);
    g_autoptr(Verdict) row = verdict_load(shop->pipeline.store, mail->id, NULL);
    g_assert_cmpstr(row->reason, ==, reason);
    g_assert_cmpstr(row->detail, ==, verdict->detail);
    g_assert_cmpint(row->decided_at, ==, shop->pipeline.now);
    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    g_assert_cmpint(ticket->state, ==, state);
    g_autofree char *lies = shop_filing(shop, mail);
    g_assert_cmpstr(lies, ==, filing);
}

static void test_send(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    shop_answer(shop, "password/phone.en.md", "when: telephone\n", "Call us.");
    g_autoptr(Message) mail = shop_mail("Kim Muster <" KIM ">", "Password",
                                        VOUCHED "References: <old@kim.example>\n", ASKS_PASSWORD);
    expect(shop, mail, VERDICT_SEND, "none", TICKET_OPEN, NULL);
    g_autoptr(Verdict) verdict = verdict_load(shop->pipeline.store, mail->id, NULL);
    g_assert_cmpstr(verdict->category, ==, "password");
    g_assert_cmpstr(verdict->template_name, ==, "password/reset.en");
    g_assert_cmpstr(verdict->model, ==, model_id(shop->model));
    g_assert_cmpfloat(verdict->probability, >=, verdict->threshold);
    g_assert_true(g_str_has_prefix(verdict->candidates, "[{\"category\":\"password\""));
    g_assert_nonnull(strstr(verdict->words, "\"word\":"));
    g_assert_null(verdict->queue);

    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    g_assert_null(ticket->queue);
    g_assert_cmpstr(ticket->note, ==, "the answer waits to be sent");
    g_assert_cmpstr(ticket->category, ==, "password");
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    const Reply *reply = g_ptr_array_index(replies, 0);
    g_assert_cmpuint(replies->len, ==, 2);
    g_assert_cmpint(((Reply *)g_ptr_array_index(replies, 1))->state, ==, REPLY_DRAFT);
    g_assert_cmpint(reply->state, ==, REPLY_APPROVED);
    g_assert_cmpstr(reply->origin, ==, "auto");
    g_assert_cmpuint(reply->rank, ==, 1);
    g_assert_cmpstr(reply->template_hash, ==, verdict->template_hash);
    g_assert_cmpstr(reply->approver, ==, "Erika Beispiel");
    g_assert_cmpstr(reply->to_addr, ==, KIM);
    g_assert_cmpstr(reply->in_reply_to, ==, mail->message_id);
    g_autofree char *references = g_strconcat("old@kim.example ", mail->message_id, NULL);
    g_assert_cmpstr(reply->references, ==, references);
    g_autofree char *subject = g_strdup_printf("Re: Password [#%s]", ticket->token);
    g_assert_cmpstr(reply->subject, ==, subject);
    g_assert_cmpstr(reply->body, ==,
                    "Dear Kim Muster,\n\nChoose “forgot password”.\n\nCorner Shop\n");
    g_autofree char *token = NULL;
    g_assert_true(compose_verify_message_id(shop->key, reply->mail_id, &token));
    g_assert_cmpstr(token, ==, ticket->token);
}

/* The same of somebody nobody vouches for: what leaves says nothing of the mail, the other
 * suggestion is for an agent. */
static void test_send_stranger(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    shop_answer(shop, "password/phone.en.md", "when: telephone\n", "{{greeting}} call us.");
    g_autoptr(Message) mail = shop_mail("Kim Muster <" KIM ">", "Password", "", ASKS_PASSWORD);
    expect(shop, mail, VERDICT_SEND, "none", TICKET_OPEN, NULL);
    g_autoptr(Verdict) verdict = verdict_load(shop->pipeline.store, mail->id, NULL);
    g_assert_cmpstr(verdict->authentication, ==, "no Authentication-Results of mx.shop.example");
    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    g_assert_cmpuint(replies->len, ==, 2);
    const Reply *first = g_ptr_array_index(replies, 0), *second = g_ptr_array_index(replies, 1);
    g_autofree char *neutral = g_strdup_printf("Your enquiry [#%s]", ticket->token);
    g_autofree char *subject = g_strdup_printf("Re: Password [#%s]", ticket->token);
    g_assert_cmpint(first->state, ==, REPLY_APPROVED);
    g_assert_cmpstr(first->subject, ==, neutral);
    g_assert_true(g_str_has_prefix(first->body, "Hello,\n"));
    g_assert_cmpint(second->state, ==, REPLY_DRAFT);
    g_assert_cmpstr(second->template_name, ==, "password/phone.en");
    g_assert_cmpuint(second->rank, ==, 2);
    g_assert_cmpstr(second->subject, ==, subject);
    g_assert_true(g_str_has_prefix(second->body, "Dear Kim Muster, call"));
}

/* Only the best suggestion is approved. */
static void test_suggest(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    policy_category(shop->policy, "hours")->mode = TEMPLATE_SUGGEST;
    shop_answer(shop, "hours/holidays.en.md", "when: holiday, christmas\n", "We are closed.");
    g_autoptr(Message) mail = shop_mail(KIM, "Opening hours", "", ASKS_HOURS);
    expect(shop, mail, VERDICT_SUGGEST, "category-mode", TICKET_OPEN, "queue:front-desk");
    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    g_assert_cmpstr(ticket->queue, ==, "front-desk");
    g_assert_cmpstr(ticket->note, ==, "category hours is set to suggest");
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    g_assert_cmpuint(replies->len, ==, 2);
    for (guint i = 0; i < replies->len; i++) {
        const Reply *reply = g_ptr_array_index(replies, i);
        g_assert_cmpint(reply->state, ==, REPLY_DRAFT);
        g_assert_null(reply->origin);
        g_assert_cmpuint(reply->rank, ==, i + 1);
    }
    const Reply *one = g_ptr_array_index(replies, 0), *two = g_ptr_array_index(replies, 1);
    g_assert_cmpstr(one->template_name, ==, "hours/open.en");
    g_assert_cmpstr(one->mail_id, !=, two->mail_id);
}

static void test_sending_off(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    shop->policy->sending = FALSE;
    g_autoptr(Message) mail = shop_mail(KIM, "Password", "", ASKS_PASSWORD);
    expect(shop, mail, VERDICT_SUGGEST, "sending-off", TICKET_OPEN, "queue:general");
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    g_assert_cmpint(((Reply *)g_ptr_array_index(replies, 0))->state, ==, REPLY_DRAFT);
}

static void test_machines(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) away =
        shop_mail(KIM, "Away", "Auto-Submitted: auto-replied\n", ASKS_PASSWORD);
    expect(shop, away, VERDICT_IGNORE, "machine", TICKET_IGNORED, FILING_IGNORED);
    g_autoptr(Message) spam = shop_mail(LEE, "Buy", "X-Spam-Flag: YES\n", ASKS_PASSWORD);
    expect(shop, spam, VERDICT_IGNORE, "machine", TICKET_IGNORED, FILING_IGNORED);
    g_autoptr(GPtrArray) replies = shop_replies(shop, away);
    g_assert_cmpuint(replies->len, ==, 0);
}

static void test_unreadable(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = shop_mail(KIM, "Broken", "", ASKS_PASSWORD);
    mail->flags |= MESSAGE_UNREADABLE;
    expect(shop, mail, VERDICT_HOLD, "unreadable", TICKET_OPEN, FILING_UNREADABLE);
    g_autoptr(Message) large = shop_mail(KIM, "Large", "", ASKS_PASSWORD);
    large->flags |= MESSAGE_OVERSIZE;
    expect(shop, large, VERDICT_HOLD, "oversize", TICKET_OPEN, "queue:general");
    g_autoptr(Message) secret = shop_mail(KIM, "Secret", "", ASKS_PASSWORD);
    secret->flags |= MESSAGE_ENCRYPTED;
    expect(shop, secret, VERDICT_HOLD, "encrypted", TICKET_OPEN, "queue:general");
    g_autoptr(Verdict) verdict = verdict_load(shop->pipeline.store, secret->id, NULL);
    g_assert_null(verdict->category);
}

/* Not understood: the default queue, and no category that nobody believes in. */
static void test_unsure(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = shop_mail(KIM, "Zebras", "", "Zebras eat purple umbrellas.");
    expect(shop, mail, VERDICT_SUGGEST, "confidence", TICKET_OPEN, "queue:general");
    g_autoptr(Message) threat =
        shop_mail(LEE, "Password", "", ASKS_PASSWORD " Or I tell my lawyer.");
    expect(shop, threat, VERDICT_SUGGEST, "threat", TICKET_OPEN, "queue:general");
    shop->pipeline.model = NULL;
    g_autoptr(Message) untaught = shop_mail("pat@customer.example", "Password", "", ASKS_PASSWORD);
    expect(shop, untaught, VERDICT_SUGGEST, "no-model", TICKET_OPEN, "queue:general");
    g_autoptr(Verdict) verdict = verdict_load(shop->pipeline.store, untaught->id, NULL);
    g_assert_null(verdict->model);
}

static void test_two_questions(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail =
        shop_mail(KIM, "Password", "",
                  "I forgot my password, cannot log in, please reset my password login. "
                  "My password was rejected, reset my password please, new password needed for my "
                  "account. I forgot my password and cannot log in, the password link expired. "
                  "When are you open on saturday?");
    expect(shop, mail, VERDICT_SUGGEST, "two-questions", TICKET_OPEN, "queue:general");
}

/* The customer writes again: a human, and the ticket stays where it is. */
static void test_running_ticket(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = shop_mail(KIM, "Hours", "Message-ID: <1@kim.example>\n", ASKS_HOURS);
    expect(shop, mail, VERDICT_SEND, "none", TICKET_OPEN, NULL);
    shop_sent(shop, mail);
    g_autoptr(Message) more =
        shop_mail(KIM, "Re: Hours", "In-Reply-To: <1@kim.example>\n", ASKS_PASSWORD);
    expect(shop, more, VERDICT_SUGGEST, "running-ticket", TICKET_OPEN, "queue:general");
    g_assert_cmpint(more->ticket_id, ==, mail->ticket_id);
    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    g_assert_cmpstr(ticket->category, ==, "hours");
    g_assert_cmpstr(ticket->queue, ==, "general");

    ticket->queue = (g_free(ticket->queue), g_strdup("front-desk"));
    g_assert_true(ticket_update(shop->pipeline.store, ticket, NULL));
    g_autoptr(Message) third =
        shop_mail(KIM, "Re: Hours", "In-Reply-To: <1@kim.example>\n", "Hello? " ASKS_PASSWORD);
    expect(shop, third, VERDICT_SUGGEST, "running-ticket", TICKET_OPEN, "queue:front-desk");
}

/* A machine's mail changes nothing about a running ticket, be it answered or open. */
static void test_machine_in_running_ticket(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    const char *away_headers = "In-Reply-To: <1@kim.example>\nAuto-Submitted: auto-replied\n";
    g_autoptr(Message) mail = shop_mail(KIM, "Hours", "Message-ID: <1@kim.example>\n", ASKS_HOURS);
    expect(shop, mail, VERDICT_SEND, "none", TICKET_OPEN, NULL);
    shop_sent(shop, mail);
    g_autoptr(Message) away = shop_mail(KIM, "Away", away_headers, "I am away.");
    expect(shop, away, VERDICT_IGNORE, "machine", TICKET_ANSWERED, FILING_IGNORED);
    g_assert_cmpint(away->ticket_id, ==, mail->ticket_id);

    g_autoptr(Ticket) ticket = shop_ticket(shop, mail->ticket_id);
    ticket->state = TICKET_OPEN;
    ticket->queue = g_strdup("front-desk");
    g_free(ticket->note);
    ticket->note = g_strdup("somebody works on it");
    g_assert_true(ticket_update(shop->pipeline.store, ticket, NULL));
    g_autoptr(Message) again = shop_mail(KIM, "Still away", away_headers, "I am away.");
    expect(shop, again, VERDICT_IGNORE, "machine", TICKET_OPEN, FILING_IGNORED);
    g_autoptr(Ticket) after = shop_ticket(shop, mail->ticket_id);
    g_assert_cmpstr(after->queue, ==, "front-desk");
    g_assert_cmpstr(after->note, ==, "somebody works on it");
    g_assert_cmpstr(after->category, ==, "hours");
}

/* An answer that is approved, but not sent yet, counts: two mails in one batch, one answer. */
static void test_recent(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) one = shop_mail(KIM, "Password", "", ASKS_PASSWORD);
    g_autoptr(Message) two = shop_mail(KIM, "Hours", "", ASKS_HOURS);
    g_autoptr(Message) other = shop_mail(LEE, "Hours", "", ASKS_HOURS);
    g_autoptr(Message) later = shop_mail(KIM, "Opening hours", "", ASKS_HOURS);
    expect(shop, one, VERDICT_SEND, "none", TICKET_OPEN, NULL);
    expect(shop, two, VERDICT_SUGGEST, "recently-answered", TICKET_OPEN, "queue:front-desk");
    expect(shop, other, VERDICT_SEND, "none", TICKET_OPEN, NULL);
    shop_sent(shop, one);
    shop->pipeline.now += shop->policy->quiet_seconds + 1;
    expect(shop, later, VERDICT_SEND, "none", TICKET_OPEN, NULL);
}

/* A message is decided once: a second answer is refused, and leaves nothing behind. */
static void test_once(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = shop_mail(KIM, "Password", "", ASKS_PASSWORD);
    expect(shop, mail, VERDICT_SEND, "none", TICKET_OPEN, NULL);
    g_autoptr(GError) error = NULL;
    shop->policy->quiet_seconds = 0;
    shop->pipeline.now += 10;
    g_assert_false(pipeline_answer(&shop->pipeline, mail, NULL, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    g_assert_cmpuint(replies->len, ==, 1);
    g_autoptr(GPtrArray) events = event_list(shop->pipeline.store, mail->ticket_id, NULL);
    g_assert_cmpuint(events->len, ==, 2);
}

/* The answer goes to Reply-To, and greets nobody by a name that is not the addressee's. */
static void test_reply_to(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail =
        shop_mail("Kim Muster <" KIM ">", "Password", "Reply-To: <" LEE ">\n", ASKS_PASSWORD);
    expect(shop, mail, VERDICT_SEND, "none", TICKET_OPEN, NULL);
    g_autoptr(GPtrArray) replies = shop_replies(shop, mail);
    const Reply *reply = g_ptr_array_index(replies, 0);
    g_assert_cmpstr(reply->to_addr, ==, LEE);
    g_assert_null(strstr(reply->body, "Kim"));
}

/* What `erms classify` asks: the same decision, and nothing is written. */
static void test_judge(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Message) mail = shop_mail(KIM, "Password", "", ASKS_PASSWORD);
    g_autoptr(Verdict) verdict = NULL;
    pipeline_study(shop->policy, mail);
    pipeline_judge(&shop->pipeline, mail, &verdict);
    g_assert_cmpint(verdict->action, ==, VERDICT_SEND);
    g_assert_cmpstr(verdict->template_name, ==, "password/reset.en");
    g_assert_cmpuint(shop_tickets(shop), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/answer/send", test_send);
    SHOP_TEST("/answer/send-stranger", test_send_stranger);
    SHOP_TEST("/answer/suggest", test_suggest);
    SHOP_TEST("/answer/sending-off", test_sending_off);
    SHOP_TEST("/answer/machines", test_machines);
    SHOP_TEST("/answer/unreadable", test_unreadable);
    SHOP_TEST("/answer/unsure", test_unsure);
    SHOP_TEST("/answer/two-questions", test_two_questions);
    SHOP_TEST("/answer/running-ticket", test_running_ticket);
    SHOP_TEST("/answer/machine-in-running-ticket", test_machine_in_running_ticket);
    SHOP_TEST("/answer/recent", test_recent);
    SHOP_TEST("/answer/once", test_once);
    SHOP_TEST("/answer/reply-to", test_reply_to);
    SHOP_TEST("/answer/judge", test_judge);
    return g_test_run();
}
