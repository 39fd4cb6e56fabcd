/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a model takes to load, from a warm page cache: bench-load MODEL [TIMES]. Beside it, as
 * the limit, the time to read the same bytes into memory.
 */
#include "classifier/model.h"

#include <stdio.h>
#include <stdlib.h>

static int compare(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

static double median_ms(gint64 *times, guint n)
{
    qsort(times, n, sizeof *times, compare);
    return (double)times[n / 2] / 1000;
}

int main(int argc, char **argv)
{
    guint n = argc > 2 ? (guint)CLAMP(atoi(argv[2]), 1, 100000) : 100;
    g_autofree gint64 *load = g_new(gint64, n), *read = g_new(gint64, n);
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    for (guint i = 0; i < n && argc > 1; i++) {
        g_autofree char *bytes = NULL;
        gint64 start = g_get_monotonic_time();
        g_autoptr(Model) model = model_load(argv[1], &error);
        load[i] = g_get_monotonic_time() - start;
        start = g_get_monotonic_time();
        if (!model || !g_file_get_contents(argv[1], &bytes, &size, &error)) {
            fprintf(stderr, "%s\n", error->message);
            return EXIT_FAILURE;
        }
        read[i] = g_get_monotonic_time() - start;
    }
    if (argc < 2) {
        fprintf(stderr, "usage: bench-load MODEL [TIMES]\n");
        return 64;
    }
    double ours = median_ms(load, n), limit = median_ms(read, n);
    printf("%.1f MB: loaded in %.2f ms, read in %.2f ms (median of %u), ratio %.2f\n",
           (double)size / 1e6, ours, limit, n, ours / limit);
    return EXIT_SUCCESS;
}
