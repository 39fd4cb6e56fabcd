/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/audit.h"

#include "models/event.h"
#include "models/label.h"
#include <string.h>

Standings *pipeline_standings(const Pipeline *pipeline, GError **error)
{
    const Policy *policy = pipeline->policy;
    return pipeline->standings
               ? standings_cached(pipeline->standings, pipeline->store, policy, pipeline->now,
                                  error)
               : standings_load(pipeline->store, policy, pipeline->now, FALSE, error);
}

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
    if (pipeline->standings)
        standings_cache_clear(pipeline->standings);
    return broken(pipeline, audit->category, &before, error) &&
           audit_update(pipeline->store, audit, error) &&
           broken(pipeline, audit->category, &after, error) &&
           (before || !after ||
            event_add(pipeline->store, ticket, pipeline->now, "erms", "promise-broken", after,
                      error));
}

/* The mail has left when this runs, so what is odd is told and passed over. */
static gboolean record(Pipeline *pipeline, const Reply *reply, const Verdict *verdict,
                       GError **error)
{
    g_autoptr(Message) message = message_load(pipeline->store, reply->message_id, error);
    if (!message)
        return FALSE;
    g_autoptr(Audit) audit = audit_new();
    audit->message_id = message->id;
    audit->category = g_strdup(verdict->category);
    audit->sent_at = pipeline->now;
    return (reply->state == REPLY_UNKNOWN ||
            draw(pipeline, message, audit->category, &audit->drawn, error)) &&
           audit_insert(pipeline->store, audit, error);
}

gboolean pipeline_audit_sent(Pipeline *pipeline, const Reply *reply, GError **error)
{
    Store *store = pipeline->store;
    g_autoptr(GError) local = NULL;
    g_autoptr(Audit) known = audit_load(store, reply->message_id, &local);
    g_autoptr(Verdict) verdict = local ? NULL : verdict_load(store, reply->message_id, &local);
    g_autoptr(Label) label = local ? NULL : label_load(store, reply->message_id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (known || !verdict || !verdict->category) {
        g_warning("ticket %" G_GINT64_FORMAT ": the automatic answer %s, so it cannot be reviewed",
                  reply->ticket_id, known ? "is not the first one" : "has no category");
        return TRUE;
    }
    if (!record(pipeline, reply, verdict, error))
        return FALSE;
    /* While it was on its way there was nothing that a label could have corrected. */
    return !label || label->at < verdict->decided_at ||
           g_strcmp0(label->category, verdict->category) == 0 ||
           pipeline_audit_corrected(pipeline, reply->message_id, label->category, error);
}

gboolean pipeline_audit_review(Pipeline *pipeline, Audit *audit, gint64 ticket,
                               AuditOutcome outcome, const char *who, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    audit->outcome = outcome;
    if (outcome == AUDIT_RIGHT)
        g_clear_pointer(&audit->corrected, g_free);
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
    audit_take_label(audit, category);
    return update(pipeline, audit, message->ticket_id, error) &&
           store_commit(g_steal_pointer(&transaction), error);
}
