/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parser: mail is read in another process. What foreign bytes can do to a reader (crash it, keep it
 * busy for ever, eat the memory) they do to a worker, which is replaced; the mail that did it is
 * named, and the run goes on. mail/parse.h does the reading.
 *
 * The worker is this program itself, started anew (so it holds no secret, no database, no
 * connection) as `erms parse-worker`, at the first mail; one serves the whole run. It is bounded in
 * memory, processor time, time and open files, can write no file, gains no privileges, leaves no
 * core and dies with its parent. Mails are sent ahead, so that it reads while the next ones come
 * from the server. Its answers are not believed: parser_wire.h.
 *
 * It is no prison: code that runs in it could read what the user erms runs as can read. That is for
 * the service's sandbox (systemd) to forbid.
 */
#pragma once

#include "mail/error.h"
#include "models/message.h"

#define PARSER_COMMAND "parse-worker"

typedef struct ParserLimits {
    guint64 memory; /* bytes of address space; a build with sanitizers has no bound */
    guint seconds;  /* of the processor's time for one mail */
    guint patience; /* seconds of waiting for one mail: the machine can be busy with other things */
} ParserLimits;
/* Enough for every mail of LARGEST bytes that can be read at all, up to 32 MiB. The memory is never
 * more than 1 GiB, well below MemoryMax= of doc/erms.service, so that a mail which eats memory
 * comes to this bound and not to that one: of a mail over 32 MiB, an odd one may not be readable.
 */
ParserLimits parser_limits(guint64 largest);

typedef struct Parser Parser;
/* PROGRAM is started with the argument PARSER_COMMAND; "/proc/self/exe" is this one. NULL: mail is
 * read in this process. */
Parser *parser_new(const char *program, const ParserLimits *limits);
void parser_free(Parser *parser);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Parser, parser_free)

/* Called for each mail, in order, from within any of the functions below. MESSAGE is the
 * receiver's; NULL: RAW cannot be read, PROBLEM says what happened to the worker: it crashed twice,
 * used up the processor's time, or answered nonsense. More may be put from here. */
typedef void (*ParserFunc)(guint32 uid, Message *message, GBytes *raw, const char *problem,
                           gpointer data);
/* parse_message() of RAW, parse_stub() of HEAD. Neither waits long: only for room. FALSE: no worker
 * can be had; parser_finish() says why. */
gboolean parser_whole(Parser *parser, guint32 uid, GBytes *raw, ParserFunc func, gpointer data);
gboolean parser_stub(Parser *parser, guint32 uid, GBytes *head, guint64 size, const char *identity,
                     MessageFlags flag, ParserFunc func, gpointer data);
/* Waits for everything that was put. FALSE with SERVER_ERROR_TEMPORARY if no worker can be had, or
 * one that cannot even read a mail of ours, or if two workers with the same mail were killed from
 * outside (SIGKILL: memory ran out) or did nothing for too long (stopped, or the machine swaps):
 * that is no mail's fault, and nothing is known of those that were put and not yet answered. */
gboolean parser_finish(Parser *parser, GError **error);

/* The worker: reads mails from standard input until its end. STUDY (may be NULL) is done with each
 * message as well, for its crashes: what it changes is dropped. Does not return. */
G_NORETURN void parser_serve(guint64 memory, void (*study)(Message *message));
