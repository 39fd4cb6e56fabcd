/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/rank.h"

#include <math.h>

static const RankSuggestion how_to = {RANK_TEMPLATE, "returns/how-to.de", 0.7, 0.8, 0, 0, TRUE};
static const RankSuggestion label = {RANK_TEMPLATE, "returns/label.de", 0.6, 0.8, 0, 0, TRUE};
static const RankSuggestion past = {RANK_CASE, "4711", 0.6, 1, 3, 30 * 86400, TRUE};

static double chance(const Rank *rank, const RankSuggestion *suggestion)
{
    return rank_chance(rank, suggestion, NULL);
}

/* Before anybody has picked anything. */
static void test_start(void)
{
    g_autoptr(Rank) rank = rank_new();
    RankSuggestion worse = how_to, old = past, foreign = past, rare = past;

    worse.score = 0.3;
    g_assert_cmpfloat(chance(rank, &how_to), >, chance(rank, &worse));
    worse = how_to;
    worse.probability = 0.3;
    g_assert_cmpfloat(chance(rank, &how_to), >, chance(rank, &worse));
    old.age = 900 * (gint64)86400;
    g_assert_cmpfloat(chance(rank, &past), >, chance(rank, &old));
    foreign.in_language = FALSE;
    g_assert_cmpfloat(chance(rank, &past), >, chance(rank, &foreign));
    rare.reuse = 1;
    g_assert_cmpfloat(chance(rank, &past), >, chance(rank, &rare));
    for (guint i = 0; i < N_RANK_FEATURES; i++)
        g_assert_nonnull(rank_feature_name((RankFeature)i));
}

/* Nobody takes this one: it sinks below its sibling, and its sibling does not sink as much. */
static void test_source(void)
{
    g_autoptr(Rank) rank = rank_new();
    guint offered;
    double kept;

    g_assert_cmpfloat(chance(rank, &how_to), >, chance(rank, &label));
    for (guint i = 0; i < 6; i++) {
        rank_learn(rank, &how_to, 0);
        rank_learn(rank, &label, 0.9);
    }
    g_assert_cmpfloat(chance(rank, &how_to), <, chance(rank, &label));
    rank_record(rank, &label, &offered, &kept);
    g_assert_cmpuint(offered, ==, 6);
    g_assert_cmpfloat_with_epsilon(kept, 5.4, 1e-9);
    const RankSuggestion unknown = {RANK_TEMPLATE, "returns/new.de", 0.6, 0.8, 0, 0, TRUE};
    g_assert_cmpfloat(chance(rank, &unknown), <, chance(rank, &label));
    g_assert_cmpfloat(
        chance(rank, &unknown), >,
        chance(rank, &(RankSuggestion){RANK_TEMPLATE, "returns/how-to.de", 0.6, 0.8, 0, 0, TRUE}));
}

/* Agents of this house prefer past cases, whichever: all of the kind rise. */
static void test_kind(void)
{
    g_autoptr(Rank) rank = rank_new();

    g_assert_cmpfloat(chance(rank, &how_to), >, chance(rank, &past));
    for (guint i = 0; i < 60; i++) {
        g_autofree char *template_ = g_strdup_printf("a/%u.de", i);
        g_autofree char *print = g_strdup_printf("%u", i);
        RankSuggestion one = how_to, other = past;
        one.source = template_;
        other.source = print;
        rank_learn(rank, &one, 0);
        rank_learn(rank, &other, 1);
    }
    g_assert_cmpfloat(chance(rank, &how_to), <, chance(rank, &past));
    g_assert_cmpfloat(rank_weight(rank, RANK_IS_CASE), >, rank_start[RANK_IS_CASE]);
}

