/* SPDX-License-Identifier: Apache-2.0 */
#include "models/message.h"

#include "models/sql.h"

#include <string.h>

static const SqlColumn columns[] = {
    SQL_ID(Message, id),
    SQL_REFERENCE(Message, ticket_id),
    SQL_COLUMN(Message, digest),
    SQL_COLUMN(Message, account),
    SQL_COLUMN(Message, message_id),
    SQL_COLUMN(Message, in_reply_to),
    SQL_COLUMN(Message, references),
    SQL_COLUMN(Message, from_addr),
    SQL_COLUMN(Message, from_name),
    SQL_COLUMN(Message, reply_addr),
    SQL_COLUMN(Message, to_addrs),
    SQL_WORDS(Message, subject),
    SQL_COLUMN(Message, date),
    SQL_WORDS(Message, headers),
    SQL_WORDS(Message, text),
    SQL_WORDS(Message, own_text),
    SQL_WORDS(Message, language),
    SQL_COLUMN(Message, automatic),
    SQL_COLUMN(Message, thread),
    SQL_COLUMN(Message, filing),
    SQL_COLUMN(Message, received_at),
    SQL_COLUMN(Message, arrived_at),
    SQL_COLUMN(Message, tries),
    SQL_COLUMN(Message, size),
    SQL_COLUMN(Message, flags),
};
static const SqlRecord record = SQL_RECORD(Message, "message", columns, message_free);

static const SqlColumn envelope_columns[] = {
    SQL_ID(Message, id),           SQL_COLUMN(Message, automatic),
    SQL_COLUMN(Message, thread),   SQL_COLUMN(Message, from_addr),
    SQL_COLUMN(Message, to_addrs), SQL_WORDS(Message, subject),
};
static const SqlRecord envelope = SQL_RECORD(Message, "message", envelope_columns, message_free);

static const SqlColumn head_columns[] = {SQL_ID(Message, id), SQL_WORDS(Message, headers)};
static const SqlRecord head = SQL_RECORD(Message, "message", head_columns, message_free);

Message *message_new(void)
{
    return g_new0(Message, 1);
}

void message_free(Message *message)
{
    sql_record_free(&record, message);
}

char *message_header(const Message *message, const char *name)
{
    return message_header_nth(message, name, 0);
}

char *message_header_nth(const Message *message, const char *name, guint n)
{
    gsize length = strlen(name);

    for (const char *line = message->headers; line && *line;) {
        const char *end = strchrnul(line, '\n');
        if (g_ascii_strncasecmp(line, name, length) == 0 && line[length] == ':' && n-- == 0)
            return g_strstrip(g_strndup(line + length + 1, (gsize)(end - line) - length - 1));
        line = *end ? end + 1 : end;
    }
    return NULL;
}

gboolean message_insert(Store *store, Message *message, GError **error)
{
    return sql_insert(store, &record, message, error);
}

Message *message_load(Store *store, gint64 id, GError **error)
{
    return sql_load(store, &record, "WHERE id = ?1", SQL_ARGS(SQL_NUMBER(id)), error);
}

Message *message_find_digest(Store *store, const char *digest, GError **error)
{
    return sql_load(store, &record, "WHERE digest = ?1", SQL_ARGS(SQL_STRING(digest)), error);
}

GPtrArray *message_list_ticket(Store *store, gint64 ticket_id, GError **error)
{
    return sql_list(store, &record, "WHERE ticket_id = ?1 ORDER BY received_at, id",
                    SQL_ARGS(SQL_NUMBER(ticket_id)), error);
}

GPtrArray *message_list_undecided(Store *store, guint limit, GError **error)
{
    return sql_list(store, &record,
                    "WHERE decided = 0 AND ticket_id IS NOT NULL ORDER BY received_at, id LIMIT ?1",
                    SQL_ARGS(SQL_NUMBER(sql_limit(limit))), error);
}

static gboolean take_id(sqlite3_stmt *row, gpointer data)
{
    gint64 id = sqlite3_column_int64(row, 0);

    g_array_append_val((GArray *)data, id);
    return TRUE;
}

GArray *message_find_tickets(Store *store, const char *message_id, guint limit, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

    if (!sql_each(store,
                  "SELECT ticket_id FROM message WHERE message_id = ?1 AND ticket_id IS NOT NULL"
                  " ORDER BY received_at, id LIMIT ?2",
                  SQL_ARGS(SQL_STRING(message_id), SQL_NUMBER(sql_limit(limit))), take_id, ids,
                  error))
        return NULL;
    return g_steal_pointer(&ids);
}

GPtrArray *message_list_headers(Store *store, const char *account, guint limit, GError **error)
{
    return sql_list(store, &head,
                    "WHERE id > (SELECT max(id) FROM message) - 10000 AND account = ?1"
                    " AND headers <> '' ORDER BY id DESC LIMIT ?2",
                    SQL_ARGS(SQL_STRING(account), SQL_NUMBER(sql_limit(limit))), error);
}

GPtrArray *message_list_envelopes(Store *store, gint64 ticket_id, guint limit, GError **error)
{
    return sql_list(store, &envelope, "WHERE ticket_id = ?1 ORDER BY received_at, id LIMIT ?2",
                    SQL_ARGS(SQL_NUMBER(ticket_id), SQL_NUMBER(sql_limit(limit))), error);
}

gboolean message_set_ticket(Store *store, const Message *message, GError **error)
{
    return sql_execute(store,
                       "UPDATE message SET ticket_id = ?2, account = ?3, thread = ?4,"
                       " received_at = ?5, automatic = ?6, flags = ?7, size = ?8,"
                       " arrived_at = ?9, tries = ?10 WHERE id = ?1",
                       SQL_ARGS(SQL_NUMBER(message->id), SQL_NUMBER(message->ticket_id),
                                SQL_STRING(message->account), SQL_STRING(message->thread),
                                SQL_NUMBER(message->received_at), SQL_STRING(message->automatic),
                                SQL_NUMBER(message->flags), SQL_NUMBER(message->size),
                                SQL_NUMBER(message->arrived_at), SQL_NUMBER(message->tries)),
                       error);
}

gboolean message_set_tries(Store *store, gint64 id, guint tries, GError **error)
{
    return sql_execute(store, "UPDATE message SET tries = ?2 WHERE id = ?1",
                       SQL_ARGS(SQL_NUMBER(id), SQL_NUMBER(tries)), error);
}

gboolean message_set_filing(Store *store, gint64 id, const char *filing, GError **error)
{
    return sql_execute(store, "UPDATE message SET filing = ?2 WHERE id = ?1 AND filing IS NOT ?2",
                       SQL_ARGS(SQL_NUMBER(id), SQL_STRING(filing)), error);
}

gboolean message_set_filing_ticket(Store *store, gint64 ticket_id, const char *filing,
                                   GError **error)
{
    return sql_execute(store,
                       "UPDATE message SET filing = ?2 WHERE ticket_id = ?1 AND filing IS NOT ?2",
                       SQL_ARGS(SQL_NUMBER(ticket_id), SQL_STRING(filing)), error);
}
