/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/cases.h"

#include <math.h>
#include <string.h>

static const CaseTerm *find(const CaseTerms *read, const char *term)
{
    for (guint i = 0; i < read->terms->len; i++) {
        const CaseTerm *at = &g_array_index(read->terms, CaseTerm, i);
        if (g_str_equal(at->term, term))
            return at;
    }
    return NULL;
}

static void test_terms(void)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(CaseTerms) read = cases_read(tokenizer, "de", "Rücksendung",
                                           "Die Rücksendungen an info@a.example, 4711, "
                                           "mit dem Gerät ISR4331",
                                           "Ihre Rücksendung ist da, das Etikett auch");
    const CaseTerm *stem = NULL;

    for (guint i = 1; i < read->terms->len; i++)
        g_assert_cmpstr(g_array_index(read->terms, CaseTerm, i - 1).term, <,
                        g_array_index(read->terms, CaseTerm, i).term);
    for (guint i = 0; i < read->terms->len; i++) {
        const CaseTerm *term = &g_array_index(read->terms, CaseTerm, i);
        g_assert_true(*term->term != '#');
        g_assert_cmpfloat(term->strength, >, 0);
        g_assert_cmpfloat(term->strength, <, 1);
        if (g_str_equal(term->word, "Rücksendung"))
            stem = term;
    }
    g_assert_nonnull(stem); /* one term for both forms */
    g_assert_cmpfloat_with_epsilon(stem->count, 2 + CASES_ANSWER, 1e-9);
    g_assert_cmpfloat_with_epsilon(stem->weight, sqrt(2 + CASES_ANSWER), 1e-9);
    g_assert_nonnull(find(read, "isr4331"));
    g_assert_cmpfloat_with_epsilon(find(read, "etikett")->count, CASES_ANSWER, 1e-9);
    g_assert_cmpfloat(find(read, "etikett")->strength, <, find(read, "isr4331")->strength);
    g_assert_null(find(read, "4711"));
}

static void test_length(void)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GString) text = g_string_new("toner");
    g_autoptr(CaseTerms) shorter = cases_read(tokenizer, "en", NULL, text->str, NULL);

    for (guint i = 0; i < 300; i++)
        g_string_append_printf(text, " w%c%c", 'a' + i % 26, 'a' + i / 26);
    g_autoptr(CaseTerms) longer = cases_read(tokenizer, "en", NULL, text->str, NULL);
    g_assert_cmpfloat(find(shorter, "toner")->strength, >, 3 * find(longer, "toner")->strength);
    g_autoptr(CaseTerms) none = cases_read(tokenizer, NULL, NULL, NULL, NULL);
    g_assert_cmpuint(none->terms->len, ==, 0);
}

static void test_long_text(void)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(GString) text = g_string_new(NULL);

    while (text->len < CASES_TEXT_MAX_BYTES)
        g_string_append(text, "word ");
    g_string_append(text, "behind");
    g_autoptr(CaseTerms) read = cases_read(tokenizer, "en", NULL, text->str, NULL);
    g_assert_nonnull(find(read, "word"));
    g_assert_null(find(read, "behind"));
}

static void test_matched(void)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    g_autoptr(CaseTerms) asked =
        cases_read(tokenizer, "en", "Printer", "Where are the Cartridges for my printer", NULL);
    g_autoptr(CaseTerms) past =
        cases_read(tokenizer, "en", NULL, "the cartridge of the printer is empty", NULL);
    g_autofree double *idf = g_new0(double, asked->terms->len);

    for (guint i = 0; i < asked->terms->len; i++) {
        const CaseTerm *term = &g_array_index(asked->terms, CaseTerm, i);
        idf[i] = g_str_equal(term->term, "the") ? 0.01 : term->word[0] == 'C' ? 5 : 1;
    }
    g_autoptr(GPtrArray) words = cases_matched(asked, idf, past, 2);
    g_assert_cmpuint(words->len, ==, 2);
    g_assert_cmpstr(g_ptr_array_index(words, 0), ==, "Cartridges");
    g_assert_cmpstr(g_ptr_array_index(words, 1), ==, "Printer");
    g_autoptr(GPtrArray) all = cases_matched(asked, idf, past, 10);
    g_assert_cmpuint(all->len, ==, 3);
}

static void test_print(void)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    const gint64 print = cases_print(tokenizer, "Bitte senden Sie es zurück.");

    g_assert_cmpint(print, !=, 0);
    g_assert_cmpint(cases_print(tokenizer, " bitte SENDEN sie\n\nes zurueck!"), ==, print);
    g_assert_cmpint(cases_print(tokenizer, "Bitte senden Sie es nicht zurück."), !=, print);
    g_assert_cmpint(cases_print(tokenizer, "es zurück senden Sie Bitte"), !=, print);
    g_assert_cmpint(cases_print(tokenizer, " -- !\n"), ==, 0);
    g_assert_cmpint(cases_print(tokenizer, NULL), ==, 0);
}

static void test_choose(void)
{
    g_autoptr(Tokenizer) tokenizer = tokenizer_new();
    static const char first[] = "Bitte starten Sie den Router neu und warten Sie fünf Minuten.";
    static const char like[] = "Bitte starten Sie Ihren Router neu und warten Sie fünf Minuten.";
    static const char other[] = "Die Rücksendung ist für Sie kostenlos.";
    const CaseCandidate candidates[] = {
        {first, 1, 4}, {first, 1, 4}, {other, 2, 1},
        {like, 3, 2},  {"", 0, 0},    {"Wir senden eine neue Rechnung.", 4, 1},
    };
    g_autoptr(GArray) choices = cases_choose(tokenizer, candidates, G_N_ELEMENTS(candidates), 2);
    const CaseChoice *best = &g_array_index(choices, CaseChoice, 0);
    const CaseChoice *second = &g_array_index(choices, CaseChoice, 1);

    g_assert_cmpuint(choices->len, ==, 2);
    g_assert_cmpuint(best->index, ==, 0);
    g_assert_cmpuint(best->given, ==, 6); /* the same print once, the like one beside it */
    g_assert_cmpuint(second->index, ==, 2);
    g_assert_cmpuint(second->given, ==, 1);
    g_autoptr(GArray) all = cases_choose(tokenizer, candidates, G_N_ELEMENTS(candidates), 9);
    g_assert_cmpuint(all->len, ==, 3);
    g_autoptr(GArray) none = cases_choose(tokenizer, NULL, 0, 3);
    g_assert_cmpuint(none->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cases/terms", test_terms);
    g_test_add_func("/cases/length", test_length);
    g_test_add_func("/cases/long-text", test_long_text);
    g_test_add_func("/cases/matched", test_matched);
    g_test_add_func("/cases/print", test_print);
    g_test_add_func("/cases/choose", test_choose);
    return g_test_run();
}
