/* SPDX-License-Identifier: Apache-2.0 */
#include "models/verdict.h"

#include "models/sql.h"

static const char *const actions[] = {
    [VERDICT_SEND] = "send",
    [VERDICT_SUGGEST] = "suggest",
    [VERDICT_HOLD] = "hold",
    [VERDICT_IGNORE] = "ignore",
    NULL,
};

static const SqlColumn columns[] = {
    SQL_COLUMN(Verdict, message_id),    SQL_NAME(Verdict, action, actions),
    SQL_COLUMN(Verdict, reason),        SQL_WORDS(Verdict, detail),
    SQL_COLUMN(Verdict, queue),         SQL_COLUMN(Verdict, category),
    SQL_COLUMN(Verdict, probability),   SQL_COLUMN(Verdict, threshold),
    SQL_COLUMN(Verdict, candidates),    SQL_COLUMN(Verdict, words),
    SQL_COLUMN(Verdict, model),         SQL_COLUMN(Verdict, template_name),
    SQL_COLUMN(Verdict, template_hash), SQL_COLUMN(Verdict, decided_at),
};
static const SqlRecord record = SQL_RECORD(Verdict, "verdict", columns, verdict_free);

Verdict *verdict_new(void)
{
    return g_new0(Verdict, 1);
}

void verdict_free(Verdict *verdict)
{
    sql_record_free(&record, verdict);
}

const char *verdict_action_name(VerdictAction action)
{
    g_assert((guint)action <= VERDICT_IGNORE);
    return actions[action];
}

gboolean verdict_insert(Store *store, const Verdict *verdict, GError **error)
{
    return sql_insert(store, &record, (gpointer)verdict, error);
}

Verdict *verdict_load(Store *store, gint64 message_id, GError **error)
{
    return sql_load(store, &record, "WHERE message_id = ?1", SQL_ARGS(SQL_NUMBER(message_id)),
                    error);
}
