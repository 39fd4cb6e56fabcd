/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/bayes.h"

#include <math.h>
#include <string.h>

static const double smoothing = 0.1;   /* of the members' sums */
static const double kl_strength = 0.5; /* texts that the prior is worth in KL */

/* COUNT texts of each category have the feature, DF in all. */
static double divergence(const Bayes *bayes, const guint32 *count, guint32 df)
{
    double kl = 0, empty = 0;
    for (guint c = 0; c < bayes->corpus->n_categories; c++) {
        double prior = (double)bayes->n_in_of[c] / bayes->n_in;
        double p = (count[c] + kl_strength * prior) / (df + kl_strength);
        if (count[c] > 0)
            kl += p * log(p / prior);
        else
            empty += prior;
    }
    double share = kl_strength / (df + kl_strength); /* p/prior where there is no text */
    kl += empty * share * log(share);
    return MAX(kl, 0);
}

/* First sweep: weights, and what each text adds up to. */
static void weigh(Bayes *bayes, const Weighting *weighting)
{
    const Corpus *corpus = bayes->corpus;
    g_autofree guint32 *count = g_new(guint32, MAX(corpus->n_categories, 1));
    for (guint32 f = 0; f < corpus->n_features; f++) {
        FeatureKind kind = feature_kind(corpus->keys[f]);
        guint32 df = 0;
        memset(count, 0, corpus->n_categories * sizeof *count);
        for (gsize k = corpus->start[f]; k < corpus->start[f + 1]; k++) {
            guint32 text = corpus->postings[k].text;
            if (bayes->in[text]) {
                count[corpus->category[text]]++;
                df++;
            }
        }
        if (df < (kind == FEATURE_STEM ? 1 : 2))
            continue;
        double idf = log((bayes->n_in + 1.0) / (df + 1.0)) + 1;
        float w =
            (float)(pow(idf, weighting->idf) * pow(divergence(bayes, count, df), weighting->kl));
        bayes->weights[f] = w;
        float *lengths = bayes->scales[feature_block(corpus->keys[f])];
        for (gsize k = corpus->start[f]; k < corpus->start[f + 1]; k++) {
            const Posting *posting = &corpus->postings[k];
            lengths[posting->text] += posting->t * w * posting->t * w;
            bayes->known[posting->text][kind] += corpus->counts[k];
            if (kind == FEATURE_STEM)
                bayes->sums[MEMBER_MNB][posting->text] += w > 0 ? posting->t : 0;
        }
    }
}

/* Lengths become scales: each block is scaled to 1, then both together. */
static void scale_texts(Bayes *bayes)
{
    for (guint i = 0; i < bayes->corpus->n_texts; i++) {
        float *a = &bayes->scales[0][i], *b = &bayes->scales[1][i];
        float both = *a > 0 && *b > 0 ? sqrtf(0.5f) : 1.0f;
        *a = *a > 0 ? both / sqrtf(*a) : 0;
        *b = *b > 0 ? both / sqrtf(*b) : 0;
    }
}

static void total(Bayes *bayes)
{
    const Corpus *corpus = bayes->corpus;
    guint n = corpus->n_categories;
    g_autofree double *seen = g_new0(double, MAX(n, 1));
    g_autofree double *x = g_new0(double, MAX(n, 1));
    double x_all = 0, stems = 0, features = 0;
    for (guint32 f = 0; f < corpus->n_features; f++) {
        for (gsize k = corpus->start[f]; k < corpus->start[f + 1] && bayes->weights[f] > 0; k++)
            bayes->sums[MEMBER_CNB][corpus->postings[k].text] +=
                bayes_x(bayes, corpus->postings[k].text, f, corpus->postings[k].t);
        features += bayes->weights[f] > 0;
        stems += bayes->weights[f] > 0 && f < corpus->n_stems;
    }
    for (guint i = 0; i < corpus->n_texts; i++) {
        if (!bayes->in[i])
            continue;
        seen[corpus->category[i]] += bayes->sums[MEMBER_MNB][i];
        x[corpus->category[i]] += bayes->sums[MEMBER_CNB][i];
        x_all += bayes->sums[MEMBER_CNB][i];
    }
    for (guint c = 0; c < n; c++) {
        bayes->totals[MEMBER_MNB][c] = (float)log(seen[c] + smoothing * (stems + 1));
        bayes->totals[MEMBER_CNB][c] = (float)log(x_all - x[c] + smoothing * (features + 1));
    }
}

