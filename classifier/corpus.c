/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/corpus.h"

#include <string.h>

#include "classifier/counter.h"
#include "classifier/language.h"

/* The counts of all texts one after the other, while reading. */
typedef struct Reading {
    GArray *terms; /* of Term */
    gsize *start;  /* by text */
    Vocabulary *vocabulary;
    guint32 *texts_with; /* by feature: texts of some category that have it */
} Reading;

const char *corpus_language(const ModelText *text, const char *fallback)
{
    if (text->language && *text->language)
        return text->language;
    const char *language = text->text ? language_detect(text->text) : "";
    if (!*language && text->subject)
        language = language_detect(text->subject);
    return *language ? language : fallback;
}

static int compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_texts(gconstpointer a, gconstpointer b, gpointer data)
{
    const ModelText *texts = data;
    const ModelText *x = &texts[*(const guint32 *)a], *y = &texts[*(const guint32 *)b];
    if (!x->category != !y->category)
        return x->category ? -1 : 1;
    int order = g_strcmp0(x->category, y->category);
    if (order == 0)
        order = x->arrival < y->arrival ? -1 : x->arrival > y->arrival;
    if (order == 0)
        order = g_strcmp0(x->text, y->text);
    if (order == 0)
        order = g_strcmp0(x->subject, y->subject);
    if (order == 0)
        order = g_strcmp0(x->language, y->language);
    return order == 0 ? (x->example ? 1 : 0) - (y->example ? 1 : 0) : order;
}

/* The texts in their own order. */
static ModelText *put_in_order(Corpus *corpus, const ModelText *texts)
{
    ModelText *sorted = g_new(ModelText, MAX(corpus->n_texts, 1));
    corpus->order = g_new(guint32, MAX(corpus->n_texts, 1));
    for (guint32 i = 0; i < corpus->n_texts; i++)
        corpus->order[i] = i;
    g_qsort_with_data(corpus->order, (int)corpus->n_texts, sizeof *corpus->order, compare_texts,
                      (gpointer)texts);
    for (guint32 i = 0; i < corpus->n_texts; i++)
        sorted[i] = texts[corpus->order[i]];
    return sorted;
}

static void read_categories(Corpus *corpus, const ModelText *texts)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < corpus->n_texts; i++)
        if (texts[i].category && g_hash_table_add(seen, (gpointer)texts[i].category))
            g_ptr_array_add(names, (gpointer)texts[i].category);
    g_ptr_array_sort(names, compare_strings);
    corpus->n_categories = names->len;
    corpus->categories = g_new0(char *, names->len + 1);
    corpus->n_texts_of = g_new0(guint32, names->len + 1);
    g_hash_table_remove_all(seen);
    for (guint c = 0; c < names->len; c++) {
        corpus->categories[c] = g_strdup(names->pdata[c]);
        g_hash_table_insert(seen, corpus->categories[c], GUINT_TO_POINTER(c));
    }
    corpus->category = g_new(guint32, corpus->n_texts);
    corpus->place = g_new0(guint32, corpus->n_texts);
    corpus->example = g_new(gboolean, corpus->n_texts);
    for (guint i = 0; i < corpus->n_texts; i++) {
        guint32 c = CORPUS_NONE;
        if (texts[i].category)
            c = GPOINTER_TO_UINT(g_hash_table_lookup(seen, texts[i].category));
        corpus->category[i] = c;
        corpus->example[i] = texts[i].example;
        if (texts[i].example)
            continue;
        corpus->place[i] = corpus->n_texts_of[MIN(c, corpus->n_categories)]++;
        corpus->n_real++;
    }
}

/* Finds the language of every text, and the most frequent one, the first of the alphabet if two
 * are. */
