/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What learning from corrections is worth, and what it costs in process.
 *
 *     bench-learn stream TRAIN TEST   labelled mail in folders, as for erms eval
 *     bench-learn home HOME           the corrections of a home's live model
 *
 * stream: trains on the first half of each category of TRAIN; the other half comes mail by mail, in
 * a random order, each learned with three mails of the first half; and what training on all gives.
 */
#include "classifier/language.h"
#include "mail/archive.h"
#include "mail/parse.h"
#include "pipeline/learn.h"

#include <stdio.h>
#include <string.h>

#define MAX_BYTES (64 * 1024 * 1024)
#define MAX_ERROR 0.02
#define SEED 7

typedef struct Mails {
    GPtrArray *strings;
    GArray *texts; /* of ModelText */
} Mails;

static const char *keep(Mails *mails, char *string)
{
    g_ptr_array_add(mails->strings, string);
    return string;
}

static gboolean on_mail(const char *category, G_GNUC_UNUSED const char *path, GBytes *raw,
                        gpointer data, G_GNUC_UNUSED GError **error)
{
    Mails *mails = data;
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    g_autofree char *all = g_strconcat(message->subject, "\n", message->own_text, NULL);
    ModelText text = {.subject = keep(mails, g_steal_pointer(&message->subject)),
                      .text = keep(mails, g_steal_pointer(&message->own_text)),
                      .language = language_detect(all),
                      .category = keep(mails, g_strdup(category)),
                      .arrival = mails->texts->len};
    if (!g_str_equal(category, ARCHIVE_NONE))
        g_array_append_val(mails->texts, text);
    return TRUE;
}

static Mails read_mails(const char *dir)
{
    Mails mails = {g_ptr_array_new_with_free_func(g_free),
                   g_array_new(FALSE, FALSE, sizeof(ModelText))};
    g_autoptr(GError) error = NULL;
    if (!archive_read(dir, MAX_BYTES, on_mail, &mails, &error))
        g_error("%s", error->message);
    return mails;
}

static ModelText *text_at(const GArray *texts, guint i)
{
    return &g_array_index(texts, ModelText, i);
}

static double milliseconds_since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / 1000;
}

static gboolean is_right(const Model *model, const ModelText *text, ModelGuess *guess)
{
    return model_classify(model, text, guess, 1) == 1 &&
           g_str_equal(text->category, model_category(model, guess->category));
}

static void test(const char *name, const Model *model, const GArray *texts)
{
    guint right = 0, over = 0, wrong = 0;
    ModelGuess guess;
    for (guint i = 0; i < texts->len; i++) {
        gboolean hit = is_right(model, text_at(texts, i), &guess);
        gboolean answered = guess.probability >= model_threshold(model, guess.category);
        right += hit;
        over += answered;
        wrong += answered && !hit;
    }
    printf("%-18s accuracy %5.2f %%   over the threshold for %g %%: %4.1f %%, of these wrong %.2f "
           "%%\n",
           name, 100.0 * right / texts->len, 100 * MAX_ERROR, 100.0 * over / texts->len,
           over ? 100.0 * wrong / over : 0);
}

static Model *train(const GArray *texts)
{
    g_autoptr(GError) error = NULL;
    ModelOptions options = model_options_default;
    options.max_error = MAX_ERROR;
    Model *model =
        model_train((const ModelText *)(gpointer)texts->data, texts->len, &options, NULL, &error);
    if (!model)
        g_error("%s", error->message);
    return model;
}

/* The first half of each category to BASE, the rest to STREAM; mail is sorted by category. */
static void split(const GArray *texts, GArray *base, GArray *stream)
{
    for (guint first = 0, end; first < texts->len; first = end) {
        for (end = first; end < texts->len && g_str_equal(text_at(texts, end)->category,
                                                          text_at(texts, first)->category);)
            end++;
        guint half = (end - first + 1) / 2;
        g_array_append_vals(base, text_at(texts, first), half);
        g_array_append_vals(stream, text_at(texts, first + half), end - first - half);
    }
}

