/* SPDX-License-Identifier: Apache-2.0 */
/* What the worker and the program say to each other; the worker itself: tests/mail/parser.c. */
#include "mail/parser_wire.h"

#include "mail/parse.h"

#include <string.h>

static GBytes *mail_of(const char *subject)
{
    char *text = g_strdup_printf("From: kim@customer.example\nSubject: %s\n\nHello.\n", subject);
    return g_bytes_new_take(text, strlen(text));
}

/* A new member of Message: does mail/parse.h fill it? Then it belongs into mail/parser_wire.c. */
static void test_members(void)
{
    const gsize in_wire = 13 * sizeof(char *) + sizeof(gint64) + sizeof(guint);
    const gsize of_others = sizeof((Message){0}.id) + sizeof((Message){0}.ticket_id) +
                            sizeof((Message){0}.account) + sizeof((Message){0}.language) +
                            sizeof((Message){0}.automatic) + sizeof((Message){0}.thread) +
                            sizeof((Message){0}.filing) + sizeof((Message){0}.received_at) +
                            sizeof((Message){0}.arrived_at) + sizeof((Message){0}.tries);
    g_assert_cmpuint(sizeof(Message), ==, (in_wire + of_others + 7) / 8 * 8);
}

/* Every cut and every changed byte of a good answer is refused, or gives a message that is fit. */
static void test_answers(void)
{
    g_autoptr(GBytes) raw = mail_of("fine");
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    g_autoptr(GByteArray) good = g_byte_array_new();
    const char *problem;
    wire_put_answer(good, message);
    const guint8 *bytes = good->data + 4;
    gsize length = good->len - 4;
    for (gsize i = 0; i < length; i++) {
        g_autofree guint8 *cut = g_memdup2(bytes, i); /* so that reading on is noticed */
        g_assert_null(wire_get_answer(cut, i, &problem));
        g_assert_nonnull(problem);
        for (guint bit = 0; bit < 8; bit++) {
            g_autofree guint8 *changed = g_memdup2(bytes, length);
            changed[i] ^= (guint8)(1 << bit);
            g_autoptr(Message) other = wire_get_answer(changed, length, &problem);
            g_assert_true(!other == !!problem);
            if (!other)
                continue;
            g_assert_true(g_utf8_validate(other->subject, -1, NULL) &&
                          !strchr(other->subject, '\n'));
            g_assert_cmpuint(strlen(other->digest), ==, 64);
        }
    }
}

typedef struct Unfit {
    gsize offset;
    const char *text;
} Unfit;

static void test_unfit(void)
{
    static const Unfit rows[] = {
        {offsetof(Message, from_addr), "kim@customer.example\r\nRCPT TO:<x@y.example>"},
        {offsetof(Message, reply_addr), "kim@customer.example,lee@customer.example"},
        {offsetof(Message, reply_addr), "kim"},
        {offsetof(Message, reply_addr), "@customer.example"},
        {offsetof(Message, message_id), "a b@customer.example"},
        {offsetof(Message, subject), "two\nlines"},
        {offsetof(Message, subject), "\302\205"},
        {offsetof(Message, from_name), "\033[2J"},
        {offsetof(Message, headers), "Subject: without an end"},
        {offsetof(Message, text), "\377"},
        {offsetof(Message, digest), "0123"},
        {offsetof(Message, own_text), NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) raw = mail_of("fine");
        g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
        g_autoptr(GByteArray) out = g_byte_array_new();
        char **member = &G_STRUCT_MEMBER(char *, message, rows[i].offset);
        const char *problem = NULL;
        g_free(*member);
        *member = g_strdup(rows[i].text);
        wire_put_answer(out, message);
        g_assert_null(wire_get_answer(out->data + 4, out->len - 4, &problem));
        g_assert_nonnull(problem);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parser_wire/members", test_members);
    g_test_add_func("/parser_wire/answers", test_answers);
    g_test_add_func("/parser_wire/unfit", test_unfit);
    return g_test_run();
}
