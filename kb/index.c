/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/index.h"

#include <math.h>
#include <string.h>

#include "kb/placeholder.h"

#define TEXT_MAX_BYTES (64 * 1024)
#define COMPOUND_MIN_LETTERS 4

struct KbIndex {
    const GPtrArray *templates;
    GHashTable *languages; /* code → IndexLanguage */
    GPtrArray *entries;    /* IndexEntry, one for each template */
    GStringChunk *strings; /* the words of phrases and the terms */
    gboolean filled;
};

static void language_free(IndexLanguage *language)
{
    g_hash_table_unref(language->terms);
    g_array_unref(language->idf);
    g_free(language);
}

static void entry_free(IndexEntry *entry)
{
    g_array_unref(entry->vector);
    g_ptr_array_unref(entry->phrases);
    g_free(entry->head);
    g_free(entry->body);
    g_free(entry);
}

KbIndex *index_new(const GPtrArray *templates)
{
    KbIndex *index = g_new0(KbIndex, 1);
    index->templates = templates;
    index->languages =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)language_free);
    index->entries = g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
    index->strings = g_string_chunk_new(4096);
    return index;
}

void index_free(KbIndex *index)
{
    if (!index)
        return;
    g_ptr_array_unref(index->entries);
    g_hash_table_unref(index->languages);
    g_string_chunk_free(index->strings);
    g_free(index);
}

const IndexEntry *index_entry(const KbIndex *index, guint i)
{
    return g_ptr_array_index(index->entries, i);
}

const IndexLanguage *index_language(const KbIndex *index, const char *code)
{
    return code ? g_hash_table_lookup(index->languages, code) : NULL;
}

/* ---- vectors ------------------------------------------------------------------------------- */

static gint compare_terms(gconstpointer a, gconstpointer b)
{
    const guint x = ((const IndexTerm *)a)->term, y = ((const IndexTerm *)b)->term;
    return (x > y) - (x < y);
}

/* Occurrences, each of weight 1, in any order → each term once, by ascending term, with its count.
 */
static void count_terms(GArray *vector)
{
    guint n = 0;
    g_array_sort(vector, compare_terms);
    for (guint i = 0; i < vector->len; i++) {
        IndexTerm *at = &g_array_index(vector, IndexTerm, i);
        IndexTerm *last = n > 0 ? &g_array_index(vector, IndexTerm, n - 1) : NULL;
        if (last && last->term == at->term)
            last->weight += at->weight;
        else
            g_array_index(vector, IndexTerm, n++) = *at;
    }
    g_array_set_size(vector, n);
}

/* Counts → (1 + ln count) · idf, length 1. */
static void weigh_terms(GArray *vector, const IndexLanguage *language)
{
    double sum = 0;
    for (guint i = 0; i < vector->len; i++) {
        IndexTerm *term = &g_array_index(vector, IndexTerm, i);
        const double idf = g_array_index(language->idf, double, term->term);
        const double weight = (1 + log(term->weight)) * idf;
        term->weight = (float)weight;
        sum += weight * weight;
    }
    if (sum <= 0) {
        g_array_set_size(vector, 0);
        return;
    }
    for (guint i = 0; i < vector->len; i++)
        g_array_index(vector, IndexTerm, i).weight /= (float)sqrt(sum);
}

double index_cosine(const GArray *a, const GArray *b)
{
    double sum = 0;
    for (guint i = 0, j = 0; i < a->len && j < b->len;) {
        const IndexTerm *x = &g_array_index(a, IndexTerm, i);
        const IndexTerm *y = &g_array_index(b, IndexTerm, j);
        if (x->term == y->term)
            sum += (double)x->weight * y->weight;
        i += x->term <= y->term;
        j += y->term <= x->term;
    }
    return CLAMP(sum, 0.0, 1.0);
}

/* ---- templates ----------------------------------------------------------------------------- */

typedef struct Reading {
    KbIndex *index;
    Tokenizer *tokenizer;
    IndexLanguage *language;
    GArray *vector;
    GArray *phrase; /* IndexWord; NULL: no phrase is being read */
    GString *words;
} Reading;

static guint add_term(Reading *reading, const char *stem)
{
    IndexLanguage *language = reading->language;
    const guint known = GPOINTER_TO_UINT(g_hash_table_lookup(language->terms, stem));
    if (known)
        return known - 1;
    const double none = 0;
    const guint term = language->idf->len;
    g_array_append_val(language->idf, none);
    g_hash_table_insert(language->terms, g_string_chunk_insert(reading->index->strings, stem),
                        GUINT_TO_POINTER(term + 1));
    return term;
}

