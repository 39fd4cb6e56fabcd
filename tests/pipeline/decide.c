/* SPDX-License-Identifier: Apache-2.0 */
/* One row per objection: the facts that raise just this one. A fact that raises none is sent. */
#include "pipeline/decide.h"

#include <math.h>

#define NOON G_GINT64_CONSTANT(1767614400) /* 2026-01-05 12:00 UTC */

typedef struct World {
    Message *message;
    Policy *policy;
    Template template_;
    Filled filled;
    Facts facts;
} World;

/* A mail that may be answered: every test changes one thing. */
static void make_world(World *world)
{
    world->message = message_new();
    world->message->reply_addr = g_strdup("kim@customer.example");
    world->message->from_addr = g_strdup("kim@customer.example");
    world->message->to_addrs = g_strdup("other@shop.example, service@shop.example");
    world->message->subject = g_strdup("Password");
    world->message->language = g_strdup("en");
    world->message->thread = g_strdup("new");
    world->message->arrived_at = NOON - 7 * 24 * 60 * 60;
    world->policy = policy_new();
    world->policy->sending = TRUE;
    g_strfreev(world->policy->addresses);
    world->policy->addresses = g_strsplit("service@shop.example", ",", -1);
    world->policy->from_addr = g_strdup("service@shop.example");
    policy_category(world->policy, "password")->mode = TEMPLATE_AUTO;
    world->template_ = (Template){.id = (char *)"password/reset.en",
                                  .category = (char *)"password",
                                  .mode = TEMPLATE_AUTO,
                                  .discloses = TEMPLATE_PUBLIC};
    world->filled = (Filled){.text = (char *)"Hello"};
    world->facts = (Facts){.message = world->message,
                           .now = NOON,
                           .has_model = TRUE,
                           .category = "password",
                           .probability = 0.99,
                           .threshold = 0.9,
                           .template_ = &world->template_,
                           .template_language = TRUE,
                           .template_clear = TRUE,
                           .filled = &world->filled};
}

static void free_world(World *world)
{
    message_free(world->message);
    policy_free(world->policy);
}

static void set(char **member, const char *value)
{
    g_free(*member);
    *member = g_strdup(value);
}

