/* SPDX-License-Identifier: Apache-2.0 */
#include "models/event.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_ID(Event, id),      SQL_COLUMN(Event, ticket_id), SQL_COLUMN(Event, at),
    SQL_COLUMN(Event, who), SQL_COLUMN(Event, what),      SQL_COLUMN(Event, detail),
};
static const SqlRecord record = SQL_RECORD(Event, "event", columns, event_free);

void event_free(Event *event)
{
    sql_record_free(&record, event);
}

gboolean event_add(Store *store, gint64 ticket_id, gint64 at, const char *who, const char *what,
                   const char *detail, GError **error)
{
    Event event = {0, ticket_id, at, (char *)who, (char *)what, (char *)detail};

    return sql_insert(store, &record, &event, error);
}

GPtrArray *event_list(Store *store, gint64 ticket_id, GError **error)
{
    return sql_list(store, &record, "WHERE ticket_id = ?1 ORDER BY id",
                    SQL_ARGS(SQL_NUMBER(ticket_id)), error);
}
