/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/quote.h"

#include <string.h>

static const struct {
    const char *name, *text, *own;
} rows[] = {
    {"nothing", "Hallo,\n\n\n\nwo ist es?\n", "Hallo,\n\nwo ist es?"},
    {"empty", "", ""},
    {"blank", " \n\n", ""},
    {"only-quotes", "> a\n> b\n", "> a\n> b"},
    {"inline", "> Farbe?\nBlau.\n> Größe?\n\nM.\n", "Blau.\n\nM."},
    {"de", "Nein.\n\nAm 03.05.2026 um 14:30 schrieb Shop:\n> Da?\n", "Nein."},
    {"de-folded",
     "Nein.\n\nAm So., 3. Mai 2026 um 14:30 Uhr schrieb Der Shop\n<s@x.example>:\n> Da?", "Nein."},
    {"de-date-last", "Nein.\n\nShop <s@x.example> schrieb am 3. Mai 2026 um 14:30:\n> Da?",
     "Nein."},
    {"de-name-only", "Nein.\n\nFrau Meier schrieb:\n> Da?", "Nein."},
    {"de-zitat", "Nein.\n\nZitat von Shop <s@x.example>:\n\n> Da?", "Nein."},
    {"en", "No.\n\nOn May 3, 2026, at 2:30 PM, Shop <s@x.example> wrote:\n\nunmarked text\n",
     "No."},
    {"en-three-lines",
     "No.\n\nOn Sun, May 3, 2026 at 2:30 PM\nSupport of the Shop\n"
     "<s@x.example> wrote:\n> There?",
     "No."},
    {"en-no-colon", "No.\n\nOn 3 May 2026 14:30, Shop <s@x.example> wrote\n> There?", "No."},
    {"date-first", "Nein.\n\n2026-05-03 14:30 GMT+02:00 Shop <s@x.example>:\n> Da?", "Nein."},
    {"name-first", "Nein.\n\n\"Shop\" <s@x.example>:\n> Da?", "Nein."},
    {"fr", "Non.\n\nLe dim. 3 mai 2026 à 14:30, Shop <s@x.example> a écrit :\n> Là ?", "Non."},
    {"es", "No.\n\nEl dom, 3 may 2026 a las 14:30, Shop (<s@x.example>) escribió:\n> ?", "No."},
    {"it", "No.\n\nIl giorno dom 3 mag 2026 alle ore 14:30 Shop <s@x.example> ha scritto:\n> ?",
     "No."},
    {"nl", "Nee.\n\nOp zo 3 mei 2026 om 14:30 schreef Shop <s@x.example>:\n> ?", "Nee."},
    /* stories are no attributions */
    {"story-de",
     "Hallo.\nAm Montag um 14:30 schrieb ich Ihnen folgendes:\n\nMein Gerät ist kaputt.",
     "Hallo.\nAm Montag um 14:30 schrieb ich Ihnen folgendes:\n\nMein Gerät ist kaputt."},
    {"story-weak",
     "Hallo.\nAm Montag schrieb Ihr Kollege:\n\nDas Paket kommt morgen. Es kam nicht.",
     "Hallo.\nAm Montag schrieb Ihr Kollege:\n\nDas Paket kommt morgen. Es kam nicht."},
    {"story-en", "Hallo.\nOn Monday your colleague wrote:\n\n\"It comes tomorrow.\" It did not.",
     "Hallo.\nOn Monday your colleague wrote:\n\n\"It comes tomorrow.\" It did not."},
    {"am", "Am besten rufen Sie mich an.\nTel: 0123", "Am besten rufen Sie mich an.\nTel: 0123"},
    {"divider-de", "Neu.\n-----Ursprüngliche Nachricht-----\nVon: x\nalt", "Neu."},
    {"divider-gmx", "Neu.\n-------- Original-Nachricht --------\nalt", "Neu."},
    {"divider-fwd", "Neu.\n-------- Weitergeleitete Nachricht --------\nBetreff: x\nalt", "Neu."},
    {"divider-en", "New.\n---------- Forwarded message ---------\nFrom: x\nold", "New."},
    {"divider-apple", "Neu.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: x\nalt", "Neu."},
    {"divider-quoted", "--- Original Message ---\nFrom: a\nTo: b\nSubject: c\n\n> old\n\nNew.",
     "New."},
    {"divider-first", "-----Original Message-----\nFrom: x\nold",
     "-----Original Message-----\nFrom: x\nold"},
    {"outlook-de", "Neu.\n\nVon: A\nGesendet: Montag\nAn: B\nCc: C\nBetreff: D\n\nalt", "Neu."},
    {"outlook-bold", "Neu.\n*Von:* A\n*Gesendet:* Montag\n*Betreff:* D\n\nalt", "Neu."},
    {"outlook-line",
     "New.\n________________________________\nFrom: A\nSent: x\nTo: B\nSubject: D\nold", "New."},
    {"outlook-fr", "Neuf.\n\nDe : A\nEnvoyé : lundi\nÀ : B\nObjet : D\n\nvieux", "Neuf."},
    {"form", "Hallo.\nVon: Max\nBetreff: Frage\nWo ist es?",
     "Hallo.\nVon: Max\nBetreff: Frage\nWo ist es?"},
    {"form-no-from", "Hallo.\nAn: Lager\nBetreff: Frage\nDatum: heute\nWo?",
     "Hallo.\nAn: Lager\nBetreff: Frage\nDatum: heute\nWo?"},
    {"signature", "Frage?\n-- \nMax\nTel.", "Frage?"},
    {"signature-then-quote", "Frage?\n-- \nMax\n\nAm 3.5. schrieb X:\n> a\nNoch etwas.",
     "Frage?\n\nNoch etwas."},
    {"signature-long",
     "Erstens\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n"
     "20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n31\n32\n33\n34\n35\n36\n37\n38\n39\n"
     "40\n41\n42",
     "Erstens\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n"
     "20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n31\n32\n33\n34\n35\n36\n37\n38\n39\n40\n41\n42"},
    {"mobile-de", "Frage?\n\nVon meinem iPhone gesendet", "Frage?"},
    {"mobile-en", "Question?\n\nSent from my Galaxy\n", "Question?"},
    {"mobile-outlook", "Frage?\n\nHolen Sie sich Outlook für iOS<https://aka.ms/o0ukef>", "Frage?"},
    {"mobile-then-more", "Sent from my iPhone\nQuestion?", "Question?"},
    {"disclaimer-de", "Frage?\n\nDiese E-Mail enthält vertrauliche Informationen.\n\nWeg damit.",
     "Frage?"},
    {"disclaimer-en", "Question?\n\nThis e-mail is confidential.\nDelete it.", "Question?"},
    {"disclaimer-first", "This e-mail is confidential.\nDelete it.\n\nQuestion?", "Question?"},
    {"disclaimer-then-quote", "Q?\n\nDisclaimer: x\n\n> old\nMore.", "Q?\n\nMore."},
    {"banner", "CAUTION: This email originated outside.\nBe careful.\n\nQuestion?", "Question?"},
    {"closing", "Frage?\n\nMit freundlichen Grüßen\nMax", "Frage?\n\nMit freundlichen Grüßen\nMax"},
    {"pgp-signed",
     "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nFrage?\n"
     "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\nEnde",
     "Frage?\nEnde"},
    {"pgp-cut", "Frage?\n-----BEGIN PGP SIGNATURE-----\nabc", "Frage?"},
};

