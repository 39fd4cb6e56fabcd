/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/language.h"

#include <string.h>

#include "classifier/language_words.h"

static const struct {
    const char *language, *text;
} cases[] = {
    {"de", "Wo ist meine Bestellung 4711-22?"},
    {"de", "Rechnung fehlt"},
    {"de", "Passwort vergessen"},
    {"de", "Rücksendung"},
    {"de", "Adressänderung"},
    {"de", "Moechte meine Bestellung stornieren, Gruesse"},
    {"de", "Können Sie mir bitte sagen, wann das Paket ankommt? Thanks!"},
    {"de", "ÖFFNUNGSZEITEN AN WEIHNACHTEN"},
    {"en", "Where is my order AB123456?"},
    {"en", "Invoice missing"},
    {"en", "Could you help?"},
    {"en", "I don\u2019t have the receipt anymore"},
    {"en", "what are the interest rates at the bank"},
    {"en", "The Müller company sent me the wrong Größe"},
    {"fr", "ma commande n'est pas arrivée"},
    {"fr", "Problème de facture"},
    {"fr", "Bonjour, je voudrais retourner un article."},
    {"es", "¿Dónde está mi pedido?"},
    {"es", "No he recibido mi factura"},
    {"es", "Buenos días, quiero cambiar la contraseña de mi cuenta"},
    {"it", "Dove è il mio ordine?"},
    {"it", "Non ho ricevuto il pacco"},
    {"nl", "Waar is mijn bestelling?"},
    {"nl", "Ik wil mijn pakket retourneren"},
    {"pt", "Onde está a minha encomenda?"},
    {"pt", "Não recebi a fatura, obrigado"},
    {"pl", "Gdzie jest moje zamówienie?"},
    {"sv", "Var är mitt paket?"},
    {"da", "Hvad koster det, og hvornår kan I levere? Jeg har aldrig modtaget noget spørgsmål"},
    {"no", "Hvor er pakken min? Jeg har ikke mottatt den"},
    {"fi", "Missä tilaukseni on?"},
    {"cs", "Kde je moje objednávka?"},
    {"hu", "Hol van a rendelésem?"},
    {"ro", "Unde este comanda mea?"},
    {"tr", "Siparişim nerede?"},
    {"ru", "Где мой заказ?"},
    {"uk", "Де моє замовлення?"},
    {"el", "Πού είναι η παραγγελία μου;"},
    {"ja", "私の注文はどこですか"},
    {"zh", "我的订单在哪里"},
    {"ko", "제 주문은 어디에 있나요"},
    {"ar", "أين طلبي؟"},
    {"", ""},
    {"", "12345"},
    {"", "Login"},
    {"", "#4711 / 22 ???"},
    {"", "\xFF\xFE\x80"},
};

static void test_sentences(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].text);
        g_assert_cmpstr(language_detect(cases[i].text), ==, cases[i].language);
    }
    g_assert_cmpstr(language_detect(NULL), ==, "");
}

static void test_long(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append(text, "wo ist die Rechnung ");
    g_assert_cmpstr(language_detect(text->str), ==, "de");
    g_string_truncate(text, 0);
    for (int i = 0; i < 1000000; i++)
        g_string_append_c(text, 'x');
    g_assert_cmpstr(language_detect(text->str), ==, "");
}

/* They are searched by halving. */
static void test_order(void)
{
    for (gsize i = 1; i < n_language_words; i++)
        g_assert_cmpint(strcmp(language_words[i - 1].word, language_words[i].word), <, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/language/sentences", test_sentences);
    g_test_add_func("/language/long", test_long);
    g_test_add_func("/language/order", test_order);
    return g_test_run();
}
