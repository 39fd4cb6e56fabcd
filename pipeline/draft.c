/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/draft.h"

#include "kb/pick.h"
#include "mail/compose.h"

#include <string.h>

#define MAX_PICKS 8 /* templates of one category that are looked at */

typedef struct LookupOutcome {
    LookupResult result;
    char *detail;
} LookupOutcome;

static void lookup_outcome_free(LookupOutcome *outcome)
{
    g_free(outcome->detail);
    g_free(outcome);
}

void draft_free(Draft *draft)
{
    filled_free(draft->filled);
    g_free(draft->lookup);
    g_free(draft);
}

/* Whose name we greet: only the sender's, and only if the answer goes to him. */
static const char *greeted(const Drafter *drafter)
{
    const Message *message = drafter->message;
    return !drafter->stranger && g_strcmp0(message->from_addr, message->reply_addr) == 0
               ? message->from_name
               : NULL;
}

static void init(Drafter *drafter, const Pipeline *pipeline, const Message *message,
                 const char *token, gboolean stranger)
{
    drafter->stranger = stranger;
    drafter->pipeline = pipeline;
    drafter->message = message;
    drafter->language = NULL;
    drafter->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    drafter->lookups =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)lookup_outcome_free);
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, pipeline->policy->company);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(drafter->places, g_strdup(key), g_strdup(value));
    g_hash_table_insert(drafter->places, g_strdup("ticket.token"), g_strdup(token));
    char *name = fill_safe_name(greeted(drafter));
    if (name)
        g_hash_table_insert(drafter->places, g_strdup("customer.name"), name);
}

void drafter_init(Drafter *drafter, const Pipeline *pipeline, const Message *message,
                  const char *token)
{
    init(drafter, pipeline, message, token, FALSE);
}

void drafter_init_stranger(Drafter *drafter, const Pipeline *pipeline, const Message *message,
                           const char *token)
{
    init(drafter, pipeline, message, token, TRUE);
}

void drafter_clear(Drafter *drafter)
{
    g_clear_pointer(&drafter->places, g_hash_table_unref);
    g_clear_pointer(&drafter->lookups, g_hash_table_unref);
}

/* The greeting is the one place that depends on the template. */
static void greet_in(Drafter *drafter, const char *language)
{
    if (g_strcmp0(drafter->language, language) == 0)
        return;
    drafter->language = language;
    g_hash_table_insert(drafter->places, g_strdup("greeting"),
                        fill_greeting(greeted(drafter), language));
}

static const LookupOutcome *run_lookup(Drafter *drafter, Lookup *lookup)
{
    const char *name = lookup_name(lookup);
    LookupOutcome *outcome = g_hash_table_lookup(drafter->lookups, name);
    if (!outcome) {
        const Message *message = drafter->message;
        outcome = g_new0(LookupOutcome, 1);
        outcome->result = lookup_run(lookup, message->subject, message->own_text,
                                     message->reply_addr ? message->reply_addr : "",
                                     drafter->places, &outcome->detail);
        g_hash_table_insert(drafter->lookups, (gpointer)name, outcome);
    }
    return outcome;
}

static gboolean uses(const GPtrArray *places, const char *lookup)
{
    g_autofree char *prefix = g_strconcat(lookup, ".", NULL);
    for (guint i = 0; i < places->len; i++)
        if (g_str_has_prefix(g_ptr_array_index(places, i), prefix))
            return TRUE;
    return FALSE;
}

/* How a template's lookups went, worst first heard. */
typedef enum { KEYED, PLAIN, KEYLESS } Rank;

