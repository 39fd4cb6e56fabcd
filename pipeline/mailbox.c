/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/mailbox.h"

Mailbox *mailbox_new(void)
{
    Mailbox *mailbox = g_new0(Mailbox, 1);
    mailbox->server = server_spec_new();
    mailbox->server->port = 993;
    mailbox->folder = g_strdup("INBOX");
    mailbox->answered = g_strdup("Answered");
    mailbox->ignored = g_strdup("Ignored");
    mailbox->unreadable = g_strdup("Unreadable");
    mailbox->queues = g_strdup("Queues");
    mailbox->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    mailbox->max_bytes = 25 * 1024 * 1024;
    return mailbox;
}

void mailbox_free(Mailbox *mailbox)
{
    if (!mailbox)
        return;
    g_free(mailbox->name);
    server_spec_free(mailbox->server);
    g_free(mailbox->folder);
    g_free(mailbox->answered);
    g_free(mailbox->ignored);
    g_free(mailbox->unreadable);
    g_free(mailbox->queues);
    g_hash_table_unref(mailbox->folders);
    g_free(mailbox->sent);
    g_free(mailbox);
}

char *mailbox_target(const Mailbox *mailbox, const char *filing)
{
    if (g_str_has_prefix(filing, FILING_QUEUE_PREFIX)) {
        const char *queue = filing + strlen(FILING_QUEUE_PREFIX);
        const char *own = g_hash_table_lookup(mailbox->folders, queue);
        if (own)
            return g_strdup(own);
        return *mailbox->queues ? g_strconcat(mailbox->queues, "/", queue, NULL) : g_strdup(queue);
    }
    if (g_str_equal(filing, FILING_ANSWERED))
        return g_strdup(mailbox->answered);
    if (g_str_equal(filing, FILING_IGNORED))
        return g_strdup(mailbox->ignored);
    g_assert(g_str_equal(filing, FILING_UNREADABLE));
    return g_strdup(mailbox->unreadable);
}

gboolean mailbox_is_junk(const Mailbox *mailbox)
{
    static const char *const names[] = {"junk",
                                        "spam",
                                        "junk e-mail",
                                        "junk-e-mail",
                                        "junk email",
                                        "junk mail",
                                        "bulk mail",
                                        "spamverdacht",
                                        "courrier indésirable",
                                        "correo no deseado",
                                        "posta indesiderata",
                                        "ongewenste e-mail",
                                        NULL};
    g_autofree char *folded = g_utf8_casefold(mailbox->folder, -1);
    const char *last = folded;

    for (const char *p = folded; *p; p++)
        if (*p == '/' || *p == '.')
            last = p + 1;
    return g_strv_contains(names, last);
}

char *mailbox_keyword(const char *filing)
{
    char *keyword = g_strconcat("erms-", filing, NULL);
    return g_strdelimit(keyword, ":", '-');
}

Session *session_new(const Mailbox *mailbox, gboolean read_only)
{
    Session *session = g_new0(Session, 1);
    session->mailbox = mailbox;
    session->read_only = read_only;
    session->deadline =
        g_get_monotonic_time() + (gint64)mailbox->server->total_seconds * G_USEC_PER_SEC;
    session->made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return session;
}

void session_renew(Session *session)
{
    gint64 now = g_get_monotonic_time();
    gint64 whole = (gint64)session->mailbox->server->total_seconds * G_USEC_PER_SEC;
    if (session->deadline - now > whole / 2)
        return;
    g_clear_pointer(&session->imap, imap_free);
    g_clear_pointer(&session->selected, g_free);
    session->deadline = now + whole;
}

void session_free(Session *session)
{
    if (!session)
        return;
    imap_free(session->imap);
    g_free(session->selected);
    g_hash_table_unref(session->made);
    g_free(session);
}

gboolean session_select(Session *session, const char *folder, GError **error)
{
    if (!session->imap) {
        gint64 left = (session->deadline - g_get_monotonic_time()) / G_USEC_PER_SEC;
        session->server = *session->mailbox->server;
        session->server.total_seconds = (guint)MAX(left, 1);
        session->imap = imap_open(&session->server, error);
        if (!session->imap)
            return FALSE;
    }
    if (g_strcmp0(session->selected, folder) == 0)
        return TRUE;
    g_clear_pointer(&session->selected, g_free);
    if (!imap_select(session->imap, folder, session->read_only, &session->info, error))
        return FALSE;
    session->selected = g_strdup(folder);
    return TRUE;
}

gboolean session_lost(Session *session, const GError *error)
{
    if (error->domain != SERVER_ERROR || error->code == SERVER_ERROR_REFUSED)
        return FALSE;
    g_clear_pointer(&session->imap, imap_free);
    g_clear_pointer(&session->selected, g_free);
    return TRUE;
}
