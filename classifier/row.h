/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of numbers, one for each category, in 8 bits each: value = scale · entry. Those of the
 * members that count are 0..255 and never negative: 0 stays exactly 0 and nothing else becomes it,
 * because it means that the category has not seen the feature. Those of the member that separates
 * are -127..127. The scale is a float without its lower 16 bits, the least with which all values
 * fit.
 */
#pragma once

#include <glib.h>

/* Return the scale. */
guint16 row_pack(const float *values, guint n, guint8 *entries);
guint16 row_pack_signed(const float *values, guint n, gint8 *entries);
float row_scale(guint16 scale);

void row_unpack(guint16 scale, const guint8 *entries, guint n, float *values);
void row_unpack_signed(guint16 scale, const gint8 *entries, guint n, float *values);

/* s[c] += factor · entries[c]; of numbers in full as well. */
static inline void row_add_floats(float *restrict s, const float *restrict entries, float factor,
                                  guint n)
{
    for (guint c = 0; c < n; c++)
        s[c] += factor * entries[c];
}
void row_add(float *s, const guint8 *entries, float factor, guint n);
void row_add_signed(float *s, const gint8 *entries, float factor, guint n);
/* s[c] += x where entries[c] is not 0. */
void row_add_where(float *s, const guint8 *entries, float x, guint n);
