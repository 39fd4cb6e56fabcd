/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model image: the bytes of a model, in memory as in its file. Training writes an image and opens
 * it as loading does, so that both give the same model. For this folder only.
 *
 *     header | sections in the order of ImageSection, each padded to 8 bytes | SHA-256 of all that
 *
 * Numbers are in the order of the machine; one of the other order refuses the file. A change of the
 * layout is a new IMAGE_VERSION: models are derived data, `erms train` makes a new one.
 */
#pragma once

#include "classifier/bayes.h"
#include "classifier/confidence.h"
#include "classifier/counter.h"
#include "classifier/model.h"

#define IMAGE_MAGIC "ERMSMODL"
#define IMAGE_ORDER 0x01020304u
#define IMAGE_VERSION 1u

typedef struct ImageHeader {
    char magic[8];
    guint32 order, version;
    guint64 size; /* of the file */
    guint32 n_categories, n_features, n_stems, n_advice;
    guint64 names_size, advice_size; /* strings, each with its NUL */
    char language[8];
    double pool[N_MEMBERS];
    double confidence[N_SIGNALS];
    ModelReport report;
} ImageHeader;

typedef enum {
    IMAGE_KEYS,       /* guint64 by feature */
    IMAGE_THRESHOLDS, /* double by category */
    IMAGE_PRIORS,     /* double by category: its share of the texts */
    IMAGE_TOTALS,     /* float by member and category (bayes.h) */
    IMAGE_WEIGHTS,    /* float by feature */
    IMAGE_MNB,        /* float by stem and category */
    IMAGE_CNB,        /* float by feature and category */
    IMAGE_NAMES,      /* of the categories */
    IMAGE_ADVICE,
    N_IMAGE_SECTIONS
} ImageSection;

struct Model {
    guint8 *image;
    const ImageHeader *header; /* in the image, as all that follows */
    const double *thresholds, *priors;
    const float *totals, *weights, *rows[N_MEMBERS];
    const char **names; /* array owned, strings in the image */
    const char **advice;
    char id[17];
    /* what classifying needs; says nothing about the model */
    Vocabulary *vocabulary;
    Counter *counter;
    float *scores[N_MEMBERS];
    double *z, *p;
};

/* Where the sections of an image with this header begin, offsets[N_IMAGE_SECTIONS] being the
 * checksum's place. FALSE: the numbers are beyond what a model can have. */
gboolean image_layout(const ImageHeader *header, guint64 offsets[N_IMAGE_SECTIONS + 1]);
/* An image with room for everything, zero but for the header. */
guint8 *image_new(ImageHeader *header);
/* Writes the checksum. */
void image_seal(guint8 *image);
/* Takes IMAGE, of SIZE bytes from g_malloc(). NAME is for the message of MODEL_ERROR_BAD. */
Model *image_open(guint8 *image, gsize size, const char *name, GError **error);
