/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/fingerprint.h"

#include "classifier/mix.h"

#define BITS 64
#define KIND G_GUINT64_CONSTANT(1) /* the lowest bit: 1 for a short text */

typedef struct Reading {
    const Tokenizer *tokenizer;
    GHashTable *words; /* different ones, as hashes */
    GHashTable *pairs;
    guint read;
    guint64 last; /* the word before */
    guint64 exact;
    int votes[BITS]; /* of the pairs, for (> 0) or against each bit */
} Reading;

/* FNV-1a (Fowler, Noll, Vo), then mixed, for its high bits know little of the last letters. */
static guint64 hash_word(const char *word, gsize length)
{
    guint64 hash = G_GUINT64_CONSTANT(0xCBF29CE484222325);
    for (gsize i = 0; i < length; i++)
        hash = (hash ^ (guchar)word[i]) * G_GUINT64_CONSTANT(0x100000001B3);
    return mix64(hash);
}

/* Adds HASH to SET; FALSE: it was there. */
static gboolean add(GHashTable *set, guint64 hash)
{
    return g_hash_table_add(set, g_memdup2(&hash, sizeof hash));
}

static void vote(Reading *reading, guint64 pair)
{
    for (guint bit = 0; bit < BITS; bit++)
        reading->votes[bit] += pair >> bit & 1 ? 1 : -1;
}

static void on_word(const char *stem, gsize stem_length, G_GNUC_UNUSED const char *written,
                    G_GNUC_UNUSED gsize written_length, gpointer data)
{
    Reading *reading = data;
    gsize length;
    const char *word = tokenizer_word(reading->tokenizer, &length);
    /* Classes of tokens.h: numbers, codes, addresses. */
    if ((stem_length > 0 && *stem == '#') || reading->read >= FINGERPRINT_WORDS)
        return;
    for (gsize i = 0; i < length; i++)
        if (g_ascii_isdigit(word[i]))
            return;
    guint64 hash = hash_word(word, length);
    guint64 pair = mix64(reading->last * 3 + hash);
    if (add(reading->words, hash))
        reading->exact = mix64(reading->exact * 3 + hash);
    if (reading->read++ > 0 && add(reading->pairs, pair))
        vote(reading, pair);
    reading->last = hash;
}

static guint64 result(const Reading *reading)
{
    guint64 bits = 0;
    if (g_hash_table_size(reading->words) < FINGERPRINT_SHORT)
        return reading->exact | KIND;
    for (guint bit = 0; bit < BITS; bit++)
        bits |= (guint64)(reading->votes[bit] > 0) << bit;
    bits &= ~KIND;
    return bits ? bits : KIND << 1;
}

gint64 fingerprint_make(Tokenizer *tokenizer, const char *subject, const char *text)
{
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) pairs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Reading reading = {.tokenizer = tokenizer, .words = words, .pairs = pairs};
    tokenizer_scan(tokenizer, text, "", on_word, &reading);
    if (reading.read == 0)
        tokenizer_scan(tokenizer, subject, "", on_word, &reading);
    return (gint64)result(&reading);
}

gboolean fingerprint_near(gint64 a, gint64 b)
{
    guint64 different = (guint64)(a ^ b);
    guint bits = 0;
    if (!a || !b)
        return FALSE;
    if (((guint64)a | (guint64)b) & KIND)
        return different == 0;
    for (; different; different &= different - 1)
        bits++;
    return bits <= FINGERPRINT_NEAR;
}
