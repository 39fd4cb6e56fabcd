/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/audit.h"
#include "models/breaker.h"
#include "models/erase.h"
#include "models/event.h"
#include "models/label.h"
#include "models/past_case.h"
#include "models/place.h"
#include "models/posting.h"
#include "models/suppression.h"
#include "models/verdict.h"
#include "tests/models/case_fixture.h"

#include <string.h>

#define KIM "kim@kunde.example"
#define SECRET "Xylophone"

static gint64 add_ticket(Store *store, const char *token, const char *customer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ticket) ticket = ticket_new();
    ticket->token = g_strdup(token);
    ticket->queue = g_strdup("general");
    ticket->subject = g_strdup(SECRET);
    ticket->customer = g_strdup(customer);
    ticket->note = g_strdup("it says " SECRET);
    g_assert_true(ticket_insert(store, ticket, &error));
    g_assert_true(event_add(store, ticket->id, 5, "erms", "decided", "words: " SECRET, &error));
    g_assert_no_error(error);
    return ticket->id;
}

static gint64 add_mail(Store *store, gint64 ticket, const char *digest, const char *from,
                       const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = message_new();
    g_autofree char *id = g_strdup_printf("%s@" SECRET ".example", digest);
    message->ticket_id = ticket;
    message->digest = g_strdup(digest);
    message->account = g_strdup("support");
    message->from_addr = g_strdup(from);
    message->from_name = g_strdup(SECRET);
    message->reply_addr = g_strdup(from);
    message->message_id = g_strdup(id);
    message->to_addrs = g_strdup("service@shop.example," KIM ",otto@kunde.example");
    message->headers = g_strdup("To: Kim <" KIM ">\n");
    message->subject = g_strdup(SECRET);
    message->text = g_strdup(text);
    message->own_text = g_strdup(text);
    message->filing = g_strdup("queue:general");
    message->received_at = 7;
    g_assert_true(message_insert(store, message, &error));
    g_assert_no_error(error);
    return message->id;
}

static Reply *add_reply(Store *store, gint64 ticket, gint64 message, const char *to)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Reply) reply = reply_new();
    reply->ticket_id = ticket;
    reply->message_id = message;
    reply->rank = 1;
    reply->origin = g_strdup("auto");
    reply->to_addr = g_strdup(to);
    reply->subject = g_strdup("Re: " SECRET);
    reply->body = g_strdup("Dear " SECRET);
    reply->mail_id = g_strdup_printf("%" G_GINT64_FORMAT "@shop.example", message);
    reply->created_at = 8;
    g_assert_true(reply_insert(store, reply, &error));
    g_assert_no_error(error);
    return g_steal_pointer(&reply);
}

static void move(Store *store, Reply *reply, ReplyState to)
{
    g_autoptr(GError) error = NULL;
    gboolean moved = FALSE;
    g_assert_true(reply_move(store, reply, to, NULL, 9, &moved, &error));
    g_assert_no_error(error);
}

static Erasure erase(Store *store, const char *address)
{
    g_autoptr(GError) error = NULL;
    Erasure erasure;
    g_assert_true(erase_person(store, address, "anna", 99, &erasure, &error));
    g_assert_no_error(error);
    return erasure;
}

static void label(Store *store, gint64 message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Label) row = label_new();
    row->message_id = message;
    row->category = g_strdup("returns");
    row->who = g_strdup("anna");
    row->source = g_strdup("command");
    g_assert_true(label_insert(store, row, &error));
}

/* How often TEXT stands in the files of the database. */
static gboolean is_in_files(const Fixture *fixture, const char *text)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *path = g_strconcat(fixture->path, ends[i], NULL), *bytes = NULL;
        gsize length = 0;
        if (g_file_get_contents(path, &bytes, &length, NULL) &&
            memmem(bytes, length, text, strlen(text)))
            return TRUE;
    }
    return FALSE;
}

/* One answered and one open ticket of Kim's, one import; another customer's that mentions her. */
typedef struct Scene {
    gint64 answered, open, other;        /* tickets */
    gint64 first, second, third, others; /* mails */
} Scene;

