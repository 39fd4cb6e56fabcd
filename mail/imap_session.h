/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the imap*.c files share: the session and the one way to send a command. Nobody else includes
 * this; the public face is mail/imap.h.
 *
 * imap.c         connect, TLS, login, commands and their errors
 * imap_folder.c  folder names, select, create
 * imap_fetch.c   list and fetch
 * imap_move.c    sets of UIDs, move, keywords, append
 * imap_search.c  by Message-ID
 *
 * Command lines are written here and not by libetpan's command functions: those build trees of
 * lists for what is one line of text, and hide a NO behind success (uid_fetch). Its parser reads
 * the answers.
 */
#pragma once

#include "mail/imap.h"
#include "mail/imap_guard.h"
#include <libetpan/libetpan.h>

struct Imap {
    const ServerSpec *spec;
    mailimap *session;
    Transport *transport;     /* belongs to the session's stream */
    ImapGuard guard;          /* sees what the transport reads */
    GHashTable *capabilities; /* set of upper-case names */
    char *prefix;             /* of the personal namespace, as on the wire; NULL: not asked yet */
    char delimiter;           /* of the hierarchy; 0: none, or not asked yet */
    gboolean read_only;       /* the selected folder; some servers would MOVE by copying */
    gboolean dead;
};

/* Turns libetpan's RC into a SERVER_ERROR that begins with the server's name and WHAT ("SELECT
 * Answered"), and marks the session dead where it is. Returns FALSE always. */
gboolean imap_fail(Imap *imap, int rc, const char *what, GError **error);
/* Our own error, in the same form. The session stays as it is. Returns FALSE always. */
gboolean imap_refuse(Imap *imap, ServerError code, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* FALSE with an error if the session is dead. To be asked before anything is sent. */
gboolean imap_alive(Imap *imap, GError **error);

/* Sends one command LINE (no tag, no CRLF) and reads to its end; OK is TRUE, NO is
 * SERVER_ERROR_REFUSED. WHAT names it in errors (LINE may be long, or hold a secret). */
gboolean imap_command(Imap *imap, const char *line, const char *what, GError **error);
/* Same, for UID FETCH: FUNC sees each FETCH response as it comes, so that memory stays flat. */
gboolean imap_command_fetch(Imap *imap, const char *line, mailimap_msg_att_handler *func,
                            gpointer data, GError **error);

/* FOLDER as on the wire: our "/" made the server's separator, with the namespace prefix, modified
 * UTF-7. NULL with SERVER_ERROR_REFUSED if no name can be made of it. */
char *imap_folder_wire(Imap *imap, const char *folder, GError **error);
/* A wire name, or any printable ASCII, as a quoted string. */
char *imap_quote(const char *text);

/* The numbers of ascending UIDS from *INDEX on as a sequence set like "1:500,503", as many as fit
 * in MAX characters, at least one. Moves *INDEX past them. */
char *imap_set(const GArray *uids, guint *index, gsize max);
/* Longest set in one command: with the rest of it the line stays under 8,000 characters (RFC 7162
 * 4 recommends servers to take 8,192). */
#define IMAP_SET_MAX 7000
