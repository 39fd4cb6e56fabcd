/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/unfinished.h"

#include <string.h>

#define HEAD_BYTES (64 * 1024) /* of each mail: enough to tell two apart */

typedef struct Search {
    const Move *move;
    GHashTable *sizes;   /* uid → size, of the folder that is being fetched */
    GHashTable *missing; /* key → UIDs that are gone from the source, as queues */
    GHashTable *arrived; /* key → UIDs in the target that are not accounted for, as queues */
    GArray *moved;       /* the result, ImapMoved */
    GArray *doubled;     /* UIDs that are still in the source */
} Search;

/* Multimap from keys to UIDs, first in first out: servers keep the order (RFC 3501 6.4.7). */
static GHashTable *queues_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_queue_free);
}

static void queues_put(GHashTable *queues, const char *key, guint32 uid)
{
    GQueue *queue = g_hash_table_lookup(queues, key);
    if (!queue) {
        queue = g_queue_new();
        g_hash_table_insert(queues, g_strdup(key), queue);
    }
    g_queue_push_tail(queue, GUINT_TO_POINTER(uid));
}

static guint32 queues_take(GHashTable *queues, const char *key)
{
    GQueue *queue = g_hash_table_lookup(queues, key);
    return queue ? GPOINTER_TO_UINT(g_queue_pop_head(queue)) : 0;
}

static void found(Search *search, guint32 from, guint32 to)
{
    ImapMoved pair = {.from = from, .uidvalidity = search->move->target_validity, .to = to};
    g_array_append_val(search->moved, pair);
}

static guint32 size_of(const Search *search, guint32 uid)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(search->sizes, GUINT_TO_POINTER(uid)));
}

static char *key_of_size(guint32 size)
{
    return g_strdup_printf("size %u", size);
}

static char *key_of_content(const Search *search, guint32 uid, GBytes *raw)
{
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, raw);
    return g_strdup_printf("%u %s", size_of(search, uid), sum);
}

/* The Message-ID in the header of RAW, without <>; NULL: none that can be found this simply. */
static char *message_id_of(GBytes *raw)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(raw, &length);
    g_autofree char *text =
        g_strndup(bytes ? bytes : "", length); /* ends at a NUL, if there is one */
    char *end = strstr(text, "\r\n\r\n");
    if (end)
        *end = '\0';
    for (char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (g_ascii_strncasecmp(line, "Message-ID:", 11) != 0)
            continue;
        char *from = line + 11 + strspn(line + 11, " \t\r\n");
        char *to = strchr(from, '>');
        return *from == '<' && to ? g_strndup(from + 1, (gsize)(to - from - 1)) : NULL;
    }
    return NULL;
}

/* A mail in the target: one that is missing in the source, or else perhaps a copy. */
static gboolean on_arrived(guint32 uid, GBytes *raw, gpointer data)
{
    Search *search = data;
    g_autofree char *id = message_id_of(raw), *size = key_of_size(size_of(search, uid));
    guint32 from = id ? queues_take(search->missing, id) : 0;
    if (!from)
        from = queues_take(search->missing, size);
    if (from) {
        found(search, from, uid);
        return TRUE;
    }
    g_autofree char *content = key_of_content(search, uid, raw);
    queues_put(search->arrived, content, uid);
    return TRUE;
}

static gboolean on_still_there(guint32 uid, GBytes *raw, gpointer data)
{
    Search *search = data;
    g_autofree char *content = key_of_content(search, uid, raw);
    guint32 to = queues_take(search->arrived, content);
    if (to) {
        found(search, uid, to);
        g_array_append_val(search->doubled, uid);
    }
    return TRUE;
}

/* Fetches the beginnings of the ENTRIES, which lie in the selected folder. */
static gboolean fetch_heads(Search *search, Session *session, const GArray *entries, ImapFunc func,
                            GError **error)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_hash_table_remove_all(search->sizes);
    for (guint i = 0; i < entries->len; i++) {
        const ImapEntry *entry = &g_array_index(entries, ImapEntry, i);
        g_hash_table_insert(search->sizes, GUINT_TO_POINTER(entry->uid),
                            GUINT_TO_POINTER(entry->size));
        g_array_append_val(uids, entry->uid);
    }
    return uids->len == 0 || imap_fetch(session->imap, uids, HEAD_BYTES, func, search, error);
}