static Scene set_scene(Store *store)
{
    g_autoptr(GError) error = NULL;
    Scene scene;
    scene.answered = add_ticket(store, "A", KIM);
    scene.first = add_mail(store, scene.answered, "d1", KIM, SECRET);
    scene.open = add_ticket(store, "B", KIM);
    scene.second = add_mail(store, scene.open, "d2", KIM, SECRET);
    scene.third = add_mail(store, 0, "d3", KIM, SECRET);
    scene.other = add_ticket(store, "C", "otto@kunde.example");
    scene.others = add_mail(store, scene.other, "d4", "otto@kunde.example",
                            "ask her: Kim K <" KIM ">, please");
    g_autoptr(Reply) sent = add_reply(store, scene.answered, scene.first, KIM);
    reply_free(add_reply(store, scene.open, scene.second, KIM)); /* a suggestion */
    g_autoptr(Reply) waits = add_reply(store, scene.open, scene.second, KIM);
    reply_free(add_reply(store, scene.other, scene.others, "otto@kunde.example"));
    move(store, sent, REPLY_APPROVED);
    move(store, sent, REPLY_SENDING);
    move(store, sent, REPLY_SENT);
    move(store, waits, REPLY_APPROVED);
    label(store, scene.first);
    label(store, scene.third);
    label(store, scene.others);
    g_autoptr(Verdict) verdict = verdict_new();
    verdict->message_id = scene.first;
    verdict->reason = g_strdup("none");
    verdict->detail = g_strdup(SECRET);
    verdict->category = g_strdup("returns");
    verdict->words = g_strdup("[{\"word\":\"" SECRET "\",\"weight\":1}]");
    verdict->candidates = g_strdup("[]");
    verdict->authentication = g_strdup(KIM " is known");
    g_assert_true(verdict_insert(store, verdict, &error));
    g_autoptr(Audit) audit = audit_new();
    audit->message_id = scene.first;
    audit->category = g_strdup("returns");
    audit->sent_at = 9;
    audit->drawn = 1;
    g_assert_true(audit_insert(store, audit, &error));
    for (guint i = 0; i < 2; i++) {
        g_autoptr(Place) place = place_new();
        place->message_id = i ? scene.first : scene.others;
        place->account = g_strdup("support");
        place->folder = g_strdup("Answered");
        place->uidvalidity = 3;
        place->uid = 10 + i;
        g_assert_true(place_insert(store, place, &error));
    }
    Suppression kim = {(char *)KIM, 10, sent->id, 0, (char *)"no such user"};
    g_assert_true(suppression_add(store, &kim, NULL, &error));
    g_assert_no_error(error);
    return scene;
}

