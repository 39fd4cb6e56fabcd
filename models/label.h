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
    char *category; /* NULL: none of the categories */
    char *who;      /* login name of the agent, or "import" */
    char *source;   /* "import", "command" */
    gint64 at;
} Label;

Label *label_new(void);
void label_free(Label *label);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Label, label_free)

/* Sets label->id, which is never given twice: a later label has a higher one. */
gboolean label_insert(Store *store, Label *label, GError **error);
/* The label that counts; NULL without error: none. */
Label *label_load(Store *store, gint64 message_id, GError **error);
/* The highest label id; 0: there is none. */
gboolean label_last(Store *store, gint64 *id, GError **error);

/* One labelled message, as much of it as training needs. */
typedef struct LabelledText {
    gint64 message_id;
    char *subject;
    char *text; /* the customer's own words */
    char *language;
    char *category;     /* NULL: none of the categories */
    gint64 label_id;    /* the label that counts */
    gint64 first_label; /* the first one it ever got: since then trainings know the text */
    gint64 arrival;     /* only to be compared: fetched mail by received_at; imported mail is older
                           than all of it, and in the order of its import within its category,
                           spread evenly, so that it does not matter in which order categories were
                           imported */
} LabelledText;
void labelled_text_free(LabelledText *labelled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabelledText, labelled_text_free)

/* Every labelled message with its label that counts, in order of message id (GPtrArray of
 * LabelledText, owned). */
GPtrArray *label_list_texts(Store *store, GError **error);
/* Labelled messages per category: name → count (GHashTable of char* → GUINT_TO_POINTER). Those of
 * none are not counted. */
GHashTable *label_count(Store *store, GError **error);
