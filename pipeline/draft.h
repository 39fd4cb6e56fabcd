/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draft: the answers of one category that fit a mail, filled in. Runs the lookups that they need,
 * once each. The order is kb_pick()'s, except that a lookup knows better: an answer whose key the
 * mail names comes first, one whose key is not in the mail comes last.
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
    char *lookup;      /* why a lookup that it needs gave nothing; NULL: fine */
} Draft;
void draft_free(Draft *draft);

/* The places of one mail, filled as far as drafts needed them. */
typedef struct Drafter {
    const Pipeline *pipeline;
    const Message *message;
    const char *language; /* of the greeting among the places */
    GHashTable *places;   /* char* → char* */
    GHashTable *lookups;  /* name → LookupOutcome */
} Drafter;
void drafter_init(Drafter *drafter, const Pipeline *pipeline, const Message *message,
                  const char *token);
void drafter_clear(Drafter *drafter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Drafter, drafter_clear)

/* The reply that DRAFT would be, as DRAFT number RANK; without ids and mail_id. */
Reply *draft_reply(const Draft *draft, const Message *message, const char *token, guint rank);

/* At most MAX drafts of CATEGORY, best first (GPtrArray of Draft, owned). */
GPtrArray *drafter_category(Drafter *drafter, const char *category, guint max);
