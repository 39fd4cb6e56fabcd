/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields, and what is read from their values: words, addresses, ids, tokens, and what the
 * mail server found out (Authentication-Results). */
#include "mail/header.h"
#include "mail/address.h"
#include "mail/authres.h"
#include "mail/compose.h"
#include "mail/parse.h"

#include <gmime/gmime.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

static void check_line(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
}

static void use_addresses(const char *value)
{
    g_autofree char *name = NULL;
    g_free(parse_address(value, &name));
    g_autoptr(GPtrArray) all = address_list(value);
    for (guint i = 0; i < all->len; i++) {
        const Address *address = all->pdata[i];
        check_line(address->addr);
        if (address->name)
            check_line(address->name);
    }
}

static void use_authres(const char *value)
{
    g_autoptr(Authres) authres = authres_new(value);
    g_assert_cmpuint(authres->results->len, <=, AUTHRES_MAX_RESULTS);
    g_assert_true(authres->authserv || authres->problem);
    for (guint i = 0; i < authres->results->len; i++)
        g_assert_nonnull(g_array_index(authres->results, AuthresResult, i).method);
}

static void use_ids(const char *value)
{
    g_autoptr(GBytes) key = g_bytes_new_static("0123456789abcdef", 16);
    g_autofree char *token = NULL;
    g_autofree char *subject = compose_subject(value, "0000-0000");
    g_free(compose_find_token(value));
    g_autofree char *found_own = compose_find_token(subject);
    g_assert_false(compose_verify_message_id(key, value, &token));
    check_line(subject);
    g_assert_cmpint(g_utf8_strlen(subject, -1), <=, 200);
    g_assert_cmpstr(found_own, ==, "0000-0000");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static gsize started = 0;
    if (g_once_init_enter(&started)) {
        g_mime_init();
        g_once_init_leave(&started, 1);
    }
    g_autoptr(Header) header = header_scan((const char *)data, size);
    g_autofree char *kept = header_keep(header, 4096);
    g_autofree char *whole = g_strndup((const char *)data, size);
    g_assert_cmpuint(header->body, <=, size);
    g_assert_cmpuint(header->fields->len, <=, HEADER_MAX_FIELDS);
    g_assert_cmpuint(strlen(kept), <=, 4096);
    for (guint i = 0; i < MIN(header->fields->len, 20); i++) {
        const HeaderField *field = &g_array_index(header->fields, HeaderField, i);
        g_autofree char *raw = header_raw(field, 2000);
        g_autofree char *text = header_text(field, 2000);
        check_line(text);
        use_addresses(raw);
        use_authres(raw);
    }
    use_addresses(whole);
    use_authres(whole);
    use_ids(whole);
    return 0;
}

GPtrArray *fuzz_seeds(void)
{
    return NULL;
}
