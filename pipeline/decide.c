/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy. To add a rule: write a function that says in one sentence why not (or NULL), add its
 * row to a table at the place where it shall be heard, and a row to tests/pipeline/decide.c.
 */
#include "pipeline/decide.h"

#include "mail/answerable.h"
#include "mail/bounce.h"
#include "pipeline/thread.h"

#include <math.h>

#define DAY (24 * 60 * 60)

/* Each says why the answer may not leave, in a new string; NULL: no objection. */
typedef char *(*Objection)(const Facts *facts, const Policy *policy);

static char *unreadable(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->message->flags & MESSAGE_UNREADABLE ? g_strdup("the mail could not be read")
                                                      : NULL;
}

static char *poisonous(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->message->tries >= MESSAGE_TRIES_MAX
               ? g_strdup_printf("erms broke off %u times while deciding about it",
                                 facts->message->tries)
               : NULL;
}

static char *oversize(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->message->flags & MESSAGE_OVERSIZE
               ? g_strdup_printf("the mail is over the size limit (%" G_GINT64_FORMAT " bytes)",
                                 facts->message->size)
               : NULL;
}

static char *bounce(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    if (g_strcmp0(facts->message->thread, THREAD_BOUNCE) != 0)
        return NULL;
    Bounce report;
    gboolean permanent = TRUE;
    if (bounce_read(facts->message, &report)) {
        permanent = report.permanent;
        bounce_clear(&report);
    }
    return g_strdup(permanent ? "our answer could not be delivered"
                              : "a mail server reports about our answer; perhaps it is only late");
}

static char *calendar(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return g_strcmp0(facts->message->automatic, "calendar") == 0
               ? g_strdup("it is a calendar invitation, which a human accepts or declines")
               : NULL;
}

/* Surely a machine, or a note that nobody is there which came upon a mail of ours: nobody needs to
 * look, and nothing changes about the ticket. */
static char *machine(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    const Message *message = facts->message;
    /* A filter errs, and a report may be about a mail of ours whose Message-ID was rewritten: where
     * there is a ticket, somebody has to look. */
    if ((facts->running && g_strcmp0(message->automatic, "spam") == 0) ||
        (g_strcmp0(message->thread, THREAD_FOREIGN) == 0 &&
         g_strcmp0(message->automatic, "bounce") == 0))
        return NULL;
    return facts->machine && (answerable_surely_machine(facts->message) || facts->away)
               ? g_strdup_printf("%s (%s)", facts->machine, facts->message->automatic)
               : NULL;
}

/* Perhaps one: no machine may answer, and a human looks. */
static char *perhaps_machine(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->machine ? g_strdup_printf("%s (%s)", facts->machine, facts->message->automatic)
                          : NULL;
}

static char *spam(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->message->flags & MESSAGE_SPAM && !facts->running
               ? g_strdup("the mail server marked it as spam")
               : NULL;
}

static char *encrypted(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->message->flags & MESSAGE_ENCRYPTED ? g_strdup("the mail is encrypted") : NULL;
}

static char *no_address(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->message->reply_addr ? NULL : g_strdup("it has no address to answer to");
}

static char *to_ourselves(const Facts *facts, const Policy *policy)
{
    return policy_is_ours(policy, facts->message->reply_addr)
               ? g_strdup("the answer would go to ourselves")
               : NULL;
}

static char *running_ticket(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->running
               ? g_strdup_printf("it belongs to a running ticket (%s)", facts->message->thread)
               : NULL;
}

static char *foreign_ticket(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    const Message *message = facts->message;
    return g_strcmp0(message->thread, THREAD_FOREIGN) == 0
               ? g_strdup_printf(
                     "it names ticket %" G_GINT64_FORMAT ", in which its sender%s has no part",
                     facts->linked,
                     g_strcmp0(message->from_addr, message->reply_addr) == 0 ? "" : " or Reply-To")
               : NULL;
}

/* When it arrived says the mail server. Its clock and ours may be wrong, and then nobody knows. */
static char *old(const Facts *facts, const Policy *policy)
{
    gint64 arrived = facts->message->arrived_at, age = facts->now - arrived;
    if (arrived <= 0)
        return g_strdup("nobody knows how old it is: the mail server does not say");
    if (age < -DAY)
        return g_strdup(
            "it is from the future: the clock here or that of the mail server is wrong");
    if (age <= (gint64)policy->max_age_seconds)
        return NULL;
    return age < 2 * DAY ? g_strdup_printf("it is %" G_GINT64_FORMAT " hours old", age / 3600)
                         : g_strdup_printf("it is %" G_GINT64_FORMAT " days old", age / DAY);
}

static char *not_addressed(const Facts *facts, const Policy *policy)
{
    if (!policy->addresses[0])
        return NULL;
    g_auto(GStrv) to =
        g_strsplit(facts->message->to_addrs ? facts->message->to_addrs : "", ",", -1);
    for (guint i = 0; to[i]; i++)
        if (g_strv_contains((const char *const *)policy->addresses, g_strstrip(to[i])))
            return NULL;
    return g_strdup("none of our addresses is in To or Cc");
}

