/* SPDX-License-Identifier: Apache-2.0 */
/* Every query of the folder finds its rows by an index: asks each function once, then has SQLite
 * explain every statement it prepared. */
#include "tests/models/fixture.h"

#include "models/audit.h"
#include "models/breaker.h"
#include "models/correction.h"
#include "models/event.h"
#include "models/label.h"
#include "models/move.h"
#include "models/place.h"
#include "models/sql.h"
#include "models/suppression.h"
#include "models/training.h"
#include "models/verdict.h"

#include <string.h>

static void ask_everything(Store *store)
{
    gint64 ticket = fixture_ticket(store, "AAAA-0001");
    gint64 message = fixture_message(store, ticket, "01");
    g_autoptr(Ticket) loaded = ticket_load(store, ticket, NULL);
    g_autoptr(Reply) reply = fixture_reply(store, ticket, message);
    g_autoptr(Place) place = place_new();
    gboolean moved;
    guint count;
    gint64 last;
    const CorrectionPast past = {0, 0};

    ticket_update(store, loaded, NULL);
    ticket_free(ticket_find_token(store, "AAAA-0001", NULL));
    for (guint bits = 1; bits < 16; bits++) {
        TicketFilter filter = {.state = bits & 1 ? TICKET_OPEN : -1,
                               .queue = bits & 2 ? "q" : NULL,
                               .category = bits & 4 ? "c" : NULL,
                               .customer = bits & 8 ? "a@kunde.example" : NULL,
                               .limit = 10};
        g_ptr_array_unref(ticket_list(store, &filter, NULL));
    }
    g_hash_table_unref(ticket_count_queues(store, NULL));

    message_free(message_load(store, message, NULL));
    message_free(message_find_digest(store, "01", NULL));
    g_ptr_array_unref(message_list_ticket(store, ticket, NULL));
    g_ptr_array_unref(message_list_undecided(store, 10, NULL));
    g_array_unref(message_find_tickets(store, "m@kunde.example", 10, NULL));
    g_autoptr(Message) adopted = message_new();
    adopted->id = message;
    adopted->ticket_id = ticket;
    message_set_ticket(store, adopted, NULL);
    g_ptr_array_unref(message_list_envelopes(store, ticket, 10, NULL));
    g_ptr_array_unref(message_list_headers(store, "support", 10, NULL));
    g_ptr_array_unref(ticket_list_linked(store, ticket, 10, NULL));
    message_set_filing(store, message, FILING_ANSWERED, NULL);
    message_set_filing_ticket(store, ticket, FILING_IGNORED, NULL);

    place->message_id = message;
    place->account = g_strdup("support");
    place->folder = g_strdup("INBOX");
    place->uid = 1;
    place_insert(store, place, NULL);
    g_array_unref(place_known_uids(store, "support", "INBOX", 1, NULL));
    g_ptr_array_unref(place_list_pending(store, "support", 10, NULL));
    g_ptr_array_unref(place_list_folder(store, "support", "INBOX", 1, NULL));
    g_ptr_array_unref(move_list(store, "support", NULL));
    move_end(store, 1, NULL);
    place_moved(store, place->id, FILING_IGNORED, "Ignored", 1, 1, NULL);
    g_ptr_array_unref(place_list_message(store, message, NULL));

    reply_update_draft(store, reply, NULL);
    reply_free(reply_load(store, reply->id, NULL));
    g_ptr_array_unref(reply_list_ticket(store, ticket, NULL));
    g_ptr_array_unref(reply_list_message(store, message, NULL));
    g_ptr_array_unref(reply_list_state(store, REPLY_APPROVED, 10, NULL));
    reply_move(store, reply, REPLY_APPROVED, NULL, 1, &moved, NULL);
    reply_drop_others(store, ticket, 0, NULL);
    reply_count_recent(store, "anna@kunde.example", 1, 0, &count, NULL);
    reply_free(reply_last_sent(store, ticket, NULL));
    reply_set_back(store, reply, message, NULL);
    gint64 sent, back;
    reply_count_back(store, "c/a.en", "hash", 1, 10, &sent, &back, NULL);
    reply_count_domain(store, "kunde.example", 1, 0, &count, NULL);
    reply_count_automatic(store, 1, 0, &count, NULL);
    reply_count_refused(store, 1, &count, NULL);
    g_array_unref(reply_list_contents(store, 1, 0, 10, NULL));
    g_hash_table_unref(reply_count_domains(store, 1, NULL));
    reply_free(reply_find_mail_id(store, "m@kunde.example", NULL));

    gint64 at;
    breaker_trip(store, &(BreakerTrip){.at = 1, .why = "many"}, NULL, NULL);
    breaker_add_why(store, "more", NULL);
    breaker_free(breaker_load(store, NULL));
    breaker_set_told(store, 1, 1, NULL);
    breaker_reset(store, "eva", 1, &moved, NULL);
    breaker_last_reset(store, &at, NULL);
    Suppression suppression = {(char *)"anna@kunde.example", 1, reply->id, 0, (char *)"gone"};
    suppression_add(store, &suppression, NULL, NULL);
    suppression_free(suppression_load(store, "anna@kunde.example", NULL));
    g_ptr_array_unref(suppression_list(store, 10, NULL));
    suppression_remove(store, "anna@kunde.example", &moved, NULL);

    verdict_free(verdict_load(store, message, NULL));
    label_free(label_load(store, message, NULL));
    label_last(store, &last, NULL);
    g_ptr_array_unref(correction_list(store, &past, 10, NULL));
    correction_count(store, &past, &last, NULL);
    labelled_text_free(correction_find_old(store, 1, 1, NULL));
    training_free(training_of_model(store, "m", NULL));
    g_ptr_array_unref(verdict_list_understood(store, 1, 10, NULL));
    g_autoptr(Audit) audit = audit_new();
    audit->message_id = message;
    audit->category = g_strdup("c");
    audit_insert(store, audit, NULL);
    audit_update(store, audit, NULL);
    audit_free(audit_load(store, message, NULL));
    g_ptr_array_unref(audit_list_waiting(store, 1, 10, NULL));
    g_ptr_array_unref(audit_list_counts(store, 1, NULL));
    g_ptr_array_unref(audit_list_judged(store, 1, NULL));
    gint64 number;
    audit_count_answers(store, "c", 1, 10, &number, NULL);
    audit_count_drawn(store, "c", 1, 10, &number, NULL);
    restore_insert(store, "c", "eva", 1, NULL);
    restore_free(restore_load(store, "c", NULL));
    event_add(store, ticket, 1, "erms", "taken", NULL, NULL);
    g_ptr_array_unref(event_list(store, ticket, NULL));
}

