/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model: text in, calibrated probabilities out. Trains, saves, loads, classifies, explains.
 * Knows nothing of mail, tickets or databases. A model does not change but by model_learn();
 * it has room for the text at hand, so it belongs to one thread.
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
    /* only for training */
    const char *category; /* NULL: belongs to none of the categories */
    gint64 arrival;   /* order of arrival: only compared; equal ones are put in order by content */
    gboolean example; /* no real mail but words of an answer: learned from, never held out */
    gint64 id;        /* the caller's number, by which model_near() names it; 0: it does not */
} ModelText;

typedef struct ModelLimit {
    const char *category;
    double max_error;
} ModelLimit;

typedef struct ModelOptions {
    double max_error; /* share of wrong automatic answers that is acceptable, e.g. 0.01 */
    guint folds;      /* held-out folds for calibration, 2..100, default 5 */
    guint64 seed;     /* of the order in which all texts are visited; of a fold it is fixed */
    const struct ModelLimit *limits; /* categories with a max_error of their own; may be NULL */
    guint n_limits;
} ModelOptions;
extern const ModelOptions model_options_default; /* 0.01, 5, 1 */

typedef struct Model Model;
void model_free(Model *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Model, model_free)

typedef struct ModelGuess {
    guint category;
    double probability;
} ModelGuess;

/* Learns from N texts; the same texts give the same model, in whatever order they stand. Texts of
 * no category are what must not be answered: they are held out only. A max_error of 0 or below, or
 * NaN, certifies nothing. HELD_OUT (N entries, as TEXTS; may be NULL) becomes what was guessed
 * about each text by a model that had not learned from it; for an example, probability 0. */
Model *model_train(const ModelText *texts, gsize n, const ModelOptions *options,
                   ModelGuess *held_out, GError **error);
/* Written to a temporary file in the same folder, flushed, renamed; mode 0600. */
gboolean model_save(const Model *model, const char *path, GError **error);
/* Maps the file: while the model lives it may be replaced, as model_save() does, but not
 * overwritten in place. */
Model *model_load(const char *path, GError **error);

/* Short hex hash of its content; "HASH+3" with three corrections. */
const char *model_id(const Model *model);
const char *model_trained_id(const Model *model); /* without them */
gsize model_bytes(const Model *model);            /* size of its file */
guint model_n_categories(const Model *model);
const char *model_category(const Model *model, guint i); /* sorted by name */
/* Which one has this name; model_n_categories(): none. */
guint model_find_category(const Model *model, const char *name);
double model_prior(const Model *model, guint i); /* its share of the texts that were learned */

/* The threshold of category I: the least probability at which an answer may leave by itself; 2.0 if
 * nothing can be certified. */
double model_threshold(const Model *model, guint i);
/* The share of wrong answers for which that threshold was made. */
double model_max_error(const Model *model, guint i);

/* What training found out, on held-out folds. */
typedef struct ModelReport {
    double accuracy; /* share of held-out texts with the right category */
    double coverage; /* share of held-out texts over the threshold of their category */
    double error;    /* share of those that is wrong */
    double max_error;
    double unknown;    /* mean share of words that had not been learned */
    double confidence; /* mean probability of the first guess */
    guint64 texts;     /* held-out texts */
} ModelReport;
void model_report(const Model *model, ModelReport *report);
/* Shares of wrong answers that training tries, the least first. */
extern const double model_bounds[];
extern const guint n_model_bounds;
/* The least of these for which it could prove a threshold; 1.0: for none. */
double model_bound(const Model *model);
/* One plain sentence per category without a threshold, or about all: what is missing and how much
 * more labelled mail it would take (GStrv-like GPtrArray of char*, owned; empty: nothing). */
GPtrArray *model_advice(const Model *model);

/* Writes at most MAX guesses, most probable first; returns how many. The first one's probability is
 * the calibrated one that thresholds are for; together they are at most 1, the rest is "none of
 * these". A text without a known word gets at most the share that its category has of all mail. */
guint model_classify(const Model *model, const ModelText *text, ModelGuess *guesses, guint max);

/* Learns one correction, in a fraction of a millisecond: TEXT is of its category (NULL: of none).
 * REPLAYS are N texts that training learned, which hold their place meanwhile; three are enough.
 * The same corrections in the same order give the same model. FALSE, and nothing is learned:
 * training did not know the category. Corrections are in memory only: model_save() writes the model
 * without them. Thresholds, and what it says about itself, stay those of its training. */
gboolean model_learn(Model *model, const ModelText *text, const ModelText *replays, gsize n);
guint model_corrections(const Model *model); /* how many it has learned */
/* As model_classify(), without the corrections: what training has proven is about these guesses. */
guint model_classify_trained(const Model *model, const ModelText *text, ModelGuess *guesses,
                             guint max);
/* Forgets all corrections: the model is exactly the trained one again. */
void model_forget(Model *model);

typedef struct ModelWord {
    char *word;    /* as the mail wrote it */
    double weight; /* > 0 spoke for the category, < 0 against */
} ModelWord;
/* The at most MAX words that weighed most for CATEGORY, strongest first (GArray of ModelWord, which
 * it clears). A pair of words weighs half on each, a 4-gram on the word that it is in. */
GArray *model_explain(const Model *model, const ModelText *text, guint category, guint max);
/* The share of the words of the text that was classified last which the model does not know. */
double model_unknown(const Model *model);
/* Both at once: as model_classify(), and *WORDS is the explanation of the first guess (NULL: no
 * guess), for the price of little more than one. */
guint model_understand(const Model *model, const ModelText *text, ModelGuess *guesses, guint max,
                       guint max_words, GArray **words);

typedef struct ModelNear {
    gint64 id; /* of a text that was learned */
    guint category;
    double similarity; /* 0..1 */
} ModelNear;
/* The at most MAX learned texts that are most like TEXT, most similar first (GArray of ModelNear),
 * of those that have an id and anything in common with it; TEXT itself too, if it was learned. Of
 * each learned text the model keeps the 16 heaviest features that other texts have too; the
 * similarity is their scalar product with TEXT, divided by the greatest that any 16 features of
 * their length could have: 1 for the text itself. Looks at all learned texts: about 1 ms for
 * 20,000. model_unknown() is about TEXT afterwards. */
GArray *model_near(const Model *model, const ModelText *text, guint max);
