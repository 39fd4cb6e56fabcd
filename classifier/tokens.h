/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to tokens: lower-case Unicode words, Snowball stems of the text's language; numbers and
 * addresses become classes of their own ("#number", "#email", "#url" …).
 */
#pragma once

#include <glib.h>

typedef struct Tokenizer Tokenizer; /* holds the stemmers and a cache of stems; one thread */
Tokenizer *tokenizer_new(void);
void tokenizer_free(Tokenizer *tokenizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tokenizer, tokenizer_free)

/* STEM and WORD (as written) are only for the call. */
typedef void (*TokenFunc)(const char *stem, gsize stem_length, const char *word, gsize word_length,
                          gpointer data);
/* LANGUAGE "de", "en" …; "" or NULL: no stemming. TEXT is UTF-8. */
void tokenizer_scan(Tokenizer *tokenizer, const char *text, const char *language, TokenFunc func,
                    gpointer data);
