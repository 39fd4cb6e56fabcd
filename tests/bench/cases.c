/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What recalling past cases finds, and what it costs. tests/bench/cases.py runs it.
 *
 *     bench-cases find TRAIN ANSWERS [TEST]   a JSON line for each mail: its text, and for those of
 *                                             TEST (without it: of TRAIN, each left out in turn)
 *                                             the cases found among TRAIN
 *     bench-cases speed DB N MAILS ANSWERS    N cases made of the given ones with noise, in the new
 *                                             file DB; prints times and sizes. N = 0: asks DB
 *
 * MAILS, TRAIN and TEST are folders as for erms eval; ANSWERS holds NAME.txt for each NAME.eml.
 */
#include "classifier/language.h"
#include "mail/archive.h"
#include "mail/parse.h"
#include "kb/cases.h"
#include "kb/mask.h"
#include "models/posting.h"
#include "pipeline/recall.h"
#include "tests/models/case_fixture.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_BYTES (64 * 1024 * 1024)
#define SHOWN 3
#define NOISE 0.2 /* share of words that are changed */

typedef struct Pair {
    Message *message;
    char *name;
    char *answer;
} Pair;

static void pair_free(gpointer data)
{
    Pair *pair = data;
    message_free(pair->message);
    g_free(pair->name);
    g_free(pair->answer);
    g_free(pair);
}

typedef struct Corpus {
    GPtrArray *pairs;
    const char *answers; /* folder; NULL: none */
} Corpus;

static gboolean on_mail(G_GNUC_UNUSED const char *category, const char *path, GBytes *raw,
                        gpointer data, G_GNUC_UNUSED GError **error)
{
    Corpus *corpus = data;
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    g_autofree char *all = g_strconcat(message->subject, "\n", message->own_text, NULL);
    g_autofree char *base = g_path_get_basename(path);
    char *dot = strrchr(base, '.');
    Pair *pair = g_new0(Pair, 1);

    if (dot)
        *dot = '\0';
    g_free(message->language);
    message->language = g_strdup(language_detect(all));
    pair->name = g_strdup(base);
    pair->message = g_steal_pointer(&message);
    if (corpus->answers) {
        g_autofree char *file = g_strdup_printf("%s/%s.txt", corpus->answers, base);
        if (!g_file_get_contents(file, &pair->answer, NULL, NULL))
            pair->answer = g_strdup("");
    }
    g_ptr_array_add(corpus->pairs, pair);
    return TRUE;
}

static GPtrArray *read_pairs(const char *dir, const char *answers)
{
    Corpus corpus = {g_ptr_array_new_with_free_func(pair_free), answers};
    g_autoptr(GError) error = NULL;

    if (!archive_read(dir, MAX_BYTES, on_mail, &corpus, &error))
        g_error("%s", error->message);
    return corpus.pairs;
}

static void check(gboolean ok, GError *error)
{
    if (!ok)
        g_error("%s", error->message);
}

/* ---- find ---------------------------------------------------------------------------------- */

static void print_pair(const char *kind, const Pair *pair, const GPtrArray *found,
                       GHashTable *names)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    const char *const members[][2] = {{"kind", kind},
                                      {"name", pair->name},
                                      {"language", pair->message->language},
                                      {"subject", pair->message->subject},
                                      {"text", pair->message->own_text}};

    json_builder_begin_object(builder);
    for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
        json_builder_set_member_name(builder, members[i][0]);
        json_builder_add_string_value(builder, members[i][1]);
    }
    json_builder_set_member_name(builder, "found");
    json_builder_begin_array(builder);
    for (guint i = 0; found && i < found->len; i++) {
        const RecallCase *case_ = g_ptr_array_index(found, i);
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "name");
        json_builder_add_string_value(builder,
                                      g_hash_table_lookup(names, &case_->past->message_id));
        json_builder_set_member_name(builder, "answer");
        json_builder_add_string_value(builder, case_->past->answer);
        json_builder_set_member_name(builder, "score");
        json_builder_add_double_value(builder, case_->score);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *line = json_to_string(root, FALSE);
    puts(line);
}

