/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/row.h"

#include <math.h>
#include <string.h>

enum { N = 37 }; /* no multiple of what a machine adds at once */

static void test_zero(void)
{
    const float values[] = {0, 1e-6f, 1, 0, 9.3f, 1e-30f, 254, 1000};
    guint8 entries[8];
    float back[8];
    guint16 scale = row_pack(values, 8, entries);
    row_unpack(scale, entries, 8, back);
    for (gsize c = 0; c < 8; c++) {
        g_assert_cmpint(entries[c] > 0, ==, values[c] > 0);
        g_assert_cmpint(back[c] > 0, ==, values[c] > 0);
        g_assert_cmpfloat(fabsf(back[c] - values[c]), <=, row_scale(scale) * 1.0001f);
    }
    g_assert_cmpuint(entries[7], >=, 254); /* all 8 bits are used */
    const float nothing[3] = {0};
    g_assert_cmpfloat(row_scale(row_pack(nothing, 3, entries)), ==, 0);
    g_assert_cmpmem(entries, 3, "\0\0\0", 3);
}

static void test_signed(void)
{
    const float values[] = {0, -3, 2.5f, 0.001f, 3, -0.02f};
    gint8 entries[6];
    float back[6];
    guint16 scale = row_pack_signed(values, 6, entries);
    row_unpack_signed(scale, entries, 6, back);
    for (gsize c = 0; c < 6; c++)
        g_assert_cmpfloat(fabsf(back[c] - values[c]), <=, row_scale(scale) * 0.5001f);
    g_assert_cmpint(entries[0], ==, 0);
    g_assert_cmpint(entries[1], ==, -entries[4]);
    g_assert_cmpint(entries[4], >=, 126);
    const float nothing[3] = {0};
    g_assert_cmpfloat(row_scale(row_pack_signed(nothing, 3, entries)), ==, 0);
    g_assert_cmpmem(entries, 3, "\0\0\0", 3);
}

/* However small or great the values are. */
static void test_magnitudes(void)
{
    for (float most = 1e-37f; most < 1e37f; most *= 7) {
        const float values[] = {most, -most / 3, most / 1000};
        float back[3];
        gint8 entries[3];
        row_unpack_signed(row_pack_signed(values, 3, entries), entries, 3, back);
        for (gsize c = 0; c < 3; c++)
            g_assert_cmpfloat(fabsf(back[c] - values[c]), <=, most * 0.5f / 126);
    }
}

static void test_add(void)
{
    guint8 entries[N];
    gint8 sides[N];
    float sums[N], others[N], where[N];
    for (int c = 0; c < N; c++) {
        entries[c] = (guint8)(c % 3 ? 7 * c : 0);
        sides[c] = (gint8)(7 * c - 127);
        sums[c] = others[c] = where[c] = (float)c;
    }
    row_add(sums, entries, 0.5f, N);
    row_add_signed(others, sides, -0.25f, N);
    row_add_where(where, entries, 2, N);
    for (int c = 0; c < N; c++) {
        g_assert_cmpfloat(sums[c], ==, (float)c + 0.5f * (float)entries[c]);
        g_assert_cmpfloat(others[c], ==, (float)c - 0.25f * (float)(7 * c - 127));
        g_assert_cmpfloat(where[c], ==, (float)(c % 3 ? c + 2 : c));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/row/zero", test_zero);
    g_test_add_func("/row/signed", test_signed);
    g_test_add_func("/row/magnitudes", test_magnitudes);
    g_test_add_func("/row/add", test_add);
    return g_test_run();
}
