/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model_image.h"

#include <string.h>

#include "classifier/checksum.h"

enum {
    CHECKSUM_SIZE = sizeof(guint64),
    CATEGORIES_MAX = 65536,
    FEATURES_MAX = 1 << 30,
    NEAR_MAX = 1 << 26,
    STRINGS_MAX = 1 << 26,
};

static guint64 padded(guint64 size, guint64 to)
{
    return (size + to - 1) / to * to;
}

gsize image_row_size(guint n_categories)
{
    return padded(sizeof(ImageRow) + 2 * (gsize)n_categories, sizeof(float));
}

gsize image_mnb_row_size(guint n_categories)
{
    return padded(sizeof(ImageMnbRow) + (gsize)n_categories, sizeof(guint16));
}

gboolean image_layout(const ImageHeader *header, guint64 offsets[N_IMAGE_SECTIONS + 1])
{
    guint64 k = header->n_categories, f = header->n_features;
    if (k < 1 || k > CATEGORIES_MAX || f > FEATURES_MAX || header->n_stems > f ||
        header->n_near > NEAR_MAX || header->names_size > STRINGS_MAX ||
        header->advice_size > STRINGS_MAX || header->n_advice > header->advice_size)
        return FALSE;
    const guint64 sizes[N_IMAGE_SECTIONS] = {
        [IMAGE_KEYS] = f * sizeof(guint64),
        [IMAGE_DIRECTORY] = vocabulary_directory_size(header->n_features) * sizeof(guint32),
        [IMAGE_THRESHOLDS] = k * sizeof(double),
        [IMAGE_MAX_ERRORS] = k * sizeof(double),
        [IMAGE_PRIORS] = k * sizeof(double),
        [IMAGE_TOTALS] = k * N_MEMBERS * sizeof(float),
        [IMAGE_ROWS] = f * image_row_size(header->n_categories),
        [IMAGE_MNB] = header->n_stems * image_mnb_row_size(header->n_categories),
        [IMAGE_NEAR] = header->n_near * sizeof(ImageNear),
        [IMAGE_IDS] = header->n_near * sizeof(gint64),
        [IMAGE_NAMES] = header->names_size,
        [IMAGE_ADVICE] = header->advice_size,
    };
    offsets[0] = padded(sizeof(ImageHeader), 8);
    for (int i = 0; i < N_IMAGE_SECTIONS; i++)
        offsets[i + 1] = padded(offsets[i] + sizes[i], 8);
    return TRUE;
}

guint8 *image_new(ImageHeader *header)
{
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    g_assert(image_layout(header, offsets));
    memcpy(header->magic, IMAGE_MAGIC, sizeof header->magic);
    header->order = IMAGE_ORDER;
    header->version = IMAGE_VERSION;
    header->size = offsets[N_IMAGE_SECTIONS] + CHECKSUM_SIZE;
    guint8 *image = g_malloc0(header->size);
    memcpy(image, header, sizeof *header);
    return image;
}

void image_seal(guint8 *image, gsize size)
{
    guint64 sum = checksum(image, size - CHECKSUM_SIZE);
    memcpy(image + size - CHECKSUM_SIZE, &sum, sizeof sum);
}

/* Finds N strings in SIZE bytes. FALSE: they are not there, or no UTF-8. */
static gboolean find_strings(const guint8 *section, gsize size, guint32 n, const char **strings)
{
    const char *bytes = (const char *)section, *end = bytes + size;
    for (guint32 i = 0; i < n; i++) {
        const char *nul = bytes < end ? memchr(bytes, 0, (gsize)(end - bytes)) : NULL;
        if (!nul || !g_utf8_validate(bytes, nul - bytes, NULL))
            return FALSE;
        strings[i] = bytes;
        bytes = nul + 1;
    }
    return bytes == end;
}

static const char *problem_of(const guint8 *image, gsize size, guint64 *offsets)
{
    const ImageHeader *header = (const ImageHeader *)(gconstpointer)image;
    guint64 sum;
    if (size < sizeof header->magic ||
        memcmp(header->magic, IMAGE_MAGIC, sizeof header->magic) != 0)
        return "not a model of erms";
    if (size < offsetof(ImageHeader, n_categories))
        return "the model is truncated";
    if (header->order != IMAGE_ORDER)
        return "the model was made on a machine with another byte order";
    if (header->version > IMAGE_VERSION)
        return "the model was made by a newer erms";
    if (header->version < IMAGE_VERSION)
        return "the model was made by an older erms; train again";
    if (size < sizeof *header || header->size > size)
        return "the model is truncated";
    if (header->size < size || !image_layout(header, offsets) ||
        offsets[N_IMAGE_SECTIONS] + CHECKSUM_SIZE != size)
        return "the model is damaged: its sizes do not fit";
    memcpy(&sum, image + size - CHECKSUM_SIZE, sizeof sum);
    if (checksum(image, size - CHECKSUM_SIZE) != sum)
        return "the model is damaged: its checksum does not fit";
    return NULL;
}

