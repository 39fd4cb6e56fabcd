/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/pick.h"

#include <string.h>

#include "tests/kb/folder.h"

static Kb *load(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    Kb *kb = kb_load(folder->path, &error);
    g_assert_no_error(error);
    return kb;
}

/* The names of what is picked for a German mail, best first, then "!" if the first is clear. */
static char *pick(const Folder *folder, const char *category, const char *language,
                  const char *fallback, const char *subject, const char *text)
{
    g_autoptr(Kb) kb = load(folder);
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GDate) today = g_date_new_dmy(10, G_DATE_MARCH, 2026);
    gboolean clear = FALSE;
    g_autoptr(GArray) picks = kb_pick(kb, tokenizer, category, language, fallback, subject, text,
                                      today, TEMPLATE_PERSONAL, 10, &clear);
    GString *names = g_string_new(NULL);
    double last = 1;
    for (guint i = 0; i < picks->len; i++) {
        const Pick *at = &g_array_index(picks, Pick, i);
        g_assert_cmpfloat(at->score, >=, 0);
        g_assert_cmpfloat(at->score, <=, last);
        last = at->score;
        g_string_append_printf(names, "%s%s%s", i ? " " : "", at->template_->name,
                               at->language ? "" : "?");
    }
    return g_string_free(g_string_append(names, clear ? "!" : ""), FALSE);
}

#define ASSERT_PICK(folder, text, expected)                                                        \
    do {                                                                                           \
        g_autofree char *picked_ = pick(folder, "returns", "de", "en", "", text);                  \
        g_assert_cmpstr(picked_, ==, expected);                                                    \
    } while (0)

static Folder *returns(void)
{
    Folder *folder = folder_new();
    folder_answer(folder, "returns/how-to.de.md", "when: zurücksenden, Rückgabe, Etikett\n",
                  "So senden Sie Artikel zurück: Paket packen und abgeben.");
    folder_answer(folder, "returns/refund.de.md", "when: Geld zurück, Erstattung, Gutschrift\n",
                  "Das Geld kommt nach der Prüfung auf Ihr Konto.");
    folder_answer(folder, "invoice/copy.de.md", "", "Rechnungen stehen im Kundenkonto.");
    return folder;
}

static void test_when(void)
{
    g_autoptr(Folder) folder = returns();
    ASSERT_PICK(folder, "Wann kommt die Erstattung?", "refund how-to!");
    ASSERT_PICK(folder, "Bitte ein ETIKETT", "how-to refund!");
    ASSERT_PICK(folder, "wie ist das rueckgaberecht", "how-to refund!"); /* in a compound */
    ASSERT_PICK(folder, "Gutschriften?", "refund how-to!");              /* by the stem */
    ASSERT_PICK(folder, "Ich will mein Geld zurück!", "refund how-to!"); /* a phrase */
    g_autofree char *subject = pick(folder, "returns", "de", NULL, "Meine Erstattung", NULL);
    g_assert_cmpstr(subject, ==, "refund how-to!");
}

static void test_two_questions(void)
{
    g_autoptr(Folder) folder = returns();
    ASSERT_PICK(folder, "Wie ist die Rückgabe, und wann kommt die Erstattung?", "how-to refund");
    /* The same word twice is one match. */
    ASSERT_PICK(folder, "Rückgabe, Rückgaben, Rückgabe. Und die Gutschrift?", "how-to refund");
    /* Two more than the other, one more than the other. */
    ASSERT_PICK(folder, "Etikett, Rückgabe, zurücksenden, oder doch Gutschrift?", "how-to refund!");
    ASSERT_PICK(folder, "Etikett, Rückgabe, zurücksenden, Erstattung, Gutschrift?",
                "how-to refund");
    /* Two more, but it sounds like the other. */
    ASSERT_PICK(folder,
                "Etikett, Rückgabe, zurücksenden. Das Geld kommt nach der Prüfung aufs Konto, Geld "
                "zurück, Geld, Konto, Prüfung?",
                "how-to refund");
    /* Two `when` words that find the same word are one match. */
    folder_answer(folder, "other/a.de.md", "when: Feiertag, Feiertage, feier\n", "x");
    folder_answer(folder, "other/b.de.md", "when: Uhrzeit\n", "y");
    g_autofree char *same = pick(folder, "other", "de", NULL, "Uhrzeit am Feiertag?", NULL);
    g_assert_cmpstr(same, ==, "a b");
    /* Nothing matches: the words of the text are not enough. */
    ASSERT_PICK(folder, "Das Geld kommt nach der Prüfung auf das Konto?", "refund how-to");
}

