/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/audit.h"

#include "models/event.h"
#include "pipeline/standing.h"

#include <string.h>

/* 0..1, as good as chance for everybody who does not know KEY. */
static double keyed_chance(GBytes *key, const char *digest)
{
    guint8 sum[32];
    gsize length = sizeof sum, key_length;
    const guint8 *secret = g_bytes_get_data(key, &key_length);
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, secret, key_length);
    g_autofree char *data = g_strconcat("audit ", digest, NULL);
    g_hmac_update(hmac, (const guint8 *)data, (gssize)strlen(data));
    g_hmac_get_digest(hmac, sum, &length);
    guint64 number;
    memcpy(&number, sum, sizeof number);
    return (double)(GUINT64_FROM_BE(number) >> 11) / (double)(G_GUINT64_CONSTANT(1) << 53);
}

static gboolean draw(Pipeline *pipeline, const Message *message, const char *category, guint *drawn,
                     GError **error)
{
    const Policy *policy = pipeline->policy;
    gint64 before = 0;
    if (!audit_count_drawn(pipeline->store, category, pipeline->now - STANDING_WINDOW,
                           policy->audit_first, &before, error))
        return FALSE;
    *drawn = before < policy->audit_first ||
             keyed_chance(pipeline->key, message->digest) < policy->audit_share;
    return TRUE;
}

gboolean pipeline_audit_sent(Pipeline *pipeline, const Reply *reply, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Message) message = message_load(pipeline->store, reply->message_id, &local);
    g_autoptr(Verdict) verdict =
        message ? verdict_load(pipeline->store, reply->message_id, &local) : NULL;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    g_assert(verdict && verdict->category);
    g_autoptr(Audit) audit = audit_new();
    audit->message_id = message->id;
    audit->category = g_strdup(verdict->category);
    audit->sent_at = pipeline->now;
    return draw(pipeline, message, audit->category, &audit->drawn, error) &&
           audit_insert(pipeline->store, audit, error);
}

/* Is the promise of CATEGORY broken? *WHY is a new string, or NULL. */
static gboolean broken(Pipeline *pipeline, const char *category, char **why, GError **error)
{
    g_autoptr(Standings) standings =
        standings_load(pipeline->store, pipeline->policy, pipeline->now, FALSE, error);
    *why = standings ? g_strdup(standings_broken(standings, category)) : NULL;
    return standings != NULL;
}

/* Writes AUDIT; the ticket tells when this breaks the promise. */
static gboolean update(Pipeline *pipeline, const Audit *audit, gint64 ticket, GError **error)
{
    g_autofree char *before = NULL, *after = NULL;
    return broken(pipeline, audit->category, &before, error) &&
           audit_update(pipeline->store, audit, error) &&
           broken(pipeline, audit->category, &after, error) &&
           (before || !after ||
            event_add(pipeline->store, ticket, pipeline->now, "erms", "promise-broken", after,
                      error));
}

gboolean pipeline_audit_review(Pipeline *pipeline, Audit *audit, gint64 ticket,
                               AuditOutcome outcome, const char *who, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    audit->outcome = outcome;
    audit->reviewed_at = pipeline->now;
    g_free(audit->who);
    audit->who = g_strdup(who);
    g_autofree char *detail =
        g_strdup_printf("the answer as %s was %s", audit->category, audit_outcome_name(outcome));
    return transaction &&
           event_add(pipeline->store, ticket, pipeline->now, who, "reviewed", detail, error) &&
           update(pipeline, audit, ticket, error) &&
           store_commit(g_steal_pointer(&transaction), error);
}

gboolean pipeline_audit_corrected(Pipeline *pipeline, gint64 message_id, const char *category,
                                  GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    g_autoptr(Audit) audit = transaction ? audit_load(pipeline->store, message_id, &local) : NULL;
    if (!transaction)
        return FALSE;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!audit)
        return store_commit(g_steal_pointer(&transaction), error);
    g_autoptr(Message) message = message_load(pipeline->store, message_id, error);
    if (!message)
        return FALSE;
    gboolean same = g_strcmp0(category, audit->category) == 0;
    g_free(audit->corrected);
    audit->corrected = same ? NULL : g_strdup(category ? category : "");
    return update(pipeline, audit, message->ticket_id, error) &&
           store_commit(g_steal_pointer(&transaction), error);
}