static const char **read_languages(Corpus *corpus, const ModelText *texts)
{
    const char **languages = g_new(const char *, MAX(corpus->n_texts, 1));
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    guint most = 0;
    for (guint i = 0; i < corpus->n_texts; i++) {
        languages[i] = corpus_language(&texts[i], "");
        guint count = 1 + GPOINTER_TO_UINT(g_hash_table_lookup(counts, languages[i]));
        g_hash_table_insert(counts, (gpointer)languages[i], GUINT_TO_POINTER(count));
    }
    GHashTableIter iter;
    gpointer name, count;
    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, &name, &count)) {
        guint n = GPOINTER_TO_UINT(count);
        if (!*(const char *)name || n < most || strlen(name) >= sizeof corpus->language)
            continue;
        if (n > most || strcmp(name, corpus->language) < 0)
            g_strlcpy(corpus->language, name, sizeof corpus->language);
        most = n;
    }
    for (guint i = 0; i < corpus->n_texts; i++)
        if (!*languages[i])
            languages[i] = corpus->language;
    return languages;
}

/* A number that texts with the same stems share, and with high probability no others. */
static guint64 fingerprint(const GArray *terms, const Vocabulary *vocabulary)
{
    const guint64 *keys = vocabulary_keys(vocabulary);
    guint64 sum = 0;
    for (guint k = 0; k < terms->len; k++) {
        guint64 key = keys[g_array_index(terms, Term, k).id];
        if (feature_kind(key) == FEATURE_STEM)
            sum += key;
    }
    return sum;
}

/* Marks the texts that say what another one of their category said. */
static void find_copies(Corpus *corpus, const guint64 *fingerprints)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    corpus->copy = g_new0(gboolean, MAX(corpus->n_texts, 1));
    for (guint i = 0; i < corpus->n_texts; i++) {
        if (i > 0 && corpus->category[i] != corpus->category[i - 1])
            g_hash_table_remove_all(seen);
        if (!corpus->example[i])
            corpus->copy[i] = !g_hash_table_add(seen, (gpointer)&fingerprints[i]);
    }
}

static void read_terms(Corpus *corpus, Reading *reading, const ModelText *texts)
{
    g_autofree const char **languages = read_languages(corpus, texts);
    g_autoptr(Counter) counter = counter_new(reading->vocabulary, TRUE);
    guint32 room = 0;
    g_autofree guint64 *fingerprints = g_new(guint64, MAX(corpus->n_texts, 1));
    corpus->all = g_malloc0_n(MAX(corpus->n_texts, 1), sizeof *corpus->all);
    for (guint i = 0; i < corpus->n_texts; i++) {
        counter_read(counter, texts[i].subject, texts[i].text, languages[i]);
        reading->start[i] = reading->terms->len;
        memcpy(corpus->all[i], counter->all, sizeof counter->all);
        fingerprints[i] = fingerprint(counter->terms, reading->vocabulary);
        if (counter->terms->len > 0)
            g_array_append_vals(reading->terms, counter->terms->data, counter->terms->len);
        if (counter->n_places > room) {
            reading->texts_with = g_renew(guint32, reading->texts_with, counter->n_places);
            memset(reading->texts_with + room, 0,
                   (counter->n_places - room) * sizeof *reading->texts_with);
            room = counter->n_places;
        }
        if (corpus->category[i] != CORPUS_NONE)
            for (guint k = 0; k < counter->terms->len; k++)
                reading->texts_with[g_array_index(counter->terms, Term, k).id]++;
    }
    reading->start[corpus->n_texts] = reading->terms->len;
    find_copies(corpus, fingerprints);
}

typedef struct Candidate {
    guint64 key;
    guint32 id, texts_with;
} Candidate;

