/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draft: the answers of one category that fit a mail, filled in. Runs the lookups that they need,
 * once each. The order is kb_pick()'s, except that a lookup knows better: an answer whose key the
 * mail names comes first, one whose key is not in the mail comes last.
 *
 * Of the mail of a stranger nothing is repeated in an answer to it: whoever forges a sender could
 * make us say anything to anybody. So there are two kinds of drafters: drafter_init() for mail
 * whose sender is known, and for suggestions, which an agent reads; drafter_init_stranger() for
 * what may leave by itself without either.
 */
#pragma once

#include "kb/fill.h"
#include "kb/lookup.h"
#include "pipeline/pipeline.h"

typedef struct Draft {
    const Template *template_;
    Filled *filled;
    gboolean language; /* in the mail's language */
    gboolean clear;    /* nothing else of its category fits as well (only the first can be) */
    gboolean stranger; /* nothing of the mail is in it */
    char *lookup;      /* why a lookup that it needs gave nothing; NULL: fine */
} Draft;
void draft_free(Draft *draft);

/* The places of one mail, filled as far as drafts needed them. */
typedef struct Drafter {
    const Pipeline *pipeline;
    const Message *message;
    gboolean stranger;
    const char *language; /* of the greeting among the places */
    GHashTable *places;   /* char* → char* */
    GHashTable *lookups;  /* name → LookupOutcome */
} Drafter;
void drafter_init(Drafter *drafter, const Pipeline *pipeline, const Message *message,
                  const char *token);
/* Only public answers, picked as if there were no others; greeted without name, no place is filled
 * from the mail or looked up for it. */
void drafter_init_stranger(Drafter *drafter, const Pipeline *pipeline, const Message *message,
                           const char *token);
void drafter_clear(Drafter *drafter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Drafter, drafter_clear)

/* The reply that DRAFT would be, as DRAFT number RANK; without ids and mail_id. A stranger's has a
 * subject of ours; the Message-IDs that mail programs need to show it beside the mail are in both.
 */
Reply *draft_reply(const Draft *draft, const Message *message, const char *token, guint rank);

/* At most MAX drafts of CATEGORY, best first (GPtrArray of Draft, owned). */
GPtrArray *drafter_category(Drafter *drafter, const char *category, guint max);
