/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/move.h"
#include "models/place.h"

static gint64 begin(Store *store, const char *account, guint32 next)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Move) move = move_new();

    move->account = g_strdup(account);
    move->folder = g_strdup("INBOX");
    move->uidvalidity = 4294967295u;
    move->filing = g_strdup(FILING_ANSWERED);
    move->target = g_strdup("Erledigt/Beantwortet");
    move->target_validity = 4294967294u;
    move->target_next = next;
    g_assert_true(move_begin(store, move, &error));
    g_assert_no_error(error);
    return move->id;
}

static void test_begin_and_end(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 first = begin(fixture->store, "support", 4294967293u);
    gint64 second = begin(fixture->store, "support", 7);

    (void)data;
    begin(fixture->store, "sales", 8);
    g_autoptr(GPtrArray) both = move_list(fixture->store, "support", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(both->len, ==, 2);
    const Move *move = g_ptr_array_index(both, 0);
    g_assert_cmpint(move->id, ==, first);
    g_assert_cmpstr(move->account, ==, "support");
    g_assert_cmpstr(move->folder, ==, "INBOX");
    g_assert_cmpuint(move->uidvalidity, ==, 4294967295u);
    g_assert_cmpstr(move->filing, ==, FILING_ANSWERED);
    g_assert_cmpstr(move->target, ==, "Erledigt/Beantwortet");
    g_assert_cmpuint(move->target_validity, ==, 4294967294u);
    g_assert_cmpuint(move->target_next, ==, 4294967293u);

    g_assert_true(move_end(fixture->store, first, &error));
    g_assert_true(move_end(fixture->store, first, &error)); /* again: nothing */
    g_autoptr(GPtrArray) one = move_list(fixture->store, "support", &error);
    g_assert_cmpuint(one->len, ==, 1);
    g_assert_cmpint(((const Move *)g_ptr_array_index(one, 0))->id, ==, second);
}

static gint64 place_at(Store *store, gint64 message, const char *folder, guint32 uidvalidity,
                       guint32 uid)
{
    g_autoptr(Place) place = place_new();

    place->message_id = message;
    place->account = g_strdup("support");
    place->folder = g_strdup(folder);
    place->uidvalidity = uidvalidity;
    place->uid = uid;
    g_assert_true(place_insert(store, place, NULL));
    return place->id;
}

/* What a move is looked up with: the places of its source, by UID. */
static void test_places_of_a_folder(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 message = fixture_message(fixture->store, 0, "01");
    gint64 second = place_at(fixture->store, message, "INBOX", 1, 20);
    gint64 first = place_at(fixture->store, message, "INBOX", 1, 3);

    (void)data;
    place_at(fixture->store, message, "INBOX", 1, 0);
    place_at(fixture->store, message, "INBOX", 2, 4);
    place_at(fixture->store, message, "Answered", 1, 5);
    g_autoptr(GPtrArray) places = place_list_folder(fixture->store, "support", "INBOX", 1, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(places->len, ==, 2);
    g_assert_cmpint(((const Place *)g_ptr_array_index(places, 0))->id, ==, first);
    g_assert_cmpint(((const Place *)g_ptr_array_index(places, 1))->id, ==, second);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/move/begin-and-end", test_begin_and_end);
    FIXTURE_TEST("/move/places-of-a-folder", test_places_of_a_folder);
    return g_test_run();
}
