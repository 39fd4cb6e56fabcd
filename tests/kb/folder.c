/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kb/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Folder *folder_new(void)
{
    Folder *folder = g_new0(Folder, 1);
    g_autoptr(GError) error = NULL;
    folder->path = g_dir_make_tmp("erms-kb-XXXXXX", &error);
    g_assert_no_error(error);
    return folder;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

void folder_free(Folder *folder)
{
    if (!folder)
        return;
    g_assert_cmpint(nftw(folder->path, remove_one, 16, FTW_DEPTH | FTW_PHYS), ==, 0);
    g_free(folder->path);
    g_free(folder);
}

char *folder_path(const Folder *folder, const char *name)
{
    return g_build_filename(folder->path, name, NULL);
}

void folder_write_bytes(const Folder *folder, const char *name, const char *bytes, gsize length)
{
    g_autofree char *path = folder_path(folder, name);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
    g_file_set_contents(path, bytes, (gssize)length, &error);
    g_assert_no_error(error);
}

void folder_write(const Folder *folder, const char *name, const char *text)
{
    folder_write_bytes(folder, name, text, strlen(text));
}

void folder_answer(const Folder *folder, const char *name, const char *keys, const char *text)
{
    g_autofree char *file = g_strdup_printf(
        "---\ntitle: An answer\nstate: approved\napprover: Erika Beispiel\n%s---\n%s\n", keys,
        text);
    folder_write(folder, name, file);
}
