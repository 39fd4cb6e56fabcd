/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/overlay.h"

#include <math.h>
#include <string.h>

#include "classifier/row.h"
#include "classifier/svm.h"

static const float most_margin = 16;

typedef struct Learned {
    float weight;   /* as in the model, or that of a new stem */
    gboolean fresh; /* the model does not have it */
    float each;     /* x of one occurrence, in the last text that had it */
} Learned;

struct Overlay {
    guint n_categories, corrections;
    float fresh_weight;
    Vocabulary *features; /* of the texts that were learned */
    GArray *learned;      /* of Learned, by feature */
    GArray *rows;         /* of float, [feature * n_categories + c]: what is added to the weights */
    Counter *counter;     /* of FEATURES */
};

/* A stem that one of N texts has, of whatever category: the mean by their shares. */
static float weigh_fresh(const Model *model)
{
    ModelReport report;
    model_report(model, &report);
    double idf = log(((double)report.texts + 1) / 2) + 1, kl = 0;
    for (guint c = 0; c < model_n_categories(model); c++) {
        double prior = model_prior(model, c), p = (1 + 0.5 * prior) / 1.5;
        if (prior > 0)
            kl += prior * (p * log(p / prior) + (1 - prior) / 3 * log(1.0 / 3));
    }
    return (float)sqrt(MAX(idf, 1) * MAX(kl, 0));
}

Overlay *overlay_new(const Model *model)
{
    Overlay *overlay = g_new0(Overlay, 1);
    overlay->n_categories = model_n_categories(model);
    overlay->fresh_weight = weigh_fresh(model);
    overlay->features = vocabulary_new();
    overlay->learned = g_array_new(FALSE, FALSE, sizeof(Learned));
    overlay->rows = g_array_new(FALSE, TRUE, sizeof(float));
    overlay->counter = counter_new(overlay->features, FALSE);
    return overlay;
}

void overlay_free(Overlay *overlay)
{
    if (!overlay)
        return;
    counter_free(overlay->counter);
    vocabulary_free(overlay->features);
    g_array_unref(overlay->learned);
    g_array_unref(overlay->rows);
    g_free(overlay);
}

guint overlay_corrections(const Overlay *overlay)
{
    return overlay->corrections;
}

static float *row_of(const Overlay *overlay, guint32 feature)
{
    return (float *)(gpointer)overlay->rows->data + (gsize)feature * overlay->n_categories;
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static int block_of(const Overlay *overlay, guint32 feature)
{
    return feature_block(vocabulary_keys(overlay->features)[feature]);
}

/* Finds x of the features that were learned; returns |x|², with all features that the model has.
 * LENGTHS are those of the model's features. */
static float read_text(Overlay *overlay, const ModelText *text, const char *language,
                       const float lengths[2])
{
    float all[2] = {lengths[0], lengths[1]}, blocks[2];
    Learned *learned = (Learned *)(gpointer)overlay->learned->data;
    const GArray *terms = overlay->counter->terms;
    counter_read(overlay->counter, text->subject, text->text, language);
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        float x = counter_weight(term->count) * learned[term->id].weight;
        learned[term->id].each = x / (float)term->count;
        if (learned[term->id].fresh)
            all[block_of(overlay, term->id)] += x * x;
    }
    model_scale(all, blocks);
    for (guint i = 0; i < terms->len; i++) {
        guint32 feature = g_array_index(terms, Term, i).id;
        learned[feature].each *= blocks[block_of(overlay, feature)];
    }
    return all[0] * blocks[0] * blocks[0] + all[1] * blocks[1] * blocks[1];
}

/* x of a term of the text that was read last. */
static float x_of(const Overlay *overlay, const Term *term)
{
    return g_array_index(overlay->learned, Learned, term->id).each * (float)term->count;
}

void overlay_score(Overlay *overlay, const Model *model, const ModelText *text,
                   const ModelScales *scales, float *scores)
{
    const GArray *terms = overlay->counter->terms;
    read_text(overlay, text, corpus_language(text, model->header->language), scales->lengths);
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        row_add_floats(scores, row_of(overlay, term->id), x_of(overlay, term),
                       overlay->n_categories);
    }
}

gboolean overlay_speaks(const Overlay *overlay)
{
    return overlay->counter->terms->len > 0;
}

const float *overlay_row(const Overlay *overlay, guint64 key, float *factor)
{
    guint32 feature = vocabulary_find(overlay->features, key);
    *factor = 0;
    if (feature != VOCABULARY_NONE)
        *factor = g_array_index(overlay->learned, Learned, feature).each;
    return *factor > 0 ? row_of(overlay, feature) : NULL;
}

/* ---- learning ---------------------------------------------------------------------------------
 */

/* A text at hand. */
typedef struct Lesson {
    guint category; /* n_categories: none of them */
    GArray *x;      /* of Entry: feature, x */
    float square;   /* |x|² */
    float *scores;  /* of the model without overlay */
    float *alpha;
} Lesson;