/* Here agents prefer past cases that are somewhat alike: that is found out. */
static double share_of_hits(const Rank *rank, GRand *random)
{
    guint hits = 0;

    for (guint i = 0; i < 500; i++) {
        RankSuggestion two[2] = {how_to, past};
        two[0].score = g_rand_double(random);
        two[1].score = g_rand_double(random);
        g_autoptr(GArray) order = rank_order(rank, two, 2);
        const guint wanted = two[1].score + 0.4 > two[0].score;
        hits += g_array_index(order, Ranked, 0).index == wanted;
    }
    return hits / 500.0;
}

static void test_learns(void)
{
    g_autoptr(Rank) rank = rank_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    const double before = share_of_hits(rank, random);

    for (guint i = 0; i < 400; i++) {
        RankSuggestion two[2] = {how_to, past};
        two[0].score = g_rand_double(random);
        two[1].score = g_rand_double(random);
        const guint wanted = two[1].score + 0.4 > two[0].score;
        rank_learn(rank, &two[wanted], 1);
        rank_learn(rank, &two[!wanted], 0);
    }
    const double after = share_of_hits(rank, random);
    g_test_message("right first: %.2f before, %.2f after", before, after);
    g_assert_cmpfloat(before, <, 0.6);
    g_assert_cmpfloat(after, >, 0.8);
}

static void test_replay(void)
{
    g_autoptr(Rank) one = rank_new(), other = rank_new();

    for (guint i = 0; i < 50; i++) {
        rank_learn(one, i % 3 ? &how_to : &past, i % 2);
        rank_learn(other, i % 3 ? &how_to : &past, i % 2);
    }
    for (guint i = 0; i < N_RANK_FEATURES; i++)
        g_assert_true(rank_weight(one, (RankFeature)i) == rank_weight(other, (RankFeature)i));
    g_assert_true(chance(one, &label) == chance(other, &label));
}

static void test_parts(void)
{
    g_autoptr(Rank) rank = rank_new();
    double parts[N_RANK_FEATURES], sum = 0;
    const double p = rank_chance(rank, &past, parts);

    for (guint i = 0; i < N_RANK_FEATURES; i++)
        sum += parts[i];
    g_assert_cmpfloat_with_epsilon(p, 1 / (1 + exp(-sum)), 1e-12);
    g_assert_true(parts[RANK_TEMPLATE_SCORE] == 0 && parts[RANK_CASE_SCORE] > 0);
}

static void test_order(void)
{
    g_autoptr(Rank) rank = rank_new();
    const RankSuggestion all[] = {label, past, how_to, how_to};
    g_autoptr(GArray) order = rank_order(rank, all, G_N_ELEMENTS(all));

    g_assert_cmpuint(order->len, ==, 4);
    g_assert_cmpuint(g_array_index(order, Ranked, 0).index, ==, 2);
    g_assert_cmpuint(g_array_index(order, Ranked, 1).index, ==, 3);
    for (guint i = 1; i < order->len; i++)
        g_assert_cmpfloat(g_array_index(order, Ranked, i - 1).chance, >=,
                          g_array_index(order, Ranked, i).chance);
    g_autoptr(GArray) none = rank_order(rank, NULL, 0);
    g_assert_cmpuint(none->len, ==, 0);
}

/* Numbers that are none never spread. */
static void test_odd_numbers(void)
{
    g_autoptr(Rank) rank = rank_new();
    const RankSuggestion odd = {RANK_CASE, NULL, NAN, INFINITY, G_MAXUINT, -5, TRUE};

    for (guint i = 0; i < 1000; i++)
        rank_learn(rank, &odd, i % 2 ? NAN : 7);
    g_assert_true(isfinite(chance(rank, &odd)));
    g_assert_true(isfinite(chance(rank, &how_to)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rank/start", test_start);
    g_test_add_func("/rank/source", test_source);
    g_test_add_func("/rank/kind", test_kind);
    g_test_add_func("/rank/learns", test_learns);
    g_test_add_func("/rank/replay", test_replay);
    g_test_add_func("/rank/parts", test_parts);
    g_test_add_func("/rank/order", test_order);
    g_test_add_func("/rank/odd-numbers", test_odd_numbers);
    return g_test_run();
}
