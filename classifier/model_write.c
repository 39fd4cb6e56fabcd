/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model_write.h"

#include <math.h>
#include <string.h>

#include "classifier/checksum.h"
#include "classifier/row.h"

typedef struct Writer {
    const Bayes *bayes;
    const Corpus *corpus;
    const Svm *svm;
    guint8 *image;
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    guint32 *features; /* by place among the keys: which feature of the corpus */
    guint32 *places;   /* the other way round */
} Writer;

static int compare_places(gconstpointer a, gconstpointer b, gpointer data)
{
    const guint64 *keys = data;
    guint64 x = vocabulary_rank(keys[*(const guint32 *)a]);
    guint64 y = vocabulary_rank(keys[*(const guint32 *)b]);
    return x < y ? -1 : x > y;
}

static void order_features(Writer *writer)
{
    guint32 n = writer->corpus->n_features;
    writer->features = g_new(guint32, MAX(n, 1));
    writer->places = g_new(guint32, MAX(n, 1));
    for (guint32 f = 0; f < n; f++)
        writer->features[f] = f;
    g_qsort_with_data(writer->features, (int)n, sizeof(guint32), compare_places,
                      writer->corpus->keys);
    for (guint32 i = 0; i < n; i++)
        writer->places[writer->features[i]] = i;
}

static gpointer section(const Writer *writer, ImageSection which)
{
    return writer->image + writer->offsets[which];
}

static void write_keys(const Writer *writer)
{
    guint64 *keys = section(writer, IMAGE_KEYS);
    guint32 n = writer->corpus->n_features;
    for (guint32 i = 0; i < n; i++)
        keys[i] = writer->corpus->keys[writer->features[i]];
    vocabulary_directory(keys, n, section(writer, IMAGE_DIRECTORY));
}

static void write_rows(const Writer *writer)
{
    const Corpus *corpus = writer->corpus;
    guint n = corpus->n_categories;
    gsize row_size = image_row_size(n), mnb_row_size = image_mnb_row_size(n);
    g_autofree float *values = g_new(float, n);
    guint8 *at = section(writer, IMAGE_ROWS), *mnb_at = section(writer, IMAGE_MNB);
    for (guint32 i = 0; i < corpus->n_features; i++, at += row_size) {
        guint32 f = writer->features[i];
        ImageRow *row = (ImageRow *)(gpointer)at;
        row->weight = writer->bayes->weights[f];
        bayes_row(writer->bayes, f, MEMBER_CNB, values);
        row->cnb_scale = row_pack(values, n, row->entries);
        row->svm_scale =
            row_pack_signed(writer->svm->weights + (gsize)f * n, n, (gint8 *)row->entries + n);
        if (f >= corpus->n_stems)
            continue;
        ImageMnbRow *mnb = (ImageMnbRow *)(gpointer)mnb_at;
        bayes_row(writer->bayes, f, MEMBER_MNB, values);
        mnb->scale = row_pack(values, n, mnb->entries);
        mnb_at += mnb_row_size;
    }
}

static void write_categories(const Writer *writer, const Promise *promise)
{
    const Corpus *corpus = writer->corpus;
    guint n = corpus->n_categories;
    float *totals = section(writer, IMAGE_TOTALS);
    double *priors = section(writer, IMAGE_PRIORS);
    for (int m = 0; m < N_BAYES; m++)
        memcpy(totals + (gsize)m * n, writer->bayes->totals[m], n * sizeof(float));
    memcpy(totals + (gsize)MEMBER_SVM * n, writer->svm->bias, n * sizeof(float));
    guint32 own = corpus->n_real - corpus->n_texts_of[n];
    for (guint c = 0; c < n; c++)
        priors[c] =
            own > 0 ? (double)corpus->n_texts_of[c] / own : 1.0 / n; /* examples do not count */
    memcpy(section(writer, IMAGE_THRESHOLDS), promise->thresholds, n * sizeof(double));
    memcpy(section(writer, IMAGE_MAX_ERRORS), promise->max_errors, n * sizeof(double));
}

