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
    char *figures;   /* how full the limits were then, "; " between; only counts; or NULL */
    char *domains;   /* the fullest domains then, for the operator's eyes, as long as it is tripped
                        and nobody there was erased; or NULL */
} Breaker;

void breaker_free(Breaker *breaker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Breaker, breaker_free)

/* The row that keeps it tripped; NULL without error: it is not tripped. */
Breaker *breaker_load(Store *store, GError **error);
/* What is known when it trips; FIGURES and DOMAINS may be NULL. */
typedef struct BreakerTrip {
    gint64 at;
    const char *why, *figures, *domains;
} BreakerTrip;
/* Trips it; *TRIPPED (may be NULL) FALSE: it was tripped already, nothing is written. */
gboolean breaker_trip(Store *store, const BreakerTrip *trip, gboolean *tripped, GError **error);
/* It is tripped already, and somebody gives another reason: that is put behind the first one, as
 * long as all together are not over 2000 characters. */
gboolean breaker_add_why(Store *store, const char *why, GError **error);
gboolean breaker_set_told(Store *store, gint64 id, gint64 at, GError **error);
/* Resets it and forgets the domains; *RESET FALSE: it was not tripped. */
gboolean breaker_reset(Store *store, const char *who, gint64 at, gboolean *reset, GError **error);
/* When it was last reset; 0: never. */
gboolean breaker_last_reset(Store *store, gint64 *at, GError **error);
