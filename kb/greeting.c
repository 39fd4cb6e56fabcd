/* SPDX-License-Identifier: Apache-2.0 */
/* Salutations, the names that may stand in them, and neutral subjects. Declared in kb/fill.h. */
#include <string.h>

#include "kb/fill.h"

#define NAME_MAX_CHARACTERS 60

static const struct Greeting {
    const char *language;
    const char *with_name[2]; /* before and behind it */
    const char *without;
    const char *subject;
} greetings[] = {
    {"de", {"Guten Tag ", ","}, "Guten Tag,", "Ihre Anfrage"},
    {"en", {"Dear ", ","}, "Hello,", "Your enquiry"},
    {"es", {"Buenos días, ", ":"}, "Buenos días,", "Su consulta"},
    {"fr", {"Bonjour ", ","}, "Bonjour,", "Votre demande"},
    {"it", {"Buongiorno ", ","}, "Buongiorno,", "La sua richiesta"},
    {"nl", {"Beste ", ","}, "Goedendag,", "Uw vraag"},
    {"", {"Hello ", ","}, "Hello,", "Your enquiry"}, /* any other language; the last row */
};

/* Words that stand in names of firms, offices, machines and lures, lower case. A name with one of
 * them is not used. */
static const char *const no_names[] = {
    "ag",         "co",         "corp",          "company",    "ev",           "firma",
    "gbr",        "gmbh",       "inc",           "kg",         "limited",      "llc",
    "ltd",        "mbh",        "ohg",           "plc",        "sarl",         "srl",
    "ug",         "bank",       "shop",          "store",      "verein",       "verlag",
    "abteilung",  "admin",      "administrator", "bestellung", "bestellungen", "buchhaltung",
    "büro",       "buero",      "daemon",        "einkauf",    "empfang",      "hotline",
    "info",       "it",         "kontakt",       "contact",    "kundendienst", "kundenservice",
    "mailer",     "newsletter", "noreply",       "office",     "orders",       "postmaster",
    "praxis",     "rechnung",   "reply",         "root",       "sales",        "sekretariat",
    "service",    "support",    "system",        "team",       "versand",      "vertrieb",
    "verwaltung", "webmaster",  "zentrale",      "anonym",     "anonymous",    "customer",
    "email",      "guest",      "kunde",         "kundin",     "mail",         "me",
    "test",       "unbekannt",  "unknown",       "user",       "via",          "bitcoin",
    "bonus",      "casino",     "cialis",        "click",      "crypto",       "dollar",
    "dringend",   "eur",        "euro",          "free",       "gewinn",       "gewinner",
    "gewonnen",   "gratis",     "http",          "https",      "klick",        "kostenlos",
    "million",    "millionen",  "prize",         "urgent",     "usd",          "viagra",
    "win",        "winner",     "won",           "www",
};

/* One to five words of letters and combining marks: "Anne-Marie", "O'Neill", "Dr.", "Dipl.-Ing.",
 * "J.R."; but not "shop.example". */
#define LETTER "\\p{L}\\p{M}{0,2}+"
#define WORD                                                                                       \
    "(?:(?:" LETTER "\\.-?){2,}|(?:" LETTER ")++(?:['\u2019-](?:" LETTER                           \
    ")++)*+(?:\\.(?:-(?:" LETTER ")++\\.)*+)?)"
#define NAME "^" WORD "(?: " WORD "){0,4}$"

/* One line with single spaces, without quotes around; NULL: not text, or far too long. */
static char *tidy(const char *name)
{
    if (!name || strlen(name) > 8 * NAME_MAX_CHARACTERS || !g_utf8_validate(name, -1, NULL))
        return NULL;
    g_autofree char *composed = g_utf8_normalize(name, -1, G_NORMALIZE_NFC);
    GString *tidy = g_string_new(NULL);
    for (const char *at = composed; *at; at = g_utf8_next_char(at)) {
        const gunichar c = g_utf8_get_char(at);
        if (g_unichar_type(c) != G_UNICODE_SPACE_SEPARATOR)
            g_string_append_unichar(tidy, c);
        else if (tidy->len > 0 && tidy->str[tidy->len - 1] != ' ')
            g_string_append_c(tidy, ' ');
    }
    g_strchomp(tidy->str);
    g_string_set_size(tidy, strlen(tidy->str));
    if (tidy->len > 2 && strchr("\"'", tidy->str[0]) && tidy->str[tidy->len - 1] == tidy->str[0]) {
        g_string_truncate(tidy, tidy->len - 1);
        g_string_erase(tidy, 0, 1);
    }
    return g_string_free(tidy, FALSE);
}

