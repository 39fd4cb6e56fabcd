/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/rank.h"

#include <math.h>
#include <string.h>

#define RATE 0.5
#define RATE_HALVES 50.0
#define LAMBDA 0.002
#define HALF_LIFE (180.0 * 24 * 3600)
#define REUSE_MAX 3.0
#define WEIGHT_MAX 20.0

/* Without experience an approved template that fits comes before a case that fits as well. */
const double rank_start[N_RANK_FEATURES] = {
    [RANK_BIAS] = -3.0,      [RANK_IS_CASE] = 0.0,     [RANK_TEMPLATE_SCORE] = 2.0,
    [RANK_CASE_SCORE] = 3.0, [RANK_PROBABILITY] = 2.0, [RANK_RECORD] = 3.0,
    [RANK_REUSE] = 0.3,      [RANK_RECENCY] = 0.3,     [RANK_LANGUAGE] = 1.0,
};

static const char *const names[N_RANK_FEATURES] = {
    [RANK_BIAS] = "any suggestion",
    [RANK_IS_CASE] = "a past case",
    [RANK_TEMPLATE_SCORE] = "how well the answer fits",
    [RANK_CASE_SCORE] = "how similar the past question is",
    [RANK_PROBABILITY] = "how sure the category is",
    [RANK_RECORD] = "what agents did with it before",
    [RANK_REUSE] = "how often it was given",
    [RANK_RECENCY] = "how recent it is",
    [RANK_LANGUAGE] = "the language",
};

typedef struct Record {
    guint offered;
    double kept;
} Record;

struct Rank {
    double weights[N_RANK_FEATURES];
    guint learned;
    Record kinds[2];
    GHashTable *sources; /* "0name" or "1print" → Record */
};

const char *rank_feature_name(RankFeature feature)
{
    return names[feature];
}

Rank *rank_new(void)
{
    Rank *rank = g_new0(Rank, 1);

    memcpy(rank->weights, rank_start, sizeof rank->weights);
    rank->sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return rank;
}

void rank_free(Rank *rank)
{
    if (!rank)
        return;
    g_hash_table_unref(rank->sources);
    g_free(rank);
}

double rank_weight(const Rank *rank, RankFeature feature)
{
    return rank->weights[feature];
}

/* ---- what is known about a source ---------------------------------------------------------- */

static char *source_key(const RankSuggestion *suggestion)
{
    return g_strdup_printf("%d%s", suggestion->kind, suggestion->source ? suggestion->source : "");
}

void rank_record(const Rank *rank, const RankSuggestion *suggestion, guint *offered, double *kept)
{
    g_autofree char *key = source_key(suggestion);
    const Record *record = g_hash_table_lookup(rank->sources, key);

    *offered = record ? record->offered : 0;
    *kept = record ? record->kept : 0;
}

/* By how much it is better than its kind: a source that nobody was offered is as good as that. */
static double share_kept(const Rank *rank, const RankSuggestion *suggestion)
{
    const Record *all = &rank->kinds[suggestion->kind];
    const double prior = (all->kept + RANK_PRIOR / 2) / (all->offered + RANK_PRIOR);
    guint offered;
    double kept;

    rank_record(rank, suggestion, &offered, &kept);
    return (kept + RANK_PRIOR * prior) / (offered + RANK_PRIOR) - prior;
}

static void note(Rank *rank, const RankSuggestion *suggestion, double kept)
{
    char *key = source_key(suggestion);
    Record *record = g_hash_table_lookup(rank->sources, key);

    if (record) {
        g_free(key);
    } else {
        record = g_new0(Record, 1);
        g_hash_table_insert(rank->sources, key, record);
    }
    record->offered++;
    record->kept += kept;
    rank->kinds[suggestion->kind].offered++;
    rank->kinds[suggestion->kind].kept += kept;
}

/* ---- the regression ------------------------------------------------------------------------ */

static double unit(double x)
{
    return isnan(x) ? 0 : CLAMP(x, 0, 1);
}

static void measure(const Rank *rank, const RankSuggestion *suggestion, double x[N_RANK_FEATURES])
{
    const gboolean is_case = suggestion->kind == RANK_CASE;

    x[RANK_BIAS] = 1;
    x[RANK_IS_CASE] = is_case;
    x[RANK_TEMPLATE_SCORE] = is_case ? 0 : unit(suggestion->score);
    x[RANK_CASE_SCORE] = is_case ? unit(suggestion->score) : 0;
    x[RANK_PROBABILITY] = is_case ? 0 : unit(suggestion->probability);
    x[RANK_RECORD] = share_kept(rank, suggestion);
    x[RANK_REUSE] = is_case ? MIN(log1p(suggestion->reuse), REUSE_MAX) : 0;
    x[RANK_RECENCY] = is_case ? exp2(-(double)MAX(suggestion->age, 0) / HALF_LIFE) : 0;
    x[RANK_LANGUAGE] = suggestion->in_language ? 1 : 0;
}

static double chance(const Rank *rank, const double x[N_RANK_FEATURES])
{
    double sum = 0;

    for (guint i = 0; i < N_RANK_FEATURES; i++)
        sum += rank->weights[i] * x[i];
    return 1 / (1 + exp(-sum));
}

double rank_chance(const Rank *rank, const RankSuggestion *suggestion,
                   double parts[N_RANK_FEATURES])
{
    double x[N_RANK_FEATURES];

    measure(rank, suggestion, x);
    for (guint i = 0; parts && i < N_RANK_FEATURES; i++)
        parts[i] = rank->weights[i] * x[i];
    return chance(rank, x);
}

void rank_learn(Rank *rank, const RankSuggestion *suggestion, double kept)
{
    double x[N_RANK_FEATURES];
    const double y = unit(kept), rate = RATE / sqrt(1 + rank->learned / RATE_HALVES);

    measure(rank, suggestion, x); /* before its outcome is known */
    const double error = y - chance(rank, x);
    for (guint i = 0; i < N_RANK_FEATURES; i++) {
        const double step = error * x[i] - LAMBDA * (rank->weights[i] - rank_start[i]);
        rank->weights[i] = CLAMP(rank->weights[i] + rate * step, -WEIGHT_MAX, WEIGHT_MAX);
    }
    rank->learned++;
    note(rank, suggestion, y);
}

/* ---- the list ------------------------------------------------------------------------------ */

static gint compare(gconstpointer a, gconstpointer b, gpointer data)
{
    const Ranked *x = a, *y = b;
    const RankSuggestion *suggestions = data;
    const int kind = (int)suggestions[x->index].kind - (int)suggestions[y->index].kind;

    if (x->chance != y->chance)
        return x->chance < y->chance ? 1 : -1;
    return kind ? kind : (x->index > y->index) - (x->index < y->index);
}

GArray *rank_order(const Rank *rank, const RankSuggestion *suggestions, guint n)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(Ranked));

    for (guint i = 0; i < n; i++) {
        const Ranked ranked = {i, rank_chance(rank, &suggestions[i], NULL)};
        g_array_append_val(order, ranked);
    }
    g_array_sort_with_data(order, compare, (gpointer)suggestions);
    return order;
}
