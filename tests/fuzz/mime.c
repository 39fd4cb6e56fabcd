/* SPDX-License-Identifier: Apache-2.0 */
/* A mail: every string that comes of it is valid UTF-8 and fit for its place, the parent of a
 * worker takes it, and what looks at a message before it is stored can. */
#include "mail/answerable.h"
#include "mail/authres.h"
#include "mail/bounce.h"
#include "mail/compose.h"
#include "mail/parse.h"
#include "mail/parser_wire.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void check_line(const char *text)
{
    for (const char *p = text; p && *p; p = g_utf8_next_char(p))
        g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
}

static void check_address(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;
    if (!address)
        return;
    g_assert_true(g_str_is_ascii(address));
    g_assert_nonnull(at);
    g_assert_true(at > address && at[1] != '\0' && !strchr(at + 1, '@'));
    g_assert_cmpuint(strcspn(address, " \t<>,;:\"()[]\\"), ==, strlen(address));
    for (const char *p = address; *p; p++)
        g_assert_false(g_ascii_iscntrl(*p) || g_ascii_isupper(*p));
}

static void check_headers(const char *headers)
{
    g_auto(GStrv) lines = g_strsplit(headers, "\n", -1);
    for (char **line = lines; line[0] && line[1]; line++) {
        g_assert_nonnull(strstr(*line, ": "));
        check_line(*line);
    }
    g_assert_true(*headers == '\0' || g_str_has_suffix(headers, "\n"));
    g_assert_cmpuint(strlen(headers), <=, parse_limits_default.max_header);
}

static void check(const Message *m)
{
    const char *const strings[] = {m->digest,    m->message_id, m->in_reply_to, m->references,
                                   m->from_addr, m->from_name,  m->reply_addr,  m->to_addrs,
                                   m->subject,   m->date,       m->headers,     m->text,
                                   m->own_text};
    const char *const lines[] = {m->message_id, m->in_reply_to, m->references, m->from_name,
                                 m->to_addrs,   m->subject,     m->date};
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
        g_assert_true(!strings[i] || g_utf8_validate(strings[i], -1, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        check_line(lines[i]);
    g_assert_true(m->subject && m->headers && m->text && m->own_text);
    g_assert_cmpuint(strlen(m->digest), ==, 64);
    g_assert_cmpuint(strlen(m->text), <=, parse_limits_default.max_text);
    check_address(m->from_addr);
    check_address(m->reply_addr);
    check_headers(m->headers);
}

/* The parent takes what the worker gives. */
static void check_wire(const Message *message)
{
    const char *problem = NULL;
    g_autoptr(GByteArray) out = g_byte_array_new();
    wire_put_answer(out, message);
    g_assert_cmpuint(out->len, <=, WIRE_ANSWER_MAX);
    g_autoptr(Message) again = wire_get_answer(out->data + 4, out->len - 4, &problem);
    g_assert_cmpstr(problem, ==, NULL);
    g_assert_cmpstr(again->text, ==, message->text);
}

static void use(Message *message)
{
    static const char *const own[] = {"service@shop.example", NULL};
    static const char *const servers[] = {"mx.shop.example", NULL};
    const char *explain = NULL;
    Bounce bounce;
    message->automatic = g_strdup(answerable_machine(message, own, &explain));
    g_assert_true(!message->automatic == !explain);
    if (bounce_read(message, &bounce))
        bounce_clear(&bounce);
    g_auto(Authentication) who = authenticate(message, servers);
    g_assert_cmpuint(strlen(who.detail), <=, 300);
    g_autofree char *references = compose_references(message);
    g_autofree char *subject = compose_subject(message->subject, "0000-0000");
    check_line(references);
    check_line(subject);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) raw = g_bytes_new(data, size);
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    g_autoptr(Message) stub = parse_stub(raw, 1, "place", MESSAGE_OVERSIZE, &parse_limits_default);
    check(message);
    check(stub);
    check_wire(message);
    check_wire(stub);
    use(message);
    return 0;
}

GPtrArray *fuzz_seeds(void)
{
    return NULL;
}
