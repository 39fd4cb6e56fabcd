/* SPDX-License-Identifier: Apache-2.0 */
/* erms init DIR: a home with settings, database, key and a starter knowledge base. */
#include "cmd/cmd.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#define STARTER "/erms/starter/"

static gboolean write_private(const char *path, const char *data, gssize length, GError **error)
{
    return g_file_set_contents_full(path, data, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                    error);
}

/* Copies the resource folder FROM (ends with "/") to the folder TO. */
static gboolean copy_starter(const char *from, const char *to, GError **error)
{
    if (g_mkdir_with_parents(to, 0700) != 0) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s: %s", to, g_strerror(errno));
        return FALSE;
    }
    g_auto(GStrv) names = g_resources_enumerate_children(from, 0, error);
    if (!names)
        return FALSE;
    for (guint i = 0; names[i]; i++) {
        g_autofree char *source = g_strconcat(from, names[i], NULL);
        g_autofree char *target = g_build_filename(to, names[i], NULL);
        if (g_str_has_suffix(source, "/")) {
            if (!copy_starter(source, target, error))
                return FALSE;
            continue;
        }
        g_autoptr(GBytes) bytes = g_resources_lookup_data(source, 0, error);
        if (!bytes || !write_private(target, g_bytes_get_data(bytes, NULL),
                                     (gssize)g_bytes_get_size(bytes), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean write_key(const char *path, GError **error)
{
    guint8 random[32];
    if (getrandom(random, sizeof random, 0) != sizeof random) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "no randomness: %s", g_strerror(errno));
        return FALSE;
    }
    g_autoptr(GString) hex = g_string_new(NULL);
    for (guint i = 0; i < sizeof random; i++)
        g_string_append_printf(hex, "%02x", random[i]);
    g_string_append_c(hex, '\n');
    return write_private(path, hex->str, (gssize)hex->len, error);
}

static gboolean is_free(const char *dir, GError **error)
{
    g_autoptr(GDir) handle = g_dir_open(dir, 0, NULL);
    if (!handle || !g_dir_read_name(handle))
        return TRUE;
    g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s is not empty; nothing was changed", dir);
    return FALSE;
}

static gboolean make_home(Context *context, GError **error)
{
    g_autofree char *key = home_path(context, HOME_KEY);
    g_autofree char *db = home_path(context, HOME_DB);
    g_autofree char *models = home_path(context, "model");
    if (!copy_starter(STARTER, context->home, error) || !write_key(key, error))
        return FALSE;
    /* An empty folder that was there may be open to others. */
    if (g_mkdir_with_parents(models, 0700) != 0 || chmod(context->home, 0700) != 0) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s: %s", context->home, g_strerror(errno));
        return FALSE;
    }
    context->store = store_open(db, STORE_CREATE, error);
    return context->store != NULL;
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    if (!parse_options(command_init.name, command_init.args, command_init.summary, NULL, 1, 1,
                       &argc, &argv, error))
        return EXIT_ERROR;
    g_free(context->home);
    context->home = g_canonicalize_filename(argv[1], NULL);
    if (!is_free(context->home, error) || !make_home(context, error))
        return EXIT_ERROR;
    printf("%s is ready. What comes next:\n"
           "  1. edit %s/erms.conf: your mailbox, your SMTP server, your company\n"
           "  2. read the answers in %s/kb; in each that is right: state: approved, approver: YOU\n"
           "  3. erms -C %s check          says what is right and what is not\n"
           "  4. erms -C %s import FOLDER  learns from mail that agents have handled\n"
           "  5. erms -C %s train\n"
           "  6. erms -C %s run --dry-run  shows what would be done\n"
           "Nothing is sent until you set [general] sending = on and a category to mode = auto.\n",
           context->home, context->home, context->home, context->home, context->home, context->home,
           context->home);
    return EXIT_DONE;
}

const Command command_init = {"init", "DIR", "make a home folder", NEED_NOTHING, run};
