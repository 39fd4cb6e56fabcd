/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Offer: one suggestion that an agent was shown for a message, and what came of it. What kb/rank.h
 * learns from. Goes when its message goes.
 *
 *     OPEN ──► TAKEN    the agent sent it, more or less changed (kept)
 *         ├──► PASSED   the agent took one further down, or wrote an answer by hand
 *         └──► UNSEEN   the agent took one further up: perhaps this one was never looked at
 */
#pragma once

#include "models/store.h"

typedef enum { OFFER_OPEN, OFFER_TAKEN, OFFER_PASSED, OFFER_UNSEEN } OfferOutcome;

typedef struct Offer {
    gint64 id; /* 0 until inserted; in the order they were made */
    gint64 message_id;
    guint rank; /* 1: the first that was shown */
    gint64 at;
    gint64 settled_at; /* 0: not yet */
    guint kind;        /* 0: a template, 1: a past case */
    OfferOutcome outcome;
    double kept;  /* TAKEN: the share of it that the agent left as it was, 0..1 */
    double score; /* the rest is what it was ranked by, see kb/rank.h */
    double probability;
    guint reuse;
    gint64 age;
    guint in_language; /* 1: in the language of the message */
    char *source;      /* of a template its name, of a case the print of its answer as a number */
} Offer;

Offer *offer_new(void);
void offer_free(Offer *offer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Offer, offer_free)

gboolean offer_insert(Store *store, Offer *offer, GError **error);              /* sets offer->id */
GPtrArray *offer_list_message(Store *store, gint64 message_id, GError **error); /* by rank */
/* Settles the open offers of a message: TAKEN is the rank that the agent took (0: none of them),
 * KEPT how much of it was left. */
gboolean offer_settle(Store *store, gint64 message_id, guint taken, double kept, gint64 at,
                      GError **error);
/* The last LIMIT (0: all) offers that were taken or passed, in the order they were settled. */
GPtrArray *offer_list_settled(Store *store, guint limit, GError **error);
