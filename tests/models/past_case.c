/* SPDX-License-Identifier: Apache-2.0 */
#include "models/past_case.h"

#include "tests/models/case_fixture.h"
#include "tests/models/fixture.h"

static PastCase *make(Store *store, const char *digest, gint64 print)
{
    PastCase *past = past_case_new();
    g_autoptr(GError) error = NULL;

    past->message_id = fixture_message(store, 0, digest);
    past->at = 77;
    past->print = print;
    past->language = g_strdup("de");
    past->template_name = g_strdup("returns/how-to.de");
    past->answer = g_strdup("Bitte senden Sie es zurück.");
    g_assert_true(past_case_insert(store, past, &error));
    g_assert_no_error(error);
    return past;
}

static void test_row(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(PastCase) past = NULL, found = NULL, gone = NULL;

    (void)data;
    case_fixture(store);
    past = make(store, "01", -5);
    fixture_execute(store, "UPDATE message SET subject = 'Frage', own_text = 'Wie?'");
    found = past_case_find(store, past->message_id, NULL);
    g_assert_cmpint(found->id, ==, past->id);
    g_assert_cmpint(found->print, ==, -5);
    g_assert_cmpint(found->at, ==, 77);
    g_assert_cmpstr(found->subject, ==, "Frage");
    g_assert_cmpstr(found->text, ==, "Wie?");
    g_assert_cmpstr(found->answer, ==, past->answer);
    g_assert_cmpstr(found->template_name, ==, "returns/how-to.de");
    g_assert_null(found->who);
    g_assert_true(past_case_delete(store, past->id, NULL));
    gone = past_case_load(store, past->id, NULL);
    g_assert_null(gone);
}

static void test_once(Fixture *fixture, gconstpointer data)
{
    g_autoptr(PastCase) past = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    case_fixture(fixture->store);
    past = make(fixture->store, "01", 1);
    g_assert_false(past_case_insert(fixture->store, past, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
}

static void test_list(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 count = -1;

    (void)data;
    case_fixture(store);
    for (guint i = 0; i < 5; i++) {
        g_autofree char *digest = g_strdup_printf("%02u", i);
        past_case_free(make(store, digest, i % 2));
    }
    g_autoptr(GPtrArray) some = past_case_list(store, 2, 2, NULL);
    g_assert_cmpuint(some->len, ==, 2);
    g_assert_cmpint(((PastCase *)g_ptr_array_index(some, 0))->id, ==, 3);
    g_autoptr(GPtrArray) rest = past_case_list(store, 2, 0, NULL);
    g_assert_cmpuint(rest->len, ==, 3);
    g_assert_true(past_case_count_print(store, 1, &count, NULL));
    g_assert_cmpint(count, ==, 2);
    g_assert_true(past_case_count_print(store, 0, &count, NULL));
    g_assert_cmpint(count, ==, 0);
    fixture_execute(store, "DELETE FROM message");
    g_assert_cmpint(fixture_number(store, "SELECT count(*) FROM past_case"), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/past-case/row", test_row);
    FIXTURE_TEST("/past-case/once", test_once);
    FIXTURE_TEST("/past-case/list", test_list);
    return g_test_run();
}
