/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/features.h"

#include <string.h>

#include "classifier/mix.h"

enum { GRAM = 4 };

typedef struct Scan {
    Tokenizer *tokenizer;
    FeatureFunc func;
    gpointer data;
    guint64 previous_hash; /* 0: no word before this one */
    const char *previous;
    gsize previous_length;
} Scan;

static guint64 hash_bytes(const char *bytes, gsize length)
{
    guint64 hash = 14695981039346656037u; /* FNV-1a */
    for (gsize i = 0; i < length; i++)
        hash = (hash ^ (guchar)bytes[i]) * 1099511628211u;
    return mix64(hash) | 1;
}

static guint64 key_of(guint64 hash, FeatureKind kind)
{
    return (mix64(hash + (guint64)kind) & ~(guint64)3) | (guint64)kind;
}

static void emit_grams(const Scan *scan, Feature *feature)
{
    gsize length;
    const char *word = tokenizer_word(scan->tokenizer, &length);
    char padded[512];
    if (length == 0 || word[0] == '#' || length + 2 > sizeof padded)
        return;
    padded[0] = '^';
    memcpy(padded + 1, word, length);
    padded[length + 1] = '$';
    const char *end = padded + length + 2, *from = padded, *to = padded;
    for (guint i = 0; i < GRAM && to < end; i++)
        to = g_utf8_next_char(to);
    for (;;) {
        guint64 hash;
        if (to - from == GRAM) {
            guint32 packed;
            memcpy(&packed, from, sizeof packed);
            hash = mix64(GUINT32_FROM_LE(packed));
        } else {
            hash = hash_bytes(from, (gsize)(to - from));
        }
        feature->key = key_of(hash, FEATURE_GRAM);
        scan->func(feature, scan->data);
        if (to >= end)
            return;
        from = g_utf8_next_char(from);
        to = g_utf8_next_char(to);
    }
}

static void on_token(const char *stem, gsize stem_length, const char *word, gsize word_length,
                     gpointer data)
{
    Scan *scan = data;
    guint64 hash = hash_bytes(stem, stem_length);
    Feature feature = {key_of(hash, FEATURE_STEM), word, word_length, NULL, 0};
    scan->func(&feature, scan->data);
    emit_grams(scan, &feature);
    if (scan->previous_hash) {
        feature.key = key_of(mix64(scan->previous_hash) + hash, FEATURE_PAIR);
        feature.previous = scan->previous;
        feature.previous_length = scan->previous_length;
        scan->func(&feature, scan->data);
    }
    scan->previous_hash = hash;
    scan->previous = word;
    scan->previous_length = word_length;
}

void features_scan(Tokenizer *tokenizer, const char *subject, const char *text,
                   const char *language, FeatureFunc func, gpointer data)
{
    const char *const parts[] = {subject, text};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        Scan scan = {tokenizer, func, data, 0, NULL, 0};
        tokenizer_scan(tokenizer, parts[i], language, on_token, &scan);
    }
}