static void test_skeletons(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    (void)data;
    Scene scene = set_scene(store);
    g_autoptr(GPtrArray) before = audit_list_counts(store, 0, &error);
    Erasure erasure = erase(store, KIM);
    g_assert_cmpint(erasure.tickets, ==, 2);
    g_assert_cmpint(erasure.mails, ==, 2);
    g_assert_cmpint(erasure.imported, ==, 1);
    g_assert_cmpint(erasure.replies, ==, 3);
    g_assert_cmpint(erasure.waiting, ==, 2);
    g_assert_cmpint(erasure.labels, ==, 2);
    g_assert_cmpint(erasure.suppressions, ==, 1);
    g_assert_cmpint(erasure.mentions, ==, 1);
    g_assert_cmpint(erasure.learned, ==, 3);

    g_autoptr(Ticket) ticket = ticket_load(store, scene.open, &error);
    g_assert_cmpint(ticket->state, ==, TICKET_CLOSED);
    g_assert_null(ticket->customer);
    g_assert_null(ticket->queue);
    g_assert_null(ticket->note);
    g_assert_cmpstr(ticket->subject, ==, "");
    g_assert_cmpstr(ticket->token, ==, "B");

    g_autoptr(Message) message = message_find_digest(store, "d1", &error);
    g_assert_cmpint(message->id, ==, scene.first);
    g_assert_true(message->flags & MESSAGE_ERASED);
    g_assert_cmpint(message->received_at, ==, 7);
    g_assert_cmpstr(message->filing, ==, "answered");
    g_assert_null(message->from_addr);
    g_assert_null(message->message_id);
    g_assert_cmpstr(message->text, ==, "");
    g_assert_null(message_find_digest(store, "d3", &error));
    g_autoptr(GPtrArray) undecided = message_list_undecided(store, 0, &error);
    g_assert_cmpuint(undecided->len, ==, 1);
    g_assert_cmpint(((Message *)g_ptr_array_index(undecided, 0))->id, ==, scene.others);

    g_autoptr(Verdict) verdict = verdict_load(store, scene.first, &error);
    g_assert_cmpstr(verdict->category, ==, "returns");
    g_assert_null(verdict->words);
    g_assert_null(verdict->authentication);
    g_autoptr(GPtrArray) after = audit_list_counts(store, 0, &error);
    g_assert_cmpmem(&((AuditCount *)g_ptr_array_index(before, 0))->answers, 5 * sizeof(gint64),
                    &((AuditCount *)g_ptr_array_index(after, 0))->answers, 5 * sizeof(gint64));
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM reply WHERE state = 'sent'"), ==,
                    1);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM reply WHERE state = 'dropped'"), ==,
                    2);
    g_autoptr(GHashTable) domains = reply_count_domains(store, 0, &error);
    g_assert_nonnull(domains);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM event WHERE what = 'erased'"), ==,
                    2);
    g_assert_no_error(error);
    Erasure again = erase(store, KIM);
    g_assert_true(erasure_empty(&again));
}

static void test_others(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    (void)data;
    Scene scene = set_scene(store);
    erase(store, KIM);
    g_autoptr(Message) message = message_load(store, scene.others, &error);
    g_assert_cmpstr(message->from_addr, ==, "otto@kunde.example");
    g_assert_cmpstr(message->to_addrs, ==, "service@shop.example,otto@kunde.example");
    g_assert_cmpstr(message->own_text, ==, "ask her: (erased), please");
    g_assert_cmpstr(message->headers, ==, "To: (erased)\n");
    g_assert_cmpstr(message->subject, ==, SECRET); /* his own words */
    g_autoptr(Ticket) ticket = ticket_load(store, scene.other, &error);
    g_assert_cmpstr(ticket->customer, ==, "otto@kunde.example");
    g_assert_cmpint(ticket->state, ==, TICKET_OPEN);
    g_autoptr(GPtrArray) replies = reply_list_ticket(store, scene.other, &error);
    g_assert_cmpstr(((Reply *)g_ptr_array_index(replies, 0))->to_addr, ==, "otto@kunde.example");
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM label"), ==, 1);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM place"), ==, 1);
    g_assert_no_error(error);
}

/* What other people write into a ticket of the person stays, but for what they quote; machines'
 * mail goes; and the person's mail in other people's tickets goes, but not these. */
static void test_mixed_tickets(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    (void)data;
    gint64 own = add_ticket(store, "A", KIM), other = add_ticket(store, "B", "otto@kunde.example");
    add_mail(store, own, "d1", KIM, SECRET);
    gint64 colleague = add_mail(store, own, "d2", "eve@kunde.example", "I agree");
    gint64 machine = add_mail(store, own, "d3", "daemon@mx.example", "returned: " SECRET);
    gint64 otto = add_mail(store, other, "d4", "otto@kunde.example", "hello");
    add_mail(store, other, "d5", KIM, SECRET);
    fixture_execute(store, "UPDATE message SET text = own_text || '> " SECRET "', automatic ="
                           " iif(digest = 'd3', 'bounce', NULL), subject = 'Re: " SECRET "'");
    fixture_execute(store, "UPDATE ticket SET subject = 'Otto'  WHERE token = 'B'");
    Erasure erasure = erase(store, KIM);
    g_assert_cmpint(erasure.tickets, ==, 1);
    g_assert_cmpint(erasure.mails, ==, 3);
    g_autoptr(Message) eve = message_load(store, colleague, &error);
    g_assert_cmpstr(eve->text, ==, "I agree");
    g_assert_cmpstr(eve->subject, ==, "");
    g_assert_cmpstr(eve->from_addr, ==, "eve@kunde.example");
    g_autoptr(Message) gone = message_load(store, machine, &error);
    g_assert_cmpstr(gone->text, ==, "");
    g_autoptr(Message) kept = message_load(store, otto, &error);
    g_assert_cmpstr(kept->text, ==, "hello");
    g_assert_cmpstr(kept->subject, ==, "Re: " SECRET);
    g_autoptr(Ticket) ticket = ticket_load(store, other, &error);
    g_assert_cmpstr(ticket->subject, ==, "Otto");
    g_assert_cmpint(ticket->state, ==, TICKET_OPEN);
    g_assert_null(ticket->note); /* it quoted */
    g_assert_no_error(error);
}

