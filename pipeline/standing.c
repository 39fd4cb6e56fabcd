/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/standing.h"

#include "classifier/binomial.h"

#include <math.h>

#define ROUNDING 1e-9 /* a bound that is just max-error does not break it */

static void standing_free(Standing *standing)
{
    if (!standing)
        return;
    g_free(standing->category);
    g_free(standing->why);
    g_free(standing);
}

static char *sentence(const Standing *standing, gint64 wrong, gint64 of, const char *what)
{
    return g_strdup_printf(
        "%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " %s wrong, so with "
        "95 %% certainty over %.3g %% are; %g %% are allowed",
        standing->category ? standing->category : "all categories together", wrong, of, what,
        binomial_lower((guint64)wrong, (guint64)of, STANDING_LEVEL) * 100, standing->promise * 100);
}

static gboolean over(const Standing *standing, gint64 wrong, gint64 of)
{
    return wrong > 0 && wrong <= of &&
           binomial_lower((guint64)wrong, (guint64)of, STANDING_LEVEL) >
               standing->promise + ROUNDING;
}

/* KNOWN of the answers are known to be wrong. */
static void judge_standing(Standing *standing, gint64 known)
{
    guint64 wrong = (guint64)standing->wrong, reviewed = (guint64)standing->reviewed;
    double level = (1 + STANDING_LEVEL) / 2;
    standing->low = binomial_lower(wrong, reviewed, level);
    standing->high = reviewed ? binomial_upper(wrong, reviewed, level) : 1;
    if (over(standing, standing->wrong, standing->reviewed))
        standing->why =
            sentence(standing, standing->wrong, standing->reviewed, "reviewed answers were");
    else if (over(standing, known, standing->answers))
        standing->why =
            sentence(standing, known, standing->answers, "automatic answers are known to be");
    if (standing->why)
        standing->state = PROMISE_BROKEN;
    else if (reviewed && binomial_upper(wrong, reviewed, STANDING_LEVEL) <= standing->promise)
        standing->state = PROMISE_HOLDS;
}

static Standing *standing_new(const AuditCount *count, double promise)
{
    Standing *standing = g_new0(Standing, 1);
    standing->promise = promise;
    if (count) {
        standing->category = g_strdup(count->category);
        standing->answers = count->answers;
        standing->waiting = count->waiting;
        standing->reviewed = count->reviewed;
        standing->wrong = count->wrong;
        standing->known = count->known;
    }
    return standing;
}

static void add(Standing *all, const Standing *one)
{
    all->answers += one->answers;
    all->waiting += one->waiting;
    all->reviewed += one->reviewed;
    all->wrong += one->wrong;
    all->known += one->known;
}

/* As many answers as it takes for KNOWN not to break the promise: more make no difference. */
static gboolean count_enough(Store *store, gint64 since, AuditCount *count, double promise,
                             GError **error)
{
    gint64 enough = (gint64)ceil((double)count->known / promise) + 1;
    return count->known == 0 ||
           audit_count_answers(store, count->category, since, enough, &count->answers, error);
}

/* Is CATEGORY one of those that are judged together, as long as it is not broken by itself? */
static gboolean is_pooled(const Policy *policy, const char *category)
{
    return policy_mode(policy, category) == TEMPLATE_AUTO &&
           policy_max_error(policy, category) <= policy->max_error;
}

/* The answers of all together, those of categories in which nobody found anything as well; no more
 * than count. */
static gboolean count_together(Store *store, gint64 since, Standings *standings, GError **error)
{
    Standing *all = standings->all;
    gint64 enough = (gint64)ceil((double)all->known / all->promise) + 1;
    GHashTableIter iter;
    gpointer name;
    if (all->known == 0)
        return TRUE;
    all->answers = 0;
    g_hash_table_iter_init(&iter, standings->policy->categories);
    while (all->answers < enough && g_hash_table_iter_next(&iter, &name, NULL)) {
        const Standing *standing = standings_find(standings, name);
        gint64 answers = 0;
        if (!(standing ? standing->together : is_pooled(standings->policy, name)))
            continue;
        if (!audit_count_answers(store, name, since, enough - all->answers, &answers, error))
            return FALSE;
        all->answers += answers;
    }
    return TRUE;
}

