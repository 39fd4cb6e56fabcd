/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corpus: the texts to learn from, as counts of features, ordered by feature: for each feature the
 * texts that it is in. So learning is a few sweeps through memory.
 */
#pragma once

#include "classifier/features.h"
#include "classifier/model.h"

#define CORPUS_NONE G_MAXUINT32

typedef struct Posting {
    guint32 text;
    float t; /* 1 + ln(count) */
} Posting;

typedef struct Corpus {
    guint n_texts, n_categories;
    char **categories;   /* sorted, NULL-terminated */
    guint32 *category;   /* of each text; CORPUS_NONE: it belongs to none */
    guint32 *words;      /* in each text */
    guint32 *place;      /* of each text among those of its category, 0, 1 … */
    guint32 *n_texts_of; /* by category; the last one counts those of none */
    guint32 n_features, n_stems;
    guint64 *keys;     /* by feature: stems first, then the rest; frequent ones first */
    gsize *start;      /* n_features + 1 places in postings */
    Posting *postings; /* by text within a feature */
    guint32 *counts;   /* of the postings of stems */
    char language[8];  /* the most frequent one, for texts that do not say; "" none */
} Corpus;

/* Reads the texts. Pairs and 4-grams that are in fewer than two of them are dropped. */
Corpus *corpus_new(const ModelText *texts, gsize n);
void corpus_free(Corpus *corpus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Corpus, corpus_free)

/* The language that TEXT says it has, or that can be seen; else FALLBACK. */
const char *corpus_language(const ModelText *text, const char *fallback);