static void test_row(gconstpointer data)
{
    gsize i = GPOINTER_TO_SIZE(data);
    g_autofree char *own = quote_own_text(rows[i].text);

    g_assert_cmpstr(own, ==, rows[i].own);
}

static const struct {
    const char *text;
    gboolean del_sp;
    const char *joined;
} flowed[] = {
    {"a \nb\nc\n", FALSE, "a b\nc\n"},
    {"a \nb\n", TRUE, "ab\n"},
    {"> a \n> b\n", FALSE, "> a b\n"},
    {">> a \n> b\nc", FALSE, ">> a \n> b\nc"},
    {">a \n>b\n", FALSE, "> a b\n"},
    {" >no quote\n From here\n", FALSE, ">no quote\nFrom here\n"},
    {"a \n-- \nMax\n", FALSE, "a \n-- \nMax\n"},
    {"-- \nMax \nMuster\n", FALSE, "-- \nMax Muster\n"},
    {"a \n\nb", FALSE, "a \nb"},
    {"", FALSE, ""},
};

static void test_unflow(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(flowed); i++) {
        g_autofree char *joined = quote_unflow(flowed[i].text, flowed[i].del_sp);
        g_assert_cmpstr(joined, ==, flowed[i].joined);
    }
}

/* A million of what makes the scanner look ahead. */
static void test_linear(void)
{
    static const char *const lines[] = {"> x\n",
                                        "-- \n",
                                        "Von: x\n",
                                        "Am \n",
                                        "On x\n",
                                        "\n",
                                        "____\n",
                                        "________\n",
                                        "Disclaimer: x\n",
                                        "-----BEGIN PGP SIGNATURE-----\n",
                                        "--- Original Message ---\n> x\n",
                                        "On x wrote:\n\n\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        GString *text = g_string_new("Anfang\n");
        g_autofree char *own = NULL;
        for (int k = 0; k < 200000; k++)
            g_string_append(text, lines[i]);
        own = quote_own_text(text->str);
        g_assert_true(g_str_has_prefix(own, "Anfang"));
        g_string_free(text, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/quote/own/", rows[i].name, NULL);
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
    }
    g_test_add_func("/quote/unflow", test_unflow);
    g_test_add_func("/quote/linear", test_linear);
    return g_test_run();
}
