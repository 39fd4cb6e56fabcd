/* SPDX-License-Identifier: Apache-2.0 */
#include "models/ticket.h"

#include "models/sql.h"

static const char *const states[] = {
    [TICKET_OPEN] = "open",
    [TICKET_ANSWERED] = "answered",
    [TICKET_CLOSED] = "closed",
    [TICKET_IGNORED] = "ignored",
    NULL,
};

static const SqlColumn columns[] = {
    SQL_ID(Ticket, id),
    SQL_COLUMN(Ticket, token),
    SQL_NAME(Ticket, state, states),
    SQL_COLUMN(Ticket, queue),
    SQL_COLUMN(Ticket, category),
    SQL_WORDS(Ticket, subject),
    SQL_COLUMN(Ticket, customer),
    SQL_COLUMN(Ticket, note),
    SQL_COLUMN(Ticket, created_at),
    SQL_COLUMN(Ticket, updated_at),
    SQL_COLUMN(Ticket, linked),
};
static const SqlRecord record = SQL_RECORD(Ticket, "ticket", columns, ticket_free);

Ticket *ticket_new(void)
{
    return g_new0(Ticket, 1);
}

void ticket_free(Ticket *ticket)
{
    sql_record_free(&record, ticket);
}

const char *ticket_state_name(TicketState state)
{
    g_assert((guint)state <= TICKET_IGNORED);
    return states[state];
}

gboolean ticket_state_parse(const char *name, TicketState *state)
{
    for (guint i = 0; states[i]; i++)
        if (g_strcmp0(states[i], name) == 0) {
            *state = (TicketState)i;
            return TRUE;
        }
    return FALSE;
}

gboolean ticket_insert(Store *store, Ticket *ticket, GError **error)
{
    return sql_insert(store, &record, ticket, error);
}

gboolean ticket_update(Store *store, const Ticket *ticket, GError **error)
{
    return sql_update(store, &record, ticket, error);
}

Ticket *ticket_load(Store *store, gint64 id, GError **error)
{
    return sql_load(store, &record, "WHERE id = ?1", SQL_ARGS(SQL_NUMBER(id)), error);
}

Ticket *ticket_must_load(Store *store, gint64 id, GError **error)
{
    GError *local = NULL;
    Ticket *ticket = ticket_load(store, id, &local);

    if (local)
        g_propagate_error(error, local);
    else if (!ticket)
        g_set_error(error, STORE_ERROR, STORE_ERROR_BAD,
                    "%s: ticket %" G_GINT64_FORMAT " is missing", store->path, id);
    return ticket;
}

Ticket *ticket_find_token(Store *store, const char *token, GError **error)
{
    return sql_load(store, &record, "WHERE token = ?1", SQL_ARGS(SQL_STRING(token)), error);
}

GPtrArray *ticket_list(Store *store, const TicketFilter *filter, GError **error)
{
    const char *state = filter->state < 0 ? NULL : ticket_state_name((TicketState)filter->state);
    const struct {
        const char *condition, *value;
    } parts[] = {
        {" AND state = ?1", state},
        {" AND queue = ?2", filter->queue},
        {" AND category = ?3", filter->category},
        {" AND customer = ?4", filter->customer},
    };
    g_autoptr(GString) tail = g_string_new("WHERE TRUE");

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i].value)
            g_string_append(tail, parts[i].condition);
    g_string_append(tail, " ORDER BY id LIMIT ?5");
    return sql_list(store, &record, tail->str,
                    SQL_ARGS(SQL_STRING(state), SQL_STRING(filter->queue),
                             SQL_STRING(filter->category), SQL_STRING(filter->customer),
                             SQL_NUMBER(sql_limit(filter->limit))),
                    error);
}

GPtrArray *ticket_list_linked(Store *store, gint64 id, guint limit, GError **error)
{
    return sql_list(store, &record, "WHERE linked = ?1 AND linked <> 0 ORDER BY id LIMIT ?2",
                    SQL_ARGS(SQL_NUMBER(id), SQL_NUMBER(sql_limit(limit))), error);
}

GHashTable *ticket_count_queues(Store *store, GError **error)
{
    return sql_counts(store,
                      "SELECT queue, count(*) FROM ticket"
                      " WHERE state = 'open' AND queue IS NOT NULL GROUP BY queue",
                      NULL, error);
}
