/* SPDX-License-Identifier: Apache-2.0 */
/* What builds a model: erms train, and erms erase, which makes one that never saw some mail. */
#pragma once

#include "cmd/cmd.h"
#include "models/training.h"
#include "pipeline/lessons.h"

/* Learns LESSONS with the settings' limits; what is guessed about each goes into HELD_OUT
 * (lessons->n entries, at least one). *TRAINING becomes its line for the history, LIVE, without
 * what it replaces and how long it took. Needs NEED_SETTINGS. */
Model *train_fresh(Context *context, const Lessons *lessons, ModelGuess *held_out,
                   Training **training, GError **error);
