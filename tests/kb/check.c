/* SPDX-License-Identifier: Apache-2.0 */
/* Each test drops files in a folder and says which problems it expects, one line each:
 * "E path: text" for an error, "W …" for a warning. */
#include <string.h>

#include "kb/kb.h"
#include "tests/kb/folder.h"

static const char *const known[] = {"greeting",      "company.name", "company.*", "ticket.token",
                                    "customer.name", "order.*",      NULL};

static void expect(const Folder *folder, const char *const *lines)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Kb) kb = kb_load(folder->path, &error);
    g_assert_no_error(error);
    g_autoptr(GDate) today = g_date_new_dmy(10, G_DATE_MARCH, 2026);
    g_autoptr(GPtrArray) problems = kb_check(kb, known, today);
    const gsize prefix = strlen(folder->path) + 1;
    guint n = 0;
    for (guint i = 0; i < problems->len; i++) {
        const KbProblem *problem = g_ptr_array_index(problems, i);
        g_autofree char *line = g_strdup_printf("%s %s: %s", problem->error ? "E" : "W",
                                                problem->path + prefix, problem->text);
        g_test_message("%s", line);
        g_assert_nonnull(lines[n]);
        g_assert_nonnull(strstr(line, lines[n]));
        n++;
    }
    g_assert_null(lines[n]);
}
#define EXPECT(folder, ...) expect(folder, (const char *[]){__VA_ARGS__, NULL})

static void test_nothing(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/x.de.md", "valid-to: 2026-03-10\nreview-by: 2026-03-11\n",
                  "{{greeting}} {{company.name}} {{company.phone|x}} {{ticket.token}}");
    folder_answer(folder, "a/x.en.md", "discloses: personal\n", "{{order.status}}");
    expect(folder, (const char *[]){NULL});
}

static void test_what_loading_found(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/x.de.md", "", "{{order.status}} fÃ¼r");
    EXPECT(folder, "W a/x.de.md: 'fÃ¼r' looks like broken",
           "E a/x.de.md: {{order.status}} is about a person");
}

static void test_places(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/x.de.md", "discloses: personal\n",
                  "{{greting}} {{order.a}} {{parcel.a|x}} {{ticket.tokens}} {{orders.a}}");
    EXPECT(folder,
           "E a/x.de.md: {{greting}} can never be filled: there is no such place (did you "
           "mean greeting?)",
           "{{ticket.tokens}} can never", "{{orders.a}} can never");
}

static void test_approver(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_write(folder, "a/x.de.md", "---\ntitle: T\nstate: approved\n---\nx\n");
    folder_write(folder, "b/x.de.md", "---\ntitle: T\nstate: draft\n---\nx\n");
    EXPECT(folder, "E a/x.de.md: approved, but by nobody");
}

static void test_dates(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/x.de.md", "valid-to: 2026-03-09\n", "x");
    folder_answer(folder, "b/x.de.md", "review-by: 2026-03-10\n", "x");
    folder_answer(folder, "c/x.de.md", "valid-to: 2026-03-09\n", "x");
    folder_write(folder, "c/x.de.md",
                 "---\ntitle: T\nstate: retired\nvalid-to: 2026-03-09\n---\n{{nowhere}}\n");
    EXPECT(folder, "W a/x.de.md: expired: it was valid to 2026-03-09",
           "W b/x.de.md: its review was due by 2026-03-10");
}

static void test_languages(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/x.de.md", "", "x");
    folder_answer(folder, "a/x.en.md", "", "x");
    folder_answer(folder, "a/y.de.md", "when: y\n", "x");
    folder_answer(folder, "b/z.en.md", "", "x");
    folder_answer(folder, "c/z.de.md", "", "x");
    folder_answer(folder, "c/z.en.md", "", "x");
    folder_answer(folder, "c/z.fr.md", "", "x");
    folder_answer(folder, "c/w.de.md", "when: w\n", "x");
    EXPECT(folder, "W a/y.de.md: the answer 'y' is missing in: en",
           "W b/z.en.md: the answer 'z' is missing in: de",
           "W c/w.de.md: the answer 'w' is missing in: en, fr");
}

static void test_retired_is_no_sibling(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/x.de.md", "", "x");
    folder_answer(folder, "a/y.de.md", "when: y\n", "x");
    folder_answer(folder, "a/y.en.md", "when: y\n", "x");
    folder_write(folder, "a/x.en.md", "---\ntitle: T\nstate: retired\n---\nx\n");
    EXPECT(folder, "W a/x.de.md: the answer 'x' is missing in: en");
}

static void test_one_language_is_enough(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/x.de.md", "", "x");
    folder_answer(folder, "b/y.de.md", "", "x");
    expect(folder, (const char *[]){NULL});
}

static void test_twins(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "a/general.de.md", "", "x");
    folder_answer(folder, "a/special.de.md", "when: special\n", "x");
    folder_answer(folder, "a/twin.de.md", "", "x");
    folder_answer(folder, "b/one.de.md", "when: Red, blue\n", "x");
    folder_answer(folder, "b/two.de.md", "when: blue,red\n", "x");
    folder_answer(folder, "c/off.de.md", "mode: off\n", "x");
    folder_answer(folder, "c/on.de.md", "", "x");
    folder_answer(folder, "d/summer.de.md", "valid-to: 2026-09-30\n", "x");
    folder_answer(folder, "d/winter.de.md", "valid-from: 2026-10-01\n", "x");
    folder_answer(folder, "d/year-end.de.md", "valid-from: 2026-12-01\n", "x");
    EXPECT(folder,
           "W a/twin.de.md: nothing tells this answer from 'general' of the same category and "
           "language: neither has a 'when'",
           "W b/two.de.md: nothing tells this answer from 'one'",
           "W d/year-end.de.md: nothing tells this answer from 'winter'");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/check/nothing", test_nothing);
    g_test_add_func("/check/what-loading-found", test_what_loading_found);
    g_test_add_func("/check/places", test_places);
    g_test_add_func("/check/approver", test_approver);
    g_test_add_func("/check/dates", test_dates);
    g_test_add_func("/check/languages", test_languages);
    g_test_add_func("/check/retired-is-no-sibling", test_retired_is_no_sibling);
    g_test_add_func("/check/one-language-is-enough", test_one_language_is_enough);
    g_test_add_func("/check/twins", test_twins);
    return g_test_run();
}
