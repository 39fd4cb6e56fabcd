/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kb/lookup_record.h"
#include "tests/kb/folder.h"

typedef struct Script {
    Folder *folder;
    LookupSpec *spec;
    GHashTable *record;
    GError *error;
    gint64 took_ms;
    gboolean done;
} Script;

static void script_free(Script *script)
{
    lookup_spec_free(script->spec);
    folder_free(script->folder);
    g_clear_pointer(&script->record, g_hash_table_unref);
    g_clear_error(&script->error);
    g_free(script);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Script, script_free)

static Script *script_run_for(const char *body, const char *key, const char *address,
                              guint timeout_ms)
{
    Script *script = g_new0(Script, 1);
    script->folder = folder_new();
    script->spec = lookup_spec_new();
    g_autofree char *text = g_strdup_printf("#!/bin/sh\ncd %s\n%s\n", script->folder->path, body);
    g_autofree char *path = folder_path(script->folder, "script");
    g_autoptr(GString) left_out = g_string_new(NULL);
    folder_write(script->folder, "script", text);
    g_assert_cmpint(chmod(path, 0700), ==, 0);
    script->spec->program = g_new0(char *, 3);
    script->spec->program[0] = g_steal_pointer(&path);
    script->spec->program[1] = g_strdup("first arg");
    script->spec->timeout_ms = timeout_ms;
    const gint64 begin = g_get_monotonic_time();
    script->done =
        lookup_program_fetch(script->spec, key, address, &script->record, left_out, &script->error);
    script->took_ms = (g_get_monotonic_time() - begin) / 1000;
    /* Whatever happened: no child is left, neither running nor as a zombie. */
    g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
    g_assert_cmpint(errno, ==, ECHILD);
    return script;
}

static Script *script_run(const char *body)
{
    return script_run_for(body, "LV-1", "erika@beispiel.example", 10000);
}

static void assert_failed(const Script *script, const char *says)
{
    g_assert_false(script->done);
    g_assert_null(script->record);
    g_test_message("%s", script->error->message);
    g_assert_cmpuint(script->error->domain, ==, G_IO_ERROR);
    g_assert_nonnull(strstr(script->error->message, says));
    g_assert_true(g_str_has_prefix(script->error->message, script->spec->program[0]));
}

static void test_arguments(void)
{
    g_autoptr(Script) script = script_run_for(
        "printf '{\"n\": %d, \"one\": \"%s\", \"key\": \"%s\", \"address\": \"%s\"}' "
        "$# \"$1\" \"$2\" \"$3\"",
        "$(touch x); `id` & *", "erika@beispiel.example", 10000);
    g_assert_true(script->done);
    g_assert_cmpstr(g_hash_table_lookup(script->record, "n"), ==, "3");
    g_assert_cmpstr(g_hash_table_lookup(script->record, "one"), ==, "first arg");
    g_assert_cmpstr(g_hash_table_lookup(script->record, "key"), ==, "$(touch x); `id` & *");
    g_assert_cmpstr(g_hash_table_lookup(script->record, "address"), ==, "erika@beispiel.example");
}

static void test_no_options(void)
{
    const char *body = "touch was-run; echo '{\"a\": 1}'";
    g_autoptr(Script) key = script_run_for(body, "-rf", "erika@beispiel.example", 10000);
    g_autoptr(Script) address = script_run_for(body, "LV-1", "--help@evil.example", 10000);
    g_autofree char *file = folder_path(address->folder, "was-run");
    g_assert_true(key->done);
    g_assert_null(key->record);
    g_assert_true(address->done);
    g_assert_null(address->record);
    g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
}

static void test_surroundings(void)
{
    g_setenv("ERMS_TEST_SECRET", "secret", TRUE);
    g_autoptr(Script) script =
        script_run("printf '{\"secret\": \"%s\", \"path\": \"%s\", \"stdin\": \"%s\", "
                   "\"group\": \"%s\"}' \"$ERMS_TEST_SECRET\" \"$PATH\" \"$(cat | wc -c)\" "
                   "\"$(cut -d' ' -f1,5,6 /proc/$$/stat)\"");
    g_assert_true(script->done);
    g_assert_cmpstr(g_hash_table_lookup(script->record, "secret"), ==, "");
    g_assert_cmpstr(g_hash_table_lookup(script->record, "path"), ==,
                    "/usr/local/bin:/usr/bin:/bin");
    g_assert_cmpstr(g_hash_table_lookup(script->record, "stdin"), ==, "0");
    g_auto(GStrv) ids = g_strsplit(g_hash_table_lookup(script->record, "group"), " ", -1);
    g_assert_cmpstr(ids[0], ==, ids[1]); /* leads its process group … */
    g_assert_cmpstr(ids[0], ==, ids[2]); /* … and its session */
}

static void test_none(void)
{
    g_autoptr(Script) script = script_run("echo 'nothing found' >&2");
    g_assert_true(script->done);
    g_assert_null(script->record);
    g_assert_no_error(script->error);
}

