/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/mask.h"

#include <string.h>

static const MaskPerson erika = {"Erika Beispiel", "erika.beispiel@kunde.example", NULL};
static const MaskPerson jonas = {"Müller, Jonas", "jm77@kunde.example", NULL};
static const MaskPerson smith = {"Anna-Lena Smith-Jones", "office@kunde.example", NULL};
static const char *const own_domains[] = {"shop.example", NULL};
static const MaskPerson nobody = {NULL, NULL, own_domains};

/* What must not be seen by another customer. */
static const struct Line {
    const char *language;
    const MaskPerson *person;
    const char *written, *masked;
} lines[] = {
    /* salutations */
    {"de", &nobody, "Sehr geehrte Frau Müller,", "Sehr geehrte [Name],"},
    {"de", &nobody, "Sehr geehrter Herr Dr. von der Heide,", "Sehr geehrter [Name],"},
    {"de", &nobody, "Hallo Anna,", "Hallo [Name],"},
    {"de", &nobody, "Hallo anna,", "Hallo [Name],"},
    {"de", &nobody, "Hallo Frau Öztürk-Schäfer!", "Hallo [Name]!"},
    {"de", &nobody, "Guten Tag Herr Schmidt,", "Guten Tag [Name],"},
    {"de", &nobody, "Guten Tag, Frau Lang,", "Guten Tag, [Name],"},
    {"de", &nobody, "Liebe Frau Weber, lieber Herr Weber,", "Liebe [Name], lieber [Name],"},
    {"de", &nobody, "Moin Hinnerk,", "Moin [Name],"},
    {"de", &nobody, "Hallo Herr Weiß", "Hallo [Name]"},
    {"en", &nobody, "Dear Mr Smith,", "Dear [Name],"},
    {"en", &nobody, "Dear Mrs. O'Neill,", "Dear [Name],"},
    {"en", &nobody, "Hi John,", "Hi [Name],"},
    {"en", &nobody, "Dear Ms van der Berg,", "Dear [Name],"},
    {"en", &nobody, "Good morning Dr. Patel,", "Good morning [Name],"},
    {"fr", &nobody, "Bonjour Madame Dupont,", "Bonjour [Nom],"},
    {"es", &nobody, "Estimado Sr. García:", "Estimado [Nombre]:"},
    {"it", &nobody, "Gentile Signora Rossi,", "Gentile [Nome],"},
    {"de", &nobody, "Lieber Tim, liebe Sabine,", "Lieber [Name], liebe [Name],"},
    {"de", &nobody, "Hallo Herr Müller und Frau Müller,", "Hallo [Name],"},
    {"en", &nobody, "Dear Mr. and Mrs. Walker,", "Dear [Name],"},
    {"en", &nobody, "Hello Sarah-Jane,", "Hello [Name],"},
    /* names elsewhere */
    {"de", &nobody, "wie mit Frau Krause besprochen, tauschen wir den Akku.",
     "wie mit [Name] besprochen, tauschen wir den Akku."},
    {"de", &erika, "Das Paket wurde bei Erika Beispiel abgegeben.",
     "Das Paket wurde bei [Name] abgegeben."},
    {"de", &erika, "Wir haben Beispiels Auftrag gefunden.", "Wir haben [Name] Auftrag gefunden."},
    {"de", &jonas, "Der Vertrag läuft auf Jonas Mueller.", "Der Vertrag läuft auf [Name]."},
    {"de", &jonas, "Hallo JONAS, danke!", "Hallo [Name], danke!"},
    {"de", &erika, "Sehr geehrte Frau Beispiel,", "Sehr geehrte [Name],"},
    {"de", &erika, "Das sagte Frau Erika Beispiel gestern.", "Das sagte [Name] gestern."},
    {"de", &erika, "Ihre Seite: https://shop.example/u/erika",
     "Ihre Seite: https://shop.example/u/[Name]"},
    {"en", &smith, "We shipped it to Anna-Lena Smith-Jones today.",
     "We shipped it to [Name] today."},
    {"en", &nobody, "I spoke to Mr. Brown about it.", "I spoke to [Name] about it."},
    /* addresses of mail, telephones */
    {"de", &nobody, "Wir haben an max.muster@web.example geschrieben.",
     "Wir haben an [E-Mail] geschrieben."},
    {"en", &nobody, "Your login is <jane_doe+shop@mail.example>.", "Your login is <[Email]>."},
    {"de", &nobody, "Wir rufen Sie unter 0176 12345678 zurück.",
     "Wir rufen Sie unter [Telefon] zurück."},
    {"de", &nobody, "Ihre Nummer +49 (0)30 / 123 456-78 stimmt?", "Ihre Nummer [Telefon] stimmt?"},
    {"de", &nobody, "Tel.: 089/1234567", "Tel.: [Telefon]"},
    {"de", &nobody, "Telefonnummer: 040-55 66 778", "Telefonnummer: [Telefon]"},
    {"de", &nobody, "Mobil 01712345678 oder Festnetz (0221) 98 76 54",
     "Mobil [Telefon] oder Festnetz [Telefon]"},
    {"en", &nobody, "We will call you on +44 20 7946 0958 tomorrow.",
     "We will call you on [Phone] tomorrow."},
    {"en", &nobody, "Call (555) 010-4477 if that is wrong.", "Call [Phone] if that is wrong."},
    {"de", &nobody, "an retoure@shop.example, nicht an x@y.shop.example",
     "an retoure@shop.example, nicht an [E-Mail]"},
    /* accounts */
    {"de", &nobody, "Wir überweisen auf DE89 3704 0044 0532 0130 00.",
     "Wir überweisen auf [Konto]."},
    {"de", &nobody, "IBAN: DE89370400440532013000, BIC: COBADEFFXXX",
     "IBAN: [Konto], BIC: [Konto]"},
    {"en", &nobody, "The card 4111 1111 1111 1111 was declined.",
     "The card [Account] was declined."},
    {"en", &nobody, "Refunded to your card ending in 4242.",
     "Refunded to your card ending in [Account]."},
    {"de", &nobody, "Die Karte **** **** **** 1234 ist abgelaufen.",
     "Die Karte [Konto] ist abgelaufen."},
    /* numbers of orders and the like */
    {"de", &nobody, "Ihre Bestellnummer lautet 4711-0815.", "Ihre Bestellnummer lautet [Nummer]."},
    {"de", &nobody, "Kundennummer: K-20045", "Kundennummer: [Nummer]"},
    {"de", &nobody, "die Rechnung Nr. 2023/0042 ist storniert",
     "die Rechnung Nr. [Nummer] ist storniert"},
    {"de", &nobody, "zu Ihrer Bestellung 88123 haben wir",
     "zu Ihrer Bestellung [Nummer] haben wir"},
    {"de", &nobody, "Auftrag #5567 ist unterwegs.", "Auftrag #[Nummer] ist unterwegs."},
    {"de", &nobody, "Sendungsnummer 00340434161094042557 (DHL)", "Sendungsnummer [Nummer] (DHL)"},
    {"de", &nobody, "Ihr Vertrag mit der Nummer VT-998877 endet.",
     "Ihr Vertrag mit der Nummer [Nummer] endet."},
    {"de", &nobody, "Ihr Zeichen: MU-77/2024", "Ihr Zeichen: [Nummer]"},
    {"de", &nobody, "Die Seriennummer SN7XK29311 ist registriert.",
     "Die Seriennummer [Nummer] ist registriert."},
    {"en", &nobody, "Your order number is 302-1234567-7654321.", "Your order number is [Number]."},
    {"en", &nobody, "Invoice INV-2023-117 has been paid.", "Invoice [Number] has been paid."},
    {"en", &nobody, "We found order #A10293 in our system.",
     "We found order #[Number] in our system."},
    {"en", &nobody, "Tracking number: 1Z999AA10123456784", "Tracking number: [Number]"},
    {"en", &nobody, "We have it under 55443322 in our books.",
     "We have it under [Number] in our books."},
    {"fr", &nobody, "Votre numéro de commande : 778899", "Votre numéro de commande : [Numéro]"},
    {"en", &nobody, "The booking reference is QX7T2L.", "The booking reference is [Number]."},
    {"en", &nobody, "Invoice no. 88-1203, customer ID: CU4471",
     "Invoice no. [Number], customer ID: [Number]"},
    {"de", &nobody, "Steuer-ID 12 345 678 901", "Steuer-ID [Nummer]"},
    {"de", &nobody, "Kennzeichen B-AB 1234", "Kennzeichen [Nummer]"},
    {"en", &nobody, "Your account number ending 9921 was credited.",
     "Your account number ending [Account] was credited."},
    /* where people live */
    {"de", &nobody, "Bankgasse 7\n3011 Bern", "[Anschrift]"},
    {"de", &nobody, "PLZ 10115", "PLZ [Anschrift]"},
    {"de", &nobody, "geändert auf Goethestr. 12 b, 04109 Leipzig.", "geändert auf [Anschrift]."},
    {"de", &nobody, "Wir senden es an Musterstraße 5, 12345 Berlin.",
     "Wir senden es an [Anschrift]."},
    {"de", &nobody, "Berliner Allee 17a\n40212 Düsseldorf", "[Anschrift]"},
    {"de", &nobody, "Am Alten Markt 3, 50667 Köln", "[Anschrift]"},
    {"de", &nobody, "Lieferung nach 80331 München ist möglich.",
     "Lieferung nach [Anschrift] ist möglich."},
    {"de", &nobody, "Postfach 10 20 30", "[Anschrift]"},
    {"en", &nobody, "We sent it to 221b Baker Street, London NW1 6XE.", "We sent it to [Address]."},
    {"en", &nobody, "12 Elm Road, Springfield, IL 62704", "[Address]"},
    {"fr", &nobody, "livré au 12 rue de la Paix hier", "livré au [Adresse] hier"},
    /* links, birth, secrets */
    {"de", &nobody, "Setzen Sie es hier zurück: https://shop.example/reset?token=ab12cd34",
     "Setzen Sie es hier zurück: [Link]"},
    {"en", &nobody, "See https://shop.example/orders/20458812 for details.",
     "See [Link] for details."},
    {"de", &nobody, "Geburtsdatum: 03.04.1987", "Geburtsdatum: [Geburtsdatum]"},
    {"de", &nobody, "Sie sind geboren am 3. April 1987, richtig?",
     "Sie sind geboren am [Geburtsdatum], richtig?"},
    {"en", &nobody, "Your date of birth is 04/03/1987.", "Your date of birth is [Date of birth]."},
    {"de", &nobody, "Ihr Passwort lautet: Sommer2024!", "Ihr Passwort lautet: [Code]!"},
    {"de", &nobody, "Gutscheincode: DANKE-77X2", "Gutscheincode: [Code]"},
    {"de", &nobody, "Der Benutzername ist mmuster77.", "Der Benutzername ist [Code]."},
    {"de", &nobody, "Ihre PIN lautet 4821.", "Ihre PIN lautet [Code]."},
    {"en", &nobody, "Your license key is ABCD-1234-EFGH-5678.", "Your license key is [Code]."},
    {"de", &nobody, "Ihre öffentliche Adresse ist 84.17.33.209.",
     "Ihre öffentliche Adresse ist [Nummer]."},
};

