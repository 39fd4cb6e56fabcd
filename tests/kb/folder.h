/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary folder of answers, removed at the end of the scope. */
#pragma once

#include <glib.h>

typedef struct Folder {
    char *path;
} Folder;
Folder *folder_new(void);
void folder_free(Folder *folder); /* with all that is in it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Folder, folder_free)

char *folder_path(const Folder *folder, const char *name);
/* Writes NAME ("returns/how-to.de.md"), with the folders it needs. */
void folder_write(const Folder *folder, const char *name, const char *text);
void folder_write_bytes(const Folder *folder, const char *name, const char *bytes, gsize length);
/* An approved answer with the further KEYS ("mode: off\n" or "") and this TEXT. */
void folder_answer(const Folder *folder, const char *name, const char *keys, const char *text);
