/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/threat.h"

#include <string.h>

/* Lower case. An entry matches at the beginning of a word; with a trailing space only as a whole.
 */
static const char *const words[] = {
    "anwalt",
    "anwält",
    "anwaelt",
    "staatsanw",
    "fachanw",
    "rechtsanw",
    "rechtsschutz",
    "rechtliche schritte",
    "strafanzeige",
    "anzeige erstatt",
    "verbraucherschutz",
    "verbraucherzentrale",
    "schlichtungsstelle",
    "mahnbescheid",
    "abmahnung",
    "schadensersatz",
    "schadenersatz",
    "datenschutzbehörde",
    "datenschutzbehoerde",
    "datenschutzbeauftragte",
    "betrug",
    "unverschämt",
    "unverschaemt",
    "inkasso",
    "gericht ",
    "gerichtlich",
    "amtsgericht",
    "landgericht",
    "klage ",
    "verklag",
    "frechheit",
    "fristsetzung",
    "gehackt",
    "hacker",
    "missbrauch",
    "unbefugt",
    "nicht angefordert",
    "nicht bestellt",
    "phishing",
    "gestohlen",
    "identitätsdiebstahl",
    "kontodaten weitergegeben",
    "passwort geändert und",
    "sofort sperren",
    "schon dreimal",
    "zum dritten mal",
    "zum wiederholten mal",
    "mehrfach angeschrieben",
    "mehrmals angeschrieben",
    "keine antwort erhalten",
    "hacked",
    "hijacked",
    "did not request",
    "didn t request",
    "did not order",
    "didn t order",
    "unauthorised",
    "unauthorized",
    "stolen",
    "identity theft",
    "third time",
    "no reply from you",
    "nobody answers",
    "lawyer",
    "attorney",
    "solicitor",
    "legal action",
    "sue ",
    "suing",
    "lawsuit",
    "court ",
    "trading standards",
    "consumer protection",
    "ombudsman",
    "fraud",
    "scam",
    "chargeback",
    "police ",
    "polizei",
    "suizid",
    "suicide",
    "abogado",
    "avocat",
    "avvocato",
    "advocaat",
    "outrageous",
    "disgrace",
};

/* Composed, lower case, everything that is no letter or digit made one space, a space at each end.
 */
static char *normalise(const char *subject, const char *text)
{
    g_autofree char *joined = g_strconcat(subject ? subject : "", " ", text ? text : "", NULL);
    g_autofree char *composed = g_utf8_normalize(joined, -1, G_NORMALIZE_NFKC);
    g_autofree char *lower = g_utf8_strdown(composed ? composed : joined, -1);
    GString *out = g_string_sized_new(strlen(lower) + 2);
    g_string_append_c(out, ' ');
    for (const char *p = lower; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isalnum(c))
            g_string_append_unichar(out, c);
        else if (out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    if (out->str[out->len - 1] != ' ')
        g_string_append_c(out, ' ');
    return g_string_free(out, FALSE);
}

const char *threat_find(const char *subject, const char *text)
{
    g_autofree char *haystack = normalise(subject, text);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *needle = g_strconcat(" ", words[i], NULL);
        if (strstr(haystack, needle))
            return words[i];
    }
    return NULL;
}