/* "Beispiel, Erika" → "Erika Beispiel"; NULL: there are more commas, or nothing beside one. */
static char *turn_round(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, ",", -1);
    if (g_strv_length(parts) == 1)
        return g_strdup(name);
    if (g_strv_length(parts) != 2 || !*g_strstrip(parts[0]) || !*g_strstrip(parts[1]))
        return NULL;
    /* "Erika Beispiel, M.A." is in the right order, and "Beispiel, J." is not. */
    if (strchr(parts[0], ' ') && g_str_has_suffix(parts[1], "."))
        return NULL;
    return g_strconcat(parts[1], " ", parts[0], NULL);
}

static gboolean is_one_script(const char *name)
{
    GUnicodeScript script = G_UNICODE_SCRIPT_COMMON;
    for (const char *at = name; *at; at = g_utf8_next_char(at)) {
        const GUnicodeScript next = g_unichar_get_script(g_utf8_get_char(at));
        if (next == G_UNICODE_SCRIPT_COMMON || next == G_UNICODE_SCRIPT_INHERITED)
            continue;
        if (script != G_UNICODE_SCRIPT_COMMON && script != next)
            return FALSE;
        script = next;
    }
    return TRUE;
}

static gboolean says_no_name(const char *name)
{
    g_autofree char *lower = g_utf8_strdown(name, -1);
    g_auto(GStrv) words = g_strsplit_set(lower, " -.'", -1);
    for (guint i = 0; i < G_N_ELEMENTS(no_names); i++) {
        if (g_strv_contains((const char *const *)words, no_names[i]))
            return TRUE;
    }
    return FALSE;
}

typedef struct Letters {
    guint upper, lower, other, dots;
} Letters;

static Letters count_letters(const char *text)
{
    Letters letters = {0};
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        const gunichar c = g_utf8_get_char(at);
        letters.upper += g_unichar_isupper(c);
        letters.lower += g_unichar_islower(c);
        letters.other += g_unichar_isalpha(c) && !g_unichar_isupper(c) && !g_unichar_islower(c);
        letters.dots += c == '.';
    }
    return letters;
}

static char *title_case(const char *word)
{
    GString *title = g_string_new(NULL);
    gboolean begins = TRUE;
    for (const char *at = word; *at; at = g_utf8_next_char(at)) {
        const gunichar c = g_utf8_get_char(at);
        g_string_append_unichar(title, begins ? g_unichar_totitle(c) : g_unichar_tolower(c));
        begins = !g_unichar_isalpha(c) && !g_unichar_ismark(c);
    }
    return g_string_free(title, FALSE);
}

/* Shouted and whispered names in the usual letters; NULL: rather no name. */
static char *settle_case(const char *name)
{
    const Letters all = count_letters(name);
    g_auto(GStrv) words = g_strsplit(name, " ", -1);
    const guint n = g_strv_length(words);
    const gboolean whispered = all.upper == 0 && all.lower > 0;
    const gboolean shouted = all.lower == 0 && all.upper > 0;
    gboolean has_word = FALSE;
    if ((whispered && n != 2) || (shouted && n == 1))
        return NULL;
    for (char **word = words; *word; word++) {
        const Letters letters = count_letters(*word);
        const gboolean roman = (*word)[strspn(*word, "IVX")] == '\0';
        has_word |= letters.dots == 0 && letters.upper + letters.lower + letters.other >= 2;
        if (letters.dots >= 2)
            continue;
        if (whispered || (letters.lower == 0 && letters.upper >= 2 && (shouted || !roman))) {
            char *title = title_case(*word);
            g_free(*word);
            *word = title;
        }
    }
    return has_word ? g_strjoinv(" ", words) : NULL;
}

/* Compiled once: every mail is greeted. */
static gboolean is_name(const char *text)
{
    static gsize compiled;
    if (g_once_init_enter(&compiled))
        g_once_init_leave(&compiled, (gsize)g_regex_new(NAME, G_REGEX_OPTIMIZE, 0, NULL));
    return g_regex_match((GRegex *)compiled, text, 0, NULL);
}

char *fill_safe_name(const char *name)
{
    g_autofree char *clean = tidy(name);
    g_autofree char *turned = clean ? turn_round(clean) : NULL;
    if (!turned || g_utf8_strlen(turned, -1) > NAME_MAX_CHARACTERS || !is_name(turned) ||
        !is_one_script(turned) || says_no_name(turned))
        return NULL;
    return settle_case(turned);
}

static const struct Greeting *greeting_in(const char *language)
{
    const struct Greeting *greeting = greetings;
    while (*greeting->language && g_strcmp0(greeting->language, language) != 0)
        greeting++;
    return greeting;
}

const char *fill_neutral_subject(const char *language)
{
    return greeting_in(language)->subject;
}

char *fill_greeting(const char *name, const char *language)
{
    g_autofree char *safe = fill_safe_name(name);
    const struct Greeting *greeting = greeting_in(language);
    return safe ? g_strconcat(greeting->with_name[0], safe, greeting->with_name[1], NULL)
                : g_strdup(greeting->without);
}
