/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/umlauts.h"

static void test_broken(void)
{
    static const char *const lines[][2] = {
        {"Dank fÃ¼r Ihre Mail", "fÃ¼r"},
        {"GrÃ¶Ã\u0178e", "GrÃ¶Ã\u0178e"},
        {"Mit freundlichen Gr\uFFFD\uFFFDen", "Gr\uFFFD\uFFFDen"},
        {"in M?nchen", "M?nchen"},
        {"viele Gr??e", "Gr??e"},
        {"f&uuml;r Sie", "f&uuml;r"},
        {"f=C3=BCr", "f=C3=BCr"},
        {"Donâ€™t", "Donâ€™t"},
        {"20Â°C", "20Â°C"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *word = umlauts_broken(lines[i][0]);
        g_assert_cmpstr(word, ==, lines[i][1]);
    }
}

static void test_sound(void)
{
    static const char *const lines[] = {
        "",
        "Größe, Übergang, Äpfel, façade, château, À bientôt, 20 °C, § 5",
        "Wirklich? Ja.",
        "\"Wo?\" und „Wo?“",
        "https://shop.example/suche?q=Tee&seite=2",
        "São Paulo, PORTUGUÊS, ÂNGULO",
        "A & B = C",
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        g_assert_null(umlauts_broken(lines[i]));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/umlauts/broken", test_broken);
    g_test_add_func("/umlauts/sound", test_sound);
    return g_test_run();
}
