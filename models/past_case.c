/* SPDX-License-Identifier: Apache-2.0 */
#include "models/past_case.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_ID(PastCase, id),
    SQL_COLUMN(PastCase, message_id),
    SQL_COLUMN(PastCase, at),
    SQL_COLUMN(PastCase, print),
    SQL_WORDS(PastCase, language),
    SQL_COLUMN(PastCase, template_name),
    SQL_COLUMN(PastCase, who),
    SQL_WORDS(PastCase, answer),
    SQL_COMPUTED(PastCase, subject),
    SQL_COMPUTED(PastCase, text),
};
static const SqlRecord record = SQL_RECORD(PastCase, "past_case", columns, past_case_free);
static const SqlRecord with_question =
    SQL_RECORD(PastCase,
               "(SELECT past_case.*, message.subject, message.own_text AS text"
               " FROM past_case JOIN message ON message.id = past_case.message_id)",
               columns, past_case_free);

PastCase *past_case_new(void)
{
    return g_new0(PastCase, 1);
}

void past_case_free(PastCase *past)
{
    sql_record_free(&record, past);
}

gboolean past_case_insert(Store *store, PastCase *past, GError **error)
{
    return sql_insert(store, &record, past, error);
}

gboolean past_case_delete(Store *store, gint64 id, GError **error)
{
    return sql_execute(store, "DELETE FROM past_case WHERE id = ?1", SQL_ARGS(SQL_NUMBER(id)),
                       error);
}

PastCase *past_case_load(Store *store, gint64 id, GError **error)
{
    return sql_load(store, &with_question, "WHERE id = ?1", SQL_ARGS(SQL_NUMBER(id)), error);
}

PastCase *past_case_find(Store *store, gint64 message_id, GError **error)
{
    return sql_load(store, &with_question, "WHERE message_id = ?1",
                    SQL_ARGS(SQL_NUMBER(message_id)), error);
}

GPtrArray *past_case_list(Store *store, gint64 after, guint limit, GError **error)
{
    return sql_list(store, &with_question, "WHERE id > ?1 ORDER BY id LIMIT ?2",
                    SQL_ARGS(SQL_NUMBER(after), SQL_NUMBER(sql_limit(limit))), error);
}

gboolean past_case_count_print(Store *store, gint64 print, gint64 *count, GError **error)
{
    *count = 0;
    return print == 0 || sql_number(store, "SELECT count(*) FROM past_case WHERE print = ?1",
                                    SQL_ARGS(SQL_NUMBER(print)), count, error);
}
