/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/stems.h"

#include <libstemmer.h>
#include <string.h>

#include "classifier/fold.h"

static const struct {
    char code[3];
    const char *algorithm;
} languages[] = {
    {"", NULL},         {"de", "german"},  {"en", "english"},    {"fr", "french"},
    {"es", "spanish"},  {"it", "italian"}, {"nl", "dutch"},      {"pt", "portuguese"},
    {"da", "danish"},   {"sv", "swedish"}, {"no", "norwegian"},  {"fi", "finnish"},
    {"ro", "romanian"}, {"ru", "russian"}, {"hu", "hungarian"},  {"tr", "turkish"},
    {"ca", "catalan"},  {"el", "greek"},   {"lt", "lithuanian"},
};
enum { LANGUAGE_NONE = 0, LANGUAGE_GERMAN = 1 };

typedef struct Slot {
    guint8 language;
    guint8 word_length; /* 0: free */
    guint8 stem_length;
    char bytes[61]; /* the word, then its stem */
} Slot;

#define CACHE_BITS 15

struct Stems {
    struct sb_stemmer *stemmers[G_N_ELEMENTS(languages)]; /* made when first needed */
    Slot *cache;
    char stem[2 * STEMS_WORD_MAX];
};

Stems *stems_new(void)
{
    Stems *stems = g_new0(Stems, 1);
    stems->cache = g_new0(Slot, 1u << CACHE_BITS);
    return stems;
}

void stems_free(Stems *stems)
{
    if (!stems)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++)
        if (stems->stemmers[i])
            sb_stemmer_delete(stems->stemmers[i]);
    g_free(stems->cache);
    g_free(stems);
}

guint stems_language(const char *language)
{
    if (!language || !g_ascii_isalpha(language[0]) || !g_ascii_isalpha(language[1]) ||
        g_ascii_isalpha(language[2]))
        return LANGUAGE_NONE;
    for (guint i = 1; i < G_N_ELEMENTS(languages); i++)
        if (g_ascii_strncasecmp(language, languages[i].code, 2) == 0)
            return i;
    return LANGUAGE_NONE;
}

/* "ue" after a vowel or q is no umlaut: "neue", "quer". The text does not get longer. */
static gsize restore_umlauts(const char *word, gsize length, char *out)
{
    gsize n = 0;
    for (gsize i = 0; i < length; i++) {
        const char *umlaut = word[i] == 'a'   ? "ä"
                             : word[i] == 'o' ? "ö"
                             : word[i] == 'u' ? "ü"
                                              : NULL;
        if (umlaut && i + 1 < length && word[i + 1] == 'e' &&
            !(i > 0 && strchr("aeiouyq", word[i - 1]))) {
            memcpy(out + n, umlaut, 2);
            n += 2;
            i++;
        } else {
            out[n++] = word[i];
        }
    }
    return n;
}

static gsize make_stem(Stems *stems, guint language, const char *word, gsize length, char *out)
{
    char german[STEMS_WORD_MAX];
    if (language == LANGUAGE_NONE)
        return fold_utf8(word, length, out);
    if (!stems->stemmers[language])
        stems->stemmers[language] = sb_stemmer_new(languages[language].algorithm, NULL);
    if (!stems->stemmers[language])
        return fold_utf8(word, length, out);
    if (language == LANGUAGE_GERMAN) {
        length = restore_umlauts(word, length, german);
        word = german;
    }
    const sb_symbol *stem =
        sb_stemmer_stem(stems->stemmers[language], (const sb_symbol *)word, (int)length);
    int stem_length = stem ? sb_stemmer_length(stems->stemmers[language]) : 0;
    if (stem_length <= 0 || stem_length > STEMS_WORD_MAX)
        return fold_utf8(word, length, out);
    return fold_utf8((const char *)stem, (gsize)stem_length, out);
}

static gsize slot_of(guint language, const char *word, gsize length)
{
    guint64 hash = 14695981039346656037u ^ language;
    for (gsize i = 0; i < length; i++)
        hash = (hash ^ (guchar)word[i]) * 1099511628211u;
    return (gsize)((hash ^ (hash >> 29)) & ((1u << CACHE_BITS) - 1));
}

const char *stems_find(Stems *stems, guint language, const char *word, gsize length,
                       gsize *stem_length)
{
    Slot *slot = &stems->cache[slot_of(language, word, length)];
    if (slot->word_length == length && slot->language == language &&
        memcmp(slot->bytes, word, length) == 0) {
        *stem_length = slot->stem_length;
        return slot->bytes + length;
    }
    *stem_length = make_stem(stems, language, word, length, stems->stem);
    if (length + *stem_length <= sizeof slot->bytes) {
        slot->language = (guint8)language;
        slot->word_length = (guint8)length;
        slot->stem_length = (guint8)*stem_length;
        memcpy(slot->bytes, word, length);
        memcpy(slot->bytes + length, stems->stem, *stem_length);
    }
    return stems->stem;
}
