/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model_image.h"

#include <string.h>

enum {
    CHECKSUM_SIZE = 32,
    CATEGORIES_MAX = 65536,
    FEATURES_MAX = 1 << 30,
    STRINGS_MAX = 1 << 26,
};

gboolean image_layout(const ImageHeader *header, guint64 offsets[N_IMAGE_SECTIONS + 1])
{
    guint64 k = header->n_categories, f = header->n_features;
    if (k < 1 || k > CATEGORIES_MAX || f > FEATURES_MAX || header->n_stems > f ||
        header->names_size > STRINGS_MAX || header->advice_size > STRINGS_MAX)
        return FALSE;
    const guint64 sizes[N_IMAGE_SECTIONS] = {
        [IMAGE_KEYS] = f * sizeof(guint64),   [IMAGE_THRESHOLDS] = k * sizeof(double),
        [IMAGE_PRIORS] = k * sizeof(double),  [IMAGE_TOTALS] = k * N_MEMBERS * sizeof(float),
        [IMAGE_WEIGHTS] = f * sizeof(float),  [IMAGE_MNB] = header->n_stems * k * sizeof(float),
        [IMAGE_CNB] = f * k * sizeof(float),  [IMAGE_NAMES] = header->names_size,
        [IMAGE_ADVICE] = header->advice_size,
    };
    offsets[0] = (sizeof(ImageHeader) + 7) & ~(guint64)7;
    for (int i = 0; i < N_IMAGE_SECTIONS; i++)
        offsets[i + 1] = (offsets[i] + sizes[i] + 7) & ~(guint64)7;
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

static void checksum(const guint8 *image, gsize size, guint8 *digest)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize length = CHECKSUM_SIZE;
    const gsize step = 1 << 20; /* g_checksum_update() counts with a signed number */
    for (gsize at = 0; at < size; at += step)
        g_checksum_update(sum, image + at, (gssize)MIN(step, size - at));
    g_checksum_get_digest(sum, digest, &length);
}

void image_seal(guint8 *image)
{
    gsize size = ((const ImageHeader *)(gpointer)image)->size - CHECKSUM_SIZE;
    checksum(image, size, image + size);
}

/* Finds N strings in SIZE bytes. FALSE: they are not there, or no UTF-8. */
static gboolean find_strings(const char *bytes, gsize size, guint32 n, const char **strings)
{
    const char *end = bytes + size;
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
    guint8 digest[CHECKSUM_SIZE];
    if (size < sizeof header->magic ||
        memcmp(header->magic, IMAGE_MAGIC, sizeof header->magic) != 0)
        return "not a model of erms";
    if (size < sizeof *header)
        return "the model is truncated";
    if (header->order != IMAGE_ORDER)
        return "the model was made on a machine with another byte order";
    if (header->version > IMAGE_VERSION)
        return "the model was made by a newer erms";
    if (header->version < IMAGE_VERSION)
        return "the model was made by an older erms; train again";
    if (header->size > size)
        return "the model is truncated";
    if (header->size < size || !image_layout(header, offsets) ||
        offsets[N_IMAGE_SECTIONS] + CHECKSUM_SIZE != size)
        return "the model is damaged: its sizes do not fit";
    checksum(image, size - CHECKSUM_SIZE, digest);
    if (memcmp(digest, image + size - CHECKSUM_SIZE, CHECKSUM_SIZE) != 0)
        return "the model is damaged: its checksum does not fit";
    if (header->n_advice > header->advice_size ||
        !memchr(header->language, 0, sizeof header->language))
        return "the model is damaged";
    return NULL;
}

Model *image_open(guint8 *image, gsize size, const char *name, GError **error)
{
    g_autoptr(Model) model = g_new0(Model, 1);
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    model->image = image;
    const char *problem = problem_of(image, size, offsets);
    if (problem) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_BAD, "%s: %s", name, problem);
        return NULL;
    }
    const ImageHeader *header = model->header = (const ImageHeader *)(gpointer)image;
    model->thresholds = (const double *)(gpointer)(image + offsets[IMAGE_THRESHOLDS]);
    model->priors = (const double *)(gpointer)(image + offsets[IMAGE_PRIORS]);
    model->totals = (const float *)(gpointer)(image + offsets[IMAGE_TOTALS]);
    model->weights = (const float *)(gpointer)(image + offsets[IMAGE_WEIGHTS]);
    model->rows[MEMBER_MNB] = (const float *)(gpointer)(image + offsets[IMAGE_MNB]);
    model->rows[MEMBER_CNB] = (const float *)(gpointer)(image + offsets[IMAGE_CNB]);
    model->names = g_new0(const char *, header->n_categories);
    model->advice = g_new0(const char *, MAX(header->n_advice, 1));
    model->vocabulary = vocabulary_new_fixed(
        (const guint64 *)(gpointer)(image + offsets[IMAGE_KEYS]), header->n_features);
    if (!model->vocabulary ||
        !find_strings((const char *)image + offsets[IMAGE_NAMES], header->names_size,
                      header->n_categories, model->names) ||
        !find_strings((const char *)image + offsets[IMAGE_ADVICE], header->advice_size,
                      header->n_advice, model->advice)) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_BAD, "%s: the model is damaged", name);
        return NULL;
    }
    for (guint i = 0; i < 8; i++)
        g_snprintf(model->id + 2 * i, 3, "%02x", image[size - CHECKSUM_SIZE + i]);
    model->counter = counter_new(model->vocabulary, FALSE);
    for (int m = 0; m < N_MEMBERS; m++)
        model->scores[m] = g_new(float, header->n_categories);
    model->z = g_new(double, header->n_categories);
    model->p = g_new(double, header->n_categories);
    return g_steal_pointer(&model);
}
