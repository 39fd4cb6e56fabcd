/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Place: where one copy of a message lies on an IMAP server, and whether it lies where it ought to.
 *
 * (account, folder, uidvalidity, uid) is unique: fetching a mail again changes nothing. One message
 * can have several places (the same mail in two mailboxes; a new UIDVALIDITY). The message says
 * where it ought to lie (message.filing); the place says what has been done (place.filed). Filing
 * is the work of making the two equal: it can be interrupted and repeated at any point.
 */
#pragma once

#include "models/store.h"

typedef struct Place {
    gint64 id;
    gint64 message_id;
    char *account;
    char *folder;
    guint32 uidvalidity; /* opaque; 0: unknown (somebody moved or deleted it) */
    guint32 uid;         /* 0: unknown */
    char *filed;         /* the FILING_… carried out; NULL: none yet */
    char *filing;        /* read-only here: the message's wish */
} Place;

Place *place_new(void);
void place_free(Place *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Place, place_free)

/* Inserts, unless the same place is there already (then sets place->id to it, and succeeds; the row
 * keeps its message). Places with uid 0 are never the same. */
gboolean place_insert(Store *store, Place *place, GError **error);
/* The UIDs that are known in a folder, ascending (GArray of guint32). */
GArray *place_known_uids(Store *store, const char *account, const char *folder, guint32 uidvalidity,
                         GError **error);
/* Places of ACCOUNT with a known uid whose message ought to lie elsewhere (filing set and not equal
 * to filed), ordered by folder and filing (GPtrArray of Place, owned), at most LIMIT (0: all). */
GPtrArray *place_list_pending(Store *store, const char *account, guint limit, GError **error);
/* Places in one folder with a known uid, ascending by uid (GPtrArray of Place, owned). */
GPtrArray *place_list_folder(Store *store, const char *account, const char *folder,
                             guint32 uidvalidity, GError **error);
/* Records that FILING was carried out and where the mail lies now (uid 0: unknown). Another row
 * that claims to lie there is out of date: its uid becomes unknown. */
gboolean place_moved(Store *store, gint64 id, const char *filing, const char *folder,
                     guint32 uidvalidity, guint32 uid, GError **error);
/* All places of a message (GPtrArray of Place, owned). */
GPtrArray *place_list_message(Store *store, gint64 message_id, GError **error);
