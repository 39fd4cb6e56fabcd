/* SPDX-License-Identifier: Apache-2.0 */
#include "models/breaker.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_ID(Breaker, id),           SQL_COLUMN(Breaker, at),      SQL_COLUMN(Breaker, told_at),
    SQL_COLUMN(Breaker, reset_at), SQL_COLUMN(Breaker, who),     SQL_COLUMN(Breaker, why),
    SQL_COLUMN(Breaker, figures),  SQL_COLUMN(Breaker, domains),
};
static const SqlRecord record = SQL_RECORD(Breaker, "breaker", columns, breaker_free);

void breaker_free(Breaker *breaker)
{
    sql_record_free(&record, breaker);
}

Breaker *breaker_load(Store *store, GError **error)
{
    return sql_load(store, &record, "WHERE reset_at = 0 ORDER BY id LIMIT 1", NULL, error);
}

static gboolean take_hit(sqlite3_stmt *row, gpointer data)
{
    (void)row;
    *(gboolean *)data = TRUE;
    return TRUE;
}

gboolean breaker_trip(Store *store, const BreakerTrip *trip, gboolean *tripped, GError **error)
{
    gboolean hit = FALSE;

    if (!sql_each(store,
                  "INSERT INTO breaker (at, told_at, reset_at, why, figures, domains)"
                  " SELECT ?1, 0, 0, ?2, ?3, ?4"
                  " WHERE NOT EXISTS (SELECT 1 FROM breaker WHERE reset_at = 0) RETURNING id",
                  SQL_ARGS(SQL_NUMBER(trip->at), SQL_STRING(trip->why), SQL_STRING(trip->figures),
                           SQL_STRING(trip->domains)),
                  take_hit, &hit, error))
        return FALSE;
    if (tripped)
        *tripped = hit;
    return TRUE;
}

gboolean breaker_add_why(Store *store, const char *why, GError **error)
{
    return sql_execute(store,
                       "UPDATE breaker SET why = why || '; ' || ?1 WHERE reset_at = 0"
                       " AND length(why) + length(?1) < 1999",
                       SQL_ARGS(SQL_STRING(why)), error);
}

gboolean breaker_set_told(Store *store, gint64 id, gint64 at, GError **error)
{
    return sql_execute(store, "UPDATE breaker SET told_at = ?2 WHERE id = ?1",
                       SQL_ARGS(SQL_NUMBER(id), SQL_NUMBER(at)), error);
}

gboolean breaker_reset(Store *store, const char *who, gint64 at, gboolean *reset, GError **error)
{
    *reset = FALSE;
    return sql_each(store,
                    "UPDATE breaker SET reset_at = ?1, who = ?2, domains = NULL"
                    " WHERE reset_at = 0 RETURNING id",
                    SQL_ARGS(SQL_NUMBER(at), SQL_STRING(who)), take_hit, reset, error);
}

gboolean breaker_last_reset(Store *store, gint64 *at, GError **error)
{
    return sql_number(store, "SELECT max(reset_at) FROM breaker", NULL, at, error);
}
