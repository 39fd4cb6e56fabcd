/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/limits.h"

#include "models/breaker.h"
#include "models/suppression.h"
#include "pipeline/fingerprint.h"
#include "pipeline/windows.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Contents that are compared at most, the newest. The limit "total" keeps them far fewer. */
#define MAX_CONTENTS 10000

gboolean limits_stopped(const Pipeline *pipeline)
{
    GStatBuf info;
    return pipeline->stop_path && (g_lstat(pipeline->stop_path, &info) == 0 || errno != ENOENT);
}

static gboolean reached(const Limit *limit, guint count)
{
    return limit->count && count >= limit->count;
}

gboolean limits_shared(const Limits *limits, const char *domain)
{
    for (guint i = 0; limits->shared_domains[i]; i++)
        if (g_ascii_strcasecmp(limits->shared_domains[i], domain) == 0)
            return TRUE;
    return FALSE;
}

gboolean limits_since(const Pipeline *pipeline, const Limit *limit, gint64 *since, GError **error)
{
    gint64 reset;
    if (!breaker_last_reset(pipeline->store, &reset, error))
        return FALSE;
    *since = pipeline->now - limit->seconds;
    /* A reset in the future: the clock was set back since, and says nothing. */
    if (reset <= pipeline->now)
        *since = MAX(*since, reset);
    return TRUE;
}

static gboolean count_content(const Pipeline *pipeline, gint64 fingerprint, gint64 except,
                              guint *count, GError **error)
{
    const Limit *limit = &pipeline->policy->limits.content;
    *count = 0;
    if (!limit->count)
        return TRUE;
    g_autoptr(GArray) contents = reply_list_contents(
        pipeline->store, pipeline->now - limit->seconds, except, MAX_CONTENTS, error);
    for (guint i = 0; contents && i < contents->len; i++)
        *count +=
            fingerprint_near(g_array_index(contents, ReplyContent, i).fingerprint, fingerprint);
    return contents != NULL;
}

static gboolean count_domain(const Pipeline *pipeline, const char *address, gint64 except,
                             guint *count, GError **error)
{
    const Limits *limits = &pipeline->policy->limits;
    const char *at = strrchr(address, '@');
    *count = 0;
    if (!at || !limits->domain.count || limits_shared(limits, at + 1))
        return TRUE;
    return reply_count_domain(pipeline->store, at + 1, pipeline->now - limits->domain.seconds,
                              except, count, error);
}

static gboolean count_address(const Pipeline *pipeline, const char *address, gint64 except,
                              Traffic *traffic, GError **error)
{
    const Policy *policy = pipeline->policy;
    g_autoptr(GError) local = NULL;
    if (!reply_count_recent(pipeline->store, address, pipeline->now - policy->quiet_seconds, except,
                            &traffic->recent, error) ||
        (policy->limits.address.count &&
         !reply_count_recent(pipeline->store, address,
                             pipeline->now - policy->limits.address.seconds, except,
                             &traffic->address, error)) ||
        !count_domain(pipeline, address, except, &traffic->domain, error))
        return FALSE;
    g_autoptr(Suppression) suppression = suppression_load(pipeline->store, address, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    traffic->suppressed = suppression ? g_steal_pointer(&suppression->why) : NULL;
    return TRUE;
}

static gboolean look_at_breaker(const Pipeline *pipeline, gint64 except, Traffic *traffic,
                                GError **error)
{
    const Limit *limit = &pipeline->policy->limits.total;
    g_autoptr(GError) local = NULL;
    g_autoptr(Breaker) breaker = breaker_load(pipeline->store, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    traffic->tripped = breaker != NULL;
    if (breaker)
        traffic->breaker = g_steal_pointer(&breaker->why);
    if (breaker || !limit->count)
        return TRUE;
    gint64 since;
    guint count;
    if (!limits_since(pipeline, limit, &since, error) ||
        !reply_count_automatic(pipeline->store, since, except, &count, error))
        return FALSE;
    if (reached(limit, count)) {
        g_autofree char *text = limit_text(limit);
        traffic->breaker = g_strdup_printf(
            "one more automatic answer after %u would be over the limit, %s ([limits] total)",
            count, text);
    }
    return TRUE;
}

gboolean traffic_load(const Pipeline *pipeline, const char *address, gint64 fingerprint,
                      gint64 except, Traffic *traffic, GError **error)
{
    traffic_clear(traffic);
    traffic->except = except;
    traffic->stopped = limits_stopped(pipeline);
    return (!address || count_address(pipeline, address, except, traffic, error)) &&
           count_content(pipeline, fingerprint, except, &traffic->content, error) &&
           look_at_breaker(pipeline, except, traffic, error);
}

void traffic_clear(Traffic *traffic)
{
    g_free(traffic->breaker);
    g_free(traffic->suppressed);
    *traffic = (Traffic){0};
}

gboolean limits_trip(Pipeline *pipeline, const Traffic *traffic, const char *reason, GError **error)
{
    return traffic->tripped || !g_str_equal(reason, "breaker") ||
           windows_trip(pipeline, traffic->breaker, traffic->except, NULL, error);
}

gboolean limits_refused(Pipeline *pipeline, GError **error)
{
    const Limit *limit = &pipeline->policy->limits.refused;
    gint64 since;
    guint count;
    if (!limit->count)
        return TRUE;
    if (!limits_since(pipeline, limit, &since, error) ||
        !reply_count_refused(pipeline->store, since, &count, error))
        return FALSE;
    if (!reached(limit, count))
        return TRUE;
    g_autofree char *text = limit_text(limit);
    g_autofree char *why = g_strdup_printf(
        "%u automatic answers were refused for good, the limit is %s ([limits] refused)", count,
        text);
    return windows_trip(pipeline, why, 0, NULL, error);
}