Standings *standings_load(Store *store, const Policy *policy, gint64 now, gboolean full,
                          GError **error)
{
    gint64 since = now - STANDING_WINDOW;
    g_autoptr(GPtrArray) counts =
        full ? audit_list_counts(store, since, error) : audit_list_judged(store, since, error);
    if (!counts)
        return NULL;
    g_autoptr(Standings) standings = g_rc_box_new0(Standings);
    standings->policy = policy;
    standings->categories = g_ptr_array_new_with_free_func((GDestroyNotify)standing_free);
    standings->all = standing_new(NULL, policy->max_error);
    for (guint i = 0; i < counts->len; i++) {
        AuditCount *count = g_ptr_array_index(counts, i);
        double promise = policy_max_error(policy, count->category);
        if (!full && !count_enough(store, since, count, promise, error))
            return NULL;
        Standing *standing = standing_new(count, promise);
        g_ptr_array_add(standings->categories, standing);
        judge_standing(standing, standing->known);
        standing->together =
            standing->state != PROMISE_BROKEN && is_pooled(policy, count->category);
        if (standing->together)
            add(standings->all, standing);
    }
    if (!full && !count_together(store, since, standings, error))
        return NULL;
    judge_standing(standings->all, standings->all->known);
    return g_steal_pointer(&standings);
}

static void standings_clear(Standings *standings)
{
    g_clear_pointer(&standings->categories, g_ptr_array_unref);
    standing_free(standings->all);
}

void standings_free(Standings *standings)
{
    if (standings)
        g_rc_box_release_full(standings, (GDestroyNotify)standings_clear);
}

void standings_cache_clear(StandingsCache *cache)
{
    g_clear_pointer(&cache->standings, standings_free);
}

Standings *standings_cached(StandingsCache *cache, Store *store, const Policy *policy, gint64 now,
                            GError **error)
{
    gint64 version;
    if (!store_others(store, &version, error))
        return NULL;
    if (cache->version != version)
        standings_cache_clear(cache);
    if (!cache->standings)
        cache->standings = standings_load(store, policy, now, FALSE, error);
    cache->version = version;
    return cache->standings ? g_rc_box_acquire(cache->standings) : NULL;
}

const Standing *standings_find(const Standings *standings, const char *category)
{
    for (guint i = 0; i < standings->categories->len; i++) {
        const Standing *standing = g_ptr_array_index(standings->categories, i);
        if (g_strcmp0(standing->category, category) == 0)
            return standing;
    }
    return NULL;
}

static gboolean is_guilty(const Standings *standings, const Standing *standing)
{
    return standings->all->why && standing->together &&
           (standing->wrong > 0 || standing->known > 0);
}

char *standings_guilty(const Standings *standings)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < standings->categories->len; i++) {
        const Standing *standing = g_ptr_array_index(standings->categories, i);
        if (is_guilty(standings, standing))
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", standing->category);
    }
    return g_string_free(names, FALSE);
}

gboolean standings_restorable(const Standings *standings, const char *category)
{
    const Standing *standing = standings_find(standings, category);
    return standing && (standing->why || is_guilty(standings, standing));
}

const char *standings_broken(const Standings *standings, const char *category)
{
    if (!standings)
        return NULL;
    const Standing *standing = standings_find(standings, category);
    if (standing && standing->why)
        return standing->why;
    return is_pooled(standings->policy, category) ? standings->all->why : NULL;
}

const char *promise_state_name(PromiseState state)
{
    static const char *const names[] = {
        [PROMISE_OPEN] = "open", [PROMISE_HOLDS] = "holds", [PROMISE_BROKEN] = "broken"};
    g_assert((guint)state < G_N_ELEMENTS(names));
    return names[state];
}
