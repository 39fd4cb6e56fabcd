/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gate: may a newly trained model take the place of the live one? Not if it is worse, proven with
 * 95 % confidence in one of two ways:
 *  1. on mail that was labelled since the live model's training, which it has never seen: its
 *     guesses against those the new model made when it had not learned from them. Exact one-sided
 *     sign test over the mails of which only one of the two is right (McNemar 1947).
 *  2. on mail that both have learned from: the share that the new model guesses right when it is
 *     held out, against the share that the live one had at its training. Exact one-sided test of
 *     two shares (Fisher 1935). Only if the live model has no category that the new one lacks.
 * What the models cannot be compared on is left out: mail of no category, relabelled mail, mail
 * whose category or guess is one that the other model does not know. So a new category is no
 * reason to refuse, nor is another max-error: thresholds are not compared.
 */
#pragma once

#include "models/training.h"
#include "pipeline/lessons.h"

#define GATE_LEVEL 0.95

typedef struct GateCounts {
    guint mails; /* labelled since */
    guint live_right, new_right;
    guint live_only, new_only;           /* of these right where the other is wrong */
    guint both, both_right;              /* learned from by both; the new model's guesses */
    guint live_learned, live_held_right; /* at the live model's training; 0: not to be compared */
} GateCounts;

/* LIVE_TRAINING is that of LIVE; HELD_OUT is what model_train() said about the texts of LESSONS
 * when it made FRESH. */
void gate_count(const Model *live, const Training *live_training, const Model *fresh,
                const Lessons *lessons, const ModelGuess *held_out, GateCounts *counts);
/* Why the new model may not replace the live one, with the figures, a new string; NULL: it may. */
char *gate_objection(const GateCounts *counts);
