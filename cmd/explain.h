/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explain: why the model takes a mail for what it does: the words that spoke for its category and
 * against it, as the mail writes them, and the labelled mails that are most like it.
 */
#pragma once

#include "cmd/cmd.h"

#include <json-glib/json-glib.h>

typedef struct Explanation {
    GArray *words;   /* of ModelWord, strongest first */
    GArray *near;    /* of ModelNear, most similar first */
    GPtrArray *mail; /* of Message, as NEAR; NULL: no longer there */
} Explanation;

/* Why MESSAGE is CATEGORY, a category of the context's model. NULL: the store failed. */
Explanation *explanation_new(Context *context, const Message *message, const char *category,
                             GError **error);
void explanation_free(Explanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Explanation, explanation_free)

void explanation_print(const Context *context, const Explanation *explanation);
/* The member "near" of an object. */
void explanation_put_near(const Context *context, const Explanation *explanation,
                          JsonBuilder *builder);