Bayes *bayes_new(const Corpus *corpus, const gboolean *in, const Weighting *weighting)
{
    Bayes *bayes = g_new0(Bayes, 1);
    gsize n = MAX(corpus->n_texts, 1);
    bayes->corpus = corpus;
    bayes->in = in;
    bayes->n_in_of = g_new0(guint32, MAX(corpus->n_categories, 1));
    bayes->weights = g_new0(float, MAX(corpus->n_features, 1));
    bayes->known = g_malloc0_n(n, sizeof *bayes->known);
    for (int m = 0; m < N_BAYES; m++) {
        bayes->totals[m] = g_new0(float, MAX(corpus->n_categories, 1));
        bayes->sums[m] = g_new0(float, n);
        bayes->scales[m] = g_new0(float, n);
    }
    for (guint i = 0; i < corpus->n_texts; i++) {
        if (in[i]) {
            bayes->n_in++;
            bayes->n_in_of[corpus->category[i]]++;
        }
    }
    weigh(bayes, weighting);
    scale_texts(bayes);
    total(bayes);
    return bayes;
}

void bayes_free(Bayes *bayes)
{
    if (!bayes)
        return;
    for (int m = 0; m < N_BAYES; m++) {
        g_free(bayes->totals[m]);
        g_free(bayes->sums[m]);
        g_free(bayes->scales[m]);
    }
    g_free(bayes->n_in_of);
    g_free(bayes->weights);
    g_free(bayes->known);
    g_free(bayes);
}

void bayes_row(const Bayes *bayes, guint32 f, int member, float *row)
{
    const Corpus *corpus = bayes->corpus;
    float all = 0;
    memset(row, 0, corpus->n_categories * sizeof *row);
    for (gsize k = corpus->start[f]; k < corpus->start[f + 1]; k++) {
        const Posting *posting = &corpus->postings[k];
        if (!bayes->in[posting->text])
            continue;
        float v = member == MEMBER_MNB ? posting->t : bayes_x(bayes, posting->text, f, posting->t);
        row[corpus->category[posting->text]] += v;
        all += v;
    }
    for (guint c = 0; c < corpus->n_categories; c++) {
        if (row[c] <= 0)
            continue;
        row[c] = member == MEMBER_MNB
                     ? logf((row[c] + (float)smoothing) / (float)smoothing)
                     : logf((all + (float)smoothing) / (MAX(all - row[c], 0) + (float)smoothing));
    }
}

void bayes_score(const Bayes *bayes, const gboolean *wanted, float *const *scores, float *support)
{
    const Corpus *corpus = bayes->corpus;
    guint n = corpus->n_categories;
    g_autofree float *row = g_new(float, MAX(n, 1));
    for (guint i = 0; i < corpus->n_texts; i++)
        for (int m = 0; m < N_BAYES && wanted[i]; m++)
            memset(scores[m] + (gsize)i * n, 0, n * sizeof(float));
    for (guint32 f = 0; f < corpus->n_features; f++) {
        if (bayes->weights[f] <= 0)
            continue;
        for (int m = f < corpus->n_stems ? MEMBER_MNB : MEMBER_CNB; m < N_BAYES; m++) {
            bayes_row(bayes, f, m, row);
            for (gsize k = corpus->start[f]; k < corpus->start[f + 1]; k++) {
                const Posting *posting = &corpus->postings[k];
                if (!wanted[posting->text])
                    continue;
                float *s = scores[m] + (gsize)posting->text * n;
                float v =
                    m == MEMBER_MNB ? posting->t : bayes_x(bayes, posting->text, f, posting->t);
                for (guint c = 0; c < n; c++)
                    s[c] += v * row[c];
                float *u = support + (gsize)posting->text * n;
                for (guint c = 0; c < n && m == MEMBER_CNB; c++)
                    u[c] += row[c] > 0 ? v : 0;
            }
        }
    }
    for (guint i = 0; i < corpus->n_texts; i++)
        for (int m = 0; m < N_BAYES && wanted[i]; m++)
            bayes_finish(m, bayes->totals[m], bayes->sums[m][i], scores[m] + (gsize)i * n, n);
}

void bayes_finish(int member, const float *totals, float sum, float *s, guint n_categories)
{
    float share = member == MEMBER_MNB ? -sum : sum;
    float scale = member == MEMBER_MNB ? 1 / sqrtf(1 + sum) : 1;
    for (guint c = 0; c < n_categories; c++)
        s[c] = (s[c] + share * totals[c]) * scale;
}
