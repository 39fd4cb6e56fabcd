/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/template.h"

#include <string.h>

#define PATH "/home/kb/returns/how-to.de.md"

static GPtrArray *problems_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)kb_problem_free);
}

static void test_everything(void)
{
    const char *text = "\xEF\xBB\xBF---\r\n"
                       "title: Artikel zurücksenden: so geht es\r\n"
                       "state: approved\r\n"
                       "# a remark\r\n"
                       "\r\n"
                       "approver: Erika Beispiel\r\n"
                       "mode: suggest\r\n"
                       "discloses: personal\r\n"
                       "when: Rückgabe, zurück senden ,Widerruf,\r\n"
                       "owner: Kundendienst\r\n"
                       "subject: Ihre Rücksendung\r\n"
                       "valid-from: 2026-01-01\r\n"
                       "valid-to: 2027-02-28\r\n"
                       "review-by: 2026-12-31\r\n"
                       "---\r\n"
                       "\r\n"
                       "{{greeting}}\r\n"
                       "\r\n"
                       "Stand: {{ order.status | unbekannt }}\r\n"
                       "\r\n\r\n";
    g_autoptr(GPtrArray) problems = problems_new();
    g_autoptr(Template) t = template_parse(PATH, text, strlen(text), problems);
    g_assert_cmpuint(problems->len, ==, 0);
    g_assert_nonnull(t);
    g_assert_cmpstr(t->id, ==, "returns/how-to.de");
    g_assert_cmpstr(t->category, ==, "returns");
    g_assert_cmpstr(t->name, ==, "how-to");
    g_assert_cmpstr(t->language, ==, "de");
    g_assert_cmpstr(t->path, ==, PATH);
    g_assert_cmpstr(t->title, ==, "Artikel zurücksenden: so geht es");
    g_assert_cmpint(t->state, ==, TEMPLATE_APPROVED);
    g_assert_cmpstr(t->approver, ==, "Erika Beispiel");
    g_assert_cmpint(t->mode, ==, TEMPLATE_SUGGEST);
    g_assert_cmpint(t->discloses, ==, TEMPLATE_PERSONAL);
    g_assert_cmpuint(g_strv_length(t->when), ==, 3);
    g_assert_cmpstr(t->when[1], ==, "zurück senden");
    g_assert_cmpstr(t->owner, ==, "Kundendienst");
    g_assert_cmpstr(t->subject, ==, "Ihre Rücksendung");
    g_assert_cmpuint(g_date_get_year(t->valid_from), ==, 2026);
    g_assert_cmpuint(g_date_get_day(t->valid_to), ==, 28);
    g_assert_cmpuint(g_date_get_month(t->review_by), ==, 12);
    g_assert_cmpstr(t->body, ==, "{{greeting}}\n\nStand: {{ order.status | unbekannt }}\n");
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_assert_cmpstr(t->hash, ==, hash);
}

static void test_defaults(void)
{
    const char *text = "---\ntitle: T\nowner:\n---\nText";
    g_autoptr(GPtrArray) problems = problems_new();
    g_autoptr(Template) t = template_parse(PATH, text, strlen(text), problems);
    g_assert_nonnull(t);
    g_assert_cmpint(t->state, ==, TEMPLATE_DRAFT);
    g_assert_cmpint(t->mode, ==, TEMPLATE_AUTO);
    g_assert_cmpint(t->discloses, ==, TEMPLATE_PUBLIC);
    g_assert_null(t->when);
    g_assert_null(t->owner);
    g_assert_null(t->valid_from);
    g_assert_cmpstr(t->body, ==, "Text\n");
    g_assert_cmpuint(problems->len, ==, 0);
}

#define HEAD "---\ntitle: T\n"

