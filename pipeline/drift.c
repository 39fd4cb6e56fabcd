/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/drift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIGNIFICANT 3.0    /* standard deviations */
#define LARGE_MEAN 0.03    /* change of a mean that matters */
#define LARGE_INDEX 0.2    /* population stability index that matters */
#define LEAST_EXPECTED 5.0 /* mails in a cell of the chi-square */

/* SIGN: +1, more is worse; -1, less is worse. */
static DriftMean compare_means(const double *values, guint n, double then, guint64 n_then, int sign)
{
    double sum = 0, squares = 0;
    for (guint i = 0; i < n; i++)
        sum += values[i];
    double mean = sum / n;
    for (guint i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    /* The spread in training is not known: taken to be the same. */
    double error = sqrt(squares / (n - 1) * (1.0 / n + 1.0 / (double)MAX(n_then, 1)));
    double worse = sign * (mean - then);
    double z = worse / MAX(error, 1e-9);
    return (DriftMean){mean, then, z, z > SIGNIFICANT && worse > LARGE_MEAN};
}

static void share_clear(gpointer data)
{
    g_free(((DriftShare *)data)->category);
}

static gint by_change(gconstpointer a, gconstpointer b)
{
    const DriftShare *x = a, *y = b;
    double first = fabs(x->now - x->then), second = fabs(y->now - y->then);
    return first < second ? 1 : first > second ? -1 : g_strcmp0(x->category, y->category);
}

/* One cell of the chi-square and of the index. */
typedef struct Cell {
    double now, then; /* shares */
} Cell;

/* The shares as cells, each large enough for the test; small ones count together. */
static GArray *make_cells(const GArray *mix, guint n)
{
    GArray *cells = g_array_new(FALSE, FALSE, sizeof(Cell));
    Cell rest = {0, 0};
    for (guint i = 0; i < mix->len; i++) {
        const DriftShare *share = &g_array_index(mix, DriftShare, i);
        Cell cell = {share->now, share->then};
        if (cell.then * n >= LEAST_EXPECTED) {
            g_array_append_val(cells, cell);
        } else {
            rest.now += cell.now;
            rest.then += cell.then;
        }
    }
    if (rest.then * n >= LEAST_EXPECTED || cells->len == 0) {
        g_array_append_val(cells, rest);
    } else {
        Cell *first = &g_array_index(cells, Cell, 0);
        first->now += rest.now;
        first->then += rest.then;
    }
    return cells;
}

/* CHI over DF degrees of freedom as standard deviations of a normal distribution. */
static double wilson_hilferty(double chi, double df)
{
    double spread = 2 / (9 * df);
    return (cbrt(chi / df) - (1 - spread)) / sqrt(spread);
}

static void compare_mix(Drift *drift, guint n, guint64 n_then)
{
    g_autoptr(GArray) cells = make_cells(drift->mix, n);
    if (cells->len < 2)
        return;
    double noise = 1.0 / n + 1.0 / (double)MAX(n_then, 1), chi = 0, index = 0;
    for (guint i = 0; i < cells->len; i++) {
        Cell cell = g_array_index(cells, Cell, i);
        double now = MAX(cell.now, 0.5 / n);
        chi += (cell.now - cell.then) * (cell.now - cell.then) / (cell.then * noise);
        index += (now - cell.then) * log(now / cell.then);
    }
    drift->z = wilson_hilferty(chi, cells->len - 1);
    drift->index = MAX(index - (cells->len - 1) * noise, 0);
    drift->mix_marked = drift->z > SIGNIFICANT && drift->index > LARGE_INDEX;
}

/* What was guessed, by category of the model; guesses it does not know are left out. */
static void measure_mix(Drift *drift, const DriftPast *past, const VerdictTrace *const *traces,
                        guint n)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    double known = 0, all = 0;
    for (guint c = 0; c < past->n_categories; c++) {
        DriftShare share = {g_strdup(past->categories[c]), 0, past->shares[c]};
        all += share.then;
        g_array_append_val(drift->mix, share);
        g_hash_table_insert(places, (gpointer)past->categories[c], GUINT_TO_POINTER(c));
    }
    for (guint i = 0; i < n; i++) {
        gpointer place;
        if (!g_hash_table_lookup_extended(places, traces[i]->category, NULL, &place))
            continue;
        g_array_index(drift->mix, DriftShare, GPOINTER_TO_UINT(place)).now++;
        known++;
    }
    for (guint c = 0; c < past->n_categories; c++) {
        DriftShare *share = &g_array_index(drift->mix, DriftShare, c);
        share->now /= MAX(known, 1);
        share->then /= all > 0 ? all : 1;
    }
    if (known >= DRIFT_LEAST)
        compare_mix(drift, (guint)known, past->texts);
    g_array_sort(drift->mix, by_change);
}

