/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target without libFuzzer: its seeds, the files of a folder, and some thousand changes
 * of both, always the same. "--write FOLDER" writes the seeds, for libFuzzer. */
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { CHANGES = 4000 };

static void run(GBytes *input)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(input, &size);
    LLVMFuzzerTestOneInput(data, size);
}

/* The files of the folder, and the seeds. */
static GPtrArray *read_inputs(const char *folder)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *inputs = fuzz_seeds();
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    g_assert_no_error(error);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        char *bytes;
        gsize size;
        g_file_get_contents(path, &bytes, &size, &error);
        g_assert_no_error(error);
        g_ptr_array_add(inputs, g_bytes_new_take(bytes, size));
    }
    return inputs;
}

static void test_as_they_are(gconstpointer folder)
{
    g_autoptr(GPtrArray) inputs = read_inputs(folder);
    for (guint i = 0; i < inputs->len; i++)
        run(inputs->pdata[i]);
}

/* One to four changes: a bit, or a number of 1, 2, 4 or 8 bytes at its place. */
static void change(GRand *random, guint8 *data, gsize size)
{
    static const guint64 numbers[] = {
        0,
        1,
        2,
        3,
        4,
        8,
        0x7F,
        0xFF,
        0x7FFF,
        0xFFFF,
        0x10000,
        0x7FFFFFFF,
        0x80000000,
        0xFFFFFFFF,
        G_MAXINT64,
        G_MAXUINT64,
        0x7FF8000000000000u,
        0x7F8000007FC00000u,
    };
    for (int n = g_rand_int_range(random, 1, 5); n > 0 && size >= 8; n--) {
        /* the front holds what the rest depends on */
        gsize end = g_rand_boolean(random) ? size : MIN(size, 800);
        gsize at = (gsize)g_rand_int_range(random, 0, (gint32)end), width = 1u << (at % 4);
        guint64 number = numbers[g_rand_int_range(random, 0, G_N_ELEMENTS(numbers))];
        if (g_rand_boolean(random))
            data[at] ^= (guint8)(1 << g_rand_int_range(random, 0, 8));
        else
            memcpy(data + MIN(at - at % width, size - width), &number, width);
    }
}

static void test_changed(gconstpointer folder)
{
    g_autoptr(GPtrArray) inputs = fuzz_seeds();
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    (void)folder;
    for (guint i = 0; i < CHANGES; i++) {
        gsize size;
        const guint8 *good = g_bytes_get_data(inputs->pdata[i % inputs->len], &size);
        g_autofree guint8 *data = g_memdup2(good, size);
        change(random, data, size);
        if (i % 50 == 0)
            size = (gsize)g_rand_int_range(random, 0, (gint32)size);
        LLVMFuzzerTestOneInput(data, size);
    }
}

static int write_seeds(const char *folder)
{
    g_autoptr(GPtrArray) seeds = fuzz_seeds();
    for (guint i = 0; i < seeds->len; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *name = g_strdup_printf("seed-%u", i);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        gsize size;
        const char *data = g_bytes_get_data(seeds->pdata[i], &size);
        if (!g_file_set_contents(path, data, (gssize)size, &error)) {
            g_printerr("%s\n", error->message);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0)
        return write_seeds(argv[2]);
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
    g_test_add_data_func("/fuzz/as-they-are", argv[1], test_as_they_are);
    g_test_add_data_func("/fuzz/changed", argv[1], test_changed);
    return g_test_run();
}