static void unreadable(World *world)
{
    world->message->flags |= MESSAGE_UNREADABLE;
}
static void oversize(World *world)
{
    world->message->flags |= MESSAGE_OVERSIZE;
}
static void bounce(World *world)
{
    world->facts.machine = "a delivery report";
    set(&world->message->automatic, "bounce");
    set(&world->message->thread, "bounce");
}
static void calendar(World *world)
{
    world->facts.machine = "an invitation";
    set(&world->message->automatic, "calendar");
}
static void machine(World *world)
{
    world->facts.machine = "it says so";
    set(&world->message->automatic, "auto-submitted");
}
static void away_note(World *world)
{
    world->facts.machine = "nobody is there";
    world->facts.running = world->facts.away = TRUE;
    set(&world->message->automatic, "out-of-office");
    set(&world->message->thread, "token");
}
static void new_away_note(World *world)
{
    away_note(world);
    world->facts.running = world->facts.away = FALSE;
    set(&world->message->thread, "new");
}
static void running_list(World *world)
{
    away_note(world);
    world->facts.away = FALSE;
    set(&world->message->automatic, "list-id");
}
static void perhaps_machine(World *world)
{
    world->facts.machine = "a list";
    set(&world->message->automatic, "list-id");
}
static void spam(World *world)
{
    world->message->flags |= MESSAGE_SPAM;
}
static void encrypted(World *world)
{
    world->message->flags |= MESSAGE_ENCRYPTED;
}
static void no_address(World *world)
{
    set(&world->message->reply_addr, NULL);
}
static void to_ourselves(World *world)
{
    set(&world->message->reply_addr, "service@shop.example");
}
static void running_ticket(World *world)
{
    world->facts.running = TRUE;
}
static void foreign_ticket(World *world)
{
    set(&world->message->thread, "foreign");
}
static void old(World *world)
{
    world->message->arrived_at--;
}
static void no_date(World *world)
{
    world->message->arrived_at = 0;
}
static void from_the_future(World *world)
{
    world->message->arrived_at = NOON + 24 * 60 * 60 + 1;
}
static void clock_a_little_back(World *world)
{
    world->message->arrived_at = NOON + 24 * 60 * 60;
}
static void wrote_back(World *world)
{
    world->facts.back = "customers wrote back to 9 of the last 10";
}
static void not_addressed(World *world)
{
    set(&world->message->to_addrs, "xservice@shop.example");
}
static void no_model(World *world)
{
    world->facts.has_model = FALSE;
}
static void no_category(World *world)
{
    world->facts.category = NULL;
}
static void threat(World *world)
{
    world->facts.threat = "lawyer";
}
static void category_off(World *world)
{
    policy_category(world->policy, "password")->mode = TEMPLATE_OFF;
}
static void category_suggest(World *world)
{
    policy_category(world->policy, "password")->mode = TEMPLATE_SUGGEST;
}
static void category_unknown(World *world)
{
    world->facts.category = "nobody-configured-me";
}
static void no_threshold(World *world)
{
    world->facts.threshold = 2;
}
static void confidence(World *world)
{
    world->facts.probability = nextafter(0.9, 0);
}
static void confidence_nan(World *world)
{
    world->facts.probability = NAN;
}
static void threshold_nan(World *world)
{
    world->facts.threshold = NAN;
}
static void promise_broken(World *world)
{
    world->facts.broken = "password: 2 of 2 reviewed answers were wrong";
}
static void corrected(World *world)
{
    world->facts.corrected = TRUE;
}
static void two_questions(World *world)
{
    world->facts.second_category = "hours";
}
static void no_template(World *world)
{
    world->facts.template_ = NULL;
}
static void language(World *world)
{
    world->facts.template_language = FALSE;
}
static void ambiguous(World *world)
{
    world->facts.template_clear = FALSE;
}
static void template_mode(World *world)
{
    world->template_.mode = TEMPLATE_SUGGEST;
}
static void lookup(World *world)
{
    world->facts.lookup = "no such order";
}
static void incomplete(World *world)
{
    world->filled.missing = (char *)"order.status";
}
static void disclosure(World *world)
{
    world->template_.discloses = TEMPLATE_PERSONAL;
    world->facts.authentication = "mx.shop.example says dmarc=fail for customer.example";
}
/* Heard before what a lookup found: whether there is a record is nobody's business either. */
static void disclosure_before_lookup(World *world)
{
    disclosure(world);
    world->facts.lookup = "no such order";
}
static void recently_answered(World *world)
{
    world->facts.traffic.recent = 1;
}
static void stopped(World *world)
{
    world->facts.traffic.stopped = TRUE;
}
static void suppressed(World *world)
{
    world->facts.traffic.suppressed = (char *)"our mail came back (5.1.1)";
}
static void limit_address(World *world)
{
    world->facts.traffic.address = 5;
}
static void limit_domain(World *world)
{
    world->facts.traffic.domain = 20;
}
static void limit_content(World *world)
{
    world->facts.traffic.content = 20;
}
static void breaker(World *world)
{
    world->facts.traffic.breaker = (char *)"300 automatic answers";
}
static void just_within_limits(World *world)
{
    world->facts.traffic = (Traffic){.address = 4, .domain = 19, .content = 19};
}
static void no_limits(World *world)
{
    Limits *limits = &world->policy->limits;
    limits->address.count = limits->domain.count = limits->content.count = 0;
    world->facts.traffic = (Traffic){.address = 1000, .domain = 1000, .content = 1000};
}
static void sending_off(World *world)
{
    world->policy->sending = FALSE;
}
static void nothing(G_GNUC_UNUSED World *world)
{
}
static void poisonous(World *world)
{
    world->message->tries = MESSAGE_TRIES_MAX;
}
static void just_enough(World *world)
{
    world->facts.probability = 0.9;
}
static void personal_to_sender(World *world)
{
    world->template_.discloses = TEMPLATE_PERSONAL;
    world->facts.authenticated = TRUE;
}
static void no_addresses_known(World *world)
{
    g_strfreev(world->policy->addresses);
    world->policy->addresses = g_new0(char *, 1);
    set(&world->message->to_addrs, NULL);
}

