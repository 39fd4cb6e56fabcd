/* SPDX-License-Identifier: Apache-2.0 */
/* Counter: how often each feature is in a text, subject and body added up. */
#pragma once

#include "classifier/features.h"
#include "classifier/vocabulary.h"

typedef struct Term {
    guint32 id; /* in the vocabulary */
    guint32 count;
} Term;

typedef struct Counter {
    GArray *terms;                  /* of Term, each feature once, in order of first appearance */
    guint32 all[N_FEATURE_KINDS];   /* stems (words), pairs, 4-grams in the text */
    guint32 known[N_FEATURE_KINDS]; /* of these in the vocabulary */
    Tokenizer *tokenizer;
    guint32 *places; /* by id: place in terms + 1; whoever uses it leaves all 0 */
    /* private */
    Vocabulary *vocabulary;
    gboolean learn;
    guint32 n_places;
} Counter;

/* Borrows VOCABULARY. LEARN: adds features that are not in it, otherwise they are left out. */
Counter *counter_new(Vocabulary *vocabulary, gboolean learn);
void counter_free(Counter *counter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Counter, counter_free)

/* Fills terms, words, known; valid until the next call. */
void counter_read(Counter *counter, const char *subject, const char *text, const char *language);

/* What a count weighs: 1 + ln(count). */
float counter_weight(guint32 count);
