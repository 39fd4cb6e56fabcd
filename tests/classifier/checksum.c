/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/checksum.h"

#include <string.h>

enum { WORDS = 21 };

static guint64 sum_of(const guint64 *words, gsize n)
{
    return checksum((const guint8 *)(gconstpointer)words, n * sizeof *words);
}

static void test_damage(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    guint64 words[WORDS];
    for (gsize i = 0; i < WORDS; i++)
        words[i] = i / 2;
    guint64 good = sum_of(words, WORDS);
    g_hash_table_add(seen, g_memdup2(&good, sizeof good));
    for (gsize bit = 0; bit < WORDS * 64; bit++) {
        words[bit / 64] ^= (guint64)1 << bit % 64;
        guint64 sum = sum_of(words, WORDS);
        g_assert_true(g_hash_table_add(seen, g_memdup2(&sum, sizeof sum)));
        words[bit / 64] ^= (guint64)1 << bit % 64;
    }
    for (gsize n = 0; n < WORDS; n++) {
        guint64 sum = sum_of(words, n);
        g_assert_true(g_hash_table_add(seen, g_memdup2(&sum, sizeof sum)));
    }
    for (gsize i = 0; i < WORDS; i++) {
        for (gsize k = i + 1; k < WORDS; k++) { /* words in another place */
            if (words[i] == words[k])
                continue;
            guint64 word = words[i];
            words[i] = words[k];
            words[k] = word;
            g_assert_cmpuint(sum_of(words, WORDS), !=, good);
            words[k] = words[i];
            words[i] = word;
        }
    }
    g_assert_cmpuint(sum_of(words, WORDS), ==, good);
}

/* What files were written with. */
static void test_value(void)
{
    const guint64 words[6] = {1, 2, 3, 4, 5, 6};
    g_assert_cmpuint(sum_of(words, 0), ==, 0xE821A9CC1F06A6E9u);
    g_assert_cmpuint(sum_of(words, 6), ==, 0xA1AA5B3EA86F6664u);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/checksum/damage", test_damage);
    g_test_add_func("/checksum/value", test_value);
    return g_test_run();
}
