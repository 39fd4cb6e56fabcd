/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Move: mails on their way from one folder of a server to another, while nobody knows yet how that
 * ended. The row is committed before the server is asked and goes in the transaction that records
 * where the mails are now (place.h). A row that is found at start is a move that was interrupted:
 * pipeline/unfinished.c finds out what of it was done.
 */
#pragma once

#include "models/store.h"

typedef struct Move {
    gint64 id;
    char *account;
    char *folder; /* from */
    guint32 uidvalidity;
    char *filing;            /* the FILING_… that it carries out */
    char *target;            /* to */
    guint32 target_validity; /* 0: the server did not say */
    guint32 target_next;     /* the lowest UID that a mail can have got there */
} Move;

Move *move_new(void);
void move_free(Move *move);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Move, move_free)

gboolean move_begin(Store *store, Move *move, GError **error); /* sets move->id */
gboolean move_end(Store *store, gint64 id, GError **error);
/* What was begun in ACCOUNT and not ended, oldest first (GPtrArray of Move, owned). */
GPtrArray *move_list(Store *store, const char *account, GError **error);
