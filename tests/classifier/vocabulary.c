/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/vocabulary.h"

#include <string.h>

typedef struct Fixed {
    guint32 n;
    guint64 *keys;
    gsize size; /* of the directory, in entries */
    guint32 *directory;
} Fixed;

static int compare_ranks(gconstpointer a, gconstpointer b)
{
    guint64 x = vocabulary_rank(*(const guint64 *)a), y = vocabulary_rank(*(const guint64 *)b);
    return x < y ? -1 : x > y;
}

/* N keys of three kinds; the range of each grows with SPREAD bits. */
static Fixed fixed_new(guint32 n, guint spread)
{
    Fixed fixed = {n, g_new(guint64, n + 1), vocabulary_directory_size(n), NULL};
    g_autoptr(GRand) random = g_rand_new_with_seed(n);
    for (guint32 i = 0; i < n; i++) {
        guint64 high = (guint64)g_rand_int(random) << 32 | g_rand_int(random);
        fixed.keys[i] = (high >> (62 - spread) << 20 | (guint64)i << 2) | i % 3;
    }
    qsort(fixed.keys, n, sizeof *fixed.keys, compare_ranks);
    fixed.directory = g_new(guint32, fixed.size);
    vocabulary_directory(fixed.keys, n, fixed.directory);
    return fixed;
}

static void fixed_clear(Fixed *fixed)
{
    g_free(fixed->keys);
    g_free(fixed->directory);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixed, fixed_clear)

static Vocabulary *fixed_open(const Fixed *fixed)
{
    return vocabulary_new_fixed(fixed->keys, fixed->n, fixed->directory);
}

static void test_learn(void)
{
    g_autoptr(Vocabulary) vocabulary = vocabulary_new();
    for (guint64 i = 0; i < 5000; i++) {
        guint64 key = i * 0x9E3779B97F4A7C15u;
        g_assert_cmpuint(vocabulary_find(vocabulary, key), ==, VOCABULARY_NONE);
        g_assert_cmpuint(vocabulary_add(vocabulary, key), ==, i);
        g_assert_cmpuint(vocabulary_add(vocabulary, key), ==, i);
    }
    for (guint64 i = 0; i < 5000; i++) {
        g_assert_cmpuint(vocabulary_find(vocabulary, i * 0x9E3779B97F4A7C15u), ==, i);
        g_assert_cmpuint(vocabulary_keys(vocabulary)[i], ==, i * 0x9E3779B97F4A7C15u);
    }
    g_assert_cmpuint(vocabulary_size(vocabulary), ==, 5000);
}

static void test_fixed(void)
{
    const struct {
        guint32 n;
        guint spread; /* 0: all keys of a kind have the same top bits */
    } cases[] = {{0, 40}, {1, 40}, {2, 40}, {3, 0}, {7, 40}, {300, 0}, {1000, 40}, {5000, 10}};
    for (gsize k = 0; k < G_N_ELEMENTS(cases); k++) {
        g_auto(Fixed) fixed = fixed_new(cases[k].n, cases[k].spread);
        g_autoptr(Vocabulary) vocabulary = fixed_open(&fixed);
        g_assert_nonnull(vocabulary);
        g_assert_cmpuint(vocabulary_size(vocabulary), ==, fixed.n);
        for (guint32 i = 0; i < fixed.n; i++) {
            g_assert_cmpuint(vocabulary_find(vocabulary, fixed.keys[i]), ==, i);
            g_assert_cmpuint(vocabulary_find(vocabulary, fixed.keys[i] ^ (guint64)1 << 63), ==,
                             VOCABULARY_NONE);
        }
        for (guint kind = 0; kind <= 4; kind++) {
            guint32 first = vocabulary_first(fixed.directory, fixed.n, kind);
            for (guint32 i = 0; i < fixed.n; i++)
                g_assert_cmpint(i >= first, ==, (fixed.keys[i] & 3) >= kind);
        }
        g_assert_cmpuint(vocabulary_find(vocabulary, 3), ==, VOCABULARY_NONE);
    }
}

/* Each of these would give wrong numbers, or read where nothing is. */
static void test_refused(void)
{
    g_auto(Fixed) fixed = fixed_new(1000, 40);
    for (gsize at = 0; at < fixed.size; at++) {
        const guint32 good = fixed.directory[at];
        const guint32 wrong[] = {0, good + 1, good - 1, 1001, G_MAXUINT32, G_MAXUINT32 / 2};
        for (gsize k = 0; k < G_N_ELEMENTS(wrong); k++) {
            fixed.directory[at] = wrong[k];
            if (wrong[k] != good)
                g_assert_null(fixed_open(&fixed));
        }
        fixed.directory[at] = good;
    }
    for (guint32 i = 1; i < fixed.n; i++) {
        guint64 good = fixed.keys[i];
        fixed.keys[i] = fixed.keys[i - 1]; /* twice */
        g_assert_null(fixed_open(&fixed));
        fixed.keys[i] = fixed.keys[i - 1] - 4; /* out of order */
        g_assert_null(fixed_open(&fixed));
        fixed.keys[i] = good;
    }
    g_autoptr(Vocabulary) vocabulary = fixed_open(&fixed);
    g_assert_nonnull(vocabulary);
    g_auto(Fixed) none = fixed_new(0, 40);
    none.directory[0] = 1;
    g_assert_null(fixed_open(&none));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vocabulary/learn", test_learn);
    g_test_add_func("/vocabulary/fixed", test_fixed);
    g_test_add_func("/vocabulary/refused", test_refused);
    return g_test_run();
}
