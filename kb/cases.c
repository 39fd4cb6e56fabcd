/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/cases.h"

#include <math.h>
#include <string.h>

#define K1 2.0
#define B 0.9
#define COUNT_MAX 3.0 /* of a word in a question; more do not count */

/* ---- terms --------------------------------------------------------------------------------- */

typedef struct Reading {
    CaseTerms *read;
    GHashTable *places; /* term → its place + 1 */
    Tokenizer *tokenizer;
    double weight; /* of a word in the text that is being read */
} Reading;

/* The term of a token; NULL: it is none. */
static const char *find_term(const Reading *reading, const char *stem, gsize length,
                             const char *word, gsize word_length, gsize *term_length)
{
    static const char code[] = "#code";

    *term_length = length;
    if (length == 0 || stem[0] != '#')
        return length > 0 ? stem : NULL;
    if (length != strlen(code) || memcmp(stem, code, length) != 0)
        return NULL;
    char *lower = g_utf8_strdown(word, (gssize)word_length);
    const char *kept = g_string_chunk_insert(reading->read->strings, lower);
    *term_length = strlen(kept);
    g_free(lower);
    return kept;
}

static void read_token(const char *stem, gsize length, const char *word, gsize word_length,
                       gpointer data)
{
    const Reading *reading = data;
    CaseTerms *read = reading->read;
    gsize term_length;
    const char *found = find_term(reading, stem, length, word, word_length, &term_length);

    if (!found)
        return;
    g_autofree char *term = g_strndup(found, term_length);
    const guint place = GPOINTER_TO_UINT(g_hash_table_lookup(reading->places, term));
    if (place) {
        g_array_index(read->terms, CaseTerm, place - 1).count += reading->weight;
        return;
    }
    const CaseTerm made = {
        .term = g_string_chunk_insert(read->strings, term),
        .word = g_string_chunk_insert_len(read->strings, word, (gssize)word_length),
        .count = reading->weight,
    };
    g_array_append_val(read->terms, made);
    g_hash_table_insert(reading->places, (gpointer)made.term, GUINT_TO_POINTER(read->terms->len));
}

static void read_text(Reading *reading, const char *language, const char *text, double weight)
{
    g_autofree char *start =
        text && strlen(text) > CASES_TEXT_MAX_BYTES ? g_strndup(text, CASES_TEXT_MAX_BYTES) : NULL;

    reading->weight = weight;
    tokenizer_scan(reading->tokenizer, start ? start : text, language, read_token, reading);
}

static gint compare_terms(gconstpointer a, gconstpointer b)
{
    return strcmp(((const CaseTerm *)a)->term, ((const CaseTerm *)b)->term);
}

static void weigh(CaseTerms *read)
{
    double length = 0;

    for (guint i = 0; i < read->terms->len; i++)
        length += g_array_index(read->terms, CaseTerm, i).count;
    for (guint i = 0; i < read->terms->len; i++) {
        CaseTerm *term = &g_array_index(read->terms, CaseTerm, i);
        term->strength = term->count / (term->count + K1 * (1 - B + B * length / CASES_LENGTH));
        term->weight = sqrt(MIN(term->count, COUNT_MAX));
    }
}

CaseTerms *cases_read(Tokenizer *tokenizer, const char *language, const char *subject,
                      const char *text, const char *answer)
{
    CaseTerms *read = g_new0(CaseTerms, 1);
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    Reading reading = {read, places, tokenizer, 1};

    read->strings = g_string_chunk_new(2048);
    read->terms = g_array_new(FALSE, FALSE, sizeof(CaseTerm));
    read_text(&reading, language, subject, 1);
    read_text(&reading, language, text, 1);
    read_text(&reading, language, answer, CASES_ANSWER);
    g_array_sort(read->terms, compare_terms);
    weigh(read);
    return read;
}

void cases_terms_free(CaseTerms *terms)
{
    if (!terms)
        return;
    g_array_unref(terms->terms);
    g_string_chunk_free(terms->strings);
    g_free(terms);
}

/* ---- why ----------------------------------------------------------------------------------- */

typedef struct Match {
    const char *word;
    double worth;
} Match;

static gint compare_matches(gconstpointer a, gconstpointer b)
{
    const Match *x = a, *y = b;

    if (x->worth != y->worth)
        return x->worth < y->worth ? 1 : -1;
    return strcmp(x->word, y->word);
}

