/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/reply_text.h"

#include "cmd/exit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EDITED "the edited text"

static GString *read_all(const char *path, const char *name, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    FILE *file = g_str_equal(path, "-") ? stdin : fopen(path, "re");
    if (!file) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s: %s; nothing was sent", name,
                    g_strerror(errno));
        return NULL;
    }
    char buffer[4096];
    gsize n;
    while (text->len <= REPLY_TEXT_MAX && (n = fread(buffer, 1, sizeof buffer, file)) > 0)
        g_string_append_len(text, buffer, (gssize)n);
    int problem = ferror(file) ? errno : 0;
    if (file != stdin)
        fclose(file);
    if (problem) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s: cannot be read: %s; nothing was sent", name,
                    g_strerror(problem));
        return NULL;
    }
    return g_steal_pointer(&text);
}

static gboolean is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n\v\f")] == '\0';
}

static gboolean check(const GString *text, const char *name, GError **error)
{
    g_autofree char *why = NULL;
    if (text->len > REPLY_TEXT_MAX)
        why = g_strdup_printf("is larger than %d KiB;", REPLY_TEXT_MAX / 1024);
    else if (strlen(text->str) != text->len)
        why = g_strdup("has a zero byte;");
    else if (!g_utf8_validate(text->str, (gssize)text->len, NULL))
        why = g_strdup("is not UTF-8;");
    else if (is_blank(text->str))
        why = g_strdup("the text is empty:");
    if (why)
        g_set_error(error, CMD_ERROR, EXIT_BAD_DATA, "%s: %s nothing was sent", name, why);
    return !why;
}

char *reply_text_read(const char *path, GError **error)
{
    const char *name = g_str_equal(path, "-") ? "standard input" : path;
    g_autoptr(GString) text = read_all(path, name, error);
    return text && check(text, name, error) ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

void edited_text_clear(EditedText *edited)
{
    if (edited->path && !edited->kept)
        unlink(edited->path);
    g_clear_pointer(&edited->path, g_free);
    g_clear_pointer(&edited->text, g_free);
}

static gboolean run_editor(const char *path, GError **error)
{
    const char *editor = g_getenv("VISUAL")   ? g_getenv("VISUAL")
                         : g_getenv("EDITOR") ? g_getenv("EDITOR")
                                              : "vi";
    g_autoptr(GError) local = NULL;
    g_auto(GStrv) argv = NULL;
    int status = 0;
    if (g_shell_parse_argv(editor, NULL, &argv, &local)) {
        g_autoptr(GStrvBuilder) full = g_strv_builder_new();
        g_strv_builder_addv(full, (const char **)argv);
        g_strv_builder_add(full, path);
        g_auto(GStrv) command = g_strv_builder_end(full);
        if (g_spawn_sync(NULL, command, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN,
                         NULL, NULL, NULL, NULL, &status, &local) &&
            g_spawn_check_wait_status(status, &local))
            return TRUE;
    }
    g_set_error(error, CMD_ERROR, EXIT_FAILED, "the editor (%s): %s; nothing was sent", editor,
                local->message);
    return FALSE;
}

static gboolean same(const char *a, const char *b)
{
    g_autofree char *left = g_strchomp(g_strdup(a));
    g_autofree char *right = g_strchomp(g_strdup(b));
    return g_str_equal(left, right);
}

/* Leaving an editor without a change is how people back out. */
static gboolean confirm(const char *hint, GError **error)
{
    char line[16] = "";
    if (isatty(STDIN_FILENO)) {
        printf("Nothing was changed. Type yes to send it as it is: ");
        fflush(stdout);
        if (fgets(line, sizeof line, stdin) && g_str_equal(g_strchomp(line), "yes"))
            return TRUE;
    }
    g_set_error(error, CMD_ERROR, EXIT_FAILED, "nothing was changed; nothing was sent%s", hint);
    return FALSE;
}

gboolean reply_text_edit(const char *text, const char *hint, EditedText *edited, GError **error)
{
    int fd = g_file_open_tmp("erms-reply-XXXXXX.txt", &edited->path, error);
    if (fd < 0)
        return FALSE;
    close(fd);
    if (!g_file_set_contents_full(edited->path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error) ||
        !run_editor(edited->path, error))
        return FALSE;
    g_autoptr(GString) raw = read_all(edited->path, EDITED, error);
    if (!raw)
        return FALSE;
    edited->kept = !is_blank(raw->str) && !same(raw->str, text);
    if (!check(raw, EDITED, error) || (!edited->kept && !confirm(hint, error)))
        return FALSE;
    edited->text = g_string_free(g_steal_pointer(&raw), FALSE);
    return TRUE;
}
