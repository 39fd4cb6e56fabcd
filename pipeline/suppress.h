/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suppress: an address to which mail cannot be delivered gets no automatic answers any more
 * (models/suppression.h). It is always the address that a mail of ours went to, never one that
 * somebody names: anybody can write a bounce, and put a real customer's address in it.
 */
#pragma once

#include "pipeline/pipeline.h"

/* If MESSAGE, just taken, is a bounce that says that a delivery failed for good, and it cites the
 * Message-ID of a mail that we sent (the keyed hash is right, and the mail left, or may have): the
 * address which that mail went to is suppressed. Else nothing is written. */
gboolean suppress_bounced(Pipeline *pipeline, const Message *message, GError **error);
/* The SMTP server refused the recipient of REPLY with WORDS ("550 5.1.1 no such user"): its address
 * is suppressed if these are about the mailbox, not about us or our mail (RFC 3463: X.1, but not
 * X.1.7 and X.1.8, which are about the sender, and X.2.1; RFC 5321: 550 without such a code). A
 * bounce's code is asked the same. */
gboolean suppress_refused(Pipeline *pipeline, const Reply *reply, const char *words,
                          GError **error);