static const struct {
    const char *reason;
    VerdictAction action;
    void (*change)(World *world);
} rows[] = {
    {"unreadable", VERDICT_HOLD, unreadable},
    {"poisonous", VERDICT_HOLD, poisonous},
    {"oversize", VERDICT_HOLD, oversize},
    {"bounce", VERDICT_HOLD, bounce},
    {"calendar", VERDICT_HOLD, calendar},
    {"machine", VERDICT_IGNORE, machine},
    {"spam", VERDICT_IGNORE, spam},
    {"machine", VERDICT_IGNORE, away_note},
    {"perhaps-machine", VERDICT_SUGGEST, new_away_note},
    {"perhaps-machine", VERDICT_SUGGEST, running_list},
    {"perhaps-machine", VERDICT_SUGGEST, perhaps_machine},
    {"encrypted", VERDICT_HOLD, encrypted},
    {"no-address", VERDICT_HOLD, no_address},
    {"to-ourselves", VERDICT_HOLD, to_ourselves},
    {"running-ticket", VERDICT_SUGGEST, running_ticket},
    {"foreign-ticket", VERDICT_SUGGEST, foreign_ticket},
    {"not-addressed", VERDICT_SUGGEST, not_addressed},
    {"old", VERDICT_SUGGEST, old},
    {"old", VERDICT_SUGGEST, no_date},
    {"old", VERDICT_SUGGEST, from_the_future},
    {"none", VERDICT_SEND, clock_a_little_back},
    {"no-model", VERDICT_SUGGEST, no_model},
    {"no-category", VERDICT_SUGGEST, no_category},
    {"category-off", VERDICT_HOLD, category_off},
    {"threat", VERDICT_SUGGEST, threat},
    {"category-mode", VERDICT_SUGGEST, category_suggest},
    {"category-mode", VERDICT_SUGGEST, category_unknown},
    {"no-threshold", VERDICT_SUGGEST, no_threshold},
    {"confidence", VERDICT_SUGGEST, confidence},
    {"confidence", VERDICT_SUGGEST, confidence_nan},
    {"confidence", VERDICT_SUGGEST, threshold_nan},
    {"promise-broken", VERDICT_SUGGEST, promise_broken},
    {"corrected", VERDICT_SUGGEST, corrected},
    {"two-questions", VERDICT_SUGGEST, two_questions},
    {"no-template", VERDICT_SUGGEST, no_template},
    {"language", VERDICT_SUGGEST, language},
    {"disclosure", VERDICT_SUGGEST, disclosure},
    {"disclosure", VERDICT_SUGGEST, disclosure_before_lookup},
    {"ambiguous", VERDICT_SUGGEST, ambiguous},
    {"template-mode", VERDICT_SUGGEST, template_mode},
    {"wrote-back", VERDICT_SUGGEST, wrote_back},
    {"lookup", VERDICT_SUGGEST, lookup},
    {"incomplete", VERDICT_SUGGEST, incomplete},
    {"stopped", VERDICT_SUGGEST, stopped},
    {"suppressed", VERDICT_SUGGEST, suppressed},
    {"recently-answered", VERDICT_SUGGEST, recently_answered},
    {"limit-address", VERDICT_SUGGEST, limit_address},
    {"limit-domain", VERDICT_SUGGEST, limit_domain},
    {"limit-content", VERDICT_SUGGEST, limit_content},
    {"breaker", VERDICT_SUGGEST, breaker},
    {"none", VERDICT_SEND, just_within_limits},
    {"none", VERDICT_SEND, no_limits},
    {"sending-off", VERDICT_SUGGEST, sending_off},
    {"none", VERDICT_SEND, nothing},
    {"none", VERDICT_SEND, just_enough},
    {"none", VERDICT_SEND, personal_to_sender},
    {"none", VERDICT_SEND, no_addresses_known},
};

static void test_rows(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        World world;
        Decision decision;
        make_world(&world);
        rows[i].change(&world);
        decide(&world.facts, world.policy, &decision);
        g_assert_cmpstr(decision.reason, ==, rows[i].reason);
        g_assert_cmpint(decision.action, ==, rows[i].action);
        g_assert_nonnull(decision.detail);
        g_assert_true(g_utf8_validate(decision.detail, -1, NULL));
        decision_clear(&decision);
        free_world(&world);
    }
}

/* A rule that somebody adds must get a row above. */
static void test_every_objection_has_a_row(void)
{
    const char *const *reasons = decide_reasons();
    for (guint r = 0; reasons[r]; r++) {
        gboolean found = FALSE;
        for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
            found = found || g_str_equal(rows[i].reason, reasons[r]);
        if (!found)
            g_error("objection %s has no row in this test", reasons[r]);
    }
}

/* The order is part of the policy: the first objection is what people are shown. */
static void test_first_wins(void)
{
    World world;
    Decision decision;
    make_world(&world);
    sending_off(&world);
    confidence(&world);
    machine(&world);
    decide(&world.facts, world.policy, &decision);
    g_assert_cmpstr(decision.reason, ==, "machine");
    decision_clear(&decision);
    free_world(&world);
}

/* Right before an answer leaves only what the limits know is asked. */
static void test_leaving(void)
{
    static void (*const against[])(World *) = {stopped,       suppressed,   recently_answered,
                                               limit_address, limit_domain, limit_content,
                                               sending_off,   breaker};
    World world;
    Decision decision;
    for (guint i = 0; i < G_N_ELEMENTS(against); i++) {
        make_world(&world);
        against[i](&world);
        Facts facts = {.traffic = world.facts.traffic};
        g_assert_false(decide_leaving(&facts, world.policy, &decision));
        g_assert_nonnull(decision.detail);
        decision_clear(&decision);
        free_world(&world);
    }
    make_world(&world);
    just_within_limits(&world);
    Facts facts = {.traffic = world.facts.traffic};
    g_assert_true(decide_leaving(&facts, world.policy, &decision));
    free_world(&world);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decide/rows", test_rows);
    g_test_add_func("/decide/every-objection-has-a-row", test_every_objection_has_a_row);
    g_test_add_func("/decide/first-wins", test_first_wins);
    g_test_add_func("/decide/leaving", test_leaving);
    return g_test_run();
}
