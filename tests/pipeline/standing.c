/* SPDX-License-Identifier: Apache-2.0 */
/* From the outcomes of reviews to "the promise is broken", with the numbers worked out by hand. */
#include "pipeline/standing.h"

#include "models/message.h"
#include "tests/kb/folder.h"

#include <math.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT(1767614400)

typedef struct Desk {
    Folder *folder;
    Store *store;
    Policy *policy;
} Desk;

static void set_up(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    desk->folder = folder_new();
    g_autofree char *path = folder_path(desk->folder, "erms.db");
    g_autoptr(GError) error = NULL;
    desk->store = store_open(path, STORE_CREATE, &error);
    g_assert_no_error(error);
    desk->policy = policy_new();
    desk->policy->max_error = 0.05;
}

static void tear_down(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    store_free(desk->store);
    policy_free(desk->policy);
    folder_free(desk->folder);
}

/* N answers in CATEGORY, sent at AT; CORRECTED as in Audit. */
static void answers(Desk *desk, guint n, const char *category, guint drawn, AuditOutcome outcome,
                    const char *corrected, gint64 at)
{
    static guint serial = 0;
    policy_category(desk->policy, category)->mode = TEMPLATE_AUTO;
    g_autoptr(StoreTransaction) transaction = store_begin(desk->store, NULL);
    for (guint i = 0; i < n; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Message) message = message_new();
        g_autoptr(Audit) audit = audit_new();
        message->digest = g_strdup_printf("%u", ++serial);
        g_assert_true(message_insert(desk->store, message, &error));
        audit->message_id = message->id;
        audit->category = g_strdup(category);
        audit->drawn = drawn;
        audit->outcome = outcome;
        audit->corrected = g_strdup(corrected);
        audit->sent_at = at;
        audit_insert(desk->store, audit, &error);
        g_assert_no_error(error);
    }
    g_assert_true(store_commit(g_steal_pointer(&transaction), NULL));
}

static void reviewed(Desk *desk, const char *category, guint right, guint wrong)
{
    answers(desk, right, category, 1, AUDIT_RIGHT, NULL, NOW);
    answers(desk, wrong, category, 1, AUDIT_WRONG, NULL, NOW);
}

static Standings *load(Desk *desk, gboolean full)
{
    g_autoptr(GError) error = NULL;
    Standings *standings = standings_load(desk->store, desk->policy, NOW, full, &error);
    g_assert_no_error(error);
    return standings;
}

/* What is asked for each mail and what is reported are the same. */
static void assert_broken(Desk *desk, const char *category, gboolean broken)
{
    g_autoptr(Standings) full = load(desk, TRUE), quick = load(desk, FALSE);
    const char *why = standings_broken(full, category);
    if (broken != (why != NULL))
        g_error("%s: %s", category, why ? why : "not broken");
    g_assert_cmpstr(standings_broken(quick, category), ==, why);
}

static void test_numbers(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    reviewed(desk, "returns", 19, 1);
    answers(desk, 3, "returns", 1, AUDIT_OPEN, NULL, NOW);
    answers(desk, 77, "returns", 0, AUDIT_OPEN, NULL, NOW);
    g_autoptr(Standings) standings = load(desk, TRUE);
    const Standing *standing = standings_find(standings, "returns");
    g_assert_cmpint(standing->answers, ==, 100);
    g_assert_cmpint(standing->waiting, ==, 3);
    g_assert_cmpint(standing->reviewed, ==, 20);
    g_assert_cmpint(standing->wrong, ==, 1);
    g_assert_cmpint(standing->known, ==, 1);
    /* Clopper and Pearson: 1 of 20 */
    g_assert_cmpfloat_with_epsilon(standing->low, 0.0012651, 1e-6);
    g_assert_cmpfloat_with_epsilon(standing->high, 0.2487328, 1e-6);
    g_assert_cmpfloat(standing->promise, ==, 0.05);
    g_assert_cmpint(standing->state, ==, PROMISE_OPEN);
    g_assert_null(standing->why);
    g_assert_cmpint(standings->all->answers, ==, 100);
    g_assert_null(standings_find(standings, "hours"));
    g_assert_null(standings_broken(standings, "hours"));
    g_assert_null(standings_broken(NULL, "hours"));
}

static void test_nothing(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(Standings) standings = load(desk, TRUE);
    g_assert_cmpuint(standings->categories->len, ==, 0);
    g_assert_cmpint(standings->all->state, ==, PROMISE_OPEN);
    g_assert_cmpfloat(standings->all->low, ==, 0);
    g_assert_cmpfloat(standings->all->high, ==, 1);
}

