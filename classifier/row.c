/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/row.h"

#include <math.h>
#include <string.h>

enum { UNSIGNED_MAX = 255, SIGNED_MAX = 127 };

static guint16 scale_of(const float *values, guint n, float max)
{
    float most = 0;
    guint32 bits;
    for (guint c = 0; c < n; c++)
        most = MAX(most, fabsf(values[c]));
    most /= max;
    memcpy(&bits, &most, sizeof bits);
    return (guint16)((bits + 0xFFFF) >> 16);
}

float row_scale(guint16 scale)
{
    guint32 bits = (guint32)scale << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

guint16 row_pack(const float *values, guint n, guint8 *entries)
{
    guint16 scale = scale_of(values, n, UNSIGNED_MAX);
    float step = row_scale(scale);
    for (guint c = 0; c < n; c++)
        entries[c] = values[c] > 0 ? (guint8)CLAMP(lrintf(values[c] / step), 1, UNSIGNED_MAX) : 0;
    return scale;
}

guint16 row_pack_signed(const float *values, guint n, gint8 *entries)
{
    guint16 scale = scale_of(values, n, SIGNED_MAX);
    float step = row_scale(scale);
    for (guint c = 0; c < n; c++)
        entries[c] = step > 0 ? (gint8)CLAMP(lrintf(values[c] / step), -SIGNED_MAX, SIGNED_MAX) : 0;
    return scale;
}

void row_unpack(guint16 scale, const guint8 *entries, guint n, float *values)
{
    for (guint c = 0; c < n; c++)
        values[c] = row_scale(scale) * entries[c];
}

void row_unpack_signed(guint16 scale, const gint8 *entries, guint n, float *values)
{
    for (guint c = 0; c < n; c++)
        values[c] = row_scale(scale) * entries[c];
}

void row_add(float *restrict s, const guint8 *restrict entries, float factor, guint n)
{
    for (guint c = 0; c < n; c++)
        s[c] += factor * entries[c];
}

void row_add_signed(float *restrict s, const gint8 *restrict entries, float factor, guint n)
{
    for (guint c = 0; c < n; c++)
        s[c] += factor * entries[c];
}

void row_add_where(float *restrict s, const guint8 *restrict entries, float x, guint n)
{
    for (guint c = 0; c < n; c++)
        s[c] += entries[c] ? x : 0;
}
