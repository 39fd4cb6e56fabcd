/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/svm.h"

#include "sample.h"

#include <math.h>
#include <string.h>

typedef struct Learned {
    SampleMail mail;
    Corpus *corpus;
    gboolean *in;
    Bayes *bayes;
} Learned;

static void learned_init(Learned *learned, guint n, guint noise)
{
    learned->mail = sample_mail(n, noise, 3);
    learned->corpus = corpus_new(sample_texts(&learned->mail), n);
    learned->in = g_new(gboolean, n);
    for (guint i = 0; i < n; i++)
        learned->in[i] = TRUE;
    learned->bayes = bayes_new(learned->corpus, learned->in, &weighting_default);
}

static void learned_clear(Learned *learned)
{
    bayes_free(learned->bayes);
    g_free(learned->in);
    corpus_free(learned->corpus);
    sample_clear(&learned->mail);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Learned, learned_clear)

static float *scores_of(const Learned *learned, const Svm *svm)
{
    const Corpus *corpus = learned->corpus;
    float *scores = g_new0(float, (gsize)corpus->n_texts * corpus->n_categories);
    svm_score(svm, learned->bayes, learned->in, scores);
    return scores;
}

/* The conditions of the optimum (C = 2): a text beyond the margin has no weight, one within it has
 * 2C times what it lacks. */
static void test_optimum(void)
{
    g_auto(Learned) learned;
    learned_init(&learned, 400, 5);
    g_autoptr(Svm) svm = svm_new(learned.bayes, NULL, 200, 1);
    g_autofree float *scores = scores_of(&learned, svm);
    const Corpus *corpus = learned.corpus;
    guint within = 0;
    for (guint i = 0; i < corpus->n_texts; i++) {
        for (guint c = 0; c < corpus->n_categories; c++) {
            gsize at = (gsize)i * corpus->n_categories + c;
            double lacks = 1 - (corpus->category[i] == c ? 1 : -1) * scores[at];
            g_assert_cmpfloat(svm->alpha[at], >=, 0);
            g_assert_cmpfloat_with_epsilon(svm->alpha[at], 4 * MAX(lacks, 0), 0.5);
            within += lacks > 0;
        }
    }
    g_assert_cmpuint(within, >, 100);
}

static guint count_right(const Learned *learned, const float *scores)
{
    const Corpus *corpus = learned->corpus;
    guint right = 0;
    for (guint i = 0; i < corpus->n_texts; i++) {
        guint best = 0;
        for (guint c = 1; c < corpus->n_categories; c++)
            if (scores[i * corpus->n_categories + c] > scores[i * corpus->n_categories + best])
                best = c;
        right += best == corpus->category[i];
    }
    return right;
}

static void test_same_again(void)
{
    g_auto(Learned) learned;
    learned_init(&learned, 200, 4);
    g_autoptr(Svm) one = svm_new(learned.bayes, NULL, 20, 1);
    g_autoptr(Svm) two = svm_new(learned.bayes, NULL, 20, 1);
    gsize size = (gsize)learned.corpus->n_features * learned.corpus->n_categories * sizeof(float);
    g_assert_cmpmem(one->weights, size, two->weights, size);
    g_autofree float *scores = scores_of(&learned, one);
    g_assert_cmpuint(count_right(&learned, scores), >=, 190);
}

/* Beginning where another one ended, without some of its texts: soon the same as from nothing. */
static void test_beginning(void)
{
    g_auto(Learned) learned;
    learned_init(&learned, 400, 5);
    g_autoptr(Svm) all = svm_new(learned.bayes, NULL, 200, 1);
    g_autofree gboolean *in = g_memdup2(learned.in, 400 * sizeof(gboolean));
    for (guint i = 0; i < 400; i += 5)
        in[i] = FALSE;
    g_autoptr(Bayes) bayes = bayes_new(learned.corpus, in, &weighting_default);
    g_autoptr(Svm) cold = svm_new(bayes, NULL, 200, 2);
    g_autoptr(Svm) warm = svm_new(bayes, all, 5, 2);
    g_autoptr(Svm) none = svm_new(bayes, all, 0, 2);
    g_autofree float *a = scores_of(&learned, cold), *b = scores_of(&learned, warm),
                     *c = scores_of(&learned, none);
    double near = 0, far = 0;
    for (guint i = 0; i < 400 * learned.corpus->n_categories; i++) {
        near += fabs(a[i] - b[i]) / (400 * learned.corpus->n_categories);
        far += fabs(a[i] - c[i]) / (400 * learned.corpus->n_categories);
    }
    g_assert_cmpfloat(near, <, 0.03);
    g_assert_cmpfloat(near, <, far);
    for (guint i = 0; i < 400; i += 5) /* what is not learned from has no part in it */
        for (guint k = 0; k < learned.corpus->n_categories; k++)
            g_assert_cmpfloat(warm->alpha[i * learned.corpus->n_categories + k], ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/svm/optimum", test_optimum);
    g_test_add_func("/svm/same-again", test_same_again);
    g_test_add_func("/svm/beginning", test_beginning);
    return g_test_run();
}
