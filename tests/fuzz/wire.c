/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker that went over to the enemy could say, and the questions to it. */
#include "mail/parser_wire.h"
#include "mail/parse.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *problem = NULL;
    g_auto(WireQuestion) question = {0};
    g_autoptr(Message) message = wire_get_answer(data, size, &problem);
    g_assert_true(!message == !!problem);
    if (message) {
        g_autoptr(GByteArray) again = g_byte_array_new();
        wire_put_answer(again, message);
        g_assert_true(g_utf8_validate(message->text, -1, NULL));
        g_assert_false(strchr(message->subject, '\n'));
    }
    if (wire_get_question(data, size, &question)) {
        g_autoptr(GByteArray) again = g_byte_array_new();
        wire_put_question(again, &question);
    }
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
