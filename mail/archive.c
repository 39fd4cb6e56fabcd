/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/archive.h"

#include <string.h>

G_DEFINE_QUARK(erms_archive_error, archive_error)

typedef struct Reading {
    const char *category;
    gsize max_bytes;
    ArchiveFunc func;
    gpointer data;
} Reading;

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in DIR, sorted, without hidden ones. */
static GPtrArray *names_in(const char *dir, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GDir) handle = g_dir_open(dir, 0, &local);
    if (!handle) {
        g_set_error(error, ARCHIVE_ERROR, 0, "%s", local->message);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(handle));)
        if (*name != '.')
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    return names;
}

/* mboxrd: a body line ">From ", ">>From " … lost one ">" when it was packed. */
static gboolean is_escaped_from(const char *line, const char *end)
{
    const char *p = line;
    while (p < end && *p == '>')
        p++;
    return p > line && (gsize)(end - p) >= 5 && memcmp(p, "From ", 5) == 0;
}

static GBytes *unescape(const char *from, const char *to)
{
    g_autoptr(GByteArray) mail = g_byte_array_sized_new((guint)(to - from));
    while (from < to) {
        const char *end = memchr(from, '\n', (gsize)(to - from));
        end = end ? end + 1 : to;
        const char *start = is_escaped_from(from, end) ? from + 1 : from;
        g_byte_array_append(mail, (const guint8 *)start, (guint)(end - start));
        from = end;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&mail));
}

/* The beginning of the next "From " line after an empty line, or END. */
static const char *next_from(const char *p, const char *end)
{
    while ((p = memmem(p, (gsize)(end - p), "\nFrom ", 6)))
        if (p[-1] == '\n' || (p[-1] == '\r' && p[-2] == '\n'))
            return p + 1;
        else
            p++;
    return end;
}

static gboolean read_mbox(const Reading *reading, const char *path, const char *data, gsize length,
                          GError **error)
{
    const char *end = data + length;
    guint n = 0;
    for (const char *p = data; p < end;) {
        const char *next = next_from(p + 4, end);
        const char *body = memchr(p, '\n', (gsize)(next - p));
        if (body) {
            g_autoptr(GBytes) mail = unescape(body + 1, next);
            g_autofree char *name = g_strdup_printf("%s:%u", path, ++n);
            if (!reading->func(reading->category, name, mail, reading->data, error))
                return FALSE;
        }
        p = next;
    }
    return TRUE;
}

static gboolean read_file(const Reading *reading, const char *path, const char *name,
                          GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &local);
    if (!file) {
        g_set_error(error, ARCHIVE_ERROR, 0, "%s", local->message);
        return FALSE;
    }
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(file);
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    if (length >= 5 && memcmp(data, "From ", 5) == 0)
        return read_mbox(reading, name, data, length, error);
    if (length > reading->max_bytes) {
        g_set_error(error, ARCHIVE_ERROR, 0,
                    "%s: %" G_GSIZE_FORMAT " bytes are over the limit for one message", path,
                    length);
        return FALSE;
    }
    return reading->func(reading->category, name, bytes, reading->data, error);
}

static gboolean read_folder(const Reading *reading, const char *dir, const char *prefix,
                            GError **error)
{
    g_autoptr(GPtrArray) names = names_in(dir, error);
    if (!names)
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_autofree char *shown = g_build_filename(prefix, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
            if (!read_file(reading, path, shown, error))
                return FALSE;
        } else if (g_str_equal(name, "cur") || g_str_equal(name, "new")) {
            if (!read_folder(reading, path, shown, error))
                return FALSE;
        }
    }
    return TRUE;
}

gboolean archive_read(const char *dir, gsize max_bytes, ArchiveFunc func, gpointer data,
                      GError **error)
{
    g_autoptr(GPtrArray) categories = names_in(dir, error);
    if (!categories)
        return FALSE;
    guint folders = 0;
    for (guint i = 0; i < categories->len; i++) {
        const char *category = g_ptr_array_index(categories, i);
        g_autofree char *path = g_build_filename(dir, category, NULL);
        if (!g_file_test(path, G_FILE_TEST_IS_DIR))
            continue;
        folders++;
        Reading reading = {category, max_bytes, func, data};
        if (!read_folder(&reading, path, category, error))
            return FALSE;
    }
    if (folders == 0)
        g_set_error(error, ARCHIVE_ERROR, 0, "%s: holds no folders; one per category is expected",
                    dir);
    return folders > 0;
}
