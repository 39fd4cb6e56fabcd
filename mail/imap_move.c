/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of UIDs, move, keywords, append. */
#include "mail/imap_session.h"

#include <string.h>

char *imap_set(const GArray *uids, guint *index, gsize max)
{
    GString *set = g_string_new(NULL);
    guint i = *index;
    while (i < uids->len) {
        guint32 first = g_array_index(uids, guint32, i), last = first;
        guint next = i + 1;
        while (next < uids->len && g_array_index(uids, guint32, next) <= last + 1 &&
               g_array_index(uids, guint32, next) >= last)
            last = g_array_index(uids, guint32, next++);
        char range[32];
        int length = first == last ? g_snprintf(range, sizeof range, ",%u", first)
                                   : g_snprintf(range, sizeof range, ",%u:%u", first, last);
        if (set->len && set->len + (gsize)length > max)
            break;
        g_string_append(set, set->len ? range : range + 1);
        i = next;
    }
    *index = i;
    return g_string_free(set, FALSE);
}

/* Steps through the numbers of a libetpan set. */
typedef struct SetWalk {
    clistiter *at;
    guint32 offset;
} SetWalk;

static gboolean set_walk_next(SetWalk *walk, guint32 *number)
{
    if (!walk->at)
        return FALSE;
    const struct mailimap_set_item *item = clist_content(walk->at);
    guint32 low = MIN(item->set_first, item->set_last);
    guint32 high = MAX(item->set_first, item->set_last);
    *number = low + walk->offset;
    if (*number == high) {
        walk->at = clist_next(walk->at);
        walk->offset = 0;
    } else {
        walk->offset++;
    }
    return *number != 0;
}

/* Adds the pairs of one COPYUID (RFC 4315 3). Only UIDs of the command count, each once; so a
 * server that invents ranges of billions is stopped by the first number that does not fit. */
static void moved_add(GArray *moved, GHashTable *asked,
                      const struct mailimap_uidplus_resp_code_copy *copy)
{
    if (!copy->uid_source_set || !copy->uid_dest_set)
        return;
    SetWalk from = {.at = clist_begin(copy->uid_source_set->set_list)};
    SetWalk to = {.at = clist_begin(copy->uid_dest_set->set_list)};
    ImapMoved pair = {.uidvalidity = copy->uid_uidvalidity};
    while (set_walk_next(&from, &pair.from) && set_walk_next(&to, &pair.to) &&
           g_hash_table_remove(asked, GUINT_TO_POINTER(pair.from)))
        g_array_append_val(moved, pair);
}

/* What the answer just read tells of the UIDs[first, end) that were sent. Without a COPYUID all
 * went, as far as anybody knows. */
static void moved_collect(Imap *imap, const GArray *uids, guint first, guint end, GArray *moved)
{
    g_autoptr(GHashTable) asked = g_hash_table_new(NULL, NULL);
    for (guint i = first; i < end; i++)
        g_hash_table_add(asked, GUINT_TO_POINTER(g_array_index(uids, guint32, i)));
    gboolean told = FALSE;
    clist *list = imap->session->imap_response_info->rsp_extension_list;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_extension_data *data = clist_content(i);
        if (data->ext_extension == &mailimap_extension_uidplus &&
            data->ext_type == MAILIMAP_UIDPLUS_RESP_CODE_COPY) {
            moved_add(moved, asked, data->ext_data);
            told = TRUE;
        }
    }
    for (guint i = first; i < end && !told; i++) {
        ImapMoved unknown = {.from = g_array_index(uids, guint32, i)};
        g_array_append_val(moved, unknown);
    }
}

/* RFC 6851 3.3: what MOVE is made of, for servers that have none. */
static gboolean imap_delete_copied(Imap *imap, const char *set, GError **error)
{
    g_autofree char *mark = g_strdup_printf("UID STORE %s +FLAGS.SILENT (\\Deleted)", set);
    if (!imap_command(imap, mark, "UID STORE", error))
        return FALSE;
    g_autofree char *expunge = g_strconcat("UID EXPUNGE ", set, NULL);
    return !imap_has_capability(imap, "UIDPLUS") ||
           imap_command(imap, expunge, "UID EXPUNGE", error);
}

static gboolean imap_writable(Imap *imap, GError **error)
{
    return !imap->read_only ||
           imap_refuse(imap, SERVER_ERROR_REFUSED, error, "the selected folder is read-only");
}