/* What came into the target since and is nobody's place (GArray of ImapEntry). */
static GArray *arrivals(Session *session, Pipeline *pipeline, const Move *move, GError **error)
{
    g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    if (!session_select(session, move->target, error))
        return NULL;
    if (session->info.uidvalidity != move->target_validity)
        return g_steal_pointer(&fresh);
    g_autoptr(GArray) known = place_known_uids(pipeline->store, move->account, move->target,
                                               move->target_validity, error);
    g_autoptr(GArray) entries =
        known ? imap_list(session->imap, MAX(move->target_next, 1), error) : NULL;
    if (!entries)
        return NULL;
    for (guint i = 0, k = 0; i < entries->len; i++) {
        const ImapEntry *entry = &g_array_index(entries, ImapEntry, i);
        while (k < known->len && g_array_index(known, guint32, k) < entry->uid)
            k++;
        if (k == known->len || g_array_index(known, guint32, k) != entry->uid)
            g_array_append_val(fresh, *entry);
    }
    return g_steal_pointer(&fresh);
}

static gboolean put_missing(Search *search, Pipeline *pipeline, const Place *place, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Message) message = message_load(pipeline->store, place->message_id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!message)
        return TRUE;
    g_autofree char *size = key_of_size((guint32)message->size);
    queues_put(search->missing, message->message_id ? message->message_id : size, place->uid);
    return TRUE;
}

static GHashTable *sizes_of(const GArray *entries)
{
    GHashTable *sizes = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < entries->len; i++)
        g_hash_table_add(sizes, GUINT_TO_POINTER(g_array_index(entries, ImapEntry, i).size));
    return sizes;
}

static gint by_uid(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    return (left > right) - (left < right);
}

/* What is in both folders goes from the source. */
static gboolean delete_doubled(Search *search, Session *session, GError **error)
{
    g_array_sort(search->doubled, by_uid);
    return search->doubled->len == 0 || imap_delete(session->imap, search->doubled, error);
}

/* Divides PLACES: those that are gone from the source go into search->missing, the others are
 * returned, as far as something of their size arrived (GArray of ImapEntry). */
static GArray *divide(Search *search, Session *session, Pipeline *pipeline, const GPtrArray *places,
                      const GArray *fresh, GError **error)
{
    const Move *move = search->move;
    g_autoptr(GArray) still = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    g_autoptr(GHashTable) sizes = sizes_of(fresh);
    if (!session_select(session, move->folder, error))
        return NULL;
    g_autoptr(GArray) entries = session->info.uidvalidity == move->uidvalidity
                                    ? imap_list(session->imap, 1, error)
                                    : g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    if (!entries)
        return NULL;
    for (guint i = 0, k = 0; i < places->len; i++) {
        const Place *place = g_ptr_array_index(places, i);
        while (k < entries->len && g_array_index(entries, ImapEntry, k).uid < place->uid)
            k++;
        const ImapEntry *entry = k < entries->len ? &g_array_index(entries, ImapEntry, k) : NULL;
        if (entry && entry->uid == place->uid) {
            if (g_hash_table_contains(sizes, GUINT_TO_POINTER(entry->size)))
                g_array_append_val(still, *entry);
        } else if (!put_missing(search, pipeline, place, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&still);
}

static gboolean search_all(Search *search, Session *session, Pipeline *pipeline,
                           const GPtrArray *places, GError **error)
{
    const Move *move = search->move;
    g_autoptr(GArray) fresh = arrivals(session, pipeline, move, error);
    if (!fresh)
        return FALSE;
    if (fresh->len == 0)
        return TRUE;
    g_autoptr(GArray) still = divide(search, session, pipeline, places, fresh, error);
    return still && session_select(session, move->target, error) &&
           fetch_heads(search, session, fresh, on_arrived, error) &&
           session_select(session, move->folder, error) &&
           fetch_heads(search, session, still, on_still_there, error) &&
           delete_doubled(search, session, error);
}

GArray *unfinished_find(Session *session, Pipeline *pipeline, const Move *move,
                        const GPtrArray *places, GError **error)
{
    g_autoptr(GHashTable) sizes = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) missing = queues_new(), arrived = queues_new();
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, sizeof(ImapMoved));
    g_autoptr(GArray) doubled = g_array_new(FALSE, FALSE, sizeof(guint32));
    Search search = {.move = move,
                     .sizes = sizes,
                     .missing = missing,
                     .arrived = arrived,
                     .moved = moved,
                     .doubled = doubled};
    if (!search_all(&search, session, pipeline, places, error))
        return NULL;
    return g_steal_pointer(&moved);
}
