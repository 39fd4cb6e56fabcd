/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to tokens: lower-case Unicode words, Snowball stems of the text's language; numbers and
 * addresses become classes of their own.
 *
 * A word is a run of letters, marks and digits, cut at 40 characters; an apostrophe belongs to it
 * before one or two letters ("don't", not "l'adresse"). A Chinese character or Japanese kana is a
 * word of its own. Stems are folded (classifier/fold.h): "möchte", "moechte" and "MÖCHTE" give one.
 * Classes: "#number" digits, with . , : / - between them; "#code" letters with four digits or more,
 * such as order numbers; "#email"; "#url". No word of a text begins with "#". Bytes that are no
 * UTF-8 separate words. The time is linear in the length of the text.
 */
#pragma once

#include <glib.h>

typedef struct Tokenizer Tokenizer; /* holds the stemmers and a cache of stems; one thread */
Tokenizer *tokenizer_new(void);
void tokenizer_free(Tokenizer *tokenizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tokenizer, tokenizer_free)

/* STEM and WORD (as written) are only for the call, and not terminated. */
typedef void (*TokenFunc)(const char *stem, gsize stem_length, const char *word, gsize word_length,
                          gpointer data);
/* LANGUAGE "de", "en" …; "" or NULL: no stemming. TEXT is UTF-8; NULL: no token. */
void tokenizer_scan(Tokenizer *tokenizer, const char *text, const char *language, TokenFunc func,
                    gpointer data);
/* Inside a TokenFunc: the word in lower case, folded, not stemmed. */
const char *tokenizer_word(const Tokenizer *tokenizer, gsize *length);
