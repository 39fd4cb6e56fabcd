/* SPDX-License-Identifier: Apache-2.0 */
/* An answer's file, and filling it with what a customer chose. */
#include "kb/fill.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void use(const Template *template_, GHashTable *places)
{
    g_autoptr(Filled) filled = fill_template(template_, places);
    g_ptr_array_unref(fill_places(template_->body));
    g_assert_true(g_utf8_validate(filled->text, -1, NULL));
    g_assert_null(strstr(filled->text, "{{"));
    g_assert_cmpuint(strlen(filled->text), <=, FILL_MAX_BYTES);
    g_assert_cmpuint(strlen(template_->hash), ==, 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func((GDestroyNotify)kb_problem_free);
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    g_autofree char *value = g_strndup((const char *)data, MIN(size, 200));
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    g_free(fill_safe_name(valid));
    g_hash_table_insert(places, (char *)"greeting", fill_greeting(valid, size % 2 ? "de" : "en"));
    g_hash_table_insert(places, (char *)"company.name", g_steal_pointer(&value));
    g_hash_table_insert(places, (char *)"order.status", g_steal_pointer(&valid));
    g_autoptr(Template) template_ =
        template_parse("kb/orders/status.en.md", (const char *)data, size, problems);
    g_assert_cmpuint(problems->len, <=, 21);
    g_assert_true(template_ || problems->len > 0);
    if (template_)
        use(template_, places);
    return 0;
}

GPtrArray *fuzz_seeds(void)
{
    return NULL;
}
