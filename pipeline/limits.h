/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits: how many automatic answers may leave, and what stops them all. Windows slide: they are
 * counted afresh each time, over the automatic answers that are on their way or gone, by our clock;
 * what a clock that was set back left in the future counts as recent. Asked when a mail is decided
 * and again right before its answer leaves; the sentences are in decide.c.
 *
 * The breaker (models/breaker.h) trips when one more answer would be over the limit "total", or
 * when SMTP servers have refused as many for good as "refused" says; both count from the last reset
 * on. It is not reset here: a human does that. A content limit does not trip it: many customers may
 * write the same short sentence.
 */
#pragma once

#include "pipeline/pipeline.h"

/* What speaks against one more automatic answer to an address. */
typedef struct Traffic {
    guint recent;                   /* automatic answers to it within the quiet time */
    guint address, domain, content; /* within the windows of these limits; 0 where there is none */
    char *breaker;    /* why the breaker is tripped, or would trip by this answer; NULL */
    gboolean tripped; /* it is */
    gint64 except;    /* the reply that was not counted */
    char *suppressed; /* why the address gets none; NULL */
    gboolean stopped; /* there is a stop file */
} Traffic;

/* Fills TRAFFIC for an answer to ADDRESS (NULL: a new customer) to a mail with FINGERPRINT, not
 * counting the reply with id EXCEPT (0: none). */
gboolean traffic_load(const Pipeline *pipeline, const char *address, gint64 fingerprint,
                      gint64 except, Traffic *traffic, GError **error);
void traffic_clear(Traffic *traffic);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Traffic, traffic_clear)

/* Trips the breaker if REASON, the objection that decided, is that it would. */
gboolean limits_trip(Pipeline *pipeline, const Traffic *traffic, const char *reason,
                     GError **error);
/* An SMTP server has refused an automatic answer for good: trips the breaker if these are many. */
gboolean limits_refused(Pipeline *pipeline, GError **error);

/* Is there a stop file? If that cannot be said, there is one. Looked at before every mail. */
gboolean limits_stopped(const Pipeline *pipeline);

/* Since when LIMIT counts what the breaker watches: it begins anew with each reset. */
gboolean limits_since(const Pipeline *pipeline, const Limit *limit, gint64 *since, GError **error);
/* Does no limit hold for DOMAIN as a whole? */
gboolean limits_shared(const Limits *limits, const char *domain);
