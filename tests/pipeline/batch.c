/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog: alarm() is ours here, and says what was set. */
#include "pipeline/batch.h"

#include "tests/pipeline/fixture.h"

#include <unistd.h>

static GString *alarms;

unsigned alarm(unsigned seconds)
{
    g_string_append_printf(alarms, "%u ", seconds);
    return 0;
}

static void on_decided(G_GNUC_UNUSED const Message *message, G_GNUC_UNUSED const Verdict *verdict,
                       G_GNUC_UNUSED gpointer data)
{
    g_string_append(alarms, "decided ");
}

static void test_watchdog(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    const FetchHooks hooks = {.decided = on_decided};
    g_autoptr(GString) set = g_string_new(NULL);
    alarms = set;
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) mail = shop_mail(KIM, "Password", VOUCHED, ASKS_PASSWORD);
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    shop_take(shop, mail);
    g_ptr_array_add(one, mail);
    batch_answer(&shop->pipeline, one, &hooks, &error);
    g_assert_no_error(error);
    g_autofree char *wanted = g_strdup_printf("%u 0 decided ", BATCH_SECONDS);
    g_assert_cmpstr(alarms->str, ==, wanted);
}

/* That it is over is said when deciding fails, too. */
static void test_watchdog_after_an_error(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    const FetchHooks hooks = {0};
    g_autoptr(GString) set = g_string_new(NULL);
    alarms = set;
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) mail = shop_mail(KIM, "Password", VOUCHED, ASKS_PASSWORD);
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, mail); /* it was never taken: the database refuses its verdict */
    g_assert_false(batch_answer(&shop->pipeline, one, &hooks, &error));
    g_assert_nonnull(error);
    g_autofree char *wanted = g_strdup_printf("%u 0 ", BATCH_SECONDS);
    g_assert_cmpstr(alarms->str, ==, wanted);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/batch/watchdog", test_watchdog);
    SHOP_TEST("/batch/watchdog-after-an-error", test_watchdog_after_an_error);
    return g_test_run();
}
