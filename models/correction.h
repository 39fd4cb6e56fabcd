/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Correction: a labelled message of which another label counts now than when a model was trained,
 * which is "then": the moment when label LAST_LABEL was the last one. A message that had no label
 * then is one too; a message that got back its old label is none, whatever was said in between. No
 * table: it follows from the labels (models/label.h).
 */
#pragma once

#include "models/label.h"

typedef struct CorrectionPast {
    gint64 last_label;
    gint64 at; /* messages that got no label at that time or later are left out; 0: none */
} CorrectionPast;

/* The newest LIMIT corrections, in order of their first label since then, so that it does not
 * matter how often they were relabelled since (GPtrArray of LabelledText, owned; category: what
 * counts now; first_label: that first label; arrival: 0). */
GPtrArray *correction_list(Store *store, const CorrectionPast *past, guint limit, GError **error);
/* How many there are in all. */
gboolean correction_count(Store *store, const CorrectionPast *past, gint64 *count, GError **error);

/* A message that the training has learned, with a category that still counts: that of the first
 * label from id FROM on, up to LAST_LABEL (LabelledText; first_label and arrival: 0). NULL without
 * error: none. */
LabelledText *correction_find_old(Store *store, gint64 from, gint64 last_label, GError **error);
