/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranking: templates and past cases in one list, in the order in which agents will probably use
 * them. Learns from what agents did with earlier suggestions. Pure: whoever calls replays all of
 * the stored offers (models/offer.h) in order, which gives the same ranking everywhere; nothing
 * else is remembered.
 *
 * The chance p that a suggestion is used is a logistic regression over RankFeature; w begins at
 * what is sensible without experience (rank_start) and follows each offer by one step of
 * stochastic gradient descent on log loss and pull back to the start:
 *
 *     w += rate_n · ((y - p) · x - lambda · (w - start))      rate_n = 0.5 / sqrt(1 + n / 50)
 *
 * y is how much of the suggestion the agent left as it was, 0 for one that was passed over; what
 * stood below the one that was taken does not count, for perhaps nobody read it (Joachims,
 * Optimizing Search Engines using Clickthrough Data, 2002). One of the features is the record of
 * the same source, smoothed by a Beta prior that is worth RANK_PRIOR offers at the share of all
 * sources of its kind; so a template that agents keep throwing away sinks at once, and all
 * templates sink only if all are thrown away.
 */
#pragma once

#include <glib.h>

#define RANK_PRIOR 4.0

typedef enum { RANK_TEMPLATE, RANK_CASE } RankKind;

typedef struct RankSuggestion {
    RankKind kind;
    const char *source; /* of a template its name, of a case the print of its answer */
    double score;       /* how well it fits the question, 0..1: Pick.score, RecallCase.score */
    double probability; /* of a template that of its category, 0..1; of a case it does not count */
    guint reuse;        /* of a case how often the answer was given; of a template 0 */
    gint64 age;         /* of a case: seconds since it was given; of a template 0 */
    gboolean in_language;
} RankSuggestion;

typedef enum {
    RANK_BIAS,
    RANK_IS_CASE,
    RANK_TEMPLATE_SCORE, /* scores of templates and cases are not on one scale */
    RANK_CASE_SCORE,
    RANK_PROBABILITY, /* of a template */
    RANK_RECORD,      /* of its source: smoothed share kept, less that of its kind */
    RANK_REUSE,       /* ln(1 + reuse), at most 3 */
    RANK_RECENCY,     /* 2^(-age / 180 days); of a case */
    RANK_LANGUAGE,    /* 1: in the question's language */
    N_RANK_FEATURES,
} RankFeature;
extern const double rank_start[N_RANK_FEATURES];
const char *rank_feature_name(RankFeature feature); /* a few words for people */

typedef struct Rank Rank;
Rank *rank_new(void);
void rank_free(Rank *rank);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rank, rank_free)

/* An agent did this with a suggestion: KEPT 0..1, 0 for one passed over. */
void rank_learn(Rank *rank, const RankSuggestion *suggestion, double kept);
/* How often this source was offered and counted, and how much of it was kept, summed up. */
void rank_record(const Rank *rank, const RankSuggestion *suggestion, guint *offered, double *kept);
double rank_weight(const Rank *rank, RankFeature feature);

/* The chance that SUGGESTION is used; PARTS (may be NULL) becomes what each feature adds to its log
 * odds: why. */
double rank_chance(const Rank *rank, const RankSuggestion *suggestion,
                   double parts[N_RANK_FEATURES]);

typedef struct Ranked {
    guint index; /* in SUGGESTIONS */
    double chance;
} Ranked;
/* All N, best first; of equal ones templates first, then in the order given. GArray of Ranked. */
GArray *rank_order(const Rank *rank, const RankSuggestion *suggestions, guint n);
