/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/kb.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kb/folder.h"

static Kb *load(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    Kb *kb = kb_load(folder->path, &error);
    g_assert_no_error(error);
    return kb;
}

static const KbProblem *find_problem(const Kb *kb, const char *file, const char *says)
{
    const GPtrArray *problems = kb_problems(kb);
    for (guint i = 0; i < problems->len; i++) {
        const KbProblem *problem = g_ptr_array_index(problems, i);
        if (g_str_has_suffix(problem->path, file) && strstr(problem->text, says))
            return problem;
    }
    return NULL;
}

static void test_load(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "returns/how-to.de.md", "", "Text");
    folder_answer(folder, "returns/how-to.en.md", "", "Text");
    folder_answer(folder, "invoice/copy.de.md", "", "Text");
    g_autofree char *empty = folder_path(folder, "empty");
    g_assert_cmpint(mkdir(empty, 0700), ==, 0);

    g_autoptr(Kb) kb = load(folder);
    g_assert_cmpuint(kb_problems(kb)->len, ==, 0);
    g_autofree char *categories = g_strjoinv(" ", (char **)kb_categories(kb));
    g_assert_cmpstr(categories, ==, "empty invoice returns");
    g_assert_true(kb_has_category(kb, "empty"));
    g_assert_false(kb_has_category(kb, "Returns"));
    const GPtrArray *templates = kb_templates(kb);
    g_assert_cmpuint(templates->len, ==, 3);
    g_assert_cmpstr(((Template *)g_ptr_array_index(templates, 0))->id, ==, "invoice/copy.de");
    g_assert_cmpstr(((Template *)g_ptr_array_index(templates, 2))->id, ==, "returns/how-to.en");
    g_assert_cmpstr(kb_find(kb, "returns/how-to.de")->language, ==, "de");
    g_assert_null(kb_find(kb, "returns/how-to.fr"));
}

static void test_ignored(void)
{
    static const char *const ignored[] = {
        "README.md",
        "README",
        ".hidden.md",
        ".git/x/y.de.md",
        "returns/README.md",
        "returns/.x.de.md",
        "returns/x.de.md~",
        "returns/readme.txt",
        "returns/a.tests/1.eml",
        "old~/x.de.md",
        "notes.txt",
        "a.tests/x.de.md",
    };
    g_autoptr(Folder) folder = folder_new();
    for (guint i = 0; i < G_N_ELEMENTS(ignored); i++)
        folder_write(folder, ignored[i], "no answer\n");
    g_autoptr(Kb) kb = load(folder);
    g_assert_cmpuint(kb_problems(kb)->len, ==, 0);
    g_assert_cmpuint(kb_templates(kb)->len, ==, 0);
    g_assert_cmpuint(g_strv_length((char **)kb_categories(kb)), ==, 1);
}

static void test_bad_ones_do_not_stop_others(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "returns/good.de.md", "", "Text");
    folder_answer(folder, "returns/bad.de.md", "mode: never\n", "Text");
    folder_write(folder, "returns/notes.txt", "x");
    folder_write(folder, "returns/deeper/x.de.md", "x");
    folder_write(folder, "stray.de.md", "x");
    folder_answer(folder, "Rück Sendung/x.de.md", "", "Text");
    g_autoptr(Kb) kb = load(folder);
    g_assert_cmpuint(kb_templates(kb)->len, ==, 1);
    g_assert_cmpuint(g_strv_length((char **)kb_categories(kb)), ==, 1);
    g_assert_cmpuint(kb_problems(kb)->len, ==, 5);
    const KbProblem *bad = find_problem(kb, "returns/bad.de.md", "'never' is none of");
    g_assert_nonnull(bad);
    g_assert_true(bad->error);
    g_assert_cmpuint(bad->line, ==, 5);
    g_assert_false(find_problem(kb, "notes.txt", "NAME.LANG.md")->error);
    g_assert_false(find_problem(kb, "deeper", "not read")->error);
    g_assert_false(find_problem(kb, "stray.de.md", "folder of its category")->error);
    g_assert_true(find_problem(kb, "Rück Sendung", "is no category")->error);
}

static void test_odd_files(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *huge = g_strnfill(TEMPLATE_MAX_BYTES + 1, 'x');
    folder_answer(folder, "elsewhere/real.de.md", "", "Text");
    folder_write(folder, "returns/huge.de.md", huge);
    g_autofree char *target = folder_path(folder, "elsewhere/real.de.md");
    g_autofree char *link = folder_path(folder, "returns/link.de.md");
    g_autofree char *broken = folder_path(folder, "returns/broken.de.md");
    g_autofree char *device = folder_path(folder, "returns/device.de.md");
    g_autofree char *pipe = folder_path(folder, "returns/pipe.de.md");
    g_assert_cmpint(symlink(target, link), ==, 0);
    g_assert_cmpint(symlink("/nowhere/at/all", broken), ==, 0);
    g_assert_cmpint(symlink("/dev/zero", device), ==, 0);
    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);

    g_autoptr(Kb) kb = load(folder);
    g_assert_nonnull(kb_find(kb, "returns/link.de"));
    g_assert_cmpuint(kb_templates(kb)->len, ==, 2);
    g_assert_cmpuint(kb_problems(kb)->len, ==, 4);
    g_assert_nonnull(find_problem(kb, "huge.de.md", "larger than 65536"));
    g_assert_nonnull(find_problem(kb, "broken.de.md", "No such file"));
    g_assert_nonnull(find_problem(kb, "device.de.md", "not a file"));
    g_assert_nonnull(find_problem(kb, "pipe.de.md", "not a file"));
}

static void test_too_many(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/x.de.md", "", "Text");
    g_autofree char *first = folder_path(folder, "a/x.de.md");
    for (guint i = 0; i < 10001; i++) {
        g_autofree char *name = g_strdup_printf("a/n%05u.de.md", i);
        g_autofree char *path = folder_path(folder, name);
        g_assert_cmpint(link(first, path), ==, 0);
    }
    folder_answer(folder, "b/x.de.md", "", "Text");
    g_autoptr(Kb) kb = load(folder);
    g_assert_cmpuint(kb_templates(kb)->len, ==, 10000);
    g_assert_cmpuint(kb_problems(kb)->len, ==, 1);
    g_assert_true(find_problem(kb, "a/n10000.de.md", "more than 10000")->error);
    g_assert_true(kb_has_category(kb, "b"));
}

static void test_no_folder(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(kb_load("/nowhere/at/all", &error));
    g_assert_error(error, KB_ERROR, 0);
    g_assert_nonnull(strstr(error->message, "/nowhere/at/all"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kb/load", test_load);
    g_test_add_func("/kb/ignored", test_ignored);
    g_test_add_func("/kb/bad-ones-do-not-stop-others", test_bad_ones_do_not_stop_others);
    g_test_add_func("/kb/odd-files", test_odd_files);
    g_test_add_func("/kb/too-many", test_too_many);
    g_test_add_func("/kb/no-folder", test_no_folder);
    return g_test_run();
}
