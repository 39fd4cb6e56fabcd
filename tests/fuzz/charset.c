/* SPDX-License-Identifier: Apache-2.0 */
/* The first line names the charset, the rest is the text. */
#include "mail/charset.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    gsize n = end ? (gsize)(end - data) : 0, from = end ? n + 1 : 0;
    g_autofree char *declared = end ? g_strndup((const char *)data, n) : NULL;
    g_autofree char *text = charset_to_utf8((const char *)data + from, size - from, declared);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    charset_cut(text, 10);
    g_assert_true(g_utf8_validate(text, -1, NULL) && strlen(text) <= 10);
    return 0;
}

GPtrArray *fuzz_seeds(void)
{
    static const char *const texts[] = {"utf-8\nGr\303\274\303\237e",
                                        "iso-8859-1\nGr\374\337e",
                                        "iso-2022-jp\n\033$B$3$s\033(B",
                                        "utf-7\nHi +AOQ- there",
                                        "utf-16\n\377\376H\1i\1",
                                        "gb2312\n\304\343\272\303",
                                        "koi8-r\n\360\322\311\327\305\324",
                                        "shift_jis\n\202\261\202\361",
                                        "unknown-8bit\n\200\201\202",
                                        "hz-gb-2312\n~{VPND~}",
                                        "iso-2022-kr\n\033$)C\016\060\041\017"};
    GPtrArray *seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_ptr_array_add(seeds, g_bytes_new_static(texts[i], strlen(texts[i])));
    return seeds;
}
