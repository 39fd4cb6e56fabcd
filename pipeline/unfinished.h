/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unfinished: what became of a move whose outcome nobody told us: the run was killed, the line
 * broke, or the server does not say where mails went (no UIDPLUS). The answer lies on the server:
 * what came into the target folder since the move began (Move, models/move.h) is compared with what
 * is missing in the source folder, by Message-ID, else by size and digest, and with what is still
 * there, by size and content. The comparison needs no parser but that of header fields
 * (mail/header.h): a mail that cannot be parsed is filed like any other.
 */
#pragma once

#include "models/move.h"
#include "pipeline/mailbox.h"

/* Looks for the mails of PLACES (of the folder that MOVE began in) in its target; TOLD (GArray of
 * ImapMoved, may be NULL) went there as well and is known. Of those that are in both folders the
 * source is deleted: a server without MOVE was interrupted between copying and deleting. Returns
 * who went where (GArray of ImapMoved): nobody if the target's UIDVALIDITY is not that of MOVE, or
 * was not known. NULL with an error, and may be repeated. */
GArray *unfinished_find(Session *session, Pipeline *pipeline, const Move *move,
                        const GPtrArray *places, const GArray *told, GError **error);
