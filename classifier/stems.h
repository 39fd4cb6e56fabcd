/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stems: Snowball stemmers for the languages we know, and a cache in front of them. The cache has a
 * fixed size; a word that falls on a used place takes it.
 */
#pragma once

#include <glib.h>

#define STEMS_WORD_MAX 160 /* bytes of the longest word: 40 characters */

typedef struct Stems Stems; /* one thread */
Stems *stems_new(void);
void stems_free(Stems *stems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stems, stems_free)

/* A number for "de", "de-AT", "en" …; 0 for a language without stemmer, "" or NULL. */
guint stems_language(const char *language);
/* The folded stem of a lower-case word of 1..STEMS_WORD_MAX bytes of valid UTF-8; with language 0
 * the folded word. Valid until the next call. In German "ae", "oe", "ue" count as umlauts, so
 * that "moechte" and "möchte" are one word. */
const char *stems_find(Stems *stems, guint language, const char *word, gsize length,
                       gsize *stem_length);
