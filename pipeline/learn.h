/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Learn: a trained model learns at once what agents have said since its training.
 *
 * Nothing of it is written: whoever opens the live model lets it learn the corrections
 * (models/correction.h), each with LEARN_REPLAYS old mails that hold their places (model_learn()).
 * So the model that decides is a function of the trained model and of the labels that count: a
 * label that is taken back leaves no trace, and every command of the same home sees the same model.
 */
#pragma once

#include "classifier/model.h"
#include "models/correction.h"

#define LEARN_MOST 500 /* the newest; each takes about half a millisecond */
#define LEARN_REPLAYS 3

/* What PAST is for MODEL. *KNOWN: it is on record what MODEL was trained on; otherwise nothing is a
 * correction. A model that a human brought back, or forced, is as it was: only what is said from
 * then on corrects it. */
gboolean learn_past(Store *store, const Model *model, CorrectionPast *past, gboolean *known,
                    GError **error);

/* MODEL forgets what it has learned and learns all corrections, the newest LEARN_MOST of them, but
 * those of a category that it does not know. */
gboolean pipeline_learn(Store *store, Model *model, GError **error);
