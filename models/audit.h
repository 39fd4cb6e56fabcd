/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit: one automatic answer that was sent, and what agents found about it afterwards. Some are
 * drawn: put aside for review. Not here: who draws, and what the numbers mean (pipeline/audit.h,
 * pipeline/standing.h).
 *
 *     sent ──► drawn ──────► waits ──review──► right | wrong
 *         └──► not drawn ─────────────────────────▲ an agent may say so all the same
 *
 * A label of another category is noted beside the outcome. It does not end the waiting: what is
 * reviewed only because somebody complained would make the error look larger than it is.
 *
 * What counts: answers since a time (SINCE) and since the category was last restored.
 */
#pragma once

#include "models/store.h"

typedef enum { AUDIT_OPEN, AUDIT_RIGHT, AUDIT_WRONG } AuditOutcome;

/* An answer whose sending ended UNKNOWN is one too, never drawn: the customer may have it. */
typedef struct Audit {
    gint64 id;         /* 0 until inserted; in order of sending, never given twice */
    gint64 message_id; /* the customer's mail that was answered; unique */
    char *category;    /* as which it was answered */
    gint64 sent_at;
    guint drawn;          /* 1: put aside for review */
    AuditOutcome outcome; /* of the review; OPEN: none yet */
    gint64 reviewed_at;   /* 0: not yet */
    char *who;            /* who reviewed it; NULL: nobody */
    char *corrected;      /* another category that an agent's label gave it, "": none of the
                             categories; NULL: no such label */
} Audit;

Audit *audit_new(void);
void audit_free(Audit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Audit, audit_free)

const char *audit_outcome_name(AuditOutcome outcome); /* "open" "right" "wrong" */

gboolean audit_insert(Store *store, Audit *audit, GError **error);       /* sets audit->id */
gboolean audit_update(Store *store, const Audit *audit, GError **error); /* all columns */
/* The automatic answer to a message; NULL without error: there was none. */
Audit *audit_load(Store *store, gint64 message_id, GError **error);

/* What a label of CATEGORY (NULL: none of the categories) says about AUDIT; the last word counts.
 * Another category: `corrected`. The one it was answered as: no label speaks against it any more,
 * and a review that went with that label (WRONG) waits to be made again. */
void audit_take_label(Audit *audit, const char *category);
/* The same for the row of a message, in the store; nothing happens when it has none. */
gboolean audit_correct(Store *store, gint64 message_id, const char *category, GError **error);

/* One that waits for review, with what the reviewer needs. */
typedef struct AuditWaiting {
    gint64 message_id;
    gint64 ticket_id;
    char *customer; /* address; NULL: none */
    char *subject;
    char *category;
    char *corrected; /* as in Audit */
    double probability;
    char *template_name;
    char *words; /* JSON, as in Verdict */
    char *model;
    gint64 sent_at;
} AuditWaiting;
void audit_waiting_free(AuditWaiting *waiting);
/* The drawn answers that count and wait, oldest first, at most LIMIT (0: all; GPtrArray of
 * AuditWaiting, owned). */
GPtrArray *audit_list_waiting(Store *store, gint64 since, guint limit, GError **error);

/* Numbers of one category. */
typedef struct AuditCount {
    char *category;
    gint64 answers;  /* automatic ones that were sent */
    gint64 waiting;  /* drawn, not reviewed */
    gint64 reviewed; /* drawn and reviewed */
    gint64 wrong;    /* of these */
    gint64 known;    /* wrong, as far as anybody knows: by review or label, drawn or not */
} AuditCount;
void audit_count_free(AuditCount *count);
/* Every category that has answers, by name (GPtrArray of AuditCount, owned). _judged looks only at
 * what somebody reviewed or corrected, which is quick: answers and waiting are 0. */
GPtrArray *audit_list_counts(Store *store, gint64 since, GError **error);
GPtrArray *audit_list_judged(Store *store, gint64 since, GError **error);
/* The answers of one category, and those of them that were drawn; both are counted up to MAX only.
 */
gboolean audit_count_answers(Store *store, const char *category, gint64 since, gint64 max,
                             gint64 *count, GError **error);
gboolean audit_count_drawn(Store *store, const char *category, gint64 since, gint64 max,
                           gint64 *count, GError **error);

/* Counting begins anew for a category: what was sent until now counts no more. */
typedef struct Restore {
    gint64 id;
    gint64 after; /* id of the last audit that counts no more; 0: none */
    gint64 at;
    char *category;
    char *who;
} Restore;
void restore_free(Restore *restore);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Restore, restore_free)

gboolean restore_insert(Store *store, const char *category, const char *who, gint64 at,
                        GError **error);
Restore *restore_load(Store *store, const char *category, GError **error); /* the last; or NULL */