static void read_word(const char *stem, gsize stem_length, const char *word, gsize word_length,
                      gpointer data)
{
    Reading *reading = data;
    g_autofree char *own_stem = g_strndup(stem, stem_length);
    if (own_stem[0] == '#') {
        g_autofree char *lower = g_utf8_strdown(word, (gssize)word_length);
        g_string_append_printf(reading->words, "%s ", lower);
        return;
    }
    gsize folded_length;
    const char *folded = tokenizer_word(reading->tokenizer, &folded_length);
    const IndexTerm term = {add_term(reading, own_stem), 1};
    g_array_append_val(reading->vector, term);
    g_string_append_len(reading->words, folded, (gssize)folded_length);
    g_string_append_c(reading->words, ' ');
    if (reading->phrase) {
        GStringChunk *strings = reading->index->strings;
        const IndexWord index_word = {
            .word = g_string_chunk_insert_len(strings, folded, (gssize)folded_length),
            .stem = g_string_chunk_insert(strings, own_stem),
        };
        g_array_append_val(reading->phrase, index_word);
    }
}

/* The text as a customer would see it with all places empty. */
static char *without_places(const char *text)
{
    GString *bare = g_string_new(NULL);
    Placeholder place;
    for (; placeholder_next(text, &place); text = place.end) {
        g_string_append_len(bare, text, place.start - text);
        g_string_append_c(bare, ' ');
    }
    g_string_append(bare, text);
    return g_string_free(bare, FALSE);
}

static IndexEntry *read_template(Reading *reading, const Template *template_)
{
    const char *code = template_->language;
    g_autofree char *body = without_places(template_->body);
    IndexEntry *entry = g_new0(IndexEntry, 1);
    entry->template_ = template_;
    entry->language = reading->language;
    entry->phrases = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    entry->vector = reading->vector = g_array_new(FALSE, FALSE, sizeof(IndexTerm));

    reading->words = g_string_new(template_->id);
    g_string_append_c(reading->words, ' ');
    tokenizer_scan(reading->tokenizer, template_->title, code, read_word, reading);
    for (char **when = template_->when; when && *when; when++) {
        reading->phrase = g_array_new(FALSE, FALSE, sizeof(IndexWord));
        tokenizer_scan(reading->tokenizer, *when, code, read_word, reading);
        g_ptr_array_add(entry->phrases, reading->phrase);
    }
    reading->phrase = NULL;
    entry->head = g_string_free(reading->words, FALSE);

    reading->words = g_string_new(NULL);
    tokenizer_scan(reading->tokenizer, body, code, read_word, reading);
    entry->body = g_string_free(reading->words, FALSE);

    count_terms(entry->vector);
    for (guint i = 0; i < entry->vector->len; i++)
        g_array_index(reading->language->idf, double,
                      g_array_index(entry->vector, IndexTerm, i).term) += 1;
    reading->language->templates++;
    return entry;
}

static IndexLanguage *get_language(KbIndex *index, char *code)
{
    IndexLanguage *language = g_hash_table_lookup(index->languages, code);
    if (!language) {
        language = g_new0(IndexLanguage, 1);
        language->terms = g_hash_table_new(g_str_hash, g_str_equal);
        language->idf = g_array_new(FALSE, FALSE, sizeof(double));
        g_hash_table_insert(index->languages, code, language);
    }
    return language;
}

void index_fill(KbIndex *index, Tokenizer *tokenizer)
{
    if (index->filled)
        return;
    index->filled = TRUE;
    Reading reading = {.index = index, .tokenizer = tokenizer};
    for (guint i = 0; i < index->templates->len; i++) {
        const Template *template_ = g_ptr_array_index(index->templates, i);
        reading.language = get_language(index, template_->language);
        g_ptr_array_add(index->entries, read_template(&reading, template_));
    }

    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, index->languages);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        IndexLanguage *language = value;
        for (guint i = 0; i < language->idf->len; i++) {
            double *df = &g_array_index(language->idf, double, i);
            *df = log((language->templates + 1) / (*df + 1)); /* from here on idf */
        }
    }
    for (guint i = 0; i < index->entries->len; i++) {
        IndexEntry *entry = g_ptr_array_index(index->entries, i);
        weigh_terms(entry->vector, entry->language);
    }
}

/* ---- a mail -------------------------------------------------------------------------------- */

typedef struct MailReading {
    Tokenizer *tokenizer;
    const IndexLanguage *language;
    GHashTable *words; /* folded word → its number + 1 */
    GHashTable *stems; /* stem → its number + 1 */
    IndexText *text;
} MailReading;

