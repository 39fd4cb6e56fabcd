/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets come from a file that only we can read, or from a command; never from the command line.
 */
#include "cmd/settings.h"

#include "kb/process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMMAND_MS 60000 /* a command may ask a token server */
#define MAX_SECRET 8192  /* access tokens of Microsoft 365 have about 2,000 characters */

/* Without its end. */
static char *first_line(const char *text)
{
    return g_strndup(text, strcspn(text, "\r\n"));
}

/* The file that PATH means: below "${CREDENTIALS_DIRECTORY}" one that systemd hands out, which is
 * *GIVEN then. NULL: there are none. */
static char *real_path(const char *path, gboolean *given)
{
    static const char mark[] = "/${CREDENTIALS_DIRECTORY}/"; /* behind the home */
    const char *name = strstr(path, mark), *dir = g_getenv("CREDENTIALS_DIRECTORY");
    *given = name != NULL;
    if (!name)
        return g_strdup(path);
    return dir && *dir ? g_build_filename(dir, name + strlen(mark), NULL) : NULL;
}

static char *from_file(const char *named, const char *who, GError **error)
{
    gboolean given = FALSE;
    g_autofree char *path = real_path(named, &given);
    if (!path) {
        g_set_error(error, SETTINGS_ERROR, 0,
                    "%s password-file: systemd has handed out no credentials here: there is no "
                    "CREDENTIALS_DIRECTORY in the environment",
                    who);
        return NULL;
    }
    /* systemd may let us in by an access control list, which shows as a right of the group. */
    const mode_t others = given ? S_IRWXO : S_IRWXG | S_IRWXO;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        g_set_error(error, SETTINGS_ERROR, 0, "%s password-file: %s: %s", who, path,
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    char buffer[MAX_SECRET + 1] = "";
    gssize n = -1;
    if (info.st_mode & others)
        g_set_error(error, SETTINGS_ERROR, 0,
                    "%s password-file: %s can be read by others (chmod 600 it)", who, path);
    else if ((n = read(fd, buffer, MAX_SECRET)) < 0)
        g_set_error(error, SETTINGS_ERROR, 0, "%s password-file: %s: %s", who, path,
                    g_strerror(errno));
    close(fd);
    char *line = n < 0 ? NULL : first_line(buffer);
    explicit_bzero(buffer, sizeof buffer);
    return line;
}

static char *from_command(const char *command, const char *who, GError **error)
{
    g_auto(GStrv) argv = NULL;
    g_autoptr(GError) local = NULL;
    g_autoptr(GString) output = g_string_sized_new(MAX_SECRET);
    char *line = NULL;
    if (g_shell_parse_argv(command, NULL, &argv, &local) &&
        process_run((const char *const *)argv, NULL, COMMAND_MS, MAX_SECRET, output, &local))
        line = first_line(output->str);
    else
        g_set_error(error, SETTINGS_ERROR, 0, "%s password-command: %s", who, local->message);
    explicit_bzero(output->str, output->allocated_len);
    return line;
}

gboolean settings_secret(G_GNUC_UNUSED const Settings *settings, const SecretSource *source,
                         ServerSpec *spec, GError **error)
{
    if (spec->secret || spec->auth == AUTH_NONE)
        return TRUE;
    spec->secret = source->file ? from_file(source->file, spec->name, error)
                                : from_command(source->command, spec->name, error);
    if (spec->secret && !*spec->secret) {
        g_set_error(error, SETTINGS_ERROR, 0, "%s: the password is empty", spec->name);
        return FALSE;
    }
    return spec->secret != NULL;
}

gboolean settings_secrets(Settings *settings, GError **error)
{
    for (guint i = 0; i < settings->mailboxes->len; i++) {
        Mailbox *mailbox = g_ptr_array_index(settings->mailboxes, i);
        if (!settings_secret(settings, g_ptr_array_index(settings->mailbox_secrets, i),
                             mailbox->server, error))
            return FALSE;
    }
    return !settings->smtp ||
           settings_secret(settings, &settings->smtp_secret, settings->smtp, error);
}
