/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows: how full the windows of the limits are (pipeline/limits.h), for people: what `erms
 * breaker` shows, and what is kept of the moment when the breaker trips, because answers that are
 * dropped by the trip no longer count afterwards.
 */
#pragma once

#include "pipeline/pipeline.h"

#define WINDOWS_FULLEST 5 /* domains and contents that are kept */

/* One domain, or one content, that automatic answers went to. */
typedef struct Window {
    char *domain;       /* NULL: a content */
    gint64 fingerprint; /* of a content */
    gint64 ticket_id;   /* the newest of it */
    guint count;
} Window;

typedef struct Windows {
    guint total, refused;
    guint domain, content;      /* of the fullest one that the limit holds for */
    GArray *domains, *contents; /* of Window, fullest first, at most WINDOWS_FULLEST */
} Windows;

/* Fills WINDOWS, not counting the reply with id EXCEPT (0: none). Where there is no limit the
 * window is that of its default. */
gboolean windows_load(const Pipeline *pipeline, gint64 except, Windows *windows, GError **error);
void windows_clear(Windows *windows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Windows, windows_clear)

/* Trips the breaker because of WHY and keeps the figures; EXCEPT as above, *TRIPPED as in
 * breaker_trip(). */
gboolean windows_trip(const Pipeline *pipeline, const char *why, gint64 except, gboolean *tripped,
                      GError **error);
