/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/judge.h"

#include "mail/answerable.h"
#include "mail/compose.h"
#include "pipeline/back.h"
#include "pipeline/decide.h"
#include "pipeline/draft.h"
#include "pipeline/questions.h"
#include "pipeline/threat.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define MAX_GUESSES 3
#define MAX_REPLIES 3
#define MAX_WORDS 8
#define WORTH_SUGGESTING 0.05 /* probability of a category from which its answers are suggested */
#define WORTH_ROUTING 0.5     /* a category more probable than that gets the mail in its queue */

typedef struct Understanding {
    ModelGuess guesses[MAX_GUESSES];
    guint n;
} Understanding;

ModelText pipeline_text(const Message *message)
{
    return (ModelText){
        .subject = message->subject, .text = message->own_text, .language = message->language};
}

/* Mail that a machine wrote or that nobody can read is not understood at all. */
static gboolean worth_understanding(const Message *message)
{
    return !answerable_surely_machine(message) &&
           !(message->flags & (MESSAGE_UNREADABLE | MESSAGE_OVERSIZE | MESSAGE_ENCRYPTED)) &&
           (*message->own_text || *message->subject);
}

static char *candidates_json(const Model *model, const Understanding *understanding)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_array(builder);
    for (guint i = 0; i < understanding->n; i++) {
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "category");
        json_builder_add_string_value(builder,
                                      model_category(model, understanding->guesses[i].category));
        json_builder_set_member_name(builder, "probability");
        json_builder_add_double_value(builder, understanding->guesses[i].probability);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}

static char *words_json(const GArray *words)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_array(builder);
    for (guint i = 0; i < words->len; i++) {
        const ModelWord *word = &g_array_index(words, ModelWord, i);
        json_builder_begin_object(builder);
        json_builder_set_member_name(builder, "word");
        json_builder_add_string_value(builder, word->word);
        json_builder_set_member_name(builder, "weight");
        json_builder_add_double_value(builder, word->weight);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}

/* A threshold that was made for a larger error than is allowed now proves nothing. */
static double threshold_of(const Model *model, guint category, const Policy *policy)
{
    double allowed = policy_max_error(policy, model_category(model, category));
    return model_max_error(model, category) <= allowed ? model_threshold(model, category) : 2;
}

/* The threshold is proven for the guesses of the model as it was trained. */
static gboolean owes_to_corrections(const Model *model, const ModelText *text, guint category,
                                    double threshold)
{
    ModelGuess guess;
    return model_corrections(model) > 0 &&
           (model_classify_trained(model, text, &guess, 1) == 0 || guess.category != category ||
            !(guess.probability >= threshold));
}

static GPtrArray *drafts_of(Drafter *drafter, const Model *model,
                            const Understanding *understanding)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    for (guint i = 0; i < understanding->n && all->len < MAX_REPLIES; i++) {
        if (i > 0 && understanding->guesses[i].probability < WORTH_SUGGESTING)
            break;
        const char *category = model_category(model, understanding->guesses[i].category);
        if (policy_mode(drafter->pipeline->policy, category) == TEMPLATE_OFF)
            continue;
        g_autoptr(GPtrArray) drafts =
            drafter_category(drafter, category, MIN(i == 0 ? 2 : 1, MAX_REPLIES - all->len));
        g_ptr_array_extend_and_steal(all, g_steal_pointer(&drafts));
    }
    return all;
}

Authentication judge_authenticate(const Policy *policy, const Message *message)
{
    if (message->account)
        return authenticate(message, g_hash_table_lookup(policy->authservs, message->account));
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    GHashTableIter iter;
    gpointer ids;
    g_hash_table_iter_init(&iter, policy->authservs);
    while (g_hash_table_iter_next(&iter, NULL, &ids))
        for (char **id = ids; *id; id++)
            g_ptr_array_add(all, *id);
    g_ptr_array_add(all, NULL);
    return authenticate(message, (const char *const *)all->pdata);
}

/* The draft that could leave by itself. To a stranger that is a public one, if it fits as if there
 * were no others; else the best one of all, so that the objection says what is in the way. */
static const Draft *automatic_draft(const Facts *facts, const GPtrArray *drafts,
                                    const GPtrArray *public)
{
    const Draft *best = drafts->len > 0 ? g_ptr_array_index(drafts, 0) : NULL;
    const Draft *first = public->len > 0 ? g_ptr_array_index(public, 0) : NULL;
    if (best && strcmp(best->template_->category, facts->category) != 0)
        best = NULL;
    if (facts->authenticated || !best)
        return best;
    return first && ((first->language && first->clear) ||
                     best->template_->discloses == TEMPLATE_PUBLIC)
               ? first
               : best;
}

/* The replies that come of it, best first; the one that leaves is the first. */
static GPtrArray *replies_of(const Message *message, const char *token, const Draft *leaves,
                             const GPtrArray *drafts)
{
    GPtrArray *replies = g_ptr_array_new_with_free_func((GDestroyNotify)reply_free);
    if (!message->reply_addr)
        return replies;
    if (leaves)
        g_ptr_array_add(replies, draft_reply(leaves, message, token, 1));
    for (guint i = 0; i < drafts->len && replies->len < MAX_REPLIES; i++) {
        const Draft *draft = g_ptr_array_index(drafts, i);
        if (!leaves || draft->template_ != leaves->template_)
            g_ptr_array_add(replies, draft_reply(draft, message, token, replies->len + 1));
    }
    return replies;
}

