/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lessons: everything that a model learns from: the labelled mail and, for a category of which
 * there is little, the examples of the knowledge base. Both `erms train` and whatever else builds a
 * model gather them here, so that the same home always gives the same model.
 */
#pragma once

#include "classifier/model.h"
#include "kb/kb.h"
#include "models/label.h"

/* A category with fewer labelled mails than that learns from its examples too. */
#define LESSONS_FEW 100

typedef struct Lessons {
    ModelText *texts; /* N: first the labelled mails, as in LABELLED, then the examples */
    guint n;
    GPtrArray *labelled; /* of LabelledText */
    guint none;          /* of these labelled as belonging to no category */
    gint64 last_label;   /* the highest label id; 0: no labels */
    GPtrArray *examples; /* of Example, those in use or not */
} Lessons;

/* A labelled mail as the model learns it; borrows from LABELLED. */
ModelText lessons_text(const LabelledText *labelled);

Lessons *lessons_new(Store *store, const Kb *kb, GError **error);
void lessons_free(Lessons *lessons);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lessons, lessons_free)
