/* SPDX-License-Identifier: Apache-2.0 */
#include "models/reply.h"

#include "models/sql.h"

#define N_STATES (REPLY_DROPPED + 1)

static const char *const states[] = {
    [REPLY_DRAFT] = "draft",     [REPLY_APPROVED] = "approved",
    [REPLY_SENDING] = "sending", [REPLY_SENT] = "sent",
    [REPLY_FAILED] = "failed",   [REPLY_UNKNOWN] = "unknown",
    [REPLY_DROPPED] = "dropped", NULL,
};

/* The drawing in reply.h. */
static const gboolean allowed[N_STATES][N_STATES] = {
    [REPLY_DRAFT] = {[REPLY_APPROVED] = TRUE, [REPLY_DROPPED] = TRUE},
    [REPLY_APPROVED] = {[REPLY_SENDING] = TRUE, [REPLY_DROPPED] = TRUE},
    [REPLY_SENDING] = {[REPLY_SENT] = TRUE,
                       [REPLY_FAILED] = TRUE,
                       [REPLY_UNKNOWN] = TRUE,
                       [REPLY_APPROVED] = TRUE},
};

static const SqlColumn columns[] = {
    SQL_ID(Reply, id),
    SQL_COLUMN(Reply, ticket_id),
    SQL_COLUMN(Reply, message_id),
    SQL_NAME(Reply, state, states),
    SQL_COLUMN(Reply, rank),
    SQL_COLUMN(Reply, origin),
    SQL_COLUMN(Reply, template_name),
    SQL_COLUMN(Reply, template_hash),
    SQL_COLUMN(Reply, approver),
    SQL_COLUMN(Reply, language),
    SQL_COLUMN(Reply, to_addr),
    SQL_WORDS(Reply, subject),
    SQL_WORDS(Reply, body),
    SQL_COLUMN(Reply, missing),
    SQL_COLUMN(Reply, mail_id),
    SQL_COLUMN(Reply, in_reply_to),
    SQL_COLUMN(Reply, references),
    SQL_COLUMN(Reply, attempts),
    SQL_COLUMN(Reply, error),
    SQL_COLUMN(Reply, created_at),
    SQL_COLUMN(Reply, sent_at),
    SQL_COLUMN(Reply, moved_at),
    SQL_COLUMN(Reply, fingerprint),
    SQL_COLUMN(Reply, back),
};
static const SqlRecord record = SQL_RECORD(Reply, "reply", columns, reply_free);

Reply *reply_new(void)
{
    return g_new0(Reply, 1);
}

void reply_free(Reply *reply)
{
    sql_record_free(&record, reply);
}

const char *reply_state_name(ReplyState state)
{
    g_assert((guint)state < N_STATES);
    return states[state];
}

gboolean reply_insert(Store *store, Reply *reply, GError **error)
{
    return sql_insert(store, &record, reply, error);
}

static gboolean take_hit(sqlite3_stmt *row, gpointer data)
{
    (void)row;
    *(gboolean *)data = TRUE;
    return TRUE;
}

gboolean reply_update_draft(Store *store, const Reply *reply, GError **error)
{
    gboolean hit = FALSE;

    if (!sql_each(store,
                  "UPDATE reply SET body = coalesce(?2, ''), subject = coalesce(?3, ''),"
                  " missing = ?4, origin = ?5, rank = ?6 WHERE id = ?1 AND state = 'draft'"
                  " RETURNING id",
                  SQL_ARGS(SQL_NUMBER(reply->id), SQL_STRING(reply->body),
                           SQL_STRING(reply->subject), SQL_STRING(reply->missing),
                           SQL_STRING(reply->origin), SQL_NUMBER(reply->rank)),
                  take_hit, &hit, error))
        return FALSE;
    if (!hit)
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY,
                    "reply %" G_GINT64_FORMAT " is no draft any more", reply->id);
    return hit;
}

Reply *reply_load(Store *store, gint64 id, GError **error)
{
    return sql_load(store, &record, "WHERE id = ?1", SQL_ARGS(SQL_NUMBER(id)), error);
}

GPtrArray *reply_list_ticket(Store *store, gint64 ticket_id, GError **error)
{
    return sql_list(store, &record, "WHERE ticket_id = ?1 ORDER BY id",
                    SQL_ARGS(SQL_NUMBER(ticket_id)), error);
}

