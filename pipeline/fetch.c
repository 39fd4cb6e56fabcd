/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New mail: list, fetch in batches, take, answer. A batch is one UID FETCH and two transactions.
 * All is filed at the end, with one UID MOVE per folder (a server scans its folders anew at each):
 * rows are committed before mail is moved, so no crash can harm.
 *
 * When a fetch breaks the session or is refused, the server is asked again with half of what is
 * missing, until the one mail that breaks it is alone. If it fails once more, and others came
 * through, it becomes a stub that a human looks at on the server. So does one that cannot be read:
 * mail/parser.h reads in another process, while more comes from the server.
 */
#include "mail/parse.h"
#include "mail/parser.h"
#include "pipeline/batch.h"

#include <string.h>

#define BATCH_MAILS 500
#define BATCH_BYTES (32 * 1024 * 1024)
#define STUB_BYTES (64 * 1024) /* of an oversize mail: its header, surely */
#define MAX_ATTEMPTS 60        /* after failures, in one mailbox and run */

typedef struct Fetch {
    Session *session;
    Pipeline *pipeline;
    const FetchHooks *hooks;
    FetchCounts *counts;
    guint attempts;      /* after a failure */
    GArray *suspects;    /* UIDs of the batch that failed alone; once can be the line's fault */
    GError *problem;     /* how the last of them failed */
    GHashTable *entries; /* uid → ImapEntry of the current batch, borrowed */
    GPtrArray *messages; /* parsed messages of the current batch */
    GArray *uids;        /* their UIDs */
} Fetch;

static gboolean stopped(const Fetch *fetch)
{
    return fetch->hooks->stop && *fetch->hooks->stop;
}

static void add_message(Fetch *fetch, guint32 uid, Message *message)
{
    const ImapEntry *entry = g_hash_table_lookup(fetch->entries, GUINT_TO_POINTER(uid));
    message->account = g_strdup(fetch->session->mailbox->name);
    message->size = entry->size;
    message->arrived_at = entry->arrived;
    if (entry->junk || mailbox_is_junk(fetch->session->mailbox))
        message->flags |= MESSAGE_SPAM;
    g_ptr_array_add(fetch->messages, message);
    g_array_append_val(fetch->uids, uid);
}

/* Names the place, for the digest. */
static char *identity_of(const Fetch *fetch, guint32 uid)
{
    const Session *session = fetch->session;
    return g_strdup_printf("%s\n%s\n%u\n%u", session->mailbox->name, session->mailbox->folder,
                           session->info.uidvalidity, uid);
}

static guint32 size_of(const Fetch *fetch, guint32 uid)
{
    const ImapEntry *entry = g_hash_table_lookup(fetch->entries, GUINT_TO_POINTER(uid));
    return entry->size;
}

/* Of a mail of which nothing can be had. */
static Message *empty_stub(const Fetch *fetch, guint32 uid)
{
    g_autofree char *identity = identity_of(fetch, uid);
    g_autoptr(GBytes) none = g_bytes_new_static("", 0);
    return parse_stub(none, size_of(fetch, uid), identity, MESSAGE_UNREADABLE,
                      &parse_limits_default);
}

static void warn_of(Fetch *fetch, guint32 uid, const char *cannot, const char *why)
{
    g_warning("[mailbox %s]: UID %u cannot be %s and is left to a human: %s",
              fetch->session->mailbox->name, uid, cannot, why);
    fetch->counts->trouble++;
}

static void on_last_head(guint32 uid, Message *message, G_GNUC_UNUSED GBytes *raw,
                         G_GNUC_UNUSED const char *problem, gpointer data)
{
    add_message(data, uid, message ? message : empty_stub(data, uid));
}

static void on_read_head(guint32 uid, Message *message, G_GNUC_UNUSED GBytes *raw,
                         const char *problem, gpointer data)
{
    if (!message)
        warn_of(data, uid, "read", problem);
    add_message(data, uid, message ? message : empty_stub(data, uid));
}

/* Of a mail that cannot be read, the header may do. */
static void on_read(guint32 uid, Message *message, GBytes *raw, const char *problem, gpointer data)
{
    Fetch *fetch = data;
    if (message) {
        add_message(fetch, uid, message);
        return;
    }
    warn_of(fetch, uid, "read", problem);
    g_autofree char *identity = identity_of(fetch, uid);
    g_autoptr(GBytes) head = g_bytes_new_from_bytes(raw, 0, MIN(g_bytes_get_size(raw), STUB_BYTES));
    parser_stub(fetch->pipeline->parser, uid, head, size_of(fetch, uid), identity,
                MESSAGE_UNREADABLE, on_last_head, fetch);
}

