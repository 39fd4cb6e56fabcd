/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erms eval TRAIN [TEST]: how good the classifier is on labelled mail; needs no home. Accuracy,
 * macro-F1 and calibration are over the mail that has a category; coverage and error over all,
 * where an answer to mail of no category is wrong.
 */
#include "cmd/cmd.h"
#include "cmd/json.h"

#include "classifier/language.h"
#include "classifier/metrics.h"
#include "mail/archive.h"
#include "mail/parse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_BYTES (64 * 1024 * 1024)
#define FOLDS 5
#define OUT_OF_SCOPE ARCHIVE_NONE

typedef struct EvalMail {
    char *path;
    char *category; /* NULL: none of the categories */
    char *subject;
    char *text;
    char *language;
    char *guess;
    double probability;
    gboolean answered;
    gint64 arrival; /* name order stands for it */
} EvalMail;

static void eval_mail_free(EvalMail *mail)
{
    g_free(mail->path);
    g_free(mail->category);
    g_free(mail->subject);
    g_free(mail->text);
    g_free(mail->language);
    g_free(mail->guess);
    g_free(mail);
}

typedef struct Timing {
    double read, train, classify;
    gsize model_bytes;
} Timing;

static double seconds_since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

static gboolean on_mail(const char *category, const char *path, GBytes *raw, gpointer data,
                        G_GNUC_UNUSED GError **error)
{
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    EvalMail *mail = g_new0(EvalMail, 1);
    mail->path = g_strdup(path);
    mail->category = g_str_equal(category, OUT_OF_SCOPE) ? NULL : g_strdup(category);
    mail->subject = g_steal_pointer(&message->subject);
    mail->text = g_steal_pointer(&message->own_text);
    g_autofree char *all = g_strconcat(mail->subject, "\n", mail->text, NULL);
    mail->language = g_strdup(language_detect(all));
    mail->arrival = ((GPtrArray *)data)->len;
    g_ptr_array_add(data, mail);
    return TRUE;
}

static GPtrArray *read_mails(const char *dir, GError **error)
{
    g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func((GDestroyNotify)eval_mail_free);
    return archive_read(dir, MAX_BYTES, on_mail, mails, error) ? g_steal_pointer(&mails) : NULL;
}

static ModelText model_text(const EvalMail *mail)
{
    return (ModelText){.subject = mail->subject,
                       .text = mail->text,
                       .language = mail->language,
                       .category = mail->category,
                       .arrival = mail->arrival};
}

/* Trains on MAILS and guesses TESTS (both of EvalMail, borrowed). */
static gboolean train_and_guess(const GPtrArray *mails, const GPtrArray *tests, double max_error,
                                Timing *timing, GError **error)
{
    g_autofree ModelText *texts = g_new0(ModelText, mails->len + 1);
    for (guint i = 0; i < mails->len; i++)
        texts[i] = model_text(g_ptr_array_index(mails, i));
    ModelOptions options = model_options_default;
    options.max_error = max_error;
    gint64 start = g_get_monotonic_time();
    g_autoptr(Model) model = model_train(texts, mails->len, &options, NULL, error);
    if (!model)
        return FALSE;
    timing->train += seconds_since(start);
    timing->model_bytes = MAX(timing->model_bytes, model_bytes(model));
    start = g_get_monotonic_time();
    for (guint i = 0; i < tests->len; i++) {
        EvalMail *mail = g_ptr_array_index(tests, i);
        ModelText text = model_text(mail);
        ModelGuess guess;
        if (model_classify(model, &text, &guess, 1) == 0)
            continue;
        mail->guess = g_strdup(model_category(model, guess.category));
        mail->probability = guess.probability;
        mail->answered = guess.probability >= model_threshold(model, guess.category);
    }
    timing->classify += seconds_since(start);
    return TRUE;
}

/* Stratified: the i-th mail of a category is in fold i mod FOLDS. */
static gboolean cross_validate(const GPtrArray *mails, double max_error, Timing *timing,
                               GError **error)
{
    for (guint fold = 0; fold < FOLDS; fold++) {
        g_autoptr(GPtrArray) train = g_ptr_array_new();
        g_autoptr(GPtrArray) test = g_ptr_array_new();
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < mails->len; i++) {
            EvalMail *mail = g_ptr_array_index(mails, i);
            char *key = mail->category ? mail->category : (char *)OUT_OF_SCOPE;
            guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, key));
            g_hash_table_insert(seen, key, GUINT_TO_POINTER(n + 1));
            g_ptr_array_add(n % FOLDS == fold ? test : train, mail);
        }
        if (!train_and_guess(train, test, max_error, timing, error))
            return FALSE;
    }
    return TRUE;
}

