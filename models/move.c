/* SPDX-License-Identifier: Apache-2.0 */
#include "models/move.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_ID(Move, id),
    SQL_COLUMN(Move, account),
    SQL_COLUMN(Move, folder),
    SQL_COLUMN(Move, uidvalidity),
    SQL_COLUMN(Move, filing),
    SQL_COLUMN(Move, target),
    SQL_COLUMN(Move, target_validity),
    SQL_COLUMN(Move, target_next),
};
static const SqlRecord record = SQL_RECORD(Move, "move", columns, move_free);

Move *move_new(void)
{
    return g_new0(Move, 1);
}

void move_free(Move *move)
{
    sql_record_free(&record, move);
}

gboolean move_begin(Store *store, Move *move, GError **error)
{
    return sql_insert(store, &record, move, error);
}

gboolean move_end(Store *store, gint64 id, GError **error)
{
    return sql_execute(store, "DELETE FROM move WHERE id = ?1", SQL_ARGS(SQL_NUMBER(id)), error);
}

GPtrArray *move_list(Store *store, const char *account, GError **error)
{
    return sql_list(store, &record, "WHERE account = ?1 ORDER BY id", SQL_ARGS(SQL_STRING(account)),
                    error);
}