/* What is the same for every customer. */
static const char *const kept[] = {
    "Sehr geehrte Damen und Herren,",
    "Liebe Kundin, lieber Kunde,",
    "Hallo zusammen,",
    "Dear Sir or Madam,",
    "Dear customer,",
    "Hello,",
    "Hallo [Name],",
    "Dear <name>,",
    "Nach § 355 BGB können Sie binnen 14 Tagen widerrufen.",
    "Es gilt Art. 6 Abs. 1 lit. b DSGVO und § 312g Abs. 2 Nr. 1 BGB.",
    "Gemäß §§ 437, 439 BGB haben Sie Anspruch auf Nacherfüllung.",
    "Der Preis beträgt 1.299,00 € inkl. 19 % MwSt.",
    "Versand kostet 4,95 EUR, ab 50 Euro ist er frei.",
    "It costs $1,250.99 or 12 monthly payments of £104.25.",
    "Wir erstatten 100000 Euro nicht.",
    "Montag bis Freitag von 9:00 bis 18:00 Uhr, Samstag 10–14 Uhr.",
    "We are open 9 am to 5:30 pm.",
    "Bitte installieren Sie Version 12.4.1 oder neuer.",
    "Firmware 7.57 für die FRITZ!Box 7590 AX",
    "Chrome 102.0.5005.63 behebt das.",
    "Windows 10 22H2 mit KB5005565",
    "Der Fehler 0x80070057 bedeutet, dass der Platz nicht reicht.",
    "Der Cisco ISR4331 und das Dell XPS 13 9310 sind betroffen.",
    "Sony WH-1000XM4, iPhone 14 Pro und Galaxy S23 Ultra",
    "ISO 27001 und DIN EN 60335-1 sind erfüllt.",
    "Artikelnummer 10023456 ist wieder da.",
    "Öffnen Sie https://shop.example/hilfe/rueckgabe und folgen Sie den Schritten.",
    "Das Gerät erreichen Sie unter 192.168.178.1.",
    "Die Rückgabe ist bis zum 31.01.2024 möglich.",
    "The offer ends on 2024-12-31.",
    "Wir haben mehr als 10000 Kunden.",
    "Der Speicherplatz 20 GB reicht für 2000 Fotos.",
    "Legen Sie 2 Stück à 500 g in den Warenkorb.",
    "Der Akku hat 5000 mAh und lädt mit 65 W.",
    "Unsere Hotline 0800 1234567 ist kostenlos.",
    "Die Rechnung 2023 finden Sie im Kundenkonto.",
    "1. Starten Sie den Router neu.\n2. Warten Sie 5 Minuten.",
    "Your order will arrive within 3 to 5 working days.",
    "Schritt 3 von 4: wählen Sie \"Passwort vergessen\".",
    "Passwort: mindestens acht Zeichen",
    "Fehler E-1234 auf dem Display bedeutet Wassermangel.",
    "Die Artikel 4711 und 4712 sind ausverkauft.",
    "Update to macOS 14.2.1 or Windows 11 23H2 (build 22631.2861).",
    "Section 12 of the Consumer Rights Act 2015 applies.",
    "See https://docs.example/guide/install#step-2",
    "Der Benutzername ist Ihre Mailadresse.",
    "You can return the order for free.",
};

