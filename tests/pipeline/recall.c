/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/recall.h"

#include "models/posting.h"
#include "tests/models/case_fixture.h"

#include <glib/gstdio.h>

typedef struct House {
    char *dir;
    Store *store;
    Tokenizer *tokenizer;
} House;

static void set_up(House *house, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;

    house->dir = g_dir_make_tmp("erms-recall-XXXXXX", &error);
    g_assert_no_error(error);
    path = g_build_filename(house->dir, "erms.db", NULL);
    house->store = store_open(path, STORE_CREATE, &error);
    g_assert_no_error(error);
    house->tokenizer = tokenizer_new();
    case_fixture(house->store);
}

static void tear_down(House *house, G_GNUC_UNUSED gconstpointer data)
{
    store_free(house->store);
    tokenizer_free(house->tokenizer);
    g_autoptr(GDir) dir = g_dir_open(house->dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(house->dir, name, NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(house->dir), ==, 0);
    g_free(house->dir);
}

/* The message's id. */
static gint64 teach(House *house, const char *digest, const char *language, const char *subject,
                    const char *text, const char *answer)
{
    g_autoptr(Message) message = message_find_digest(house->store, digest, NULL);
    const RecallAnswer given = {answer, NULL, "agent", 100, NULL};
    g_autoptr(GError) error = NULL;

    if (!message) {
        message = message_new();
        message->digest = g_strdup(digest);
        message->language = g_strdup(language);
        message->subject = g_strdup(subject);
        message->own_text = g_strdup(text);
        message->from_name = g_strdup("Erika Beispiel");
        message->from_addr = g_strdup("erika@kunde.example");
        g_assert_true(message_insert(house->store, message, &error));
    }
    g_assert_true(recall_learn(house->store, house->tokenizer, message, &given, &error));
    g_assert_no_error(error);
    return message->id;
}

static GPtrArray *ask(House *house, const RecallQuestion *question)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *found = recall_find(house->store, house->tokenizer, question, 3, &error);

    g_assert_no_error(error);
    return found;
}

static const RecallCase *nth(const GPtrArray *found, guint i)
{
    g_assert_cmpuint(i, <, found->len);
    return g_ptr_array_index(found, i);
}

static void teach_three(House *house)
{
    teach(house, "01", "de", "Rückgabe", "Wie kann ich den Drucker zurückgeben?",
          "Sehr geehrte Frau Beispiel,\n\nbitte legen Sie das Etikett zur Bestellung 88123 bei.\n\n"
          "Mit freundlichen Grüßen\nHans Agent");
    teach(house, "02", "de", "Rechnung", "Wo finde ich meine Rechnung?",
          "Guten Tag,\n\ndie Rechnung liegt im Kundenkonto.");
    teach(house, "03", "en", "Printer", "My Drucker is broken", "Hello,\n\nplease turn it off.");
}

static void test_find(House *house, G_GNUC_UNUSED gconstpointer data)
{
    const RecallQuestion question = {"Drucker", "ich will ihn zurückgeben", "de", NULL, 0};

    teach_three(house);
    g_autoptr(GPtrArray) found = ask(house, &question);
    g_assert_cmpuint(found->len, >=, 1);
    const RecallCase *best = nth(found, 0);
    g_assert_cmpstr(best->past->answer, ==,
                    "Sehr geehrte [Name],\n\nbitte legen Sie das Etikett zur Bestellung [Nummer] "
                    "bei.");
    g_assert_cmpstr(best->past->subject, ==, "Rückgabe");
    g_assert_true(best->in_language);
    g_assert_cmpuint(best->given, ==, 1);
    g_assert_cmpfloat(best->score, >, 0.3);
    g_assert_cmpfloat(best->score, <=, 1);
    g_assert_cmpuint(best->words->len, >=, 2);
    g_assert_true(g_ptr_array_find_with_equal_func(best->words, "zurückgeben", g_str_equal, NULL));
}

static void test_fallback(House *house, G_GNUC_UNUSED gconstpointer data)
{
    const RecallQuestion french = {"Drucker", NULL, "fr", NULL, 0};
    const RecallQuestion english = {"Drucker", NULL, "fr", "en", 0};

    teach_three(house);
    g_autoptr(GPtrArray) none = ask(house, &french);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) found = ask(house, &english);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpstr(nth(found, 0)->past->language, ==, "en");
    g_assert_false(nth(found, 0)->in_language);
}

static void test_same_answer(House *house, G_GNUC_UNUSED gconstpointer data)
{
    const RecallQuestion question = {"Toner", "Wo gibt es Toner?", "de", NULL, 0};
    RecallQuestion own = question;

    for (guint i = 0; i < 4; i++) {
        g_autofree char *digest = g_strdup_printf("%02u", i);
        own.message_id = teach(house, digest, "de", "Toner", "Wo gibt es Toner für meinen Drucker?",
                               "Toner gibt es bei uns im Shop!");
    }
    g_autoptr(GPtrArray) found = ask(house, &question);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpuint(nth(found, 0)->given, ==, 4);
    g_assert_cmpint(nth(found, 0)->past->message_id, ==, own.message_id); /* the newest */
    g_autoptr(GPtrArray) others = ask(house, &own);
    g_assert_cmpint(nth(others, 0)->past->message_id, !=, own.message_id);
}

