/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Past cases: how a question was answered before. Here: texts to weighted terms, and which of the
 * cases found are shown. Not here: the index (models/posting.h), rows (models/past_case.h), what
 * joins them (pipeline/recall.h), masking (kb/mask.h).
 *
 * Terms are the stems of subject, text and answer (classifier/tokens.h), and codes such as
 * "ISR4331" as written; numbers and addresses are left out. A case is one bag of them, as in BM25F
 * (Robertson, Zaragoza, Taylor, Simple BM25 Extension to Multiple Weighted Fields, 2004): a word of
 * the answer counts CASES_ANSWER of one of the question, for customers ask in words that earlier
 * answers used. tf_t is that count, l the sum of all tf:
 *
 *     strength_t = tf / (tf + k1 · (1 - b + b · l / CASES_LENGTH))      k1 = 2, b = 0.9
 *
 * A question asks for term t with weight sqrt(min(tf_t, 3)).
 */
#pragma once

#include "classifier/tokens.h"

#define CASES_ANSWER 0.5
#define CASES_LENGTH 100.0
#define CASES_TEXT_MAX_BYTES (64 * 1024) /* of each text; what is behind it is not read */

typedef struct CaseTerm {
    const char *term;
    const char *word; /* as the text first wrote it */
    double count;     /* tf */
    double strength;  /* of a case, 0..1 */
    double weight;    /* of a question, > 0 */
} CaseTerm;

typedef struct CaseTerms {
    GArray *terms; /* CaseTerm, each once, by term */
    GStringChunk *strings;
} CaseTerms;

/* Each text may be NULL; a question has no ANSWER. */
CaseTerms *cases_read(Tokenizer *tokenizer, const char *language, const char *subject,
                      const char *text, const char *answer);
void cases_terms_free(CaseTerms *terms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseTerms, cases_terms_free)

/* The at most MAX words of QUESTION (as it wrote them) that speak most for a case with these TERMS,
 * strongest first; idf(TERM) comes from IDF, an array beside question->terms. GPtrArray of char *,
 * owned. */
GPtrArray *cases_matched(const CaseTerms *question, const double *idf, const CaseTerms *terms,
                         guint max);

/* A number for the words of an answer, whatever their case, spacing and punctuation: equal ones are
 * the same answer. 0: no words. */
gint64 cases_print(Tokenizer *tokenizer, const char *answer);

/* Two answers are the same to a reader if they share CASES_ALIKE of their words or more (Jaccard;
 * words of one letter and numbers do not count). */
#define CASES_ALIKE 0.8

/* One case that was found. */
typedef struct CaseCandidate {
    const char *answer;
    gint64 print;
    guint given; /* how often an answer with this print was given */
} CaseCandidate;

typedef struct CaseChoice {
    guint index; /* in CANDIDATES */
    guint given; /* how often this answer, and those of the candidates that are alike, were given */
} CaseChoice;

/* The first MAX of the N candidates (best first) whose answers are not alike; an answer like an
 * earlier one counts there. GArray of CaseChoice. */
GArray *cases_choose(Tokenizer *tokenizer, const CaseCandidate *candidates, guint n, guint max);
