/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/checksum.h"

static inline guint64 mix(guint64 x)
{
    x *= 0x9E3779B97F4A7C15u;
    return x ^ x >> 32;
}

guint64 checksum(const guint8 *bytes, gsize size)
{
    const guint64 *words = (const guint64 *)(gconstpointer)bytes;
    guint64 a = 1, b = 2, c = 3, d = 4; /* the lanes: no array, so that they stay in registers */
    gsize n = size / sizeof *words, i = 0;
    for (; i + 4 <= n; i += 4) {
        a = mix(a ^ words[i]);
        b = mix(b ^ words[i + 1]);
        c = mix(c ^ words[i + 2]);
        d = mix(d ^ words[i + 3]);
    }
    if (i < n)
        a = mix(a ^ words[i]);
    if (i + 1 < n)
        b = mix(b ^ words[i + 1]);
    if (i + 2 < n)
        c = mix(c ^ words[i + 2]);
    return mix(mix(mix(mix(size ^ a) ^ b) ^ c) ^ d);
}
