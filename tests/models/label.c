/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/label.h"

static gint64 say(Store *store, gint64 message_id, const char *category, gint64 at)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Label) label = label_new();

    label->message_id = message_id;
    label->category = g_strdup(category);
    label->who = g_strdup("eva");
    label->source = g_strdup("command");
    label->at = at;
    label_insert(store, label, &error);
    g_assert_no_error(error);
    return label->id;
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 message = fixture_message(fixture->store, 0, "01"), id;
    g_autoptr(Label) read = NULL;

    (void)data;
    g_assert_null(label_load(fixture->store, message, &error));
    g_assert_no_error(error);
    id = say(fixture->store, message, "rücksendung", 1700000000);
    read = label_load(fixture->store, message, &error);
    g_assert_no_error(error);
    g_assert_cmpint(read->id, ==, id);
    g_assert_cmpint(read->message_id, ==, message);
    g_assert_cmpstr(read->category, ==, "rücksendung");
    g_assert_cmpstr(read->who, ==, "eva");
    g_assert_cmpstr(read->source, ==, "command");
    g_assert_cmpint(read->at, ==, 1700000000);
}

/* A, then B, then A again: the last word counts, whatever the clock says, and all are kept. */
static void test_corrections(Fixture *fixture, gconstpointer data)
{
    static const char *const said[] = {"returns", "invoice", "returns"};
    Store *store = fixture->store;
    gint64 message = fixture_message(store, 0, "01"), other = fixture_message(store, 0, "02");

    (void)data;
    say(store, other, "delivery", 1);
    for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Label) label = NULL;
        g_autoptr(GHashTable) counts = NULL;
        g_autoptr(GPtrArray) texts = NULL;

        say(store, message, said[i], 100 - (gint64)i);
        label = label_load(store, message, &error);
        g_assert_cmpstr(label->category, ==, said[i]);
        counts = label_count(store, &error);
        g_assert_cmpuint(g_hash_table_size(counts), ==, 2);
        g_assert_cmpuint(GPOINTER_TO_UINT(g_hash_table_lookup(counts, said[i])), ==, 1);
        g_assert_cmpuint(GPOINTER_TO_UINT(g_hash_table_lookup(counts, "delivery")), ==, 1);
        texts = label_list_texts(store, &error);
        g_assert_cmpuint(texts->len, ==, 2);
        g_assert_cmpstr(((LabelledText *)g_ptr_array_index(texts, 0))->category, ==, said[i]);
        g_assert_no_error(error);
    }
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM label"), ==, 4);
}