static void test_lists(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    (void)data;
    set_scene(store);
    g_autoptr(GPtrArray) mails = erase_list_mails(store, KIM, &error);
    g_autoptr(GPtrArray) copies = erase_list_copies(store, KIM, &error);
    g_autoptr(GPtrArray) folders = erase_list_folders(store, "support", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(mails->len, ==, 3); /* one of the three has a place */
    const EraseMail *placed = g_ptr_array_index(mails, 2);
    g_assert_cmpstr(placed->folder, ==, "Answered");
    g_assert_cmpuint(placed->uid, ==, 11);
    g_assert_cmpuint(placed->uidvalidity, ==, 3);
    g_assert_cmpuint(copies->len, ==, 1);
    g_assert_cmpuint(folders->len, ==, 1);
    g_assert_cmpint(
        fixture_number(store, "SELECT count(*) FROM message WHERE from_addr = '" KIM "'"), ==, 3);
    g_assert_true(erase_drop_waiting(store, KIM, 11, &error));
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM reply WHERE state = 'dropped'"), ==,
                    2);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM reply WHERE state = 'draft'"), ==,
                    1); /* Otto's */
}

static void test_falls(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    (void)data;
    set_scene(store);
    {
        g_autoptr(StoreTransaction) transaction = store_begin(store, &error);
        g_assert_nonnull(transaction);
        Erasure erasure = erase(store, KIM);
        g_assert_cmpint(erasure.tickets, ==, 2);
    }
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM ticket WHERE customer = '" KIM "'"),
                    ==, 2);
    Erasure erasure = erase(store, KIM);
    g_assert_cmpint(erasure.tickets, ==, 2);
}

/* Not one byte of it stays in the files, even of what was deleted long before. */
static void test_no_remnant(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    (void)data;
    gint64 ticket = add_ticket(store, "A", KIM);
    g_autofree char *text = g_strnfill(300000, 'x');
    memcpy(text + 150000, SECRET, strlen(SECRET));
    add_mail(store, ticket, "d1", KIM, text);
    add_mail(store, 0, "d2", KIM, text);
    g_assert_true(is_in_files(fixture, SECRET));
    g_assert_true(is_in_files(fixture, KIM));
    erase(store, KIM);
    g_assert_true(erase_compact(store, &error));
    g_assert_no_error(error);
    g_assert_false(is_in_files(fixture, SECRET));
    g_assert_false(is_in_files(fixture, KIM));
    /* and the store goes on */
    add_ticket(store, "B", "otto@kunde.example");
    Erasure erasure = erase(store, "otto@kunde.example");
    g_assert_cmpint(erasure.tickets, ==, 1);
}

static void test_cases(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    const PostingTerm terms[] = {{"xylophon", 31}, {"umbrella", 31}};
    (void)data;
    case_fixture(store);
    Scene scene = set_scene(store);
    g_autoptr(PostingBatch) batch = posting_batch_new();
    for (guint i = 0; i < 2; i++) {
        g_autoptr(PastCase) past = past_case_new();
        past->message_id = i ? scene.others : scene.first;
        past->language = g_strdup("en");
        past->answer = g_strdup(i ? "fine" : SECRET);
        g_assert_true(past_case_insert(store, past, &error));
        posting_batch_add(batch, "en", past->id, terms + i, 1);
    }
    g_assert_true(posting_batch_write(batch, store, &error));
    Erasure erasure = erase(store, KIM);
    g_assert_cmpint(erasure.cases, ==, 1);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM past_case"), ==, 1);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM posting WHERE term = 'xylophon'"),
                    ==, 0);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM posting WHERE term = 'umbrella'"),
                    ==, 1);
    g_assert_no_error(error);
}

