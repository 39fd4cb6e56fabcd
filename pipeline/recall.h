/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recall: how questions like this one were answered before. Joins the rows (models/past_case.h),
 * the index over them (models/posting.h), their words (kb/cases.h) and masking (kb/mask.h).
 */
#pragma once

#include "classifier/tokens.h"
#include "models/message.h"
#include "models/past_case.h"

/* What an agent wrote. */
typedef struct RecallAnswer {
    const char *text;          /* the new words, without the quoted question */
    const char *template_name; /* that it began with; NULL: none */
    const char *who;           /* the agent; NULL: unknown */
    gint64 at;
    const char *const *own_domains; /* of the house, see kb/mask.h; may be NULL */
} RecallAnswer;

/* Takes up that QUESTION (inserted) got this answer, in one transaction; a later answer to the same
 * message replaces the earlier one. An answer without words is not taken up, which is no error. */
gboolean recall_learn(Store *store, Tokenizer *tokenizer, const Message *question,
                      const RecallAnswer *answer, GError **error);
/* Takes it out again: the index is then as if it had never been in. Nothing happens if there is no
 * case for this message. Before the message is deleted; after that, posting_sweep(). */
gboolean recall_forget(Store *store, Tokenizer *tokenizer, gint64 message_id, GError **error);
/* Makes the index anew from all cases: after a change of what a term is. */
gboolean recall_rebuild(Store *store, Tokenizer *tokenizer, GError **error);

#define RECALL_CANDIDATES 50 /* of which those that are not alike are chosen */
#define RECALL_WORDS 6
#define RECALL_QUESTION_MAX_BYTES (8 * 1024) /* of its text; what is behind it is not asked */

typedef struct RecallCase {
    PastCase *past;
    double score; /* 0..1: that of models/posting.h as a share of what the question itself would
                     score as a case */
    guint given;  /* how often this answer was given */
    gboolean in_language; /* in the question's language */
    GPtrArray *words;     /* char *: the words that matched, strongest first */
} RecallCase;
void recall_case_free(RecallCase *found);

typedef struct RecallQuestion {
    const char *subject;  /* may be NULL */
    const char *text;     /* may be NULL */
    const char *language; /* "" or NULL: unknown */
    const char *fallback; /* asked if nothing is found in LANGUAGE; NULL: nothing is */
    gint64 message_id;    /* of the question itself, whose case is left out; 0: none */
} RecallQuestion;

/* At most MAX cases whose answers differ, best first (GPtrArray of RecallCase, owned). */
GPtrArray *recall_find(Store *store, Tokenizer *tokenizer, const RecallQuestion *question,
                       guint max, GError **error);