/* One problem each: where, and words of it. */
static const struct Wrong {
    const char *path;
    const char *text;
    guint line;
    const char *says;
} wrong[] = {
    {PATH, HEAD "mode: auto\nstate: aproved\n---\nx\n", 4,
     "state: 'aproved' is none of draft, approved, retired (did you mean approved?)"},
    {PATH, HEAD "mode: always\n---\nx\n", 3, "mode: 'always' is none of off, suggest, auto"},
    {PATH, HEAD "discloses: everything\n---\nx\n", 3, "is none of public, personal"},
    {PATH, "", 1, "first line must be '---'"},
    {PATH, "Guten Tag\n", 1, "first line must be '---'"},
    {PATH, HEAD "state: draft\nText\nText\n", 1, "not closed"},
    {PATH, HEAD "sate: draft\n---\nx\n", 3, "unknown key 'sate' (did you mean state?)"},
    {PATH, HEAD "colour: red\n---\nx\n", 3, "unknown key 'colour'"},
    {PATH, HEAD "state: draft\nstate: draft\n---\nx\n", 4, "it stands in line 3 already"},
    {PATH, HEAD "no colon here\n---\nx\n", 3, "no 'key: value'"},
    {PATH, HEAD "valid-to: 31.12.2026\n---\nx\n", 3, "'31.12.2026' is not a date"},
    {PATH, HEAD "valid-to: 2026-1-01\n---\nx\n", 3, "is not a date"},
    {PATH, HEAD "valid-to: 2026-02-29\n---\nx\n", 3, "there is no day 2026-02-29"},
    {PATH, HEAD "valid-to: 2026-13-01\n---\nx\n", 3, "there is no day"},
    {PATH, HEAD "valid-to: 0000-00-00\n---\nx\n", 3, "there is no day"},
    {PATH, HEAD "valid-from: 2026-02-02\nvalid-to: 2026-02-01\n---\nx\n", 0, "before valid-from"},
    {PATH, HEAD "when: , ,\n---\nx\n", 3, "no word"},
    {PATH, HEAD "subject: Zu {{order.key}}\n---\nx\n", 3, "only stand in the text"},
    {PATH, HEAD "---\n\n \n", 0, "no text"},
    {PATH, HEAD "---", 0, "no text"},
    {PATH, HEAD "---\nx\nHallo {{greeting\n", 5, "'{{' without '}}'"},
    {PATH, HEAD "---\nHallo {{greet\nx\n", 4, "'{{' without '}}'"},
    {PATH, HEAD "---\nHallo greeting}}\n", 4, "'}}' without '{{'"},
    {PATH, HEAD "---\nHallo {{gree ting}}\n", 4, "'gree ting' is no name of a place"},
    {PATH, HEAD "---\nHallo {{grüße}}\n", 4, "is no name of a place"},
    {PATH, HEAD "---\nHallo {{}}\n", 4, "is no name of a place"},
    {PATH, HEAD "---\nHallo {{{greeting}}}\n", 4, "'{{' without"},
    {PATH, HEAD "---\nHallo {{greeting}}}\n", 4, "one brace too many"},
    {PATH, HEAD "---\nx\n\nStand: {{order.status}}\n", 6, "{{order.status}} is about a person"},
    {PATH, HEAD "---\nNummer: {{customer.number|keine}}\n", 4, "is about a person"},
    {PATH, HEAD "---\nfine\nf\xFCr\n", 5, "not UTF-8 (byte 0xfc)"},
    {PATH, HEAD "---\na\aa\n", 4, "control character (U+0007)"},
    {"/kb/returns/howto.md", HEAD "---\nx\n", 0, "NAME.LANG.md"},
    {"/kb/returns/HowTo.de.md", HEAD "---\nx\n", 0, "NAME.LANG.md"},
    {"/kb/returns/how to.de.md", HEAD "---\nx\n", 0, "NAME.LANG.md"},
    {"/kb/returns/how.to.de.md", HEAD "---\nx\n", 0, "NAME.LANG.md"},
    {"/kb/returns/.de.md", HEAD "---\nx\n", 0, "NAME.LANG.md"},
    {"/kb/returns/how.deutsch.md", HEAD "---\nx\n", 0, "'deutsch' is no language"},
    {"/kb/returns/how.d.md", HEAD "---\nx\n", 0, "'d' is no language"},
    {"/kb/returns/how.DE.md", HEAD "---\nx\n", 0, "'DE' is no language"},
    {"/kb/Rück/how.de.md", HEAD "---\nx\n", 0, "a category is lower-case letters"},
};

static void test_wrong(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const struct Wrong *row = &wrong[i];
        g_autoptr(GPtrArray) problems = problems_new();
        g_autoptr(Template) t = template_parse(row->path, row->text, strlen(row->text), problems);
        g_test_message("%u: %s", i, row->says);
        g_assert_null(t);
        g_assert_cmpuint(problems->len, ==, 1);
        const KbProblem *problem = g_ptr_array_index(problems, 0);
        g_assert_true(problem->error);
        g_assert_cmpstr(problem->path, ==, row->path);
        g_assert_nonnull(strstr(problem->text, row->says));
        g_assert_cmpuint(problem->line, ==, row->line);
    }
}

