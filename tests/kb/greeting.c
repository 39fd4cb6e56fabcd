/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/fill.h"

static void test_greetings(void)
{
    static const struct {
        const char *language, *with, *without;
    } rows[] = {
        {"de", "Guten Tag Erika Beispiel,", "Guten Tag,"},
        {"en", "Dear Erika Beispiel,", "Hello,"},
        {"fr", "Bonjour Erika Beispiel,", "Bonjour,"},
        {"es", "Buenos días, Erika Beispiel:", "Buenos días,"},
        {"it", "Buongiorno Erika Beispiel,", "Buongiorno,"},
        {"nl", "Beste Erika Beispiel,", "Goedendag,"},
        {"fi", "Hello Erika Beispiel,", "Hello,"},
        {"", "Hello Erika Beispiel,", "Hello,"},
        {NULL, "Hello Erika Beispiel,", "Hello,"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *with = fill_greeting("Erika Beispiel", rows[i].language);
        g_autofree char *without = fill_greeting("info@shop.example", rows[i].language);
        g_assert_cmpstr(with, ==, rows[i].with);
        g_assert_cmpstr(without, ==, rows[i].without);
    }
}

static void test_neutral_subjects(void)
{
    static const char *const rows[][2] = {
        {"de", "Ihre Anfrage"},     {"en", "Your enquiry"}, {"fr", "Votre demande"},
        {"es", "Su consulta"},      {"nl", "Uw vraag"},     {"fi", "Your enquiry"},
        {"it", "La sua richiesta"}, {"", "Your enquiry"},   {NULL, "Your enquiry"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpstr(fill_neutral_subject(rows[i][0]), ==, rows[i][1]);
}

static void test_names(void)
{
    static const char *const rows[][2] = {
        {"Erika Beispiel", "Erika Beispiel"},
        {"  Erika \u00A0 Beispiel ", "Erika Beispiel"},
        {"\"Erika Beispiel\"", "Erika Beispiel"},
        {"'Erika Beispiel'", "Erika Beispiel"},
        {"Beispiel, Erika", "Erika Beispiel"},
        {"\"Beispiel, Erika\"", "Erika Beispiel"},
        {"Beispiel, Dr. Erika", "Dr. Erika Beispiel"},
        {"Smith, J.", "J. Smith"},
        {"Dr. Erika Beispiel", "Dr. Erika Beispiel"},
        {"Prof. Dr. Dr. Erika Beispiel", "Prof. Dr. Dr. Erika Beispiel"},
        {"Dipl.-Ing. Max Muster", "Dipl.-Ing. Max Muster"},
        {"J.R. Muster", "J.R. Muster"},
        {"Erika", "Erika"},
        {"Familie Beispiel", "Familie Beispiel"},
        {"Anne-Marie O'Neill", "Anne-Marie O'Neill"},
        {"Chiara D\u2019Angelo", "Chiara D\u2019Angelo"},
        {"Ludwig van der Muster", "Ludwig van der Muster"},
        {"ERIKA BEISPIEL", "Erika Beispiel"},
        {"DR. ERIKA MÜLLER-LÜDENSCHEID", "Dr. Erika Müller-Lüdenscheid"},
        {"erika beispiel", "Erika Beispiel"},
        {"Erika BEISPIEL", "Erika Beispiel"},
        {"Karl Muster III", "Karl Muster III"},
        {"Jose\u0301 Nun\u0303ez", "José Nuñez"},
        {"Łukasz Wójcik", "Łukasz Wójcik"},
        {"Анна Иванова", "Анна Иванова"},
        {"山田太郎", "山田太郎"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *safe = fill_safe_name(rows[i][0]);
        g_assert_cmpstr(safe, ==, rows[i][1]);
    }
}

static void test_no_names(void)
{
    static const char *const rows[] = {
        NULL,
        "",
        "   ",
        "erika@beispiel.example",
        "WIN 1000 EURO http://lure.example",
        "WIN MANY EUROS",
        "You are a winner",
        "www.lure.example",
        "lure.example",
        "t.co",
        "shop.example GmbH",
        "Muster GmbH",
        "Muster Service Team",
        "Kundenservice",
        "Info",
        "no-reply",
        "Mailer-Daemon",
        "Erika Beispiel via Liste",
        "Erika / Max",
        "Erika Beispiel (privat)",
        "Erika <b>Beispiel</b>",
        "Erika & Max",
        "Erika2000",
        "Erika\nBeispiel",
        "Erika\tBeispiel",
        "Erika\x1b Beispiel",
        "Erika \u202EBeispiel",
        "Erika\u200B Beispiel",
        "Erika \xF0\x9F\x98\x80",
        "Erika B\xFC",
        "Eins Zwei Drei Vier Fünf Sechs",
        "a, b, c",
        ", Erika",
        "Erika,",
        "Erika Beispiel, M.A.",
        "Beispiel - Erika",
        "-Erika",
        "J. R.",
        "X",
        "IBM",
        "erika",
        "do it right now",
        "Erikа Beispiel", /* one Cyrillic letter */
        "E\u0301\u0302\u0303\u0304rika Beispiel",
        "{{order.status}}",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa Bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *safe = fill_safe_name(rows[i]);
        g_assert_cmpstr(safe, ==, NULL);
    }
}

static void test_long(void)
{
    g_autofree char *name = g_strnfill(10 * 1000 * 1000, 'a');
    g_assert_null(fill_safe_name(name));
    name[480] = '\0';
    g_assert_null(fill_safe_name(name));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/greeting/greetings", test_greetings);
    g_test_add_func("/greeting/neutral-subjects", test_neutral_subjects);
    g_test_add_func("/greeting/names", test_names);
    g_test_add_func("/greeting/no-names", test_no_names);
    g_test_add_func("/greeting/long", test_long);
    return g_test_run();
}
