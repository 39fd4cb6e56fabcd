/* SPDX-License-Identifier: Apache-2.0 */
/* A database in a folder of its own, and rows to hang others on. */
#pragma once

#include "models/message.h"
#include "models/reply.h"
#include "models/ticket.h"

#include <sys/types.h>

typedef struct Fixture {
    char *dir;
    char *path; /* dir/erms.db */
    Store *store;
} Fixture;

void fixture_set_up(Fixture *fixture, gconstpointer data);
void fixture_tear_down(Fixture *fixture, gconstpointer data);
/* Removes the folder while the store stays open: for a process that is going to abort. The store
 * must have been written to, or it cannot be any more. */
void fixture_vanish(const Fixture *fixture);
/* fork() with the store closed (SQLite's idea of who holds which lock does not survive one); the
 * parent opens it again. */
pid_t fixture_fork(Fixture *fixture);
Store *fixture_open(const Fixture *fixture, StoreFlags flags);
/* Waits for a child, which must end with 0. */
void fixture_wait(pid_t child);
/* A file in the fixture's folder. */
char *fixture_path(const Fixture *fixture, const char *name);

#define FIXTURE_TEST(path, func)                                                                   \
    g_test_add(path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

/* Inserted rows; every further column is as new. */
gint64 fixture_ticket(Store *store, const char *token);
gint64 fixture_message(Store *store, gint64 ticket_id, const char *digest);
Reply *fixture_reply(Store *store, gint64 ticket_id, gint64 message_id);

gboolean fixture_event(Store *store, gint64 ticket_id, const char *detail, GError **error);
gint64 fixture_events(Store *store); /* how many there are */

/* SQL behind the store's back: the first column of the first row. */
gint64 fixture_number(Store *store, const char *sql);
void fixture_execute(Store *store, const char *sql);