typedef struct Scores {
    guint categories, in_scope, out_of_scope, answered, wrong, oos_answered;
    double accuracy, macro_f1, ece, auroc;
} Scores;

/* Categories as numbers, in order of appearance. */
static guint number_of(GHashTable *numbers, const char *category)
{
    gpointer known;
    if (!category)
        return METRICS_NONE;
    if (g_hash_table_lookup_extended(numbers, category, NULL, &known))
        return GPOINTER_TO_UINT(known);
    guint next = g_hash_table_size(numbers);
    g_hash_table_insert(numbers, (gpointer)category, GUINT_TO_POINTER(next));
    return next;
}

static void score(const GPtrArray *train, const GPtrArray *tests, Scores *scores)
{
    g_autoptr(GHashTable) numbers = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < train->len; i++)
        number_of(numbers, ((EvalMail *)g_ptr_array_index(train, i))->category);
    scores->categories = g_hash_table_size(numbers);

    gsize n = 0;
    g_autofree guint *truth = g_new0(guint, tests->len + 1);
    g_autofree guint *guess = g_new0(guint, tests->len + 1);
    g_autofree double *probability = g_new0(double, tests->len + 1);
    g_autofree gboolean *right = g_new0(gboolean, tests->len + 1);
    g_autofree double *all = g_new0(double, tests->len + 1);
    g_autofree gboolean *in_scope = g_new0(gboolean, tests->len + 1);
    for (guint i = 0; i < tests->len; i++) {
        const EvalMail *mail = g_ptr_array_index(tests, i);
        gboolean correct = g_strcmp0(mail->category, mail->guess) == 0 && mail->category;
        scores->answered += mail->answered;
        scores->wrong += mail->answered && !correct;
        all[i] = mail->probability;
        in_scope[i] = mail->category != NULL;
        if (!mail->category) {
            scores->out_of_scope++;
            scores->oos_answered += mail->answered;
            continue;
        }
        truth[n] = number_of(numbers, mail->category);
        guess[n] = number_of(numbers, mail->guess);
        probability[n] = mail->probability;
        right[n++] = correct;
    }
    scores->in_scope = (guint)n;
    scores->accuracy = metrics_accuracy(truth, guess, n);
    scores->macro_f1 = metrics_macro_f1(truth, guess, n, g_hash_table_size(numbers));
    scores->ece = metrics_ece(probability, right, n);
    scores->auroc = metrics_auroc(all, in_scope, tests->len);
}

static double share(guint part, guint whole)
{
    return whole ? (double)part / whole : 0;
}

static void print_json(const Scores *scores, guint train, guint tests, const Timing *timing)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_put_int(builder, "categories", scores->categories);
    json_put_int(builder, "train_messages", train);
    json_put_int(builder, "test_messages", tests);
    json_put_double(builder, "accuracy", scores->accuracy);
    json_put_double(builder, "macro_f1", scores->macro_f1);
    json_put_double(builder, "ece", scores->ece);
    json_put_double(builder, "coverage", share(scores->answered, tests));
    json_put_double(builder, "realised_error", share(scores->wrong, scores->answered));
    if (scores->out_of_scope) {
        json_put_double(builder, "oos_auroc", scores->auroc);
        json_put_double(builder, "oos_answered", share(scores->oos_answered, scores->out_of_scope));
    } else {
        json_put_json(builder, "oos_auroc", NULL);
        json_put_json(builder, "oos_answered", NULL);
    }
    json_put_double(builder, "read_seconds", timing->read);
    json_put_double(builder, "train_seconds", timing->train);
    json_put_double(builder, "classify_seconds", timing->classify);
    json_put_int(builder, "model_bytes", (gint64)timing->model_bytes);
    json_builder_end_object(builder);
    json_print(builder);
}

static void print_plain(const Scores *scores, guint train, guint tests, double max_error,
                        const Timing *timing)
{
    printf("%u categories, %u messages to learn from, %u to test\n", scores->categories, train,
           tests);
    printf("accuracy        %6.2f %%\nmacro-F1        %6.2f %%\ncalibration err %6.2f %%\n",
           scores->accuracy * 100, scores->macro_f1 * 100, scores->ece * 100);
    printf("answered alone  %6.2f %%, %.2f %% of those wrongly (allowed: %g %%)\n",
           share(scores->answered, tests) * 100, share(scores->wrong, scores->answered) * 100,
           max_error * 100);
    if (scores->out_of_scope)
        printf("of no category  %6u messages, %.2f %% answered, AUROC %.4f\n", scores->out_of_scope,
               share(scores->oos_answered, scores->out_of_scope) * 100, scores->auroc);
    printf("reading %.2f s, training %.2f s, classifying %.2f s; model %.1f MB\n", timing->read,
           timing->train, timing->classify, (double)timing->model_bytes / 1e6);
}