static void test_similarity(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "returns/card.de.md", "",
                  "Die Kreditkarte wird erst beim Versand der Ware belastet.");
    folder_answer(folder, "returns/prepaid.de.md", "",
                  "Bei Vorkasse überweisen Sie den Betrag auf unser Konto.");
    ASSERT_PICK(folder, "Wann wird die Kreditkarte beim Versand belastet?", "card prepaid!");
    ASSERT_PICK(folder, "Auf welches Konto soll ich den Betrag überweisen?", "prepaid card!");
    ASSERT_PICK(folder, "Kreditkarte oder Vorkasse, welches Konto, wann belastet?", "card prepaid");
    ASSERT_PICK(folder, "Wetter", "card prepaid");
    ASSERT_PICK(folder, "", "card prepaid");
}

static void test_general_answer(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "returns/hours.de.md", "", "Der Laden ist werktags geöffnet.");
    folder_answer(folder, "returns/xmas.de.md", "when: Weihnachten\n",
                  "Zum Fest zu: Ladenschluss.");
    ASSERT_PICK(folder, "Wann ist geöffnet?", "hours xmas!");
    ASSERT_PICK(folder, "Irgendetwas anderes", "hours xmas!");
    ASSERT_PICK(folder, "Offen an Weihnachten?", "xmas hours!");
    ASSERT_PICK(folder, "Wann ist Ladenschluss zum Fest?", "hours xmas"); /* the words say xmas */
}

static void test_only_one(void)
{
    g_autoptr(Folder) folder = returns();
    g_autofree char *one = pick(folder, "invoice", "de", "en", "Wetter", "");
    g_autofree char *none = pick(folder, "nowhere", "de", "en", "Erstattung", "");
    g_assert_cmpstr(one, ==, "copy!");
    g_assert_cmpstr(none, ==, "");
}

static void test_usable_only(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "returns/off.de.md", "mode: off\n", "x");
    folder_answer(folder, "returns/old.de.md", "valid-to: 2026-03-09\n", "x");
    folder_answer(folder, "returns/early.de.md", "valid-from: 2026-03-11\n", "x");
    folder_answer(folder, "returns/suggest.de.md", "mode: suggest\n", "x");
    folder_answer(folder, "returns/english.en.md", "", "x");
    folder_answer(folder, "other/fine.de.md", "", "x");
    folder_write(folder, "returns/draft.de.md", "---\ntitle: T\n---\nx\n");
    ASSERT_PICK(folder, "x", "suggest!");
}

static void test_fallback(void)
{
    g_autoptr(Folder) folder = returns();
    folder_answer(folder, "returns/how-to.fr.md", "state: draft\n",
                  "x"); /* state twice: left out */
    static const char *const rows[][3] = {
        {"fr", "de", "refund? how-to?!"},
        {"", "de", "refund? how-to?!"},
        {NULL, "de", "refund? how-to?!"},
        {"fr", "en", ""},
        {"fr", NULL, ""},
        {NULL, NULL, ""},
        {"de", "en", "refund how-to!"},
        {"de", "de", "refund how-to!"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *picked = pick(folder, "returns", rows[i][0], rows[i][1], "Erstattung", "");
        g_assert_cmpstr(picked, ==, rows[i][2]);
    }
}

static void test_max_and_clear(void)
{
    g_autoptr(Folder) folder = returns();
    g_autoptr(Kb) kb = load(folder);
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GDate) today = g_date_new_dmy(10, G_DATE_MARCH, 2026);
    gboolean clear = TRUE;
    g_autoptr(GArray) one = kb_pick(kb, tokenizer, "returns", "de", NULL, NULL,
                                    "Rückgabe, Erstattung", today, TEMPLATE_PERSONAL, 1, &clear);
    g_assert_cmpuint(one->len, ==, 1);
    g_assert_false(clear); /* the one that was cut off counts */
    g_autoptr(GArray) unasked =
        kb_pick(kb, tokenizer, "returns", "de", NULL, NULL, "", today, TEMPLATE_PERSONAL, 9, NULL);
    g_assert_cmpuint(unasked->len, ==, 2);
}

