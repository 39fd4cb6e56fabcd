/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/model_home.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define HOME_MODEL_FOLDER "model"
#define SPARE "model/spare.model" /* a name on its way to a place that may be taken */
#define ASIDE "model/aside.model"

struct ModelLock {
    int fd;
};

ModelLock *model_lock(const Context *context, guint wait_seconds, GError **error)
{
    g_autofree char *path = home_path(context, HOME_MODEL_LOCK);
    int fd = lock_file(path, "somebody else is changing the model", wait_seconds, error);
    if (fd < 0)
        return NULL;
    ModelLock *lock = g_new(ModelLock, 1);
    lock->fd = fd;
    return lock;
}

void model_unlock(ModelLock *lock)
{
    close(lock->fd);
    g_free(lock);
}

Model *model_home_load(const Context *context, const char *name, char **problem, GError **error)
{
    g_autofree char *path = home_path(context, name);
    g_autoptr(GError) local = NULL;
    if (problem)
        *problem = NULL;
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    Model *model = model_load(path, &local);
    if (!model && problem && g_error_matches(local, MODEL_ERROR, MODEL_ERROR_BAD))
        *problem = g_strdup(local->message);
    else if (!model)
        g_propagate_error(error, g_steal_pointer(&local));
    return model;
}

static gboolean fail(const char *path, GError **error)
{
    g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

static gboolean move(const char *from, const char *to, GError **error)
{
    return rename(from, to) == 0 || fail(from, error);
}

/* TO becomes a second name of FROM, whatever it was before. */
static gboolean copy_name(const Context *context, const char *from, const char *to, GError **error)
{
    g_autofree char *spare = home_path(context, SPARE);
    if (unlink(spare) != 0 && errno != ENOENT)
        return fail(spare, error);
    return (link(from, spare) == 0 || fail(from, error)) && move(spare, to, error);
}

gboolean model_home_promote(const Context *context, gboolean keep, GError **error)
{
    g_autofree char *current = home_path(context, HOME_MODEL);
    g_autofree char *previous = home_path(context, HOME_MODEL_PREVIOUS);
    g_autofree char *candidate = home_path(context, HOME_MODEL_CANDIDATE);
    return (!keep || copy_name(context, current, previous, error)) &&
           move(candidate, current, error);
}

gboolean model_home_exchange(const Context *context, gboolean keep, GError **error)
{
    g_autofree char *current = home_path(context, HOME_MODEL);
    g_autofree char *previous = home_path(context, HOME_MODEL_PREVIOUS);
    if (!keep || !g_file_test(current, G_FILE_TEST_EXISTS))
        return move(previous, current, error);
    if (renameat2(AT_FDCWD, previous, AT_FDCWD, current, RENAME_EXCHANGE) == 0)
        return TRUE;
    if (errno != EINVAL && errno != ENOSYS)
        return fail(previous, error);
    /* A file system that cannot: in two steps, with the live model there all the time. */
    g_autofree char *aside = home_path(context, ASIDE);
    return copy_name(context, current, aside, error) && move(previous, current, error) &&
           move(aside, previous, error);
}

gboolean model_home_forget(const Context *context, gboolean keep_live, gboolean keep_candidate,
                           GError **error)
{
    g_autofree char *folder = home_path(context, HOME_MODEL_FOLDER);
    const char *const kept[] = {HOME_MODEL_LOCK, keep_live ? HOME_MODEL : "",
                                keep_candidate ? HOME_MODEL_CANDIDATE : "", NULL};
    g_autoptr(GError) local = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &local);
    if (!dir) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s", local->message);
        return FALSE;
    }
    for (const char *entry; (entry = g_dir_read_name(dir));) {
        g_autofree char *name = g_strconcat(HOME_MODEL_FOLDER "/", entry, NULL);
        g_autofree char *path = home_path(context, name);
        if (!g_strv_contains(kept, name) && unlink(path) != 0 && errno != ENOENT)
            return fail(path, error);
    }
    return TRUE;
}
