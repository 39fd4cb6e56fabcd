/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message: one inbound mail as data, and its row. mail/parse.h makes one from bytes.
 * Not here: the raw mail (it stays on the IMAP server), what was decided (models/verdict.h), where
 * the mail lies (models/place.h).
 *
 * Messages come from two sources: fetched from a mailbox (they have a ticket), or imported as
 * agent-handled mail to learn from (ticket_id = 0). An imported mail that is later fetched is the
 * same message: it gets its ticket then.
 */
#pragma once

#include "models/store.h"

typedef enum {
    MESSAGE_ENCRYPTED = 1 << 0,  /* S/MIME or PGP: nobody here can read it */
    MESSAGE_SIGNED = 1 << 1,     /* signed, readable */
    MESSAGE_SPAM = 1 << 2,       /* the server marked it: header, $Junk keyword */
    MESSAGE_UNREADABLE = 1 << 3, /* could not be parsed; the raw mail is on the server */
    MESSAGE_OVERSIZE = 1 << 4,   /* over the size limit: only its header was fetched */
    MESSAGE_ATTACHMENT = 1 << 5, /* has at least one attachment */
    MESSAGE_CALENDAR = 1 << 6,   /* a part is a calendar entry (text/calendar), at any level */
    MESSAGE_ERASED = 1 << 7,     /* a skeleton, its person was erased (models/erase.h) */
} MessageFlags;

/* Where the mail ought to lie: what mailboxes call Answered, Ignored …; see models/place.h. */
#define FILING_ANSWERED "answered"
#define FILING_IGNORED "ignored"
#define FILING_UNREADABLE "unreadable"
#define FILING_QUEUE_PREFIX "queue:" /* "queue:NAME" */

typedef struct Message {
    gint64 id;         /* 0 until inserted */
    gint64 ticket_id;  /* 0: no ticket (imported) */
    char *digest;      /* lower-case hex SHA-256 of the content without trace headers; unique */
    char *account;     /* name of the mailbox in erms.conf; NULL when imported */
    char *message_id;  /* without <>; NULL: none. Chosen by the sender, not unique */
    char *in_reply_to; /* without <>; NULL: none */
    char *references;  /* the ids of References, oldest first, without <>, space between; or NULL */
    char *from_addr;   /* lower case; NULL: no usable address */
    char *from_name;   /* decoded display name; NULL: none */
    char *reply_addr;  /* where an answer goes: Reply-To, else From; lower case; NULL: nowhere */
    char *to_addrs;    /* To and Cc, lower case, comma between; or NULL */
    char *subject;     /* decoded, one line, valid UTF-8, may be "" */
    char *date;        /* the Date header as it came, for display only: the sender chooses it */
    char *headers;     /* the headers that matter, "Name: value\n" each, unfolded, topmost first */
    char *text;        /* the whole text, UTF-8, may be "" */
    char *own_text;    /* the customer's own new words: no quotes, signature, disclaimer */
    char *language;    /* "de", "en" …; "" unknown */
    char *automatic;   /* the rule that says a machine sent it (mail/answerable.h); NULL: a human */
    char *thread;      /* why it belongs to its ticket, e.g. "new", "our Message-ID" */
    char *filing;      /* where it ought to lie, FILING_…; NULL: where it is */
    gint64 received_at; /* seconds since 1970, our clock when it was taken */
    gint64 arrived_at;  /* when it came to the server (INTERNALDATE), by its clock; 0: unknown */
    gint64 size;        /* bytes on the server */
    guint tries;        /* how often deciding about it was begun before now */
    guint flags;        /* MessageFlags */
} Message;

Message *message_new(void);
void message_free(Message *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_free)

/* The value of the first header NAME (any case) in message->headers, newly allocated, or NULL;
 * _nth counts from 0, topmost first. */
char *message_header(const Message *message, const char *name);
char *message_header_nth(const Message *message, const char *name, guint n);

/* Inserts and sets message->id. The digest must be new: look with message_find_digest() in the same
 * transaction; without one, somebody else may have been faster, which is STORE_ERROR_BUSY. NULL for
 * subject, headers, text, own_text and language is written as "". */
gboolean message_insert(Store *store, Message *message, GError **error);
/* The message with this id; with this digest. NULL without error: there is none. */
Message *message_load(Store *store, gint64 id, GError **error);
Message *message_find_digest(Store *store, const char *digest, GError **error);
/* All messages of a ticket, oldest (received_at) first (GPtrArray of Message, owned). */
GPtrArray *message_list_ticket(Store *store, gint64 ticket_id, GError **error);
/* Fetched messages that have no verdict yet, in order of arrival (received_at), at most LIMIT (0:
 * all). */
GPtrArray *message_list_undecided(Store *store, guint limit, GError **error);
/* The ids of the tickets that hold a message with this Message-ID, which anybody can copy: those
 * that had it first come first, at most LIMIT (GArray of gint64; a ticket may be there twice). */
GArray *message_find_tickets(Store *store, const char *message_id, guint limit, GError **error);
/* The headers of the newest messages fetched from ACCOUNT, newest first, at most LIMIT (GPtrArray
 * of Message, owned, with id and headers only); only among the newest 10000 of all, and not of
 * those that were erased. */
GPtrArray *message_list_headers(Store *store, const char *account, guint limit, GError **error);
/* The first LIMIT messages of a ticket as message_list_ticket() has them, but only with id,
 * from_addr, to_addrs, subject, automatic and thread: who takes part in it, and as what. */
GPtrArray *message_list_envelopes(Store *store, gint64 ticket_id, guint limit, GError **error);

/* An imported message was fetched: writes ticket_id, account, thread, received_at, arrived_at,
 * automatic, flags and size of MESSAGE, whose id is that of the row. */
gboolean message_set_ticket(Store *store, const Message *message, GError **error);
/* Deciding about a message that was begun so often, and never came to an end, is not tried again.
 */
#define MESSAGE_TRIES_MAX 3
/* Changes one fact of an inserted message. */
gboolean message_set_tries(Store *store, gint64 id, guint tries, GError **error);
gboolean message_set_filing(Store *store, gint64 id, const char *filing, GError **error);
/* All messages of a ticket at once. */
gboolean message_set_filing_ticket(Store *store, gint64 ticket_id, const char *filing,
                                   GError **error);