/* 5 % are proven by 59 without a mistake: 0.95^59 = 0.0485. */
static void test_proven(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    reviewed(desk, "returns", 58, 0);
    g_autoptr(Standings) not_yet = load(desk, TRUE);
    g_assert_cmpint(standings_find(not_yet, "returns")->state, ==, PROMISE_OPEN);
    reviewed(desk, "returns", 1, 0);
    g_autoptr(Standings) proven = load(desk, TRUE);
    g_assert_cmpint(standings_find(proven, "returns")->state, ==, PROMISE_HOLDS);
    g_assert_cmpstr(promise_state_name(PROMISE_HOLDS), ==, "holds");
}

/* At 5 % two wrong ones break it in up to 7 (0.0444), not in 8 (0.0572); one never does. */
static void test_reviewed(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    reviewed(desk, "one", 0, 1);
    assert_broken(desk, "one", FALSE);
    g_assert_true(restore_insert(desk->store, "one", "eva", NOW, NULL));
    reviewed(desk, "seven", 5, 2);
    assert_broken(desk, "seven", TRUE);
    reviewed(desk, "seven", 1, 0);
    answers(desk, 50, "seven", 1, AUDIT_OPEN, NULL, NOW); /* what waits says nothing */
    assert_broken(desk, "seven", FALSE);
}

static void test_sentence(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    reviewed(desk, "returns", 0, 2);
    g_autoptr(Standings) standings = load(desk, TRUE);
    g_assert_cmpstr(standings_broken(standings, "returns"), ==,
                    "returns: 2 of 2 reviewed answers were wrong, so with 95 % certainty over "
                    "22.4 % are; 5 % are allowed");
    g_assert_cmpint(standings_find(standings, "returns")->state, ==, PROMISE_BROKEN);
    g_assert_null(standings_broken(standings, "hours")); /* it does no harm to the others */
    g_assert_cmpint(standings->all->wrong, ==, 0);
}

/* Labels, drawn or not: as if every other answer were right. */
static void test_known(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    answers(desk, 1, "returns", 0, AUDIT_OPEN, "invoice", NOW);
    answers(desk, 1, "returns", 1, AUDIT_OPEN, "", NOW);
    answers(desk, 5, "returns", 0, AUDIT_OPEN, NULL, NOW);
    assert_broken(desk, "returns", TRUE);
    g_autoptr(Standings) standings = load(desk, TRUE);
    const Standing *standing = standings_find(standings, "returns");
    g_assert_cmpint(standing->reviewed, ==, 0); /* a label is no review: it would be biased */
    g_assert_nonnull(strstr(standing->why, "2 of 7 automatic answers are known to be wrong"));
    answers(desk, 1, "returns", 0, AUDIT_OPEN, NULL, NOW);
    assert_broken(desk, "returns", FALSE);
    answers(desk, 1000, "returns", 0, AUDIT_OPEN, NULL, NOW);
    g_autoptr(Standings) quick = load(desk, FALSE);
    g_assert_cmpint(standings_find(quick, "returns")->answers, ==, 41);
    assert_broken(desk, "returns", FALSE);
}

/* 2 of 10 are no proof (0.0861), 8 of 40 are, in whichever categories. */
static void test_together(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    for (guint i = 0; i < 4; i++)
        reviewed(desk, names[i], 8, 2);
    reviewed(desk, "guilty", 0, 5); /* and out already */
    g_autoptr(Standings) standings = load(desk, FALSE);
    g_assert_cmpint(standings->all->reviewed, ==, 40);
    for (guint i = 0; i < 4; i++)
        assert_broken(desk, names[i], TRUE);
    assert_broken(desk, "not-seen-yet", FALSE); /* it may not answer at all */
    policy_category(desk->policy, "not-seen-yet")->mode = TEMPLATE_AUTO;
    assert_broken(desk, "not-seen-yet", TRUE);
    policy_category(desk->policy, "lax")->mode = TEMPLATE_AUTO;
    policy_category(desk->policy, "lax")->max_error = 0.2;
    assert_broken(desk, "lax", FALSE);
    g_assert_true(g_str_has_prefix(standings_broken(standings, "a"),
                                   "all categories together: 8 of 40 reviewed answers were wrong"));
    g_assert_true(g_str_has_prefix(standings_broken(standings, "guilty"), "guilty: 5 of 5"));
    g_autofree char *names_of_all = standings_guilty(standings);
    g_assert_cmpstr(names_of_all, ==, "a, b, c, d");
    g_assert_true(standings_restorable(standings, "a"));
    g_assert_true(standings_restorable(standings, "guilty"));
    g_assert_false(standings_restorable(standings, "not-seen-yet"));
    for (guint i = 0; i < 3; i++) {
        assert_broken(desk, "d", TRUE); /* 4 of 20: 0.0159 */
        g_assert_true(restore_insert(desk->store, names[i], "eva", NOW, NULL));
    }
    for (guint i = 0; i < 4; i++)
        assert_broken(desk, names[i], FALSE);
    assert_broken(desk, "guilty", TRUE);
}

