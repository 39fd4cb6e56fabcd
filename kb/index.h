/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KbIndex: the words of all templates, counted once, for kb/pick.h. It belongs to a Kb and is
 * filled when it is first asked for; one thread, as the tokenizer.
 */
#pragma once

#include "classifier/tokens.h"
#include "kb/kb.h"

typedef struct IndexTerm {
    guint term;
    float weight;
} IndexTerm;

/* The terms of one language and how rare they are: idf = ln((N + 1) / (df + 1)), N templates, df of
 * them with the term. A term that all have weighs nothing. */
typedef struct IndexLanguage {
    GHashTable *terms; /* stem → GUINT_TO_POINTER(term + 1) */
    GArray *idf;       /* double, by term; df while counting */
    guint templates;
} IndexLanguage;

typedef struct IndexWord {
    const char *word; /* lower case, folded as the tokenizer does */
    const char *stem;
    guint stem_id; /* words of one text with the same stem have the same number */
} IndexWord;

typedef struct IndexEntry {
    const Template *template_;
    const IndexLanguage *language;
    GArray *vector;     /* IndexTerm by ascending term; length 1, or empty */
    GPtrArray *phrases; /* of `when`: GArray of IndexWord */
    char *head;         /* the words of id, title and when, folded, space between */
    char *body;
} IndexEntry;

typedef struct KbIndex KbIndex;
KbIndex *index_new(const GPtrArray *templates); /* of Template, borrowed */
void index_free(KbIndex *index);
/* Counts the words, if that was not done yet. */
void index_fill(KbIndex *index, Tokenizer *tokenizer);
/* The index of KB, filled. */
KbIndex *kb_index(const Kb *kb, Tokenizer *tokenizer);
/* Of Template I of kb_templates(). */
const IndexEntry *index_entry(const KbIndex *index, guint i);
/* NULL: no template is in that language. */
const IndexLanguage *index_language(const KbIndex *index, const char *code);

/* The words of a mail, numbers and addresses left out. */
typedef struct IndexText {
    GStringChunk *strings;
    GArray *words;    /* IndexWord, each once */
    GArray *sequence; /* guint, numbers of words, in order */
    guint n_stems;
    GArray *vector; /* IndexTerm as above, of the words that templates know */
} IndexText;
/* Reads at most the first 64 KiB of SUBJECT and TEXT together, each of which may be NULL, in the
 * language CODE. */
IndexText *index_text(const IndexLanguage *language, Tokenizer *tokenizer, const char *code,
                      const char *subject, const char *text);
void index_text_free(IndexText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IndexText, index_text_free)

double index_cosine(const GArray *a, const GArray *b);
/* How many different words of TEXT the `when` of ENTRY finds; see kb/pick.h. */
guint index_matches(const IndexEntry *entry, const IndexText *text);
