/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confidence: how probable it is that the winner of the pool is right, learned from held-out texts
 * by logistic regression over a few signals. Texts of no category teach it what unsure looks like.
 */
#pragma once

#include <glib.h>

typedef enum {
    SIGNAL_CONSTANT,
    SIGNAL_LOG_ODDS, /* of the winner's share in softmax(z) */
    SIGNAL_MARGIN,   /* z of the winner - z of the second */
    SIGNAL_TOP,      /* z of the winner: small if nothing fits */
    SIGNAL_UNKNOWN,  /* share of the words that were never seen */
    SIGNAL_LENGTH,   /* ln(1 + known words) */
    SIGNAL_AGREE,    /* share of the members with the same winner */
    N_SIGNALS
} Signal;

typedef struct Signals {
    double values[N_SIGNALS];
    guint winner;
} Signals;

/* From centred scores[member][c] and their z; P is softmax(z). */
void confidence_signals(const float *const *scores, guint n_members, const double *z,
                        const double *p, guint n_categories, guint words, guint known,
                        Signals *signals);

/* One held-out text. */
typedef struct Outcome {
    Signals signals;
    gboolean right;
    double weight;  /* 0: only a lesson in what is foreign */
    double foreign; /* weight as such a lesson; it counts as wrong */
} Outcome;

/* Learns from N outcomes; coefficients[N_SIGNALS]. First from all of them, then constant and scale
 * again from those with weight alone, so that foreign texts change the order and not the level. */
void confidence_fit(const Outcome *outcomes, gsize n, double *coefficients);
/* 0..1; NaN becomes 0. Never more than the share of known words when fewer than half are known: a
 * model of few mails is sure of "My parcel has two left shoes" because it knows "my" and "two". */
double confidence_probability(const double *coefficients, const Signals *signals);