static void find_all(const char *kind, Store *store, Tokenizer *tokenizer, const GPtrArray *pairs,
                     GHashTable *names)
{
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = g_ptr_array_index(pairs, i);
        const RecallQuestion question = {pair->message->subject, pair->message->own_text,
                                         pair->message->language, NULL, pair->message->id};
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) found = recall_find(store, tokenizer, &question, SHOWN, &error);
        check(found != NULL, error);
        print_pair(kind, pair, found, names);
    }
}

static int find(const char *train_dir, const char *answers, const char *test_dir)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = g_dir_make_tmp("erms-bench-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "erms.db", NULL);
    g_autoptr(GPtrArray) train = read_pairs(train_dir, answers);
    g_autoptr(GPtrArray) test = test_dir ? read_pairs(test_dir, NULL) : NULL;
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Store *store = store_open(path, STORE_CREATE, &error);

    check(store != NULL, error);
    case_fixture(store);
    StoreTransaction *transaction = store_begin(store, &error);
    for (guint i = 0; i < train->len; i++) {
        const Pair *pair = g_ptr_array_index(train, i);
        const RecallAnswer answer = {pair->answer, NULL, "agent", i, NULL};
        g_autoptr(Message) known = message_find_digest(store, pair->message->digest, NULL);
        if (known)
            continue;
        check(message_insert(store, pair->message, &error), error);
        check(recall_learn(store, tokenizer, pair->message, &answer, &error), error);
        g_hash_table_insert(names, g_memdup2(&pair->message->id, sizeof(gint64)), pair->name);
    }
    check(store_commit(transaction, &error), error);
    if (test) {
        for (guint i = 0; i < train->len; i++)
            print_pair("train", g_ptr_array_index(train, i), NULL, names);
        find_all("test", store, tokenizer, test, names);
    } else {
        find_all("both", store, tokenizer, train, names);
    }
    store_free(store);
    for (guint i = 0; i < 3; i++) {
        static const char *const ends[] = {"", "-wal", "-shm"};
        g_autofree char *file = g_strconcat(path, ends[i], NULL);
        g_unlink(file);
    }
    g_rmdir(dir);
    return 0;
}

/* ---- speed --------------------------------------------------------------------------------- */

/* On a machine that does other things too, the processor's time says more than the clock. */
typedef struct Moment {
    gint64 wall;
    clock_t processor;
} Moment;

typedef struct Duration {
    double wall, processor; /* milliseconds */
} Duration;

static Moment now(void)
{
    return (Moment){g_get_monotonic_time(), clock()};
}

static Duration since(Moment start)
{
    return (Duration){(double)(g_get_monotonic_time() - start.wall) / 1000,
                      (double)(clock() - start.processor) * 1000 / CLOCKS_PER_SEC};
}

static int compare_numbers(gconstpointer a, gconstpointer b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *what, const GArray *durations)
{
    const guint n = durations->len;

    printf("%-28s", what);
    for (guint processor = 0; processor < 2; processor++) {
        g_autofree double *times = g_new(double, n);
        for (guint i = 0; i < n; i++) {
            const Duration *took = &g_array_index(durations, Duration, i);
            times[i] = processor ? took->processor : took->wall;
        }
        qsort(times, n, sizeof *times, compare_numbers);
        printf(" %s median %.2f ms, 95th %.2f ms, worst %.2f ms%s", processor ? "processor" : "",
               times[n / 2], times[n * 95 / 100], times[n - 1], processor ? "" : ";");
    }
    printf(" (%u)\n", n);
}