static char *no_model(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->has_model ? NULL : g_strdup("there is no trained model yet (erms train)");
}

static char *no_category(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->category ? NULL : g_strdup("there is no text to understand");
}

static char *threat(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->threat ? g_strdup_printf("it may be a complaint, misuse or a legal matter (“%s”)",
                                           facts->threat)
                         : NULL;
}

static char *category_off(const Facts *facts, const Policy *policy)
{
    return policy_mode(policy, facts->category) == TEMPLATE_OFF
               ? g_strdup_printf("category %s is switched off", facts->category)
               : NULL;
}

static char *category_mode(const Facts *facts, const Policy *policy)
{
    return policy_mode(policy, facts->category) == TEMPLATE_SUGGEST
               ? g_strdup_printf("category %s is set to suggest", facts->category)
               : NULL;
}

static char *no_threshold(const Facts *facts, const Policy *policy)
{
    return facts->threshold > 1
               ? g_strdup_printf("the model has no proven threshold for %s and an error of %g %% "
                                 "(erms train)",
                                 facts->category, policy_max_error(policy, facts->category) * 100)
               : NULL;
}

static char *confidence(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    /* Written so that NaN counts as unsure. */
    if (facts->probability >= facts->threshold)
        return NULL;
    int digits = facts->threshold - facts->probability < 0.001 ? 6 : 3; /* so that they differ */
    return g_strdup_printf("unsure: %s with %.*f, %.*f is needed", facts->category, digits,
                           facts->probability, digits, facts->threshold);
}

static char *promise_broken(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->broken ? g_strdup_printf("the promise is broken (erms audit): %s", facts->broken)
                         : NULL;
}

static char *corrected(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->corrected ? g_strdup_printf("that it is %s comes from corrections since the last "
                                              "training; nothing is proven for it yet (erms train)",
                                              facts->category)
                            : NULL;
}

static char *two_questions(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->second_category ? g_strdup_printf("it asks two things: %s and %s",
                                                    facts->category, facts->second_category)
                                  : NULL;
}

static char *no_template(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->template_ ? NULL : g_strdup_printf("no approved answer for %s", facts->category);
}

static char *language(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->template_language
               ? NULL
               : g_strdup_printf("no answer for %s in the mail's language (%s)", facts->category,
                                 *facts->message->language ? facts->message->language : "unknown");
}

static char *ambiguous(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->template_clear
               ? NULL
               : g_strdup_printf("several answers for %s fit alike", facts->category);
}

static char *template_mode(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->template_->mode == TEMPLATE_AUTO
               ? NULL
               : g_strdup_printf("answer %s is for suggesting only", facts->template_->id);
}

static char *wrote_back(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return g_strdup(facts->back);
}

static char *lookup(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return g_strdup(facts->lookup);
}

static char *incomplete(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->filled->missing ? g_strdup_printf("answer %s has a gap: %s", facts->template_->id,
                                                    facts->filled->missing)
                                  : NULL;
}

static char *disclosure(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->template_->discloses == TEMPLATE_PUBLIC || facts->authenticated
               ? NULL
               : g_strdup_printf("answer %s is personal, and nobody knows who wrote the mail: %s",
                                 facts->template_->id,
                                 facts->authentication ? facts->authentication : "not looked at");
}

static char *stopped(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->traffic.stopped
               ? g_strdup("there is a stop file in the home: nothing leaves while it is there")
               : NULL;
}

static char *suppressed(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    return facts->traffic.suppressed
               ? g_strdup_printf("this address gets no automatic answers (erms breaker): %s",
                                 facts->traffic.suppressed)
               : NULL;
}

static char *recently_answered(const Facts *facts, const Policy *policy)
{
    return facts->traffic.recent > 0
               ? g_strdup_printf("this address got an automatic answer within %u hours",
                                 policy->quiet_seconds / 3600)
               : NULL;
}

/* WHAT got COUNT automatic answers; NULL: one more is within LIMIT, which is [limits] KEY. */
static char *over(const Limit *limit, guint count, const char *what, const char *key)
{
    if (!limit->count || count < limit->count)
        return NULL;
    g_autofree char *text = limit_text(limit);
    return g_strdup_printf("%s got %u automatic answers, the limit is %s ([limits] %s)", what,
                           count, text, key);
}

static char *limit_address(const Facts *facts, const Policy *policy)
{
    return over(&policy->limits.address, facts->traffic.address, "this address", "address");
}

static char *limit_domain(const Facts *facts, const Policy *policy)
{
    return over(&policy->limits.domain, facts->traffic.domain, "addresses of this domain",
                "domain");
}

static char *limit_content(const Facts *facts, const Policy *policy)
{
    return over(&policy->limits.content, facts->traffic.content, "mails of this content",
                "content");
}

