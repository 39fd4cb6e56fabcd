/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judge: everything that a machine thinks about one mail: what it is about, which answers fit, what
 * the policy says. Reads the model, the knowledge base and the lookups; writes nothing.
 * Not here: the rules themselves (decide.h), the records that come of it (pipeline.h).
 */
#pragma once

#include "pipeline/pipeline.h"
#include "pipeline/standing.h"

/* What only the store knows about the mail. */
typedef struct Circumstances {
    const char *token;          /* of the ticket */
    gboolean running;           /* the ticket was there before this mail */
    guint recent;               /* automatic answers to its address within the quiet time */
    const Standings *standings; /* of the promises; NULL: nothing is known */
} Circumstances;

typedef struct Judgement {
    Verdict *verdict;   /* without model, decided_at */
    GPtrArray *replies; /* of Reply, best first, as DRAFT; without mail_id and ids */
} Judgement;

void judge(const Pipeline *pipeline, const Message *message, const Circumstances *circumstances,
           Judgement *judgement);
void judgement_clear(Judgement *judgement);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Judgement, judgement_clear)