/* Some words replaced by words of another text of the same language or by one nobody used. */
static char *with_noise(GRand *random, const char *text, const char *other)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1), others = g_strsplit(other, " ", -1);
    const guint n = g_strv_length(others);
    GString *noisy = g_string_new(NULL);

    for (char **word = words; *word; word++) {
        const double dice = g_rand_double(random);
        g_string_append(noisy, noisy->len ? " " : "");
        if (dice < NOISE && n > 0)
            g_string_append(noisy, others[g_rand_int_range(random, 0, (gint32)n)]);
        else if (dice < NOISE + 0.02)
            g_string_append_printf(noisy, "wort%c%c%c%c", 'a' + g_rand_int_range(random, 0, 26),
                                   'a' + g_rand_int_range(random, 0, 26),
                                   'a' + g_rand_int_range(random, 0, 26),
                                   'a' + g_rand_int_range(random, 0, 26));
        else
            g_string_append(noisy, *word);
    }
    return g_string_free(noisy, FALSE);
}

static const Pair *draw(GRand *random, const GPtrArray *pairs, const char *language)
{
    for (;;) {
        const Pair *pair =
            g_ptr_array_index(pairs, g_rand_int_range(random, 0, (gint32)pairs->len));
        if (!language || g_str_equal(pair->message->language, language))
            return pair;
    }
}

/* Inserts a message and, without the index, a case; *ID is the message's. */
static Message *make_case(Store *store, Tokenizer *tokenizer, GRand *random, const GPtrArray *pairs,
                          guint number)
{
    const Pair *pair = draw(random, pairs, NULL);
    const Pair *other = draw(random, pairs, pair->message->language);
    g_autoptr(PastCase) past = past_case_new();
    g_autoptr(GError) error = NULL;
    Message *message = message_new();

    message->digest = g_strdup_printf("bench-%u", number);
    message->language = g_strdup(pair->message->language);
    message->subject = with_noise(random, pair->message->subject, other->message->subject);
    message->own_text = with_noise(random, pair->message->own_text, other->message->own_text);
    message->text = g_strdup(message->own_text);
    check(message_insert(store, message, &error), error);
    past->message_id = message->id;
    past->at = number;
    past->language = g_strdup(message->language);
    /* every third answer is one that was given before */
    past->answer =
        number % 3 ? with_noise(random, pair->answer, other->answer) : g_strdup(pair->answer);
    past->print = cases_print(tokenizer, past->answer);
    check(past_case_insert(store, past, &error), error);
    return message;
}

static gint64 number_of(Store *store, const char *sql)
{
    g_autoptr(GError) error = NULL;
    gint64 number = 0;

    check(sql_number(store, sql, NULL, &number, &error), error);
    return number;
}

static long peak_kilobytes(void)
{
    g_autofree char *status = NULL;
    const char *line = NULL;

    if (g_file_get_contents("/proc/self/status", &status, NULL, NULL))
        line = strstr(status, "VmHWM:");
    return line ? strtol(line + strlen("VmHWM:"), NULL, 10) : 0;
}

static Store *open_store(const char *path, StoreFlags flags)
{
    g_autoptr(GError) error = NULL;
    Store *store = store_open(path, flags, &error);

    check(store != NULL, error);
    case_fixture(store);
    return store;
}

