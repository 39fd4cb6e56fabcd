/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what a command needs, in the order in which things are made from each other. */
#include "cmd/model_home.h"
#include "pipeline/learn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define KEY_BYTES 32
#define LOCK_POLL_MS 200

char *home_path(const Context *context, const char *name)
{
    return g_build_filename(context->home, name, NULL);
}

const char *agent_name(void)
{
    const char *behind = g_getenv("SUDO_USER");
    return behind && *behind ? behind : g_get_user_name();
}

static gboolean open_home(Context *context, GError **error)
{
    const char *given = context->home ? context->home : g_getenv("ERMS_HOME");
    if (!given) {
        g_set_error(error, CMD_ERROR, EXIT_CONFIG,
                    "no home: give it with -C DIR or in ERMS_HOME (erms init DIR makes one)");
        return FALSE;
    }
    char *home = g_canonicalize_filename(given, NULL);
    g_free(context->home);
    context->home = home;
    g_autofree char *conf = home_path(context, HOME_CONF);
    if (access(conf, R_OK) != 0 && errno != ENOENT && errno != ENOTDIR) {
        g_set_error(error, CMD_ERROR, EXIT_CONFIG, "%s: %s", conf, g_strerror(errno));
        return FALSE;
    }
    if (!g_file_test(conf, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, CMD_ERROR, EXIT_CONFIG,
                    "%s is no home of erms: it has no erms.conf (erms init DIR makes one)", home);
        return FALSE;
    }
    return TRUE;
}

static gboolean open_settings(Context *context, GError **error)
{
    g_autofree char *path = home_path(context, HOME_CONF);
    context->settings = settings_load(context->home, path, error);
    return context->settings != NULL;
}

int lock_file(const char *path, const char *who, guint wait_seconds, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        /* What the disk does to us now, it may not do later; a right that is missing stays so. */
        int code = errno == EACCES || errno == EPERM ? EXIT_FAILED : EXIT_TRY_LATER;
        g_set_error(error, CMD_ERROR, code, "%s: %s", path, g_strerror(errno));
        return -1;
    }
    gint64 until = g_get_monotonic_time() + (gint64)wait_seconds * G_USEC_PER_SEC;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK || g_get_monotonic_time() >= until) {
            g_set_error(error, CMD_ERROR, EXIT_TRY_LATER, "%s: %s", path, who);
            close(fd);
            return -1;
        }
        g_usleep(LOCK_POLL_MS * 1000);
    }
    return fd;
}

static gboolean open_lock(Context *context, guint wait_seconds, GError **error)
{
    g_autofree char *path = home_path(context, HOME_LOCK);
    context->lock = lock_file(path, "another run is at work", wait_seconds, error);
    return context->lock >= 0;
}

static gboolean open_store(Context *context, GError **error)
{
    g_autofree char *path = home_path(context, HOME_DB);
    context->store = store_open(path, STORE_OPEN, error);
    return context->store != NULL;
}

static gboolean open_kb(Context *context, GError **error)
{
    g_autofree char *path = home_path(context, HOME_KB);
    context->kb = kb_load(path, error);
    return context->kb != NULL;
}

static gboolean open_model(Context *context, gboolean dispensable, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *path = home_path(context, HOME_MODEL);
    g_autofree char *previous = home_path(context, HOME_MODEL_PREVIOUS);
    if (!g_file_test(path, G_FILE_TEST_EXISTS) || (context->model = model_load(path, &local)))
        return TRUE;
    gboolean former = g_file_test(previous, G_FILE_TEST_EXISTS);
    g_autofree char *message =
        g_strdup_printf("%s; erms train makes a new one%s", local->message,
                        former ? ", erms train --rollback brings the former one back" : "");
    if (dispensable)
        g_warning("%s", message);
    else
        g_set_error_literal(error, local->domain, local->code, message);
    return dispensable;
}

/* With the store, the model knows what agents have said since its training. */
static gboolean open_corrections(Context *context, GError **error)
{
    return !context->model || !context->store ||
           pipeline_learn(context->store, context->model, error);
}

