/* SPDX-License-Identifier: Apache-2.0 */
/* An open-addressing table of numbers; the keys are fingerprints already, so their bits do. */
#include "classifier/vocabulary.h"

#include <string.h>

struct Vocabulary {
    const guint64 *keys;
    guint64 *own_keys; /* NULL: borrowed */
    guint32 n, room;
    guint32 *slots; /* number + 1; 0: free */
    guint bits;
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

Vocabulary *vocabulary_new_fixed(const guint64 *keys, guint32 n)
{
    g_autoptr(Vocabulary) vocabulary = g_new0(Vocabulary, 1);
    vocabulary->keys = keys;
    make_slots(vocabulary, n);
    for (; vocabulary->n < n; vocabulary->n++) {
        guint32 *slot = slot_of(vocabulary, keys[vocabulary->n]);
        if (*slot)
            return NULL;
        *slot = vocabulary->n + 1;
    }
    return g_steal_pointer(&vocabulary);
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
    return *slot_of(vocabulary, key) - 1; /* 0 - 1 is VOCABULARY_NONE */
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