/* Points the model to its sections. */
static void find_sections(Model *model, const guint8 *image, const guint64 *offsets)
{
    model->header = (const ImageHeader *)(gconstpointer)image;
    model->thresholds = (const double *)(gconstpointer)(image + offsets[IMAGE_THRESHOLDS]);
    model->max_errors = (const double *)(gconstpointer)(image + offsets[IMAGE_MAX_ERRORS]);
    model->priors = (const double *)(gconstpointer)(image + offsets[IMAGE_PRIORS]);
    model->totals = (const float *)(gconstpointer)(image + offsets[IMAGE_TOTALS]);
    model->rows = image + offsets[IMAGE_ROWS];
    model->mnb_rows = image + offsets[IMAGE_MNB];
    model->near = (const ImageNear *)(gconstpointer)(image + offsets[IMAGE_NEAR]);
    model->near_ids = (const gint64 *)(gconstpointer)(image + offsets[IMAGE_IDS]);
    model->row_size = image_row_size(model->header->n_categories);
    model->mnb_row_size = image_mnb_row_size(model->header->n_categories);
}

static gboolean find_features(Model *model, const guint8 *image, const guint64 *offsets)
{
    const guint64 *keys = (const guint64 *)(gconstpointer)(image + offsets[IMAGE_KEYS]);
    const guint32 *directory = (const guint32 *)(gconstpointer)(image + offsets[IMAGE_DIRECTORY]);
    guint32 n = model->header->n_features;
    model->vocabulary = vocabulary_new_fixed(keys, n, directory);
    if (!model->vocabulary)
        return FALSE;
    model->first_gram = vocabulary_first(directory, n, FEATURE_GRAM);
    return vocabulary_first(directory, n, FEATURE_STEM + 1) == model->header->n_stems &&
           vocabulary_first(directory, n, N_FEATURE_KINDS) == n;
}

static gboolean near_fits(const Model *model)
{
    for (guint32 i = 0; i < model->header->n_near; i++) {
        const ImageNear *near = &model->near[i];
        guint32 last = 0;
        for (int k = 0; k < NEAR_FEATURES; k++)
            last = MAX(last, near->features[k]);
        if (near->category >= model->header->n_categories || last >= model->header->n_features)
            return FALSE;
    }
    return TRUE;
}

static gboolean numbers_fit(const Model *model)
{
    for (guint32 c = 0; c < model->header->n_categories; c++)
        if (!(model->thresholds[c] >= 0 && model->priors[c] >= 0 && model->priors[c] <= 1))
            return FALSE;
    return memchr(model->header->language, 0, sizeof model->header->language) != NULL;
}

static gboolean find_all(Model *model, const guint8 *image, const guint64 *offsets)
{
    find_sections(model, image, offsets);
    const ImageHeader *header = model->header;
    model->names = g_new0(const char *, header->n_categories);
    model->advice = g_new0(const char *, MAX(header->n_advice, 1));
    return numbers_fit(model) && find_features(model, image, offsets) && near_fits(model) &&
           find_strings(image + offsets[IMAGE_NAMES], header->names_size, header->n_categories,
                        model->names) &&
           find_strings(image + offsets[IMAGE_ADVICE], header->advice_size, header->n_advice,
                        model->advice);
}

Model *image_open(GBytes *image, const char *name, GError **error)
{
    g_autoptr(Model) model = g_new0(Model, 1);
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    gsize size;
    const guint8 *bytes = g_bytes_get_data(image, &size);
    model->image = g_bytes_ref(image);
    const char *problem = problem_of(bytes, size, offsets);
    if (!problem && !find_all(model, bytes, offsets))
        problem = "the model is damaged: its content does not fit";
    if (problem) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_BAD, "%s: %s", name, problem);
        return NULL;
    }
    guint n = model->header->n_categories;
    g_snprintf(model->id, sizeof model->id, "%016" G_GINT64_MODIFIER "x", model->header->id);
    model->counter = counter_new(model->vocabulary, FALSE);
    for (int m = 0; m < N_MEMBERS; m++)
        model->scores[m] = g_new(float, n);
    model->support = g_new(float, n);
    model->z = g_new(double, n);
    model->p = g_new(double, n);
    return g_steal_pointer(&model);
}
