/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target without libFuzzer: its seeds, the files of some folders, some thousand changes
 * of all of them, and noise; always the same. "--write FOLDER" writes the seeds, for libFuzzer. */
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { CHANGES = 4000, NOISE = 2000, NOISE_SIZE = 500 };

/* As libFuzzer does: never NULL, and a copy, so that reading on is noticed. */
static void run_bytes(const guint8 *data, gsize size)
{
    g_autofree guint8 *copy = g_memdup2(data, size);
    LLVMFuzzerTestOneInput(copy ? copy : (const guint8 *)"", size);
}

static void run(GBytes *input)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(input, &size);
    run_bytes(data, size);
}

static GPtrArray *seeds(void)
{
    GPtrArray *own = fuzz_seeds();
    return own ? own : g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_folder(const char *folder, GPtrArray *inputs)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    g_assert_no_error(error);
    for (const char *name; (name = g_dir_read_name(dir));)
        if (!g_str_has_suffix(name, ".expect"))
            g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        char *bytes;
        gsize size;
        g_file_get_contents(names->pdata[i], &bytes, &size, &error);
        g_assert_no_error(error);
        g_ptr_array_add(inputs, g_bytes_new_take(bytes, size));
    }
}

/* The seeds, and the files of FOLDERS (ended by NULL). */
static GPtrArray *read_inputs(const char *const *folders)
{
    GPtrArray *inputs = seeds();
    for (; *folders; folders++)
        read_folder(*folders, inputs);
    return inputs;
}

static void test_as_they_are(gconstpointer folders)
{
    g_autoptr(GPtrArray) inputs = read_inputs(folders);
    for (guint i = 0; i < inputs->len; i++)
        run(inputs->pdata[i]);
}

/* One to four changes: a bit, or a number of 1, 2, 4 or 8 bytes at its place. */
static void change_numbers(GRand *random, guint8 *data, gsize size)
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

static guint below(GRand *random, gsize n)
{
    return n > 0 ? (guint)g_rand_int_range(random, 0, (gint32)n) : 0;
}

static const char *const morsels[] = {"\r",
                                      "\n\n",
                                      "\r\n.\r\n",
                                      "\0\0\0\0",
                                      "=?utf-8?q?=0a?=",
                                      "=?utf-8?b?",
                                      "<",
                                      ">",
                                      "(((((",
                                      ")",
                                      "--b\n",
                                      "\xff\xfe",
                                      "\xc3",
                                      "-- ",
                                      "%",
                                      "&#0;",
                                      "\x1b$B",
                                      "\"",
                                      "\\",
                                      "{{",
                                      "}}",
                                      "{{a|",
                                      "\n---\n",
                                      "{9}\r\n",
                                      "{4294967295}\r\n",
                                      "* 1 FETCH (",
                                      "<div>",
                                      "</blockquote>",
                                      "<!--",
                                      "<![CDATA[",
                                      "; ",
                                      "=",
                                      ",",
                                      "@",
                                      "[#",
                                      "dmarc=pass",
                                      "250-",
                                      "\n> ",
                                      "Content-Type: multipart/alternative; boundary=b\n"};

/* Some bytes cut, doubled, put in or taken from another input. */
static GBytes *change_text(GRand *random, GPtrArray *inputs, GBytes *one)
{
    gsize length, other_length;
    const guint8 *bytes = g_bytes_get_data(one, &length);
    const guint8 *other =
        g_bytes_get_data(inputs->pdata[below(random, inputs->len)], &other_length);
    GByteArray *out = g_byte_array_new();

    g_byte_array_append(out, bytes, (guint)length);
    for (guint n = below(random, 6) + 1; n > 0; n--) {
        guint at = below(random, out->len + 1), some = below(random, 80);
        const char *morsel = morsels[below(random, G_N_ELEMENTS(morsels))];
        g_autoptr(GByteArray) tail = g_byte_array_new();
        g_byte_array_append(tail, out->data + at, out->len - at);
        switch (below(random, 5)) {
        case 0:
            if (at < out->len)
                out->data[at] = (guint8)below(random, 256);
            break;
        case 1:
            if (at + some <= out->len)
                g_byte_array_remove_range(out, at, some);
            break;
        case 2:
            g_byte_array_set_size(out, at);
            g_byte_array_append(out, (const guint8 *)morsel, (guint)MAX(strlen(morsel), 1));
            g_byte_array_append(out, tail->data, tail->len);
            break;
        case 3:
            g_byte_array_set_size(out, at);
            at = below(random, other_length + 1);
            g_byte_array_append(out, other + at, (guint)(other_length - at));
            break;
        default:
            g_byte_array_append(out, tail->data, tail->len);
            break;
        }
    }
    return g_byte_array_free_to_bytes(out);
}

static void test_changed(gconstpointer folders)
{
    g_autoptr(GPtrArray) inputs = read_inputs(folders);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (guint i = 0; i < CHANGES; i++) {
        GBytes *good = inputs->pdata[i / 2 % inputs->len];
        if (i % 2) {
            g_autoptr(GBytes) changed = change_text(random, inputs, good);
            run(changed);
            continue;
        }
        gsize size;
        const guint8 *bytes = g_bytes_get_data(good, &size);
        g_autofree guint8 *data = g_memdup2(bytes, size);
        change_numbers(random, data, size);
        run_bytes(data, i % 50 == 0 ? below(random, size) : size);
    }
}

/* Bytes of nothing at all, every second time of few characters. */
static void test_noise(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(42);
    guint8 noise[NOISE_SIZE];
    for (guint i = 0; i < NOISE; i++) {
        gsize size = below(random, sizeof noise);
        for (gsize k = 0; k < size; k++)
            noise[k] = (guint8)(i % 2 ? below(random, 256)
                                      : (guint) "a:\n \r<>@=?-\0(\"\\{1}*"[below(random, 20)]);
        run_bytes(noise, size);
    }
}

static int write_seeds(const char *folder)
{
    g_autoptr(GPtrArray) own = seeds();
    for (guint i = 0; i < own->len; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *name = g_strdup_printf("seed-%u", i);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        gsize size;
        const char *data = g_bytes_get_data(own->pdata[i], &size);
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
    g_assert_cmpint(argc, >=, 2);
    g_test_add_data_func("/fuzz/as-they-are", argv + 1, test_as_they_are);
    g_test_add_data_func("/fuzz/changed", argv + 1, test_changed);
    g_test_add_func("/fuzz/noise", test_noise);
    return g_test_run();
}