static void test_texts(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = message_new();
    g_autoptr(GPtrArray) texts = NULL;
    const LabelledText *first, *second;
    gint64 early = fixture_message(store, 0, "01");

    (void)data;
    fixture_message(store, 0, "02"); /* nobody labelled it */
    message->digest = g_strdup("03");
    message->subject = g_strdup("Größe");
    message->text = g_strdup("Passt nicht.\n> quoted");
    message->own_text = g_strdup("Passt nicht.");
    message->language = g_strdup("de");
    g_assert_true(message_insert(store, message, &error));
    say(store, message->id, "returns", 1);
    say(store, early, "invoice", 2);

    texts = label_list_texts(store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(texts->len, ==, 2);
    first = g_ptr_array_index(texts, 0);
    second = g_ptr_array_index(texts, 1);
    g_assert_cmpint(first->message_id, ==, early);
    g_assert_cmpstr(first->text, ==, "");
    g_assert_cmpint(second->message_id, ==, message->id);
    g_assert_cmpstr(second->subject, ==, "Größe");
    g_assert_cmpstr(second->text, ==, "Passt nicht.");
    g_assert_cmpstr(second->language, ==, "de");
    g_assert_cmpstr(second->category, ==, "returns");
}

/* "None of the categories" is a label like others, and no category. */
static void test_none(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 message = fixture_message(store, 0, "01"), other = fixture_message(store, 0, "02");

    (void)data;
    say(store, message, "returns", 1);
    say(store, other, "returns", 1);
    say(store, message, NULL, 2);
    g_autoptr(Label) label = label_load(store, message, &error);
    g_assert_no_error(error);
    g_assert_nonnull(label);
    g_assert_null(label->category);
    g_autoptr(GHashTable) counts = label_count(store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_hash_table_size(counts), ==, 1);
    g_assert_cmpuint(GPOINTER_TO_UINT(g_hash_table_lookup(counts, "returns")), ==, 1);
    g_autoptr(GPtrArray) texts = label_list_texts(store, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(texts->len, ==, 2);
    g_assert_null(((LabelledText *)g_ptr_array_index(texts, 0))->category);
}

/* Which trainings can know a text is seen from the ids of its labels, which only go up. */
static void test_ids(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 message = fixture_message(store, 0, "01"), other = fixture_message(store, 0, "02");
    gint64 last = 7, first, second, third;

    (void)data;
    g_assert_true(label_last(store, &last, &error));
    g_assert_cmpint(last, ==, 0);
    first = say(store, message, "returns", 1);
    second = say(store, other, "returns", 1);
    third = say(store, message, "invoice", 1);
    g_autoptr(GPtrArray) texts = label_list_texts(store, &error);
    g_assert_no_error(error);
    const LabelledText *text = g_ptr_array_index(texts, 0);
    g_assert_cmpint(text->first_label, ==, first);
    g_assert_cmpint(text->label_id, ==, third);
    text = g_ptr_array_index(texts, 1);
    g_assert_cmpint(text->first_label, ==, second);
    g_assert_cmpint(text->label_id, ==, second);
    g_assert_true(label_last(store, &last, &error));
    g_assert_cmpint(last, ==, third);
    fixture_execute(store, "DELETE FROM label");
    g_assert_cmpint(say(store, message, "returns", 1), >, third);
}

static gint64 receive(Store *store, gint64 ticket, const char *digest, gint64 received_at)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = message_new();

    message->ticket_id = ticket;
    message->digest = g_strdup(digest);
    message->received_at = received_at;
    message_insert(store, message, &error);
    g_assert_no_error(error);
    return message->id;
}

static gint64 arrival(Store *store, gint64 message)
{
    g_autoptr(GPtrArray) texts = label_list_texts(store, NULL);

    for (guint i = 0; i < texts->len; i++) {
        const LabelledText *text = g_ptr_array_index(texts, i);
        if (text->message_id == message)
            return text->arrival;
    }
    g_assert_not_reached();
}

/* Imported mail is older than fetched mail, spread evenly within its category, whatever was
 * imported in between; of fetched mail our clock counts. The order of labelling does not. */
static void test_arrival(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 ticket = fixture_ticket(store, "AAAA-0001");
    gint64 late = receive(store, ticket, "01", 1700000500);
    gint64 a[4], b[2], nobody;
    gint64 early = receive(store, ticket, "02", 1700000100);

    (void)data;
    a[0] = receive(store, 0, "a0", 1800000000);
    b[0] = receive(store, 0, "b0", 1800000000);
    a[1] = receive(store, 0, "a1", 1800000000);
    a[2] = receive(store, 0, "a2", 1800000000);
    nobody = receive(store, 0, "n0", 1800000000);
    b[1] = receive(store, 0, "b1", 1800000000);
    a[3] = receive(store, 0, "a3", 1800000000);
    say(store, nobody, NULL, 1);
    for (int i = 3; i >= 0; i--)
        say(store, a[i], "returns", 1);
    for (int i = 0; i < 2; i++)
        say(store, b[i], "invoice", 1);
    say(store, late, "returns", 1);
    say(store, early, "returns", 1);
    g_assert_cmpint(arrival(store, early), ==, 1700000100);
    g_assert_cmpint(arrival(store, late), ==, 1700000500);
    for (int i = 0; i < 4; i++)
        g_assert_cmpint(arrival(store, a[i]), ==, i * 250000);
    for (int i = 0; i < 2; i++)
        g_assert_cmpint(arrival(store, b[i]), ==, i * 500000);
    g_assert_cmpint(arrival(store, nobody), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/label/round-trip", test_round_trip);
    FIXTURE_TEST("/label/corrections", test_corrections);
    FIXTURE_TEST("/label/texts", test_texts);
    FIXTURE_TEST("/label/none", test_none);
    FIXTURE_TEST("/label/ids", test_ids);
    FIXTURE_TEST("/label/arrival", test_arrival);
    return g_test_run();
}
