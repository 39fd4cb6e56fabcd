/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model.h"

#include <string.h>

#include "tests/classifier/sample.h"

static const ModelNear *nth(const GArray *near, guint i)
{
    return &g_array_index(near, ModelNear, i);
}

static void check_order(const Model *model, const GArray *near)
{
    for (guint i = 0; i < near->len; i++) {
        g_assert_cmpfloat(nth(near, i)->similarity, >, 0);
        g_assert_cmpfloat(nth(near, i)->similarity, <=, i ? nth(near, i - 1)->similarity : 1);
        g_assert_cmpuint(nth(near, i)->category, <, model_n_categories(model));
    }
}

/* A text that was learned is like itself, and nothing is more like it. */
static void test_itself(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    for (guint i = 0; i < mail.texts->len; i++) {
        const ModelText *text = &sample_texts(&mail)[i];
        g_autoptr(GArray) near = model_near(model, text, 400);
        gboolean found = FALSE;
        check_order(model, near);
        g_assert_cmpfloat(nth(near, 0)->similarity, >, 0.995);
        for (guint k = 0; k < near->len; k++) {
            if (nth(near, k)->id != text->id)
                continue;
            g_assert_cmpfloat(nth(near, k)->similarity, >, 0.995);
            g_assert_cmpstr(model_category(model, nth(near, k)->category), ==, text->category);
            found = TRUE;
        }
        g_assert_true(found);
    }
}

/* Later mail is like mail of its category. */
static void test_others(void)
{
    g_auto(SampleMail) mail = sample_mail(400, 0, 1);
    g_auto(SampleMail) later = sample_mail(100, 0, 2);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    guint right = 0;
    for (guint i = 0; i < later.texts->len; i++) {
        const ModelText *text = &sample_texts(&later)[i];
        g_autoptr(GArray) near = model_near(model, text, 5);
        check_order(model, near);
        g_assert_cmpuint(near->len, ==, 5);
        for (guint k = 0; k < near->len; k++)
            right += strcmp(model_category(model, nth(near, k)->category), text->category) == 0;
    }
    g_assert_cmpuint(right, >=, 475);
}

static void test_limits(void)
{
    g_auto(SampleMail) mail = sample_mail(40, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    ModelText text = {.text = "Retoure"}, foreign = {.text = "xyzzy"}, nothing = {0};
    g_autoptr(GArray) none = model_near(model, &text, 0);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GArray) some = model_near(model, &text, 1000);
    g_assert_cmpuint(some->len, >, 0);
    g_assert_cmpuint(some->len, <, 40); /* the rest has nothing in common with it */
    g_autoptr(GArray) unknown = model_near(model, &foreign, 10);
    g_assert_cmpuint(unknown->len, ==, 0);
    g_autoptr(GArray) empty = model_near(model, &nothing, 10);
    g_assert_cmpuint(empty->len, ==, 0);
}

/* Texts without id, and texts of no category, are not named; the others are, in whatever order they
 * stood. */
static void test_ids(void)
{
    g_auto(SampleMail) mail = sample_mail(40, 0, 1);
    ModelText *texts = (ModelText *)(gpointer)mail.texts->data;
    texts[0].id = 0;
    texts[1].category = NULL;
    texts[2].example = TRUE;
    texts[8] = texts[4]; /* the same twice */
    texts[8].id = 9;
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    g_autoptr(GArray) first = model_near(model, &texts[0], 40);
    g_autoptr(GArray) second = model_near(model, &texts[1], 40);
    g_autoptr(GArray) third = model_near(model, &texts[2], 1);
    for (guint i = 0; i < first->len; i++)
        g_assert_cmpint(nth(first, i)->id, !=, 0);
    for (guint i = 0; i < second->len; i++)
        g_assert_cmpint(nth(second, i)->id, !=, 2);
    g_assert_cmpint(nth(third, 0)->id, ==, 3);

    for (guint i = 0; i < 20; i++) {
        ModelText text = texts[i];
        texts[i] = texts[39 - i];
        texts[39 - i] = text;
    }
    g_autoptr(Model) turned = sample_train(&mail, 0.05);
    g_assert_cmpstr(model_id(model), ==, model_id(turned));
}

/* What is near does not change what is said afterwards. */
static void test_leaves_no_trace(void)
{
    g_auto(SampleMail) mail = sample_mail(100, 0, 1);
    g_autoptr(Model) model = sample_train(&mail, 0.05);
    ModelText text = {.text = "Retoure refund bitte"}, other = {.text = "Paket Sendung tracking"};
    ModelGuess before, after;
    model_classify(model, &text, &before, 1);
    g_autoptr(GArray) near = model_near(model, &other, 3);
    model_classify(model, &text, &after, 1);
    g_assert_cmpfloat(before.probability, ==, after.probability);
    g_autoptr(GArray) again = model_near(model, &other, 3);
    g_assert_cmpmem(near->data, near->len * sizeof(ModelNear), again->data,
                    again->len * sizeof(ModelNear));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model-near/itself", test_itself);
    g_test_add_func("/model-near/others", test_others);
    g_test_add_func("/model-near/limits", test_limits);
    g_test_add_func("/model-near/ids", test_ids);
    g_test_add_func("/model-near/leaves-no-trace", test_leaves_no_trace);
    return g_test_run();
}
