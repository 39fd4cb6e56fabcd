/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erase, on the mail servers: deletes the mails of a person where erms left them, and the copies of
 * our answers. A mail that is not where it was is looked for in all folders of its mailbox that
 * erms knows, by size and digest: only the very mail is deleted, whatever else looks like it.
 *
 * Nothing of it is written down. The database is erased after the servers (models/erase.h), so
 * whatever ends this in the middle, it can be done again and finds what is left.
 *
 * Not found is what was deleted or moved to other folders by hand, and what has no digest of its
 * content (too large or unreadable) and was moved.
 */
#pragma once

#include "models/erase.h"
#include "pipeline/mailbox.h"

typedef struct EraseServers EraseServers;

typedef struct EraseDone {
    guint deleted;     /* mails */
    guint copies;      /* of our answers */
    guint missing;     /* not found */
    guint homeless;    /* of mailboxes that are not configured any more */
    GPtrArray *marked; /* folders where mail is only marked \Deleted: no UIDPLUS; char *, owned */
} EraseDone;
void erase_done_clear(EraseDone *done);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EraseDone, erase_done_clear)

/* Connects to every one of MAILBOXES (of Mailbox) that holds something of ADDRESS, and records what
 * an interrupted run left open there. NULL with SERVER_ERROR: one of them cannot be reached; then
 * nothing was changed. PIPELINE outlives it. */
EraseServers *erase_servers_open(Pipeline *pipeline, const GPtrArray *mailboxes,
                                 const char *address, GError **error);
void erase_servers_free(EraseServers *servers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EraseServers, erase_servers_free)

/* Deletes everything. *DONE, which is all zero, says what, also after an error. */
gboolean erase_servers_delete(EraseServers *servers, EraseDone *done, GError **error);