static void test_zero_byte(void)
{
    static const char text[] = "---\ntitle: T\n---\na\0b\n";
    g_autoptr(GPtrArray) problems = problems_new();
    g_assert_null(template_parse(PATH, text, sizeof text - 1, problems));
    g_assert_cmpuint(problems->len, ==, 1);
    g_assert_cmpuint(((KbProblem *)g_ptr_array_index(problems, 0))->line, ==, 4);
}

static void test_size(void)
{
    g_autoptr(GString) text = g_string_new(HEAD "---\n");
    while (text->len < TEMPLATE_MAX_BYTES)
        g_string_append_c(text, text->len % 80 ? 'x' : '\n');
    g_autoptr(GPtrArray) problems = problems_new();
    g_autoptr(Template) fits = template_parse(PATH, text->str, text->len, problems);
    g_assert_nonnull(fits);
    g_string_append_c(text, 'x');
    g_assert_null(template_parse(PATH, text->str, text->len, problems));
    g_assert_cmpuint(problems->len, ==, 1);
}

static void test_problems_bounded(void)
{
    g_autoptr(GString) text = g_string_new(HEAD "---\n");
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "{{\n");
    g_autoptr(GPtrArray) problems = problems_new();
    g_assert_null(template_parse(PATH, text->str, text->len, problems));
    g_assert_cmpuint(problems->len, ==, 20);
}

static void test_warnings(void)
{
    const char *text = "---\nstate: approved\n---\nVielen Dank fÃ¼r Ihre Nachricht\n";
    g_autoptr(GPtrArray) problems = problems_new();
    g_autoptr(Template) t = template_parse(PATH, text, strlen(text), problems);
    g_assert_nonnull(t);
    g_assert_cmpstr(t->title, ==, "how-to");
    g_assert_cmpuint(problems->len, ==, 2);
    const KbProblem *umlauts = g_ptr_array_index(problems, 0);
    g_assert_false(umlauts->error);
    g_assert_cmpuint(umlauts->line, ==, 4);
    g_assert_nonnull(strstr(umlauts->text, "'fÃ¼r'"));
    g_assert_false(((KbProblem *)g_ptr_array_index(problems, 1))->error);
}

static gboolean usable(const char *keys, guint day)
{
    g_autofree char *text = g_strdup_printf("---\ntitle: T\n%s---\nx\n", keys);
    g_autoptr(GPtrArray) problems = problems_new();
    g_autoptr(Template) t = template_parse(PATH, text, strlen(text), problems);
    g_autoptr(GDate) today = g_date_new_dmy((GDateDay)day, G_DATE_MARCH, 2026);
    g_assert_nonnull(t);
    return template_usable(t, today);
}

static void test_usable(void)
{
#define APPROVED "state: approved\napprover: Erika Beispiel\n"
    g_assert_true(usable(APPROVED, 10));
    g_assert_true(usable(APPROVED "mode: off\n", 10));
    g_assert_false(usable("state: draft\napprover: Erika Beispiel\n", 10));
    g_assert_false(usable("state: retired\napprover: Erika Beispiel\n", 10));
    g_assert_false(usable("state: approved\n", 10));
    g_assert_false(usable(APPROVED "valid-from: 2026-03-11\n", 10));
    g_assert_true(usable(APPROVED "valid-from: 2026-03-11\n", 11));
    g_assert_true(usable(APPROVED "valid-to: 2026-03-11\n", 11));
    g_assert_false(usable(APPROVED "valid-to: 2026-03-11\n", 12));
    g_assert_true(usable(APPROVED "review-by: 2026-03-01\n", 12));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/template/everything", test_everything);
    g_test_add_func("/template/defaults", test_defaults);
    g_test_add_func("/template/wrong", test_wrong);
    g_test_add_func("/template/zero-byte", test_zero_byte);
    g_test_add_func("/template/size", test_size);
    g_test_add_func("/template/problems-bounded", test_problems_bounded);
    g_test_add_func("/template/warnings", test_warnings);
    g_test_add_func("/template/usable", test_usable);
    return g_test_run();
}