static gboolean on_whole(guint32 uid, GBytes *raw, gpointer data)
{
    const Fetch *fetch = data;
    return parser_whole(fetch->pipeline->parser, uid, raw, on_read, data);
}

static gboolean on_head(guint32 uid, GBytes *raw, gpointer data)
{
    const Fetch *fetch = data;
    g_autofree char *identity = identity_of(fetch, uid);
    return parser_stub(fetch->pipeline->parser, uid, raw, size_of(fetch, uid), identity,
                       MESSAGE_OVERSIZE, on_read_head, data);
}

/* Fetches and reads. That nothing can be read is worse than that not all could be fetched. */
static gboolean fetch_and_read(Fetch *fetch, const GArray *uids, guint32 max_bytes, ImapFunc func,
                               GError **error)
{
    gboolean fetched = imap_fetch(fetch->session->imap, uids, max_bytes, func, fetch, error);
    g_autoptr(GError) unread = NULL;
    if (parser_finish(fetch->pipeline->parser, &unread))
        return fetched;
    g_clear_error(error);
    g_propagate_prefixed_error(error, g_steal_pointer(&unread),
                               "[mailbox %s]: ", fetch->session->mailbox->name);
    return FALSE;
}

/* The UIDs of WANTED that did not arrive yet. */
static GArray *missing_of(const Fetch *fetch, const GArray *wanted)
{
    g_autoptr(GHashTable) here = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < fetch->uids->len; i++)
        g_hash_table_add(here, GUINT_TO_POINTER(g_array_index(fetch->uids, guint32, i)));
    GArray *missing = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < wanted->len; i++) {
        guint32 uid = g_array_index(wanted, guint32, i);
        if (!g_hash_table_contains(here, GUINT_TO_POINTER(uid)))
            g_array_append_val(missing, uid);
    }
    return missing;
}

static gboolean reconnect(Fetch *fetch, GError **error)
{
    Session *session = fetch->session;
    guint32 uidvalidity = session->info.uidvalidity;
    gboolean selected = session_select(session, session->mailbox->folder, error);
    gboolean same = session->info.uidvalidity == uidvalidity;
    session->info.uidvalidity = uidvalidity; /* what was fetched so far has UIDs of that one */
    if (!selected || same)
        return selected;
    g_set_error(error, SERVER_ERROR, SERVER_ERROR_UNREACHABLE,
                "[mailbox %s]: UIDVALIDITY changed in the middle", session->mailbox->name);
    return FALSE;
}

/* May a fetch that failed with ERROR be tried with half of it? "Later" is no fault of a mail. */
static gboolean may_bisect(Fetch *fetch, const GError *error)
{
    if (error->domain != SERVER_ERROR || error->code == SERVER_ERROR_TEMPORARY)
        return FALSE;
    return ++fetch->attempts <= MAX_ATTEMPTS &&
           g_get_monotonic_time() <= fetch->session->deadline && !stopped(fetch);
}

/* Fetches UIDS, bisecting around whatever breaks the session or is refused; a mail that fails alone
 * becomes a suspect. */
