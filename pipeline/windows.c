/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/windows.h"

#include "models/breaker.h"
#include "pipeline/fingerprint.h"
#include "pipeline/limits.h"

#include <string.h>

#define MAX_CONTENTS 10000 /* looked at, the newest */

static void window_clear(gpointer window)
{
    g_free(((Window *)window)->domain);
}

static GArray *windows_new(void)
{
    GArray *windows = g_array_new(FALSE, FALSE, sizeof(Window));
    g_array_set_clear_func(windows, window_clear);
    return windows;
}

void windows_clear(Windows *windows)
{
    g_clear_pointer(&windows->domains, g_array_unref);
    g_clear_pointer(&windows->contents, g_array_unref);
}

static gint fullest_first(gconstpointer a, gconstpointer b)
{
    const Window *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : g_strcmp0(x->domain, y->domain);
}

static void keep_fullest(GArray *windows)
{
    g_array_sort(windows, fullest_first);
    if (windows->len > WINDOWS_FULLEST)
        g_array_set_size(windows, WINDOWS_FULLEST);
}

/* The domain of the reply that does not count; NULL without error: none. */
static char *domain_of(const Pipeline *pipeline, gint64 reply_id, GError **error)
{
    g_autoptr(Reply) reply = reply_id ? reply_load(pipeline->store, reply_id, error) : NULL;
    const char *at = reply && reply->to_addr ? strchr(reply->to_addr, '@') : NULL;
    return at ? g_ascii_strdown(at + 1, -1) : NULL;
}

static gboolean load_domains(const Pipeline *pipeline, gint64 except, Windows *windows,
                             GError **error)
{
    const Limits *limits = &pipeline->policy->limits;
    g_autoptr(GError) local = NULL;
    g_autofree char *other = domain_of(pipeline, except, &local);
    g_autoptr(GHashTable) counts =
        local
            ? NULL
            : reply_count_domains(pipeline->store, pipeline->now - limits->domain.seconds, &local);
    if (!counts) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    windows->domains = windows_new();
    GHashTableIter iter;
    gpointer domain, count;
    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, &domain, &count)) {
        Window window = {.domain = g_strdup(domain), .count = GPOINTER_TO_UINT(count)};
        if (g_strcmp0(domain, other) == 0)
            window.count--;
        if (!limits_shared(limits, domain))
            windows->domain = MAX(windows->domain, window.count);
        if (window.count)
            g_array_append_val(windows->domains, window);
        else
            window_clear(&window);
    }
    keep_fullest(windows->domains);
    return TRUE;
}

static Window *find_content(const GArray *windows, gint64 fingerprint)
{
    for (guint i = 0; i < windows->len; i++) {
        Window *window = &g_array_index(windows, Window, i);
        if (fingerprint_near(window->fingerprint, fingerprint))
            return window;
    }
    return NULL;
}

static gboolean load_contents(const Pipeline *pipeline, gint64 except, Windows *windows,
                              GError **error)
{
    const Limit *limit = &pipeline->policy->limits.content;
    g_autoptr(GArray) contents = reply_list_contents(
        pipeline->store, pipeline->now - limit->seconds, except, MAX_CONTENTS, error);
    if (!contents)
        return FALSE;
    windows->contents = windows_new();
    for (guint i = 0; i < contents->len; i++) {
        const ReplyContent *content = &g_array_index(contents, ReplyContent, i);
        Window *known = find_content(windows->contents, content->fingerprint);
        Window window = {
            .fingerprint = content->fingerprint, .ticket_id = content->ticket_id, .count = 1};
        if (known)
            known->count++;
        else
            g_array_append_val(windows->contents, window);
    }
    keep_fullest(windows->contents);
    if (windows->contents->len)
        windows->content = g_array_index(windows->contents, Window, 0).count;
    return TRUE;
}

gboolean windows_load(const Pipeline *pipeline, gint64 except, Windows *windows, GError **error)
{
    const Limits *limits = &pipeline->policy->limits;
    gint64 since;
    return limits_since(pipeline, &limits->total, &since, error) &&
           reply_count_automatic(pipeline->store, since, except, &windows->total, error) &&
           limits_since(pipeline, &limits->refused, &since, error) &&
           reply_count_refused(pipeline->store, since, &windows->refused, error) &&
           load_domains(pipeline, except, windows, error) &&
           load_contents(pipeline, except, windows, error);
}

/* The counts alone: nothing that a mail says. */
static char *figures_of(const Windows *windows, const Limits *limits)
{
    g_autofree char *total = limit_fill(&limits->total, windows->total);
    g_autofree char *refused = limit_fill(&limits->refused, windows->refused);
    g_autofree char *domain = limit_fill(&limits->domain, windows->domain);
    g_autofree char *content = limit_fill(&limits->content, windows->content);
    return g_strdup_printf("total %s; refused %s; fullest domain %s; fullest content %s", total,
                           refused, domain, content);
}

static char *domains_of(const Windows *windows)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < windows->domains->len; i++) {
        const Window *window = &g_array_index(windows->domains, Window, i);
        g_string_append_printf(text, "%s%s %u", i ? ", " : "", window->domain, window->count);
    }
    return g_string_free(text, text->len == 0);
}

gboolean windows_trip(const Pipeline *pipeline, const char *why, gint64 except, gboolean *tripped,
                      GError **error)
{
    g_autoptr(GError) local = NULL;
    g_auto(Windows) windows = {0};
    g_autoptr(Breaker) already = breaker_load(pipeline->store, &local);
    if (tripped)
        *tripped = FALSE;
    if (already)
        return TRUE;
    if (local || !windows_load(pipeline, except, &windows, &local)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    g_autofree char *figures = figures_of(&windows, &pipeline->policy->limits);
    g_autofree char *domains = domains_of(&windows);
    const BreakerTrip trip = {
        .at = pipeline->now, .why = why, .figures = figures, .domains = domains};
    return breaker_trip(pipeline->store, &trip, tripped, error);
}
