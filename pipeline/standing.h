/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standing: does the promise of max-error hold in practice? Numbers in, a judgement out; what is
 * counted is in models/audit.h.
 *
 * Two things can break the promise of a category, each a one-sided exact bound (Clopper and Pearson
 * 1934) at 95 %:
 *  1. of the drawn answers that were reviewed so many were wrong that the error is over max-error;
 *     only these were chosen without looking, so only they estimate the error without bias;
 *  2. of all automatic answers so many are known to be wrong, by review or by an agent's label,
 *     that the error is over max-error even if every other one was right.
 * A category that is broken falls back to suggesting. The other categories, none of which may have
 * enough reviews to show anything, are judged together as well, by 1 and by 2; if they break it,
 * all of them fall back until the guilty ones are restored. Not among them, and not stopped with
 * them, are those that may only suggest by the settings, and those whose own max-error is laxer;
 * nor a category that fell back by itself: it does harm no more.
 *
 * Nothing is latched: the promise is judged anew from what is known at the moment. So a fallback
 * also ends without anybody restoring, when more reviews turn out right, more answers were sent
 * (to others), a review or label is taken back, or what was wrong is older than the window.
 *
 * The bound is looked at after each review, so a promise that is just kept can look broken with
 * more than 5 % probability. That is the safe side: it costs coverage. The first answers of a
 * category are all drawn and weigh more than later ones: an error that changes over time is
 * estimated late.
 */
#pragma once

#include "models/audit.h"
#include "pipeline/policy.h"

#define STANDING_WINDOW (365 * 24 * 60 * 60) /* seconds that are looked back */
#define STANDING_LEVEL 0.95

typedef enum {
    PROMISE_OPEN,  /* too few reviews to say */
    PROMISE_HOLDS, /* the reviews prove it, at 95 % */
    PROMISE_BROKEN,
} PromiseState;

typedef struct Standing {
    char *category; /* NULL: all that are not broken by themselves, together */
    gint64 answers, waiting, reviewed, wrong, known; /* as in AuditCount */
    double promise;                                  /* max-error */
    double low,
        high; /* two-sided 95 % interval of the error, from the reviewed ones; 0..1 if none */
    gboolean together; /* it is one of all that are judged together */
    PromiseState state;
    char *why; /* BROKEN: a sentence with the numbers; otherwise NULL */
} Standing;

typedef struct Standings {
    const Policy *policy;  /* borrowed */
    GPtrArray *categories; /* of Standing, by name; owned */
    Standing *all;
} Standings;

/* At time NOW. FULL: every category that has answers. Otherwise only those somebody reviewed or
 * corrected, which is all that is needed to say what is broken, without `waiting`, and `answers`
 * only as far as they matter: costs what the reviews of a year cost. POLICY must live as long. */
Standings *standings_load(Store *store, const Policy *policy, gint64 now, gboolean full,
                          GError **error);
void standings_free(Standings *standings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Standings, standings_free)

/* The standings (not FULL) as they were loaded last, for a pass over many mails: loaded again when
 * another process wrote to the store. Who writes reviews or corrections himself clears it. Begins
 * as {0}; one policy, one store. The result is the caller's own to free. */
typedef struct StandingsCache {
    Standings *standings;
    gint64 version;
} StandingsCache;
Standings *standings_cached(StandingsCache *cache, Store *store, const Policy *policy, gint64 now,
                            GError **error);
void standings_cache_clear(StandingsCache *cache);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StandingsCache, standings_cache_clear)

/* Why CATEGORY may only suggest for now (borrowed); NULL: the promise is not broken. STANDINGS may
 * be NULL: nothing is known. */
const char *standings_broken(const Standings *standings, const char *category);
/* The categories that broke the promise of all together, "hours, returns": those to restore. New;
 * "" if it is not broken. */
char *standings_guilty(const Standings *standings);
/* Is CATEGORY to be restored: is its own promise broken, or did it break that of all together? */
gboolean standings_restorable(const Standings *standings, const char *category);
/* The standing of CATEGORY; NULL: nothing is known about it. */
const Standing *standings_find(const Standings *standings, const char *category);
const char *promise_state_name(PromiseState state); /* "open" "holds" "broken" */