static void build(const char *path, guint n, const GPtrArray *pairs, Tokenizer *tokenizer,
                  GRand *random)
{
    g_autoptr(GError) error = NULL;
    Store *store = open_store(path, STORE_CREATE);
    StoreTransaction *transaction = store_begin(store, &error);

    for (guint i = 0; i < n; i++)
        message_free(make_case(store, tokenizer, random, pairs, i));
    check(store_commit(transaction, &error), error);
    const long before = peak_kilobytes();
    const Moment start = now();
    check(recall_rebuild(store, tokenizer, &error), error);
    const Duration took = since(start);
    printf("%-28s %.1f s (processor %.1f s), peak memory %ld MB (before it %ld MB)\n",
           "index made anew", took.wall / 1000, took.processor / 1000, peak_kilobytes() / 1024,
           before / 1024);
    sqlite3_exec(store->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    printf("%-28s %.1f MB of %.1f MB, %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " postings\n",
           "index in the file",
           (double)number_of(store, "SELECT sum(pgsize) FROM dbstat WHERE name = 'posting'") / 1e6,
           (double)number_of(store, "SELECT sum(pgsize) FROM dbstat") / 1e6,
           number_of(store, "SELECT count(*) FROM posting"),
           number_of(store, "SELECT sum(n) FROM posting"));
    store_free(store);
}

static void ask(Store *store, const GPtrArray *pairs, Tokenizer *tokenizer, GRand *random)
{
    g_autoptr(GArray) finds = g_array_new(FALSE, FALSE, sizeof(Duration));

    for (guint i = 0; i < 1000; i++) {
        const Pair *pair = draw(random, pairs, NULL);
        const Pair *other = draw(random, pairs, pair->message->language);
        g_autofree char *text =
            with_noise(random, pair->message->own_text, other->message->own_text);
        const RecallQuestion question = {pair->message->subject, text, pair->message->language,
                                         NULL, 0};
        g_autoptr(GError) error = NULL;
        const Moment start = now();
        g_autoptr(GPtrArray) found = recall_find(store, tokenizer, &question, SHOWN, &error);
        const Duration took = since(start);
        check(found != NULL, error);
        if (i == 0)
            printf("%-28s %.2f ms\n", "first question", took.wall);
        g_array_append_val(finds, took);
    }
    print_times("question", finds);
}

static void teach(Store *store, const GPtrArray *pairs, Tokenizer *tokenizer, GRand *random)
{
    g_autoptr(GArray) adds = g_array_new(FALSE, FALSE, sizeof(Duration));
    g_autoptr(GArray) removes = g_array_new(FALSE, FALSE, sizeof(Duration));
    g_autoptr(GArray) masks = g_array_new(FALSE, FALSE, sizeof(Duration));
    const guint first = (guint)number_of(store, "SELECT max(id) FROM message");
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 200; i++) {
        g_autoptr(Message) message = make_case(store, tokenizer, random, pairs, first + i);
        const Pair *pair = draw(random, pairs, message->language);
        const RecallAnswer answer = {pair->answer, NULL, "agent", i, NULL};
        Moment start = now();
        g_free(mask_text(pair->answer, message->language, NULL));
        Duration took = since(start);
        g_array_append_val(masks, took);
        check(sql_execute(store, "DELETE FROM past_case WHERE message_id = ?1",
                          SQL_ARGS(SQL_NUMBER(message->id)), &error),
              error);
        start = now();
        check(recall_learn(store, tokenizer, message, &answer, &error), error);
        took = since(start);
        g_array_append_val(adds, took);
        start = now();
        check(i % 2 || recall_forget(store, tokenizer, message->id, &error), error);
        took = since(start);
        if (i % 2 == 0)
            g_array_append_val(removes, took);
    }
    print_times("masking an answer", masks);
    print_times("taking up a case, committed", adds);
    print_times("taking one out, committed", removes);
    const Moment start = now();
    check(posting_sweep(store, NULL, &error), error);
    printf("%-28s %.2f s\n", "sweep", since(start).wall / 1000);
}

/* N = 0: the file is there already, and only asked. */
static int speed(const char *path, guint n, const char *mails, const char *answers)
{
    g_autoptr(GPtrArray) pairs = read_pairs(mails, answers);
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    if (n > 0)
        build(path, n, pairs, tokenizer, random);
    const Moment start = now();
    Store *store = open_store(path, STORE_OPEN);
    printf("%-28s %.2f ms\n", "opened", since(start).wall);
    ask(store, pairs, tokenizer, random);
    if (n > 0)
        teach(store, pairs, tokenizer, random);
    store_free(store);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 4 && g_str_equal(argv[1], "find"))
        return find(argv[2], argv[3], argc > 4 ? argv[4] : NULL);
    if (argc == 6 && g_str_equal(argv[1], "speed"))
        return speed(argv[2], (guint)atoi(argv[3]), argv[4], argv[5]);
    fputs("usage: bench-cases find TRAIN ANSWERS [TEST] | speed DB N MAILS ANSWERS\n", stderr);
    return 64;
}
