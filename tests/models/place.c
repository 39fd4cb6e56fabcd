/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/place.h"

static Place *at(gint64 message_id, const char *account, const char *folder, guint32 uidvalidity,
                 guint32 uid)
{
    Place *place = place_new();

    place->message_id = message_id;
    place->account = g_strdup(account);
    place->folder = g_strdup(folder);
    place->uidvalidity = uidvalidity;
    place->uid = uid;
    return place;
}

static gint64 put(Store *store, gint64 message_id, const char *account, const char *folder,
                  guint32 uidvalidity, guint32 uid)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Place) place = at(message_id, account, folder, uidvalidity, uid);

    place_insert(store, place, &error);
    g_assert_no_error(error);
    return place->id;
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 message = fixture_message(fixture->store, 0, "01");
    g_autoptr(Place) place = at(message, "support", "Entwürfe/Fragen", 4294967295u, 4294967294u);
    g_autoptr(GPtrArray) list = NULL;
    const Place *read;

    (void)data;
    place->filed = g_strdup(FILING_IGNORED);
    place->filing = g_strdup("the message knows better");
    message_set_filing(fixture->store, message, FILING_ANSWERED, &error);
    g_assert_true(place_insert(fixture->store, place, &error));
    put(fixture->store, message, "info", "INBOX", 1, 1);
    list = place_list_message(fixture->store, message, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list->len, ==, 2);
    read = g_ptr_array_index(list, 0);
    g_assert_cmpint(read->id, ==, place->id);
    g_assert_cmpint(read->message_id, ==, message);
    g_assert_cmpstr(read->account, ==, "support");
    g_assert_cmpstr(read->folder, ==, "Entwürfe/Fragen");
    g_assert_cmpuint(read->uidvalidity, ==, 4294967295u);
    g_assert_cmpuint(read->uid, ==, 4294967294u);
    g_assert_cmpstr(read->filed, ==, FILING_IGNORED);
    g_assert_cmpstr(read->filing, ==, FILING_ANSWERED);
}

/* The same place again changes nothing, even if the server now shows another mail there. */
static void test_same_place(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 message = fixture_message(store, 0, "01"), other = fixture_message(store, 0, "02");
    gint64 first = put(store, message, "support", "INBOX", 7, 1);

    (void)data;
    g_assert_cmpint(put(store, message, "support", "INBOX", 7, 1), ==, first);
    g_assert_cmpint(put(store, other, "support", "INBOX", 7, 1), ==, first);
    g_assert_cmpint(fixture_number(store, "SELECT message_id FROM place"), ==, message);
    g_assert_cmpint(put(store, other, "info", "INBOX", 7, 1), !=, first);
    g_assert_cmpint(put(store, other, "support", "Junk", 7, 1), !=, first);
    g_assert_cmpint(put(store, other, "support", "INBOX", 8, 1), !=, first);
    g_assert_cmpint(put(store, other, "support", "INBOX", 7, 2), !=, first);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM place"), ==, 5);
}

/* Many mails can lie in one folder with nobody knowing their UIDs. */
static void test_unknown_uids(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 message = fixture_message(store, 0, "01"), other = fixture_message(store, 0, "02");

    (void)data;
    put(store, message, "support", "Answered", 0, 0);
    put(store, other, "support", "Answered", 0, 0);
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM place"), ==, 2);
}

static void test_known_uids(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 message = fixture_message(store, 0, "01");
    g_autoptr(GArray) uids = NULL, none = NULL;

    (void)data;
    put(store, message, "support", "INBOX", 7, 300);
    put(store, message, "support", "INBOX", 7, 4294967295u);
    put(store, message, "support", "INBOX", 7, 20);
    put(store, message, "support", "INBOX", 6, 1);
    put(store, message, "info", "INBOX", 7, 2);
    put(store, message, "support", "Junk", 7, 3);
    put(store, message, "support", "INBOX", 7, 0);
    uids = place_known_uids(store, "support", "INBOX", 7, &error);
    none = place_known_uids(store, "support", "INBOX", 9, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpuint(uids->len, ==, 3);
    g_assert_cmpuint(g_array_index(uids, guint32, 0), ==, 20);
    g_assert_cmpuint(g_array_index(uids, guint32, 1), ==, 300);
    g_assert_cmpuint(g_array_index(uids, guint32, 2), ==, 4294967295u);
}

static char *pending(Store *store, const char *account, guint limit)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = place_list_pending(store, account, limit, &error);
    GString *text = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < list->len; i++) {
        const Place *place = g_ptr_array_index(list, i);
        g_string_append_printf(text, "%s%s:%u>%s", i ? " " : "", place->folder, place->uid,
                               place->filing);
    }
    return g_string_free(text, FALSE);
}

