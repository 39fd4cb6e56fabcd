/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filing: make the place of every mail what its message asks for, one server command per source
 * folder and target. What is about to be moved is committed before (models/move.h), so that after a
 * crash the next run can look what of it was done (unfinished.h).
 */
#include "pipeline/unfinished.h"

#include <string.h>

#define FILE_LIMIT 50000 /* places looked at in one run; the next one does the rest */

static gboolean refused(const GError *error)
{
    return g_error_matches(error, SERVER_ERROR, SERVER_ERROR_REFUSED);
}

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

/* Records what MOVED tells about the group, each mail as carried out: FILING. A mail that it does
 * not name is not there any more if GONE, else it stays as it was. Ends MOVE (0: none). */
static gboolean record_moved(Pipeline *pipeline, const Group *group, const char *filing,
                             const char *folder, GArray *moved, gboolean gone, gint64 move,
                             GError **error)
{
    g_array_sort(moved, by_from);
    g_autoptr(StoreTransaction) transaction = store_begin(pipeline->store, error);
    if (!transaction || (move && !move_end(pipeline->store, move, error)))
        return FALSE;
    for (guint i = 0; i < group->to - group->from; i++) {
        const Place *place = place_at(group, i);
        ImapMoved key = {.from = place->uid};
        guint index;
        gboolean told = g_array_binary_search(moved, &key, by_from, &index);
        const ImapMoved *now = told ? &g_array_index(moved, ImapMoved, index) : &key;
        if ((told || gone) && !place_moved(pipeline->store, place->id, filing, folder,
                                           now->uidvalidity, now->to, error))
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

/* Of a target that may be filled and not looked at, nothing is known: no reason not to fill it. */
static Move *begin_move(Session *session, Pipeline *pipeline, const Place *first,
                        const char *target, GError **error)
{
    ImapFolder info;
    g_autoptr(GError) local = NULL;
    if (!imap_status(session->imap, target, &info, &local) && !refused(local)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    g_autoptr(Move) move = move_new();
    move->account = g_strdup(first->account);
    move->folder = g_strdup(first->folder);
    move->uidvalidity = first->uidvalidity;
    move->filing = g_strdup(first->filing);
    move->target = g_strdup(target);
    move->target_validity = info.uidvalidity;
    move->target_next = info.uidnext;
    return move_begin(pipeline->store, move, error) ? g_steal_pointer(&move) : NULL;
}

/* Takes what says nothing out of MOVED, and sorts it. */
static void keep_told(GArray *moved)
{
    for (guint i = moved->len; i > 0; i--)
        if (!g_array_index(moved, ImapMoved, i - 1).to)
            g_array_remove_index_fast(moved, i - 1);
    g_array_sort(moved, by_from);
}

/* The places of GROUP that MOVED, sorted, does not name: borrowed, by UID. */
static GPtrArray *untold(const Group *group, GArray *moved)
{
    GPtrArray *places = g_ptr_array_new();
    for (guint i = 0; i < group->to - group->from; i++) {
        const ImapMoved key = {.from = place_at(group, i)->uid};
        if (!g_array_binary_search(moved, &key, by_from, NULL))
            g_ptr_array_add(places, g_ptr_array_index(group->places, group->from + i));
    }
    return places;
}

/* Adds to MOVED those of which the server did not say where they are now. What lies where nobody
 * may look is moved all the same. */
static gboolean find_untold(Session *session, Pipeline *pipeline, const Group *group,
                            const Move *move, GArray *moved, GError **error)
{
    keep_told(moved);
    g_autoptr(GPtrArray) places = untold(group, moved);
    if (places->len == 0)
        return TRUE;
    g_autoptr(GError) local = NULL;
    g_autoptr(GArray) found = unfinished_find(session, pipeline, move, places, moved, &local);
    if (found) {
        g_array_append_vals(moved, found->data, found->len);
    } else if (refused(local)) {
        g_warning("%s; where the mail lies there is not known", local->message);
    } else {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    return TRUE;
}

static gboolean move_group(Session *session, Pipeline *pipeline, const Group *group,
                           const GArray *uids, const char *target, GError **error)
{
    g_autoptr(Move) move = begin_move(session, pipeline, place_at(group, 0), target, error);
    g_autoptr(GArray) moved = move ? imap_move(session->imap, uids, target, error) : NULL;
    return moved && find_untold(session, pipeline, group, move, moved, error) &&
           record_moved(pipeline, group, move->filing, target, moved, TRUE, move->id, error);
}

/* Who of PLACES is where, after MOVE. */
static GArray *look_after(Session *session, Pipeline *pipeline, const Move *move,
                          const GPtrArray *places, GError **error)
{
    gboolean source = FALSE, exists = FALSE;
    if (!imap_folder_exists(session->imap, move->folder, &source, error) ||
        !imap_folder_exists(session->imap, move->target, &exists, error))
        return NULL;
    return source && exists ? unfinished_find(session, pipeline, move, places, NULL, error)
                            : g_array_new(FALSE, FALSE, sizeof(ImapMoved));
}

/* A move that an earlier run began and did not record. If the server lets nobody look, it is
 * forgotten: mail that is still in the source is moved anew, perhaps a second time. */
static gboolean resume(Session *session, Pipeline *pipeline, const Move *move, GError **error)
{
    g_autoptr(GPtrArray) places =
        place_list_folder(pipeline->store, move->account, move->folder, move->uidvalidity, error);
    if (!places || !session_select(session, session->mailbox->folder, error))
        return FALSE;
    g_autoptr(GError) local = NULL;
    g_autoptr(GArray) moved = look_after(session, pipeline, move, places, &local);
    if (!moved && refused(local)) {
        g_warning("%s; what became of a move to it that was interrupted is not known",
                  local->message);
        moved = g_array_new(FALSE, FALSE, sizeof(ImapMoved));
    } else if (!moved) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    const Group all = {places, 0, places->len};
    return record_moved(pipeline, &all, move->filing, move->target, moved, FALSE, move->id, error);
}

gboolean mailbox_resume(Session *session, Pipeline *pipeline, GError **error)
{
    g_autoptr(GPtrArray) moves = move_list(pipeline->store, session->mailbox->name, error);
    for (guint i = 0; moves && i < moves->len; i++)
        if (!resume(session, pipeline, g_ptr_array_index(moves, i), error))
            return FALSE;
    return moves != NULL;
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
        return record_moved(pipeline, group, first->filing, first->folder, none, TRUE, 0, error);

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
    return move_group(session, pipeline, group, uids, target, error);
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
    if (!mailbox_resume(session, pipeline, error))
        return FALSE;
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
        if (!refused(local)) {
            session_lost(session, local);
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        g_warning("%s; the mail stays where it is until the next run", local->message);
        counts->trouble += group->to - group->from;
    }
    return TRUE;
}
