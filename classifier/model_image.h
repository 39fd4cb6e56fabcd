/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model image: the bytes of a model, in memory as in its file, which is mapped and used as it is.
 * Training writes an image and opens it as loading does, so that both give the same model. For this
 * folder only.
 *
 *     part         each                      how many
 *     header       ImageHeader               1
 *     sections     see ImageSection, in its order, each padded with 0 to 8 bytes
 *     checksum     guint64 (checksum.h)      1, of all that comes before
 *
 * Numbers are in the order of the machine; one of the other order refuses the file. A change of the
 * layout is a new IMAGE_VERSION: models are derived data, `erms train` makes a new one. Whatever is
 * used as a size or an index is looked at when the image is opened: bytes with a checksum that fits
 * may give nonsense, but cannot crash.
 */
#pragma once

#include "classifier/confidence.h"
#include "classifier/counter.h"
#include "classifier/member.h"
#include "classifier/model.h"

#define IMAGE_MAGIC "ERMSMODL"
#define IMAGE_ORDER 0x01020304u
#define IMAGE_VERSION 3u

typedef struct ImageHeader {
    char magic[8];
    guint32 order, version;
    guint64 size; /* of the file */
    guint32 n_categories, n_features, n_stems, n_near;
    guint32 n_advice, names_size, advice_size; /* strings, each with its NUL */
    guint32 unused;                            /* 0 */
    char language[8];                          /* of most texts; "" none */
    double pool[N_MEMBERS];
    Confidence confidence;
    ModelReport report;
    double bound; /* model_bound() */
    guint64 id;   /* checksum of all before IMAGE_IDS, with 0 here: the same for the same mail */
} ImageHeader;

/* What the members say about a feature. Entries are quantised (row.h): CNB's, then the signed ones
 * of the SVM, one for each category. */
typedef struct ImageRow {
    float weight;                 /* w (bayes.h) */
    guint16 cnb_scale, svm_scale; /* row_scale() */
    guint8 entries[];
} ImageRow;

typedef struct ImageMnbRow {
    guint16 scale;
    guint8 entries[]; /* one for each category */
} ImageMnbRow;

#define NEAR_FEATURES 16

/* A text that was learned: its features with the greatest x (bayes.h) of those that other texts
 * have too. Fewer than NEAR_FEATURES: the rest is of value 0. */
typedef struct ImageNear {
    guint32 category;
    float scale;                     /* the values times this have length 1 */
    guint32 features[NEAR_FEATURES]; /* their places among the keys */
    guint8 values[NEAR_FEATURES];
} ImageNear;

typedef enum {
    IMAGE_KEYS,       /* guint64 by feature: features.h, in the order of vocabulary.h */
    IMAGE_DIRECTORY,  /* guint32: vocabulary_directory() */
    IMAGE_THRESHOLDS, /* double by category */
    IMAGE_MAX_ERRORS, /* double by category */
    IMAGE_PRIORS,     /* double by category: its share of the texts */
    IMAGE_TOTALS,     /* float by member and category (bayes.h); the bias of the SVM */
    IMAGE_ROWS,       /* ImageRow by feature, each padded to 4 bytes */
    IMAGE_MNB,   /* ImageMnbRow by stem, each padded to 2 bytes; stems are the first features */
    IMAGE_NEAR,  /* ImageNear by learned text with an id */
    IMAGE_NAMES, /* of the categories, sorted */
    IMAGE_ADVICE,
    IMAGE_IDS, /* gint64 by ImageNear: the caller's; the last, since model_id() is without them */
    N_IMAGE_SECTIONS
} ImageSection;

typedef struct Overlay Overlay; /* overlay.h */

struct Model {
    GBytes *image;
    const ImageHeader *header; /* in the image, as all that follows */
    const double *thresholds, *max_errors, *priors;
    const float *totals;
    const guint8 *rows, *mnb_rows;
    const ImageNear *near;
    const gint64 *near_ids;
    const char **names; /* array owned, strings in the image */
    const char **advice;
    char id[17];
    Overlay *overlay;   /* what it has learned since its training; NULL: nothing */
    char live_id[32];   /* with that */
    guint32 first_gram; /* features before it are stems and pairs */
    gsize row_size, mnb_row_size;
    /* what classifying needs; says nothing about the model */
    Vocabulary *vocabulary;
    Counter *counter;
    float *scores[N_MEMBERS], *support;
    double *z, *p;
};

/* Where the sections of an image with this header begin, offsets[N_IMAGE_SECTIONS] being the
 * checksum's place. FALSE: the numbers are beyond what a model can have. */
gboolean image_layout(const ImageHeader *header, guint64 offsets[N_IMAGE_SECTIONS + 1]);
gsize image_row_size(guint n_categories); /* of an ImageRow, padding included */
gsize image_mnb_row_size(guint n_categories);
/* An image with room for everything, zero but for the header. */
guint8 *image_new(ImageHeader *header);
/* Writes the checksum of an image of SIZE bytes, a multiple of 8. */
void image_seal(guint8 *image, gsize size);
/* NAME is for the message of MODEL_ERROR_BAD. The model keeps a reference to IMAGE. */
Model *image_open(GBytes *image, const char *name, GError **error);

static inline const ImageRow *image_row(const Model *model, guint32 feature)
{
    return (const ImageRow *)(gconstpointer)(model->rows + feature * model->row_size);
}

static inline const ImageMnbRow *image_mnb_row(const Model *model, guint32 stem)
{
    return (const ImageMnbRow *)(gconstpointer)(model->mnb_rows + stem * model->mnb_row_size);
}
