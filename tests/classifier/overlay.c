/* SPDX-License-Identifier: Apache-2.0 */
/* Learning from corrections: model_learn() and model_forget(). */
#include "classifier/model.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tests/classifier/sample.h"

typedef struct Case {
    SampleMail mail, later;
    Model *model;
} Case;

static void set_up(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    c->mail = sample_mail(400, 0, 1);
    c->later = sample_mail(200, 0, 2);
    c->model = sample_train(&c->mail, 0.05);
}

static void tear_down(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    model_free(c->model);
    sample_clear(&c->mail);
    sample_clear(&c->later);
}

/* All guesses about all later mail (GBytes). */
static GBytes *guess_all(const Case *c, const Model *model)
{
    guint n = c->later.texts->len, k = model_n_categories(model);
    ModelGuess *guesses = g_new0(ModelGuess, (gsize)n * k);
    for (guint i = 0; i < n; i++)
        g_assert_cmpuint(model_classify(model, &sample_texts(&c->later)[i], guesses + i * k, k), ==,
                         k);
    return g_bytes_new_take(guesses, (gsize)n * k * sizeof *guesses);
}

static guint count_right(const Case *c)
{
    guint right = 0;
    for (guint i = 0; i < c->later.texts->len; i++) {
        const ModelText *text = &sample_texts(&c->later)[i];
        ModelGuess guess;
        model_classify(c->model, text, &guess, 1);
        right += g_str_equal(text->category, model_category(c->model, guess.category));
    }
    return right;
}

static const char *says(const Model *model, const char *text, double *probability)
{
    ModelText mail = {.text = text};
    ModelGuess guess;
    model_classify(model, &mail, &guess, 1);
    if (probability)
        *probability = guess.probability;
    return model_category(model, guess.category);
}

static gboolean learn(Case *c, const char *text, const char *category)
{
    ModelText mail = {.text = text, .category = category};
    return model_learn(c->model, &mail, sample_texts(&c->mail), 3);
}

/* Said about a mail whose words speak for "password". */
#define STRAY "Mein Passwort passt nicht zum Anhänger am Koffer, bitte login"
#define REWORDED "bitte: das Passwort passt nicht, login am Koffer"

static void test_learns(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    double before, after;
    guint right = count_right(c);
    g_assert_cmpstr(says(c->model, STRAY, NULL), ==, "password");
    g_assert_cmpstr(says(c->model, REWORDED, NULL), ==, "password");
    says(c->model, "Passwort reset, login gesperrt", &before);
    g_assert_true(learn(c, STRAY, "returns"));
    g_assert_cmpstr(says(c->model, STRAY, NULL), ==, "returns");
    g_assert_cmpstr(says(c->model, REWORDED, NULL), ==, "returns");
    g_assert_cmpstr(says(c->model, "Passwort reset, login gesperrt", &after), ==, "password");
    g_assert_cmpfloat(after, >, before - 0.2);
    g_assert_cmpuint(count_right(c), >=, right - 2); /* the others stay */
}

static char *many_words(guint from, const char *first)
{
    GString *text = g_string_new(first);
    for (guint i = from; i < from + 1500; i++)
        g_string_append_printf(text, " wo%c%c%c", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
    return g_string_free(text, FALSE);
}

/* A long mail whose first word is new: it comes after all the known ones. */
static void test_long(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *one = many_words(0, "eins"), *two = many_words(1500, "zwei");
    g_autofree char *text = many_words(750, "nagelneu");
    const ModelText texts[] = {{.text = one, .category = "one"},
                               {.text = one, .category = "one"},
                               {.text = two, .category = "two"},
                               {.text = two, .category = "two"}};
    model_free(c->model);
    c->model = model_train(texts, 4, &model_options_default, NULL, NULL);
    ModelText mail = {.text = text, .category = "two"};
    for (int i = 0; i < 2; i++) {
        mail.category = i ? "one" : "two";
        g_assert_true(model_learn(c->model, &mail, texts, 2));
        g_assert_cmpstr(says(c->model, text, NULL), ==, mail.category);
    }
}

/* Corrected back and forth, the last word counts. */
static void test_takes_back(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const said[] = {"returns", "invoice", "password", "delivery"};
    for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
        g_assert_true(learn(c, STRAY, said[i]));
        g_assert_cmpstr(says(c->model, STRAY, NULL), ==, said[i]);
    }
}

