/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a mail by its Message-ID. Servers search for a part of a header, some for words of it, so
 * what they name is looked at. */
#include "mail/header.h"
#include "mail/imap_session.h"

#include <string.h>

#define HEAD_BYTES (64 * 1024)

typedef struct Search {
    const char *id; /* with <> */
    GArray *found;
} Search;

static gboolean on_head(guint32 uid, GBytes *raw, gpointer data)
{
    const Search *search = data;
    gsize length = 0;
    const char *bytes = g_bytes_get_data(raw, &length);
    g_autoptr(Header) header = header_scan(bytes, length);
    g_autofree char *id = header_raw(header_find(header, "Message-ID", 0), HEAD_BYTES);
    if (g_str_equal(g_strstrip(id), search->id))
        g_array_append_val(search->found, uid);
    return TRUE;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    return (left > right) - (left < right);
}

GArray *imap_find_message_id(Imap *imap, const char *id, GError **error)
{
    for (const char *p = id; *p; p++)
        if (*p <= ' ' || *p >= 0x7f) {
            imap_refuse(imap, SERVER_ERROR_REFUSED, error, "cannot search for this Message-ID");
            return NULL;
        }
    g_autofree char *whole = g_strdup_printf("<%s>", id);
    g_autofree char *quoted = imap_quote(whole);
    g_autofree char *line = g_strconcat("UID SEARCH HEADER Message-ID ", quoted, NULL);
    if (!imap_command(imap, line, "UID SEARCH", error))
        return NULL;
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    const clist *result = imap->session->imap_response_info->rsp_search_result;
    for (clistiter *i = result ? clist_begin(result) : NULL; i; i = clist_next(i))
        g_array_append_val(uids, *(guint32 *)clist_content(i));
    g_array_sort(uids, by_number);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(guint32));
    Search search = {whole, found};
    if (uids->len > 0 && !imap_fetch(imap, uids, HEAD_BYTES, on_head, &search, error))
        return NULL;
    g_array_sort(found, by_number);
    return g_steal_pointer(&found);
}
