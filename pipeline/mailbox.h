/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mailbox: one support mailbox as the operator configured it, and a session with its server.
 * Two jobs are done in a session: fetching new mail (fetch.c) and filing handled mail (file.c).
 * Both can be interrupted anywhere and repeated.
 */
#pragma once

#include "mail/imap.h"
#include "pipeline/pipeline.h"

#include <signal.h>

typedef struct Mailbox {
    char *name; /* "support" */
    ServerSpec *server;
    char *folder;      /* where new mail arrives */
    gboolean keywords; /* mail stays there and gets keywords; FALSE: it is moved */
    char *answered;    /* folders for handled mail */
    char *ignored;
    char *unreadable;
    char *queues;        /* parent folder of the queues' folders; "": none */
    GHashTable *folders; /* queue → folder, where it has a folder of its own choice; owned */
    char *sent;          /* folder for copies of our answers; NULL: none */
    guint32 max_bytes;   /* larger mail is not fetched: a human opens it in the mail client */
} Mailbox;

Mailbox *mailbox_new(void); /* INBOX, Answered, Ignored, Unreadable, Queues/…, 25 MiB */
void mailbox_free(Mailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mailbox, mailbox_free)

/* The folder that FILING_… means here; the keyword that it means. New strings. */
char *mailbox_target(const Mailbox *mailbox, const char *filing);
char *mailbox_keyword(const char *filing);
/* Is the folder where new mail arrives called like one for spam? Then all of it is marked as spam.
 */
gboolean mailbox_is_junk(const Mailbox *mailbox);

typedef struct Session {
    const Mailbox *mailbox;
    Imap *imap;      /* NULL: not connected */
    char *selected;  /* folder */
    ImapFolder info; /* of the selected folder */
    gboolean read_only;
    ServerSpec server; /* the mailbox's, with the time that is left; its strings are borrowed */
    gint64 deadline;   /* monotonic microseconds, for all connections of the session together */
    GHashTable *made;  /* folders known to exist */
} Session;

Session *session_new(const Mailbox *mailbox, gboolean read_only);
void session_free(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)
/* Gives the session its whole time again, on a new connection if the old one has less than half of
 * its time left: other mailboxes and the SMTP server may have used it up. */
void session_renew(Session *session);
/* Connects if need be and selects FOLDER, unless it is selected. */
gboolean session_select(Session *session, const char *folder, GError **error);
/* Forgets a connection that an error left unusable; TRUE if ERROR is of that kind. */
gboolean session_lost(Session *session, const GError *error);

typedef struct FetchHooks {
    /* A message was decided. */
    void (*decided)(const Message *message, const Verdict *verdict, gpointer data);
    /* DONE of TOTAL new mails. */
    void (*progress)(guint done, guint total, gpointer data);
    gpointer data;
    const volatile sig_atomic_t *stop; /* non-zero: end between two batches; may be NULL */
} FetchHooks;

typedef struct FetchCounts {
    guint new_mail, known, filed, trouble;
} FetchCounts;

/* Fetches, takes and answers all new mail. What was committed before an error stays. */
gboolean mailbox_fetch(Session *session, Pipeline *pipeline, const FetchHooks *hooks,
                       FetchCounts *counts, GError **error);
/* Records what became of the moves that an earlier run began in this mailbox and did not end. */
gboolean mailbox_resume(Session *session, Pipeline *pipeline, GError **error);
/* Files every mail of this mailbox that does not lie where it ought to. What a server refuses to
 * move is logged, counted as trouble and tried again in the next run. */
gboolean mailbox_file(Session *session, Pipeline *pipeline, FetchCounts *counts, GError **error);
