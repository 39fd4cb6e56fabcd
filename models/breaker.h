/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaker: turns sending into suggesting, for everything at once, until a human resets it. One row
 * for each time it tripped; it is tripped while a row has no reset_at. What makes it trip:
 * pipeline/limits.h.
 */
#pragma once

#include "models/store.h"

typedef struct Breaker {
    gint64 id;
    gint64 at;       /* when it tripped, our clock */
    gint64 told_at;  /* when the operator got a mail about it; 0: not yet */
    gint64 reset_at; /* 0: it is tripped */
    char *who;       /* who reset it; NULL: nobody yet */
    char *why;       /* a sentence; nothing of any mail */
} Breaker;

void breaker_free(Breaker *breaker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Breaker, breaker_free)

/* The row that keeps it tripped; NULL without error: it is not tripped. */
Breaker *breaker_load(Store *store, GError **error);
/* Trips it; *TRIPPED (may be NULL) FALSE: it was tripped already, nothing is written. */
gboolean breaker_trip(Store *store, const char *why, gint64 at, gboolean *tripped, GError **error);
gboolean breaker_set_told(Store *store, gint64 id, gint64 at, GError **error);
/* Resets it; *RESET FALSE: it was not tripped. */
gboolean breaker_reset(Store *store, const char *who, gint64 at, gboolean *reset, GError **error);
/* When it was last reset; 0: never. */
gboolean breaker_last_reset(Store *store, gint64 *at, GError **error);