static void lesson_clear(Lesson *lesson)
{
    g_array_unref(lesson->x);
    g_free(lesson->scores);
    g_free(lesson->alpha);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Lesson, lesson_clear)

static void add_feature(Overlay *overlay, guint64 key, float weight, gboolean fresh)
{
    Learned learned = {weight, fresh, 0};
    if (weight <= 0 || vocabulary_find(overlay->features, key) != VOCABULARY_NONE)
        return;
    vocabulary_add(overlay->features, key);
    g_array_append_val(overlay->learned, learned);
    g_array_set_size(overlay->rows, overlay->rows->len + overlay->n_categories);
}

typedef struct Search {
    Overlay *overlay;
    const Model *model;
} Search;

static void on_feature(const Feature *feature, gpointer data)
{
    const Search *search = data;
    if (feature_kind(feature->key) == FEATURE_STEM &&
        vocabulary_find(search->model->vocabulary, feature->key) == VOCABULARY_NONE)
        add_feature(search->overlay, feature->key, search->overlay->fresh_weight, TRUE);
}

/* FRESH: takes in new stems. */
static void lesson_init(Lesson *lesson, Overlay *overlay, const Model *model, const ModelText *text,
                        guint category, gboolean fresh)
{
    guint n = overlay->n_categories;
    const char *language = corpus_language(text, model->header->language);
    const GArray *known = model->counter->terms, *terms = overlay->counter->terms;
    ModelScales scales;
    *lesson = (Lesson){category, g_array_new(FALSE, FALSE, sizeof(Entry)), 0, g_new0(float, n),
                       g_new0(float, n)};
    model_separate(model, text, &scales, lesson->scores);
    for (guint i = 0; i < known->len; i++) {
        const Term *term = &g_array_index(known, Term, i);
        add_feature(overlay, vocabulary_keys(model->vocabulary)[term->id],
                    image_row(model, term->id)->weight, FALSE);
    }
    if (fresh)
        features_scan(overlay->counter->tokenizer, text->subject, text->text, language, on_feature,
                      &(Search){overlay, model});
    lesson->square = read_text(overlay, text, language, scales.lengths);
    for (guint i = 0; i < terms->len; i++) {
        const Term *term = &g_array_index(terms, Term, i);
        Entry entry = {term->id, x_of(overlay, term)};
        g_array_append_val(lesson->x, entry);
    }
}

static float side(const Lesson *lesson, guint c)
{
    return lesson->category == c ? 1 : -1;
}

/* What training left in the weights. */
static void find_alpha(Lesson *lesson, guint n)
{
    for (guint c = 0; c < n; c++)
        lesson->alpha[c] = MAX(0, (1 - side(lesson, c) * lesson->scores[c]) / SVM_RIDGE);
}

/* One step for each category towards y·m ≥ MARGIN. */
static void visit(Overlay *overlay, Lesson *lesson, float margin)
{
    guint n = overlay->n_categories;
    g_autofree float *m = g_memdup2(lesson->scores, n * sizeof *m);
    g_autofree float *change = g_new(float, n);
    const Entry *entries = (const Entry *)(gpointer)lesson->x->data;
    for (guint i = 0; i < lesson->x->len; i++)
        row_add_floats(m, row_of(overlay, entries[i].feature), entries[i].t, n);
    for (guint c = 0; c < n; c++) {
        float y = side(lesson, c), alpha = lesson->alpha[c];
        float gradient = y * m[c] - margin + SVM_RIDGE * alpha;
        lesson->alpha[c] = MAX(0, alpha - gradient / (lesson->square + SVM_RIDGE));
        change[c] = y * (lesson->alpha[c] - alpha);
    }
    for (guint i = 0; i < lesson->x->len; i++)
        row_add_floats(row_of(overlay, entries[i].feature), change, entries[i].t, n);
}

static void hold(Overlay *overlay, const Model *model, const ModelText *old)
{
    guint n = overlay->n_categories;
    guint category = old->category ? model_find_category(model, old->category) : n;
    if (category == n)
        return;
    g_auto(Lesson) lesson;
    lesson_init(&lesson, overlay, model, old, category, FALSE);
    find_alpha(&lesson, n);
    visit(overlay, &lesson, 1);
}

static gboolean is_learned(const Model *model, const ModelText *text, guint category)
{
    ModelGuess guess;
    return category == model->header->n_categories || model_classify(model, text, &guess, 1) == 0 ||
           guess.category == category;
}

void overlay_learn(const Model *model, const ModelText *text, guint category,
                   const ModelText *replays, gsize n)
{
    Overlay *overlay = model->overlay;
    float margin = 1;
    g_auto(Lesson) lesson;
    lesson_init(&lesson, overlay, model, text, category, TRUE);
    overlay->corrections++;
    do {
        visit(overlay, &lesson, margin);
        for (gsize i = 0; i < n; i++)
            hold(overlay, model, &replays[i]);
        visit(overlay, &lesson, margin);
        margin *= 2;
    } while (margin <= most_margin && !is_learned(model, text, category));
}
