/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/settings.h"

#include "tests/kb/folder.h"

#include <string.h>
#include <sys/stat.h>

/* SECRET is what SOURCE gives, or NULL: then the message names the server and says COMPLAINT. */
static void expect(const SecretSource *source, const char *secret, const char *complaint)
{
    g_autoptr(ServerSpec) spec = server_spec_new();
    g_autoptr(GError) error = NULL;
    spec->name = g_strdup("[smtp]");
    gboolean ok = settings_secret(NULL, source, spec, &error);
    if (secret) {
        g_assert_no_error(error);
        g_assert_true(ok);
        g_assert_cmpstr(spec->secret, ==, secret);
        return;
    }
    g_assert_false(ok);
    g_assert_error(error, SETTINGS_ERROR, 0);
    if (!strstr(error->message, "[smtp]") || !strstr(error->message, complaint))
        g_error("“%s” does not say “%s”", error->message, complaint);
    g_assert_null(strstr(error->message, "s3cret"));
}

static void test_file(void)
{
    const struct {
        const char *text, *secret, *complaint;
        mode_t mode;
    } rows[] = {{"s3cret\n", "s3cret", NULL, 0600},
                {"s3cret", "s3cret", NULL, 0400},
                {"s3 cret \r\nsecond line\n", "s3 cret ", NULL, 0600},
                {"s3cret\n", NULL, "can be read by others", 0640},
                {"s3cret\n", NULL, "can be read by others", 0604},
                {"\ns3cret\n", NULL, "is empty", 0600},
                {"", NULL, "is empty", 0600}};
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = folder_path(folder, "password");
    SecretSource source = {.file = path};
    expect(&source, NULL, path);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        folder_write(folder, "password", rows[i].text);
        g_assert_cmpint(chmod(path, rows[i].mode), ==, 0);
        expect(&source, rows[i].secret, rows[i].complaint);
    }
}

static void test_command(void)
{
    const struct {
        const char *command, *secret, *complaint;
    } rows[] = {{"printf '%s\\n%s' 's3cret token' rest", "s3cret token", NULL},
                {"false", NULL, "password-command"},
                {"sh -c 'echo s3cret; exit 1'", NULL, "password-command"},
                {"/nowhere/program", NULL, "password-command"},
                {"echo 'open", NULL, "password-command"},
                {"true", NULL, "is empty"}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        SecretSource source = {.command = (char *)rows[i].command};
        expect(&source, rows[i].secret, rows[i].complaint);
    }
}

/* No login, no secret; and one that is known is not fetched again. */
static void test_not_needed(void)
{
    SecretSource source = {.command = (char *)"false"};
    g_autoptr(ServerSpec) spec = server_spec_new();
    spec->auth = AUTH_NONE;
    g_assert_true(settings_secret(NULL, &source, spec, NULL));
    g_assert_null(spec->secret);
    spec->auth = AUTH_LOGIN;
    spec->secret = g_strdup("known");
    g_assert_true(settings_secret(NULL, &source, spec, NULL));
    g_assert_cmpstr(spec->secret, ==, "known");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/secret/file", test_file);
    g_test_add_func("/secret/command", test_command);
    g_test_add_func("/secret/not-needed", test_not_needed);
    return g_test_run();
}
