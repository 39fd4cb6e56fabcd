/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker that went over to the enemy could say, and the questions to it. */
#include "mail/parser_wire.h"
#include "mail/parse.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#define NUMBERS 16 /* at the end of an answer: read within the bounds of Message */

/* What was read is what was said, and says the same again. */
static void check_answer(const Message *message, const uint8_t *data, size_t size)
{
    const char *problem = NULL;
    g_autoptr(GByteArray) again = g_byte_array_new(), third = g_byte_array_new();
    wire_put_answer(again, message);
    g_assert_cmpuint(again->len - 4, ==, size);
    g_assert_true(memcmp(again->data + 4, data, size - NUMBERS) == 0);
    g_autoptr(Message) other = wire_get_answer(again->data + 4, again->len - 4, &problem);
    g_assert_cmpstr(problem, ==, NULL);
    g_assert_cmpint(other->size, ==, message->size);
    g_assert_cmpuint(other->flags, ==, message->flags);
    wire_put_answer(third, other);
    g_assert_cmpmem(third->data, third->len, again->data, again->len);
    g_assert_true(g_utf8_validate(message->text, -1, NULL));
    g_assert_false(strchr(message->subject, '\n'));
}

static void check_question(const WireQuestion *question, const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) again = g_byte_array_new();
    gsize length;
    const char *raw = g_bytes_get_data(question->raw, &length);
    gsize identity = size - 16 - length; /* as it was said: it may hold a zero byte */
    wire_put_question(again, question);
    g_assert_true(memcmp(again->data + 4, data, 12) == 0);
    g_assert_true(length == 0 || memcmp(raw, data + size - length, length) == 0);
    if (strlen(question->identity) == identity)
        g_assert_cmpmem(again->data + 4, again->len - 4, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *problem = NULL;
    g_auto(WireQuestion) question = {0};
    g_autoptr(Message) message = wire_get_answer(data, size, &problem);
    g_assert_true(!message == !!problem);
    if (message)
        check_answer(message, data, size);
    if (wire_get_question(data, size, &question))
        check_question(&question, data, size);
    return 0;
}

static GBytes *body_of(GByteArray *frame)
{
    GBytes *body = g_bytes_new(frame->data + 4, frame->len - 4);
    g_byte_array_unref(frame);
    return body;
}

GPtrArray *fuzz_seeds(void)
{
    static const char mail[] = "From: Kim <kim@customer.example>\nTo: service@shop.example\n"
                               "Message-ID: <1@customer.example>\nSubject: Hello\n\nI ask.\n";
    GPtrArray *seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, sizeof mail - 1);
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    const WireQuestion question = {
        .flag = MESSAGE_OVERSIZE, .size = 7, .identity = (char *)"here", .raw = raw};
    GByteArray *answer = g_byte_array_new(), *asked = g_byte_array_new();
    wire_put_answer(answer, message);
    wire_put_question(asked, &question);
    g_ptr_array_add(seeds, body_of(answer));
    g_ptr_array_add(seeds, body_of(asked));
    return seeds;
}