static void test_masked(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        const struct Line *line = &lines[i];
        g_autofree char *masked = mask_text(line->written, line->language, line->person);
        if (strcmp(masked, line->masked) != 0) {
            g_test_message("%s\n  became %s\n  not    %s", line->written, masked, line->masked);
            g_test_fail();
        }
    }
}

static void test_kept(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(kept); i++)
        for (guint english = 0; english < 2; english++) {
            g_autofree char *masked = mask_text(kept[i], english ? "en" : "de", &erika);
            if (strcmp(masked, kept[i]) != 0) {
                g_test_message("%s\n  became %s", kept[i], masked);
                g_test_fail();
            }
        }
}

static const struct Ending {
    const char *written, *content;
} endings[] = {
    {"Hallo,\n\nes ist da.\n\nMit freundlichen Grüßen\nHans Agent\nMuster GmbH\nTel. 0800 1",
     "Hallo,\n\nes ist da."},
    {"It works.\n\nKind regards,\nJo\n", "It works."},
    {"It works.\n\nBest regards from Leeds\nJo\n", "It works."},
    {"It works.\n-- \nJo\nExample Ltd\n\nregards", "It works."},
    {"Es geht.\nViele Grüße aus Köln\nIhr Team", "Es geht."},
    {"Voilà.\n\nCordialement,\nL'équipe", "Voilà."},
    {"LG hat das Gerät zurückgerufen, denn es war nicht dicht und sehr laut.\nBis bald",
     "LG hat das Gerät zurückgerufen, denn es war nicht dicht und sehr laut.\nBis bald"},
    {"VGA und HDMI gehen.\nGrüßen Sie alle", "VGA und HDMI gehen.\nGrüßen Sie alle"},
    {"Mit freundlichen Grüßen\nHans", "Mit freundlichen Grüßen\nHans"},
    {"", ""},
};

