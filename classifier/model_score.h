/* SPDX-License-Identifier: Apache-2.0 */
/* What classifying, explaining and finding the nearest texts have in common. For this folder
 * only. */
#pragma once

#include <math.h>

#include "classifier/model_image.h"

typedef struct ModelScales {
    float lengths[2];      /* squares of the lengths of the blocks before they are scaled */
    float blocks[2];       /* x = t · weight · scale of its block */
    float sums[N_MEMBERS]; /* Σ t of known stems; Σ x; 1 */
} ModelScales;

/* x of a feature that is in the text (bayes.h); 0: it says nothing. */
static inline float model_x(const Model *model, const ModelScales *scales, const Term *term)
{
    return counter_weight(term->count) * image_row(model, term->id)->weight *
           scales->blocks[term->id >= model->first_gram];
}

/* Each block is scaled to length 1, then both together. */
static inline void model_scale(const float lengths[2], float blocks[2])
{
    float both = lengths[0] > 0 && lengths[1] > 0 ? sqrtf(0.5f) : 1.0f;
    for (int b = 0; b < 2; b++)
        blocks[b] = lengths[b] > 0 ? both / sqrtf(lengths[b]) : 0;
}

/* Fills the model's counter, and the scales of the text. */
void model_read(const Model *model, const ModelText *text, ModelScales *scales);
/* Reads, and fills SCORES with those of the member that separates: as trained, not centred. */
void model_separate(const Model *model, const ModelText *text, ModelScales *scales, float *scores);
/* Reads, and fills the model's scores (centred), support, z and p. FALSE: it knows no word of the
 * text. */
gboolean model_score(const Model *model, const ModelText *text, ModelScales *scales);
/* The guesses about the text that was scored last; KNOWN is what model_score() said. */
guint model_guess(const Model *model, const Overlay *overlay, const ModelScales *scales,
                  gboolean known, ModelGuess *guesses, guint max);