static gboolean fetch_uids(Fetch *fetch, const GArray *uids, guint32 max_bytes, ImapFunc func,
                           GError **error)
{
    g_autoptr(GError) local = NULL;
    if (fetch_and_read(fetch, uids, max_bytes, func, &local))
        return TRUE;
    gboolean lost = session_lost(fetch->session, local);
    if (!may_bisect(fetch, local)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (lost && !reconnect(fetch, error))
        return FALSE;

    g_autoptr(GArray) missing = missing_of(fetch, uids);
    if (missing->len == 0)
        return TRUE;
    if (uids->len == 1) {
        g_clear_error(&fetch->problem);
        fetch->problem = g_steal_pointer(&local);
        g_array_append_val(fetch->suspects, g_array_index(missing, guint32, 0));
        return TRUE;
    }
    guint half = (missing->len + 1) / 2;
    g_autoptr(GArray) first = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_array_append_vals(first, missing->data, half);
    g_array_remove_range(missing, 0, half);
    return fetch_uids(fetch, first, max_bytes, func, error) &&
           (missing->len == 0 || fetch_uids(fetch, missing, max_bytes, func, error));
}

static void give_up(Fetch *fetch, guint32 uid, const char *why)
{
    warn_of(fetch, uid, "fetched", why);
    add_message(fetch, uid, empty_stub(fetch, uid));
}

/* Each suspect once more. It is the mail's fault only if others came through: a server that fails
 * everything is sick, and nothing is changed. */
static gboolean retry_suspects(Fetch *fetch, GError **error)
{
    if (fetch->suspects->len > 1 && fetch->messages->len == 0) {
        g_propagate_error(error, g_steal_pointer(&fetch->problem));
        return FALSE;
    }
    for (guint i = 0; i < fetch->suspects->len; i++) {
        guint32 uid = g_array_index(fetch->suspects, guint32, i);
        g_autoptr(GError) local = NULL;
        g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_array_append_val(one, uid);
        if (fetch_and_read(fetch, one, 0, on_whole, &local))
            continue;
        gboolean lost = session_lost(fetch->session, local);
        /* Nothing else came through: a slow or broken line looks the same. */
        gboolean alone = fetch->messages->len == 0 &&
                         g_error_matches(local, SERVER_ERROR, SERVER_ERROR_UNREACHABLE);
        if (alone || !may_bisect(fetch, local)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (lost && !reconnect(fetch, error))
            return FALSE;
        give_up(fetch, uid, local->message);
    }
    return TRUE;
}

/* The server said yes, but left out some of WANTED: those that it still lists have no body. */
static gboolean settle_missing(Fetch *fetch, const GArray *wanted, GError **error)
{
    g_autoptr(GArray) missing = missing_of(fetch, wanted);
    if (missing->len == 0)
        return TRUE;
    g_autoptr(GArray) listed =
        imap_list(fetch->session->imap, g_array_index(missing, guint32, 0), error);
    if (!listed)
        return FALSE;
    for (guint i = 0, k = 0; i < missing->len; i++) {
        guint32 uid = g_array_index(missing, guint32, i);
        while (k < listed->len && g_array_index(listed, ImapEntry, k).uid < uid)
            k++;
        if (k < listed->len && g_array_index(listed, ImapEntry, k).uid == uid)
            give_up(fetch, uid, "the server lists it and gives no body");
    }
    return TRUE;
}

/* All of one batch, as far as the server can give it. */
static gboolean fetch_all_of(Fetch *fetch, const GArray *whole, const GArray *heads, GError **error)
{
    return (whole->len == 0 || fetch_uids(fetch, whole, 0, on_whole, error)) &&
           (heads->len == 0 || fetch_uids(fetch, heads, STUB_BYTES, on_head, error)) &&
           retry_suspects(fetch, error) && settle_missing(fetch, whole, error) &&
           settle_missing(fetch, heads, error);
}

static gboolean take_batch(Fetch *fetch, GPtrArray *fresh, GError **error)
{
    const Session *session = fetch->session;
    g_autoptr(StoreTransaction) transaction = store_begin(fetch->pipeline->store, error);
    if (!transaction)
        return FALSE;
    for (guint i = 0; i < fetch->messages->len; i++) {
        Message *message = g_ptr_array_index(fetch->messages, i);
        g_autoptr(Place) place = place_new();
        place->account = g_strdup(session->mailbox->name);
        place->folder = g_strdup(session->mailbox->folder);
        place->uidvalidity = session->info.uidvalidity;
        place->uid = g_array_index(fetch->uids, guint32, i);
        gboolean taken = FALSE;
        message->tries = 1; /* deciding follows, and this commit is the last before it */
        if (!pipeline_take(fetch->pipeline, message, place, &taken, error))
            return FALSE;
        if (taken)
            g_ptr_array_add(fresh, message);
    }
    return store_commit(g_steal_pointer(&transaction), error);
}

static gint by_uid(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    return (left > right) - (left < right);
}

/* Sorts the batch by UID, which is the order of arrival: a bisected fetch comes out of order. */
static void sort_batch(Fetch *fetch)
{
    g_autoptr(GHashTable) by = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < fetch->uids->len; i++)
        g_hash_table_insert(by, GUINT_TO_POINTER(g_array_index(fetch->uids, guint32, i)),
                            g_ptr_array_index(fetch->messages, i));
    g_array_sort(fetch->uids, by_uid);
    for (guint i = 0; i < fetch->uids->len; i++)
        fetch->messages->pdata[i] =
            g_hash_table_lookup(by, GUINT_TO_POINTER(g_array_index(fetch->uids, guint32, i)));
}

/* One batch: WHOLE and HEADS (oversize) are UIDs of it. */
static gboolean fetch_batch(Fetch *fetch, const GArray *whole, const GArray *heads, GError **error)
{
    fetch->messages = g_ptr_array_new_with_free_func((GDestroyNotify)message_free);
    fetch->uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GError) broken = NULL;
    g_array_set_size(fetch->suspects, 0);
    gboolean fetched = fetch_all_of(fetch, whole, heads, &broken);

    /* What arrived before the server broke is good mail. */
    sort_batch(fetch);
    fetch->pipeline->now = g_get_real_time() / G_USEC_PER_SEC;
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();
    gboolean stored = take_batch(fetch, fresh, error) &&
                      batch_answer(fetch->pipeline, fresh, fetch->hooks, error);
    fetch->counts->new_mail += fresh->len;
    fetch->counts->known += fetch->messages->len - fresh->len;
    g_clear_pointer(&fetch->messages, g_ptr_array_unref);
    g_clear_pointer(&fetch->uids, g_array_unref);
    if (stored && !fetched)
        g_propagate_error(error, g_steal_pointer(&broken));
    return stored && fetched;
}

