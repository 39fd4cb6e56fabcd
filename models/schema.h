/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema of the database and how an older one is brought up to date. For this folder only. How
 * to change the schema stands at the top of schema.c.
 *
 * A file is ours if its PRAGMA application_id is SCHEMA_APPLICATION_ID; PRAGMA user_version counts
 * the steps that were taken.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#define SCHEMA_APPLICATION_ID 0x65726d73 /* "erms" */

/* The steps, NULL-terminated: [0] makes version 1 of nothing, [1] makes version 2 of that … Each is
 * a NULL-terminated list of SQL strings. */
extern const char *const *const schema_steps[];

/* What may be done with the file. */
typedef enum {
    SCHEMA_CREATE,  /* fill an empty file, migrate an old one */
    SCHEMA_MIGRATE, /* migrate an old one; an empty file is no database of ours */
    SCHEMA_CHECK,   /* write nothing: only the newest version will do */
} SchemaMode;

/* Looks whose file this is and takes the steps that are missing. A file that is up to date is only
 * read, so that opening it does not wait for whoever writes. Otherwise it is read again and changed
 * under one BEGIN IMMEDIATE: altogether or not at all, and by one of several first runs only. A
 * foreign file is never changed. PATH is for messages. STORE_ERROR. Foreign keys are off
 * afterwards; they are checked at the end of a change. */
gboolean schema_migrate(sqlite3 *db, const char *path, const char *const *const *steps,
                        SchemaMode mode, GError **error);
