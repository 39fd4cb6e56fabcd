/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What parser.c and its worker say to each other, over a socket, in the byte order of the machine:
 *
 *   question  u32 length of all that follows, u32 flag (0: a whole mail), u64 size, u32 length of
 *             the identity, the identity, the bytes
 *   answer    u32 length of all that follows, then the members of a Message that bytes can tell:
 *             each text as u32 length (WIRE_NULL: NULL) and its bytes, each number as 8 bytes
 *
 * The worker may be in the hands of whoever wrote the mail: an answer is taken only if it is one
 * that mail/parse.h could have given.
 */
#pragma once

#include "models/message.h"

#define WIRE_ANSWER_MAX (4u * 1024 * 1024)

typedef struct WireQuestion {
    guint32 flag; /* MessageFlags: a stub is wanted; 0: a whole mail */
    guint64 size; /* of a stub, on the server */
    char *identity;
    GBytes *raw;
} WireQuestion;

/* Append one frame, with its length. */
void wire_put_question(GByteArray *out, const WireQuestion *question);
void wire_put_answer(GByteArray *out, const Message *message);

/* Read what follows the length of a frame. NULL: it is no such thing, *PROBLEM (static) says why;
 * for a question FALSE. */
gboolean wire_get_question(const guint8 *bytes, gsize length, WireQuestion *question);
Message *wire_get_answer(const guint8 *bytes, gsize length, const char **problem);
void wire_question_clear(WireQuestion *question);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WireQuestion, wire_question_clear)
