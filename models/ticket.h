/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ticket: one case of one customer, and its row. Its messages are in models/message.h, the answers
 * in models/reply.h, its history in models/event.h.
 *
 *              ┌──────────── reopened ◄──────────┐
 *     new ──► OPEN ── answered by us or an agent ──► ANSWERED
 *              │ └──── by an agent, no answer ─────► CLOSED
 *              └────── a machine wrote it ─────────► IGNORED
 */
#pragma once

#include "models/store.h"

typedef enum { TICKET_OPEN, TICKET_ANSWERED, TICKET_CLOSED, TICKET_IGNORED } TicketState;

typedef struct Ticket {
    gint64 id;   /* 0 until inserted */
    char *token; /* the name a customer sees in the subject, e.g. "K7Q4-29XM"; unique */
    TicketState state;
    char *queue;    /* name of the queue that holds it; NULL: none (answered, ignored) */
    char *category; /* what it is about, as last decided or labelled; NULL: unknown */
    char *subject;
    char *customer; /* the customer's address, lower case; NULL: none */
    char *note;     /* one line for agents: why it is here; NULL: none */
    gint64 created_at;
    gint64 updated_at; /* seconds since 1970, our clock */
    gint64 linked;     /* id of the ticket that this one grew out of, or that it names although its
                          sender has no part in it: its first message's thread says which; 0: none */
} Ticket;

Ticket *ticket_new(void);
void ticket_free(Ticket *ticket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ticket, ticket_free)

const char *ticket_state_name(TicketState state); /* "open" … */
gboolean ticket_state_parse(const char *name, TicketState *state);

/* Sets ticket->id, which is never given twice. A token that is taken is STORE_ERROR_BUSY: look with
 * ticket_find_token() first. */
gboolean ticket_insert(Store *store, Ticket *ticket, GError **error);
gboolean ticket_update(Store *store, const Ticket *ticket, GError **error); /* all columns */
Ticket *ticket_load(Store *store, gint64 id, GError **error); /* NULL without error: none */
/* The same for an id that must be there, because another row names it: none is STORE_ERROR_BAD. */
Ticket *ticket_must_load(Store *store, gint64 id, GError **error);
Ticket *ticket_find_token(Store *store, const char *token, GError **error);

typedef struct TicketFilter {
    int state;            /* a TicketState, or -1 for any */
    const char *queue;    /* NULL: any */
    const char *category; /* NULL: any */
    const char *customer; /* NULL: any */
    guint limit;          /* 0: no limit */
} TicketFilter;

/* Tickets, oldest first (GPtrArray of Ticket, owned). */
GPtrArray *ticket_list(Store *store, const TicketFilter *filter, GError **error);
/* The first LIMIT tickets that are linked to this one. */
GPtrArray *ticket_list_linked(Store *store, gint64 id, guint limit, GError **error);
/* The open tickets per queue: name → count (GHashTable of char* → GUINT_TO_POINTER). */
GHashTable *ticket_count_queues(Store *store, GError **error);
