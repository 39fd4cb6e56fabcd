/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model.h"

#include <math.h>
#include <string.h>

#include "tests/classifier/sample.h"

static ModelGuess best(const Model *model, const char *text)
{
    ModelText mail = {.text = text};
    ModelGuess guess = {G_MAXUINT, -1};
    g_assert_cmpuint(model_classify(model, &mail, &guess, 1), ==, 1);
    return guess;
}

static const char *best_name(const Model *model, const char *text)
{
    return model_category(model, best(model, text).category);
}

static void test_learns(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_auto(SampleMail) later = sample_mail(200, 0, 2);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    guint right = 0, over = 0;
    g_assert_cmpuint(model_n_categories(model), ==, 4);
    g_assert_cmpstr(model_category(model, 0), ==, "delivery"); /* sorted */
    g_assert_cmpstr(model_category(model, 3), ==, "returns");
    for (guint i = 0; i < later.texts->len; i++) {
        ModelGuess guess;
        model_classify(model, &sample_texts(&later)[i], &guess, 1);
        right +=
            strcmp(model_category(model, guess.category), sample_texts(&later)[i].category) == 0;
        over += guess.probability >= model_threshold(model, guess.category);
    }
    g_assert_cmpuint(right, >=, 195);
    g_assert_cmpuint(over, >=, 150);
    g_assert_cmpstr(best_name(model, "Die Sendung mit der Retoure, Ruecksendung und refund"), ==,
                    "returns");
    g_assert_cmpstr(best_name(model, "Passwortreset"), ==, "password"); /* by its 4-grams */
    ModelText subject = {.subject = "Retoure"};
    ModelGuess guess;
    model_classify(model, &subject, &guess, 1);
    g_assert_cmpstr(model_category(model, guess.category), ==, "returns");
}

static void test_report(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    g_autoptr(GPtrArray) advice = model_advice(model);
    ModelReport report;
    model_report(model, &report);
    g_assert_cmpfloat(report.accuracy, >, 0.97);
    g_assert_cmpfloat(report.coverage, >, 0.8);
    g_assert_cmpfloat(report.error, <=, 0.05);
    g_assert_cmpfloat(report.max_error, ==, 0.05);
    g_assert_cmpuint(report.texts, ==, 400);
    g_assert_cmpuint(advice->len, ==, 0);
    g_assert_cmpuint(strlen(model_id(model)), ==, 16);
    g_assert_cmpuint(model_bytes(model), >, 1000);
}

static void test_nothing_certified(void)
{
    g_auto(SampleMail) mail = sample_mail(40, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.01);
    g_autoptr(GPtrArray) advice = model_advice(model);
    for (guint c = 0; c < 4; c++)
        g_assert_cmpfloat(model_threshold(model, c), ==, 2.0);
    g_assert_cmpuint(advice->len, ==, 1);
    g_assert_nonnull(strstr(advice->pdata[0], "40 held-out mails, at least 299"));
    const double nonsense[] = {0, -1, NAN};
    for (gsize i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        g_autoptr(Model) never = sample_train(&mail, nonsense[i]);
        g_assert_cmpfloat(model_threshold(never, 0), ==, 2.0);
    }
}

/* Mail that says nothing is guessed, and known to be a guess. */
static void test_calibrated(void)
{
    g_auto(SampleMail) mail = sample_mail(2000, 3, 1);
    g_auto(SampleMail) later = sample_mail(1000, 3, 2);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    double promised = 0;
    guint right = 0, over = 0, wrong = 0;
    for (guint i = 0; i < later.texts->len; i++) {
        const ModelText *text = &sample_texts(&later)[i];
        ModelGuess guess;
        model_classify(model, text, &guess, 1);
        gboolean hit = strcmp(model_category(model, guess.category), text->category) == 0;
        promised += guess.probability;
        right += hit;
        if (guess.probability >= model_threshold(model, guess.category)) {
            over++;
            wrong += !hit;
        }
    }
    g_assert_cmpfloat(promised / 1000, <=, right / 1000.0 + 0.03); /* rather too careful */
    g_assert_cmpfloat(promised / 1000, >=, right / 1000.0 - 0.08);
    g_assert_cmpuint(over, >=, 550);
    g_assert_cmpfloat((double)wrong / over, <=, 0.05);
}

