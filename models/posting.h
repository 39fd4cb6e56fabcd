/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Posting: the inverted index over past cases (models/past_case.h): which term is in which case,
 * and how much it says there. A term is any string; kb/cases.h makes them. Not here: texts.
 *
 * A case's postings depend on that case alone, so that taking it out leaves the index exactly as
 * if it had never been there. What depends on all cases is counted when asked: N cases of the
 * language, df of them with term t,
 *
 *     idf_t = ln(1 + (N - df + 0.5) / (df + 0.5))
 *     score = sum over t of w_t · idf_t · s_t / sum over t of w_t · idf_t        0..1
 *
 * with w_t the caller's weight of the term and s_t how strong it is in the case. This is BM25
 * (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) with a fixed length to
 * compare with. Terms of different languages never meet.
 *
 * A row holds the cases of one term whose id div POSTING_BLOCK is the same, 16 bits each,
 * ascending, low byte first: 11 bits of the id, 5 bits of level; s = 2^((level - POSTING_LEVEL_MAX)
 * / 6). The empty term stands for every case of the language.
 */
#pragma once

#include "models/store.h"

#define POSTING_BLOCK 2048
#define POSTING_LEVEL_MAX 31
#define POSTING_TERMS_MAX 64 /* of a question; those of the least weight are left out */

typedef struct PostingTerm {
    const char *term; /* not "" */
    guint level;      /* 0..POSTING_LEVEL_MAX */
} PostingTerm;

guint posting_level(double strength); /* 0..1 → the level that is nearest */

/* Changes, kept in memory until they are written together: one write for each row touched. */
typedef struct PostingBatch PostingBatch;
PostingBatch *posting_batch_new(void);
void posting_batch_free(PostingBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PostingBatch, posting_batch_free)

/* Each term once. The last change of a (term, case) counts; adding one that is there sets its
 * level, removing one that is not does nothing. */
void posting_batch_add(PostingBatch *batch, const char *language, gint64 id,
                       const PostingTerm *terms, gsize n);
void posting_batch_remove(PostingBatch *batch, const char *language, gint64 id,
                          const PostingTerm *terms, gsize n);
guint posting_batch_size(const PostingBatch *batch); /* rows that it touches */
/* Writes all of it (in the caller's transaction, or one of its own), and empties the batch. */
gboolean posting_batch_write(PostingBatch *batch, Store *store, GError **error);

/* Takes out what belongs to no case any more, whose rows went with their messages: *REMOVED (may
 * be NULL) counts the postings. Reads the whole index: about a second for 100,000 cases. */
gboolean posting_sweep(Store *store, gint64 *removed, GError **error);
/* Empties the index. */
gboolean posting_clear(Store *store, GError **error);

typedef struct PostingQuery {
    const char *term;
    double weight; /* > 0 */
    double idf;    /* set by the search; 0: no case has it, or it was left out */
} PostingQuery;

typedef struct PostingHit {
    gint64 id; /* of a past case; its row may be gone, see posting_sweep() */
    double score;
} PostingHit;

/* At most MAX cases of LANGUAGE that share a term with the question, best first, of equal ones the
 * newer first (GArray of PostingHit). */
GArray *posting_search(Store *store, const char *language, PostingQuery *terms, gsize n, guint max,
                       GError **error);
