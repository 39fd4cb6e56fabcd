/* SPDX-License-Identifier: Apache-2.0 */
#include "models/correction.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_COLUMN(LabelledText, message_id),  SQL_WORDS(LabelledText, subject),
    SQL_WORDS(LabelledText, text),         SQL_WORDS(LabelledText, language),
    SQL_COLUMN(LabelledText, category),    SQL_COLUMN(LabelledText, label_id),
    SQL_COLUMN(LabelledText, first_label),
};

/* ?1: the last label then; ?2: only messages that were labelled at that time or later. Without an
 * index: the labels since then are few, and last in the table. */
#define CORRECTED                                                                                  \
    "(SELECT message_id AS whose, min(id) AS first FROM label NOT INDEXED"                         \
    "   WHERE id > ?1 AND at >= ?2 GROUP BY message_id)"                                           \
    " JOIN label AS now ON now.id = (SELECT max(id) FROM label WHERE message_id = whose)"          \
    " LEFT JOIN label AS was ON was.id = (SELECT max(id) FROM label"                               \
    "   WHERE message_id = whose AND id <= ?1)"                                                    \
    " WHERE was.id IS NULL OR was.category IS NOT now.category"

/* ?3: the limit. The texts are joined last: only those that are wanted are read. */
static const SqlRecord corrected = SQL_RECORD(
    LabelledText,
    "(SELECT message.id AS message_id, subject, own_text AS text, language, category, label_id,"
    "   first_label FROM"
    " (SELECT whose, now.category AS category, now.id AS label_id, first AS first_label"
    "   FROM " CORRECTED " ORDER BY first DESC LIMIT ?3)"
    " JOIN message ON message.id = whose)",
    columns, labelled_text_free);

/* ?1: the label to begin with; ?2: the last label then. */
static const SqlRecord old = SQL_RECORD(
    LabelledText,
    "(SELECT message.id AS message_id, subject, own_text AS text, language, label.category,"
    "   label.id AS label_id, 0 AS first_label"
    " FROM label JOIN message ON message.id = label.message_id"
    " WHERE label.id BETWEEN ?1 AND ?2 AND label.category IS NOT NULL"
    " AND label.id = (SELECT max(id) FROM label AS was"
    "   WHERE was.message_id = label.message_id AND was.id <= ?2)"
    " AND label.category = (SELECT category FROM label AS now"
    "   WHERE now.message_id = label.message_id ORDER BY now.id DESC LIMIT 1))",
    columns, labelled_text_free);

GPtrArray *correction_list(Store *store, const CorrectionPast *past, guint limit, GError **error)
{
    return sql_list(store, &corrected, "ORDER BY first_label",
                    SQL_ARGS(SQL_NUMBER(past->last_label), SQL_NUMBER(past->at), SQL_NUMBER(limit)),
                    error);
}

gboolean correction_count(Store *store, const CorrectionPast *past, gint64 *count, GError **error)
{
    return sql_number(store, "SELECT count(*) FROM " CORRECTED,
                      SQL_ARGS(SQL_NUMBER(past->last_label), SQL_NUMBER(past->at)), count, error);
}

LabelledText *correction_find_old(Store *store, gint64 from, gint64 last_label, GError **error)
{
    return sql_load(store, &old, "ORDER BY label_id LIMIT 1",
                    SQL_ARGS(SQL_NUMBER(from), SQL_NUMBER(last_label)), error);
}