/* Copies of one mail prove no more than one of them, whatever their numbers are. */
static void test_copies(void)
{
    g_auto(SampleMail) mail = sample_mail(40, 0, 5);
    for (guint i = 0; i < 200; i++) {
        ModelText copy = {.text = g_strdup_printf("Statusbericht Server %u läuft", i),
                          .category = "status",
                          .arrival = 1000 + i};
        g_ptr_array_add(mail.strings, (gpointer)copy.text);
        g_array_append_val(mail.texts, copy);
    }
    g_autoptr(Model) model = sample_train(&mail, 0.02);
    g_assert_cmpuint(model_n_categories(model), ==, 5);
    for (guint c = 0; c < 5; c++) /* it takes 149, and 41 mails say something */
        g_assert_cmpfloat(model_threshold(model, c), ==, 2.0);
}

static void test_guesses(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    const char *const texts[] = {"Rechnung und Paket", "Passwort", "xyzzy", "",
                                 "Retoure return label"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        ModelText text = {.text = texts[i]};
        ModelGuess guesses[10];
        double sum = 0;
        g_assert_cmpuint(model_classify(model, &text, guesses, 10), ==, 4);
        for (guint k = 0; k < 4; k++) {
            g_assert_cmpfloat(guesses[k].probability, >=, 0);
            g_assert_cmpfloat(guesses[k].probability, <=, k ? guesses[k - 1].probability : 1);
            sum += guesses[k].probability;
        }
        g_assert_cmpfloat(sum, <=, 1 + 1e-9);
        g_assert_cmpuint(model_classify(model, &text, guesses, 2), ==, 2);
        g_assert_cmpuint(model_classify(model, &text, guesses, 0), ==, 0);
    }
}

static void test_unknown_is_unsure(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    const char *const texts[] = {
        "",         "   \n",        "xyzzy plugh frobnicate", "我的订单在哪里",
        "\xFF\xFE", "Rechnungsbuch"}; /* known letters, no known word */
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        ModelGuess guess = best(model, texts[i]);
        g_assert_cmpfloat(guess.probability, <=, 0.25 + 1e-9);
        g_assert_cmpfloat(guess.probability, <, model_threshold(model, guess.category));
    }
    ModelText nothing = {0};
    ModelGuess guess;
    g_assert_cmpuint(model_classify(model, &nothing, &guess, 1), ==, 1);
    g_assert_cmpfloat(guess.probability, <=, 0.25 + 1e-9);
    /* one known word among many that nobody knows is less than the known word alone */
    g_assert_cmpfloat(
        best(model, "label qwerty asdfg zxcvb poiuy lkjhg mnbvc qazwsx edcrfv").probability, <,
        best(model, "label return refund").probability);
}

/* Two categories that are never confused make sure of everything but this. */
static void test_unknown_of_two(void)
{
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(ModelText));
    for (guint i = 0; i < 100; i++) {
        ModelText a = {.text = "Rechnung Betrag", .category = "a"};
        ModelText b = {.text = "Paket Sendung", .category = "b"};
        g_array_append_val(texts, a);
        g_array_append_val(texts, b);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) model = model_train((const ModelText *)(gpointer)texts->data, texts->len,
                                         &model_options_default, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(best(model, "Rechnung").probability, >, 0.9);
    g_assert_cmpfloat(best(model, "xyzzy").probability, <=, 0.5);
    g_assert_cmpfloat(best(model, "Paketshop").probability, <=, 0.5); /* its letters alone */
}