static char *sending_off(G_GNUC_UNUSED const Facts *facts, const Policy *policy)
{
    return policy->sending ? NULL
                           : g_strdup("sending is switched off (erms.conf: [general] sending)");
}

static char *breaker(const Facts *facts, G_GNUC_UNUSED const Policy *policy)
{
    const Traffic *traffic = &facts->traffic;
    return traffic->breaker
               ? g_strdup_printf("the breaker %s (erms breaker): %s",
                                 traffic->tripped ? "is tripped" : "trips", traffic->breaker)
               : NULL;
}

typedef struct Row {
    const char *name;
    Objection objection;
    VerdictAction action;
} Row;

/* Asked once. */
static const Row objections[] = {
    {"unreadable", unreadable, VERDICT_HOLD},
    {"poisonous", poisonous, VERDICT_HOLD},
    {"oversize", oversize, VERDICT_HOLD},
    {"bounce", bounce, VERDICT_HOLD},
    {"calendar", calendar, VERDICT_HOLD},
    {"machine", machine, VERDICT_IGNORE},
    {"spam", spam, VERDICT_IGNORE},
    {"perhaps-machine", perhaps_machine, VERDICT_SUGGEST},
    {"encrypted", encrypted, VERDICT_HOLD},
    {"no-address", no_address, VERDICT_HOLD},
    {"to-ourselves", to_ourselves, VERDICT_HOLD},
    {"running-ticket", running_ticket, VERDICT_SUGGEST},
    {"foreign-ticket", foreign_ticket, VERDICT_SUGGEST},
    {"not-addressed", not_addressed, VERDICT_SUGGEST},
    {"old", old, VERDICT_SUGGEST},
    {"no-model", no_model, VERDICT_SUGGEST},
    {"no-category", no_category, VERDICT_SUGGEST},
    {"category-off", category_off, VERDICT_HOLD},
    {"threat", threat, VERDICT_SUGGEST},
    {"category-mode", category_mode, VERDICT_SUGGEST},
    {"no-threshold", no_threshold, VERDICT_SUGGEST},
    {"confidence", confidence, VERDICT_SUGGEST},
    {"promise-broken", promise_broken, VERDICT_SUGGEST},
    {"corrected", corrected, VERDICT_SUGGEST},
    {"two-questions", two_questions, VERDICT_SUGGEST},
    {"no-template", no_template, VERDICT_SUGGEST},
    {"language", language, VERDICT_SUGGEST},
    {"disclosure", disclosure, VERDICT_SUGGEST},
    {"ambiguous", ambiguous, VERDICT_SUGGEST},
    {"template-mode", template_mode, VERDICT_SUGGEST},
    {"wrote-back", wrote_back, VERDICT_SUGGEST},
    {"lookup", lookup, VERDICT_SUGGEST},
    {"incomplete", incomplete, VERDICT_SUGGEST},
};

/* Asked again before the answer leaves. The breaker last: it trips only for what would leave. */
static const Row leaving[] = {
    {"stopped", stopped, VERDICT_SUGGEST},
    {"suppressed", suppressed, VERDICT_SUGGEST},
    {"recently-answered", recently_answered, VERDICT_SUGGEST},
    {"limit-address", limit_address, VERDICT_SUGGEST},
    {"limit-domain", limit_domain, VERDICT_SUGGEST},
    {"limit-content", limit_content, VERDICT_SUGGEST},
    {"sending-off", sending_off, VERDICT_SUGGEST},
    {"breaker", breaker, VERDICT_SUGGEST},
};

static gboolean object(const Row *rows, guint n, const Facts *facts, const Policy *policy,
                       Decision *decision)
{
    for (guint i = 0; i < n; i++) {
        char *detail = rows[i].objection(facts, policy);
        if (detail) {
            *decision = (Decision){rows[i].action, rows[i].name, detail};
            return TRUE;
        }
    }
    return FALSE;
}

gboolean decide_leaving(const Facts *facts, const Policy *policy, Decision *decision)
{
    return !object(leaving, G_N_ELEMENTS(leaving), facts, policy, decision);
}

void decide(const Facts *facts, const Policy *policy, Decision *decision)
{
    if (object(objections, G_N_ELEMENTS(objections), facts, policy, decision) ||
        !decide_leaving(facts, policy, decision))
        return;
    *decision = (Decision){VERDICT_SEND, "none",
                           g_strdup_printf("%s with %.3f, over %.3f", facts->category,
                                           facts->probability, facts->threshold)};
}

void decision_clear(Decision *decision)
{
    g_clear_pointer(&decision->detail, g_free);
}

const char *const *decide_reasons(void)
{
    static const char *names[G_N_ELEMENTS(objections) + G_N_ELEMENTS(leaving) + 1];
    guint n = 0;
    for (guint i = 0; i < G_N_ELEMENTS(objections); i++)
        names[n++] = objections[i].name;
    for (guint i = 0; i < G_N_ELEMENTS(leaving); i++)
        names[n++] = leaving[i].name;
    return names;
}
