/* SPDX-License-Identifier: Apache-2.0 */
/* One row per objection: the facts that raise just this one. A fact that raises none is sent. */
#include "pipeline/decide.h"

#include <math.h>

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
    set(&world->message->reply_addr, "somebody.else@customer.example");
}
static void recently_answered(World *world)
{
    world->facts.recent = 1;
}
static void sending_off(World *world)
{
    world->policy->sending = FALSE;
}
static void nothing(G_GNUC_UNUSED World *world)
{
}
static void just_enough(World *world)
{
    world->facts.probability = 0.9;
}
static void personal_to_sender(World *world)
{
    world->template_.discloses = TEMPLATE_PERSONAL;
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
    {"oversize", VERDICT_HOLD, oversize},
    {"bounce", VERDICT_HOLD, bounce},
    {"calendar", VERDICT_HOLD, calendar},
    {"machine", VERDICT_IGNORE, machine},
    {"spam", VERDICT_IGNORE, spam},
    {"perhaps-machine", VERDICT_SUGGEST, perhaps_machine},
    {"encrypted", VERDICT_HOLD, encrypted},
    {"no-address", VERDICT_HOLD, no_address},
    {"to-ourselves", VERDICT_HOLD, to_ourselves},
    {"running-ticket", VERDICT_SUGGEST, running_ticket},
    {"foreign-ticket", VERDICT_SUGGEST, foreign_ticket},
    {"not-addressed", VERDICT_SUGGEST, not_addressed},
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
    {"ambiguous", VERDICT_SUGGEST, ambiguous},
    {"template-mode", VERDICT_SUGGEST, template_mode},
    {"lookup", VERDICT_SUGGEST, lookup},
    {"incomplete", VERDICT_SUGGEST, incomplete},
    {"disclosure", VERDICT_SUGGEST, disclosure},
    {"recently-answered", VERDICT_SUGGEST, recently_answered},
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decide/rows", test_rows);
    g_test_add_func("/decide/every-objection-has-a-row", test_every_objection_has_a_row);
    g_test_add_func("/decide/first-wins", test_first_wins);
    return g_test_run();
}
