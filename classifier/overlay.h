/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlay: what a model has learned since its training, from corrections one by one. It lies over
 * the weights of the member that separates (svm.h), in memory only, and adds to that member's
 * scores. The image of the model stays as it is: without its overlay it is the trained model again.
 *
 * The steps are those of svm.h. A corrected text begins with α = 0; it is visited, then the replays
 * (old texts, which thereby hold their places), then the text once more. A text that training has
 * learned left its α in the weights, and where training has converged the margin tells it:
 * α = max(0, (1 - y·m)/D). The bias stays as it was trained: a correction would lower it for all
 * categories but one, and three old texts cannot hold it for all of them.
 *
 * The members that count learn nothing here. If they outvote the correction, it is learned once
 * more with twice the margin, at most 16 times the usual one.
 *
 * x is that of the model. A stem that came with a correction counts too, and weighs as one that
 * training saw in one text: √(idf · KL) of bayes.h, KL being its mean over the categories; other
 * new features are left out, as are those that training saw only once. Memory: one number for each
 * category and learned feature. For this folder only.
 */
#pragma once

#include "classifier/model_score.h"

Overlay *overlay_new(const Model *model); /* an empty one */
void overlay_free(Overlay *overlay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Overlay, overlay_free)

/* How many corrections it has learned. */
guint overlay_corrections(const Overlay *overlay);
/* The model's overlay learns TEXT, as model_learn(); CATEGORY n_categories: none of them. */
void overlay_learn(const Model *model, const ModelText *text, guint category,
                   const ModelText *replays, gsize n);

/* Adds what was learned to SCORES of the text that the model has read, before they are centred;
 * SCALES are those of the text. */
void overlay_score(Overlay *overlay, const Model *model, const ModelText *text,
                   const ModelScales *scales, float *scores);
/* Does the text that was scored last have a feature that was learned? */
gboolean overlay_speaks(const Overlay *overlay);
/* One occurrence of the feature KEY in that text added the row that is returned, one number for
 * each category, times FACTOR. NULL: it added nothing. */
const float *overlay_row(const Overlay *overlay, guint64 key, float *factor);
