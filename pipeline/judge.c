/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/judge.h"

#include "mail/answerable.h"
#include "mail/compose.h"
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
                   .running = circumstances->running,
                   .recent = circumstances->recent,
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

    g_auto(Drafter) drafter;
    drafter_init(&drafter, pipeline, message, circumstances->token);
    g_autoptr(GPtrArray) drafts = drafts_of(&drafter, model, &understanding);
    const Draft *best = drafts->len > 0 ? g_ptr_array_index(drafts, 0) : NULL;
    if (best && strcmp(best->template_->category, facts.category) == 0) {
        facts.template_ = best->template_;
        facts.template_language = best->language;
        facts.template_clear = best->clear;
        facts.filled = best->filled;
        facts.lookup = best->lookup;
    }

    Decision decision;
    decide(&facts, policy, &decision);
    judgement->verdict = verdict_of(&facts, &decision, policy);
    judgement->verdict->unknown = unknown;
    if (understanding.n > 0) {
        judgement->verdict->candidates = candidates_json(model, &understanding);
        judgement->verdict->words = words_json(words);
    }
    decision_clear(&decision);

    judgement->replies = g_ptr_array_new_with_free_func((GDestroyNotify)reply_free);
    for (guint i = 0; message->reply_addr && i < drafts->len; i++)
        g_ptr_array_add(judgement->replies, draft_reply(g_ptr_array_index(drafts, i), message,
                                                        circumstances->token, i + 1));
}

void judgement_clear(Judgement *judgement)
{
    g_clear_pointer(&judgement->verdict, verdict_free);
    g_clear_pointer(&judgement->replies, g_ptr_array_unref);
}
