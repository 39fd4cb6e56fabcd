/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suppression: an address that gets no automatic answers any more, because one of our mails could
 * not be delivered there. Agents may still write to it. Who puts addresses here, and why a forged
 * bounce cannot: pipeline/suppress.h.
 */
#pragma once

#include "models/store.h"

typedef struct Suppression {
    char *address; /* whatever its case */
    gint64 at;
    gint64 reply_id;   /* our mail that could not be delivered */
    gint64 message_id; /* the bounce; 0: the SMTP server refused the address */
    char *why;         /* a sentence */
} Suppression;

void suppression_free(Suppression *suppression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Suppression, suppression_free)

/* *ADDED (may be NULL) FALSE: the address was suppressed already; the older row stays. */
gboolean suppression_add(Store *store, const Suppression *suppression, gboolean *added,
                         GError **error);
Suppression *suppression_load(Store *store, const char *address, GError **error); /* NULL: none */
/* In order of the address, at most LIMIT (0: all). */
GPtrArray *suppression_list(Store *store, guint limit, GError **error);
/* *REMOVED FALSE: it was not suppressed. */
gboolean suppression_remove(Store *store, const char *address, gboolean *removed, GError **error);
