/* SPDX-License-Identifier: Apache-2.0 */
#include "models/suppression.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_COLUMN(Suppression, address),  SQL_COLUMN(Suppression, at),
    SQL_COLUMN(Suppression, reply_id), SQL_COLUMN(Suppression, message_id),
    SQL_COLUMN(Suppression, why),
};
static const SqlRecord record = SQL_RECORD(Suppression, "suppression", columns, suppression_free);

void suppression_free(Suppression *suppression)
{
    sql_record_free(&record, suppression);
}

static gboolean take_hit(sqlite3_stmt *row, gpointer data)
{
    (void)row;
    *(gboolean *)data = TRUE;
    return TRUE;
}

gboolean suppression_add(Store *store, const Suppression *suppression, gboolean *added,
                         GError **error)
{
    gboolean hit = FALSE;

    if (!sql_each(store,
                  "INSERT INTO suppression (address, at, reply_id, message_id, why)"
                  " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (address) DO NOTHING RETURNING at",
                  SQL_ARGS(SQL_STRING(suppression->address), SQL_NUMBER(suppression->at),
                           SQL_NUMBER(suppression->reply_id), SQL_NUMBER(suppression->message_id),
                           SQL_STRING(suppression->why)),
                  take_hit, &hit, error))
        return FALSE;
    if (added)
        *added = hit;
    return TRUE;
}

Suppression *suppression_load(Store *store, const char *address, GError **error)
{
    return sql_load(store, &record, "WHERE address = ?1", SQL_ARGS(SQL_STRING(address)), error);
}

GPtrArray *suppression_list(Store *store, guint limit, GError **error)
{
    return sql_list(store, &record, "WHERE address > '' ORDER BY address LIMIT ?1",
                    SQL_ARGS(SQL_NUMBER(sql_limit(limit))), error);
}

gboolean suppression_remove(Store *store, const char *address, gboolean *removed, GError **error)
{
    *removed = FALSE;
    return sql_each(store, "DELETE FROM suppression WHERE address = ?1 RETURNING at",
                    SQL_ARGS(SQL_STRING(address)), take_hit, removed, error);
}
