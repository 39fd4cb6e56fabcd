/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process: a program without a shell: its own process group, a deadline after which the group is
 * killed, bounded output, no zombie; it is killed when the thread that runs it ends. Its standard
 * input is empty. SIGCHLD must not be ignored in this process: how the program ended would be lost.
 */
#pragma once

#include <glib.h>

/* Runs ARGV (NULL-terminated; searched in PATH) with ENVIRONMENT (NULL: ours) and appends what it
 * prints to OUTPUT. TRUE: it ended with code 0 in time and printed at most MAX_OUTPUT bytes.
 * Otherwise G_IO_ERROR with its name, and the first line of its standard error. */
gboolean process_run(const char *const *argv, const char *const *environment, guint timeout_ms,
                     gsize max_output, GString *output, GError **error);
