/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Picking: which answers of a category fit a mail, best first: first the language, then `when`
 * words, then the similarity of the mail's words with the template's.
 */
#pragma once

#include "classifier/tokens.h"
#include "kb/kb.h"

typedef struct Pick {
    const Template *template_;
    double score;      /* 0..1 within its language */
    gboolean language; /* in the mail's language */
} Pick;

/* At most MAX usable templates (TEMPLATE_OFF left out) of CATEGORY, best first. Those in LANGUAGE
 * come first; if there are none, those in FALLBACK with pick.language FALSE. A category with
 * several answers with nothing that favours one: *CLEAR becomes FALSE. GArray of Pick. */
GArray *kb_pick(const Kb *kb, Tokenizer *tokenizer, const char *category, const char *language,
                const char *fallback, const char *subject, const char *text, const GDate *today,
                guint max, gboolean *clear);
/* Full-text search over all templates, best first, at most MAX. GArray of Pick. */
GArray *kb_search(const Kb *kb, Tokenizer *tokenizer, const char *words, guint max);
