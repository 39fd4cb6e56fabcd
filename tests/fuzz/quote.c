/* SPDX-License-Identifier: Apache-2.0 */
/* The own words of a mail: UTF-8, no longer than the whole, and something if the whole is. */
#include "mail/quote.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void check_own(const char *text)
{
    g_autofree char *own = quote_own_text(text);
    g_assert_true(g_utf8_validate(own, -1, NULL));
    g_assert_cmpuint(strlen(own), <=, strlen(text));
    if (text[strspn(text, " \t\r\n")] != '\0')
        g_assert_cmpstr(own, !=, "");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_utf8_make_valid((const char *)data, (gssize)size);
    check_own(text);
    for (int del_sp = 0; del_sp < 2; del_sp++) {
        g_autofree char *joined = quote_unflow(text, del_sp);
        g_assert_true(g_utf8_validate(joined, -1, NULL));
        check_own(joined);
    }
    return 0;
}

GPtrArray *fuzz_seeds(void)
{
    return NULL;
}