/* What cannot be known is no consent. */
static char *wrote_back(const Pipeline *pipeline, const Template *template_)
{
    g_autoptr(GError) error = NULL;
    char *why = template_->mode == TEMPLATE_AUTO && pipeline->store
                    ? back_excess(pipeline, template_, &error)
                    : NULL;
    return error ? g_strdup(error->message) : why;
}

static Verdict *verdict_of(const Facts *facts, const Decision *decision, const Policy *policy)
{
    Verdict *verdict = verdict_new();
    verdict->message_id = facts->message->id;
    verdict->action = decision->action;
    verdict->reason = g_strdup(decision->reason);
    verdict->detail = g_strdup(decision->detail);
    if (decision->action == VERDICT_SUGGEST || decision->action == VERDICT_HOLD)
        verdict->queue = g_strdup(
            policy_queue(policy, facts->probability > WORTH_ROUTING ? facts->category : NULL));
    verdict->category = g_strdup(facts->category);
    verdict->probability = facts->probability;
    verdict->threshold = facts->threshold;
    if (facts->template_) {
        verdict->template_name = g_strdup(facts->template_->id);
        verdict->template_hash = g_strdup(facts->template_->hash);
    }
    return verdict;
}

void judge(const Pipeline *pipeline, const Message *message, const Circumstances *circumstances,
           Judgement *judgement)
{
    const Model *model = pipeline->model;
    const Policy *policy = pipeline->policy;
    Facts facts = {.message = message,
                   .now = pipeline->now,
                   .running = circumstances->running,
                   .away = circumstances->away,
                   .linked = circumstances->linked,
                   .traffic = circumstances->traffic,
                   .has_model = model != NULL,
                   .threshold = 2,
                   .threat = threat_find(message->subject, message->own_text)};
    if (message->automatic)
        answerable_machine(message, (const char *const *)policy->addresses, &facts.machine);
    if (message->automatic && !facts.machine)
        facts.machine = "it was not written by a human";

    Understanding understanding = {.n = 0};
    g_autoptr(GArray) words = NULL;
    ModelText text = pipeline_text(message);
    if (model && worth_understanding(message))
        understanding.n =
            model_understand(model, &text, understanding.guesses, MAX_GUESSES, MAX_WORDS, &words);
    double unknown = understanding.n > 0 ? model_unknown(model) : NAN; /* of the text just read */
    if (understanding.n > 0) {
        guint first = understanding.guesses[0].category;
        facts.category = model_category(model, first);
        facts.probability = understanding.guesses[0].probability;
        facts.threshold = threshold_of(model, first, policy);
        facts.broken = standings_broken(circumstances->standings, facts.category);
        if (facts.probability >= facts.threshold) {
            facts.corrected = owes_to_corrections(model, &text, first, facts.threshold);
            facts.second_category = questions_second(model, message, first);
        }
    }

    g_auto(Authentication) authentication = judge_authenticate(policy, message);
    facts.authenticated = authentication.authenticated;
    facts.authentication = authentication.detail;

    g_auto(Drafter) drafter;
    drafter_init(&drafter, pipeline, message, circumstances->token);
    g_autoptr(GPtrArray) drafts = drafts_of(&drafter, model, &understanding);
    g_auto(Drafter) stranger;
    drafter_init_stranger(&stranger, pipeline, message, circumstances->token);
    g_autoptr(GPtrArray) public = facts.authenticated || drafts->len == 0
                                      ? g_ptr_array_new()
                                      : drafter_category(&stranger, facts.category, 1);
    const Draft *best = automatic_draft(&facts, drafts, public);
    if (best) {
        facts.template_ = best->template_;
        facts.template_language = best->language;
        facts.template_clear = best->clear;
        facts.filled = best->filled;
        facts.lookup = best->lookup;
    }

    g_autofree char *back = facts.template_ ? wrote_back(pipeline, facts.template_) : NULL;
    facts.back = back;

    Decision decision;
    decide(&facts, policy, &decision);
    judgement->verdict = verdict_of(&facts, &decision, policy);
    judgement->verdict->unknown = unknown;
    judgement->verdict->authentication = g_strdup(authentication.detail);
    if (understanding.n > 0) {
        judgement->verdict->candidates = candidates_json(model, &understanding);
        judgement->verdict->words = words_json(words);
    }
    decision_clear(&decision);

    judgement->replies =
        replies_of(message, circumstances->token,
                   judgement->verdict->action == VERDICT_SEND ? best : NULL, drafts);
}

void judge_poisonous(const Pipeline *pipeline, const Message *message, Judgement *judgement)
{
    const Facts facts = {.message = message, .threshold = 2};
    Decision decision;
    decide(&facts, pipeline->policy, &decision);
    judgement->verdict = verdict_of(&facts, &decision, pipeline->policy);
    judgement->verdict->unknown = NAN;
    judgement->replies = g_ptr_array_new_with_free_func((GDestroyNotify)reply_free);
    decision_clear(&decision);
}

void circumstances_clear(Circumstances *circumstances)
{
    traffic_clear(&circumstances->traffic);
}

void judgement_clear(Judgement *judgement)
{
    g_clear_pointer(&judgement->verdict, verdict_free);
    g_clear_pointer(&judgement->replies, g_ptr_array_unref);
}
