/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/models/fixture.h"

#include "models/verdict.h"

#include <math.h>

static void assert_equal(const Verdict *a, const Verdict *b)
{
    g_assert_nonnull(b);
    g_assert_cmpint(a->message_id, ==, b->message_id);
    g_assert_cmpint(a->action, ==, b->action);
    g_assert_cmpstr(a->reason, ==, b->reason);
    g_assert_cmpstr(a->detail, ==, b->detail);
    g_assert_cmpstr(a->queue, ==, b->queue);
    g_assert_cmpstr(a->category, ==, b->category);
    g_assert_true(a->probability == b->probability);
    g_assert_true(a->threshold == b->threshold);
    g_assert_true(a->unknown == b->unknown || (isnan(a->unknown) && isnan(b->unknown)));
    g_assert_cmpstr(a->candidates, ==, b->candidates);
    g_assert_cmpstr(a->words, ==, b->words);
    g_assert_cmpstr(a->model, ==, b->model);
    g_assert_cmpstr(a->template_name, ==, b->template_name);
    g_assert_cmpstr(a->template_hash, ==, b->template_hash);
    g_assert_cmpint(a->decided_at, ==, b->decided_at);
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Verdict) verdict = verdict_new(), read = NULL;

    (void)data;
    verdict->message_id = fixture_message(fixture->store, 0, "01");
    verdict->action = VERDICT_SUGGEST;
    verdict->reason = g_strdup("confidence");
    verdict->detail = g_strdup("0,41 ist unter der Schwelle 0,93");
    verdict->queue = g_strdup("returns");
    verdict->category = g_strdup("returns");
    verdict->probability = 0.1 + 0.2;
    verdict->threshold = INFINITY;
    verdict->unknown = 0.25;
    verdict->candidates = g_strdup("[{\"category\":\"returns\",\"probability\":0.3}]");
    verdict->words = g_strdup("[{\"word\":\"Rücksendung\",\"weight\":2.1}]");
    verdict->model = g_strdup("2026-01-02");
    verdict->template_name = g_strdup("returns/how-to.de");
    verdict->template_hash = g_strdup("ab12");
    verdict->decided_at = 1700000000;
    g_assert_true(verdict_insert(fixture->store, verdict, &error));
    read = verdict_load(fixture->store, verdict->message_id, &error);
    g_assert_no_error(error);
    assert_equal(verdict, read);
}

static void test_nulls(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Verdict) verdict = verdict_new(), read = NULL;

    (void)data;
    verdict->message_id = fixture_message(fixture->store, 0, "01");
    verdict->action = VERDICT_HOLD;
    verdict->reason = g_strdup("encrypted");
    g_assert_true(verdict_insert(fixture->store, verdict, &error));
    read = verdict_load(fixture->store, verdict->message_id, &error);
    g_assert_no_error(error);
    verdict->detail = g_strdup("");
    assert_equal(verdict, read);
}

/* Not a number is unsure, and stays so: it must not come back as a probability. */
static void test_not_a_number(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Verdict) verdict = verdict_new(), read = NULL;

    (void)data;
    verdict->message_id = fixture_message(fixture->store, 0, "01");
    verdict->reason = g_strdup("confidence");
    verdict->probability = NAN;
    verdict->threshold = 0.5;
    g_assert_true(verdict_insert(fixture->store, verdict, &error));
    read = verdict_load(fixture->store, verdict->message_id, &error);
    g_assert_no_error(error);
    g_assert_true(isnan(read->probability));
    g_assert_true(read->threshold == 0.5);
}

static void test_once(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Verdict) verdict = verdict_new(), read = NULL;

    (void)data;
    verdict->message_id = fixture_message(fixture->store, 0, "01");
    g_assert_null(verdict_load(fixture->store, verdict->message_id, &error));
    g_assert_no_error(error);
    verdict->reason = g_strdup("none");
    g_assert_true(verdict_insert(fixture->store, verdict, &error));
    verdict->action = VERDICT_IGNORE;
    g_assert_false(verdict_insert(fixture->store, verdict, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
    read = verdict_load(fixture->store, verdict->message_id, NULL);
    g_assert_cmpint(read->action, ==, VERDICT_SEND);
}

/* What drift is measured on: understood, a ticket's first, by a human; newest first. */
static void test_understood(Fixture *fixture, gconstpointer data)
{
    static const struct {
        VerdictAction action;
        const char *reason, *category;
        double unknown;
        gint64 at;
    } rows[] = {
        {VERDICT_SEND, "none", "a", 0.1, 10},
        {VERDICT_SUGGEST, "confidence", "b", 0.2, 30},
        {VERDICT_SUGGEST, "running-ticket", "c", 0.3, 40},
        {VERDICT_IGNORE, "spam", "d", 0.4, 40},
        {VERDICT_HOLD, "encrypted", NULL, NAN, 40},
        {VERDICT_SEND, "none", "f", 0.5, 9},
        {VERDICT_HOLD, "category-off", "g", 0.6, 20},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = NULL, few = NULL;

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *digest = g_strdup_printf("%02u", i);
        g_autoptr(Verdict) verdict = verdict_new();
        verdict->message_id = fixture_message(fixture->store, 0, digest);
        verdict->action = rows[i].action;
        verdict->reason = g_strdup(rows[i].reason);
        verdict->category = g_strdup(rows[i].category);
        verdict->probability = 0.9;
        verdict->unknown = rows[i].unknown;
        verdict->model = g_strdup("m");
        verdict->decided_at = rows[i].at;
        g_assert_true(verdict_insert(fixture->store, verdict, &error));
    }
    all = verdict_list_understood(fixture->store, 10, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 3);
    for (guint i = 0; i < 3; i++) {
        const VerdictTrace *trace = g_ptr_array_index(all, i);
        g_assert_cmpstr(trace->category, ==, ((const char *[]){"b", "g", "a"})[i]);
        g_assert_cmpfloat(trace->unknown, ==, ((const double[]){0.2, 0.6, 0.1})[i]);
        g_assert_cmpfloat(trace->probability, ==, 0.9);
        g_assert_cmpstr(trace->model, ==, "m");
    }
    few = verdict_list_understood(fixture->store, 10, 1, &error);
    g_assert_cmpuint(few->len, ==, 1);
}

static void test_actions(void)
{
    g_assert_cmpstr(verdict_action_name(VERDICT_SEND), ==, "send");
    g_assert_cmpstr(verdict_action_name(VERDICT_SUGGEST), ==, "suggest");
    g_assert_cmpstr(verdict_action_name(VERDICT_HOLD), ==, "hold");
    g_assert_cmpstr(verdict_action_name(VERDICT_IGNORE), ==, "ignore");
}

/* A word that this erms does not know is not silently another one. */
static void test_unknown_action(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gint64 id = fixture_message(fixture->store, 0, "01");

    (void)data;
    fixture_execute(fixture->store,
                    "PRAGMA ignore_check_constraints = 1;"
                    "INSERT INTO verdict (message_id, action, reason, decided_at, detail)"
                    " VALUES (1, 'guess', 'none', 1, '')");
    g_assert_null(verdict_load(fixture->store, id, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_BAD);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_TEST("/verdict/round-trip", test_round_trip);
    FIXTURE_TEST("/verdict/nulls", test_nulls);
    FIXTURE_TEST("/verdict/not-a-number", test_not_a_number);
    FIXTURE_TEST("/verdict/once", test_once);
    FIXTURE_TEST("/verdict/understood", test_understood);
    g_test_add_func("/verdict/actions", test_actions);
    FIXTURE_TEST("/verdict/unknown-action", test_unknown_action);
    return g_test_run();
}
