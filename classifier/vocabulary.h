/* SPDX-License-Identifier: Apache-2.0 */
/* Vocabulary: a number for each feature, 0, 1, 2 … in the order in which they came. */
#pragma once

#include <glib.h>

#define VOCABULARY_NONE G_MAXUINT32

typedef struct Vocabulary Vocabulary;
Vocabulary *vocabulary_new(void);
/* Borrows KEYS; nothing can be added to it. NULL: a key is there twice. */
Vocabulary *vocabulary_new_fixed(const guint64 *keys, guint32 n);
void vocabulary_free(Vocabulary *vocabulary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vocabulary, vocabulary_free)

guint32 vocabulary_size(const Vocabulary *vocabulary);
const guint64 *vocabulary_keys(const Vocabulary *vocabulary);
guint32 vocabulary_find(const Vocabulary *vocabulary, guint64 key); /* VOCABULARY_NONE: unknown */
guint32 vocabulary_add(Vocabulary *vocabulary, guint64 key);        /* finds, or adds */