static char *dump(House *house)
{
    sqlite3_stmt *statement = NULL;
    GString *rows = g_string_new(NULL);

    sqlite3_prepare_v2(
        house->store->db,
        "SELECT language || term || block || n || hex(cases) FROM posting ORDER BY 1", -1,
        &statement, NULL);
    while (sqlite3_step(statement) == SQLITE_ROW)
        g_string_append_printf(rows, "%s\n", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return g_string_free(rows, FALSE);
}

static void test_forget(House *house, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    teach_three(house);
    g_autofree char *before = dump(house);
    const gint64 message =
        teach(house, "04", "de", "Zebra", "Zebrastreifen am Drucker", "Ein Fehler.");
    g_assert_true(recall_forget(house->store, house->tokenizer, message, &error));
    g_assert_no_error(error);
    g_autofree char *after = dump(house);
    g_assert_cmpstr(after, ==, before);
    const RecallQuestion question = {"Zebrastreifen", NULL, "de", NULL, 0};
    g_autoptr(GPtrArray) found = ask(house, &question);
    g_assert_cmpuint(found->len, ==, 0);
    g_assert_true(recall_forget(house->store, house->tokenizer, message, &error)); /* twice */
    g_assert_no_error(error);
}

static void test_again(House *house, G_GNUC_UNUSED gconstpointer data)
{
    const RecallQuestion question = {"Zebra", NULL, "de", NULL, 0};
    gint64 rows = 0;

    teach_three(house);
    teach(house, "04", "de", "Zebra", "Zebra", "Die erste Antwort mit Giraffe.");
    teach(house, "04", "de", "Zebra", "Zebra", "Die zweite ganz andere Antwort.");
    g_autoptr(GPtrArray) found = ask(house, &question);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpstr(nth(found, 0)->past->answer, ==, "Die zweite ganz andere Antwort.");
    g_assert_true(sql_number(house->store, "SELECT count(*) FROM posting WHERE term LIKE 'giraff%'",
                             NULL, &rows, NULL));
    g_assert_cmpint(rows, ==, 0);
    /* an answer that says nothing takes the case out */
    teach(house, "04", "de", "Zebra", "Zebra", " \n");
    g_autoptr(GPtrArray) none = ask(house, &question);
    g_assert_cmpuint(none->len, ==, 0);
}

static void test_rebuild(House *house, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    teach_three(house);
    g_autofree char *before = dump(house);
    g_assert_true(posting_clear(house->store, NULL));
    g_assert_true(recall_rebuild(house->store, house->tokenizer, &error));
    g_assert_no_error(error);
    g_autofree char *after = dump(house);
    g_assert_cmpstr(after, ==, before);
}

/* A message that went takes its case along; what the index still has of it is never shown. */
static void test_gone(House *house, G_GNUC_UNUSED gconstpointer data)
{
    const RecallQuestion question = {"Rechnung", NULL, "de", NULL, 0};

    teach_three(house);
    g_autofree char *before = dump(house);
    const gint64 message = teach(house, "04", "de", "Rechnung", "Rechnung", "Sie fehlt noch.");
    sql_execute(house->store, "DELETE FROM message WHERE id = ?1", SQL_ARGS(SQL_NUMBER(message)),
                NULL);
    g_autoptr(GPtrArray) found = ask(house, &question);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpint(nth(found, 0)->past->message_id, !=, message);
    g_assert_true(posting_sweep(house->store, NULL, NULL));
    g_autofree char *after = dump(house);
    g_assert_cmpstr(after, ==, before);
}

static void test_empty(House *house, G_GNUC_UNUSED gconstpointer data)
{
    const RecallQuestion nothing = {NULL, NULL, NULL, NULL, 0};
    const RecallQuestion something = {"Frage", "", "", "de", 0};

    g_autoptr(GPtrArray) none = ask(house, &something);
    g_assert_cmpuint(none->len, ==, 0);
    teach_three(house);
    g_autoptr(GPtrArray) found = ask(house, &nothing);
    g_assert_cmpuint(found->len, ==, 0);
}

static void test_long_question(House *house, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GString) text = g_string_new("Drucker ");

    teach_three(house);
    for (guint i = 0; text->len < RECALL_QUESTION_MAX_BYTES; i++)
        g_string_append_printf(text, "w%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26,
                               'a' + i / 676 % 26);
    g_string_append(text, "Rechnung");
    const RecallQuestion question = {NULL, text->str, "de", NULL, 0};
    g_autoptr(GPtrArray) found = ask(house, &question);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_cmpstr(nth(found, 0)->past->subject, ==, "Rückgabe");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add("/recall/" name, House, NULL, set_up, func, tear_down)
    ADD("find", test_find);
    ADD("fallback", test_fallback);
    ADD("same-answer", test_same_answer);
    ADD("forget", test_forget);
    ADD("again", test_again);
    ADD("rebuild", test_rebuild);
    ADD("gone", test_gone);
    ADD("empty", test_empty);
    ADD("long-question", test_long_question);
    return g_test_run();
}
