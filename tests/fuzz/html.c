/* SPDX-License-Identifier: Apache-2.0 */
/* HTML to text: any bytes give bounded UTF-8. */
#include "mail/html.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *html = g_utf8_make_valid((const char *)data, (gssize)size);
    gsize max = size % 7 ? 4096 : 20;
    g_autofree char *text = html_to_text(html, strlen(html), max);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_cmpuint(strlen(text), <=, max);
    return 0;
}

GPtrArray *fuzz_seeds(void)
{
    return NULL;
}
