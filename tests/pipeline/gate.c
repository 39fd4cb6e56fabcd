/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/gate.h"

#include <string.h>

/* Five to nothing is proof at 95 %, four to nothing is not; what both get right or wrong does not
 * count. The figures were reckoned by hand with binomial coefficients. */
static void test_mail_since(void)
{
    static const struct {
        guint live_only, new_only;
        gboolean worse;
    } rows[] = {
        {0, 0, FALSE}, {4, 0, FALSE}, {5, 0, TRUE},   {7, 1, TRUE},    {6, 1, FALSE},
        {9, 2, TRUE},  {8, 2, FALSE}, {59, 41, TRUE}, {58, 42, FALSE}, {0, 9, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        GateCounts counts = {.mails = 1200,
                             .live_right = 1000 + rows[i].live_only,
                             .new_right = 1000 + rows[i].new_only,
                             .live_only = rows[i].live_only,
                             .new_only = rows[i].new_only};
        g_autofree char *objection = gate_objection(&counts);
        g_test_message("%u to %u: %s", rows[i].live_only, rows[i].new_only, objection);
        g_assert_true((objection != NULL) == rows[i].worse);
        g_autofree char *figures =
            g_strdup_printf("of 1200 mails that were labelled since its training the live model "
                            "guesses %u right, the new one %u",
                            counts.live_right, counts.new_right);
        g_assert_true(!objection || g_str_equal(objection, figures));
    }
}

static void test_mail_of_both(void)
{
    static const struct {
        guint right, n, live_right, live_n;
        gboolean worse;
    } rows[] = {
        {80, 100, 95, 100, TRUE},       {87, 100, 95, 100, TRUE},        {88, 100, 95, 100, FALSE},
        {1897, 2000, 1922, 2000, TRUE}, {1905, 2000, 1922, 2000, FALSE}, {0, 3, 78, 80, TRUE},
        {100, 100, 95, 100, FALSE},     {0, 0, 95, 100, FALSE},          {1, 50, 0, 0, FALSE},
        {95, 100, 95, 100, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        GateCounts counts = {.both = rows[i].n,
                             .both_right = rows[i].right,
                             .live_learned = rows[i].live_n,
                             .live_held_right = rows[i].live_right};
        g_autofree char *objection = gate_objection(&counts);
        g_test_message("%u of %u: %s", rows[i].right, rows[i].n, objection);
        g_assert_true((objection != NULL) == rows[i].worse);
    }
    GateCounts counts = {
        .both = 400, .both_right = 320, .live_learned = 400, .live_held_right = 380};
    g_autofree char *objection = gate_objection(&counts);
    g_assert_cmpstr(objection, ==,
                    "of 400 mails that both have learned from the new model guesses 80.0 % right "
                    "when they are held out; the live one 95.0 %");
}

/* ---- what is counted --------------------------------------------------------------------------
 */

static const char *const words[][2] = {
    {"apples", "apple tree orchard cider"},
    {"boats", "boat sail harbour anchor"},
    {"coins", "coin mint silver purse"},
};
enum { APPLES, BOATS, COINS };

static Model *teach(guint categories)
{
    ModelText texts[24] = {{0}};
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < 8 * categories; i++)
        texts[i] = (ModelText){.text = words[i % categories][1],
                               .language = "en",
                               .category = words[i % categories][0],
                               .arrival = i};
    Model *model = model_train(texts, 8 * categories, &model_options_default, NULL, &error);
    g_assert_no_error(error);
    return model;
}

typedef struct Row {
    gint64 first_label, label_id;
    int truth, about, held_out; /* of words[]; truth -1: none */
} Row;

static void count(const Model *live, const Model *fresh, const Row *rows, guint n,
                  GateCounts *counts)
{
    Training training = {.last_label = 10, .messages = 20, .none = 2, .accuracy = 0.75};
    g_autoptr(Lessons) lessons = g_new0(Lessons, 1);
    g_autofree ModelGuess *held_out = g_new0(ModelGuess, n);
    lessons->labelled = g_ptr_array_new_with_free_func((GDestroyNotify)labelled_text_free);
    lessons->texts = g_new0(ModelText, n);
    for (guint i = 0; i < n; i++) {
        LabelledText *text = g_new0(LabelledText, 1);
        text->category = g_strdup(rows[i].truth < 0 ? NULL : words[rows[i].truth][0]);
        text->first_label = rows[i].first_label;
        text->label_id = rows[i].label_id;
        g_ptr_array_add(lessons->labelled, text);
        lessons->texts[i] = (ModelText){.text = words[rows[i].about][1], .language = "en"};
        held_out[i].category = (guint)rows[i].held_out;
    }
    gate_count(live, &training, fresh, lessons, held_out, counts);
}

static void test_count(void)
{
    static const Row rows[] = {
        {5, 5, APPLES, BOATS, APPLES},   /* both have learned it, and the new one is right */
        {6, 6, APPLES, APPLES, BOATS},   /* … and wrong */
        {7, 7, APPLES, APPLES, COINS},   /* the live one cannot say coins */
        {3, 12, BOATS, BOATS, APPLES},   /* relabelled since */
        {13, 13, BOATS, BOATS, APPLES},  /* new mail: only the live one is right */
        {14, 14, APPLES, BOATS, APPLES}, /* only the new one */
        {15, 16, BOATS, BOATS, BOATS},   /* both */
        {17, 17, APPLES, BOATS, BOATS},  /* none of the two */
        {18, 18, COINS, COINS, COINS},   /* what only the new one knows is no merit */
        {19, 19, APPLES, APPLES, COINS}, /* … and no fault */
        {20, 20, -1, BOATS, BOATS},      /* of no category */
    };
    g_autoptr(Model) two = teach(2), three = teach(3);
    GateCounts counts;
    count(two, three, rows, G_N_ELEMENTS(rows), &counts);
    g_assert_cmpuint(counts.both, ==, 2);
    g_assert_cmpuint(counts.both_right, ==, 1);
    g_assert_cmpuint(counts.mails, ==, 4);
    g_assert_cmpuint(counts.live_right, ==, 2);
    g_assert_cmpuint(counts.new_right, ==, 2);
    g_assert_cmpuint(counts.live_only, ==, 1);
    g_assert_cmpuint(counts.new_only, ==, 1);
    g_assert_cmpuint(counts.live_learned, ==, 18);
    g_assert_cmpuint(counts.live_held_right, ==, 14);
}

/* The new model has a category less: what the live one says of it is left out, and its accuracy was
 * about other mail. */
static void test_category_gone(void)
{
    static const Row rows[] = {
        {5, 5, APPLES, APPLES, APPLES},
        {13, 13, BOATS, COINS, APPLES},
        {14, 14, BOATS, BOATS, APPLES},
    };
    g_autoptr(Model) two = teach(2), three = teach(3);
    GateCounts counts;
    count(three, two, rows, G_N_ELEMENTS(rows), &counts);
    g_assert_cmpuint(counts.both, ==, 1);
    g_assert_cmpuint(counts.mails, ==, 1);
    g_assert_cmpuint(counts.live_only, ==, 1);
    g_assert_cmpuint(counts.live_learned, ==, 0);
    g_assert_cmpuint(counts.live_held_right, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gate/mail-since", test_mail_since);
    g_test_add_func("/gate/mail-of-both", test_mail_of_both);
    g_test_add_func("/gate/count", test_count);
    g_test_add_func("/gate/category-gone", test_category_gone);
    return g_test_run();
}
