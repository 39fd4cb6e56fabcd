/* SPDX-License-Identifier: Apache-2.0 */
/* What the ticket commands share: finding a ticket by what a person types, printing one. */
#pragma once

#include "cmd/cmd.h"
#include "models/ticket.h"

#define LOCK_WAIT 30 /* seconds an agent waits for a run to end */

/* By number ("12", "#12") or token ("K7Q4-29XM", any case), also in brackets ("[#K7Q4-29XM]"). NULL
 * with EXIT_FAILED: there is none. */
Ticket *ticket_named(Store *store, const char *name, GError **error);

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