static void test_exit_code(void)
{
    g_autoptr(Script) script =
        script_run("echo '{\"email\": \"x\"}'; echo 'no connection' >&2; echo more >&2; exit 3");
    assert_failed(script, "ended with code 3: no connection");
    g_assert_null(strstr(script->error->message, "more"));
    g_autoptr(Script) silent = script_run("exit 4");
    assert_failed(silent, "ended with code 4");
    g_autoptr(Script) killed = script_run("kill -9 $$");
    assert_failed(killed, "was killed");
}

static void test_bad_output(void)
{
    g_autoptr(Script) text = script_run("echo sent");
    assert_failed(text, "not one JSON object");
    g_autoptr(Script) half = script_run("echo '{\"a\": '");
    assert_failed(half, "not JSON");
    g_autoptr(Script) bytes = script_run("printf '{\"a\": \"\\374\"}'");
    assert_failed(bytes, "not UTF-8");
}

static void test_slow(void)
{
    g_autoptr(Script) script = script_run_for("echo '{\"a\": 1}'; sleep 30", "a", "b", 150);
    assert_failed(script, "took longer than 150 ms");
    g_assert_cmpint(script->took_ms, >=, 150);
    g_assert_cmpint(script->took_ms, <, 5000);
    g_autoptr(Script) closed = script_run_for("exec >&- 2>&-; sleep 30", "a", "b", 150);
    assert_failed(closed, "took longer");
    g_autoptr(Script) deaf =
        script_run_for("trap '' TERM INT HUP; while :; do sleep 1; done", "a", "b", 150);
    assert_failed(deaf, "took longer");
}

/* A child in the background holds the pipes: it is not waited for, and it is ended. */
static void test_background_child(void)
{
    g_autoptr(Script) script = script_run("sleep 300 & printf '{\"child\": %d}' $!");
    g_assert_true(script->done);
    g_assert_cmpint(script->took_ms, <, 5000);
    const pid_t child =
        (pid_t)g_ascii_strtoll(g_hash_table_lookup(script->record, "child"), NULL, 10);
    g_assert_cmpint(child, >, 1);
    /* It belongs to init now, which may take its time to bury it: no longer running is enough. */
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)child);
    for (guint i = 0; i < 500; i++) {
        g_autofree char *stat = NULL;
        if (!g_file_get_contents(path, &stat, NULL, NULL) || strstr(stat, ") Z "))
            return;
        g_usleep(10 * 1000);
    }
    g_assert_not_reached();
}

static void test_large_output(void)
{
    g_autoptr(Script) script = script_run("head -c 10000000 /dev/zero | tr '\\0' x");
    assert_failed(script, "printed more than 65536 bytes");
    g_assert_cmpint(script->took_ms, <, 5000);
    g_autoptr(Script) endless = script_run("yes");
    assert_failed(endless, "printed more than");
    g_autoptr(Script) errors =
        script_run("head -c 10000000 /dev/zero | tr '\\0' e >&2; echo '{\"a\": \"1\"}'");
    g_assert_true(errors->done);
    g_assert_cmpstr(g_hash_table_lookup(errors->record, "a"), ==, "1");
    g_autoptr(Script) fits =
        script_run("printf '{\"a\": \"'; head -c 65000 /dev/zero | tr '\\0' x; printf '\"}'");
    g_assert_true(fits->done);
    g_assert_cmpint(g_utf8_strlen(g_hash_table_lookup(fits->record, "a"), -1), ==, 500);
}

static void test_absent(void)
{
    g_autoptr(LookupSpec) spec = lookup_spec_new();
    g_autoptr(GError) fetched = NULL, checked = NULL, folder = NULL;
    g_autoptr(GString) left_out = g_string_new(NULL);
    GHashTable *record = NULL;
    spec->program = g_strsplit("/nowhere/at/all", " ", -1);
    g_assert_false(lookup_program_fetch(spec, "a", "b", &record, left_out, &fetched));
    g_assert_cmpuint(fetched->domain, ==, G_IO_ERROR);
    g_assert_false(lookup_program_check(spec, &checked));
    g_assert_error(checked, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_strfreev(spec->program);
    spec->program = g_strsplit("/tmp", " ", -1);
    g_assert_false(lookup_program_check(spec, &folder));
    g_strfreev(spec->program);
    spec->program = g_strsplit("/bin/sh", " ", -1);
    g_assert_true(lookup_program_check(spec, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/program/arguments", test_arguments);
    g_test_add_func("/program/no-options", test_no_options);
    g_test_add_func("/program/surroundings", test_surroundings);
    g_test_add_func("/program/none", test_none);
    g_test_add_func("/program/exit-code", test_exit_code);
    g_test_add_func("/program/bad-output", test_bad_output);
    g_test_add_func("/program/slow", test_slow);
    g_test_add_func("/program/background-child", test_background_child);
    g_test_add_func("/program/large-output", test_large_output);
    g_test_add_func("/program/absent", test_absent);
    return g_test_run();
}
