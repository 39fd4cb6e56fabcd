/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Label: the truth about a message, according to a human. All labels are kept as history; the last
 * one counts. The labelled messages are what the model learns from.
 */
#pragma once

#include "models/store.h"

typedef struct Label {
    gint64 id;
    gint64 message_id;
    char *category;
    char *who;    /* login name of the agent, or "import" */
    char *source; /* "import", "command" */
    gint64 at;
} Label;

Label *label_new(void);
void label_free(Label *label);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Label, label_free)

gboolean label_insert(Store *store, Label *label, GError **error); /* sets label->id */
/* The label that counts; NULL without error: none. */
Label *label_load(Store *store, gint64 message_id, GError **error);

/* One labelled message, as much of it as training needs. */
typedef struct LabelledText {
    gint64 message_id;
    char *subject;
    char *text; /* the customer's own words */
    char *language;
    char *category;
} LabelledText;
void labelled_text_free(LabelledText *labelled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabelledText, labelled_text_free)

/* Every labelled message with its label that counts, in order of message id, which is the order of
 * arrival (GPtrArray of LabelledText, owned). */
GPtrArray *label_list_texts(Store *store, GError **error);
/* Labelled messages per category: name → count (GHashTable of char* → GUINT_TO_POINTER). */
GHashTable *label_count(Store *store, GError **error);
