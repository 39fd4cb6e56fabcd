/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Held out: what the members say about texts that they did not learn from. The texts are split into
 * folds; each fold is scored by members that learned the other ones.
 *
 * A fold is a block of each category's texts in order of arrival. Mail changes with time and comes
 * in threads: neighbours are alike, and a fold of random texts would promise too much.
 */
#pragma once

#include "classifier/svm.h"

typedef struct HeldOut {
    guint *fold;                       /* of each text */
    float *scores[N_MEMBERS];          /* [text * n_categories + c], centred */
    float *support;                    /* [text * n_categories + c], bayes.h */
    float *sum;                        /* by text: Σ x */
    guint32 (*known)[N_FEATURE_KINDS]; /* by text: how many of its features had been learned */
} HeldOut;

/* Calls JOB for 1 … N as its first argument, on two threads; returns when all are done. */
void held_out_jobs(GFunc job, gpointer data, guint n);

/* The fold of a text, 0 … FOLDS - 1; FOLDS for an example, which is never held out. */
guint held_out_block(const Corpus *corpus, guint text, guint folds);

/* ALL: learned from all texts; the members of a fold begin where it ended. */
HeldOut *held_out_folds(const Corpus *corpus, const Svm *all, const Weighting *weighting,
                        guint folds);
/* A fifth of the categories is hidden in turn: every text is scored by members that never saw its
 * category, as foreign mail would be. NULL: fewer than three categories. */
HeldOut *held_out_categories(const Corpus *corpus, const Svm *all, const Weighting *weighting);
void held_out_free(HeldOut *held_out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeldOut, held_out_free)