static void read_mail_word(const char *stem, gsize stem_length,
                           G_GNUC_UNUSED const char *as_written,
                           G_GNUC_UNUSED gsize as_written_length, gpointer data)
{
    MailReading *reading = data;
    IndexText *text = reading->text;
    if (stem_length > 0 && stem[0] == '#')
        return;
    gsize length;
    const char *folded = tokenizer_word(reading->tokenizer, &length);
    const char *word = g_string_chunk_insert_len(text->strings, folded, (gssize)length);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(reading->words, word));
    if (!number) {
        IndexWord new_word = {.word = word};
        new_word.stem = g_string_chunk_insert_len(text->strings, stem, (gssize)stem_length);
        new_word.stem_id = GPOINTER_TO_UINT(g_hash_table_lookup(reading->stems, new_word.stem));
        if (!new_word.stem_id) {
            new_word.stem_id = ++text->n_stems;
            g_hash_table_insert(reading->stems, (gpointer)new_word.stem,
                                GUINT_TO_POINTER(new_word.stem_id));
        }
        new_word.stem_id--;
        g_array_append_val(text->words, new_word);
        number = text->words->len;
        g_hash_table_insert(reading->words, (gpointer)word, GUINT_TO_POINTER(number));
    }
    number--;
    g_array_append_val(text->sequence, number);

    const char *own_stem = g_array_index(text->words, IndexWord, number).stem;
    const guint term = GPOINTER_TO_UINT(g_hash_table_lookup(reading->language->terms, own_stem));
    if (term) {
        const IndexTerm occurrence = {term - 1, 1};
        g_array_append_val(text->vector, occurrence);
    }
}

IndexText *index_text(const IndexLanguage *language, Tokenizer *tokenizer, const char *code,
                      const char *subject, const char *text)
{
    IndexText *read = g_new0(IndexText, 1);
    read->strings = g_string_chunk_new(1024);
    read->words = g_array_new(FALSE, FALSE, sizeof(IndexWord));
    read->sequence = g_array_new(FALSE, FALSE, sizeof(guint));
    read->vector = g_array_new(FALSE, FALSE, sizeof(IndexTerm));

    g_autoptr(GString) all = g_string_new(subject);
    g_autoptr(GHashTable) words = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) stems = g_hash_table_new(g_str_hash, g_str_equal);
    MailReading reading = {tokenizer, language, words, stems, read};
    g_string_append_c(all, '\n');
    g_string_append(all, text ? text : "");
    g_string_truncate(all, MIN(all->len, TEXT_MAX_BYTES));
    tokenizer_scan(tokenizer, all->str, code, read_mail_word, &reading);
    count_terms(read->vector);
    weigh_terms(read->vector, language);
    return read;
}

void index_text_free(IndexText *text)
{
    if (!text)
        return;
    g_string_chunk_free(text->strings);
    g_array_unref(text->words);
    g_array_unref(text->sequence);
    g_array_unref(text->vector);
    g_free(text);
}

/* ---- `when` -------------------------------------------------------------------------------- */

static gboolean is_same_word(const IndexWord *a, const IndexWord *b)
{
    return strcmp(a->stem, b->stem) == 0 || strcmp(a->word, b->word) == 0;
}

/* Claims the first word of the text that WANTED finds and that is not claimed yet. */
static gboolean claim_word(const IndexWord *wanted, const IndexText *text, gboolean *claimed)
{
    const gboolean in_compounds = g_utf8_strlen(wanted->word, -1) >= COMPOUND_MIN_LETTERS;
    for (guint i = 0; i < text->words->len; i++) {
        const IndexWord *word = &g_array_index(text->words, IndexWord, i);
        if (!claimed[word->stem_id] &&
            (is_same_word(wanted, word) || (in_compounds && strstr(word->word, wanted->word))))
            return claimed[word->stem_id] = TRUE;
    }
    return FALSE;
}

static gboolean stands_at(const GArray *phrase, const IndexText *text, guint at)
{
    for (guint i = 0; i < phrase->len; i++) {
        const guint number = g_array_index(text->sequence, guint, at + i);
        if (!is_same_word(&g_array_index(phrase, IndexWord, i),
                          &g_array_index(text->words, IndexWord, number)))
            return FALSE;
    }
    return TRUE;
}

static gboolean claim_phrase(const GArray *phrase, const IndexText *text, gboolean *claimed)
{
    if (phrase->len == 0)
        return FALSE;
    if (phrase->len == 1)
        return claim_word(&g_array_index(phrase, IndexWord, 0), text, claimed);
    for (guint at = 0; at + phrase->len <= text->sequence->len; at++) {
        const guint number = g_array_index(text->sequence, guint, at);
        const guint stem_id = g_array_index(text->words, IndexWord, number).stem_id;
        if (!claimed[stem_id] && stands_at(phrase, text, at))
            return claimed[stem_id] = TRUE;
    }
    return FALSE;
}

guint index_matches(const IndexEntry *entry, const IndexText *text)
{
    guint matches = 0;
    g_autofree gboolean *claimed = g_new0(gboolean, text->n_stems + 1);
    for (guint i = 0; i < entry->phrases->len; i++)
        matches += claim_phrase(g_ptr_array_index(entry->phrases, i), text, claimed) ? 1 : 0;
    return matches;
}
