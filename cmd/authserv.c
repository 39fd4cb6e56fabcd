/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/authserv.h"

#include "mail/authres.h"

#define NAMES_SHOWN 3
#define NAMES_KEPT 100 /* of different ones that are counted */
#define NAME_MAX_CHARS 80
#define HEADERS_OF_A_MAIL 20

static gboolean is_one_of(const char *name, const char *const *authservs)
{
    for (; *authservs; authservs++)
        if (g_ascii_strcasecmp(name, *authservs) == 0)
            return TRUE;
    return FALSE;
}

/* Counts the names in MESSAGE, each once; TRUE: one of them is ours. */
static gboolean count_names(const Message *message, const char *const *authservs, GHashTable *names)
{
    g_autoptr(GHashTable) own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint n = 0; n < HEADERS_OF_A_MAIL; n++) {
        g_autofree char *value = message_header_nth(message, "Authentication-Results", n);
        g_autoptr(Authres) authres = value ? authres_new(value) : NULL;
        if (!authres)
            break;
        if (!authres->authserv)
            continue;
        if (is_one_of(authres->authserv, authservs))
            return TRUE;
        g_autofree char *lower = g_ascii_strdown(authres->authserv, -1);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(names, lower));
        if (g_hash_table_add(own, g_strdup(lower)) &&
            (count || g_hash_table_size(names) < NAMES_KEPT))
            g_hash_table_replace(names, g_steal_pointer(&lower), GUINT_TO_POINTER(count + 1));
    }
    return FALSE;
}

typedef struct Name {
    const char *name;
    guint count;
} Name;

static gint most_first(gconstpointer a, gconstpointer b)
{
    const Name *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : g_strcmp0(x->name, y->name);
}

/* "mx.shop.example, without a name" */
static char *list_names(GHashTable *names)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(Name));
    GHashTableIter iter;
    gpointer name, count;
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, &count)) {
        Name one = {name, GPOINTER_TO_UINT(count)};
        g_array_append_val(sorted, one);
    }
    g_array_sort(sorted, most_first);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < MIN(sorted->len, NAMES_SHOWN); i++) {
        g_autofree char *cut =
            g_utf8_substring(g_array_index(sorted, Name, i).name, 0, NAME_MAX_CHARS);
        g_string_append_printf(text, "%s%s", i ? ", " : "", *cut ? cut : "one without a name");
    }
    return g_string_free(text, FALSE);
}

gboolean authserv_doubt(Store *store, const char *account, const char *const *authservs,
                        char **doubt, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) messages = message_list_headers(store, account, AUTHSERV_LOOKED_AT, error);
    *doubt = NULL;
    if (!messages)
        return FALSE;
    for (guint i = 0; i < messages->len; i++)
        if (count_names(g_ptr_array_index(messages, i), authservs, names))
            return TRUE;
    if (messages->len == 0)
        return TRUE;
    g_autofree char *ours = g_strjoinv(" or ", (char **)authservs);
    g_autofree char *theirs = list_names(names);
    *doubt = g_strdup_printf("[mailbox %s] authserv-id: none of the last %u mails had an "
                             "Authentication-Results of %s; they had: %s",
                             account, messages->len, ours, *theirs ? theirs : "none at all");
    return TRUE;
}
