/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/language.h"

#include <stdlib.h>
#include <string.h>

#include "classifier/language_words.h"

enum {
    N_LANGUAGES = 16,
    WORDS_MAX = 100, /* looked at */
    SHORT = 8,       /* up to so many words, sequences of letters count */
    WORD_BYTES = 32,
};

static const char codes[N_LANGUAGES][3] = {"de", "en", "fr", "es", "it", "nl", "pt", "pl",
                                           "da", "sv", "no", "fi", "cs", "hu", "ro", "tr"};

static const struct {
    GUnicodeScript script;
    char code[3];
} scripts[] = {
    {G_UNICODE_SCRIPT_CYRILLIC, "ru"}, {G_UNICODE_SCRIPT_GREEK, "el"},
    {G_UNICODE_SCRIPT_HEBREW, "he"},   {G_UNICODE_SCRIPT_ARABIC, "ar"},
    {G_UNICODE_SCRIPT_HANGUL, "ko"},   {G_UNICODE_SCRIPT_HIRAGANA, "ja"},
    {G_UNICODE_SCRIPT_KATAKANA, "ja"}, {G_UNICODE_SCRIPT_HAN, "zh"},
    {G_UNICODE_SCRIPT_THAI, "th"},     {G_UNICODE_SCRIPT_DEVANAGARI, "hi"},
};

/* Letters that few languages have, with what one of them is worth. */
static const struct {
    const char *letters;
    guint32 languages;
    float weight;
} letters[] = {
    {"ß", DE, 1.0f},
    {"äöü", DE, 0.3f},
    {"äö", SV | FI, 0.15f},
    {"å", SV | DA | NO, 0.5f},
    {"æø", DA | NO, 0.5f},
    {"ñ¿¡", ES, 1.0f},
    {"ãõ", PT, 1.0f},
    {"ç", FR | PT | TR, 0.3f},
    {"èêàùœ", FR, 0.3f},
    {"èàùòì", IT, 0.3f},
    {"áóíú", ES | PT | HU, 0.1f},
    {"ąęśżźćńł", PL, 0.8f},
    {"ěřůčšž", CS, 0.6f},
    {"őű", HU, 1.0f},
    {"șțăşţ", RO, 0.6f},
    {"ğışİ", TR, 0.6f},
};

/* Sequences of letters inside short texts. */
static const struct {
    const char *sequence;
    guint32 languages;
} sequences[] = {
    {"sch", DE},     {"ung", DE},     {"cht", DE},       {"keit", DE},    {"lich", DE},
    {"eit", DE},     {"ck", DE | EN}, {"pf", DE},        {"th", EN},      {"ing", EN},
    {"sh", EN},      {"wh", EN},      {"tion", EN | FR}, {"ee", EN | NL}, {"eau", FR},
    {"eux", FR},     {"oi", FR},      {"que", FR | ES},  {"ción", ES},    {"dad", ES},
    {"ll", ES | IT}, {"ção", PT},     {"ções", PT},      {"nh", PT},      {"lh", PT},
    {"zion", IT},    {"gli", IT},     {"cch", IT},       {"tt", IT | FI}, {"ij", NL},
    {"aa", NL | FI}, {"oo", NL | EN}, {"sz", PL | HU},   {"cz", PL},      {"rz", PL},
    {"kk", FI | DA}, {"gy", HU},      {"ää", FI},        {"lar", TR},     {"ler", TR | DE},
};

static void add(double *scores, guint32 languages, double weight)
{
    for (guint i = 0; i < N_LANGUAGES; i++)
        if (languages & (1u << i))
            scores[i] += weight;
}

static int compare_words(const void *key, const void *row)
{
    return strcmp(key, ((const LanguageWord *)row)->word);
}

/* A word of one language counts 1, of two a half … */
static void add_word(double *scores, const char *word)
{
    const LanguageWord *row =
        bsearch(word, language_words, n_language_words, sizeof *language_words, compare_words);
    if (row)
        add(scores, row->languages, 1.0 / __builtin_popcount(row->languages));
}

static void add_sequences(double *scores, const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sequences); i++)
        if (strstr(word, sequences[i].sequence))
            add(scores, sequences[i].languages, 0.3);
}

static void add_letter(double *scores, gunichar c)
{
    for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
        if (g_utf8_strchr(letters[i].letters, -1, c))
            add(scores, letters[i].languages, letters[i].weight);
}

/* The next word at *TEXT in lower case, cut to fit; FALSE: no more. Letters beyond ASCII are
 * counted on the way. */
static gboolean next_word(const char **text, char *word, double *scores, guint *counts)
{
    const char *p = *text, *next;
    gsize length = 0;
    for (; *p; p = next) {
        gunichar c = (guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char_validated(p, -1);
        next = c < 0x110000 ? g_utf8_next_char(p) : p + 1;
        if (c == 0x2019)
            c = '\'';
        if (c >= 0x110000 || !(g_unichar_isalpha(c) || (c == '\'' && length > 0))) {
            if (length > 0)
                break;
            continue;
        }
        c = g_unichar_tolower(c);
        if (c >= 0x80) {
            GUnicodeScript script = g_unichar_get_script(c);
            for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++)
                counts[i] += scripts[i].script == script;
            add_letter(scores, c);
        }
        if (length + 6 < WORD_BYTES)
            length += (gsize)g_unichar_to_utf8(c, word + length);
    }
    word[length] = '\0';
    *text = p;
    return length > 0;
}

/* Japanese is written with Chinese characters too: any kana decide. */
static const char *by_script(const char *text, const guint *counts, guint n_words)
{
    static const char *const ukrainian[] = {"і", "ї", "є", "ґ"};
    guint best = 0;
    for (guint i = 0; i < G_N_ELEMENTS(scripts); i++) {
        if (strcmp(scripts[i].code, "ja") == 0 && counts[i] > 0)
            return "ja";
        if (counts[i] > counts[best])
            best = i;
    }
    if (counts[best] < MAX(2 * n_words, 2) && scripts[best].script != G_UNICODE_SCRIPT_HAN)
        return "";
    if (counts[best] == 0)
        return "";
    for (gsize i = 0; best == 0 && i < G_N_ELEMENTS(ukrainian); i++)
        if (strstr(text, ukrainian[i]))
            return "uk";
    return scripts[best].code;
}

const char *language_detect(const char *text)
{
    double scores[N_LANGUAGES] = {0}, endings[N_LANGUAGES] = {0};
    guint counts[G_N_ELEMENTS(scripts)] = {0}, n_words = 0;
    char word[WORD_BYTES];
    if (!text)
        return "";
    const char *p = text;
    while (n_words < WORDS_MAX && next_word(&p, word, scores, counts)) {
        n_words++;
        add_word(scores, word);
        if (n_words <= SHORT)
            add_sequences(endings, word);
    }
    const char *code = by_script(text, counts, n_words);
    if (*code)
        return code;
    guint best = 0;
    double second = 0;
    for (guint i = 0; i < N_LANGUAGES; i++) {
        scores[i] += n_words <= SHORT ? endings[i] : 0;
        if (scores[i] > scores[best])
            best = i;
    }
    for (guint i = 0; i < N_LANGUAGES; i++)
        if (i != best)
            second = MAX(second, scores[i]);
    return scores[best] >= 0.6 && scores[best] >= 1.2 * second + 0.1 ? codes[best] : "";
}
