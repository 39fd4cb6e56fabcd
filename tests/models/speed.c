/* SPDX-License-Identifier: Apache-2.0 */
/* How many mails per second the database takes: 10,000 messages of 1 to 2 KB with ticket, place,
 * verdict, event and three replies each, a commit per 500. A benchmark, not a test. */
#include "tests/models/fixture.h"

#include "models/event.h"
#include "models/place.h"
#include "models/verdict.h"

#include <stdio.h>
#include <string.h>

#define MESSAGES 10000
#define BATCH 500

static void take(Store *store, const char *text, guint n)
{
    g_autoptr(Ticket) ticket = ticket_new();
    g_autoptr(Message) message = message_new(), known = NULL;
    g_autoptr(Place) place = place_new();
    g_autoptr(Verdict) verdict = verdict_new();
    g_autofree char *name = g_strdup_printf("%u", n);
    gboolean ok;

    ticket->token = g_strdup(name);
    ticket->queue = g_strdup("returns");
    ticket->customer = g_strdup_printf("customer%u@kunde.example", n % 3000);
    ticket->subject = g_strdup("Where is my parcel?");
    message->digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    message->message_id = g_strdup_printf("%u@kunde.example", n);
    message->from_addr = g_strdup(ticket->customer);
    message->reply_addr = g_strdup(ticket->customer);
    message->subject = g_strdup(ticket->subject);
    message->headers = g_strndup(text, 400);
    message->text = g_strndup(text, 1000 + n * 7919 % 1000);
    message->own_text = g_strndup(message->text, strlen(message->text) / 2);
    message->language = g_strdup("en");
    message->received_at = n;
    place->account = g_strdup("support");
    place->folder = g_strdup("INBOX");
    place->uidvalidity = 1;
    place->uid = n + 1;
    verdict->reason = g_strdup("confidence");
    verdict->detail = g_strdup("0.41 is under the threshold 0.93");
    verdict->candidates = g_strndup(text, 200);
    verdict->words = g_strndup(text, 400);

    known = message_find_digest(store, message->digest, NULL);
    ok = !known && ticket_insert(store, ticket, NULL);
    message->ticket_id = ticket->id;
    ok = ok && message_insert(store, message, NULL);
    place->message_id = verdict->message_id = message->id;
    ok = ok && place_insert(store, place, NULL) && verdict_insert(store, verdict, NULL) &&
         event_add(store, ticket->id, n, "erms", "taken", NULL, NULL);
    for (guint rank = 1; rank <= 3; rank++) {
        g_autoptr(Reply) reply = reply_new();
        reply->ticket_id = ticket->id;
        reply->message_id = message->id;
        reply->rank = rank;
        reply->to_addr = g_strdup(message->reply_addr);
        reply->subject = g_strdup(message->subject);
        reply->body = g_strndup(text, 800);
        ok = ok && reply_insert(store, reply, NULL);
    }
    g_assert_true(ok);
}

static void report(const char *what, guint n, gint64 since)
{
    printf("%-28s %9.0f/s\n", what, n * 1e6 / (double)(g_get_monotonic_time() - since));
}

int main(void)
{
    Fixture fixture = {0};
    g_autofree char *text = g_strnfill(2000, 'x');
    gint64 since;

    fixture_set_up(&fixture, NULL);
    since = g_get_monotonic_time();
    for (guint n = 0; n < MESSAGES; n += BATCH) {
        g_autoptr(StoreTransaction) transaction = store_begin(fixture.store, NULL);
        for (guint i = 0; i < BATCH; i++)
            take(fixture.store, text, n + i);
        g_assert_true(store_commit(g_steal_pointer(&transaction), NULL));
    }
    report("messages taken", MESSAGES, since);

    since = g_get_monotonic_time();
    for (guint n = 0; n < MESSAGES; n += BATCH) {
        g_autoptr(StoreTransaction) transaction = store_begin(fixture.store, NULL);
        for (guint i = 0; i < BATCH; i++)
            g_assert_true(message_set_filing(fixture.store, n + i + 1, FILING_ANSWERED, NULL));
        g_assert_true(store_commit(g_steal_pointer(&transaction), NULL));
    }
    report("filing wishes", MESSAGES, since);

    since = g_get_monotonic_time();
    for (;;) {
        g_autoptr(GPtrArray) list = place_list_pending(fixture.store, "support", BATCH, NULL);
        g_autoptr(StoreTransaction) transaction = store_begin(fixture.store, NULL);
        for (guint i = 0; i < list->len; i++) {
            const Place *place = g_ptr_array_index(list, i);
            g_assert_true(place_moved(fixture.store, place->id, place->filing, "Answered", 2,
                                      place->uid, NULL));
        }
        g_assert_true(store_commit(g_steal_pointer(&transaction), NULL));
        if (list->len == 0)
            break;
    }
    report("places moved", MESSAGES, since);

    since = g_get_monotonic_time();
    for (guint n = 0; n < MESSAGES; n++) {
        g_autoptr(Message) message = message_load(fixture.store, n + 1, NULL);
        g_assert_nonnull(message);
    }
    report("messages read", MESSAGES, since);

    since = g_get_monotonic_time();
    for (guint n = 0; n < 500; n++) {
        g_autoptr(Reply) reply = reply_load(fixture.store, n * 3 + 1, NULL);
        gboolean moved;
        reply_move(fixture.store, reply, REPLY_APPROVED, NULL, 1, &moved, NULL);
        g_assert_true(moved);
    }
    report("replies moved, each synced", 500, since);
    fixture_tear_down(&fixture, NULL);
    return 0;
}
