/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training.h"

#include "models/sql.h"

static const char *const states[] = {
    [TRAINING_LIVE] = "live",     [TRAINING_SAME] = "same", [TRAINING_REFUSED] = "refused",
    [TRAINING_FORCED] = "forced", [TRAINING_BACK] = "back", NULL,
};

static const SqlColumn columns[] = {
    SQL_ID(Training, id),
    SQL_COLUMN(Training, at),
    SQL_COLUMN(Training, model),
    SQL_COLUMN(Training, messages),
    SQL_COLUMN(Training, none),
    SQL_COLUMN(Training, categories),
    SQL_COLUMN(Training, accuracy),
    SQL_COLUMN(Training, coverage),
    SQL_COLUMN(Training, max_error),
    SQL_COLUMN(Training, seconds),
    SQL_COLUMN(Training, last_label),
    SQL_NAME(Training, state, states),
    SQL_COLUMN(Training, replaced),
    SQL_WORDS(Training, who),
    SQL_COLUMN(Training, detail),
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

const char *training_state_name(TrainingState state)
{
    g_assert((guint)state <= TRAINING_BACK);
    return states[state];
}

gboolean training_knows_labels(const Training *training)
{
    return training && (training->last_label > 0 || training->messages == 0);
}

gboolean training_insert(Store *store, Training *training, GError **error)
{
    return sql_insert(store, &record, training, error);
}

Training *training_latest(Store *store, GError **error)
{
    return sql_load(store, &record, "ORDER BY id DESC LIMIT 1", NULL, error);
}

Training *training_of_model(Store *store, const char *model, GError **error)
{
    return sql_load(store, &record, "WHERE model = ?1 ORDER BY id DESC LIMIT 1",
                    SQL_ARGS(SQL_STRING(model)), error);
}

Training *training_of_change(Store *store, GError **error)
{
    return sql_load(store, &record,
                    "WHERE state IN ('live', 'forced', 'back') ORDER BY id DESC LIMIT 1", NULL,
                    error);
}
