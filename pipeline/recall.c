/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/recall.h"

#include "kb/cases.h"
#include "kb/mask.h"
#include "models/posting.h"

#include <string.h>

#define BATCH_ROWS 400000 /* of the index, in memory while it is made anew: some 60 MB */
#define BATCH_CASES 1000

/* ---- taking up and out --------------------------------------------------------------------- */

static void change_index(PostingBatch *batch, Tokenizer *tokenizer, const PastCase *past,
                         gboolean add)
{
    g_autoptr(CaseTerms) read =
        cases_read(tokenizer, past->language, past->subject, past->text, past->answer);
    g_autoptr(GArray) terms = g_array_new(FALSE, FALSE, sizeof(PostingTerm));

    for (guint i = 0; i < read->terms->len; i++) {
        const CaseTerm *term = &g_array_index(read->terms, CaseTerm, i);
        const PostingTerm posting = {term->term, posting_level(term->strength)};
        g_array_append_val(terms, posting);
    }
    (add ? posting_batch_add : posting_batch_remove)(
        batch, past->language, past->id, (const PostingTerm *)(gpointer)terms->data, terms->len);
}

static gboolean write_index(Store *store, Tokenizer *tokenizer, const PastCase *past, gboolean add,
                            GError **error)
{
    g_autoptr(PostingBatch) batch = posting_batch_new();

    change_index(batch, tokenizer, past, add);
    return posting_batch_write(batch, store, error);
}

gboolean recall_forget(Store *store, Tokenizer *tokenizer, gint64 message_id, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);
    g_autoptr(GError) local = NULL;
    g_autoptr(PastCase) past = transaction ? past_case_find(store, message_id, &local) : NULL;

    if (local)
        g_propagate_error(error, g_steal_pointer(&local));
    else if (transaction && !past)
        return store_commit(g_steal_pointer(&transaction), error);
    if (!past)
        return FALSE;
    if (!write_index(store, tokenizer, past, FALSE, error) ||
        !past_case_delete(store, past->id, error))
        return FALSE;
    return store_commit(g_steal_pointer(&transaction), error);
}

gboolean recall_learn(Store *store, Tokenizer *tokenizer, const Message *question,
                      const RecallAnswer *answer, GError **error)
{
    const MaskPerson person = {question->from_name, question->from_addr, answer->own_domains};
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);
    g_autofree char *content = mask_cut_signature(answer->text);
    g_autoptr(PastCase) past = past_case_new();

    past->message_id = question->id;
    past->at = answer->at;
    past->language = g_strdup(question->language ? question->language : "");
    past->template_name = g_strdup(answer->template_name);
    past->who = g_strdup(answer->who);
    past->answer = mask_text(content, past->language, &person);
    past->subject = g_strdup(question->subject);
    past->text = g_strdup(question->own_text);
    past->print = cases_print(tokenizer, past->answer);
    if (!transaction || !recall_forget(store, tokenizer, question->id, error))
        return FALSE;
    if (past->print != 0 && (!past_case_insert(store, past, error) ||
                             !write_index(store, tokenizer, past, TRUE, error)))
        return FALSE;
    return store_commit(g_steal_pointer(&transaction), error);
}

gboolean recall_rebuild(Store *store, Tokenizer *tokenizer, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);
    g_autoptr(PostingBatch) batch = posting_batch_new();
    gint64 after = 0;

    if (!transaction || !posting_clear(store, error))
        return FALSE;
    for (;;) {
        g_autoptr(GPtrArray) cases = past_case_list(store, after, BATCH_CASES, error);
        if (!cases)
            return FALSE;
        for (guint i = 0; i < cases->len; i++) {
            const PastCase *past = g_ptr_array_index(cases, i);
            change_index(batch, tokenizer, past, TRUE);
            after = past->id;
        }
        if ((posting_batch_size(batch) > BATCH_ROWS || cases->len < BATCH_CASES) &&
            !posting_batch_write(batch, store, error))
            return FALSE;
        if (cases->len < BATCH_CASES)
            return store_commit(g_steal_pointer(&transaction), error);
    }
}

/* ---- finding ------------------------------------------------------------------------------- */

void recall_case_free(RecallCase *found)
{
    if (!found)
        return;
    past_case_free(found->past);
    g_clear_pointer(&found->words, g_ptr_array_unref);
    g_free(found);
}

typedef struct Asked {
    CaseTerms *terms;
    PostingQuery *queries; /* beside terms->terms */
} Asked;

/* What a case that asks the very same would score: scores are shown as shares of it. */
static double score_of_itself(const Asked *asked)
{
    double sum = 0, own = 0;

    for (guint i = 0; i < asked->terms->terms->len; i++) {
        const CaseTerm *term = &g_array_index(asked->terms->terms, CaseTerm, i);
        const double worth = term->weight * asked->queries[i].idf;
        sum += worth;
        own += worth * term->strength;
    }
    return own > 0 ? own / sum : 1;
}

