/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/svm.h"

#include <math.h>
#include <string.h>

#include "classifier/row.h"

static const float enough = 0.05f; /* the largest projected gradient that may remain */

#define LONGEST_REST 4 /* passes that a text sits out when its last visit changed little */

/* Room for the text at hand. */
typedef struct Visit {
    GArray *x;      /* of float, by entry */
    float square;   /* |x|² + 1, the bias included */
    float *m;       /* by category */
    float *change;  /* by category */
    guint *changed; /* categories with a change */
} Visit;

static void visit_init(Visit *visit, guint n_categories)
{
    visit->x = g_array_new(FALSE, FALSE, sizeof(float));
    visit->m = g_new(float, n_categories);
    visit->change = g_new(float, n_categories);
    visit->changed = g_new(guint, n_categories);
}

static void visit_clear(Visit *visit)
{
    g_array_unref(visit->x);
    g_free(visit->m);
    g_free(visit->change);
    g_free(visit->changed);
}

static void measure(const Bayes *bayes, guint32 text, Visit *visit)
{
    const Corpus *corpus = bayes->corpus;
    gsize first = corpus->first[text], n = corpus->first[text + 1] - first;
    g_array_set_size(visit->x, (guint)n);
    float *x = (float *)(gpointer)visit->x->data;
    visit->square = 1;
    for (gsize k = 0; k < n; k++) {
        const Entry *entry = &corpus->entries[first + k];
        x[k] = bayes_x(bayes, text, entry->feature, entry->t);
        visit->square += x[k] * x[k];
    }
}

static void score(const Svm *svm, const Bayes *bayes, guint32 text, const Visit *visit, float *m)
{
    const Corpus *corpus = bayes->corpus;
    const float *x = (const float *)(gpointer)visit->x->data;
    guint n = svm->n_categories;
    memcpy(m, svm->bias, n * sizeof *m);
    for (gsize k = 0; k < visit->x->len; k++)
        if (x[k] > 0)
            row_add_floats(
                m, svm->weights + (gsize)corpus->entries[corpus->first[text] + k].feature * n, x[k],
                n);
}

/* Adds visit->change to the weights. */
static void move(Svm *svm, const Bayes *bayes, guint32 text, const Visit *visit, guint n_changed)
{
    const Corpus *corpus = bayes->corpus;
    const float *x = (const float *)(gpointer)visit->x->data;
    guint n = svm->n_categories;
    gboolean dense = n_changed > n / 4;
    for (guint j = 0; j < n_changed; j++)
        svm->bias[visit->changed[j]] += visit->change[visit->changed[j]];
    for (gsize k = 0; k < visit->x->len; k++) {
        if (x[k] <= 0)
            continue;
        float *row = svm->weights + (gsize)corpus->entries[corpus->first[text] + k].feature * n;
        if (dense)
            row_add_floats(row, visit->change, x[k], n);
        else
            for (guint j = 0; j < n_changed; j++)
                row[visit->changed[j]] += x[k] * visit->change[visit->changed[j]];
    }
}

/* One step for each category. Returns the largest projected gradient. */
static float learn(Svm *svm, const Bayes *bayes, guint32 text, Visit *visit)
{
    guint n = svm->n_categories, n_changed = 0;
    float *alpha = svm->alpha + (gsize)text * n, largest = 0;
    const float ridge = SVM_RIDGE;
    measure(bayes, text, visit);
    score(svm, bayes, text, visit, visit->m);
    for (guint c = 0; c < n; c++) {
        float y = bayes->corpus->category[text] == c ? 1 : -1;
        float gradient = y * visit->m[c] - 1 + ridge * alpha[c];
        float next = MAX(0, alpha[c] - gradient / (visit->square + ridge));
        visit->change[c] = y * (next - alpha[c]);
        if (next != alpha[c]) {
            visit->changed[n_changed++] = c;
            largest = MAX(largest, fabsf(gradient));
            alpha[c] = next;
        }
    }
    if (n_changed > 0)
        move(svm, bayes, text, visit, n_changed);
    return largest;
}

/* Takes over the alphas of START. */
static void begin(Svm *svm, const Bayes *bayes, const Svm *start, Visit *visit)
{
    guint n = svm->n_categories;
    for (guint32 i = 0; i < bayes->corpus->n_texts; i++) {
        guint n_changed = 0;
        if (!bayes->in[i])
            continue;
        for (guint c = 0; c < n; c++) {
            float y = bayes->corpus->category[i] == c ? 1 : -1;
            svm->alpha[(gsize)i * n + c] = start->alpha[(gsize)i * n + c];
            visit->change[c] = y * svm->alpha[(gsize)i * n + c];
            if (visit->change[c] != 0)
                visit->changed[n_changed++] = c;
        }
        measure(bayes, i, visit);
        move(svm, bayes, i, visit, n_changed);
    }
}

static void shuffle(guint32 *order, guint n, GRand *random)
{
    for (guint i = n; i > 1; i--) {
        guint j = (guint)g_rand_int_range(random, 0, (gint32)i);
        guint32 other = order[i - 1];
        order[i - 1] = order[j];
        order[j] = other;
    }
}

Svm *svm_new(const Bayes *bayes, const Svm *start, guint passes, guint64 seed)
{
    const Corpus *corpus = bayes->corpus;
    guint n = corpus->n_categories;
    Svm *svm = g_new0(Svm, 1);
    svm->n_categories = n;
    svm->weights = g_new0(float, MAX((gsize)corpus->n_features * n, 1));
    svm->bias = g_new0(float, MAX(n, 1));
    svm->alpha = g_new0(float, MAX((gsize)corpus->n_texts * n, 1));
    g_autofree guint32 *order = g_new(guint32, MAX(bayes->n_in, 1));
    guint n_order = 0;
    for (guint32 i = 0; i < corpus->n_texts; i++)
        if (bayes->in[i])
            order[n_order++] = i;
    Visit visit;
    visit_init(&visit, n);
    if (start)
        begin(svm, bayes, start, &visit);
    g_autofree guint8 *rest = g_new0(guint8, MAX(corpus->n_texts, 1));
    g_autofree guint8 *asleep = g_new0(guint8, MAX(corpus->n_texts, 1));
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)seed);
    for (guint pass = 0; pass < passes; pass++) {
        gboolean moved = FALSE;
        shuffle(order, n_order, random);
        for (guint i = 0; i < n_order; i++) {
            guint32 text = order[i];
            if (asleep[text] > 0) {
                asleep[text]--;
                continue;
            }
            gboolean settled = learn(svm, bayes, text, &visit) < enough;
            rest[text] = settled ? MIN(rest[text] + 1, LONGEST_REST) : 0;
            asleep[text] = rest[text];
            moved = moved || !settled;
        }
        if (!moved)
            break;
    }
    visit_clear(&visit);
    return svm;
}

void svm_free(Svm *svm)
{
    if (!svm)
        return;
    g_free(svm->weights);
    g_free(svm->bias);
    g_free(svm->alpha);
    g_free(svm);
}

void svm_score(const Svm *svm, const Bayes *bayes, const gboolean *wanted, float *scores)
{
    Visit visit;
    visit_init(&visit, svm->n_categories);
    for (guint32 i = 0; i < bayes->corpus->n_texts; i++) {
        if (!wanted[i])
            continue;
        measure(bayes, i, &visit);
        score(svm, bayes, i, &visit, scores + (gsize)i * svm->n_categories);
    }
    visit_clear(&visit);
}
