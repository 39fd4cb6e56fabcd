/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event: one line of a ticket's history: who did what, when. Written for every change of a ticket
 * or a reply, never changed.
 */
#pragma once

#include "models/store.h"

typedef struct Event {
    gint64 id;
    gint64 ticket_id;
    gint64 at;
    char *who;    /* "erms" or an agent's login name */
    char *what;   /* a stable word: "taken" "decided" "approved" "sent" "closed" "labelled" … */
    char *detail; /* a sentence for people; never the text of a mail; NULL: none */
} Event;

void event_free(Event *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_free)

gboolean event_add(Store *store, gint64 ticket_id, gint64 at, const char *who, const char *what,
                   const char *detail, GError **error);
GPtrArray *event_list(Store *store, gint64 ticket_id, GError **error); /* oldest first */
