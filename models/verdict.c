/* SPDX-License-Identifier: Apache-2.0 */
#include "models/verdict.h"

#include "models/sql.h"

#include <math.h>

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
    SQL_COLUMN(Verdict, unknown),       SQL_COLUMN(Verdict, candidates),
    SQL_COLUMN(Verdict, words),         SQL_COLUMN(Verdict, model),
    SQL_COLUMN(Verdict, template_name), SQL_COLUMN(Verdict, template_hash),
    SQL_COLUMN(Verdict, decided_at),    SQL_COLUMN(Verdict, authentication),
};
static const SqlRecord record = SQL_RECORD(Verdict, "verdict", columns, verdict_free);

static const SqlColumn trace_columns[] = {
    SQL_COLUMN(VerdictTrace, model),       SQL_COLUMN(VerdictTrace, category),
    SQL_COLUMN(VerdictTrace, probability), SQL_COLUMN(VerdictTrace, unknown),
    SQL_COLUMN(VerdictTrace, decided_at),
};
static const SqlRecord trace_record =
    SQL_RECORD(VerdictTrace, "verdict", trace_columns, verdict_trace_free);

Verdict *verdict_new(void)
{
    Verdict *verdict = g_new0(Verdict, 1);
    verdict->unknown = NAN;
    return verdict;
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

void verdict_trace_free(VerdictTrace *trace)
{
    sql_record_free(&trace_record, trace);
}

GPtrArray *verdict_list_understood(Store *store, gint64 since, guint limit, GError **error)
{
    return sql_list(store, &trace_record,
                    "WHERE unknown IS NOT NULL AND category IS NOT NULL AND decided_at >= ?1"
                    " AND action <> 'ignore' AND reason <> 'running-ticket'"
                    " ORDER BY decided_at DESC, message_id DESC LIMIT ?2",
                    SQL_ARGS(SQL_NUMBER(since), SQL_NUMBER(sql_limit(limit))), error);
}