gboolean imap_delete(Imap *imap, const GArray *uids, GError **error)
{
    if (!imap_writable(imap, error))
        return FALSE;
    for (guint i = 0; i < uids->len;) {
        g_autofree char *set = imap_set(uids, &i, IMAP_SET_MAX);
        if (!imap_delete_copied(imap, set, error))
            return FALSE;
    }
    return imap_alive(imap, error);
}

GArray *imap_move(Imap *imap, const GArray *uids, const char *folder, GError **error)
{
    if (!imap_writable(imap, error))
        return NULL;
    g_autofree char *wire = imap_folder_wire(imap, folder, error);
    if (!wire)
        return NULL;
    g_autofree char *quoted = imap_quote(wire);
    g_autofree char *what = g_strdup_printf("cannot move to folder \"%s\"", folder);
    gboolean can_move = imap_has_capability(imap, "MOVE");
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, sizeof(ImapMoved));
    for (guint i = 0; i < uids->len;) {
        guint first = i;
        g_autofree char *set = imap_set(uids, &i, IMAP_SET_MAX - strlen(quoted));
        g_autofree char *line =
            g_strdup_printf("UID %s %s %s", can_move ? "MOVE" : "COPY", set, quoted);
        if (!imap_command(imap, line, what, error))
            return NULL;
        moved_collect(imap, uids, first, i, moved);
        if (!can_move && !imap_delete_copied(imap, set, error))
            return NULL;
    }
    return g_steal_pointer(&moved);
}

/* RFC 3501 9: an atom, without the "\" of the system flags. */
static gboolean keyword_ok(const char *keyword)
{
    for (const char *p = keyword; *p; p++)
        if ((guchar)*p <= ' ' || (guchar)*p >= 0x7f || strchr("(){%*\"\\]", *p))
            return FALSE;
    return *keyword && strlen(keyword) <= 100;
}

/* CHANGE is "+" or "-", FLAGS what stands in the parentheses. */
static gboolean store_flags(Imap *imap, const GArray *uids, const char *change, const char *flags,
                            GError **error)
{
    if (!imap_writable(imap, error))
        return FALSE;
    for (guint i = 0; i < uids->len;) {
        g_autofree char *set = imap_set(uids, &i, IMAP_SET_MAX);
        g_autofree char *line =
            g_strdup_printf("UID STORE %s %sFLAGS.SILENT (%s)", set, change, flags);
        if (!imap_command(imap, line, "UID STORE", error))
            return FALSE;
    }
    return imap_alive(imap, error);
}

gboolean imap_add_keyword(Imap *imap, const GArray *uids, const char *keyword, gboolean seen,
                          GError **error)
{
    if (!keyword_ok(keyword))
        return imap_refuse(imap, SERVER_ERROR_REFUSED, error, "\"%s\" is not a keyword", keyword);
    g_autofree char *flags = g_strconcat(keyword, seen ? " \\Seen" : "", NULL);
    return store_flags(imap, uids, "+", flags, error);
}

gboolean imap_remove_keyword(Imap *imap, const GArray *uids, const char *keyword, GError **error)
{
    if (!keyword_ok(keyword))
        return imap_refuse(imap, SERVER_ERROR_REFUSED, error, "\"%s\" is not a keyword", keyword);
    return store_flags(imap, uids, "-", keyword, error);
}

gboolean imap_append(Imap *imap, const char *folder, GBytes *mail, GError **error)
{
    if (!imap_alive(imap, error))
        return FALSE;
    g_autofree char *wire = imap_folder_wire(imap, folder, error);
    if (!wire)
        return FALSE;
    gsize length = 0;
    const char *bytes = g_bytes_get_data(mail, &length);
    if (length == 0)
        return imap_refuse(imap, SERVER_ERROR_REFUSED, error, "an empty mail cannot be stored");
    struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
    mailimap_flag_list_add(flags, mailimap_flag_new_seen());
    int rc = mailimap_append(imap->session, wire, flags, NULL, bytes, length); /* makes CRLF */
    mailimap_flag_list_free(flags);
    if (rc == MAILIMAP_NO_ERROR)
        return TRUE;
    g_autofree char *what = g_strdup_printf("cannot store in folder \"%s\"", folder);
    return imap_fail(imap, rc, what, error);
}
