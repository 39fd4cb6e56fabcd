/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/erase.h"

#include "mail/parse.h"

#include <string.h>

struct EraseServers {
    Pipeline *pipeline;
    char *address;
    GPtrArray *sessions; /* of Session */
    GPtrArray *mails;    /* of EraseMail */
    GPtrArray *copies;   /* of EraseCopy */
};

void erase_done_clear(EraseDone *done)
{
    g_clear_pointer(&done->marked, g_ptr_array_unref);
}

void erase_servers_free(EraseServers *servers)
{
    if (!servers)
        return;
    g_free(servers->address);
    g_clear_pointer(&servers->sessions, g_ptr_array_unref);
    g_clear_pointer(&servers->mails, g_ptr_array_unref);
    g_clear_pointer(&servers->copies, g_ptr_array_unref);
    g_free(servers);
}

static gboolean list(EraseServers *servers, GError **error)
{
    Store *store = servers->pipeline->store;
    g_clear_pointer(&servers->mails, g_ptr_array_unref);
    g_clear_pointer(&servers->copies, g_ptr_array_unref);
    return (servers->mails = erase_list_mails(store, servers->address, error)) &&
           (servers->copies = erase_list_copies(store, servers->address, error));
}

static gboolean concerns(const EraseServers *servers, const Mailbox *mailbox)
{
    for (guint i = 0; i < servers->mails->len; i++)
        if (g_str_equal(((EraseMail *)g_ptr_array_index(servers->mails, i))->account,
                        mailbox->name))
            return TRUE;
    for (guint i = 0; mailbox->sent && i < servers->copies->len; i++)
        if (g_str_equal(((EraseCopy *)g_ptr_array_index(servers->copies, i))->account,
                        mailbox->name))
            return TRUE;
    return FALSE;
}

EraseServers *erase_servers_open(Pipeline *pipeline, const GPtrArray *mailboxes,
                                 const char *address, GError **error)
{
    g_autoptr(EraseServers) servers = g_new0(EraseServers, 1);
    servers->pipeline = pipeline;
    servers->address = g_strdup(address);
    servers->sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
    if (!list(servers, error))
        return NULL;
    for (guint i = 0; i < mailboxes->len; i++) {
        const Mailbox *mailbox = g_ptr_array_index(mailboxes, i);
        if (!concerns(servers, mailbox))
            continue;
        Session *session = session_new(mailbox, FALSE);
        g_ptr_array_add(servers->sessions, session);
        if (!session_select(session, mailbox->folder, error))
            return NULL;
    }
    /* Only when all can be reached: this writes. */
    for (guint i = 0; i < servers->sessions->len; i++)
        if (!mailbox_resume(g_ptr_array_index(servers->sessions, i), pipeline, error))
            return NULL;
    return list(servers, error) ? g_steal_pointer(&servers) : NULL;
}

/* ---- one mailbox ---------------------------------------------------------------------------- */

typedef struct Work {
    EraseServers *servers;
    Session *session;
    EraseDone *done;
    GHashTable *lost; /* digest → EraseMail, of those that are not where they were */
    GArray *uids;     /* to be deleted in the selected folder */
} Work;

static gboolean delete_here(Work *work, guint *count, GError **error)
{
    Session *session = work->session;
    if (work->uids->len == 0)
        return TRUE;
    if (!imap_delete(session->imap, work->uids, error))
        return FALSE;
    *count += work->uids->len;
    if (!imap_has_capability(session->imap, "UIDPLUS") &&
        !g_ptr_array_find_with_equal_func(work->done->marked, session->selected, g_str_equal, NULL))
        g_ptr_array_add(work->done->marked, g_strdup(session->selected));
    return TRUE;
}

/* Selects FOLDER if it is there; *THERE says so. */
static gboolean enter(Work *work, const char *folder, gboolean *there, GError **error)
{
    Session *session = work->session;
    session_renew(session);
    *there = FALSE;
    return session_select(session, session->mailbox->folder, error) &&
           imap_folder_exists(session->imap, folder, there, error) &&
           (!*there || session_select(session, folder, error));
}

/* The mails [FROM, TO), which lay in one folder. Those that are there no more are lost. */
static gboolean delete_known(Work *work, guint from, guint to, GError **error)
{
    const GPtrArray *mails = work->servers->mails;
    const EraseMail *first = g_ptr_array_index(mails, from);
    g_autoptr(GArray) entries = NULL;
    gboolean there = FALSE;
    if (first->folder && first->uid && !enter(work, first->folder, &there, error))
        return FALSE;
    if (there && work->session->info.uidvalidity == first->uidvalidity &&
        !(entries = imap_list(work->session->imap, first->uid, error)))
        return FALSE;
    g_array_set_size(work->uids, 0);
    for (guint i = from, k = 0; i < to; i++) {
        EraseMail *mail = g_ptr_array_index(mails, i);
        while (entries && k < entries->len && g_array_index(entries, ImapEntry, k).uid < mail->uid)
            k++;
        if (entries && k < entries->len && g_array_index(entries, ImapEntry, k).uid == mail->uid)
            g_array_append_val(work->uids, mail->uid);
        else
            g_hash_table_replace(work->lost, mail->digest, mail);
    }
    return delete_here(work, &work->done->deleted, error);
}

