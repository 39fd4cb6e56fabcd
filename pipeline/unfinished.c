/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/unfinished.h"

#include "mail/parse.h"

#define HEAD_BYTES (64 * 1024) /* of each mail: enough to tell two apart */

/* A mail that is gone from the source. */
typedef struct Missing {
    guint32 uid;
    char *id; /* NULL: none */
    char *digest;
    gboolean stub;  /* not all of it was read, so that the digest is not that of its content */
    gboolean blank; /* nothing of it was read, not even its header */
    gboolean found;
} Missing;

typedef struct Search {
    const Move *move;
    const GArray *told;  /* of ImapMoved: not to be found; may be NULL */
    GHashTable *sizes;   /* uid → size, of the folder that is being fetched */
    GPtrArray *missing;  /* of Missing */
    GHashTable *by_id;   /* Message-ID → those of them, as queues */
    GHashTable *by_size; /* size → those of them, as queues */
    GArray *unsure;      /* UIDs in the target of which all must be fetched, as guint32 */
    GHashTable *arrived; /* key → UIDs in the target that are not accounted for, as queues */
    GArray *moved;       /* the result, ImapMoved */
    GArray *doubled;     /* UIDs that are still in the source */
} Search;

static void missing_free(gpointer data)
{
    Missing *missing = data;
    g_free(missing->id);
    g_free(missing->digest);
    g_free(missing);
}

/* Multimap, first in first out: servers keep the order (RFC 3501 6.4.7). */
static GHashTable *queues_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_queue_free);
}

static void queues_put(GHashTable *queues, const char *key, gpointer value)
{
    GQueue *queue = g_hash_table_lookup(queues, key);
    if (!queue) {
        queue = g_queue_new();
        g_hash_table_insert(queues, g_strdup(key), queue);
    }
    g_queue_push_tail(queue, value);
}

