/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/quote.h"

#include <string.h>

#define OWN(name, text)                                                                            \
    {                                                                                              \
        name, text, text                                                                           \
    } /* nothing is left out */

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
    OWN("more-than", ">100 Euro wurden abgebucht. Warum?"),
    OWN("more-than-space", "Hallo,\n> 100 Euro wurden abgebucht.\nWarum?"),
    {"number-quoted", "Ja.\n> 100?\n> Oder 200?", "Ja."},
    {"number-attributed", "Ja.\n\nFrau Meier schrieb:\n> 100?", "Ja."},
    {"time-only-quoted", "Nein.\n\nAm Montag um 10:15 schrieb Ihr Kollege:\n\n> Da?", "Nein."},
    {"time-only-outlook",
     "Nein.\n\nAm Montag schrieb Shop:\n\nVon: S <s@x.example>\nGesendet: x\nAn: B\nBetreff: "
     "D\n\nalt",
     "Nein."},
    /* stories are no attributions */
    OWN("story-time",
        "Hallo.\nAm Montag um 10:15 schrieb Ihr Kollege Folgendes:\n\nEs kommt. Es kam nicht."),
    OWN("story-date",
        "Hallo.\nAm 4. Mai 2026 um 10:15 schrieb Ihr Kollege:\n\nEs kommt. Es kam nicht."),
    OWN("story-address-named", "Hi.\nAnna (a@x.example) wrote:\n\nIt comes tomorrow. It did not."),
    OWN("story-address",
        "Hi.\nOn Monday your colleague a@x.example wrote:\n\nIt comes tomorrow. It did not."),
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
    {"outlook-de",
     "Neu.\n\nVon: A <a@x.example>\nGesendet: Montag\nAn: B\nCc: C\nBetreff: D\n\nalt", "Neu."},
    {"outlook-bold", "Neu.\n*Von:* A [mailto:a@x.example]\n*Gesendet:* Montag\n*Betreff:* D\n\nalt",
     "Neu."},
    {"outlook-line",
     "New.\n________________________________\nFrom: A\nSent: Monday, May 4, 2026 9:12 AM\nTo: "
     "B\nSubject: D\nold",
     "New."},
    {"outlook-fr", "Neuf.\n\nDe : A\nEnvoyé : lundi 4 mai 2026\nÀ : B\nObjet : D\n\nvieux",
     "Neuf."},
    {"form", "Hallo.\nVon: Max\nBetreff: Frage\nWo ist es?",
     "Hallo.\nVon: Max\nBetreff: Frage\nWo ist es?"},
    OWN("form-de",
        "Neue Anfrage\n\nVon: Max\nDatum: 3.5.\nBetreff: Konto\n\nNachricht: Passwort vergessen"),
    OWN("form-address",
        "Neue Anfrage\nVon: max@x.example\nAn: shop@x.example\nDatum: 3.5.2026 14:30\n"
        "Betreff: Konto\n\nNachricht:\nPasswort vergessen"),
    OWN("form-no-to",
        "Neue Anfrage\nVon: max@x.example\nDatum: 3.5.2026 14:30\nBetreff: Konto\n\nKein Zugang."),
    OWN("trip-de", "Hallo,\nVon: Berlin\nAn: Hamburg\nDatum: 12.3.2026 14:30\nWo ist mein Ticket?"),
    OWN("trip-en", "Hi,\nFrom: London\nTo: Paris\nDate: 12 March 2026\nWhere is my ticket?"),
    OWN("parcel-de", "Hallo,\nVon: Berlin\nAn: Ulm\nGesendet am: 12.3.2026\nWo ist es?"),
    OWN("outlook-no-evidence", "Neu.\n\nVon: A\nGesendet: Montag\nAn: B\nBetreff: D\n\nalt"),
    OWN("form-heading", "Anfrage\n--- Nachricht ---\nPasswort vergessen"),
    {"form-no-from", "Hallo.\nAn: Lager\nBetreff: Frage\nDatum: heute\nWo?",
     "Hallo.\nAn: Lager\nBetreff: Frage\nDatum: heute\nWo?"},
    {"signature", "Frage?\n-- \nMax\nTel.", "Frage?"},
    {"signature-loose", "Wo ist mein Paket?\n--\nMax\nTel. 0123", "Wo ist mein Paket?"},
    {"signature-loose-then-quote", "Wo ist es?\n--\nMax\n\n> a\n> --\n> Shop", "Wo ist es?"},
    {"separators", "--\nBestellnummer\n--\nWo ist mein Paket?",
     "Bestellnummer\nWo ist mein Paket?"},
    {"separators-no-question", "Zwei Dinge:\nErstens\n--\nkaputt\n--\nfalsch",
     "Zwei Dinge:\nErstens\nkaputt\nfalsch"},
    {"separator-greeting", "Hallo,\n--\nmein Paket fehlt", "Hallo,\nmein Paket fehlt"},
    {"separator-asks", "Bestellung 17\n--\nWo ist sie?", "Bestellung 17\nWo ist sie?"},
    OWN("separator-net", "Guten Tag\n--\nmein Paket ist nicht da, bitte forschen Sie nach"),
    OWN("signature-net", "Hallo,\n-- \nMax\n\nmein Paket ist nicht da, bitte forschen"),
    {"signature-exact-long", "Wo?\n-- \nMax Muster\nMusterweg 1\n12345 Musterstadt\nTel. 0123",
     "Wo?"},
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
    {"mobile-then-more", "Sent from my iPhone\nQuestion?", "Sent from my iPhone\nQuestion?"},
    {"mobile-then-footer", "Q?\n\nSent from my iPhone\n________\n\nGet Outlook for iOS\n", "Q?"},
    {"mobile-then-quote", "Q?\n\nSent from my iPhone\n\n> old\nMore.", "Q?\n\nMore."},
    {"mobile-then-outlook",
     "Q?\n\nSent from my iPhone\n\nFrom: A <a@x.example>\nSent: x\nTo: B\nSubject: D\n\nold", "Q?"},
    {"mobile-outlook-nl", "Vraag?\n\nOutlook voor iOS downloaden", "Vraag?"},
    {"mobile-samsung-de", "Frage?\n\nVon meinem Samsung Galaxy Smartphone gesendet.", "Frage?"},
    {"print-de", "Frage?\n\nBitte prüfen Sie, ob diese Mail wirklich ausgedruckt werden muss.",
     "Frage?"},
    /* and sentences that begin like a footer */
    OWN("no-footer-check", "Guten Tag.\nBitte prüfen Sie, ob diese Rechnung stimmt."),
    OWN("no-footer-account", "Hallo,\nDies wurde von meinem Konto doppelt abgebucht."),
    OWN("no-footer-dhl", "Hallo,\nGesendet über DHL am 3.5., wo ist es?"),
    OWN("no-footer-sent", "Hi,\nSent from my account 100 Euro, not received."),
    OWN("no-footer-nl", "Hallo,\nOutlook voor mijn werk doet het niet"),
    OWN("no-footer-device", "Hallo,\nVon meinem Samsung ist das Display kaputt."),
    OWN("no-footer-asks", "Hi,\nSent from my iPhone, did it arrive?"),
    OWN("no-footer-goes-on", "Hi,\nSent from my iPhone\n\nmy order never arrived."),
    {"disclaimer-de",
     "Frage?\n\nDiese E-Mail enthält vertrauliche und rechtlich geschützte Informationen.\n\nWeg "
     "damit.",
     "Frage?"},
    {"disclaimer-en",
     "Question?\n\nThis e-mail is confidential.\nDelete it if you are not the recipient.",
     "Question?"},
    {"disclaimer-first", "This e-mail is confidential and privileged.\nDelete it.\n\nQuestion?",
     "Question?"},
    {"disclaimer-then-quote", "Q?\n\nDisclaimer: confidential, privileged\n\n> old\nMore.",
     "Q?\n\nMore."},
    {"disclaimer-heading",
     "My parcel is lost.\n\nDisclaimer:\n\nIt is confidential and privileged.",
     "My parcel is lost."},
    {"disclaimer-two",
     "Frage?\n\nThe information in this email is confidential and privileged.\n\n"
     "Der Inhalt dieser E-Mail ist vertraulich und nur für den Empfänger.",
     "Frage?"},
    OWN("no-disclaimer",
        "Hi,\nThe information in this email about my order is wrong.\nPlease correct the address."),
    OWN("no-disclaimer-de",
        "Hallo.\nDie Informationen in dieser E-Mail zum Preis stimmen nicht.\nWarum?"),
    OWN("no-disclaimer-one-word",
        "I complain.\n\nThis message is confidential.\n\nYour driver threw my parcel."),
    OWN("no-disclaimer-asks",
        "I complain.\n\nThis message is confidential, its recipient you. Where is my parcel?"),
    {"disclaimer-above", "Hi,\n\nThis e-mail is confidential and privileged.\n\nMy parcel is lost.",
     "Hi,\n\nMy parcel is lost."},
    {"disclaimer-then-question",
     "I complain.\n\nThis e-mail is confidential and privileged.\n\nBut where is my parcel?",
     "I complain.\n\nBut where is my parcel?"},
    {"disclaimer-net",
     "Hi you.\n\nThis e-mail is confidential and privileged.\n\nMy parcel is lost, please help.",
     "Hi you.\n\nThis e-mail is confidential and privileged.\n\nMy parcel is lost, please help."},
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

/* A great many of what makes the scanner look ahead. */
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
                                        "Disclaimer: confidential, privileged?\n",
                                        "Disclaimer: confidential, privileged?\n\n",
                                        "--\n",
                                        "Sent from my iPhone\n\n",
                                        "Sent from my iPhone\nand\n",
                                        "-----BEGIN PGP SIGNATURE-----\n",
                                        "--- Original Message ---\n> x\n",
                                        "On x wrote:\n\n\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        GString *text = g_string_new("Anfang\n");
        g_autofree char *own = NULL;
        for (int k = 0; k < 100000; k++)
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
