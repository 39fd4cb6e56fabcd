/* SPDX-License-Identifier: Apache-2.0 */
/* List and fetch. Servers send what was not asked for: what comes is believed only as far as it
 * fits the question. */
#include "mail/imap_session.h"

/* The parts of one FETCH response that we ever ask for. */
typedef struct Item {
    guint32 uid;
    guint32 size;
    gboolean has_size;
    gint64 arrived;
    gboolean deleted;
    gboolean junk;
    const char *body;
    gsize body_length;
} Item;

static void item_flags(Item *item, const clist *flags)
{
    for (clistiter *i = flags ? clist_begin(flags) : NULL; i; i = clist_next(i)) {
        const struct mailimap_flag_fetch *fetched = clist_content(i);
        const struct mailimap_flag *flag = fetched->fl_flag;
        if (!flag)
            continue;
        if (flag->fl_type == MAILIMAP_FLAG_DELETED)
            item->deleted = TRUE;
        else if (flag->fl_type == MAILIMAP_FLAG_KEYWORD && flag->fl_data.fl_keyword &&
                 (g_ascii_strcasecmp(flag->fl_data.fl_keyword, "$Junk") == 0 ||
                  g_ascii_strcasecmp(flag->fl_data.fl_keyword, "Junk") == 0))
            item->junk = TRUE;
    }
}

/* 0: no such time. The zone is hours and minutes as one number: -330 is 3 h 30 min west. */
static gint64 seconds_of(const struct mailimap_date_time *when)
{
    if (!when)
        return 0;
    int zone = ABS(when->dt_zone), offset = (zone / 100 * 60 + zone % 100) * 60;
    g_autoptr(GDateTime) time =
        g_date_time_new_utc(when->dt_year, when->dt_month, when->dt_day, when->dt_hour,
                            when->dt_min, MIN(when->dt_sec, 59)); /* 60 is a leap second */
    if (!time || zone > 1500)
        return 0;
    return MAX(g_date_time_to_unix(time) - (when->dt_zone < 0 ? -offset : offset), 0);
}

static void item_static(Item *item, const struct mailimap_msg_att_static *value)
{
    switch (value->att_type) {
    case MAILIMAP_MSG_ATT_UID:
        item->uid = value->att_data.att_uid;
        break;
    case MAILIMAP_MSG_ATT_RFC822_SIZE:
        item->size = value->att_data.att_rfc822_size;
        item->has_size = TRUE;
        break;
    case MAILIMAP_MSG_ATT_INTERNALDATE:
        item->arrived = seconds_of(value->att_data.att_internal_date);
        break;
    case MAILIMAP_MSG_ATT_BODY_SECTION: {
        const struct mailimap_msg_att_body_section *section = value->att_data.att_body_section;
        gboolean whole = !section->sec_section || !section->sec_section->sec_spec;
        if (whole && section->sec_origin_octet == 0) {
            item->body = section->sec_body_part;
            item->body_length = section->sec_length;
        }
        break;
    }
    default:
        break;
    }
}

static Item item_read(const struct mailimap_msg_att *response)
{
    Item item = {0};
    for (clistiter *i = clist_begin(response->att_list); i; i = clist_next(i)) {
        const struct mailimap_msg_att_item *part = clist_content(i);
        if (part->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
            item_flags(&item, part->att_data.att_dyn->att_list);
        else if (part->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC)
            item_static(&item, part->att_data.att_static);
    }
    return item;
}

typedef struct Listing {
    guint32 from;
    GArray *entries;
} Listing;

static void list_one(struct mailimap_msg_att *response, void *data)
{
    Listing *listing = data;
    Item item = item_read(response);
    if (!item.has_size || item.uid == 0 || item.uid < listing->from)
        return;
    ImapEntry entry = {.uid = item.uid,
                       .size = item.size,
                       .arrived = item.arrived,
                       .deleted = item.deleted,
                       .junk = item.junk};
    g_array_append_val(listing->entries, entry);
}

static int compare_entries(gconstpointer a, gconstpointer b)
{
    guint32 x = ((const ImapEntry *)a)->uid, y = ((const ImapEntry *)b)->uid;
    return (x > y) - (x < y);
}

static void drop_doubles(GArray *entries)
{
    guint kept = 0;
    for (guint i = 0; i < entries->len; i++) {
        ImapEntry entry = g_array_index(entries, ImapEntry, i);
        if (kept == 0 || g_array_index(entries, ImapEntry, kept - 1).uid != entry.uid)
            g_array_index(entries, ImapEntry, kept++) = entry;
    }
    g_array_set_size(entries, kept);
}

GArray *imap_list(Imap *imap, guint32 from, GError **error)
{
    from = MAX(from, 1);
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    const struct mailimap_selection_info *selected = imap->session->imap_selection_info;
    /* Some servers call "1:*" of an empty folder a bad set. */
    if (!imap->dead && selected && selected->sel_has_exists && selected->sel_exists == 0)
        return g_steal_pointer(&entries);
    Listing listing = {.from = from, .entries = entries};
    g_autofree char *line =
        g_strdup_printf("UID FETCH %u:* (UID RFC822.SIZE INTERNALDATE FLAGS)", from);
    if (!imap_command_fetch(imap, line, list_one, &listing, error))
        return NULL;
    g_array_sort(entries, compare_entries);
    drop_doubles(entries);
    return g_steal_pointer(&entries);
}

typedef struct Fetching {
    GHashTable *wanted; /* UIDs asked for and not yet seen */
    ImapFunc func;
    gpointer data;
    gboolean stopped;
} Fetching;

static void fetch_one(struct mailimap_msg_att *response, void *data)
{
    Fetching *fetching = data;
    Item item = item_read(response);
    if (fetching->stopped || !item.body ||
        !g_hash_table_remove(fetching->wanted, GUINT_TO_POINTER(item.uid)))
        return;
    g_autoptr(GBytes) raw = g_bytes_new(item.body, item.body_length);
    fetching->stopped = !fetching->func(item.uid, raw, fetching->data);
}

gboolean imap_fetch(Imap *imap, const GArray *uids, guint32 max_bytes, ImapFunc func, gpointer data,
                    GError **error)
{
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < uids->len; i++)
        g_hash_table_add(wanted, GUINT_TO_POINTER(g_array_index(uids, guint32, i)));
    Fetching fetching = {.wanted = wanted, .func = func, .data = data};
    g_autofree char *part = max_bytes ? g_strdup_printf("<0.%u>", max_bytes) : g_strdup("");
    for (guint i = 0; i < uids->len && !fetching.stopped;) {
        g_autofree char *set = imap_set(uids, &i, IMAP_SET_MAX);
        g_autofree char *line = g_strdup_printf("UID FETCH %s (UID BODY.PEEK[]%s)", set, part);
        if (!imap_command_fetch(imap, line, fetch_one, &fetching, error))
            return FALSE;
    }
    return TRUE;
}
