/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confidence: how probable it is that the winner of the pool is right.
 *
 * Two questions, learned from held-out texts. Is the winner right, if the text belongs to one of
 * the categories at all? A logistic regression over a few signals answers that. Does the text look
 * as texts of the categories do? The plain mean of five standardised signals answers that; learning
 * their weights from hidden categories was worse on real foreign mail than leaving them equal
 * (Dawes 1979, "The robust beauty of improper linear models"). The first answer stands, unless the
 * second one is among the lowest third of known texts: then it falls with it. So foreign mail
 * sinks, and the order of the surest stays what it was.
 */
#pragma once

#include "classifier/features.h"

typedef enum {
    SIGNAL_CONSTANT,
    SIGNAL_LOG_ODDS, /* of the winner's share in softmax(z) */
    SIGNAL_MARGIN,   /* z of the winner - z of the second */
    SIGNAL_TOP,      /* z of the winner: small if nothing fits */
    SIGNAL_ENTROPY,  /* of softmax(z) */
    SIGNAL_AGREE,    /* share of the members with the same winner */
    SIGNAL_MNB,      /* the members' scores of the winner … */
    SIGNAL_CNB,
    SIGNAL_SVM,
    SIGNAL_SVM_LEAD,     /* … and the lead over the second of the one that separates */
    SIGNAL_SUPPORT,      /* share of x in features that the winner's texts have */
    SIGNAL_SUPPORT_LEAD, /* over the best other */
    SIGNAL_UNKNOWN,      /* share of the words that were never seen */
    SIGNAL_UNKNOWN_GRAMS,
    SIGNAL_LENGTH, /* ln(1 + known words) */
    N_SIGNALS
} Signal;

typedef struct Signals {
    double values[N_SIGNALS];
    guint winner;
} Signals;

/* What is known about a text. */
typedef struct Evidence {
    const float *const *scores; /* [member][category], centred */
    const double *z, *p;        /* of the pool; P is softmax(z) */
    guint n_categories;
    const float *support;       /* by category: Σ x of the features that its texts have */
    float sum;                  /* Σ x */
    const guint32 *all, *known; /* features by kind: in the text; of these learned */
} Evidence;

void confidence_signals(const Evidence *evidence, Signals *signals);

/* One held-out text. */
typedef struct Outcome {
    Signals signals;
    gboolean right;
    gboolean own; /* it belongs to a category */
} Outcome;

typedef struct Confidence {
    double coefficients[N_SIGNALS];
    double mean[N_SIGNALS], spread[N_SIGNALS]; /* of the texts that belong to a category */
    double bar;                                /* looks: under it a text looks foreign */
    double level[2]; /* constant and scale that make the sunken log-odds true again */
} Confidence;

/* Learns from N outcomes. */
void confidence_fit(const Outcome *outcomes, gsize n, Confidence *confidence);
/* How much it looks like a text of the categories: mean 0 for those. */
double confidence_looks(const Confidence *confidence, const Signals *signals);
/* 0..1; NaN becomes 0. Never more than the share of known words when fewer than half are known: a
 * model of few mails is sure of "My parcel has two left shoes" because it knows "my" and "two". */
double confidence_probability(const Confidence *confidence, const Signals *signals);