static Rank lookups_of(Drafter *drafter, const Template *template_, char **detail)
{
    g_autoptr(GPtrArray) places = fill_places(template_->body);
    Rank rank = PLAIN;
    for (guint i = 0; !drafter->stranger && i < drafter->pipeline->lookups->len; i++) {
        Lookup *lookup = g_ptr_array_index(drafter->pipeline->lookups, i);
        if (!uses(places, lookup_name(lookup)))
            continue;
        const LookupOutcome *outcome = run_lookup(drafter, lookup);
        if (outcome->result != LOOKUP_FOUND && !*detail)
            *detail = g_strdup_printf("lookup %s: %s", lookup_name(lookup), outcome->detail);
        if (outcome->result == LOOKUP_NO_KEY)
            return KEYLESS;
        rank = KEYED;
    }
    return rank;
}

static GPtrArray *fill_ranked(Drafter *drafter, const GArray *picks, const Rank *ranks,
                              char **details, gboolean picked_clearly, guint max)
{
    GPtrArray *drafts = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    guint best = 0, of_rank[KEYLESS + 1] = {0};
    for (guint i = 0; i < picks->len; i++)
        of_rank[ranks[i]]++;
    for (Rank rank = KEYED; rank <= KEYLESS; rank++) {
        for (guint i = 0; i < picks->len && drafts->len < max; i++) {
            if (ranks[i] != rank)
                continue;
            const Pick *pick = &g_array_index(picks, Pick, i);
            Draft *draft = g_new0(Draft, 1);
            draft->template_ = pick->template_;
            draft->language = pick->language;
            draft->stranger = drafter->stranger;
            draft->lookup = g_steal_pointer(&details[i]);
            if (drafts->len == 0)
                best = i;
            draft->clear =
                i == best && ((of_rank[rank] == 1 && pick->meant) || (best == 0 && picked_clearly));
            greet_in(drafter, pick->template_->language);
            draft->filled = fill_template(pick->template_, drafter->places);
            g_ptr_array_add(drafts, draft);
        }
    }
    return drafts;
}

GPtrArray *drafter_category(Drafter *drafter, const char *category, guint max)
{
    const Pipeline *pipeline = drafter->pipeline;
    const Message *message = drafter->message;
    GDate today;
    g_date_clear(&today, 1);
    g_date_set_time_t(&today, pipeline->now);

    gboolean clear = FALSE;
    g_autoptr(GArray) picks =
        kb_pick(pipeline->kb, pipeline->tokenizer, category, message->language,
                pipeline->policy->language, message->subject, message->own_text, &today,
                drafter->stranger ? TEMPLATE_PUBLIC : TEMPLATE_PERSONAL, MAX_PICKS, &clear);
    Rank ranks[MAX_PICKS];
    char *details[MAX_PICKS] = {NULL};
    for (guint i = 0; i < picks->len; i++)
        ranks[i] = lookups_of(drafter, g_array_index(picks, Pick, i).template_, &details[i]);
    GPtrArray *drafts = fill_ranked(drafter, picks, ranks, details, clear, max);
    for (guint i = 0; i < picks->len; i++)
        g_free(details[i]);
    return drafts;
}

static char *subject_of(const Draft *draft, const Message *message, const char *token)
{
    if (draft->template_->subject)
        return compose_subject(draft->template_->subject, token);
    if (!draft->stranger)
        return compose_subject(message->subject, token);
    return g_strdup_printf("%s [#%s]", fill_neutral_subject(draft->template_->language), token);
}

Reply *draft_reply(const Draft *draft, const Message *message, const char *token, guint rank)
{
    Reply *reply = reply_new();
    reply->state = REPLY_DRAFT;
    reply->rank = rank;
    reply->template_name = g_strdup(draft->template_->id);
    reply->template_hash = g_strdup(draft->template_->hash);
    reply->approver = g_strdup(draft->template_->approver);
    reply->language = g_strdup(draft->template_->language);
    reply->to_addr = g_strdup(message->reply_addr);
    reply->subject = subject_of(draft, message, token);
    reply->body = g_strdup(draft->filled->text);
    reply->missing = g_strdup(draft->filled->missing);
    reply->in_reply_to = g_strdup(message->message_id);
    reply->references = compose_references(message);
    return reply;
}