#define ASSERT_PENDING(store, account, limit, expected)                                            \
    do {                                                                                           \
        g_autofree char *text = pending(store, account, limit);                                    \
        g_assert_cmpstr(text, ==, expected);                                                       \
    } while (0)

static void test_pending(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 a = fixture_message(store, 0, "01"), b = fixture_message(store, 0, "02");
    gint64 c = fixture_message(store, 0, "03"), place;

    (void)data;
    place = put(store, a, "support", "INBOX", 7, 1);
    put(store, b, "support", "INBOX", 7, 2);
    put(store, c, "support", "INBOX", 7, 3);
    put(store, c, "support", "Archive", 5, 9);
    put(store, c, "info", "INBOX", 2, 8);
    put(store, c, "support", "INBOX", 0, 0);
    ASSERT_PENDING(store, "support", 0, "");

    message_set_filing(store, a, "ignored", &error);
    message_set_filing(store, b, "answered", &error);
    message_set_filing(store, c, "ignored", &error);
    ASSERT_PENDING(store, "support", 0,
                   "Archive:9>ignored INBOX:2>answered INBOX:1>ignored INBOX:3>ignored");
    ASSERT_PENDING(store, "support", 2, "Archive:9>ignored INBOX:2>answered");
    ASSERT_PENDING(store, "info", 0, "INBOX:8>ignored");

    /* Carried out; and then the message is wanted elsewhere. */
    g_assert_true(place_moved(store, place, "ignored", "Ignored", 4, 77, &error));
    ASSERT_PENDING(store, "support", 0, "Archive:9>ignored INBOX:2>answered INBOX:3>ignored");
    message_set_filing(store, a, "answered", &error);
    ASSERT_PENDING(store, "support", 0,
                   "Archive:9>ignored INBOX:2>answered INBOX:3>ignored Ignored:77>answered");

    /* Moved to where nobody can tell its UID: nothing can be done with it any more. */
    g_assert_true(place_moved(store, place, "answered", "Answered", 0, 0, &error));
    message_set_filing(store, a, "queue:returns", &error);
    message_set_filing(store, c, NULL, &error);
    ASSERT_PENDING(store, "support", 0, "INBOX:2>answered");
    g_assert_no_error(error);
}

/* The wish changed while the move was under way: what was done is not what is wanted. */
static void test_wish_changed(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 message = fixture_message(store, 0, "01");
    gint64 place = put(store, message, "support", "INBOX", 7, 1);

    (void)data;
    message_set_filing(store, message, "queue:returns", &error);
    message_set_filing(store, message, "answered", &error);
    g_assert_true(place_moved(store, place, "queue:returns", "Returns", 3, 5, &error));
    ASSERT_PENDING(store, "support", 0, "Returns:5>answered");
    g_assert_no_error(error);
}

/* A server that names one UID twice: the later news counts, the older row forgets its place. */
static void test_moved_onto_another(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 a = fixture_message(store, 0, "01"), b = fixture_message(store, 0, "02");
    gint64 first = put(store, a, "support", "INBOX", 7, 1);
    gint64 second = put(store, b, "support", "INBOX", 7, 2);
    g_autoptr(GPtrArray) of_a = NULL, of_b = NULL;

    (void)data;
    g_assert_true(place_moved(store, first, "answered", "Answered", 3, 5, &error));
    g_assert_true(place_moved(store, second, "answered", "Answered", 3, 5, &error));
    of_a = place_list_message(store, a, &error);
    of_b = place_list_message(store, b, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(((Place *)g_ptr_array_index(of_a, 0))->uid, ==, 0);
    g_assert_cmpuint(((Place *)g_ptr_array_index(of_b, 0))->uid, ==, 5);
    g_assert_cmpstr(((Place *)g_ptr_array_index(of_b, 0))->filed, ==, "answered");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/place/round-trip", test_round_trip);
    FIXTURE_TEST("/place/same-place", test_same_place);
    FIXTURE_TEST("/place/unknown-uids", test_unknown_uids);
    FIXTURE_TEST("/place/known-uids", test_known_uids);
    FIXTURE_TEST("/place/pending", test_pending);
    FIXTURE_TEST("/place/wish-changed", test_wish_changed);
    FIXTURE_TEST("/place/moved-onto-another", test_moved_onto_another);
    return g_test_run();
}
