/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vocabulary: a number for each feature. One that learns gives 0, 1, 2 … in the order in which the
 * features come. A fixed one gives the place among its keys, which are ordered by
 * vocabulary_rank(); it finds a key by a directory of where the ranks with the same top bits begin,
 * so that keys and directory can lie in a mapped file and nothing has to be built.
 */
#pragma once

#include <glib.h>

#define VOCABULARY_NONE G_MAXUINT32

typedef struct Vocabulary Vocabulary;
Vocabulary *vocabulary_new(void);
/* Borrows KEYS and DIRECTORY; nothing can be added to it. NULL: the keys are not in order, one is
 * there twice, or the directory is not theirs. Linear time. */
Vocabulary *vocabulary_new_fixed(const guint64 *keys, guint32 n, const guint32 *directory);
void vocabulary_free(Vocabulary *vocabulary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vocabulary, vocabulary_free)

guint32 vocabulary_size(const Vocabulary *vocabulary);
const guint64 *vocabulary_keys(const Vocabulary *vocabulary);
guint32 vocabulary_find(const Vocabulary *vocabulary, guint64 key); /* VOCABULARY_NONE: unknown */
guint32 vocabulary_add(Vocabulary *vocabulary, guint64 key);        /* finds, or adds */

/* The order of fixed keys: their two lowest bits, the kind of the feature, count most. */
static inline guint64 vocabulary_rank(guint64 key)
{
    return key >> 2 | key << 62;
}
/* The directory of N ordered keys: for each value of the top bits of a rank the first place that
 * has it or a greater one; then N. */
gsize vocabulary_directory_size(guint32 n); /* entries */
void vocabulary_directory(const guint64 *keys, guint32 n, guint32 *directory);
/* The first place of the features of KIND (0..3), or of a greater one; 4: N. */
guint32 vocabulary_first(const guint32 *directory, guint32 n, guint kind);
