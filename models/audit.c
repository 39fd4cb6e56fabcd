/* SPDX-License-Identifier: Apache-2.0 */
#include "models/audit.h"

#include "models/sql.h"

static const char *const outcomes[] = {
    [AUDIT_OPEN] = "open", [AUDIT_RIGHT] = "right", [AUDIT_WRONG] = "wrong", NULL};

/* What counts; ?1 is SINCE. */
#define COUNTS                                                                                     \
    "sent_at >= ?1 AND audit.id > coalesce((SELECT max(after) FROM restore"                        \
    " WHERE restore.category = audit.category), 0)"
#define WAITS "drawn = 1 AND outcome = 'open'"
#define JUDGED "(outcome <> 'open' OR corrected IS NOT NULL)"
/* The plus keeps the index on category, which has all years, out of it. */
#define BY_CATEGORY " GROUP BY +category"
#define NUMBERS                                                                                    \
    "sum(drawn = 1 AND outcome <> 'open') AS reviewed,"                                            \
    " sum(drawn = 1 AND outcome = 'wrong') AS wrong,"                                              \
    " sum(outcome = 'wrong' OR corrected IS NOT NULL) AS known"

static const SqlColumn columns[] = {
    SQL_ID(Audit, id),
    SQL_COLUMN(Audit, message_id),
    SQL_COLUMN(Audit, category),
    SQL_COLUMN(Audit, sent_at),
    SQL_COLUMN(Audit, drawn),
    SQL_NAME(Audit, outcome, outcomes),
    SQL_COLUMN(Audit, reviewed_at),
    SQL_COLUMN(Audit, who),
    SQL_COLUMN(Audit, corrected),
};
static const SqlRecord record = SQL_RECORD(Audit, "audit", columns, audit_free);

static const SqlColumn waiting_columns[] = {
    SQL_COLUMN(AuditWaiting, message_id),  SQL_COLUMN(AuditWaiting, ticket_id),
    SQL_COLUMN(AuditWaiting, customer),    SQL_WORDS(AuditWaiting, subject),
    SQL_COLUMN(AuditWaiting, category),    SQL_COLUMN(AuditWaiting, corrected),
    SQL_COLUMN(AuditWaiting, probability), SQL_COLUMN(AuditWaiting, template_name),
    SQL_COLUMN(AuditWaiting, words),       SQL_COLUMN(AuditWaiting, model),
    SQL_COLUMN(AuditWaiting, sent_at),
};
static const SqlRecord waiting_record = SQL_RECORD(
    AuditWaiting,
    "(SELECT audit.id AS sent_as, audit.message_id, message.ticket_id, reply_addr AS customer,"
    " subject, audit.category, corrected, probability, template_name, words, model, sent_at"
    " FROM audit JOIN message ON message.id = audit.message_id"
    " JOIN verdict ON verdict.message_id = audit.message_id"
    " WHERE " WAITS " AND " COUNTS ")",
    waiting_columns, audit_waiting_free);

static const SqlColumn count_columns[] = {
    SQL_COLUMN(AuditCount, category), SQL_COLUMN(AuditCount, answers),
    SQL_COLUMN(AuditCount, waiting),  SQL_COLUMN(AuditCount, reviewed),
    SQL_COLUMN(AuditCount, wrong),    SQL_COLUMN(AuditCount, known),
};
static const SqlRecord count_record =
    SQL_RECORD(AuditCount,
               "(SELECT category, count(*) AS answers, sum(" WAITS ") AS waiting, " NUMBERS
               " FROM audit WHERE " COUNTS BY_CATEGORY ")",
               count_columns, audit_count_free);
static const SqlRecord judged_record =
    SQL_RECORD(AuditCount,
               "(SELECT category, 0 AS answers, 0 AS waiting, " NUMBERS " FROM audit WHERE " JUDGED
               " AND " COUNTS BY_CATEGORY ")",
               count_columns, audit_count_free);

static const SqlColumn restore_columns[] = {
    SQL_ID(Restore, id),           SQL_COLUMN(Restore, after), SQL_COLUMN(Restore, at),
    SQL_COLUMN(Restore, category), SQL_COLUMN(Restore, who),
};
static const SqlRecord restore_record =
    SQL_RECORD(Restore, "restore", restore_columns, restore_free);

