/* SPDX-License-Identifier: Apache-2.0 */
/* The side of the worker: bounds for itself, then one answer for each question. */
#include "mail/parse.h"
#include "mail/parser.h"
#include "mail/parser_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define SOCKET STDIN_FILENO
#define OPEN_FILES 16 /* the C library opens tables of characters */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* What was bounded more closely before stays so. */
static void bound(int resource, guint64 value)
{
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0)
        _exit(1);
    limit.rlim_max = limit.rlim_cur = MIN(limit.rlim_max, value);
    if (setrlimit(resource, &limit) != 0)
        _exit(1);
}

/* The parent ends us by closing the socket: a signal to the whole group is for it to handle. */
static void harden(guint64 memory)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        _exit(1);
    bound(RLIMIT_CORE, 0);
    bound(RLIMIT_FSIZE, 0);
    bound(RLIMIT_NOFILE, OPEN_FILES);
    if (SANITIZED) /* they map terabytes, and look at themselves */
        return;
    if (prctl(PR_SET_DUMPABLE, 0) != 0)
        _exit(1);
    bound(RLIMIT_AS, memory);
}

static gboolean read_all(gpointer into, gsize length)
{
    for (guint8 *at = into; length > 0;) {
        gssize n = read(SOCKET, at, length);
        if (n == 0 || (n < 0 && errno != EINTR))
            return FALSE;
        at += MAX(n, 0);
        length -= (gsize)MAX(n, 0);
    }
    return TRUE;
}

static gboolean write_all(const guint8 *from, gsize length)
{
    while (length > 0) {
        gssize n = write(SOCKET, from, length);
        if (n < 0 && errno != EINTR)
            return FALSE;
        from += MAX(n, 0);
        length -= (gsize)MAX(n, 0);
    }
    return TRUE;
}

static Message *answer(const WireQuestion *question)
{
    return question->flag ? parse_stub(question->raw, question->size, question->identity,
                                       question->flag, &parse_limits_default)
                          : parse_message(question->raw, &parse_limits_default);
}

void parser_serve(guint64 memory, void (*study)(Message *message))
{
    harden(memory);
    for (;;) {
        guint32 length;
        if (!read_all(&length, sizeof length))
            _exit(0);
        g_autofree guint8 *bytes = g_malloc(length);
        g_auto(WireQuestion) question = {0};
        if (!read_all(bytes, length) || !wire_get_question(bytes, length, &question))
            _exit(1);
        g_clear_pointer(&bytes, g_free);
        g_autoptr(Message) message = answer(&question);
        g_autoptr(GByteArray) out = g_byte_array_new();
        wire_put_answer(out, message);
        if (study)
            study(message);
        if (!write_all(out->data, out->len))
            _exit(1);
    }
}
