/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Training: the record of one training run. The model itself is a file in the home's model/ folder.
 */
#pragma once

#include "models/store.h"

typedef struct Training {
    gint64 id;
    gint64 at;
    char *model;    /* the id of the model that was made */
    guint messages; /* labelled messages used */
    guint categories;
    double accuracy;  /* on held-out folds, 0..1 */
    double coverage;  /* share of held-out mail over the thresholds */
    double max_error; /* what the thresholds were made for */
    double seconds;
} Training;

Training *training_new(void);
void training_free(Training *training);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Training, training_free)

gboolean training_insert(Store *store, Training *training, GError **error); /* sets id */
Training *training_latest(Store *store, GError **error); /* NULL without error: none yet */