static gboolean write_predictions(const char *path, const GPtrArray *tests, GError **error)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    for (guint i = 0; i < tests->len; i++) {
        const EvalMail *mail = g_ptr_array_index(tests, i);
        g_string_append_printf(lines, "%s\t%s\t%s\t%.6f\t%s\n", mail->path,
                               mail->category ? mail->category : OUT_OF_SCOPE,
                               mail->guess ? mail->guess : "-", mail->probability,
                               mail->answered ? "answer" : "abstain");
    }
    return g_file_set_contents_full(path, lines->str, (gssize)lines->len,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static void add_texts(GString *lines, const char *set, const GPtrArray *mails)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();
    for (guint i = 0; mails && i < mails->len; i++) {
        const EvalMail *mail = g_ptr_array_index(mails, i);
        g_autoptr(JsonBuilder) builder = json_builder_new();
        json_builder_begin_object(builder);
        json_put_string(builder, "set", set);
        json_put_string(builder, "path", mail->path);
        json_put_string(builder, "category", mail->category);
        json_put_string(builder, "subject", mail->subject);
        json_put_string(builder, "text", mail->text);
        json_put_string(builder, "language", mail->language);
        json_builder_end_object(builder);
        g_autoptr(JsonNode) root = json_builder_get_root(builder);
        json_generator_set_root(generator, root);
        json_generator_to_gstring(generator, lines);
        g_string_append_c(lines, '\n');
    }
}

/* What the classifier is given, for others to be compared on; before training, which may fail. */
static gboolean write_texts(const char *path, const GPtrArray *train, const GPtrArray *test,
                            GError **error)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    add_texts(lines, "train", train);
    add_texts(lines, "test", test);
    return g_file_set_contents_full(path, lines->str, (gssize)lines->len,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static gboolean evaluate(const char *train_dir, const char *test_dir, double max_error,
                         const char *predictions, const char *texts, gboolean as_json,
                         GError **error)
{
    Timing timing = {0};
    Scores scores = {0};
    gint64 start = g_get_monotonic_time();
    g_autoptr(GPtrArray) train = read_mails(train_dir, error);
    g_autoptr(GPtrArray) test = train && test_dir ? read_mails(test_dir, error) : NULL;
    if (!train || (test_dir && !test))
        return FALSE;
    timing.read = seconds_since(start);
    if (texts && !write_texts(texts, train, test, error))
        return FALSE;
    const GPtrArray *tests = test ? test : train;
    if (!(test ? train_and_guess(train, test, max_error, &timing, error)
               : cross_validate(train, max_error, &timing, error)))
        return FALSE;
    score(train, tests, &scores);
    if (as_json)
        print_json(&scores, train->len, tests->len, &timing);
    else
        print_plain(&scores, train->len, tests->len, max_error, &timing);
    return !predictions || write_predictions(predictions, tests, error);
}

static int run(G_GNUC_UNUSED Context *context, int argc, char **argv, GError **error)
{
    gboolean as_json = FALSE;
    double max_error = model_options_default.max_error;
    g_autofree char *predictions = NULL;
    g_autofree char *texts = NULL;
    const GOptionEntry options[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL},
        {"max-error", 'e', 0, G_OPTION_ARG_DOUBLE, &max_error,
         "Acceptable share of wrong answers (0.01)", "SHARE"},
        {"predictions", 'p', 0, G_OPTION_ARG_FILENAME, &predictions, "One line per message",
         "FILE"},
        {"texts", 't', 0, G_OPTION_ARG_FILENAME, &texts, "What the classifier is given, as JSON",
         "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options(command_eval.name, command_eval.args, command_eval.summary, options, 1, 2,
                       &argc, &argv, error))
        return EXIT_ERROR;
    if (!(max_error > 0 && max_error < 1)) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "--max-error: a share between 0 and 1");
        return EXIT_ERROR;
    }
    return evaluate(argv[1], argc > 2 ? argv[2] : NULL, max_error, predictions, texts, as_json,
                    error)
               ? EXIT_DONE
               : EXIT_ERROR;
}

const Command command_eval = {"eval", "TRAIN [TEST]", "measure the classifier on labelled mail",
                              NEED_NOTHING, run};
