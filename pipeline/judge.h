/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judge: everything that a machine thinks about one mail: what it is about, which answers fit, what
 * the policy says. Reads the model, the knowledge base and the lookups; writes nothing.
 * Not here: the rules themselves (decide.h), the records that come of it (pipeline.h).
 */
#pragma once

#include "mail/authres.h"
#include "pipeline/limits.h"
#include "pipeline/pipeline.h"
#include "pipeline/standing.h"

/* What only the store knows about the mail. */
typedef struct Circumstances {
    const char *token;          /* of the ticket */
    gint64 linked;              /* the other ticket, when it is linked to one; 0 */
    gboolean running;           /* the ticket was there before this mail */
    gboolean away;              /* a note that nobody is there upon a mail of the ticket */
    gint64 fingerprint;         /* of its content (fingerprint.h) */
    Traffic traffic;            /* owned */
    const Standings *standings; /* of the promises; NULL: nothing is known */
} Circumstances;
void circumstances_clear(Circumstances *circumstances);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Circumstances, circumstances_clear)

typedef struct Judgement {
    Verdict *verdict;   /* without model, decided_at */
    GPtrArray *replies; /* of Reply, best first, as DRAFT; without mail_id and ids */
} Judgement;

void judge(const Pipeline *pipeline, const Message *message, const Circumstances *circumstances,
           Judgement *judgement);
/* Says so, and thinks no more about it, which has ended the program (message->tries) too often. */
void judge_poisonous(const Pipeline *pipeline, const Message *message, Judgement *judgement);
/* What is known about who wrote MESSAGE, by the authserv-ids of its mailbox. A mail from a file
 * came to no mailbox: any server of ours may have received it. */
Authentication judge_authenticate(const Policy *policy, const Message *message);
void judgement_clear(Judgement *judgement);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Judgement, judgement_clear)
