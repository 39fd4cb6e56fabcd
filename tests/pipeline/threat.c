/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/threat.h"

static const struct {
    const char *text, *word;
} threats[] = {
    {"Ich schalte meinen Anwalt ein.", "anwalt"},
    {"ANWALTLICHES SCHREIBEN FOLGT", "anwalt"},
    {"Meine Anwältin meldet sich.", "anwält"},
    {"Meine Anwaeltin meldet sich.", "anwaelt"},
    {"Meine Anwa\u0308ltin meldet sich.", "anwält"}, /* decomposed, as macOS writes it */
    {"Das geht an die Verbraucherzentrale!", "verbraucherzentrale"},
    {"Ich behalte mir rechtliche\nSchritte vor", "rechtliche schritte"},
    {"Ich behalte mir rechtliche \t  Schritte vor", "rechtliche schritte"},
    {"Wir sehen uns vor Gericht.", "gericht "},
    {"Wir sehen uns vor dem Amtsgericht.", "amtsgericht"},
    {"Dann eben gerichtlich.", "gerichtlich"},
    {"Die Staatsanwaltschaft ist informiert.", "staatsanw"},
    {"vor gericht", "gericht "},
    {"Ich erhebe Klage", "klage "},
    {"Das ist Betrug", "betrug"},
    {"Eine Frechheit!", "frechheit"},
    {"I will sue you", "sue "},
    {"see you in court", "court "},
    {"(court)", "court "},
    {"my lawyer's letter", "lawyer"},
    {"We are considering legal action.", "legal action"},
    {"I have contacted trading standards", "trading standards"},
    {"This is a scam", "scam"},
    {"I called the police", "police "},
    {"ich denke an Suizid", "suizid"},
    {"mi abogado", "abogado"},
    {"mon avocat", "avocat"},
};

static const char *const harmless[] = {
    "Welche Gerichte stehen auf der Karte?",
    "I have an issue with my order",
    "Is the course still open?",
    "Of course I can wait.",
    "A courteous reply would be nice",
    "the blue tissue box",
    "to pursue a refund",
    "Ich beklage mich nicht",
    "my courtyard gate",
    "Rechnung und Rechte",
    "illegal action", /* a word is matched from its beginning */
    "the policeman helmet toy",
    "",
    "🙂 \u200b ...",
};

static void test_words(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(threats); i++) {
        g_assert_cmpstr(threat_find(NULL, threats[i].text), ==, threats[i].word);
        g_assert_cmpstr(threat_find(threats[i].text, ""), ==, threats[i].word);
    }
}

static void test_no_false_alarm(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(harmless); i++)
        if (threat_find(harmless[i], harmless[i]))
            g_error("“%s” is taken for a threat: %s", harmless[i],
                    threat_find(harmless[i], harmless[i]));
}

static void test_edges(void)
{
    g_assert_null(threat_find(NULL, NULL));
    g_assert_cmpstr(threat_find("sue", NULL), ==, "sue ");
    g_assert_cmpstr(threat_find(NULL, "sue"), ==, "sue ");
    /* The last word of the subject and the first of the text are not one word. */
    g_assert_null(threat_find("co", "urt"));
    g_assert_cmpstr(threat_find("in", "court"), ==, "court ");
}

static void test_long_text(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 50000; i++)
        g_string_append(text, "co urts ");
    g_assert_null(threat_find(NULL, text->str));
    g_string_append(text, "lawyer");
    g_assert_cmpstr(threat_find(NULL, text->str), ==, "lawyer");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/threat/words", test_words);
    g_test_add_func("/threat/no-false-alarm", test_no_false_alarm);
    g_test_add_func("/threat/edges", test_edges);
    g_test_add_func("/threat/long-text", test_long_text);
    return g_test_run();
}