GPtrArray *reply_list_message(Store *store, gint64 message_id, GError **error)
{
    return sql_list(store, &record, "WHERE message_id = ?1 ORDER BY rank, id",
                    SQL_ARGS(SQL_NUMBER(message_id)), error);
}

GPtrArray *reply_list_state(Store *store, ReplyState state, guint limit, GError **error)
{
    return sql_list(store, &record, "WHERE state = ?1 ORDER BY id LIMIT ?2",
                    SQL_ARGS(SQL_STRING(reply_state_name(state)), SQL_NUMBER(sql_limit(limit))),
                    error);
}

/* What the row became; the struct follows only when the statement as a whole succeeded. */
typedef struct Moved {
    gboolean moved;
    guint attempts;
    gint64 sent_at;
    char *error;
} Moved;

static gboolean take_moved(sqlite3_stmt *row, gpointer data)
{
    *(Moved *)data = (Moved){
        .moved = TRUE,
        .attempts = (guint)sqlite3_column_int64(row, 0),
        .sent_at = sqlite3_column_int64(row, 1),
        .error = g_strdup((const char *)sqlite3_column_text(row, 2)),
    };
    return TRUE;
}

gboolean reply_move(Store *store, Reply *reply, ReplyState to, const char *message, gint64 at,
                    gboolean *moved, GError **error)
{
    Moved now = {0};

    g_assert((guint)reply->state < N_STATES && (guint)to < N_STATES);
    g_assert(allowed[reply->state][to]);
    g_assert(to != REPLY_APPROVED || !reply->missing || !*reply->missing);
    *moved = FALSE;
    if (!sql_each(store,
                  "UPDATE reply SET state = ?3, moved_at = ?4,"
                  " attempts = attempts + (?3 = 'sending'),"
                  " sent_at = iif(?3 = 'sent', ?4, sent_at),"
                  " error = iif(?3 = 'sent', NULL, coalesce(?5, error))"
                  " WHERE id = ?1 AND state = ?2"
                  " AND (?3 <> 'approved' OR coalesce(missing, '') = '')"
                  " RETURNING attempts, sent_at, error",
                  SQL_ARGS(SQL_NUMBER(reply->id), SQL_STRING(reply_state_name(reply->state)),
                           SQL_STRING(reply_state_name(to)), SQL_NUMBER(at), SQL_STRING(message)),
                  take_moved, &now, error)) {
        g_free(now.error);
        return FALSE;
    }
    *moved = now.moved;
    if (now.moved) {
        reply->state = to;
        reply->attempts = now.attempts;
        reply->sent_at = now.sent_at;
        reply->moved_at = at;
        g_free(reply->error);
        reply->error = now.error;
    }
    return TRUE;
}

gboolean reply_drop_others(Store *store, gint64 ticket_id, gint64 keep, GError **error)
{
    return sql_execute(store,
                       "UPDATE reply SET state = 'dropped' WHERE ticket_id = ?1 AND id <> ?2"
                       " AND state IN ('draft', 'approved')",
                       SQL_ARGS(SQL_NUMBER(ticket_id), SQL_NUMBER(keep)), error);
}

/* As the indexes have it: clocks that were set back make a time in the future, which is recent. */
#define AUTOMATIC                                                                                  \
    "origin = 'auto' AND state IN ('approved', 'sending', 'sent', 'unknown')"                      \
    " AND max(created_at, moved_at, sent_at) >= "

/* Named, for without statistics SQLite prefers the index of the states, which has all years. */
#define NEWEST "reply INDEXED BY reply_automatic"

static gboolean count_into(Store *store, const char *sql, const SqlValue *args, guint *count,
                           GError **error)
{
    gint64 number;
    gboolean ok = sql_number(store, sql, args, &number, error);

    *count = (guint)number;
    return ok;
}

gboolean reply_count_recent(Store *store, const char *address, gint64 since, gint64 except,
                            guint *count, GError **error)
{
    return count_into(
        store, "SELECT count(*) FROM reply WHERE to_addr = ?1 AND " AUTOMATIC "?2 AND id <> ?3",
        SQL_ARGS(SQL_STRING(address), SQL_NUMBER(since), SQL_NUMBER(except)), count, error);
}

