/* SPDX-License-Identifier: Apache-2.0 */
/* Each feature's share of z is spread over the words that it came from; so the words add up to z.
 */
#include "classifier/model_score.h"

#include <math.h>
#include <string.h>

#include "classifier/corpus.h"
#include "classifier/overlay.h"
#include "classifier/row.h"

/* All forms of one word. */
typedef struct Said {
    guint64 stem;     /* its fingerprint */
    const char *word; /* as first written, in the text */
    gsize length;
    double weight;
    guint order;
} Said;

typedef struct Explanation {
    const Model *model;
    const float *shares; /* by place in the counter's terms: of one occurrence of the feature */
    GHashTable *words;   /* &stem → Said */
    guint category;
    Said *said, *before; /* the word at hand and the one before: a stem comes before its features */
} Explanation;

/* An entry of a row, or of the totals, above the mean of all categories. */
static double above_mean(const float *row, guint category, guint n)
{
    double sum = 0;
    for (guint c = 0; c < n; c++)
        sum += row[c];
    return row[category] - sum / n;
}

/* What one occurrence of the feature adds to z of the category. */
static float share_of(const Model *model, const ModelScales *scales, const Term *term,
                      guint category)
{
    guint n = model->header->n_categories;
    const ImageRow *row = image_row(model, term->id);
    double mnb = 0, cnb = 0, svm = 0, x = model_x(model, scales, term);
    g_autofree float *values = g_new(float, n);
    if (x <= 0)
        return 0;
    if (term->id < model->header->n_stems) {
        const ImageMnbRow *mnb_row = image_mnb_row(model, term->id);
        row_unpack(mnb_row->scale, mnb_row->entries, n, values);
        mnb = counter_weight(term->count) / sqrt(1 + scales->sums[MEMBER_MNB]) *
              (above_mean(values, category, n) -
               above_mean(model->totals + (gsize)MEMBER_MNB * n, category, n));
    }
    row_unpack(row->cnb_scale, row->entries, n, values);
    cnb = x * (above_mean(values, category, n) +
               above_mean(model->totals + (gsize)MEMBER_CNB * n, category, n));
    row_unpack_signed(row->svm_scale, (const gint8 *)row->entries + n, n, values);
    svm = x * (above_mean(values, category, n) +
               above_mean(model->totals + (gsize)MEMBER_SVM * n, category, n) /
                   MAX(scales->sums[MEMBER_CNB], 1e-6f));
    const double *pool = model->header->pool;
    return (float)((pool[MEMBER_MNB] * mnb + pool[MEMBER_CNB] * cnb + pool[MEMBER_SVM] * svm) /
                   term->count);
}

/* What it adds because of corrections. */
static double share_of_corrections(const Model *model, guint64 key, guint category)
{
    float factor;
    const float *row = model->overlay ? overlay_row(model->overlay, key, &factor) : NULL;
    return row ? model->header->pool[MEMBER_SVM] * factor *
                     above_mean(row, category, model->header->n_categories)
               : 0;
}

static Said *find_said(Explanation *explanation, const Feature *stem)
{
    Said *said = g_hash_table_lookup(explanation->words, &stem->key);
    if (!said) {
        said = g_new(Said, 1);
        *said = (Said){stem->key, stem->word, stem->word_length, 0,
                       g_hash_table_size(explanation->words)};
        g_hash_table_insert(explanation->words, &said->stem, said);
    }
    return said;
}

static void on_feature(const Feature *feature, gpointer data)
{
    Explanation *explanation = data;
    const Model *model = explanation->model;
    if (feature_kind(feature->key) == FEATURE_STEM) {
        explanation->before = explanation->said;
        explanation->said = find_said(explanation, feature);
    }
    guint32 id = vocabulary_find(model->vocabulary, feature->key);
    double share = share_of_corrections(model, feature->key, explanation->category);
    if (id != VOCABULARY_NONE)
        share += explanation->shares[model->counter->places[id] - 1];
    if (feature->previous) { /* a pair: half to each */
        share /= 2;
        explanation->before->weight += share;
    }
    explanation->said->weight += share;
}

static void word_clear(gpointer data)
{
    g_free(((ModelWord *)data)->word);
}

static int compare_said(gconstpointer a, gconstpointer b)
{
    const Said *x = *(Said *const *)a, *y = *(Said *const *)b;
    double difference = fabs(y->weight) - fabs(x->weight);
    if (difference != 0)
        return difference > 0 ? 1 : -1;
    return x->order < y->order ? -1 : 1;
}

static GArray *explain(const Model *model, const ModelText *text, const ModelScales *scales,
                       guint category, guint max)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(ModelWord));
    g_array_set_clear_func(words, word_clear);
    g_assert(category < model->header->n_categories);
    const GArray *terms = model->counter->terms;
    g_autofree float *shares = g_new(float, MAX(terms->len, 1));
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        shares[i] = share_of(model, scales, term, category);
        model->counter->places[term->id] = i + 1;
    }
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    Explanation explanation = {model, shares, said, category, NULL, NULL};
    features_scan(model->counter->tokenizer, text->subject, text->text,
                  corpus_language(text, model->header->language), on_feature, &explanation);
    for (guint i = 0; i < terms->len; i++)
        model->counter->places[g_array_index(terms, Term, i).id] = 0;

    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, said);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(sorted, value);
    g_ptr_array_sort(sorted, compare_said);
    for (guint i = 0; i < sorted->len && i < max; i++) {
        Said *entry = sorted->pdata[i];
        g_autofree char *written = g_strndup(entry->word, entry->length);
        ModelWord word = {g_utf8_make_valid(written, -1), entry->weight};
        g_array_append_val(words, word);
    }
    return words;
}

GArray *model_explain(const Model *model, const ModelText *text, guint category, guint max)
{
    ModelScales scales;
    model_score(model, text, &scales);
    return explain(model, text, &scales, category, max);
}

guint model_understand(const Model *model, const ModelText *text, ModelGuess *guesses, guint max,
                       guint max_words, GArray **words)
{
    ModelScales scales;
    gboolean known = model_score(model, text, &scales);
    guint n = model_guess(model, model->overlay, &scales, known, guesses, max);
    *words = n ? explain(model, text, &scales, guesses[0].category, max_words) : NULL;
    return n;
}