/* Entries that are not known and not deleted (GArray of ImapEntry). */
static GArray *new_entries(Fetch *fetch, GError **error)
{
    Session *session = fetch->session;
    g_autoptr(GArray) known =
        place_known_uids(fetch->pipeline->store, session->mailbox->name, session->mailbox->folder,
                         session->info.uidvalidity, error);
    if (!known)
        return NULL;
    g_autoptr(GArray) entries = imap_list(session->imap, 1, error);
    if (!entries)
        return NULL;
    GArray *fresh = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    guint k = 0;
    for (guint i = 0; i < entries->len; i++) {
        const ImapEntry *entry = &g_array_index(entries, ImapEntry, i);
        while (k < known->len && g_array_index(known, guint32, k) < entry->uid)
            k++;
        gboolean have = k < known->len && g_array_index(known, guint32, k) == entry->uid;
        if (!have && !entry->deleted)
            g_array_append_val(fresh, *entry);
    }
    return fresh;
}

static gboolean fetch_entries(Fetch *fetch, GArray *entries, GError **error)
{
    const Mailbox *mailbox = fetch->session->mailbox;
    guint next = 0;
    while (next < entries->len && !stopped(fetch)) {
        g_autoptr(GArray) whole = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_autoptr(GArray) heads = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_remove_all(fetch->entries);
        guint64 bytes = 0;
        for (; next < entries->len && whole->len + heads->len < BATCH_MAILS; next++) {
            ImapEntry *entry = &g_array_index(entries, ImapEntry, next);
            gboolean large = entry->size > mailbox->max_bytes;
            bytes += large ? STUB_BYTES : entry->size;
            if (bytes > BATCH_BYTES && whole->len + heads->len > 0)
                break;
            g_hash_table_insert(fetch->entries, GUINT_TO_POINTER(entry->uid), entry);
            g_array_append_val(large ? heads : whole, entry->uid);
        }
        if (!session_select(fetch->session, mailbox->folder, error) ||
            !fetch_batch(fetch, whole, heads, error))
            return FALSE;
        if (fetch->hooks->progress)
            fetch->hooks->progress(next, entries->len, fetch->hooks->data);
    }
    return TRUE;
}

gboolean mailbox_fetch(Session *session, Pipeline *pipeline, const FetchHooks *hooks,
                       FetchCounts *counts, GError **error)
{
    g_autoptr(GHashTable) by_uid_table = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) suspects = g_array_new(FALSE, FALSE, sizeof(guint32));
    Fetch fetch = {.session = session,
                   .pipeline = pipeline,
                   .hooks = hooks,
                   .counts = counts,
                   .suspects = suspects,
                   .entries = by_uid_table};
    if (!batch_answer_left(pipeline, hooks, error) ||
        !session_select(session, session->mailbox->folder, error))
        return FALSE;
    g_autoptr(GArray) entries = new_entries(&fetch, error);
    if (!entries)
        return FALSE;
    gboolean ok = fetch_entries(&fetch, entries, error);
    g_clear_error(&fetch.problem);
    return ok;
}
