/* SPDX-License-Identifier: Apache-2.0 */
/* What classifying and explaining have in common. For this folder only. */
#pragma once

#include "classifier/model_image.h"

typedef struct ModelScales {
    float blocks[2];       /* x = t · weight · scale of its block */
    float sums[N_MEMBERS]; /* Σ t of known stems; Σ x */
} ModelScales;

static inline int model_block(const Model *model, guint32 feature)
{
    return feature_kind(vocabulary_keys(model->vocabulary)[feature]) == FEATURE_GRAM;
}

/* Fills the model's counter, scores (centred), z and p. FALSE: it knows no word of the text. */
gboolean model_score(const Model *model, const ModelText *text, ModelScales *scales);
/* The guesses about the text that was scored last; KNOWN is what model_score() said. */
guint model_guess(const Model *model, gboolean known, ModelGuess *guesses, guint max);