static gboolean open_key(Context *context, GError **error)
{
    g_autofree char *path = home_path(context, HOME_KEY);
    g_autofree char *hex = NULL;
    g_autoptr(GError) local = NULL;
    gsize length;
    if (!g_file_get_contents(path, &hex, &length, &local)) {
        g_set_error(error, CMD_ERROR, EXIT_CONFIG, "%s", local->message);
        return FALSE;
    }
    g_strstrip(hex);
    if (strlen(hex) != 2 * KEY_BYTES || strspn(hex, "0123456789abcdef") != 2 * KEY_BYTES) {
        g_set_error(error, CMD_ERROR, EXIT_CONFIG, "%s: is no key: %d hexadecimal digits expected",
                    path, 2 * KEY_BYTES);
        return FALSE;
    }
    context->key = g_bytes_new(hex, 2 * KEY_BYTES);
    explicit_bzero(hex, length);
    return TRUE;
}

static gboolean open_lookups(Context *context, GError **error)
{
    context->lookups = g_ptr_array_new_with_free_func((GDestroyNotify)lookup_free);
    for (guint i = 0; i < context->settings->lookups->len; i++) {
        const LookupSpec *spec = g_ptr_array_index(context->settings->lookups, i);
        Lookup *lookup = lookup_new(spec, error);
        if (!lookup) {
            g_prefix_error(error, "[lookup %s] ", spec->name);
            return FALSE;
        }
        g_ptr_array_add(context->lookups, lookup);
    }
    return TRUE;
}

static gboolean open_pipeline(Context *context, GError **error)
{
    if (!open_lookups(context, error))
        return FALSE;
    context->stop_path = home_path(context, HOME_STOP);
    context->pipeline = (Pipeline){.store = context->store,
                                   .key = context->key,
                                   .model = context->model,
                                   .kb = context->kb,
                                   .tokenizer = context->tokenizer,
                                   .lookups = context->lookups,
                                   .policy = context->settings->policy,
                                   .home = context->home,
                                   .stop_path = context->stop_path,
                                   .now = g_get_real_time() / G_USEC_PER_SEC};
    return TRUE;
}

gboolean context_open(Context *context, guint needs, guint wait_seconds, GError **error)
{
    if (needs & NEED_PIPELINE)
        needs |= NEED_STORE | NEED_KB | NEED_MODEL | NEED_SETTINGS | NEED_KEY;
    if (needs & NEED_KB)
        context->tokenizer = tokenizer_new();
    if (needs & NEED_SETTINGS)
        /* kb, model and store live in the home as well, but need no settings */
        needs |= NEED_HOME;
    return (!needs || open_home(context, error)) &&
           (!(needs & NEED_SETTINGS) || open_settings(context, error)) &&
           (!(needs & NEED_LOCK) || open_lock(context, wait_seconds, error)) &&
           (!(needs & NEED_STORE) || open_store(context, error)) &&
           (!(needs & NEED_KB) || open_kb(context, error)) &&
           (!(needs & NEED_MODEL) || open_model(context, (needs & NEED_NO_MODEL) != 0, error)) &&
           (!(needs & (NEED_MODEL | NEED_STORE)) || open_corrections(context, error)) &&
           (!(needs & NEED_KEY) || open_key(context, error)) &&
           (!(needs & NEED_PIPELINE) || open_pipeline(context, error));
}

void context_close(Context *context)
{
    g_clear_pointer(&context->stop_path, g_free);
    g_clear_pointer(&context->lookups, g_ptr_array_unref);
    g_clear_pointer(&context->key, g_bytes_unref);
    g_clear_pointer(&context->tokenizer, tokenizer_free);
    g_clear_pointer(&context->model, model_free);
    g_clear_pointer(&context->kb, kb_free);
    g_clear_pointer(&context->store, store_free);
    g_clear_pointer(&context->settings, settings_free);
    g_clear_pointer(&context->home, g_free);
    if (context->lock >= 0)
        close(context->lock);
    context->lock = -1;
}