/* The rows of what was found, but for the question's own. Their index may be a little ahead of
 * them: a case whose message was deleted is skipped. */
static GPtrArray *load_cases(Store *store, const GArray *hits, double best, gint64 except,
                             GError **error)
{
    g_autoptr(GPtrArray) cases = g_ptr_array_new_with_free_func((GDestroyNotify)recall_case_free);

    for (guint i = 0; i < hits->len; i++) {
        const PostingHit *hit = &g_array_index(hits, PostingHit, i);
        g_autoptr(GError) local = NULL;
        g_autoptr(PastCase) past = past_case_load(store, hit->id, &local);
        gint64 given = 0;
        if (local || (past && !past_case_count_print(store, past->print, &given, &local))) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
        if (!past || (except && past->message_id == except))
            continue;
        RecallCase *found = g_new0(RecallCase, 1);
        found->past = g_steal_pointer(&past);
        found->score = MIN(hit->score / best, 1);
        found->given = (guint)given;
        g_ptr_array_add(cases, found);
    }
    return g_steal_pointer(&cases);
}

static void explain(Tokenizer *tokenizer, const Asked *asked, RecallCase *found)
{
    const PastCase *past = found->past;
    g_autoptr(CaseTerms) terms =
        cases_read(tokenizer, past->language, past->subject, past->text, past->answer);
    g_autofree double *idf = g_new0(double, asked->terms->terms->len + 1);

    for (guint i = 0; i < asked->terms->terms->len; i++)
        idf[i] = asked->queries[i].idf;
    found->words = cases_matched(asked->terms, idf, terms, RECALL_WORDS);
}

static GPtrArray *choose(Tokenizer *tokenizer, const Asked *asked, GPtrArray *cases, guint max)
{
    GPtrArray *chosen = g_ptr_array_new_with_free_func((GDestroyNotify)recall_case_free);
    g_autofree CaseCandidate *candidates = g_new0(CaseCandidate, cases->len + 1);

    for (guint i = 0; i < cases->len; i++) {
        const RecallCase *found = g_ptr_array_index(cases, i);
        candidates[i] = (CaseCandidate){found->past->answer, found->past->print, found->given};
    }
    g_autoptr(GArray) choices = cases_choose(tokenizer, candidates, cases->len, max);
    for (guint i = 0; i < choices->len; i++) {
        const CaseChoice *choice = &g_array_index(choices, CaseChoice, i);
        RecallCase *found = g_ptr_array_index(cases, choice->index);
        cases->pdata[choice->index] = NULL;
        found->given = choice->given;
        explain(tokenizer, asked, found);
        g_ptr_array_add(chosen, found);
    }
    return chosen;
}

static GPtrArray *find_in(Store *store, Tokenizer *tokenizer, const RecallQuestion *question,
                          const char *language, guint max, GError **error)
{
    g_autofree char *text =
        question->text ? g_strndup(question->text, RECALL_QUESTION_MAX_BYTES) : NULL;
    g_autoptr(CaseTerms) terms = cases_read(tokenizer, language, question->subject, text, NULL);
    g_autofree PostingQuery *queries = g_new0(PostingQuery, terms->terms->len + 1);
    const Asked asked = {terms, queries};

    for (guint i = 0; i < terms->terms->len; i++) {
        const CaseTerm *term = &g_array_index(terms->terms, CaseTerm, i);
        queries[i] = (PostingQuery){term->term, term->weight, 0};
    }
    g_autoptr(GArray) hits = posting_search(store, language, queries, terms->terms->len,
                                            MAX(RECALL_CANDIDATES, max), error);
    g_autoptr(GPtrArray) cases =
        hits ? load_cases(store, hits, score_of_itself(&asked), question->message_id, error) : NULL;
    return cases ? choose(tokenizer, &asked, cases, max) : NULL;
}

GPtrArray *recall_find(Store *store, Tokenizer *tokenizer, const RecallQuestion *question,
                       guint max, GError **error)
{
    const char *language = question->language ? question->language : "";
    GPtrArray *found = find_in(store, tokenizer, question, language, max, error);
    const gboolean in_language = found && found->len > 0;

    if (found && !in_language && question->fallback && strcmp(question->fallback, language)) {
        g_ptr_array_unref(found);
        found = find_in(store, tokenizer, question, question->fallback, max, error);
    }
    for (guint i = 0; found && i < found->len; i++)
        ((RecallCase *)g_ptr_array_index(found, i))->in_language = in_language;
    return found;
}
