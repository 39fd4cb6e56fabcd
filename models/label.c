/* SPDX-License-Identifier: Apache-2.0 */
#include "models/label.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_ID(Label, id),      SQL_COLUMN(Label, message_id), SQL_COLUMN(Label, category),
    SQL_COLUMN(Label, who), SQL_COLUMN(Label, source),     SQL_COLUMN(Label, at),
};
static const SqlRecord record = SQL_RECORD(Label, "label", columns, label_free);

/* The labels that count: the last one of each message. */
#define LAST_LABELS "label.id IN (SELECT max(id) FROM label GROUP BY message_id)"

static const SqlColumn text_columns[] = {
    SQL_COLUMN(LabelledText, message_id),  SQL_WORDS(LabelledText, subject),
    SQL_WORDS(LabelledText, text),         SQL_WORDS(LabelledText, language),
    SQL_COLUMN(LabelledText, category),    SQL_COLUMN(LabelledText, label_id),
    SQL_COLUMN(LabelledText, first_label), SQL_COLUMN(LabelledText, arrival),
};
/* An imported message has no ticket; its arrival is its place in its category in millionths. The
 * texts are joined last: they need not be sorted. */
static const SqlRecord text_record = SQL_RECORD(
    LabelledText,
    "(SELECT message.id AS message_id, subject, own_text AS text, language, category, label_id, "
    "first_label,"
    "   arrival"
    " FROM (SELECT label.message_id AS id, category, label.id AS label_id, first_label,"
    "     CASE WHEN ticket_id IS NOT NULL THEN received_at"
    "     ELSE (row_number() OVER (kind ORDER BY message.id) - 1) * 1000000 / count(*) OVER kind"
    "     END AS arrival"
    "   FROM (SELECT max(id) AS last, min(id) AS first_label FROM label GROUP BY message_id)"
    "   JOIN label ON label.id = last JOIN message ON message.id = label.message_id"
    "   WINDOW kind AS (PARTITION BY category, ticket_id IS NULL)) AS labelled"
    " JOIN message ON message.id = labelled.id)",
    text_columns, labelled_text_free);

Label *label_new(void)
{
    return g_new0(Label, 1);
}

void label_free(Label *label)
{
    sql_record_free(&record, label);
}

gboolean label_insert(Store *store, Label *label, GError **error)
{
    return sql_insert(store, &record, label, error);
}

Label *label_load(Store *store, gint64 message_id, GError **error)
{
    return sql_load(store, &record, "WHERE message_id = ?1 ORDER BY id DESC LIMIT 1",
                    SQL_ARGS(SQL_NUMBER(message_id)), error);
}

gboolean label_last(Store *store, gint64 *id, GError **error)
{
    return sql_number(store, "SELECT max(id) FROM label", NULL, id, error);
}

void labelled_text_free(LabelledText *labelled)
{
    sql_record_free(&text_record, labelled);
}

GPtrArray *label_list_texts(Store *store, GError **error)
{
    return sql_list(store, &text_record, "ORDER BY message_id", NULL, error);
}

GHashTable *label_count(Store *store, GError **error)
{
    return sql_counts(store,
                      "SELECT category, count(*) FROM label WHERE " LAST_LABELS
                      " AND category IS NOT NULL GROUP BY category",
                      NULL, error);
}