/* Corrections that it had learned by then make no other model of it. */
static gboolean decided_by(const VerdictTrace *trace, const char *model)
{
    return trace->model && model && g_str_has_prefix(trace->model, model) &&
           strchr("+", trace->model[strlen(model)]);
}

Drift *drift_new(const DriftPast *past, const char *model, const GPtrArray *traces)
{
    g_autofree const VerdictTrace **used = g_new(const VerdictTrace *, traces->len + 1);
    guint n = 0;
    for (guint i = 0; i < traces->len; i++) {
        const VerdictTrace *trace = g_ptr_array_index(traces, i);
        if (decided_by(trace, model))
            used[n++] = trace;
    }
    gboolean same = n >= DRIFT_LEAST;
    for (guint i = n = same ? n : 0; !same && i < traces->len; i++)
        used[n++] = g_ptr_array_index(traces, i);
    if (n < DRIFT_LEAST)
        return NULL;
    g_autofree double *unknown = g_new(double, n);
    g_autofree double *confidence = g_new(double, n);
    for (guint i = 0; i < n; i++) {
        unknown[i] = used[i]->unknown;
        confidence[i] = isnan(used[i]->probability) ? 0 : used[i]->probability;
    }
    Drift *drift = g_new0(Drift, 1);
    drift->mails = n;
    drift->since = used[n - 1]->decided_at;
    drift->same = same;
    drift->unknown = compare_means(unknown, n, past->unknown, past->texts, 1);
    drift->confidence = compare_means(confidence, n, past->confidence, past->texts, -1);
    drift->mix = g_array_new(FALSE, FALSE, sizeof(DriftShare));
    g_array_set_clear_func(drift->mix, share_clear);
    measure_mix(drift, past, used, n);
    return drift;
}

void drift_free(Drift *drift)
{
    if (!drift)
        return;
    g_array_unref(drift->mix);
    g_free(drift);
}

static GPtrArray *list_traces(const Pipeline *pipeline, GError **error)
{
    return verdict_list_understood(pipeline->store, pipeline->now - DRIFT_SECONDS, DRIFT_MAILS,
                                   error);
}

gboolean pipeline_drift_mails(const Pipeline *pipeline, guint *mails, GError **error)
{
    g_autoptr(GPtrArray) traces = list_traces(pipeline, error);
    *mails = traces ? traces->len : 0;
    return traces != NULL;
}

Drift *pipeline_drift(const Pipeline *pipeline, GError **error)
{
    const Model *model = pipeline->model;
    if (!model)
        return NULL;
    g_autoptr(GPtrArray) traces = list_traces(pipeline, error);
    if (!traces)
        return NULL;
    guint n = model_n_categories(model);
    g_autofree const char **categories = g_new(const char *, n);
    g_autofree double *shares = g_new(double, n);
    for (guint i = 0; i < n; i++) {
        categories[i] = model_category(model, i);
        shares[i] = model_prior(model, i);
    }
    ModelReport report;
    model_report(model, &report);
    DriftPast past = {report.unknown, report.confidence, report.texts, n, categories, shares};
    return drift_new(&past, model_trained_id(model), traces);
}

char *drift_sentence(const Drift *drift)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    if (drift->unknown.marked)
        g_ptr_array_add(parts,
                        g_strdup_printf("%.0f %% unknown words, %.0f %% in training",
                                        drift->unknown.now * 100, drift->unknown.then * 100));
    if (drift->confidence.marked)
        g_ptr_array_add(parts, g_strdup_printf("a confidence of %.2f on average, %.2f in training",
                                               drift->confidence.now, drift->confidence.then));
    if (drift->mix_marked) {
        const DriftShare *first = &g_array_index(drift->mix, DriftShare, 0);
        g_ptr_array_add(parts,
                        g_strdup_printf("%.0f %% of it is about %s, %.0f %% in training",
                                        first->now * 100, first->category, first->then * 100));
    }
    if (parts->len == 0)
        return NULL;
    g_ptr_array_add(parts, NULL);
    g_autofree char *all = g_strjoinv("; ", (char **)parts->pdata);
    return g_strdup_printf("mail has changed since training: %s; label recent mail and train", all);
}