/* As if there were no personal ones, which would have come first, or made it unclear. */
static void test_public_only(void)
{
    g_autoptr(Folder) folder = returns();
    folder_answer(folder, "returns/mine.de.md", "discloses: personal\nwhen: Rückgabe, Stand\n",
                  "Ihre Rückgabe ist da.");
    g_autoptr(Kb) kb = load(folder);
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GDate) today = g_date_new_dmy(10, G_DATE_MARCH, 2026);
    const struct {
        TemplateDiscloses most;
        const char *text, *first;
        guint len;
        gboolean clear;
    } rows[] = {
        {TEMPLATE_PERSONAL, "Stand der Rückgabe?", "returns/mine.de", 3, FALSE},
        {TEMPLATE_PUBLIC, "Stand der Rückgabe?", "returns/how-to.de", 2, TRUE},
        {TEMPLATE_PERSONAL, "Wie ist der Stand?", "returns/mine.de", 3, TRUE},
        {TEMPLATE_PUBLIC, "Wie ist der Stand?", NULL, 2, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gboolean clear = !rows[i].clear;
        g_autoptr(GArray) picks = kb_pick(kb, tokenizer, "returns", "de", NULL, NULL, rows[i].text,
                                          today, rows[i].most, 9, &clear);
        g_assert_cmpuint(picks->len, ==, rows[i].len);
        if (rows[i].first)
            g_assert_cmpstr(g_array_index(picks, Pick, 0).template_->id, ==, rows[i].first);
        g_assert_true(clear == rows[i].clear);
    }
}

static void test_long_mail(void)
{
    g_autoptr(Folder) folder = returns();
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < 5 * 1000 * 1000)
        g_string_append_printf(text, "wort%u übrig ", (guint)text->len);
    g_string_append(text, " Erstattung");
    ASSERT_PICK(folder, text->str, "how-to refund");
}

/* ---- search -------------------------------------------------------------------------------- */

static void assert_search(const char *words, const char *expected)
{
    g_autoptr(Folder) folder = returns();
    folder_write(folder, "invoice/draft.en.md",
                 "---\ntitle: Copies of invoices\n---\nSee {{company.portal}}, returns too.\n");
    g_autoptr(Kb) kb = load(folder);
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GArray) picks = kb_search(kb, tokenizer, words, 3);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < picks->len; i++)
        g_string_append_printf(names, "%s%s", i ? " " : "",
                               g_array_index(picks, Pick, i).template_->id);
    g_assert_cmpstr(names->str, ==, expected);
}

static void test_search(void)
{
    assert_search("erstattung", "returns/refund.de");
    assert_search("ERSTATT", "returns/refund.de");
    assert_search("Rückgabe Etikett", "returns/how-to.de");
    assert_search("rueckgabe", "returns/how-to.de");
    assert_search("invoice", "invoice/copy.de invoice/draft.en");
    assert_search("invoices", "invoice/draft.en invoice/copy.de");
    assert_search("returns", "returns/how-to.de returns/refund.de invoice/draft.en");
    assert_search("returns paket", "returns/how-to.de returns/refund.de invoice/draft.en");
    assert_search("portal", "");
    assert_search("", "");
    assert_search("zzz", "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pick/when", test_when);
    g_test_add_func("/pick/two-questions", test_two_questions);
    g_test_add_func("/pick/similarity", test_similarity);
    g_test_add_func("/pick/general-answer", test_general_answer);
    g_test_add_func("/pick/only-one", test_only_one);
    g_test_add_func("/pick/usable-only", test_usable_only);
    g_test_add_func("/pick/fallback", test_fallback);
    g_test_add_func("/pick/max-and-clear", test_max_and_clear);
    g_test_add_func("/pick/public-only", test_public_only);
    g_test_add_func("/pick/long-mail", test_long_mail);
    g_test_add_func("/pick/search", test_search);
    return g_test_run();
}
