/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archive: labelled mail on disk, for `erms import` and `erms eval`: a folder with one subfolder
 * per category, holding one message per file, a Maildir (cur/ new/), or mbox files (mboxrd; a file
 * that begins with "From "). Not here: what is done with the mail.
 */
#pragma once

#include <glib.h>

#define ARCHIVE_ERROR (archive_error_quark())
GQuark archive_error_quark(void); /* code 0: what the text says, with the path */

/* The folder of mail that belongs to none of the categories. */
#define ARCHIVE_NONE "out-of-scope"

/* PATH names the message ("returns/0001.eml", "returns/a.mbox:17"); all only for the call. FALSE
 * stops, with ERROR set. */
typedef gboolean (*ArchiveFunc)(const char *category, const char *path, GBytes *raw, gpointer data,
                                GError **error);

/* Calls FUNC for every message, categories and files in name order (which stands for the order of
 * arrival). Names with a leading dot are skipped; a file larger than MAX_BYTES is an error. */
gboolean archive_read(const char *dir, gsize max_bytes, ArchiveFunc func, gpointer data,
                      GError **error);
