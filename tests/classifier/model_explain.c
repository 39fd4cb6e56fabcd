/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model.h"

#include <math.h>
#include <string.h>

#include "tests/classifier/sample.h"

static guint category_of(const Model *model, const char *name)
{
    for (guint c = 0; c < model_n_categories(model); c++)
        if (strcmp(model_category(model, c), name) == 0)
            return c;
    g_assert_not_reached();
}

static double weight_of(const GArray *words, const char *word)
{
    for (guint i = 0; i < words->len; i++)
        if (strcmp(g_array_index(words, ModelWord, i).word, word) == 0)
            return g_array_index(words, ModelWord, i).weight;
    return 0;
}

static void test_signs(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    ModelText text = {.subject = "RÜCKSENDUNG", .text = "Bitte meine Rücksendung, Passwort xyzzy"};
    g_autoptr(GArray) for_returns = model_explain(model, &text, category_of(model, "returns"), 10);
    g_autoptr(GArray) for_password =
        model_explain(model, &text, category_of(model, "password"), 10);
    g_assert_cmpstr(g_array_index(for_returns, ModelWord, 0).word, ==,
                    "RÜCKSENDUNG"); /* as first */
    g_assert_cmpfloat(weight_of(for_returns, "RÜCKSENDUNG"), >, 0);
    g_assert_cmpfloat(weight_of(for_returns, "Passwort"), <, 0);
    g_assert_cmpfloat(weight_of(for_password, "RÜCKSENDUNG"), <, 0);
    g_assert_cmpfloat(weight_of(for_password, "Passwort"), >, 0);
    g_assert_cmpfloat(weight_of(for_returns, "Passwort"), <,
                      weight_of(for_returns, "meine")); /* filler weighs little */
    g_assert_cmpfloat(weight_of(for_returns, "xyzzy"), ==, 0);
    for (guint i = 1; i < for_returns->len; i++)
        g_assert_cmpfloat(ABS(g_array_index(for_returns, ModelWord, i).weight), <=,
                          ABS(g_array_index(for_returns, ModelWord, i - 1).weight));
}

static double sum_of(const Model *model, const ModelText *text, guint category)
{
    g_autoptr(GArray) words = model_explain(model, text, category, 1000);
    double sum = 0;
    for (guint i = 0; i < words->len; i++)
        sum += g_array_index(words, ModelWord, i).weight;
    return sum;
}

/* The words of a mail add up to what decides: nothing is left out or counted twice. */
static void test_adds_up(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    ModelText text = {.subject = "Paket Paket", .text = "Rücksendung refund, Passwort und Paket"};
    ModelGuess guesses[4];
    model_classify(model, &text, guesses, 4);
    double difference =
        sum_of(model, &text, guesses[1].category) - sum_of(model, &text, guesses[2].category);
    g_assert_cmpfloat_with_epsilon(difference, log(guesses[1].probability / guesses[2].probability),
                                   1e-3);
    double all = 0;
    for (guint c = 0; c < 4; c++)
        all += sum_of(model, &text, c);
    g_assert_cmpfloat_with_epsilon(all, 0, 1e-3);
}

static void test_limits(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    ModelText text = {.text = "Retoure Paket Rechnung Passwort"}, nothing = {0};
    g_autoptr(GArray) two = model_explain(model, &text, 0, 2);
    g_assert_cmpuint(two->len, ==, 2);
    g_autoptr(GArray) none = model_explain(model, &text, 0, 0);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GArray) empty = model_explain(model, &nothing, 0, 5);
    g_assert_cmpuint(empty->len, ==, 0);
}

/* 4-grams speak through the word that they are in. */
static void test_compound(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    ModelText text = {.text = "Passwortformular"};
    g_autoptr(GArray) words = model_explain(model, &text, category_of(model, "password"), 5);
    g_assert_cmpuint(words->len, ==, 1);
    g_assert_cmpstr(g_array_index(words, ModelWord, 0).word, ==, "Passwortformular");
    g_assert_cmpfloat(g_array_index(words, ModelWord, 0).weight, >, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model-explain/signs", test_signs);
    g_test_add_func("/model-explain/adds-up", test_adds_up);
    g_test_add_func("/model-explain/limits", test_limits);
    g_test_add_func("/model-explain/compound", test_compound);
    return g_test_run();
}