static void test_too_few(void)
{
    const ModelText one[] = {{.text = "a", .category = "x"}, {.text = "b", .category = "x"}};
    const ModelText singles[] = {{.text = "a", .category = "x"}, {.text = "b", .category = "y"}};
    const ModelText none[] = {{.text = "a"}, {.text = "b"}};
    const ModelText enough[] = {{.text = "a", .category = "x"},
                                {.text = "a b", .category = "x"},
                                {.text = "c", .category = "y"}};
    const struct {
        const ModelText *texts;
        gsize n;
    } cases[] = {{one, 2}, {singles, 2}, {none, 2}, {NULL, 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(
            model_train(cases[i].texts, cases[i].n, &model_options_default, NULL, &error));
        g_assert_error(error, MODEL_ERROR, MODEL_ERROR_TOO_FEW);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) model = model_train(enough, 3, &model_options_default, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(best_name(model, "a"), ==, "x");
}

static void test_empty_texts(void)
{
    const ModelText empty[] = {{.category = "x"},
                               {.text = "", .category = "x"},
                               {.subject = "", .category = "y"},
                               {.text = "!!", .category = "y"}};
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) model = model_train(empty, 4, &model_options_default, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(best(model, "anything").probability, <=, 0.5);
    g_assert_cmpfloat(model_threshold(model, 0), ==, 2.0);
}

static void test_huge_text(void)
{
    g_auto(SampleMail) mail = sample_mail(80, 0, 1);
    g_autoptr(GString) huge = g_string_new(NULL);
    for (guint i = 0; i < 200000; i++)
        g_string_append_printf(huge, "Retoure wort%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26,
                               'a' + i / 676 % 26);
    ModelText text = {.text = huge->str, .category = "returns"};
    g_array_append_val(mail.texts, text);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    g_assert_cmpstr(best_name(model, huge->str), ==, "returns");
    g_assert_cmpstr(best_name(model, "Passwort reset"), ==, "password");
}

static void test_deterministic(void)
{
    g_auto(SampleMail) mail = sample_mail(200, 5, 1);
    g_auto(SampleMail) same = sample_mail(200, 5, 1);
    g_auto(SampleMail) other = sample_mail(200, 5, 9);
    g_autoptr(Model) a = sample_train(&mail, 0.05);
    g_autoptr(Model) b = sample_train(&same, 0.05);
    g_autoptr(Model) c = sample_train(&other, 0.05);
    g_assert_cmpstr(model_id(a), ==, model_id(b));
    g_assert_cmpstr(model_id(a), !=, model_id(c));
    /* the order of the categories among each other does not matter */
    ModelText *texts = (ModelText *)(gpointer)same.texts->data;
    for (guint i = 0; i < 200; i += 4) {
        ModelText first = texts[i];
        texts[i] = texts[i + 3];
        texts[i + 3] = first;
    }
    g_autoptr(Model) d = sample_train(&same, 0.05);
    g_assert_cmpfloat_with_epsilon(best(a, "Retoure bitte").probability,
                                   best(d, "Retoure bitte").probability, 1e-4);
}

/* Texts of no category teach what not to answer. */
static void test_foreign_texts(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) before = sample_train(&mail, 0.05);
    for (guint i = 0; i < 150; i++) {
        ModelText spam = {.text = i % 2 ? "Betrag gewinnen label amount"
                                        : "amount label Sendung gratis"};
        g_array_append_val(mail.texts, spam);
    }
    g_autoptr(Model) after = sample_train(&mail, 0.05);
    ModelGuess guess = best(after, "amount label gratis");
    g_assert_cmpfloat(guess.probability, <, best(before, "amount label gratis").probability);
    g_assert_cmpfloat(guess.probability, <, model_threshold(after, guess.category));
    g_assert_cmpuint(model_n_categories(after), ==, 4);
}

/* A text that says no language is read in that of the others. */
static void test_language_of_the_others(void)
{
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(ModelText));
    for (guint i = 0; i < 20; i++) {
        ModelText a = {.text = "ich suche die Bestellung", .language = "de", .category = "order"};
        ModelText b = {.text = "ich suche die Rechnungen", .language = "de", .category = "invoice"};
        g_array_append_val(texts, a);
        g_array_append_val(texts, b);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) model = model_train((const ModelText *)(gpointer)texts->data, texts->len,
                                         &model_options_default, NULL, &error);
    g_assert_no_error(error);
    const char *const languages[] = {NULL, "", "de"};
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
        ModelText text = {.subject = "Bestellungen", .language = languages[i]};
        ModelGuess guess;
        model_classify(model, &text, &guess, 1);
        g_assert_cmpstr(model_category(model, guess.category), ==, "order");
        g_assert_cmpfloat(guess.probability, >, 0.6);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/learns", test_learns);
    g_test_add_func("/model/report", test_report);
    g_test_add_func("/model/nothing-certified", test_nothing_certified);
    g_test_add_func("/model/calibrated", test_calibrated);
    g_test_add_func("/model/copies", test_copies);
    g_test_add_func("/model/guesses", test_guesses);
    g_test_add_func("/model/unknown-is-unsure", test_unknown_is_unsure);
    g_test_add_func("/model/unknown-of-two", test_unknown_of_two);
    g_test_add_func("/model/too-few", test_too_few);
    g_test_add_func("/model/empty-texts", test_empty_texts);
    g_test_add_func("/model/huge-text", test_huge_text);
    g_test_add_func("/model/deterministic", test_deterministic);
    g_test_add_func("/model/foreign-texts", test_foreign_texts);
    g_test_add_func("/model/language-of-the-others", test_language_of_the_others);
    return g_test_run();
}