Audit *audit_new(void)
{
    return g_new0(Audit, 1);
}

void audit_free(Audit *audit)
{
    sql_record_free(&record, audit);
}

const char *audit_outcome_name(AuditOutcome outcome)
{
    g_assert((guint)outcome <= AUDIT_WRONG);
    return outcomes[outcome];
}

gboolean audit_insert(Store *store, Audit *audit, GError **error)
{
    return sql_insert(store, &record, audit, error);
}

gboolean audit_update(Store *store, const Audit *audit, GError **error)
{
    return sql_update(store, &record, audit, error);
}

Audit *audit_load(Store *store, gint64 message_id, GError **error)
{
    return sql_load(store, &record, "WHERE message_id = ?1", SQL_ARGS(SQL_NUMBER(message_id)),
                    error);
}

void audit_take_label(Audit *audit, const char *category)
{
    gboolean same = g_strcmp0(category, audit->category) == 0;
    if (same && audit->corrected && audit->outcome == AUDIT_WRONG) {
        audit->outcome = AUDIT_OPEN;
        audit->reviewed_at = 0;
        g_clear_pointer(&audit->who, g_free);
    }
    g_free(audit->corrected);
    audit->corrected = same ? NULL : g_strdup(category ? category : "");
}

gboolean audit_correct(Store *store, gint64 message_id, const char *category, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Audit) audit = audit_load(store, message_id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!audit)
        return TRUE;
    audit_take_label(audit, category);
    return audit_update(store, audit, error);
}

void audit_waiting_free(AuditWaiting *waiting)
{
    sql_record_free(&waiting_record, waiting);
}

GPtrArray *audit_list_waiting(Store *store, gint64 since, guint limit, GError **error)
{
    return sql_list(store, &waiting_record, "ORDER BY sent_at, sent_as LIMIT ?2",
                    SQL_ARGS(SQL_NUMBER(since), SQL_NUMBER(sql_limit(limit))), error);
}

void audit_count_free(AuditCount *count)
{
    sql_record_free(&count_record, count);
}

GPtrArray *audit_list_counts(Store *store, gint64 since, GError **error)
{
    return sql_list(store, &count_record, "ORDER BY category", SQL_ARGS(SQL_NUMBER(since)), error);
}

GPtrArray *audit_list_judged(Store *store, gint64 since, GError **error)
{
    return sql_list(store, &judged_record, "ORDER BY category", SQL_ARGS(SQL_NUMBER(since)), error);
}

gboolean audit_count_answers(Store *store, const char *category, gint64 since, gint64 max,
                             gint64 *count, GError **error)
{
    return sql_number(
        store,
        "SELECT count(*) FROM (SELECT 1 FROM audit WHERE category = ?2 AND " COUNTS " LIMIT ?3)",
        SQL_ARGS(SQL_NUMBER(since), SQL_STRING(category), SQL_NUMBER(max)), count, error);
}

gboolean audit_count_drawn(Store *store, const char *category, gint64 since, gint64 max,
                           gint64 *count, GError **error)
{
    return sql_number(store,
                      "SELECT count(*) FROM (SELECT 1 FROM audit WHERE drawn = 1 AND category = ?2"
                      " AND " COUNTS " LIMIT ?3)",
                      SQL_ARGS(SQL_NUMBER(since), SQL_STRING(category), SQL_NUMBER(max)), count,
                      error);
}

void restore_free(Restore *restore)
{
    sql_record_free(&restore_record, restore);
}

gboolean restore_insert(Store *store, const char *category, const char *who, gint64 at,
                        GError **error)
{
    return sql_execute(store,
                       "INSERT INTO restore (after, at, category, who)"
                       " SELECT coalesce(max(id), 0), ?1, ?2, ?3 FROM audit",
                       SQL_ARGS(SQL_NUMBER(at), SQL_STRING(category), SQL_STRING(who)), error);
}

Restore *restore_load(Store *store, const char *category, GError **error)
{
    return sql_load(store, &restore_record, "WHERE category = ?1 ORDER BY after DESC LIMIT 1",
                    SQL_ARGS(SQL_STRING(category)), error);
}
