/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/examples.h"

#include "models/message.h"
#include "pipeline/lessons.h"
#include "tests/kb/folder.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAIL(subject, text)                                                                        \
    "From: kim@customer.example\nTo: service@shop.example\nSubject: " subject                      \
    "\nContent-Type: text/plain; charset=utf-8\n\n" text "\n"

static Kb *load(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = folder_path(folder, "kb");
    Kb *kb = kb_load(path, &error);
    g_assert_no_error(error);
    return kb;
}

static const Example *at(const GPtrArray *examples, guint i)
{
    g_assert_cmpuint(i, <, examples->len);
    return g_ptr_array_index(examples, i);
}

static void test_answers(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_write(folder, "kb/hours/open.en.md",
                 "---\ntitle: Opening hours\nstate: draft\nwhen: christmas, public holiday\n"
                 "subject: When we are open\n---\n{{greeting}}\n\nWe are open from "
                 "{{company.hours|nine to five}}.\n{{company.name}}\n");
    folder_write(folder, "kb/hours/open.de.md",
                 "---\ntitle: Öffnungszeiten\nstate: approved\napprover: E\n---\nTäglich.\n");
    folder_write(folder, "kb/hours/old.de.md",
                 "---\ntitle: Alt\nstate: retired\n---\nNur sonntags.\n");
    g_autoptr(Kb) kb = load(folder);
    g_autoptr(GPtrArray) examples = examples_new(kb);
    g_assert_cmpuint(examples->len, ==, 2);
    const Example *german = at(examples, 0), *english = at(examples, 1);
    g_assert_cmpstr(german->subject, ==, "Öffnungszeiten");
    g_assert_cmpstr(german->text, ==, "\nTäglich.\n");
    g_assert_cmpstr(german->language, ==, "de");
    g_assert_cmpstr(english->subject, ==, "Opening hours\nWhen we are open");
    g_assert_cmpstr(english->text, ==,
                    "christmas\npublic holiday\n\n\nWe are open from nine to five.\n\n");
    g_assert_cmpstr(english->language, ==, "en");
    g_assert_cmpstr(english->category, ==, "hours");
}

static void test_mails(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_answer(folder, "kb/hours/open.en.md", "", "Text");
    folder_write(folder, "kb/hours/open.tests/b.eml",
                 MAIL("Sonntag", "Haben Sie am Sonntag für uns geöffnet?\n> Zitat"));
    folder_write(folder, "kb/hours/open.tests/a.eml", MAIL("Sunday", "Are you open on sunday?"));
    folder_write(folder, "kb/hours/open.tests/notes.txt", "no mail");
    folder_write(folder, "kb/hours/open.tests/.a.eml", MAIL("hidden", "hidden"));
    folder_write(folder, "kb/hours/open.tests/empty.eml", "");
    folder_write(folder, "kb/hours/elsewhere/c.eml", MAIL("deep", "deep"));
    g_autofree char *large = g_strnfill(KB_EXAMPLE_MAX_BYTES + 1, 'x');
    folder_write(folder, "kb/hours/open.tests/large.eml", large);
    g_autofree char *pipe = folder_path(folder, "kb/hours/open.tests/pipe.eml");
    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
    g_autoptr(Kb) kb = load(folder);
    g_autoptr(GPtrArray) examples = examples_new(kb);
    g_assert_cmpuint(examples->len, ==, 3);
    g_assert_cmpstr(at(examples, 1)->subject, ==, "Sunday");
    g_assert_cmpstr(at(examples, 1)->category, ==, "hours");
    g_assert_cmpstr(at(examples, 1)->language, ==, "en");
    g_assert_cmpstr(at(examples, 2)->language, ==, "de");
    g_assert_nonnull(strstr(at(examples, 2)->text, "geöffnet"));
    g_assert_null(strstr(at(examples, 2)->text, "Zitat"));
}

static void test_too_many(void)
{
    g_autoptr(Folder) folder = folder_new();
    folder_write(folder, "kb/hours/open.tests/a.eml", MAIL("Sunday", "Are you open on sunday?"));
    g_autofree char *first = folder_path(folder, "kb/hours/open.tests/a.eml");
    for (guint i = 0; i < KB_EXAMPLES_MAX; i++) {
        g_autofree char *name = g_strdup_printf("kb/hours/open.tests/n%u.eml", i);
        g_autofree char *path = folder_path(folder, name);
        g_assert_cmpint(link(first, path), ==, 0);
    }
    g_autoptr(Kb) kb = load(folder);
    g_autoptr(GPtrArray) mails = kb_read_examples(kb);
    g_assert_cmpuint(mails->len, ==, KB_EXAMPLES_MAX);
}

static void label(Store *store, guint n, const char *category)
{
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < n; i++) {
        g_autoptr(Message) message = message_new();
        message->digest = g_strdup_printf("%s %u", category, i);
        message->subject = g_strdup(category);
        message_insert(store, message, &error);
        g_assert_no_error(error);
        g_autoptr(Label) said = label_new();
        said->message_id = message->id;
        said->category = g_strdup(category);
        said->who = g_strdup("eva");
        said->source = g_strdup("command");
        label_insert(store, said, &error);
        g_assert_no_error(error);
    }
}

/* The labelled mail comes first; the examples are for categories with few of them. */
static void test_lessons(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(GError) error = NULL;
    folder_answer(folder, "kb/few/x.en.md", "", "Text");
    folder_answer(folder, "kb/many/x.en.md", "", "Text");
    folder_answer(folder, "kb/new/x.en.md", "", "Text");
    g_autoptr(Kb) kb = load(folder);
    g_autofree char *path = folder_path(folder, "erms.db");
    g_autoptr(Store) store = store_open(path, STORE_CREATE, &error);
    g_assert_no_error(error);
    g_autoptr(Lessons) nothing = lessons_new(store, kb, &error);
    g_assert_cmpuint(nothing->n, ==, 3);
    g_assert_cmpint(nothing->last_label, ==, 0);

    label(store, LESSONS_FEW, "many");
    label(store, LESSONS_FEW - 1, "few");
    label(store, 2, NULL);
    g_autoptr(Lessons) lessons = lessons_new(store, kb, &error);
    g_assert_no_error(error);
    guint labelled = 2 * LESSONS_FEW + 1;
    g_assert_cmpuint(lessons->labelled->len, ==, labelled);
    g_assert_cmpuint(lessons->none, ==, 2);
    g_assert_cmpint(lessons->last_label, ==, labelled);
    g_assert_cmpuint(lessons->n, ==, labelled + 2);
    for (guint i = 0; i < lessons->n; i++) {
        const ModelText *text = &lessons->texts[i];
        g_assert_true(text->example == (i >= labelled));
        const LabelledText *same = i < labelled ? g_ptr_array_index(lessons->labelled, i) : NULL;
        g_assert_true(!same || (text->category == same->category && text->text == same->text &&
                                text->arrival == same->arrival));
    }
    g_assert_cmpstr(lessons->texts[labelled].category, ==, "few");
    g_assert_cmpstr(lessons->texts[labelled + 1].category, ==, "new");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/examples/answers", test_answers);
    g_test_add_func("/examples/mails", test_mails);
    g_test_add_func("/examples/too-many", test_too_many);
    g_test_add_func("/examples/lessons", test_lessons);
    return g_test_run();
}
