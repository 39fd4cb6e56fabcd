/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/correction.h"

static gint64 say(Store *store, gint64 message_id, const char *category)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Label) label = label_new();

    label->message_id = message_id;
    label->category = g_strdup(category);
    label->who = g_strdup("eva");
    label->source = g_strdup("command");
    label_insert(store, label, &error);
    g_assert_no_error(error);
    return label->id;
}

static gint64 take(Store *store, const char *digest)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = message_new();

    message->digest = g_strdup(digest);
    message->subject = g_strdup_printf("Subject %s", digest);
    message->text = g_strdup("Quoted");
    message->own_text = g_strdup_printf("Own %s", digest);
    message->language = g_strdup("de");
    message_insert(store, message, &error);
    g_assert_no_error(error);
    return message->id;
}

/* "12=returns 14=- " for messages 12 and 14 corrected to returns and to none, in this order. */
static char *list(Store *store, gint64 since, guint limit)
{
    g_autoptr(GError) error = NULL;
    CorrectionPast past = {since, 0};
    g_autoptr(GPtrArray) texts = correction_list(store, &past, limit, &error);
    GString *all = g_string_new(NULL);
    gint64 count = -1;

    g_assert_no_error(error);
    for (guint i = 0; i < texts->len; i++) {
        const LabelledText *text = g_ptr_array_index(texts, i);
        g_string_append_printf(all, "%" G_GINT64_FORMAT "=%s ", text->message_id,
                               text->category ? text->category : "-");
    }
    g_assert_true(correction_count(store, &past, &count, &error));
    g_assert_cmpint(count, >=, texts->len);
    g_assert_true(count == texts->len || texts->len == limit);
    return g_string_free(all, FALSE);
}

#define CORRECTED(store, since, limit, expected)                                                   \
    G_STMT_START                                                                                   \
    {                                                                                              \
        g_autofree char *corrected = list(store, since, limit);                                    \
        g_assert_cmpstr(corrected, ==, expected);                                                  \
    }                                                                                              \
    G_STMT_END

/* What counts now against what counted then; what was said in between leaves no trace. */
static void test_list(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 one = take(store, "1"), two = take(store, "2"), three = take(store, "3"),
           four = take(store, "4");
    gint64 since;

    (void)data;
    CORRECTED(store, 0, 9, "");
    say(store, one, "hours");
    say(store, one, "returns");
    say(store, two, NULL);
    since = say(store, three, "hours");
    CORRECTED(store, since, 9, "");
    say(store, one, "returns"); /* says what counts already */
    say(store, two, NULL);
    CORRECTED(store, since, 9, "");
    say(store, three, "invoice");
    say(store, four, "hours");
    say(store, one, NULL);
    say(store, two, "hours");
    CORRECTED(store, since, 9, "1=- 2=hours 3=invoice 4=hours ");
    say(store, three, "hours");
    CORRECTED(store, since, 9, "1=- 2=hours 4=hours ");
    say(store, three, "invoice"); /* keeps its place */
    CORRECTED(store, since, 9, "1=- 2=hours 3=invoice 4=hours ");
    say(store, four, NULL); /* it had no label then: even "none" is news */
    say(store, one, "returns");
    say(store, two, NULL);
    CORRECTED(store, since, 9, "3=invoice 4=- ");
    CORRECTED(store, since, 1, "4=- ");
    CORRECTED(store, 0, 9, "1=returns 2=- 3=invoice 4=- ");
    CORRECTED(store, 0, 2, "3=invoice 4=- ");
    CORRECTED(store, 1000, 9, "");
}

static void test_texts(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 one = take(store, "1"), first = say(store, one, "hours"),
           last = say(store, one, "returns");

    (void)data;
    CorrectionPast past = {0, 0};
    g_autoptr(GPtrArray) texts = correction_list(store, &past, 9, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(texts->len, ==, 1);
    const LabelledText *text = g_ptr_array_index(texts, 0);
    g_assert_cmpstr(text->subject, ==, "Subject 1");
    g_assert_cmpstr(text->text, ==, "Own 1");
    g_assert_cmpstr(text->language, ==, "de");
    g_assert_cmpint(text->label_id, ==, last);
    g_assert_cmpint(text->first_label, ==, first);
}

/* Only what was said again at a time, or later. */
static void test_time(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    g_autoptr(GError) error = NULL;
    gint64 one = take(store, "1"), two = take(store, "2");

    (void)data;
    say(store, one, "hours");
    say(store, two, "hours");
    fixture_execute(store, "UPDATE label SET at = 999");
    say(store, two, "returns");
    fixture_execute(store, "UPDATE label SET at = 1000 WHERE at < 999");
    for (gint64 at = 998; at <= 1001; at++) {
        CorrectionPast past = {0, at};
        g_autoptr(GPtrArray) texts = correction_list(store, &past, 9, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(texts->len, ==, at <= 999 ? 2 : at <= 1000 ? 1 : 0);
        if (texts->len == 1)
            g_assert_cmpint(((LabelledText *)g_ptr_array_index(texts, 0))->message_id, ==, two);
    }
}

static void old(Store *store, gint64 from, gint64 since, gint64 expected, const char *category)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LabelledText) text = correction_find_old(store, from, since, &error);

    g_assert_no_error(error);
    g_assert_cmpint(text ? text->message_id : 0, ==, expected);
    g_assert_cmpstr(text ? text->category : NULL, ==, category);
}

/* Only what training learned, and what still is so. */
static void test_old(Fixture *fixture, gconstpointer data)
{
    Store *store = fixture->store;
    gint64 one = take(store, "1"), two = take(store, "2"), three = take(store, "3"),
           four = take(store, "4");
    gint64 superseded, a, b, since;

    (void)data;
    old(store, 1, 0, 0, NULL);
    superseded = say(store, one, "hours");
    a = say(store, two, "invoice");
    say(store, three, NULL);
    since = b = say(store, one, "returns");
    say(store, four, "hours"); /* too late */
    old(store, superseded, since, two, "invoice");
    old(store, a, since, two, "invoice");
    old(store, a + 1, since, one, "returns");
    old(store, b, since, one, "returns");
    old(store, b + 1, since, 0, NULL);
    say(store, two, "hours"); /* corrected meanwhile */
    old(store, 1, since, one, "returns");
    say(store, one, NULL);
    old(store, 1, since, 0, NULL);
    say(store, two, "invoice"); /* and back */
    old(store, 1, since, two, "invoice");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/correction/list", test_list);
    FIXTURE_TEST("/correction/texts", test_texts);
    FIXTURE_TEST("/correction/time", test_time);
    FIXTURE_TEST("/correction/old", test_old);
    return g_test_run();
}