GPtrArray *cases_matched(const CaseTerms *question, const double *idf, const CaseTerms *terms,
                         guint max)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));

    for (guint i = 0, j = 0; i < question->terms->len && j < terms->terms->len;) {
        const CaseTerm *asked = &g_array_index(question->terms, CaseTerm, i);
        const CaseTerm *term = &g_array_index(terms->terms, CaseTerm, j);
        const int order = strcmp(asked->term, term->term);
        const Match match = {asked->word, order ? 0 : asked->weight * idf[i] * term->strength};
        if (match.worth > 0)
            g_array_append_val(matches, match);
        i += order <= 0;
        j += order >= 0;
    }
    g_array_sort(matches, compare_matches);
    for (guint i = 0; i < MIN(matches->len, max); i++)
        g_ptr_array_add(words, g_strdup(g_array_index(matches, Match, i).word));
    return words;
}

/* ---- which answers are the same ------------------------------------------------------------ */

typedef struct Words {
    Tokenizer *tokenizer;
    GChecksum *sum; /* may be NULL */
    GArray *hashes; /* guint; may be NULL */
    guint count;
} Words;

static void read_word(const char *stem, gsize length, G_GNUC_UNUSED const char *word,
                      G_GNUC_UNUSED gsize word_length, gpointer data)
{
    Words *words = data;
    gsize folded_length;
    const char *folded = tokenizer_word(words->tokenizer, &folded_length);

    words->count++;
    if (words->sum) {
        g_checksum_update(words->sum, (const guchar *)folded, (gssize)folded_length);
        g_checksum_update(words->sum, (const guchar *)" ", 1);
    }
    if (words->hashes && folded_length > 1 && !(length > 0 && stem[0] == '#')) {
        g_autofree char *own = g_strndup(folded, folded_length);
        const guint hash = g_str_hash(own);
        g_array_append_val(words->hashes, hash);
    }
}

gint64 cases_print(Tokenizer *tokenizer, const char *answer)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    Words words = {tokenizer, sum, NULL, 0};
    guint8 digest[32];
    gsize length = sizeof digest;
    gint64 print = 0;

    tokenizer_scan(tokenizer, answer, NULL, read_word, &words);
    g_checksum_get_digest(sum, digest, &length);
    for (guint i = 0; i < sizeof print; i++)
        print = (gint64)((guint64)print << 8 | digest[i]);
    return words.count > 0 ? print : 0;
}

static gint compare_hashes(gconstpointer a, gconstpointer b)
{
    const guint x = *(const guint *)a, y = *(const guint *)b;

    return (x > y) - (x < y);
}

/* The different words of an answer, as sorted hashes. */
static GArray *word_set(Tokenizer *tokenizer, const char *answer)
{
    GArray *set = g_array_new(FALSE, FALSE, sizeof(guint));
    Words words = {tokenizer, NULL, set, 0};
    guint n = 0;

    tokenizer_scan(tokenizer, answer, NULL, read_word, &words);
    g_array_sort(set, compare_hashes);
    for (guint i = 0; i < set->len; i++) {
        const guint hash = g_array_index(set, guint, i);
        if (n == 0 || g_array_index(set, guint, n - 1) != hash)
            g_array_index(set, guint, n++) = hash;
    }
    g_array_set_size(set, n);
    return set;
}

static gboolean are_alike(const GArray *a, const GArray *b)
{
    guint common = 0;

    for (guint i = 0, j = 0; i < a->len && j < b->len;) {
        const guint x = g_array_index(a, guint, i), y = g_array_index(b, guint, j);
        common += x == y;
        i += x <= y;
        j += y <= x;
    }
    const guint all = a->len + b->len - common;
    return all > 0 && common >= CASES_ALIKE * all;
}

static gboolean has_print(GArray *prints, gint64 print)
{
    for (guint i = 0; i < prints->len; i++)
        if (g_array_index(prints, gint64, i) == print)
            return TRUE;
    g_array_append_val(prints, print);
    return FALSE;
}

GArray *cases_choose(Tokenizer *tokenizer, const CaseCandidate *candidates, guint n, guint max)
{
    GArray *choices = g_array_new(FALSE, FALSE, sizeof(CaseChoice));
    g_autoptr(GPtrArray) sets = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autoptr(GArray) prints = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (guint i = 0; i < n; i++) {
        const CaseCandidate *candidate = &candidates[i];
        if (candidate->print == 0 || has_print(prints, candidate->print))
            continue; /* counted with the first that has this print */
        g_autoptr(GArray) set = word_set(tokenizer, candidate->answer);
        guint like = 0;
        while (like < choices->len && !are_alike(g_ptr_array_index(sets, like), set))
            like++;
        if (like < choices->len) {
            g_array_index(choices, CaseChoice, like).given += candidate->given;
        } else if (choices->len < max) {
            const CaseChoice choice = {i, MAX(candidate->given, 1)};
            g_array_append_val(choices, choice);
            g_ptr_array_add(sets, g_steal_pointer(&set));
        }
    }
    return choices;
}