static void shuffle(GArray *texts, GRand *random)
{
    for (guint i = texts->len; i > 1; i--) {
        guint j = (guint)g_rand_int_range(random, 0, (gint32)i);
        ModelText other = *text_at(texts, i - 1);
        *text_at(texts, i - 1) = *text_at(texts, j);
        *text_at(texts, j) = other;
    }
}

/* Learns the stream; ONLY_WRONG: what the model guesses right is not corrected. */
static void learn_stream(Model *model, const GArray *base, const GArray *stream, GRand *random,
                         gboolean only_wrong)
{
    guint wrong = 0, obeyed = 0, learned = 0;
    double milliseconds = 0;
    for (guint i = 0; i < stream->len; i++) {
        ModelText *text = text_at(stream, i), replays[LEARN_REPLAYS];
        ModelGuess guess;
        gboolean right = is_right(model, text, &guess);
        if (right && only_wrong)
            continue;
        for (guint k = 0; k < LEARN_REPLAYS; k++)
            replays[k] = *text_at(base, (guint)g_rand_int_range(random, 0, (gint32)base->len));
        gint64 start = g_get_monotonic_time();
        model_learn(model, text, replays, LEARN_REPLAYS);
        milliseconds += milliseconds_since(start);
        learned++;
        wrong += !right;
        obeyed += !right && is_right(model, text, &guess);
    }
    printf("learned %u mails, %.3f ms each; of %u that were wrong, %u are as told at once\n",
           learned, milliseconds / MAX(learned, 1), wrong, obeyed);
}

static void bench_stream(const char *train_dir, const char *test_dir)
{
    Mails all = read_mails(train_dir), tests = read_mails(test_dir);
    g_autoptr(GArray) base = g_array_new(FALSE, FALSE, sizeof(ModelText));
    g_autoptr(GArray) stream = g_array_new(FALSE, FALSE, sizeof(ModelText));
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    split(all.texts, base, stream);
    shuffle(stream, random);
    g_autoptr(Model) model = train(base);
    test("first half", model, tests.texts);
    learn_stream(model, base, stream, random, TRUE);
    test("wrong ones learned", model, tests.texts);
    model_forget(model);
    learn_stream(model, base, stream, random, FALSE);
    test("all learned", model, tests.texts);
    g_autoptr(Model) full = train(all.texts);
    test("trained on all", full, tests.texts);
    g_array_unref(all.texts);
    g_array_unref(tests.texts);
    g_ptr_array_unref(all.strings);
    g_ptr_array_unref(tests.strings);
}

static void bench_home(const char *home)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *database = g_build_filename(home, "erms.db", NULL);
    g_autofree char *file = g_build_filename(home, "model/current.model", NULL);
    g_autoptr(Store) store = store_open(database, STORE_OPEN, &error);
    g_autoptr(Model) model = store ? model_load(file, &error) : NULL;
    if (!model)
        g_error("%s", error->message);
    CorrectionPast past;
    gboolean known;
    gint64 count = 0;
    double best = G_MAXDOUBLE;
    learn_past(store, model, &past, &known, NULL);
    correction_count(store, &past, &count, NULL);
    for (guint i = 0; i < 5; i++) {
        gint64 start = g_get_monotonic_time();
        if (!pipeline_learn(store, model, &error))
            g_error("%s", error->message);
        best = MIN(best, milliseconds_since(start));
    }
    printf("%" G_GINT64_FORMAT " corrections learned in %.2f ms, replays read from the database "
           "(model %s)\n",
           count, best, model_id(model));
}

int main(int argc, char **argv)
{
    if (argc == 4 && g_str_equal(argv[1], "stream"))
        bench_stream(argv[2], argv[3]);
    else if (argc == 3 && g_str_equal(argv[1], "home"))
        bench_home(argv[2]);
    else
        return fprintf(stderr, "usage: bench-learn stream TRAIN TEST | home HOME\n"), 64;
    return 0;
}
