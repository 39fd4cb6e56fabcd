/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Corpus: the texts to learn from, as counts of features, ordered by feature: for each feature the
 * texts that it is in, for the members that count; and by text, for those that learn text by text.
 */
#pragma once

#include "classifier/features.h"
#include "classifier/model.h"

#define CORPUS_NONE G_MAXUINT32

typedef struct Posting {
    guint32 text;
    float t; /* 1 + ln(count) */
} Posting;

typedef struct Entry {
    guint32 feature;
    float t;
} Entry;

typedef struct Corpus {
    guint n_texts, n_categories;
    char **categories; /* sorted, NULL-terminated */
    guint32 *order;    /* place of each text among those that were given */
    gboolean *example; /* of each text */
    gboolean *copy;    /* of each text: one before it in its category has the same stems */
    guint32 *category; /* of each text; CORPUS_NONE: it belongs to none */
    guint32 (*all)[N_FEATURE_KINDS]; /* stems, pairs, 4-grams in each text */
    guint32 *place;      /* of each text among those of its category, 0, 1 …; not of examples */
    guint32 *n_texts_of; /* by category, without examples; the last one counts those of none */
    guint32 n_real;      /* texts that are no examples */
    guint32 n_features, n_stems;
    guint64 *keys;     /* by feature: stems first, then the rest; frequent ones first */
    gsize *start;      /* n_features + 1 places in postings */
    Posting *postings; /* by text within a feature */
    guint16 *counts;   /* of the postings; at most 65535 */
    gsize *first;      /* n_texts + 1 places in entries */
    Entry *entries;    /* the same by text */
    char language[8];  /* the most frequent one, for texts that do not say; "" none */
} Corpus;

/* Reads the texts: by category, in it by arrival and content, so that the order in which they are
 * given does not matter. Pairs and 4-grams that are in fewer than two of them are dropped. */
Corpus *corpus_new(const ModelText *texts, gsize n);
void corpus_free(Corpus *corpus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Corpus, corpus_free)

/* The language that TEXT says it has, or that can be seen; else FALLBACK. */
const char *corpus_language(const ModelText *text, const char *fallback);
