/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filing: make the place of every mail what its message asks for, one server command per source
 * folder and target. Repeating it after a crash is harmless: a UID that is gone is skipped.
 */
#include "pipeline/mailbox.h"

#include <string.h>

#define FILE_LIMIT 50000 /* places looked at in one run; the next one does the rest */

/* Places of one folder with one wish: PLACES[FROM..TO). */
typedef struct Group {
    const GPtrArray *places;
    guint from, to;
} Group;

static const Place *place_at(const Group *group, guint i)
{
    return g_ptr_array_index(group->places, group->from + i);
}

/* Where it lies, where it ought to lie, what it is marked as. */
static int compare_group(const Place *a, const Place *b)
{
    int folder = strcmp(a->folder, b->folder), filing = strcmp(a->filing, b->filing);
    if (folder != 0)
        return folder;
    if (a->uidvalidity != b->uidvalidity)
        return a->uidvalidity < b->uidvalidity ? -1 : 1;
    return filing != 0 ? filing : g_strcmp0(a->filed, b->filed);
}

static gint by_group(gconstpointer a, gconstpointer b)
{
    const Place *left = *(const Place *const *)a, *right = *(const Place *const *)b;
    int group = compare_group(left, right);
    return group != 0 ? group : (left->uid > right->uid) - (left->uid < right->uid);
}

static gint by_from(gconstpointer a, gconstpointer b)
{
    const ImapMoved *left = a, *right = b;
    return (left->from > right->from) - (left->from < right->from);
}

/* Records the group: MOVED says where each went; a mail it does not name is not there any more. */
static gboolean record_moved(Pipeline *pipeline, const Group *group, const char *folder,
                             GArray *moved, GError **error)
{
    g_array_sort(moved, by_from);
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    if (!transaction)
        return FALSE;
    for (guint i = 0; i < group->to - group->from; i++) {
        const Place *place = place_at(group, i);
        ImapMoved key = {.from = place->uid};
        guint index;
        const ImapMoved *now = g_array_binary_search(moved, &key, by_from, &index)
                                   ? &g_array_index(moved, ImapMoved, index)
                                   : &key;
        if (!place_moved(pipeline->store, place->id, place->filing, folder, now->uidvalidity,
                         now->to, error))
            return FALSE;
    }
    return store_commit(g_steal_pointer(&transaction), error);
}

static gboolean record_stayed(Pipeline *pipeline, const Group *group, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    if (!transaction)
        return FALSE;
    for (guint i = 0; i < group->to - group->from; i++) {
        const Place *place = place_at(group, i);
        if (!place_moved(pipeline->store, place->id, place->filing, place->folder,
                         place->uidvalidity, place->uid, error))
            return FALSE;
    }
    return store_commit(g_steal_pointer(&transaction), error);
}

static gboolean ensure_folder(Session *session, const char *folder, GError **error)
{
    if (g_hash_table_contains(session->made, folder))
        return TRUE;
    if (!imap_folder_ensure(session->imap, folder, error))
        return FALSE;
    g_hash_table_add(session->made, g_strdup(folder));
    return TRUE;
}

/* The new keyword comes before the old one goes: a mail is never without one. */
static gboolean mark(Session *session, const Place *first, const GArray *uids, GError **error)
{
    g_autofree char *keyword = mailbox_keyword(first->filing);
    g_autofree char *old = first->filed ? mailbox_keyword(first->filed) : NULL;
    gboolean seen = !g_str_has_prefix(first->filing, FILING_QUEUE_PREFIX);
    return imap_add_keyword(session->imap, uids, keyword, seen, error) &&
           (!old || imap_remove_keyword(session->imap, uids, old, error));
}

static gboolean file_group(Session *session, Pipeline *pipeline, const Group *group,
                           FetchCounts *counts, GError **error)
{
    const Place *first = place_at(group, 0);
    g_autofree char *target = mailbox_target(session->mailbox, first->filing);
    if (!session->mailbox->keywords && g_str_equal(target, first->folder))
        return record_stayed(pipeline, group, error);
    if (!session_select(session, first->folder, error))
        return FALSE;

    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(ImapMoved));
    if (session->info.uidvalidity != first->uidvalidity)
        return record_moved(pipeline, group, first->folder, none, error);

    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < group->to - group->from; i++) {
        guint32 uid = place_at(group, i)->uid;
        g_array_append_val(uids, uid);
    }
    counts->filed += uids->len;
    if (session->mailbox->keywords)
        return mark(session, first, uids, error) && record_stayed(pipeline, group, error);
    if (!ensure_folder(session, target, error))
        return FALSE;
    g_autoptr(GArray) moved = imap_move(session->imap, uids, target, error);
    return moved && record_moved(pipeline, group, target, moved, error);
}

/* Larger groups first: each move makes the server scan a smaller folder the next time. */
static gint by_size(gconstpointer a, gconstpointer b)
{
    const Group *left = a, *right = b;
    guint l = left->to - left->from, r = right->to - right->from;
    return (l < r) - (l > r);
}

static GArray *groups_of(GPtrArray *places)
{
    g_ptr_array_sort(places, by_group);
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(Group));
    for (guint from = 0, to; from < places->len; from = to) {
        const Place *first = g_ptr_array_index(places, from);
        for (to = from + 1; to < places->len; to++)
            if (compare_group(first, g_ptr_array_index(places, to)) != 0)
                break;
        Group group = {places, from, to};
        g_array_append_val(groups, group);
    }
    g_array_sort(groups, by_size);
    return groups;
}

gboolean mailbox_file(Session *session, Pipeline *pipeline, FetchCounts *counts, GError **error)
{
    g_autoptr(GPtrArray) places =
        place_list_pending(pipeline->store, session->mailbox->name, FILE_LIMIT, error);
    if (!places)
        return FALSE;
    g_autoptr(GArray) groups = groups_of(places);
    for (guint i = 0; i < groups->len; i++) {
        const Group *group = &g_array_index(groups, Group, i);
        g_autoptr(GError) local = NULL;
        if (file_group(session, pipeline, group, counts, &local))
            continue;
        if (!g_error_matches(local, SERVER_ERROR, SERVER_ERROR_REFUSED)) {
            session_lost(session, local);
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        g_warning("%s; the mail stays where it is until the next run", local->message);
        counts->trouble += group->to - group->from;
    }
    return TRUE;
}