/* The features of a text with the greatest x, as long as another text has them too. FALSE: none. */
static gboolean read_near(const Writer *writer, guint32 text, ImageNear *near)
{
    const Corpus *corpus = writer->corpus;
    float x[NEAR_FEATURES] = {0};
    for (gsize k = corpus->first[text]; k < corpus->first[text + 1]; k++) {
        const Entry *entry = &corpus->entries[k];
        guint32 f = entry->feature;
        float value = bayes_x(writer->bayes, text, f, entry->t);
        if (corpus->start[f + 1] - corpus->start[f] < 2)
            continue;
        int place = NEAR_FEATURES;
        for (; place > 0 && value > x[place - 1]; place--) {
            if (place < NEAR_FEATURES) {
                x[place] = x[place - 1];
                near->features[place] = near->features[place - 1];
            }
        }
        if (place < NEAR_FEATURES) {
            x[place] = value;
            near->features[place] = writer->places[f];
        }
    }
    row_pack(x, NEAR_FEATURES, near->values);
    float square = 0;
    for (int k = 0; k < NEAR_FEATURES; k++)
        square += (float)near->values[k] * near->values[k];
    near->scale = square > 0 ? 1 / sqrtf(square) : 0;
    return square > 0;
}

/* In the order of the corpus; the caller's numbers into IDS (of gint64). */
static GArray *read_all_near(const Writer *writer, const ModelText *texts, GArray *ids)
{
    G_STATIC_ASSERT(sizeof(ImageNear) == 8 + 5 * NEAR_FEATURES); /* no padding */
    GArray *all = g_array_new(FALSE, FALSE, sizeof(ImageNear));
    for (guint32 i = 0; i < writer->corpus->n_texts; i++) {
        gint64 id = texts[writer->corpus->order[i]].id;
        ImageNear near = {.category = writer->corpus->category[i]};
        if (id == 0 || near.category == CORPUS_NONE || !read_near(writer, i, &near))
            continue;
        g_array_append_val(all, near);
        g_array_append_val(ids, id);
    }
    return all;
}

static void write_strings(guint8 *at, gpointer const *strings, guint n)
{
    for (guint i = 0; i < n; i++) {
        gsize size = strlen(strings[i]) + 1;
        memcpy(at, strings[i], size);
        at += size;
    }
}

static gsize size_of_strings(gpointer const *strings, guint n)
{
    gsize size = 0;
    for (guint i = 0; i < n; i++)
        size += strlen(strings[i]) + 1;
    return size;
}

GBytes *model_write(const Bayes *bayes, const Svm *svm, const Promise *promise,
                    const ModelText *texts, ImageHeader *header)
{
    const Corpus *corpus = bayes->corpus;
    Writer writer = {.bayes = bayes, .corpus = corpus, .svm = svm};
    gpointer const *names = (gpointer const *)corpus->categories;
    order_features(&writer);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GArray) near = read_all_near(&writer, texts, ids);
    header->n_categories = corpus->n_categories;
    header->n_features = corpus->n_features;
    header->n_stems = corpus->n_stems;
    header->n_near = near->len;
    header->n_advice = promise->advice->len;
    header->names_size = (guint32)size_of_strings(names, corpus->n_categories);
    header->advice_size = (guint32)size_of_strings(promise->advice->pdata, promise->advice->len);
    memcpy(header->language, corpus->language, sizeof header->language);
    writer.image = image_new(header);
    image_layout(header, writer.offsets);
    write_keys(&writer);
    write_rows(&writer);
    write_categories(&writer, promise);
    if (near->len > 0)
        memcpy(section(&writer, IMAGE_NEAR), near->data, near->len * sizeof(ImageNear));
    write_strings(section(&writer, IMAGE_NAMES), names, corpus->n_categories);
    write_strings(section(&writer, IMAGE_ADVICE), promise->advice->pdata, promise->advice->len);
    guint64 id = checksum(writer.image, writer.offsets[IMAGE_IDS]);
    ((ImageHeader *)(gpointer)writer.image)->id = id;
    if (ids->len > 0)
        memcpy(section(&writer, IMAGE_IDS), ids->data, ids->len * sizeof(gint64));
    image_seal(writer.image, header->size);
    g_free(writer.features);
    g_free(writer.places);
    return g_bytes_new_take(writer.image, header->size);
}
