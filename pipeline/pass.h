/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pass: what `erms run` does once. Recover what an earlier run left, fetch and answer every
 * mailbox, send what is approved, file what was answered. A mailbox that fails does not stop the
 * others.
 */
#pragma once

#include "pipeline/mailbox.h"

typedef struct Pass {
    Pipeline *pipeline;
    const GPtrArray *mailboxes; /* of Mailbox */
    const ServerSpec *smtp;     /* NULL: nothing can be sent */
    const char *helo_name;
    gboolean dry_run; /* read, decide, report; write nothing anywhere */
    FetchHooks hooks;
    /* A mailbox or the SMTP server failed; may be called several times. */
    void (*trouble)(const GError *error, gpointer data);
    gpointer trouble_data;
} Pass;

typedef struct PassCounts {
    FetchCounts fetch;
    guint sent, later, failed, dropped, recovered;
} PassCounts;

/* FALSE only when the store fails: then nothing more can be done. */
gboolean pass_run(Pass *pass, PassCounts *counts, GError **error);

/* Sends one reply that an agent approved, files its ticket's mails and the copy, as far as servers
 * allow; for `erms ticket reply`. */
gboolean pass_send_one(Pass *pass, Reply *reply, SendOutcome *outcome, GError **error);