/* A domain can be a person's. */
static void test_breaker(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    const BreakerTrip trip = {.at = 1, .why = "many", .figures = "9", .domains = "kunde.example 9"};
    (void)data;
    g_assert_true(breaker_trip(store, &trip, NULL, NULL));
    erase(store, KIM);
    g_autoptr(Breaker) breaker = breaker_load(store, NULL);
    g_assert_null(breaker->domains);
    g_assert_cmpstr(breaker->figures, ==, "9");
}

/* Every column of every table either is known here to hold nothing of a person, or is looked at:
 * whoever adds a column decides. */
static void test_every_column(Fixture *fixture, gconstpointer data)
{
    static const char known[] =
        "SELECT count(*) FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c"
        " WHERE t.schema = 'main' AND t.name NOT GLOB 'sqlite*' AND c.type = 'TEXT'"
        " AND t.name || '.' || c.name NOT IN ("
        /* erased */
        " 'ticket.customer', 'ticket.subject', 'ticket.note', 'ticket.queue', 'message.filing',"
        " 'message.automatic', 'message.message_id', 'message.in_reply_to', 'message.references',"
        " 'message.from_addr', 'message.from_name', 'message.reply_addr', 'message.to_addrs',"
        " 'message.date', 'message.subject', 'message.own_text', 'message.headers',"
        " 'message.text', 'verdict.detail', 'verdict.candidates', 'verdict.words',"
        " 'verdict.authentication', 'reply.to_addr', 'reply.to_domain', 'reply.missing',"
        " 'reply.mail_id', 'reply.in_reply_to', 'reply.references', 'reply.error',"
        " 'reply.subject', 'reply.body', 'event.detail', 'suppression.address',"
        " 'suppression.why', 'past_case.language', 'past_case.template_name', 'past_case.who',"
        " 'past_case.answer', 'posting.language', 'posting.term', 'breaker.domains',"
        /* ours, or of no person */
        " 'ticket.token', 'ticket.state', 'ticket.category', 'message.digest', 'message.account',"
        " 'message.language', 'message.thread', 'place.account', 'place.folder', 'place.filed',"
        " 'place.filing', 'verdict.action', 'verdict.reason', 'verdict.queue',"
        " 'verdict.category', 'verdict.model', 'verdict.template_name', 'verdict.template_hash',"
        " 'reply.state', 'reply.origin', 'reply.template_name', 'reply.template_hash',"
        " 'reply.approver', 'reply.language', 'label.category', 'label.who', 'label.source',"
        " 'event.who', 'event.what', 'training.model', 'training.state', 'training.replaced',"
        " 'training.who', 'training.detail', 'audit.outcome', 'audit.category',"
        " 'audit.corrected', 'audit.who', 'restore.category', 'restore.who', 'breaker.who',"
        " 'breaker.why', 'breaker.figures', 'move.account', 'move.folder', 'move.filing',"
        " 'move.target', 'offer.kind', 'offer.outcome', 'offer.source')";
    (void)data;
    case_fixture(fixture->store);
    g_assert_cmpint(fixture_number(fixture->store, known), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/erase/f50-skeletons", test_skeletons);
    FIXTURE_TEST("/erase/f50-others", test_others);
    FIXTURE_TEST("/erase/f50-mixed-tickets", test_mixed_tickets);
    FIXTURE_TEST("/erase/f50-lists", test_lists);
    FIXTURE_TEST("/erase/f50-falls", test_falls);
    FIXTURE_TEST("/erase/f50-no-remnant", test_no_remnant);
    FIXTURE_TEST("/erase/f50-cases", test_cases);
    FIXTURE_TEST("/erase/f50-breaker", test_breaker);
    FIXTURE_TEST("/erase/f50-every-column", test_every_column);
    return g_test_run();
}
