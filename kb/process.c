/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/process.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERRORS_MAX_BYTES 200
#define LOOK_MS 20 /* a program can end while a child of it holds the pipes */

typedef struct Run {
    GPid pid;
    int output_fd, errors_fd; /* -1: at its end */
    GString *output, *errors;
    gsize max_output;
    gint64 deadline;
    gboolean too_large;
} Run;

/* It ends with us, even when a signal ends us (a watchdog's) and nobody can end it any more. */
static void own_group(gpointer data)
{
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != *(const pid_t *)data)
        _exit(1);
}

static gboolean start(Run *run, const char *const *argv, const char *const *environment,
                      GError **error)
{
    g_autoptr(GError) reason = NULL;
    pid_t us = getpid();
    GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES | G_SPAWN_SEARCH_PATH;
    if (g_spawn_async_with_pipes_and_fds("/", argv, environment, flags, own_group, &us, -1, -1, -1,
                                         NULL, NULL, 0, &run->pid, NULL, &run->output_fd,
                                         &run->errors_fd, &reason)) {
        g_unix_set_fd_nonblocking(run->output_fd, TRUE, NULL);
        g_unix_set_fd_nonblocking(run->errors_fd, TRUE, NULL);
        return TRUE;
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, reason->message);
    return FALSE;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Reads what is there; keeps at most MAX bytes; TRUE: there was more. */
static gboolean drain(int *fd, GString *into, gsize max)
{
    char buffer[4096];
    gssize got = 1;
    while (*fd >= 0 && got > 0 && into->len <= max) {
        got = read(*fd, buffer, sizeof buffer);
        if (got > 0)
            g_string_append_len(into, buffer, got);
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            close_end(fd);
    }
    explicit_bzero(buffer, sizeof buffer); /* it may have been a password */
    const gboolean more = into->len > max;
    g_string_truncate(into, MIN(into->len, max));
    return more;
}

/* An error tells nothing: the deadline comes. */
static gboolean has_ended(GPid pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

/* TRUE: it ended by itself in time. */
static gboolean follow(Run *run)
{
    while (!run->too_large) {
        const gint64 left = run->deadline - g_get_monotonic_time();
        const gboolean ended = has_ended(run->pid); /* looked at before the pipes */
        run->too_large = drain(&run->output_fd, run->output, run->max_output);
        drain(&run->errors_fd, run->errors, ERRORS_MAX_BYTES);
        if (ended || left <= 0)
            return ended;
        struct pollfd ends[] = {{run->output_fd, POLLIN, 0}, {run->errors_fd, POLLIN, 0}};
        const gboolean silent = run->output_fd < 0 && run->errors_fd < 0;
        const gint64 look_ms = silent ? 1 : LOOK_MS;
        poll(ends, G_N_ELEMENTS(ends), (int)MIN(look_ms, left / 1000 + 1));
    }
    return FALSE;
}

/* Ends whatever is left of it; returns its status as of wait(2), or -1. */
static int finish(Run *run)
{
    int status = -1;
    kill(-run->pid, SIGKILL); /* not reaped yet, so the number is still its own */
    while (waitpid(run->pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return status;
}

static const char *first_line(GString *errors)
{
    g_autofree char *valid = g_utf8_make_valid(errors->str, (gssize)errors->len);
    g_string_assign(errors, g_strstrip(valid));
    g_string_truncate(errors, strcspn(errors->str, "\r\n"));
    for (char *at = errors->str; *at; at++) {
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    }
    return errors->str;
}

static gboolean judge(Run *run, const char *name, guint timeout_ms, gboolean ended, int status,
                      GError **error)
{
    const char *line = first_line(run->errors);
    if (run->too_large)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s: printed more than %" G_GSIZE_FORMAT " bytes", name, run->max_output);
    else if (!ended)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s: took longer than %u ms", name,
                    timeout_ms);
    else if (status == -1 || !WIFEXITED(status))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: was killed", name);
    else if (WEXITSTATUS(status) != 0)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: ended with code %d%s%s", name,
                    WEXITSTATUS(status), *line ? ": " : "", line);
    else
        return TRUE;
    return FALSE;
}

gboolean process_run(const char *const *argv, const char *const *environment, guint timeout_ms,
                     gsize max_output, GString *output, GError **error)
{
    g_autoptr(GString) errors = g_string_new(NULL);
    Run run = {.output_fd = -1,
               .errors_fd = -1,
               .output = output,
               .errors = errors,
               .max_output = max_output,
               .deadline = g_get_monotonic_time() + (gint64)timeout_ms * 1000};
    if (!start(&run, argv, environment, error))
        return FALSE;
    const gboolean ended = follow(&run);
    const int status = finish(&run);
    close_end(&run.output_fd);
    close_end(&run.errors_fd);
    g_spawn_close_pid(run.pid);
    return judge(&run, argv[0], timeout_ms, ended, status, error);
}