static gboolean delete_all_known(Work *work, GError **error)
{
    const GPtrArray *mails = work->servers->mails;
    for (guint from = 0, to; from < mails->len; from = to) {
        const EraseMail *first = g_ptr_array_index(mails, from);
        for (to = from + 1; to < mails->len; to++) {
            const EraseMail *mail = g_ptr_array_index(mails, to);
            if (!g_str_equal(first->account, mail->account) ||
                g_strcmp0(first->folder, mail->folder) != 0 ||
                first->uidvalidity != mail->uidvalidity || (first->uid == 0) != (mail->uid == 0))
                break;
        }
        if (g_str_equal(first->account, work->session->mailbox->name) &&
            !delete_known(work, from, to, error))
            return FALSE;
    }
    return TRUE;
}

/* The very mail: it is deleted, and not lost any more; there may be another copy of it. */
static gboolean on_candidate(guint32 uid, GBytes *raw, gpointer data)
{
    Work *work = data;
    g_autofree char *digest = parse_digest(raw);
    EraseMail *mail = g_hash_table_lookup(work->lost, digest);
    if (mail) {
        mail->uid = uid; /* found */
        g_array_append_val(work->uids, uid);
    }
    return TRUE;
}

static gint by_uid(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    return (left > right) - (left < right);
}

static gboolean search_folder(Work *work, const char *folder, GHashTable *sizes, GError **error)
{
    gboolean there = FALSE;
    if (!enter(work, folder, &there, error))
        return FALSE;
    if (!there)
        return TRUE;
    g_autoptr(GArray) entries = imap_list(work->session->imap, 1, error);
    if (!entries)
        return FALSE;
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < entries->len; i++) {
        const ImapEntry *entry = &g_array_index(entries, ImapEntry, i);
        if (g_hash_table_contains(sizes, GUINT_TO_POINTER(entry->size)))
            g_array_append_val(candidates, entry->uid);
    }
    g_array_set_size(work->uids, 0);
    if (candidates->len > 0 &&
        !imap_fetch(work->session->imap, candidates, 0, on_candidate, work, error))
        return FALSE;
    g_array_sort(work->uids, by_uid);
    return delete_here(work, &work->done->deleted, error);
}

static void add_folder(GPtrArray *folders, const char *folder)
{
    if (!g_ptr_array_find_with_equal_func(folders, folder, g_str_equal, NULL))
        g_ptr_array_add(folders, g_strdup(folder));
}

static gboolean search_lost(Work *work, GError **error)
{
    const Mailbox *mailbox = work->session->mailbox;
    g_autoptr(GHashTable) sizes = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, work->lost);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        EraseMail *mail = value;
        mail->uid = 0;
        g_hash_table_add(sizes, GUINT_TO_POINTER(mail->size));
    }
    g_autoptr(GPtrArray) folders =
        erase_list_folders(work->servers->pipeline->store, mailbox->name, error);
    if (!folders)
        return FALSE;
    add_folder(folders, mailbox->folder);
    add_folder(folders, mailbox->answered);
    add_folder(folders, mailbox->ignored);
    add_folder(folders, mailbox->unreadable);
    for (guint i = 0; i < folders->len; i++)
        if (!search_folder(work, g_ptr_array_index(folders, i), sizes, error))
            return FALSE;
    g_hash_table_iter_init(&iter, work->lost);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        work->done->missing += ((const EraseMail *)value)->uid == 0;
    return TRUE;
}

static gboolean delete_copies(Work *work, GError **error)
{
    const Mailbox *mailbox = work->session->mailbox;
    const GPtrArray *copies = work->servers->copies;
    gboolean there = FALSE;
    for (guint i = 0; mailbox->sent && i < copies->len; i++) {
        const EraseCopy *copy = g_ptr_array_index(copies, i);
        if (!g_str_equal(copy->account, mailbox->name))
            continue;
        if (!there && !enter(work, mailbox->sent, &there, error))
            return FALSE;
        if (!there)
            return TRUE;
        g_autoptr(GArray) uids = imap_find_message_id(work->session->imap, copy->mail_id, error);
        if (!uids)
            return FALSE;
        g_array_set_size(work->uids, 0);
        g_array_append_vals(work->uids, uids->data, uids->len);
        if (!delete_here(work, &work->done->copies, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean delete_of(EraseServers *servers, Session *session, EraseDone *done, GError **error)
{
    g_autoptr(GHashTable) lost = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    Work work = {servers, session, done, lost, uids};
    return delete_all_known(&work, error) &&
           (g_hash_table_size(lost) == 0 || search_lost(&work, error)) &&
           delete_copies(&work, error);
}

static gboolean has_session(const EraseServers *servers, const char *account)
{
    for (guint i = 0; i < servers->sessions->len; i++)
        if (g_str_equal(((Session *)g_ptr_array_index(servers->sessions, i))->mailbox->name,
                        account))
            return TRUE;
    return FALSE;
}

gboolean erase_servers_delete(EraseServers *servers, EraseDone *done, GError **error)
{
    done->marked = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < servers->mails->len; i++)
        done->homeless +=
            !has_session(servers, ((EraseMail *)g_ptr_array_index(servers->mails, i))->account);
    for (guint i = 0; i < servers->sessions->len; i++)
        if (!delete_of(servers, g_ptr_array_index(servers->sessions, i), done, error))
            return FALSE;
    return TRUE;
}
