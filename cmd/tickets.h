/* SPDX-License-Identifier: Apache-2.0 */
/* What the ticket commands share: finding a ticket by what a person types, printing one. */
#pragma once

#include "cmd/cmd.h"
#include "models/ticket.h"

#define LOCK_WAIT 30 /* seconds an agent waits for a run to end */

/* By number ("12", "#12") or token ("K7Q4-29XM", any case), also in brackets ("[#K7Q4-29XM]"). NULL
 * with EXIT_FAILED: there is none. */
Ticket *ticket_named(Store *store, const char *name, GError **error);

/* ---- its answers (ticket_answer.c); REPLIES: of one ticket, as reply_list_ticket() has them ----
 */

gboolean answer_automatic(const Reply *reply);
/* When it became what it is. */
gint64 answer_time(const Reply *reply);
/* "the answer of erika", "the automatic answer". New string. */
char *answer_whose(const Reply *reply);
/* The answer that counts: one that waits; else the newest that was sent, or tried; else the newest
 * that was dropped. Not what was only suggested. Borrowed; NULL: none. */
const Reply *ticket_answer(const GPtrArray *replies);
/* What became of it, for scripts: "waiting" "sent" "failed" "unknown" "dropped"; NULL of NULL. */
const char *answer_outcome(const Reply *reply);
/* The answer that waits to be sent; NULL: none. */
const Reply *ticket_waiting(const GPtrArray *replies);
/* The answer that has told TO already what BODY says; NULL: none. */
const Reply *ticket_said(const GPtrArray *replies, const char *to, const char *body);
/* Why the ticket is where it is; VERDICT may be NULL. New string. */
char *ticket_why(const Ticket *ticket, const GPtrArray *replies, const Verdict *verdict);
/* Drops the answer that waits, because of WHY, and says so in the history; in a transaction. *WHOSE
 * is owned: answer_whose() of it, NULL: none waited. */
gboolean ticket_drop_waiting(Store *store, const GPtrArray *replies, const char *why, gint64 now,
                             char **whose, GError **error);
/* After the commit: tells the agent. WHOSE may be NULL. */
void ticket_tell_dropped(const Ticket *ticket, const char *whose);

/* `erms label`: what a ticket is about. */
typedef struct Correction Correction;
/* The ticket of that NAME is about CATEGORY (borrowed; NULL: none of the categories). Takes part in
 * the caller's transaction. */
Correction *label_ticket(Context *context, const char *name, const char *category, GError **error);
/* After the commit: the live model learns it; prints what was done and what the model says now. */
void label_tell(const Correction *correction);
void label_free_correction(Correction *correction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Correction, label_free_correction)

/* FALSE with EXIT_USAGE: KB has no category of that name. */
gboolean label_check_category(const Kb *kb, const char *category, GError **error);

/* The subcommands; as Command.run. */
int ticket_command_list(Context *context, int argc, char **argv, GError **error);
int ticket_command_show(Context *context, int argc, char **argv, GError **error);
int ticket_command_reply(Context *context, int argc, char **argv, GError **error);
int ticket_command_close(Context *context, int argc, char **argv, GError **error);
