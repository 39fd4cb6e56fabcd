/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Features: what a text consists of, for the classifier. Block A: stems and pairs of neighbouring
 * stems, not across subject and body. Block B: character 4-grams of "^word$", folded and not
 * stemmed, which carry German compounds and typing errors. A feature is known by a 64-bit
 * fingerprint: among a million, the chance that any two collide is below one in a million.
 */
#pragma once

#include <glib.h>

#include "classifier/tokens.h"

typedef enum { FEATURE_STEM, FEATURE_PAIR, FEATURE_GRAM, N_FEATURE_KINDS } FeatureKind;

typedef struct Feature {
    guint64 key; /* its two lowest bits are the kind */
    const char *word;
    gsize word_length;
    const char *previous; /* the first word of a pair; otherwise NULL */
    gsize previous_length;
} Feature;

#define feature_kind(key) ((FeatureKind)((key)&3))
#define feature_block(key) (feature_kind(key) == FEATURE_GRAM) /* 0: A, 1: B */

/* The pointers are only for the call. */
typedef void (*FeatureFunc)(const Feature *feature, gpointer data);

/* Every occurrence of every feature, in order of the words; the stem of a word comes first. */
void features_scan(Tokenizer *tokenizer, const char *subject, const char *text,
                   const char *language, FeatureFunc func, gpointer data);
