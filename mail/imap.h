/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Imap: one session with an IMAP server (RFC 3501, RFC 4315 UIDPLUS, RFC 6851 MOVE), on libetpan
 * over mail/transport.h. Sets, never single messages: lists, fetches and moves go by UID set. Not
 * here: which mail to take and where to file it (pipeline/).
 *
 * Whatever goes wrong is a SERVER_ERROR that names the server. After SERVER_ERROR_UNREACHABLE,
 * _TLS, _PROTOCOL or _TOO_MUCH the session is dead: free it; every further call fails at once.
 * After _REFUSED and _TEMPORARY it goes on.
 *
 * What a server sends is believed only as far as it fits the question, and looked at by a guard
 * before libetpan's parser gets it (mail/imap_guard.h).
 */
#pragma once

#include "mail/transport.h"

typedef struct Imap Imap;

/* Connects, negotiates TLS, logs in: AUTH_LOGIN is AUTHENTICATE PLAIN where offered, else LOGIN;
 * AUTH_XOAUTH2 takes spec->secret as access token. A server may send 1 MiB until it knows us; then
 * spec->max_bytes is counted. SPEC must outlive the session. */
Imap *imap_open(const ServerSpec *spec, GError **error);
void imap_free(Imap *imap); /* says LOGOUT if the session is alive, waits at most briefly */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Imap, imap_free)

gboolean imap_has_capability(Imap *imap, const char *name); /* "MOVE", "UIDPLUS" … */

typedef struct ImapFolder {
    guint32 uidvalidity; /* opaque */
    guint32 uidnext;     /* 0: the server did not say */
    guint32 exists;
    gboolean read_only;
    gboolean can_keywords; /* PERMANENTFLAGS holds \* */
} ImapFolder;

/* SELECT, or EXAMINE if READ_ONLY. FOLDER is UTF-8 with "/" as separator: it is translated to
 * modified UTF-7 (RFC 3501 5.1.3) and to the server's own separator and personal namespace prefix
 * (RFC 2342): where that is "INBOX.", both "Answered/Old" and "INBOX.Answered.Old" name the folder
 * INBOX.Answered.Old. INBOX, in any case, is never prefixed. */
gboolean imap_select(Imap *imap, const char *folder, gboolean read_only, ImapFolder *info,
                     GError **error);
/* Does the folder exist? / Create it (with its parents) and subscribe to it, if it does not. */
gboolean imap_folder_exists(Imap *imap, const char *folder, gboolean *exists, GError **error);
gboolean imap_folder_ensure(Imap *imap, const char *folder, GError **error);

typedef struct ImapEntry {
    guint32 uid;
    guint32 size;     /* RFC822.SIZE */
    gint64 arrived;   /* INTERNALDATE, seconds since 1970; 0: none, or it cannot be understood */
    gboolean deleted; /* \Deleted */
    gboolean junk;    /* $Junk or Junk keyword */
} ImapEntry;

/* Every message of the selected folder with UID >= FROM, ascending by UID. GArray of ImapEntry. */
GArray *imap_list(Imap *imap, guint32 from, GError **error);

/* Called once per fetched message, RAW only for the call (ref it to keep it). FALSE: no more calls;
 * what the server is already sending is read and dropped. */
typedef gboolean (*ImapFunc)(guint32 uid, GBytes *raw, gpointer data);

/* BODY.PEEK[] of the UIDs (GArray of guint32, ascending), which leaves flags unchanged. At most
 * MAX_BYTES of each message are asked for (0: whole messages). Only UIDs that were asked for and
 * came with a body are passed on, each once, in the server's order. UIDs that do not come are gone
 * from the folder: no error; but a NO to the command is one, and then a missing UID says nothing.
 * The library holds one message at a time in memory. */
gboolean imap_fetch(Imap *imap, const GArray *uids, guint32 max_bytes, ImapFunc func, gpointer data,
                    GError **error);

/* STATUS of a folder that is not selected: fills in uidvalidity and uidnext. */
gboolean imap_status(Imap *imap, const char *folder, ImapFolder *info, GError **error);

typedef struct ImapMoved {
    guint32 from;        /* UID in the source folder */
    guint32 uidvalidity; /* of the target folder; 0: the server did not tell (no UIDPLUS) */
    guint32 to;          /* UID in the target folder; 0: unknown */
} ImapMoved;

/* Moves the UIDs of the selected folder to FOLDER (UTF-8, must exist): UID MOVE, else COPY, STORE
 * \Deleted and UID EXPUNGE (without UIDPLUS: the copy stays behind, marked \Deleted). Sets are
 * split so that no command line is longer than 8,000 characters. UIDs that are not there are
 * skipped by the server. Returns what was moved (GArray of ImapMoved): what COPYUID tells (RFC 4315
 * 3), or every UID with to = 0 if the server does not tell. NULL with an error; some may have been
 * moved then, or copied and not yet deleted. */
GArray *imap_move(Imap *imap, const GArray *uids, const char *folder, GError **error);
/* The mails of the selected folder with this Message-ID, without <> (GArray of guint32, ascending).
 */
GArray *imap_find_message_id(Imap *imap, const char *id, GError **error);
/* Marks the UIDs of the selected folder \Deleted and, with UIDPLUS, expunges just them. */
gboolean imap_delete(Imap *imap, const GArray *uids, GError **error);
/* +FLAGS.SILENT: KEYWORD, and \Seen if SEEN. */
gboolean imap_add_keyword(Imap *imap, const GArray *uids, const char *keyword, gboolean seen,
                          GError **error);
/* -FLAGS.SILENT: KEYWORD. */
gboolean imap_remove_keyword(Imap *imap, const GArray *uids, const char *keyword, GError **error);
/* APPEND with \Seen; line ends are made CRLF. */
gboolean imap_append(Imap *imap, const char *folder, GBytes *mail, GError **error);