static int compare_candidates(gconstpointer a, gconstpointer b)
{
    const Candidate *x = a, *y = b;
    gboolean x_stem = feature_kind(x->key) == FEATURE_STEM;
    gboolean y_stem = feature_kind(y->key) == FEATURE_STEM;
    if (x_stem != y_stem)
        return x_stem ? -1 : 1;
    if (x->texts_with != y->texts_with)
        return x->texts_with > y->texts_with ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* Chooses and orders the features. Returns the new number of each old one. */
static guint32 *number_features(Corpus *corpus, const Reading *reading)
{
    guint32 n = vocabulary_size(reading->vocabulary);
    const guint64 *keys = vocabulary_keys(reading->vocabulary);
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    guint32 *numbers = g_new(guint32, MAX(n, 1));
    for (guint32 id = 0; id < n; id++) {
        gboolean stem = feature_kind(keys[id]) == FEATURE_STEM;
        Candidate candidate = {keys[id], id, reading->texts_with[id]};
        numbers[id] = VOCABULARY_NONE;
        if (candidate.texts_with >= (stem ? 1 : 2)) {
            g_array_append_val(candidates, candidate);
            corpus->n_stems += stem;
        }
    }
    g_array_sort(candidates, compare_candidates);
    corpus->n_features = candidates->len;
    corpus->keys = g_new(guint64, MAX(candidates->len, 1));
    for (guint32 f = 0; f < corpus->n_features; f++) {
        const Candidate *candidate = &g_array_index(candidates, Candidate, f);
        corpus->keys[f] = candidate->key;
        numbers[candidate->id] = f;
    }
    return numbers;
}

/* A counting sort of the terms by feature. */
static void make_postings(Corpus *corpus, const Reading *reading)
{
    g_autofree guint32 *numbers = number_features(corpus, reading);
    const Term *terms = (const Term *)(gpointer)reading->terms->data;
    corpus->start = g_new0(gsize, (gsize)corpus->n_features + 2);
    for (gsize k = 0; k < reading->terms->len; k++)
        if (numbers[terms[k].id] != VOCABULARY_NONE)
            corpus->start[numbers[terms[k].id] + 2]++;
    for (guint32 f = 2; f < corpus->n_features + 2; f++)
        corpus->start[f] += corpus->start[f - 1];
    corpus->postings = g_new(Posting, MAX(corpus->start[corpus->n_features + 1], 1));
    corpus->counts = g_new(guint16, MAX(corpus->start[corpus->n_features + 1], 1));
    corpus->first = g_new0(gsize, (gsize)corpus->n_texts + 1);
    corpus->entries = g_new(Entry, MAX(corpus->start[corpus->n_features + 1], 1));
    gsize n = 0;
    for (guint32 i = 0; i < corpus->n_texts; i++) {
        corpus->first[i] = n;
        for (gsize k = reading->start[i]; k < reading->start[i + 1]; k++) {
            guint32 f = numbers[terms[k].id];
            if (f == VOCABULARY_NONE)
                continue;
            corpus->entries[n++] = (Entry){f, counter_weight(terms[k].count)};
            gsize at = corpus->start[f + 1]++;
            corpus->postings[at] = (Posting){i, counter_weight(terms[k].count)};
            corpus->counts[at] = (guint16)MIN(terms[k].count, G_MAXUINT16);
        }
    }
    corpus->first[corpus->n_texts] = n;
}

Corpus *corpus_new(const ModelText *texts, gsize n)
{
    g_autoptr(Vocabulary) vocabulary = vocabulary_new();
    g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(Term));
    g_autofree gsize *start = g_new(gsize, n + 1);
    Reading reading = {terms, start, vocabulary, NULL};
    Corpus *corpus = g_new0(Corpus, 1);
    corpus->n_texts = (guint)n;
    g_autofree ModelText *sorted = put_in_order(corpus, texts);
    read_categories(corpus, sorted);
    read_terms(corpus, &reading, sorted);
    make_postings(corpus, &reading);
    g_free(reading.texts_with);
    return corpus;
}

void corpus_free(Corpus *corpus)
{
    if (!corpus)
        return;
    g_strfreev(corpus->categories);
    g_free(corpus->order);
    g_free(corpus->example);
    g_free(corpus->copy);
    g_free(corpus->first);
    g_free(corpus->entries);
    g_free(corpus->category);
    g_free(corpus->all);
    g_free(corpus->place);
    g_free(corpus->n_texts_of);
    g_free(corpus->keys);
    g_free(corpus->start);
    g_free(corpus->postings);
    g_free(corpus->counts);
    g_free(corpus);
}
