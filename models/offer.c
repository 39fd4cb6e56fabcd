/* SPDX-License-Identifier: Apache-2.0 */
#include "models/offer.h"

#include "models/sql.h"

#include <math.h>

static const char *const kinds[] = {"template", "case", NULL};
static const char *const outcomes[] = {
    [OFFER_OPEN] = "open",
    [OFFER_TAKEN] = "taken",
    [OFFER_PASSED] = "passed",
    [OFFER_UNSEEN] = "unseen",
    NULL,
};

static const SqlColumn columns[] = {
    SQL_ID(Offer, id),
    SQL_COLUMN(Offer, message_id),
    SQL_COLUMN(Offer, rank),
    SQL_COLUMN(Offer, at),
    SQL_COLUMN(Offer, settled_at),
    SQL_NAME(Offer, kind, kinds),
    SQL_NAME(Offer, outcome, outcomes),
    SQL_COLUMN(Offer, kept),
    SQL_COLUMN(Offer, score),
    SQL_COLUMN(Offer, probability),
    SQL_COLUMN(Offer, reuse),
    SQL_COLUMN(Offer, age),
    SQL_COLUMN(Offer, in_language),
    SQL_WORDS(Offer, source),
};
static const SqlRecord record = SQL_RECORD(Offer, "offer", columns, offer_free);

Offer *offer_new(void)
{
    return g_new0(Offer, 1);
}

void offer_free(Offer *offer)
{
    sql_record_free(&record, offer);
}

gboolean offer_insert(Store *store, Offer *offer, GError **error)
{
    return sql_insert(store, &record, offer, error);
}

GPtrArray *offer_list_message(Store *store, gint64 message_id, GError **error)
{
    return sql_list(store, &record, "WHERE message_id = ?1 ORDER BY rank",
                    SQL_ARGS(SQL_NUMBER(message_id)), error);
}

gboolean offer_settle(Store *store, gint64 message_id, guint taken, double kept, gint64 at,
                      GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);
    g_autoptr(GPtrArray) offers = transaction ? offer_list_message(store, message_id, error) : NULL;

    for (guint i = 0; offers && i < offers->len; i++) {
        Offer *offer = g_ptr_array_index(offers, i);
        if (offer->outcome != OFFER_OPEN)
            continue;
        offer->outcome = offer->rank == taken           ? OFFER_TAKEN
                         : taken && offer->rank > taken ? OFFER_UNSEEN
                                                        : OFFER_PASSED;
        offer->kept = offer->outcome == OFFER_TAKEN && isfinite(kept) ? CLAMP(kept, 0, 1) : 0;
        offer->settled_at = at;
        if (!sql_update(store, &record, offer, error))
            return FALSE;
    }
    return offers && store_commit(g_steal_pointer(&transaction), error);
}

GPtrArray *offer_list_settled(Store *store, guint limit, GError **error)
{
    static const SqlRecord newest =
        SQL_RECORD(Offer,
                   "(SELECT * FROM offer WHERE outcome IN ('taken', 'passed')"
                   " ORDER BY settled_at DESC, id DESC LIMIT ?1)",
                   columns, offer_free);

    return sql_list(store, &newest, "ORDER BY settled_at, id",
                    SQL_ARGS(SQL_NUMBER(sql_limit(limit))), error);
}