/* What SQLite means to do, a step per line. */
static char *explain(Store *store, const char *sql)
{
    g_autofree char *question = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
    GString *text = g_string_new(NULL);
    sqlite3_stmt *plan = NULL;

    g_assert_cmpint(sqlite3_prepare_v2(store->db, question, -1, &plan, NULL), ==, SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW)
        g_string_append_printf(text, "%s\n", (const char *)sqlite3_column_text(plan, 3));
    sqlite3_finalize(plan);
    return g_string_free(text, FALSE);
}

static void test_indexes(Fixture *fixture, gconstpointer data)
{
    GHashTableIter iter;
    gpointer sql;

    (void)data;
    ask_everything(fixture->store);
    g_assert_cmpuint(g_hash_table_size(fixture->store->statements), >, 30);
    g_hash_table_iter_init(&iter, fixture->store->statements);
    while (g_hash_table_iter_next(&iter, &sql, NULL)) {
        g_autofree char *plan = explain(fixture->store, sql);
        /* message_undecided holds the undecided ones only: reading it from its start is the aim */
        g_auto(GStrv) parts = g_strsplit(plan, "SCAN (subquery", -1); /* of rows just found */
        g_autofree char *rest = g_strjoinv("", parts);
        g_auto(GStrv) rows = g_strsplit(rest, "SCAN CONSTANT ROW", -1); /* no table */
        g_autofree char *scans = g_strjoinv("", rows);
        if (strstr(scans, "SCAN ") && !strstr(plan, "INDEX message_undecided"))
            g_error("%s: %s", plan, (const char *)sql);
    }
}

/* The questions of every pass, which must not become slower as the years go by: each has its own
 * index, and that gives the order too. */
static void test_hot(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *part, *index;
    } hot[] = {
        {"FROM message WHERE decided", "message_undecided"},
        {"flags\" FROM message WHERE ticket_id", "message_ticket"},
        {"FROM ticket WHERE linked", "ticket_linked"},
        {"SELECT back FROM reply", "reply_template"},
        {"FROM message WHERE message_id", "message_message_id"},
        {"FROM place WHERE account = ?1 AND uid <> 0", "place_pending"},
        {"SELECT uid FROM place", "place_place"},
        {"FROM reply WHERE state = ?1", "reply_state"},
        {"count(*) FROM reply WHERE to_addr", "reply_recent"},
        {"count(*) FROM reply WHERE to_domain", "reply_domain"},
        {"SELECT count(*) FROM reply INDEXED", "reply_automatic"},
        {"SELECT fingerprint", "reply_automatic"},
        {"FROM breaker WHERE reset_at = 0 ORDER", "breaker_tripped"},
        {"why\" FROM suppression WHERE address =", "autoindex"},
        {"count(*) FROM ticket", "ticket_state"},
        {"SELECT 1 FROM audit WHERE category", "audit_category"},
        {"SELECT 1 FROM audit WHERE drawn", "audit_drawn"},
        {"FROM verdict WHERE unknown", "verdict_understood"},
    };

    (void)data;
    ask_everything(fixture->store);
    for (guint i = 0; i < G_N_ELEMENTS(hot); i++) {
        GHashTableIter iter;
        gpointer sql;
        guint seen = 0;

        g_hash_table_iter_init(&iter, fixture->store->statements);
        while (g_hash_table_iter_next(&iter, &sql, NULL)) {
            g_autofree char *plan = strstr(sql, hot[i].part) ? explain(fixture->store, sql) : NULL;
            if (!plan)
                continue;
            seen++;
            if (!strstr(plan, hot[i].index) || strstr(plan, "TEMP B-TREE"))
                g_error("%s: %s", plan, (const char *)sql);
        }
        g_assert_cmpuint(seen, ==, 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/plan/indexes", test_indexes);
    FIXTURE_TEST("/plan/hot", test_hot);
    return g_test_run();
}