static gpointer queues_take(GHashTable *queues, const char *key)
{
    GQueue *queue = g_hash_table_lookup(queues, key);
    return queue ? g_queue_pop_head(queue) : NULL;
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

static void found_missing(Search *search, Missing *missing, guint32 to)
{
    missing->found = TRUE;
    found(search, missing->uid, to);
}

static Missing *take_by_id(Search *search, const char *id)
{
    Missing *missing = id ? queues_take(search->by_id, id) : NULL;
    while (missing && missing->found)
        missing = queues_take(search->by_id, id);
    return missing;
}

/* Is the mail RAW, whose Message-ID is ID, the one that is MISSING, as far as its size tells? A
 * mail that was never read can only be told by its size; if its header was, it had no Message-ID.
 */
static gboolean is_missing(const Missing *missing, GBytes *raw, const char *id)
{
    g_autofree char *digest = parse_digest(raw);
    return g_str_equal(digest, missing->digest) ||
           (missing->stub && !missing->id && (!id || missing->blank));
}

/* Looks at those of its size. *MORE: all of the mail must be seen. */
static Missing *find_by_size(const Search *search, guint32 uid, GBytes *raw, const char *id,
                             gboolean *more)
{
    g_autofree char *size = key_of_size(size_of(search, uid));
    GQueue *queue = g_hash_table_lookup(search->by_size, size);
    *more = FALSE;
    for (GList *i = queue ? queue->head : NULL; i; i = i->next) {
        Missing *missing = i->data;
        if (!missing->found && is_missing(missing, raw, id))
            return missing;
        *more |= !missing->found && !missing->stub && g_bytes_get_size(raw) < size_of(search, uid);
    }
    return NULL;
}

static void put_arrived(Search *search, guint32 uid, GBytes *raw)
{
    g_autoptr(GBytes) head = g_bytes_new_from_bytes(raw, 0, MIN(g_bytes_get_size(raw), HEAD_BYTES));
    g_autofree char *content = key_of_content(search, uid, head);
    queues_put(search->arrived, content, GUINT_TO_POINTER(uid));
}

/* A mail in the target: one that is missing in the source, or else perhaps a copy. */
static gboolean on_arrived(guint32 uid, GBytes *raw, gpointer data)
{
    Search *search = data;
    g_autofree char *id = parse_message_id(raw);
    gboolean more = FALSE;
    Missing *missing = take_by_id(search, id);
    if (!missing)
        missing = find_by_size(search, uid, raw, id, &more);
    if (missing)
        found_missing(search, missing, uid);
    else if (more)
        g_array_append_val(search->unsure, uid);
    else
        put_arrived(search, uid, raw);
    return TRUE;
}

/* The same, of which all is here. */
static gboolean on_unsure(guint32 uid, GBytes *raw, gpointer data)
{
    Search *search = data;
    g_autofree char *id = parse_message_id(raw);
    gboolean more;
    Missing *missing = find_by_size(search, uid, raw, id, &more);
    if (missing)
        found_missing(search, missing, uid);
    else
        put_arrived(search, uid, raw);
    return TRUE;
}

static gboolean on_still_there(guint32 uid, GBytes *raw, gpointer data)
{
    Search *search = data;
    g_autofree char *content = key_of_content(search, uid, raw);
    guint32 to = GPOINTER_TO_UINT(queues_take(search->arrived, content));
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

static gint by_uid(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    return (left > right) - (left < right);
}

static gboolean fetch_unsure(Search *search, Session *session, GError **error)
{
    g_array_sort(search->unsure, by_uid);
    return search->unsure->len == 0 ||
           imap_fetch(session->imap, search->unsure, 0, on_unsure, search, error);
}

/* The UIDs in the target that are somebody's, ascending. */
static GArray *known_uids(const Search *search, Pipeline *pipeline, GError **error)
{
    const Move *move = search->move;
    GArray *known = place_known_uids(pipeline->store, move->account, move->target,
                                     move->target_validity, error);
    for (guint i = 0; known && search->told && i < search->told->len; i++)
        g_array_append_val(known, g_array_index(search->told, ImapMoved, i).to);
    if (known)
        g_array_sort(known, by_uid);
    return known;
}

/* What came into the target since and is nobody's place (GArray of ImapEntry). */
static GArray *arrivals(const Search *search, Session *session, Pipeline *pipeline, GError **error)
{
    const Move *move = search->move;
    g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    if (!move->target_validity)
        return g_steal_pointer(&fresh);
    if (!session_select(session, move->target, error))
        return NULL;
    if (session->info.uidvalidity != move->target_validity)
        return g_steal_pointer(&fresh);
    g_autoptr(GArray) known = known_uids(search, pipeline, error);
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
    Missing *missing = g_new0(Missing, 1);
    *missing = (Missing){.uid = place->uid,
                         .id = g_strdup(message->message_id),
                         .digest = g_strdup(message->digest),
                         .stub = (message->flags & (MESSAGE_OVERSIZE | MESSAGE_UNREADABLE)) != 0,
                         .blank = !*message->headers};
    g_ptr_array_add(search->missing, missing);
    queues_put(search->by_size, size, missing);
    if (missing->id)
        queues_put(search->by_id, missing->id, missing);
    return TRUE;
}

static GHashTable *sizes_of(const GArray *entries)
{
    GHashTable *sizes = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < entries->len; i++)
        g_hash_table_add(sizes, GUINT_TO_POINTER(g_array_index(entries, ImapEntry, i).size));
    return sizes;
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
    g_autoptr(GArray) fresh = arrivals(search, session, pipeline, error);
    if (!fresh)
        return FALSE;
    if (fresh->len == 0)
        return TRUE;
    g_autoptr(GArray) still = divide(search, session, pipeline, places, fresh, error);
    return still && session_select(session, move->target, error) &&
           fetch_heads(search, session, fresh, on_arrived, error) &&
           fetch_unsure(search, session, error) && session_select(session, move->folder, error) &&
           fetch_heads(search, session, still, on_still_there, error) &&
           delete_doubled(search, session, error);
}

GArray *unfinished_find(Session *session, Pipeline *pipeline, const Move *move,
                        const GPtrArray *places, const GArray *told, GError **error)
{
    g_autoptr(GHashTable) sizes = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) by_id = queues_new(), by_size = queues_new(), arrived = queues_new();
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(missing_free);
    g_autoptr(GArray) unsure = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, sizeof(ImapMoved));
    g_autoptr(GArray) doubled = g_array_new(FALSE, FALSE, sizeof(guint32));
    Search search = {.move = move,
                     .told = told,
                     .sizes = sizes,
                     .missing = missing,
                     .by_id = by_id,
                     .by_size = by_size,
                     .unsure = unsure,
                     .arrived = arrived,
                     .moved = moved,
                     .doubled = doubled};
    if (!search_all(&search, session, pipeline, places, error))
        return NULL;
    return g_steal_pointer(&moved);
}
