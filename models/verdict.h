/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdict: one decision about one message, with everything needed to explain it a year later.
 * The message is the primary key: a message is decided once.
 */
#pragma once

#include "models/store.h"

typedef enum {
    VERDICT_SEND,    /* the answer leaves by itself */
    VERDICT_SUGGEST, /* a human, with suggested replies */
    VERDICT_HOLD,    /* a human, and a machine has no business in it (encrypted, unreadable …) */
    VERDICT_IGNORE,  /* a machine wrote it: the ticket is closed */
} VerdictAction;

typedef struct Verdict {
    gint64 message_id;
    VerdictAction action;
    char *reason;       /* the objection that decided, a stable word such as "confidence"; "none" */
    char *detail;       /* the same as a sentence for people, with the numbers; "" none */
    char *queue;        /* where it went; NULL for SEND and IGNORE */
    char *category;     /* most probable category; NULL: no model, or nothing to classify */
    double probability; /* calibrated, 0..1; 0 without category; NaN stays NaN */
    double threshold;   /* the one that applied; > 1: nothing can be sent in this category */
    double unknown; /* share of the words that the model had never seen; NaN: nothing to classify */
    char *candidates;     /* JSON: [{"category":"returns","probability":0.93}, …], best first */
    char *words;          /* JSON: [{"word":"Rücksendung","weight":2.1}, …], strongest first */
    char *model;          /* id of the model; NULL: none */
    char *template_name;  /* "returns/how-to.de"; NULL: none fitted */
    char *template_hash;  /* SHA-256 of the template file; NULL: none */
    char *authentication; /* what was known about who wrote it, a sentence; NULL: not looked at */
    gint64 decided_at;
} Verdict;

Verdict *verdict_new(void); /* unknown is NaN */
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)

const char *verdict_action_name(VerdictAction action); /* "send" "suggest" "hold" "ignore" */

/* A second verdict for a message is STORE_ERROR_BUSY: somebody else decided it meanwhile. */
gboolean verdict_insert(Store *store, const Verdict *verdict, GError **error);
Verdict *verdict_load(Store *store, gint64 message_id, GError **error); /* NULL, no error: none */

/* What the model thought of one recent mail, as much of it as drift is measured on. */
typedef struct VerdictTrace {
    char *model;
    char *category;
    double probability;
    double unknown;
    gint64 decided_at;
} VerdictTrace;
void verdict_trace_free(VerdictTrace *trace);
/* Mail that began a ticket and that the model understood, newest first, at most LIMIT (GPtrArray of
 * VerdictTrace, owned). Replies in running tickets and machines' mail are other texts than those
 * that training saw. */
GPtrArray *verdict_list_understood(Store *store, gint64 since, guint limit, GError **error);
