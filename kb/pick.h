/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Picking: which answers of a category fit a mail, best first: first the language, then `when`
 * words, then the similarity of the mail's words with the template's.
 *
 * Matches m: how many different words of subject and text the template's `when` finds. A word is
 * found if its stem is the same or, for a `when` word of four letters or more, if it contains it
 * ("rückgabe" finds "Rückgaberecht"); a phrase if its words stand side by side. Umlauts may be
 * written ue or ü.
 * Similarity c: cosine of the TF-IDF vectors of the mail and of the template's title, `when` and
 * text (kb/index.h), 0..1.
 *
 *     score = 1 - (1 - c/2) / 2^m    m > 0: over 1/2, and one match more beats any similarity
 *             1/4 + c/4              no `when`: the general answer of the category
 *             c/4                    it has a `when`, and nothing in the mail matches
 *
 * Clear is the first one
 *   - never if it has a `when` of which nothing is in the mail: it is for something else;
 *   - if it is the only one;
 *   - if it has matches and no other has;
 *   - if it has two matches more than the second, and no other is more similar;
 *   - if nothing matches and it has no `when`: its similarity is PICK_MARGIN over that of all
 * others without `when`, and no other is more similar. Two answers of which each has matches, and a
 * mail in which no `when` word stands where all answers have some, are for a human: similarity
 * alone was wrong there about every other time (412 mails with the starter answers).
 */
#pragma once

#include "classifier/tokens.h"
#include "kb/kb.h"

#define PICK_MARGIN 0.15

typedef struct Pick {
    const Template *template_;
    double score;      /* 0..1 within its language */
    gboolean language; /* in the mail's language */
    gboolean meant;    /* it has no `when`, or a word of it is in the mail */
} Pick;

/* At most MAX usable templates (TEMPLATE_OFF left out) of CATEGORY, best first; MOST is
 * TEMPLATE_PUBLIC: as if there were only public ones. Those in LANGUAGE ("" or NULL: unknown); if
 * there are none, those in FALLBACK (or NULL) with pick.language FALSE.
 * SUBJECT and TEXT may be NULL; 64 KiB of them are read. A category with several answers with
 * nothing that favours one: *CLEAR (may be NULL) becomes FALSE, as when there is none. GArray of
 * Pick. */
GArray *kb_pick(const Kb *kb, Tokenizer *tokenizer, const char *category, const char *language,
                const char *fallback, const char *subject, const char *text, const GDate *today,
                TemplateDiscloses most, guint max, gboolean *clear);
/* Full-text search over all templates, whatever their state, best first, at most MAX: each word
 * counts 1 in id, title or `when`, 1/2 in the text, a little less if only its stem is there; the
 * score is the mean, and 0 is left out. A part of a word is found too. GArray of Pick. */
GArray *kb_search(const Kb *kb, Tokenizer *tokenizer, const char *words, guint max);