/* Labels alone: each category has 1 known of 1, together they have 3 of 3. */
static void test_together_known(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const names[] = {"a", "b", "c"};
    for (guint i = 0; i < 3; i++)
        answers(desk, 1, names[i], 0, AUDIT_OPEN, "other", NOW);
    for (guint i = 0; i < 3; i++)
        assert_broken(desk, names[i], TRUE);
    g_autoptr(Standings) standings = load(desk, FALSE);
    g_autofree char *guilty = standings_guilty(standings);
    g_assert_cmpstr(guilty, ==, "a, b, c");
    /* what was answered elsewhere counts too, as long as it may: 3 of 17 (0.0499) */
    answers(desk, 13, "fine", 0, AUDIT_OPEN, NULL, NOW);
    assert_broken(desk, "a", TRUE);
    answers(desk, 1, "fine", 0, AUDIT_OPEN, NULL, NOW);
    assert_broken(desk, "a", FALSE);
    policy_category(desk->policy, "fine")->mode = TEMPLATE_SUGGEST;
    assert_broken(desk, "a", TRUE);
    policy_category(desk->policy, "b")->mode = TEMPLATE_SUGGEST;
    policy_category(desk->policy, "c")->mode = TEMPLATE_SUGGEST;
    assert_broken(desk, "a", FALSE);
}

/* Loaded again when somebody else wrote, not otherwise. */
static void test_cache(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    g_auto(StandingsCache) cache = {0};
    g_autoptr(GError) error = NULL;
    reviewed(desk, "returns", 0, 2);
    g_autoptr(Standings) one = standings_cached(&cache, desk->store, desk->policy, NOW, &error);
    g_autoptr(Standings) two = standings_cached(&cache, desk->store, desk->policy, NOW, &error);
    g_assert_no_error(error);
    g_assert_true(one == two);
    g_assert_nonnull(standings_broken(one, "returns"));

    g_autofree char *path = folder_path(desk->folder, "erms.db");
    g_autoptr(Store) other = store_open(path, STORE_OPEN, &error);
    g_assert_true(restore_insert(other, "returns", "eva", NOW, &error));
    g_autoptr(Standings) three = standings_cached(&cache, desk->store, desk->policy, NOW, &error);
    g_assert_no_error(error);
    g_assert_null(standings_broken(three, "returns"));
}

static void test_anew(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    reviewed(desk, "returns", 0, 2);
    assert_broken(desk, "returns", TRUE);
    g_assert_true(restore_insert(desk->store, "returns", "eva", NOW, NULL));
    assert_broken(desk, "returns", FALSE);
    reviewed(desk, "returns", 0, 1);
    assert_broken(desk, "returns", FALSE);
    reviewed(desk, "returns", 0, 1);
    assert_broken(desk, "returns", TRUE);
}

static void test_window(Desk *desk, G_GNUC_UNUSED gconstpointer data)
{
    answers(desk, 2, "returns", 1, AUDIT_WRONG, "hours", NOW - STANDING_WINDOW - 1);
    assert_broken(desk, "returns", FALSE);
    answers(desk, 2, "returns", 1, AUDIT_WRONG, "hours", NOW - STANDING_WINDOW);
    assert_broken(desk, "returns", TRUE);
}

#define DESK_TEST(path, func) g_test_add(path, Desk, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    DESK_TEST("/standing/numbers", test_numbers);
    DESK_TEST("/standing/nothing", test_nothing);
    DESK_TEST("/standing/proven", test_proven);
    DESK_TEST("/standing/reviewed", test_reviewed);
    DESK_TEST("/standing/sentence", test_sentence);
    DESK_TEST("/standing/known", test_known);
    DESK_TEST("/standing/together", test_together);
    DESK_TEST("/standing/together-known", test_together_known);
    DESK_TEST("/standing/cache", test_cache);
    DESK_TEST("/standing/anew", test_anew);
    DESK_TEST("/standing/window", test_window);
    return g_test_run();
}
