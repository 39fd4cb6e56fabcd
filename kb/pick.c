/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/pick.h"

#include <math.h>
#include <string.h>

#include "kb/index.h"

#define MATCHES_LEAD 2
#define MATCHES_MAX 20 /* more do not count: 2^-20 is small enough */

typedef struct Candidate {
    Pick pick;
    guint matches;
    double similarity;
} Candidate;

static gint compare_candidates(gconstpointer a, gconstpointer b)
{
    const Pick *x = &((const Candidate *)a)->pick, *y = &((const Candidate *)b)->pick;
    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return strcmp(x->template_->id, y->template_->id);
}

static double score(const Candidate *candidate)
{
    const double similarity = candidate->similarity;
    if (candidate->matches > 0)
        return 1 - ldexp(1 - similarity / 2, -(int)MIN(candidate->matches, MATCHES_MAX));
    return (candidate->pick.template_->when ? 0 : 0.25) + similarity / 4;
}

static GArray *find_candidates(const Kb *kb, Tokenizer *tokenizer, const char *category,
                               const char *language, const char *subject, const char *text,
                               const GDate *today, TemplateDiscloses most)
{
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    const KbIndex *index = kb_index(kb, tokenizer);
    const IndexLanguage *index_terms = index_language(index, language);
    const GPtrArray *templates = kb_templates(kb);
    if (!index_terms)
        return candidates;
    g_autoptr(IndexText) mail = index_text(index_terms, tokenizer, language, subject, text);
    for (guint i = 0; i < templates->len; i++) {
        const Template *template_ = g_ptr_array_index(templates, i);
        if (strcmp(template_->category, category) != 0 ||
            strcmp(template_->language, language) != 0 || template_->mode == TEMPLATE_OFF ||
            template_->discloses > most || !template_usable(template_, today))
            continue;
        const IndexEntry *entry = index_entry(index, i);
        Candidate candidate = {
            .pick = {.template_ = template_},
            .matches = index_matches(entry, mail),
            .similarity = index_cosine(entry->vector, mail->vector),
        };
        candidate.pick.score = score(&candidate);
        g_array_append_val(candidates, candidate);
    }
    g_array_sort(candidates, compare_candidates);
    return candidates;
}

static gboolean is_clear(const GArray *candidates)
{
    if (candidates->len == 0)
        return FALSE;
    const Candidate *best = &g_array_index(candidates, Candidate, 0);
    if (best->matches == 0 && best->pick.template_->when)
        return FALSE; /* it is for something else, even where nothing else is left */
    if (candidates->len == 1)
        return TRUE;
    const guint second = g_array_index(candidates, Candidate, 1).matches;
    if (best->matches > 0 && second == 0)
        return TRUE;
    if (best->matches > 0 && best->matches < second + MATCHES_LEAD)
        return FALSE;
    for (guint i = 1; i < candidates->len; i++) {
        const Candidate *other = &g_array_index(candidates, Candidate, i);
        const gboolean alike = best->matches == 0 && !other->pick.template_->when;
        if (best->similarity < other->similarity + (alike ? PICK_MARGIN : 0))
            return FALSE;
    }
    return TRUE;
}

GArray *kb_pick(const Kb *kb, Tokenizer *tokenizer, const char *category, const char *language,
                const char *fallback, const char *subject, const char *text, const GDate *today,
                TemplateDiscloses most, guint max, gboolean *clear)
{
    GArray *picks = g_array_new(FALSE, FALSE, sizeof(Pick));
    gboolean in_language = TRUE;
    g_autoptr(GArray) candidates =
        find_candidates(kb, tokenizer, category, language, subject, text, today, most);
    if (candidates->len == 0) {
        in_language = g_strcmp0(language, fallback) == 0;
        g_array_unref(candidates);
        candidates = find_candidates(kb, tokenizer, category, fallback, subject, text, today, most);
    }
    for (guint i = 0; i < MIN(candidates->len, max); i++) {
        const Candidate *candidate = &g_array_index(candidates, Candidate, i);
        Pick pick = candidate->pick;
        pick.language = in_language;
        pick.meant = candidate->matches > 0 || !pick.template_->when;
        g_array_append_val(picks, pick);
    }
    if (clear)
        *clear = is_clear(candidates);
    return picks;
}

/* ---- search -------------------------------------------------------------------------------- */

static double found(const char *words, const char *word, double value)
{
    return strstr(words, word) ? value : 0;
}

/* How well ENTRY answers a search for WORD: in its head or only in its text, as written or only
 * the stem. */
static double weigh_word(const IndexEntry *entry, const IndexWord *word)
{
    double weight = found(entry->head, word->word, 1.0);
    if (weight == 0)
        weight = MAX(found(entry->head, word->stem, 0.8), found(entry->body, word->word, 0.5));
    return weight > 0 ? weight : found(entry->body, word->stem, 0.4);
}

/* The words of a search, as the tokenizer reads them in the language CODE. */
static IndexText *read_search(GHashTable *cache, const IndexEntry *entry, Tokenizer *tokenizer,
                              const char *words)
{
    char *code = entry->template_->language;
    IndexText *read = g_hash_table_lookup(cache, code);
    if (!read) {
        read = index_text(entry->language, tokenizer, code, NULL, words);
        g_hash_table_insert(cache, code, read);
    }
    return read;
}

GArray *kb_search(const Kb *kb, Tokenizer *tokenizer, const char *words, guint max)
{
    const KbIndex *index = kb_index(kb, tokenizer);
    const GPtrArray *templates = kb_templates(kb);
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    g_autoptr(GHashTable) cache =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)index_text_free);
    for (guint i = 0; i < templates->len; i++) {
        const IndexEntry *entry = index_entry(index, i);
        const GArray *wanted = read_search(cache, entry, tokenizer, words)->words;
        Candidate candidate = {
            .pick = {.template_ = g_ptr_array_index(templates, i), .language = TRUE}};
        for (guint j = 0; j < wanted->len; j++)
            candidate.pick.score +=
                weigh_word(entry, &g_array_index(wanted, IndexWord, j)) / wanted->len;
        if (candidate.pick.score > 0)
            g_array_append_val(candidates, candidate);
    }
    g_array_sort(candidates, compare_candidates);

    GArray *picks = g_array_new(FALSE, FALSE, sizeof(Pick));
    for (guint i = 0; i < MIN(candidates->len, max); i++)
        g_array_append_val(picks, g_array_index(candidates, Candidate, i).pick);
    return picks;
}