gboolean reply_count_domain(Store *store, const char *domain, gint64 since, gint64 except,
                            guint *count, GError **error)
{
    return count_into(
        store, "SELECT count(*) FROM reply WHERE to_domain = ?1 AND " AUTOMATIC "?2 AND id <> ?3",
        SQL_ARGS(SQL_STRING(domain), SQL_NUMBER(since), SQL_NUMBER(except)), count, error);
}

gboolean reply_count_automatic(Store *store, gint64 since, gint64 except, guint *count,
                               GError **error)
{
    return count_into(store, "SELECT count(*) FROM " NEWEST " WHERE " AUTOMATIC "?1 AND id <> ?2",
                      SQL_ARGS(SQL_NUMBER(since), SQL_NUMBER(except)), count, error);
}

static gboolean take_content(sqlite3_stmt *row, gpointer data)
{
    ReplyContent content = {sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)};

    g_array_append_val((GArray *)data, content);
    return TRUE;
}

GArray *reply_list_contents(Store *store, gint64 since, gint64 except, guint max, GError **error)
{
    g_autoptr(GArray) contents = g_array_new(FALSE, FALSE, sizeof(ReplyContent));

    if (!sql_each(store,
                  "SELECT fingerprint, ticket_id FROM " NEWEST " WHERE " AUTOMATIC "?1 AND id <> ?2"
                  " ORDER BY max(created_at, moved_at, sent_at) DESC LIMIT ?3",
                  SQL_ARGS(SQL_NUMBER(since), SQL_NUMBER(except), SQL_NUMBER(max)), take_content,
                  contents, error))
        return NULL;
    return g_steal_pointer(&contents);
}

GHashTable *reply_count_domains(Store *store, gint64 since, GError **error)
{
    return sql_counts(store,
                      "SELECT lower(to_domain), count(*) FROM " NEWEST " WHERE " AUTOMATIC "?1"
                      " AND to_domain IS NOT NULL GROUP BY lower(to_domain)",
                      SQL_ARGS(SQL_NUMBER(since)), error);
}

gboolean reply_count_refused(Store *store, gint64 since, guint *count, GError **error)
{
    return count_into(store,
                      "SELECT count(*) FROM reply WHERE state = 'failed' AND origin = 'auto'"
                      " AND moved_at >= ?1 AND error GLOB '5*'",
                      SQL_ARGS(SQL_NUMBER(since)), count, error);
}

Reply *reply_find_mail_id(Store *store, const char *mail_id, GError **error)
{
    return sql_load(store, &record, "WHERE mail_id = ?1", SQL_ARGS(SQL_STRING(mail_id)), error);
}

Reply *reply_last_sent(Store *store, gint64 ticket_id, GError **error)
{
    return sql_load(store, &record,
                    "WHERE ticket_id = ?1 AND state IN ('sent', 'unknown')"
                    " ORDER BY max(moved_at, sent_at) DESC, id DESC LIMIT 1",
                    SQL_ARGS(SQL_NUMBER(ticket_id)), error);
}

gboolean reply_set_back(Store *store, Reply *reply, gint64 message_id, GError **error)
{
    if (!sql_execute(store, "UPDATE reply SET back = ?2 WHERE id = ?1 AND back = 0",
                     SQL_ARGS(SQL_NUMBER(reply->id), SQL_NUMBER(message_id)), error))
        return FALSE;
    if (!reply->back)
        reply->back = message_id;
    return TRUE;
}

static gboolean take_two(sqlite3_stmt *row, gpointer data)
{
    gint64 *numbers = data;

    numbers[0] = sqlite3_column_int64(row, 0);
    numbers[1] = sqlite3_column_int64(row, 1);
    return TRUE;
}

gboolean reply_count_back(Store *store, const char *template_name, const char *template_hash,
                          gint64 since, guint limit, gint64 *sent, gint64 *back, GError **error)
{
    gint64 numbers[2] = {0, 0};
    gboolean ok =
        sql_each(store,
                 "SELECT count(*), sum(back <> 0) FROM ("
                 "SELECT back FROM reply WHERE template_name = ?1 AND template_hash = ?2"
                 " AND origin = 'auto' AND state IN ('sent', 'unknown') AND created_at >= ?3"
                 " ORDER BY created_at DESC LIMIT ?4)",
                 SQL_ARGS(SQL_STRING(template_name), SQL_STRING(template_hash), SQL_NUMBER(since),
                          SQL_NUMBER(sql_limit(limit))),
                 take_two, numbers, error);

    *sent = numbers[0];
    *back = numbers[1];
    return ok;
}