static void test_signature(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *content = mask_cut_signature(endings[i].written);
        g_assert_cmpstr(content, ==, endings[i].content);
    }
    g_autoptr(GString) text = g_string_new("Kind regards,\n");
    for (guint i = 0; i < 40; i++)
        g_string_append(text, "and a line of text\n");
    g_string_truncate(text, text->len - 1);
    g_autofree char *content = mask_cut_signature(text->str);
    g_assert_cmpstr(content, ==, text->str);
}

/* One kind, one mark; neighbours are one; bytes that are no text do no harm. */
static void test_marks(void)
{
    g_autofree char *one = mask_text("Bestellnummer 4711-22 und Kundennummer 99-881", "xx", NULL);
    g_assert_cmpstr(one, ==, "Bestellnummer [Number] und Kundennummer [Number]");
    g_autofree char *broken = mask_text("Tel.: 089/1234567 \xff\xfe", "de", &nobody);
    g_assert_true(g_str_has_prefix(broken, "Tel.: [Telefon] "));
    g_autofree char *twice = mask_text("Hallo Anna,", "de", NULL);
    g_autofree char *again = mask_text(twice, "de", NULL);
    g_assert_cmpstr(again, ==, twice);
    g_autofree char *empty = mask_text("", NULL, &erika);
    g_assert_cmpstr(empty, ==, "");
}

/* Long runs of anything take time in proportion. */
static void test_time(void)
{
    static const char *const runs[] = {
        "a",  "A ",    "1",       "1 ",   "1-",      "Aa-",  "@",
        "a.", "Herr ", "http://", "Dr. ", "Straße ", "x@x.", "Bestellnummer ",
        "\n", "§ 1 "};

    for (guint i = 0; i < G_N_ELEMENTS(runs); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < 20000)
            g_string_append(text, runs[i]);
        const gint64 start = g_get_monotonic_time();
        g_autofree char *masked = mask_text(text->str, "de", &erika);
        g_test_message("%s: %.0f ms", runs[i], (double)(g_get_monotonic_time() - start) / 1000);
        g_assert_nonnull(masked);
        g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask/masked", test_masked);
    g_test_add_func("/mask/kept", test_kept);
    g_test_add_func("/mask/signature", test_signature);
    g_test_add_func("/mask/marks", test_marks);
    g_test_add_func("/mask/time", test_time);
    return g_test_run();
}
