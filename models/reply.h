/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply: one outbound answer, from suggestion to sent mail, and its row.
 *
 *     DRAFT ──approve──► APPROVED ──► SENDING ──► SENT
 *       │                   ▲  │         ├──────► FAILED   refused for good (5xx): a human
 *       └──────► DROPPED ◄──┼──┘         ├──────► UNKNOWN  nobody can know: a human
 *                           └────────────┘        not sent for sure (4xx, no connection): later
 *
 * SENDING is committed before the first byte goes to the SMTP server, SENT after the last word came
 * back. What is found in SENDING at start goes to UNKNOWN: an answer leaves at most once.
 * The states change only through reply_move(), a compare-and-set against that table.
 */
#pragma once

#include "models/store.h"

typedef enum {
    REPLY_DRAFT,
    REPLY_APPROVED,
    REPLY_SENDING,
    REPLY_SENT,
    REPLY_FAILED,
    REPLY_UNKNOWN,
    REPLY_DROPPED,
} ReplyState;

typedef struct Reply {
    gint64 id; /* 0 until inserted */
    gint64 ticket_id;
    gint64 message_id; /* the message it answers */
    ReplyState state;
    guint rank;          /* 1: the best suggestion, 2, 3 */
    char *origin;        /* "auto" or the agent's login name; NULL: a suggestion nobody took yet */
    char *template_name; /* "returns/how-to.de"; NULL: written by hand */
    char *template_hash; /* SHA-256 of the template file */
    char *approver;      /* who approved the template */
    char *language;
    char *to_addr;
    char *subject;
    char *body;        /* UTF-8 text as sent */
    char *missing;     /* names of places that could not be filled, comma between; NULL: complete.
                          A reply with a hole can not be approved. */
    char *mail_id;     /* our Message-ID, without <>; fixed when the draft is made */
    char *in_reply_to; /* without <>, or NULL */
    char *references;  /* without <>, space between, or NULL */
    guint attempts;    /* how often sending was tried */
    char *error;       /* what the server last said, when it was no success */
    gint64 created_at;
    gint64 sent_at;     /* 0: not sent */
    gint64 moved_at;    /* when it last changed its state; 0: not yet */
    gint64 fingerprint; /* of the content of the mail it answers, for the limits; 0: none */
    gint64 back; /* an automatic one: id of the message with which the customer wrote back; 0 */
} Reply;

Reply *reply_new(void);
void reply_free(Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)

const char *reply_state_name(ReplyState state);

gboolean reply_insert(Store *store, Reply *reply, GError **error); /* sets reply->id */
/* Writes body, subject, missing, origin and rank of a reply that is still a DRAFT; when it is none
 * any more, somebody else was faster: STORE_ERROR_BUSY. */
gboolean reply_update_draft(Store *store, const Reply *reply, GError **error);
Reply *reply_load(Store *store, gint64 id, GError **error); /* NULL without error: none */
GPtrArray *reply_list_ticket(Store *store, gint64 ticket_id, GError **error);
GPtrArray *reply_list_message(Store *store, gint64 message_id, GError **error); /* by rank */
/* All replies in STATE, oldest first, at most LIMIT (0: all). */
GPtrArray *reply_list_state(Store *store, ReplyState state, guint limit, GError **error);

/* Moves the reply from its state to TO and writes the row, if the row is still in reply->state:
 * sets *moved (FALSE: somebody else was faster) and, when moved, state, attempts, moved_at, sent_at
 * and error of REPLY. A step that is not in the drawing, or approving a reply with a hole, is a bug
 * (g_assert). AT is our clock; MESSAGE the server's words, NULL leaves the error as it is. Going to
 * SENDING counts an attempt; going to SENT sets sent_at and clears the error. */
gboolean reply_move(Store *store, Reply *reply, ReplyState to, const char *message, gint64 at,
                    gboolean *moved, GError **error);
/* Drops every DRAFT and APPROVED reply of the ticket except KEEP (0: none). */
gboolean reply_drop_others(Store *store, gint64 ticket_id, gint64 keep, GError **error);

/* The newest reply of the ticket that was sent, or may have been (SENT, UNKNOWN). NULL without
 * error: none. */
Reply *reply_last_sent(Store *store, gint64 ticket_id, GError **error);
/* The customer wrote back to REPLY, with this message; only the first one is kept. */
gboolean reply_set_back(Store *store, Reply *reply, gint64 message_id, GError **error);
/* Of the newest LIMIT (0: all) automatic replies that were made since SINCE from this version of a
 * template, and sent: how many there are, and to how many the customer wrote back. */
gboolean reply_count_back(Store *store, const char *template_name, const char *template_hash,
                          gint64 since, guint limit, gint64 *sent, gint64 *back, GError **error);

/* How many automatic replies ("auto") to ADDRESS are on their way or gone (APPROVED, SENDING, SENT,
 * UNKNOWN) and were made or last changed state since SINCE, not counting EXCEPT (0: none). */
gboolean reply_count_recent(Store *store, const char *address, gint64 since, gint64 except,
                            guint *count, GError **error);
/* The same for all addresses at DOMAIN, and for all addresses. */
gboolean reply_count_domain(Store *store, const char *domain, gint64 since, gint64 except,
                            guint *count, GError **error);
gboolean reply_count_automatic(Store *store, gint64 since, gint64 except, guint *count,
                               GError **error);

/* To what content an automatic reply went. */
typedef struct ReplyContent {
    gint64 fingerprint; /* 0: not known */
    gint64 ticket_id;
} ReplyContent;
/* The contents of those replies, newest first, at most MAX (GArray of ReplyContent, owned). */
GArray *reply_list_contents(Store *store, gint64 since, gint64 except, guint max, GError **error);
/* How many went to each domain since SINCE: char * → GUINT_TO_POINTER, owned. */
GHashTable *reply_count_domains(Store *store, gint64 since, GError **error);

/* How many automatic replies an SMTP server refused for good (5xx) since SINCE. */
gboolean reply_count_refused(Store *store, gint64 since, guint *count, GError **error);
/* The reply with this Message-ID of ours, without <>; NULL without error: none. */
Reply *reply_find_mail_id(Store *store, const char *mail_id, GError **error);