static void test_forgets(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GBytes) before = guess_all(c, c->model);
    g_autofree char *id = g_strdup(model_id(c->model));
    g_autofree char *one = g_strconcat(id, "+1", NULL), *two = g_strconcat(id, "+2", NULL);
    learn(c, STRAY, "returns");
    g_assert_cmpstr(model_id(c->model), ==, one);
    learn(c, "Rechnung im Paket", "delivery");
    g_assert_cmpstr(model_id(c->model), ==, two);
    g_assert_cmpstr(model_trained_id(c->model), ==, id);
    g_autoptr(GBytes) during = guess_all(c, c->model);
    g_assert_false(g_bytes_equal(before, during));
    model_forget(c->model);
    g_assert_cmpstr(model_id(c->model), ==, id);
    g_autoptr(GBytes) after = guess_all(c, c->model);
    g_assert_true(g_bytes_equal(before, after)); /* bit by bit */
    learn(c, STRAY, "returns");
    learn(c, "Rechnung im Paket", "delivery");
    g_autoptr(GBytes) again = guess_all(c, c->model);
    g_assert_true(g_bytes_equal(during, again));
}

/* What the model would say without its corrections. */
static void test_trained(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    const ModelText stray = {.text = STRAY};
    ModelGuess before[4], after[4];
    memset(before, 0, sizeof before);
    memset(after, 0, sizeof after);
    model_classify(c->model, &stray, before, 4);
    learn(c, STRAY, "returns");
    model_classify(c->model, &stray, after, 4);
    g_assert_cmpuint(before[0].category, !=, after[0].category);
    memset(after, 0, sizeof after);
    g_assert_cmpuint(model_classify_trained(c->model, &stray, after, 4), ==, 4);
    g_assert_cmpmem(before, sizeof before, after, sizeof after);
}

/* What was learned is not written. */
static void test_file(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("erms-overlay-XXXXXX", &error);
    g_autofree char *path = g_build_filename(dir, "a.model", NULL);
    g_autoptr(GBytes) before = guess_all(c, c->model);
    learn(c, STRAY, "returns");
    g_assert_true(model_save(c->model, path, &error));
    g_autoptr(Model) loaded = model_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(model_id(loaded), ==, model_trained_id(c->model));
    g_autoptr(GBytes) after = guess_all(c, loaded);
    g_assert_true(g_bytes_equal(before, after));
    g_unlink(path);
    g_rmdir(dir);
}

/* Mail of no category: whatever it was taken for becomes less probable, for mail like it too. */
static void test_none(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    const char *const spam = "amount label refund bitte my Koffer",
                      *const alike = "hello, my label amount refund please";
    double before, after, like_before, like_after;
    says(c->model, spam, &before);
    says(c->model, alike, &like_before);
    guint right = count_right(c);
    g_assert_true(learn(c, spam, NULL));
    says(c->model, spam, &after);
    says(c->model, alike, &like_after);
    g_test_message("%.3f → %.3f, %.3f → %.3f", before, after, like_before, like_after);
    g_assert_cmpfloat(after, <, before);
    g_assert_cmpfloat(like_after, <, like_before);
    g_assert_cmpuint(count_right(c), >=, right - 2);
}

static void test_stranger(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GBytes) before = guess_all(c, c->model);
    g_assert_false(learn(c, STRAY, "warranty"));
    g_assert_cmpstr(model_id(c->model), ==, model_trained_id(c->model));
    learn(c, STRAY, "returns");
    g_autoptr(GBytes) one = guess_all(c, c->model);
    g_assert_false(learn(c, STRAY, "warranty"));
    g_autoptr(GBytes) two = guess_all(c, c->model);
    g_assert_true(g_bytes_equal(one, two));
    g_assert_false(g_bytes_equal(one, before));
    /* an old mail of such a category holds nothing */
    ModelText text = {.text = STRAY, .category = "returns"};
    const ModelText old[] = {{.text = "x", .category = "warranty"}, {.text = "Paket"}};
    g_assert_true(model_learn(c->model, &text, old, 2));
}

/* Words that the model has never seen. */
static void test_new_words(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    double probability;
    g_assert_true(learn(c, "xylofon quaxi", "returns"));
    g_assert_cmpstr(says(c->model, "xylofon quaxi", NULL), ==, "returns");
    g_assert_cmpstr(says(c->model, "quaxi murks", &probability), ==, "returns");
    g_assert_cmpfloat(probability, <=, 0.25 + 1e-9); /* still words that it does not know */
    learn(c, "xylofon label refund", "delivery");
    g_assert_cmpstr(says(c->model, "xylofon label refund", NULL), ==, "delivery");
    g_assert_cmpstr(says(c->model, "label refund Retoure", NULL), ==, "returns");
    const char *const empty[] = {"", "!!", "\xFF"};
    for (guint i = 0; i < G_N_ELEMENTS(empty); i++)
        g_assert_true(learn(c, empty[i], "delivery"));
    g_assert_cmpuint(count_right(c), >=, 190);
}

