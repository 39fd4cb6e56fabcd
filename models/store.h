/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store: one SQLite file that holds every record of erms.
 * Here: opening, migrating, transactions, backup. Not here: the records (one file each) and SQL
 * helpers for them (models/sql.h, for this folder only).
 *
 * The file is created with mode 0600 and opened in WAL mode with synchronous=FULL, foreign keys on
 * and SQLITE_DBCONFIG_DEFENSIVE. A Store belongs to one thread.
 */
#pragma once

#include <glib.h>

typedef struct Store Store;

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);

typedef enum {
    STORE_ERROR_BUSY,   /* locked (after 10 s), disk full, I/O error, no right, somebody else wrote
                           the same row first: try again later */
    STORE_ERROR_BAD,    /* not a database of ours, damaged, or made by a newer erms */
    STORE_ERROR_ABSENT, /* there is no such file (only without STORE_CREATE) */
} StoreError;

typedef enum {
    STORE_OPEN = 0,
    STORE_CREATE = 1 << 0,   /* make the file if it is not there */
    STORE_READONLY = 1 << 1, /* refuse to write; an old schema is an error, not migrated */
} StoreFlags;

/* Opens the database at PATH and brings its schema up to date (read and changed under one
 * BEGIN IMMEDIATE, so that two first runs cannot both migrate; an up-to-date one is opened without
 * waiting for writers). Returns NULL with STORE_ERROR. */
Store *store_open(const char *path, StoreFlags flags, GError **error);
void store_free(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_free)

/* The schema version in the file, and the one this program writes. */
int store_version(Store *store);
int store_version_current(void);

/* *VERSION changes when another connection has written to the database, not when STORE has. */
gboolean store_others(Store *store, gint64 *version, GError **error);

/* Copies the whole database to PATH with SQLite's online backup, while others read and write.
 * PATH must not exist; it is made with mode 0600, and removed again on failure. Not inside a
 * transaction (STORE_ERROR_BUSY). */
gboolean store_backup(Store *store, const char *path, GError **error);

/*
 * A transaction ends when it leaves scope: rolled back, unless store_commit() came first.
 *
 *     g_autoptr(StoreTransaction) transaction = store_begin(store, error);
 *     if (!transaction || !message_insert(…) || …)
 *         return FALSE;
 *     return store_commit(g_steal_pointer(&transaction), error);
 *
 * The outermost one is BEGIN IMMEDIATE (BEGIN with STORE_READONLY: everything read in it is of one
 * moment). An inner one only takes part in it: a dry run wraps a whole pass in one and lets it
 * fall, a batch of mails is one commit. (Savepoints would allow an inner one to fall alone, at a
 * third of the speed; nobody needs that.) When an inner one falls, or SQLite undoes everything
 * because the disk is full, all is undone at once, and every function returns STORE_ERROR_BUSY
 * until the outermost one is left. Inner ones end before outer ones.
 */
typedef struct StoreTransaction StoreTransaction;
StoreTransaction *store_begin(Store *store, GError **error);
/* Takes ownership of TRANSACTION in every case; a failed commit is rolled back. */
gboolean store_commit(StoreTransaction *transaction, GError **error);
void store_rollback(StoreTransaction *transaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreTransaction, store_rollback)
