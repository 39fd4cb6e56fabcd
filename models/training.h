/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Training: one line of the history of the model: a training run and what came of it, or an earlier
 * model brought back. The models themselves are files in the home's model/ folder.
 */
#pragma once

#include "models/store.h"

typedef enum {
    TRAINING_LIVE,    /* the new model took the place of the live one */
    TRAINING_SAME,    /* the live model again, or the one that was taken back: nothing changed */
    TRAINING_REFUSED, /* worse than the live one, which stayed; kept beside */
    TRAINING_FORCED,  /* a human took the refused one nevertheless */
    TRAINING_BACK,    /* a human brought the earlier model back; its figures are copied */
} TrainingState;

typedef struct Training {
    gint64 id;
    gint64 at;
    char *model;    /* the id of the model that was made, or brought back */
    guint messages; /* labelled messages used */
    guint none;     /* of these labelled as belonging to no category */
    guint categories;
    double accuracy;   /* on held-out folds, of the messages with a category, 0..1 */
    double coverage;   /* share of held-out mail over the thresholds */
    double max_error;  /* what the thresholds were made for */
    double seconds;    /* that it took; 0: nothing was trained */
    gint64 last_label; /* the highest label id that it learned from; 0: none, or not known */
    TrainingState state;
    char *
        replaced; /* the id of the model that was live before; NULL: it stayed, or there was none */
    char *who;    /* login name of whoever ran it; NULL is written as "" */
    char *detail; /* why, a sentence for people; NULL: nothing to say */
} Training;

Training *training_new(void);
void training_free(Training *training);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Training, training_free)

const char *training_state_name(TrainingState state); /* "live" "same" "refused" "forced" "back" */

/* Is it known which labels it learned from? TRAINING may be NULL: no. */
gboolean training_knows_labels(const Training *training);

gboolean training_insert(Store *store, Training *training, GError **error); /* sets id */
/* NULL without error: none. */
Training *training_latest(Store *store, GError **error);
/* The last one that is about this model. */
Training *training_of_model(Store *store, const char *model, GError **error);
/* The last one that put a model in place. */
Training *training_of_change(Store *store, GError **error);
