/* SPDX-License-Identifier: Apache-2.0 */
/* While learning an open-addressing table of numbers; the keys are fingerprints already, so their
 * bits do. */
#include "classifier/vocabulary.h"

#include <string.h>

struct Vocabulary {
    const guint64 *keys;
    guint32 n;
    guint bits; /* of the table, or of the directory */
    /* learning */
    guint64 *own_keys;
    guint32 room;
    guint32 *slots; /* number + 1; 0: free */
    /* fixed */
    const guint32 *directory;
};

static guint32 *slot_of(const Vocabulary *vocabulary, guint64 key)
{
    gsize mask = ((gsize)1 << vocabulary->bits) - 1;
    for (gsize i = (gsize)(key >> (64 - vocabulary->bits));; i = (i + 1) & mask) {
        guint32 *slot = &vocabulary->slots[i];
        if (*slot == 0 || vocabulary->keys[*slot - 1] == key)
            return slot;
    }
}

/* Never more than half full. */
static void make_slots(Vocabulary *vocabulary, guint32 n)
{
    vocabulary->bits = 4;
    while (((guint64)1 << vocabulary->bits) < 2 * (guint64)n)
        vocabulary->bits++;
    g_free(vocabulary->slots);
    vocabulary->slots = g_new0(guint32, (gsize)1 << vocabulary->bits);
}

Vocabulary *vocabulary_new(void)
{
    Vocabulary *vocabulary = g_new0(Vocabulary, 1);
    vocabulary->room = 1024;
    vocabulary->own_keys = g_new(guint64, vocabulary->room);
    vocabulary->keys = vocabulary->own_keys;
    make_slots(vocabulary, vocabulary->room);
    return vocabulary;
}

/* About as many top bits as keys; two at least, which are the kind. */
static guint directory_bits(guint32 n)
{
    return MAX(g_bit_storage(n), 3) - 1;
}

gsize vocabulary_directory_size(guint32 n)
{
    return ((gsize)1 << directory_bits(n)) + 1;
}

void vocabulary_directory(const guint64 *keys, guint32 n, guint32 *directory)
{
    guint bits = directory_bits(n);
    guint32 i = 0;
    for (guint64 top = 0; top >> bits == 0; top++) {
        while (i < n && vocabulary_rank(keys[i]) >> (64 - bits) < top)
            i++;
        directory[top] = i;
    }
    directory[(gsize)1 << bits] = n;
}

guint32 vocabulary_first(const guint32 *directory, guint32 n, guint kind)
{
    return directory[(gsize)kind << (directory_bits(n) - 2)];
}

Vocabulary *vocabulary_new_fixed(const guint64 *keys, guint32 n, const guint32 *directory)
{
    guint bits = directory_bits(n);
    gsize size = (gsize)1 << bits;
    if (directory[size] != n)
        return NULL;
    for (gsize top = 0; top < size; top++) {
        if (directory[top] > directory[top + 1])
            return NULL;
    }
    for (guint32 i = 1; i < n; i++) {
        if (vocabulary_rank(keys[i - 1]) >= vocabulary_rank(keys[i]))
            return NULL;
    }
    for (guint32 i = 0; i < n; i++) {
        gsize top = (gsize)(vocabulary_rank(keys[i]) >> (64 - bits));
        if (i < directory[top] || i >= directory[top + 1])
            return NULL;
    }
    Vocabulary *vocabulary = g_new0(Vocabulary, 1);
    vocabulary->keys = keys;
    vocabulary->n = n;
    vocabulary->bits = bits;
    vocabulary->directory = directory;
    return vocabulary;
}

void vocabulary_free(Vocabulary *vocabulary)
{
    if (!vocabulary)
        return;
    g_free(vocabulary->own_keys);
    g_free(vocabulary->slots);
    g_free(vocabulary);
}

guint32 vocabulary_size(const Vocabulary *vocabulary)
{
    return vocabulary->n;
}

const guint64 *vocabulary_keys(const Vocabulary *vocabulary)
{
    return vocabulary->keys;
}

guint32 vocabulary_find(const Vocabulary *vocabulary, guint64 key)
{
    if (!vocabulary->directory)
        return *slot_of(vocabulary, key) - 1; /* 0 - 1 is VOCABULARY_NONE */
    const guint32 *range =
        vocabulary->directory + (vocabulary_rank(key) >> (64 - vocabulary->bits));
    for (guint32 i = range[0]; i < range[1]; i++)
        if (vocabulary->keys[i] == key)
            return i;
    return VOCABULARY_NONE;
}

static void grow(Vocabulary *vocabulary)
{
    vocabulary->room *= 2;
    vocabulary->own_keys = g_renew(guint64, vocabulary->own_keys, vocabulary->room);
    vocabulary->keys = vocabulary->own_keys;
    make_slots(vocabulary, vocabulary->room);
    for (guint32 i = 0; i < vocabulary->n; i++)
        *slot_of(vocabulary, vocabulary->keys[i]) = i + 1;
}

guint32 vocabulary_add(Vocabulary *vocabulary, guint64 key)
{
    g_assert(vocabulary->own_keys);
    guint32 *slot = slot_of(vocabulary, key);
    if (*slot)
        return *slot - 1;
    if (vocabulary->n == vocabulary->room) {
        grow(vocabulary);
        slot = slot_of(vocabulary, key);
    }
    vocabulary->own_keys[vocabulary->n++] = key;
    *slot = vocabulary->n;
    return vocabulary->n - 1;
}
