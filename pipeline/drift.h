/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drift: is recent mail still like the mail that the model was trained on? The promise was proven
 * on the old mail, so a change is a warning, long before reviews could show an error.
 *
 * Looked at: the last 500 mails within 30 days that began a ticket and that a model understood;
 * only those that the model of now decided, if they are enough, so that a training is felt at once.
 *  - unknown words and confidence: a z-test of the mean against that of held-out mail in training,
 *    one-sided (more unknown words, less confidence);
 *  - mix of categories: chi-square of what was guessed against the shares in training, with its
 *    probability after Wilson and Hilferty (1931); categories with fewer than five expected mails
 *    count together. The size of the change is the population stability index, less what chance
 *    alone would give.
 * A change is marked if chance would hardly give it (z over 3, which is 1 in 740) and if it is
 * large enough to matter: 3 points for the means, 0.2 (the customary mark) for the index.
 */
#pragma once

#include "pipeline/pipeline.h"

#define DRIFT_MAILS 500
#define DRIFT_LEAST 50 /* fewer mails say nothing */
#define DRIFT_SECONDS (30 * 24 * 60 * 60)

/* What training saw. Borrowed. */
typedef struct DriftPast {
    double unknown, confidence; /* means over held-out mail */
    guint64 texts;              /* held-out mails */
    guint n_categories;
    const char *const *categories;
    const double *shares; /* of all training mail */
} DriftPast;

typedef struct DriftMean {
    double now, then;
    double z; /* > 0: worse now */
    gboolean marked;
} DriftMean;

typedef struct DriftShare {
    char *category;
    double now, then;
} DriftShare;

typedef struct Drift {
    guint mails;   /* that were looked at */
    gint64 since;  /* when the oldest of them was decided */
    gboolean same; /* the model of now decided all of them */
    DriftMean unknown, confidence;
    double index; /* population stability index, corrected; ≥ 0 */
    double z;     /* of the chi-square */
    gboolean mix_marked;
    GArray *mix; /* of DriftShare, the largest change first; owned */
} Drift;

/* Measures TRACES (of VerdictTrace, newest first) against PAST; MODEL is a model_trained_id().
 * NULL: fewer than DRIFT_LEAST. */
Drift *drift_new(const DriftPast *past, const char *model, const GPtrArray *traces);
void drift_free(Drift *drift);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Drift, drift_free)

/* The drift at pipeline->now. NULL without error: there is no model, or too little mail. */
Drift *pipeline_drift(const Pipeline *pipeline, GError **error);
/* How many mails there are to look at, at most DRIFT_MAILS. */
gboolean pipeline_drift_mails(const Pipeline *pipeline, guint *mails, GError **error);
/* "mail has changed since training: …; label recent mail and train", new; NULL: nothing is marked.
 */
char *drift_sentence(const Drift *drift);