/* Old mail that is visited holds its place. */
static void test_replays(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    const ModelText old = {.text = "Passwort reset bitte", .category = "password"};
    const ModelText told = {.text = "Passwort Koffer bitte Anhänger", .category = "returns"};
    double trained, alone, held;
    g_assert_cmpstr(says(c->model, old.text, &trained), ==, "password");
    model_learn(c->model, &told, NULL, 0);
    g_assert_cmpstr(says(c->model, old.text, &alone), ==, "password");
    model_forget(c->model);
    model_learn(c->model, &told, &old, 1);
    g_assert_cmpstr(says(c->model, old.text, &held), ==, "password");
    g_assert_cmpstr(says(c->model, told.text, NULL), ==, "returns");
    g_test_message("%.3f: %.3f alone, %.3f held", trained, alone, held);
    g_assert_cmpfloat(held, >, alone);
}

static double weight_of(const GArray *words, const char *word)
{
    for (guint i = 0; i < words->len; i++)
        if (strcmp(g_array_index(words, ModelWord, i).word, word) == 0)
            return g_array_index(words, ModelWord, i).weight;
    return 0;
}

static double sum_of(const GArray *words)
{
    double sum = 0;
    for (guint i = 0; i < words->len; i++)
        sum += g_array_index(words, ModelWord, i).weight;
    return sum;
}

/* Old mail that a correction does not touch stays where it is: its α is that of training. */
static void test_untouched(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    const ModelText old = {.text = "Passwort Rechnung Kopie bitte", .category = "password"};
    const ModelText told = {.text = "xylofon quaxi", .category = "returns"};
    ModelGuess before[4], after[4];
    model_classify(c->model, &old, before, 4);
    model_learn(c->model, &told, &old, 1);
    model_classify(c->model, &old, after, 4);
    for (guint i = 0; i < 4; i++) {
        g_assert_cmpuint(before[i].category, ==, after[i].category);
        g_assert_cmpfloat_with_epsilon(before[i].probability, after[i].probability, 1e-5);
    }
}

/* x has length 1, however many words are new: the step is no longer than that of another mail. */
static void test_step(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GString) text = g_string_new("Passwort");
    for (guint i = 0; i < 100; i++)
        g_string_append_printf(text, " zw%c%cbel", 'a' + i / 10, 'a' + i % 10);
    learn(c, text->str, "returns");
    ModelText mail = {.text = text->str};
    guint returns = model_find_category(c->model, "returns");
    g_autoptr(GArray) words = model_explain(c->model, &mail, returns, 200);
    g_test_message("%.1f", sum_of(words));
    g_assert_cmpstr(says(c->model, text->str, NULL), ==, "returns");
    g_assert_cmpfloat(sum_of(words), >, 0);
    g_assert_cmpfloat(sum_of(words), <, 30);
}

/* The words still add up to what decides, the new ones included. */
static void test_explains(Case *c, G_GNUC_UNUSED gconstpointer data)
{
    learn(c, "Passwort quaxi Koffer Koffer", "returns");
    ModelText text = {.subject = "Koffer", .text = "Passwort und quaxi, quaxi im Paket"};
    ModelGuess guesses[4];
    model_classify(c->model, &text, guesses, 4);
    g_autoptr(GArray) second = model_explain(c->model, &text, guesses[1].category, 100);
    g_autoptr(GArray) third = model_explain(c->model, &text, guesses[2].category, 100);
    g_assert_cmpfloat_with_epsilon(sum_of(second) - sum_of(third),
                                   log(guesses[1].probability / guesses[2].probability), 1e-3);
    double all = 0;
    for (guint k = 0; k < 4; k++) {
        g_autoptr(GArray) words = model_explain(c->model, &text, k, 100);
        gboolean returns = g_str_equal(model_category(c->model, k), "returns");
        g_assert_true((weight_of(words, "quaxi") > 0) == returns);
        g_assert_true((weight_of(words, "Koffer") > 0) == returns);
        all += sum_of(words);
    }
    g_assert_cmpfloat_with_epsilon(all, 0, 1e-3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/overlay/learns", Case, NULL, set_up, test_learns, tear_down);
    g_test_add("/overlay/long", Case, NULL, set_up, test_long, tear_down);
    g_test_add("/overlay/takes-back", Case, NULL, set_up, test_takes_back, tear_down);
    g_test_add("/overlay/forgets", Case, NULL, set_up, test_forgets, tear_down);
    g_test_add("/overlay/trained", Case, NULL, set_up, test_trained, tear_down);
    g_test_add("/overlay/file", Case, NULL, set_up, test_file, tear_down);
    g_test_add("/overlay/none", Case, NULL, set_up, test_none, tear_down);
    g_test_add("/overlay/stranger", Case, NULL, set_up, test_stranger, tear_down);
    g_test_add("/overlay/new-words", Case, NULL, set_up, test_new_words, tear_down);
    g_test_add("/overlay/replays", Case, NULL, set_up, test_replays, tear_down);
    g_test_add("/overlay/untouched", Case, NULL, set_up, test_untouched, tear_down);
    g_test_add("/overlay/step", Case, NULL, set_up, test_step, tear_down);
    g_test_add("/overlay/explains", Case, NULL, set_up, test_explains, tear_down);
    return g_test_run();
}
