/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training.h"

#include "models/sql.h"

static const SqlColumn columns[] = {
    SQL_ID(Training, id),
    SQL_COLUMN(Training, at),
    SQL_COLUMN(Training, model),
    SQL_COLUMN(Training, messages),
    SQL_COLUMN(Training, categories),
    SQL_COLUMN(Training, accuracy),
    SQL_COLUMN(Training, coverage),
    SQL_COLUMN(Training, max_error),
    SQL_COLUMN(Training, seconds),
};
static const SqlRecord record = SQL_RECORD(Training, "training", columns, training_free);

Training *training_new(void)
{
    return g_new0(Training, 1);
}

void training_free(Training *training)
{
    sql_record_free(&record, training);
}

gboolean training_insert(Store *store, Training *training, GError **error)
{
    return sql_insert(store, &record, training, error);
}

Training *training_latest(Store *store, GError **error)
{
    return sql_load(store, &record, "ORDER BY id DESC LIMIT 1", NULL, error);
}
