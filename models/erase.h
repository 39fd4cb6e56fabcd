/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erase: a person is forgotten. Rows that reports count stay as skeletons: what they are counted by
 * (state, category, times, outcome) and nothing that came from the person or says who it was.
 *
 *   goes     address, name, subject, text, headers, Message-IDs, our answers to it, suggestions,
 *            details of decisions and of the history, labels, suppression, past cases and what the
 *            index knows of them, where the mail lay; imported mail goes altogether
 *   stays    ids, token, state, category, times, size, language, probability, template, who of us
 *            did what; the digest (models/message.h), so that the same mail is never answered
 *            again; the 64-bit fingerprint that limits compare
 *
 * Of ADDRESS are: mail from it, or with it as Reply-To; tickets that began with such mail or have
 * it as customer, with all answers in them; answers to it or to its mail; in its tickets mail of
 * machines (bounces quote); the bounce that suppressed it. Other people's mail stays theirs: the
 * address, with the name in front of it, is taken out of its text and header, and in tickets that
 * the person has a part in what it quotes goes.
 *
 * Not here: mail on servers (pipeline/erase.h), models and who asks (cmd/erase.c).
 */
#pragma once

#include "models/store.h"

/* How many rows. */
typedef struct Erasure {
    gint64 tickets;
    gint64 mails;    /* with a ticket */
    gint64 imported; /* without one */
    gint64 replies;  /* answers and suggestions */
    gint64 waiting;  /* of these: that could still have been sent */
    gint64 labels;
    gint64 cases; /* past cases */
    gint64 suppressions;
    gint64 mentions; /* other people's mails in which the address stood */
    gint64 learned;  /* labelled mails among all of these: a model may have learned from them */
} Erasure;

gboolean erasure_empty(const Erasure *erasure);

/* Takes part in the caller's transaction, or in one of its own; letting it fall is a dry run.
 * ADDRESS in lower case. WHO and AT go into the histories. */
gboolean erase_person(Store *store, const char *address, const char *who, gint64 at,
                      Erasure *erasure, GError **error);
/* Drops every answer of ADDRESS that waits, so that none leaves while the rest is under way. */
gboolean erase_drop_waiting(Store *store, const char *address, gint64 at, GError **error);

/* A mail of ADDRESS that may lie on a server. One for each place of it; one without for a fetched
 * mail that has none. */
typedef struct EraseMail {
    gint64 ticket_id;
    char *account;
    char *folder; /* NULL: unknown */
    guint32 uidvalidity;
    guint32 uid; /* 0: unknown */
    guint32 size;
    guint32 flags; /* MessageFlags */
    char *digest;
} EraseMail;
void erase_mail_free(EraseMail *mail);
/* By account, folder, uidvalidity, uid (GPtrArray of EraseMail, owned). */
GPtrArray *erase_list_mails(Store *store, const char *address, GError **error);

/* An answer to ADDRESS that left, or may have. */
typedef struct EraseCopy {
    char *account; /* of the mail that it answers */
    char *mail_id; /* our Message-ID, without <> */
} EraseCopy;
void erase_copy_free(EraseCopy *copy);
GPtrArray *erase_list_copies(Store *store, const char *address, GError **error); /* by account */

/* The folders of ACCOUNT where mail was seen (GPtrArray of char *, owned). */
GPtrArray *erase_list_folders(Store *store, const char *account, GError **error);

/* Writes the file anew and empties the log, so that nothing of what was deleted is left in it. Not
 * inside a transaction. STORE_ERROR_BUSY while somebody else reads: to be repeated. */
gboolean erase_compact(Store *store, GError **error);
