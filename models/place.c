/* SPDX-License-Identifier: Apache-2.0 */
#include "models/place.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_ID(Place, id),         SQL_COLUMN(Place, message_id),  SQL_COLUMN(Place, account),
    SQL_COLUMN(Place, folder), SQL_COLUMN(Place, uidvalidity), SQL_COLUMN(Place, uid),
    SQL_COLUMN(Place, filed),  SQL_COMPUTED(Place, filing),
};
static const SqlRecord record = SQL_RECORD(Place, "place", columns, place_free);

Place *place_new(void)
{
    return g_new0(Place, 1);
}

void place_free(Place *place)
{
    sql_record_free(&record, place);
}

gboolean place_insert(Store *store, Place *place, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);
    gint64 known;

    if (!transaction ||
        !sql_number(store,
                    "SELECT id FROM place WHERE account = ?1 AND folder = ?2 AND uidvalidity = ?3"
                    " AND uid = ?4 AND uid <> 0",
                    SQL_ARGS(SQL_STRING(place->account), SQL_STRING(place->folder),
                             SQL_NUMBER(place->uidvalidity), SQL_NUMBER(place->uid)),
                    &known, error))
        return FALSE;
    if (known)
        place->id = known;
    return (known || sql_insert(store, &record, place, error)) &&
           store_commit(g_steal_pointer(&transaction), error);
}

static gboolean take_uid(sqlite3_stmt *row, gpointer data)
{
    guint32 uid = (guint32)sqlite3_column_int64(row, 0);

    g_array_append_val((GArray *)data, uid);
    return TRUE;
}

GArray *place_known_uids(Store *store, const char *account, const char *folder, guint32 uidvalidity,
                         GError **error)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));

    if (!sql_each(store,
                  "SELECT uid FROM place WHERE account = ?1 AND folder = ?2 AND uidvalidity = ?3"
                  " AND uid <> 0 ORDER BY uid",
                  SQL_ARGS(SQL_STRING(account), SQL_STRING(folder), SQL_NUMBER(uidvalidity)),
                  take_uid, uids, error))
        return NULL;
    return g_steal_pointer(&uids);
}

GPtrArray *place_list_pending(Store *store, const char *account, guint limit, GError **error)
{
    return sql_list(store, &record,
                    "WHERE account = ?1 AND uid <> 0 AND filing IS NOT NULL AND filing IS NOT filed"
                    " ORDER BY folder, filing, id LIMIT ?2",
                    SQL_ARGS(SQL_STRING(account), SQL_NUMBER(sql_limit(limit))), error);
}

GPtrArray *place_list_folder(Store *store, const char *account, const char *folder,
                             guint32 uidvalidity, GError **error)
{
    return sql_list(store, &record,
                    "WHERE account = ?1 AND folder = ?2 AND uidvalidity = ?3 AND uid <> 0"
                    " ORDER BY uid",
                    SQL_ARGS(SQL_STRING(account), SQL_STRING(folder), SQL_NUMBER(uidvalidity)),
                    error);
}

gboolean place_moved(Store *store, gint64 id, const char *filing, const char *folder,
                     guint32 uidvalidity, guint32 uid, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);

    /* A row that already claims the place is out of date: only one mail can have this UID. */
    if (!transaction ||
        !sql_execute(
            store,
            "UPDATE place SET uidvalidity = 0, uid = 0"
            " WHERE account = (SELECT account FROM place WHERE id = ?1) AND folder = ?2"
            " AND uidvalidity = ?3 AND uid = ?4 AND uid <> 0 AND id <> ?1",
            SQL_ARGS(SQL_NUMBER(id), SQL_STRING(folder), SQL_NUMBER(uidvalidity), SQL_NUMBER(uid)),
            error) ||
        !sql_execute(store,
                     "UPDATE place SET filed = ?2, folder = ?3, uidvalidity = ?4, uid = ?5"
                     " WHERE id = ?1",
                     SQL_ARGS(SQL_NUMBER(id), SQL_STRING(filing), SQL_STRING(folder),
                              SQL_NUMBER(uidvalidity), SQL_NUMBER(uid)),
                     error))
        return FALSE;
    return store_commit(g_steal_pointer(&transaction), error);
}

GPtrArray *place_list_message(Store *store, gint64 message_id, GError **error)
{
    return sql_list(store, &record, "WHERE message_id = ?1 ORDER BY id",
                    SQL_ARGS(SQL_NUMBER(message_id)), error);
}
