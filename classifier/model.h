/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model: text in, calibrated probabilities out. Trains, saves, loads, classifies, explains.
 * Knows nothing of mail, tickets or databases. A model does not change; but it has room for the
 * text at hand, so it belongs to one thread.
 *
 * Features (features.h) are weighted and scored by the members of a pool (bayes.h, pool.h), which
 * learns from held-out texts how much each counts (held_out.h). How sure the winner is
 * (confidence.h), and from where on an answer may leave (promise.h, threshold.h), come from
 * held-out texts too. A new member of the pool: its own file like bayes.h, its scores beside the
 * others in held_out.c, model_train.c and model_classify.c, its numbers in model_image.h.
 */
#pragma once

#include <glib.h>

#define MODEL_ERROR (model_error_quark())
GQuark model_error_quark(void);
typedef enum {
    MODEL_ERROR_TOO_FEW, /* fewer than two categories, or none with two texts: nothing to learn */
    MODEL_ERROR_BAD,     /* not a model file, truncated, damaged, or made by a newer erms */
    MODEL_ERROR_IO,      /* could not be read or written */
} ModelError;

typedef struct ModelText {
    const char *subject;  /* may be NULL */
    const char *text;     /* may be NULL */
    const char *language; /* may be NULL or "": detected, else the most frequent of training */
    const char *category; /* only for training; NULL: belongs to none of the categories */
} ModelText;

typedef struct ModelOptions {
    double max_error; /* share of wrong automatic answers that is acceptable, e.g. 0.01 */
    guint folds;      /* held-out folds for calibration, 2..100, default 5 */
    guint64 seed;     /* for what is drawn; nothing is at present: folds are blocks in time */
} ModelOptions;
extern const ModelOptions model_options_default; /* 0.01, 5, 1 */

typedef struct Model Model;
void model_free(Model *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Model, model_free)

/* Learns from N texts in order of arrival, the same texts give the same model. Texts of no category
 * are what must not be answered: they are held out only. A max_error of 0 or below, or NaN,
 * certifies nothing. */
Model *model_train(const ModelText *texts, gsize n, const ModelOptions *options, GError **error);
/* Written to a temporary file in the same folder, flushed, renamed; mode 0600. */
gboolean model_save(const Model *model, const char *path, GError **error);
Model *model_load(const char *path, GError **error);

const char *model_id(const Model *model); /* short hex hash of its content */
gsize model_bytes(const Model *model);    /* size of its file */
guint model_n_categories(const Model *model);
const char *model_category(const Model *model, guint i); /* sorted by name */

/* The threshold of category I: the least probability at which an answer may leave by itself; 2.0 if
 * nothing can be certified. */
double model_threshold(const Model *model, guint i);

/* What training found out, on held-out folds. */
typedef struct ModelReport {
    double accuracy; /* share of held-out texts with the right category */
    double coverage; /* share of held-out texts over the threshold of their category */
    double error;    /* share of those that is wrong */
    double max_error;
    guint64 texts;
} ModelReport;
void model_report(const Model *model, ModelReport *report);
/* One plain sentence per category without a threshold, or about all: what is missing and how much
 * more labelled mail it would take (GStrv-like GPtrArray of char*, owned; empty: nothing). */
GPtrArray *model_advice(const Model *model);

typedef struct ModelGuess {
    guint category;
    double probability;
} ModelGuess;

/* Writes at most MAX guesses, most probable first; returns how many. The first one's probability is
 * the calibrated one that thresholds are for; together they are at most 1, the rest is "none of
 * these". A text without a known word gets at most the share that its category has of all mail. */
guint model_classify(const Model *model, const ModelText *text, ModelGuess *guesses, guint max);

typedef struct ModelWord {
    char *word;    /* as the mail wrote it */
    double weight; /* > 0 spoke for the category, < 0 against */
} ModelWord;
/* The at most MAX words that weighed most for CATEGORY, strongest first (GArray of ModelWord, which
 * it clears). A pair of words weighs half on each, a 4-gram on the word that it is in. */
GArray *model_explain(const Model *model, const ModelText *text, guint category, guint max);
/* Both at once: as model_classify(), and *WORDS is the explanation of the first guess (NULL: no
 * guess), for the price of little more than one. */
guint model_understand(const Model *model, const ModelText *text, ModelGuess *guesses, guint max,
                       guint max_words, GArray **words);
