/* SPDX-License-Identifier: Apache-2.0 */
/* Folder names, select, create. */
#include "mail/imap_session.h"

#include <string.h>

#define FOLDER_MAX 1000

/* RFC 3501 5.1.3: runs outside printable ASCII as base64 of UTF-16BE, with "," for "/". */
static char *modified_utf7(const char *utf8)
{
    GString *wire = g_string_new(NULL);
    while (*utf8) {
        if (*utf8 == '&') {
            g_string_append(wire, "&-");
            utf8++;
        } else if ((guchar)*utf8 < 0x80) {
            g_string_append_c(wire, *utf8++);
        } else {
            const char *run = utf8;
            while ((guchar)*utf8 >= 0x80)
                utf8++;
            glong units = 0;
            g_autofree gunichar2 *utf16 = g_utf8_to_utf16(run, utf8 - run, NULL, &units, NULL);
            for (glong i = 0; i < units; i++)
                utf16[i] = GUINT16_TO_BE(utf16[i]);
            g_autofree char *packed = g_base64_encode((guchar *)utf16, (gsize)units * 2);
            packed[strcspn(packed, "=")] = '\0';
            g_strdelimit(packed, "/", ',');
            g_string_append_printf(wire, "&%s-", packed);
        }
    }
    return g_string_free(wire, FALSE);
}

char *imap_quote(const char *text)
{
    GString *quoted = g_string_new("\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *text);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

/* LIST "" NAME into *LIST, which is the caller's (mailimap_list_result_free). */
static gboolean imap_list_names(Imap *imap, const char *name, clist **list, GError **error)
{
    g_autofree char *quoted = imap_quote(name);
    g_autofree char *line = g_strdup_printf("LIST \"\" %s", quoted);
    if (!imap_command(imap, line, "LIST", error))
        return FALSE;
    struct mailimap_response_info *info = imap->session->imap_response_info;
    *list = info->rsp_mailbox_list;
    info->rsp_mailbox_list = NULL;
    return TRUE;
}

/* The personal namespace (RFC 2342) tells prefix and separator; else LIST "" "" the separator. */
static gboolean imap_ask_namespace(Imap *imap, GError **error)
{
    if (imap->prefix)
        return TRUE;
    if (!imap_alive(imap, error))
        return FALSE;
    g_autofree char *prefix = NULL;
    if (imap_has_capability(imap, "NAMESPACE")) {
        struct mailimap_namespace_data *data = NULL;
        int rc = mailimap_namespace(imap->session, &data);
        if (rc != MAILIMAP_NO_ERROR)
            return imap_fail(imap, rc, "NAMESPACE", error);
        clist *own = data && data->ns_personal ? data->ns_personal->ns_data_list : NULL;
        if (own && clist_begin(own)) {
            struct mailimap_namespace_info *info = clist_content(clist_begin(own));
            prefix = g_strdup(info->ns_prefix);
            imap->delimiter = info->ns_delimiter;
        }
        if (data)
            mailimap_namespace_data_free(data);
    }
    if (!prefix) {
        clist *list = NULL;
        if (!imap_list_names(imap, "", &list, error))
            return FALSE;
        if (list && clist_begin(list)) {
            struct mailimap_mailbox_list *root = clist_content(clist_begin(list));
            imap->delimiter = root->mb_delimiter;
        }
        if (list)
            mailimap_list_result_free(list);
    }
    imap->prefix = prefix ? g_steal_pointer(&prefix) : g_strdup("");
    return TRUE;
}

static gboolean folder_name_ok(const char *folder)
{
    if (!*folder || strlen(folder) > FOLDER_MAX || !g_utf8_validate(folder, -1, NULL))
        return FALSE;
    for (const char *p = folder; *p; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)))
            return FALSE;
    return TRUE;
}

char *imap_folder_wire(Imap *imap, const char *folder, GError **error)
{
    if (!folder_name_ok(folder)) {
        g_autofree char *shown = g_strescape(folder, NULL);
        imap_refuse(imap, SERVER_ERROR_REFUSED, error, "\"%s\" is not a folder name", shown);
        return NULL;
    }
    if (g_ascii_strcasecmp(folder, "INBOX") == 0)
        return g_strdup("INBOX");
    if (!imap_ask_namespace(imap, error))
        return NULL;
    g_autofree char *wire = modified_utf7(folder);
    if (imap->delimiter)
        g_strdelimit(wire, "/", imap->delimiter);
    gboolean has_prefix = g_ascii_strncasecmp(wire, imap->prefix, strlen(imap->prefix)) == 0;
    return g_strconcat(has_prefix ? "" : imap->prefix, wire, NULL);
}

/* Copies what libetpan frees at the next select. */
static void folder_info(const struct mailimap_selection_info *selection, gboolean read_only,
                        ImapFolder *info)
{
    info->uidvalidity = selection->sel_uidvalidity;
    info->uidnext = selection->sel_uidnext;
    info->exists = selection->sel_exists;
    info->read_only = read_only || selection->sel_perm == MAILIMAP_MAILBOX_READONLY;
    clist *flags = selection->sel_perm_flags;
    for (clistiter *i = flags ? clist_begin(flags) : NULL; i; i = clist_next(i)) {
        const struct mailimap_flag_perm *flag = clist_content(i);
        if (flag->fl_type == MAILIMAP_FLAG_PERM_ALL)
            info->can_keywords = TRUE;
    }
}

gboolean imap_select(Imap *imap, const char *folder, gboolean read_only, ImapFolder *info,
                     GError **error)
{
    *info = (ImapFolder){0};
    if (!imap_alive(imap, error))
        return FALSE;
    g_autofree char *wire = imap_folder_wire(imap, folder, error);
    if (!wire)
        return FALSE;
    int rc =
        read_only ? mailimap_examine(imap->session, wire) : mailimap_select(imap->session, wire);
    if (rc != MAILIMAP_NO_ERROR) {
        g_autofree char *what = g_strdup_printf("cannot open folder \"%s\"", folder);
        return imap_fail(imap, rc, what, error);
    }
    if (!imap->session->imap_selection_info)
        return imap_fail(imap, MAILIMAP_ERROR_PROTOCOL, "SELECT", error);
    folder_info(imap->session->imap_selection_info, read_only, info);
    imap->read_only = info->read_only;
    return TRUE;
}

gboolean imap_status(Imap *imap, const char *folder, ImapFolder *info, GError **error)
{
    *info = (ImapFolder){0};
    g_autofree char *wire = imap_folder_wire(imap, folder, error);
    if (!wire)
        return FALSE;
    g_autofree char *quoted = imap_quote(wire);
    g_autofree char *line = g_strconcat("STATUS ", quoted, " (UIDVALIDITY UIDNEXT)", NULL);
    if (!imap_command(imap, line, "STATUS", error))
        return FALSE;
    const struct mailimap_mailbox_data_status *status =
        imap->session->imap_response_info->rsp_status;
    clist *list = status ? status->st_info_list : NULL;
    for (clistiter *i = list ? clist_begin(list) : NULL; i; i = clist_next(i)) {
        const struct mailimap_status_info *item = clist_content(i);
        if (item->st_att == MAILIMAP_STATUS_ATT_UIDNEXT)
            info->uidnext = item->st_value;
        else if (item->st_att == MAILIMAP_STATUS_ATT_UIDVALIDITY)
            info->uidvalidity = item->st_value;
    }
    return TRUE;
}

static gboolean list_has(clist *list, const char *wire)
{
    for (clistiter *i = clist_begin(list); i; i = clist_next(i)) {
        struct mailimap_mailbox_list *item = clist_content(i);
        gboolean noselect = item->mb_flag &&
                            item->mb_flag->mbf_type == MAILIMAP_MBX_LIST_FLAGS_SFLAG &&
                            item->mb_flag->mbf_sflag == MAILIMAP_MBX_LIST_SFLAG_NOSELECT;
        gboolean inbox = g_strcmp0(wire, "INBOX") == 0;
        gboolean same =
            inbox ? g_ascii_strcasecmp(item->mb_name, wire) == 0 : strcmp(item->mb_name, wire) == 0;
        if (same && !noselect)
            return TRUE;
    }
    return FALSE;
}

static gboolean wire_exists(Imap *imap, const char *wire, gboolean *exists, GError **error)
{
    clist *list = NULL;
    *exists = FALSE;
    if (!imap_list_names(imap, wire, &list, error))
        return FALSE;
    if (list) {
        *exists = list_has(list, wire);
        mailimap_list_result_free(list);
    }
    return TRUE;
}

gboolean imap_folder_exists(Imap *imap, const char *folder, gboolean *exists, GError **error)
{
    g_autofree char *wire = imap_folder_wire(imap, folder, error);
    return wire && wire_exists(imap, wire, exists, error);
}

gboolean imap_folder_ensure(Imap *imap, const char *folder, GError **error)
{
    g_autofree char *wire = imap_folder_wire(imap, folder, error);
    gboolean exists;
    if (!wire || !wire_exists(imap, wire, &exists, error))
        return FALSE;
    if (exists)
        return TRUE;
    g_autofree char *quoted = imap_quote(wire);
    g_autofree char *create = g_strconcat("CREATE ", quoted, NULL);
    g_autofree char *what = g_strdup_printf("cannot create folder \"%s\"", folder);
    g_autoptr(GError) cause = NULL;
    if (!imap_command(imap, create, what, &cause)) {
        /* Somebody else may have been quicker. */
        if (imap->dead || !wire_exists(imap, wire, &exists, NULL) || !exists) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FALSE;
        }
    }
    g_autofree char *subscribe = g_strconcat("SUBSCRIBE ", quoted, NULL);
    /* A server that knows no subscriptions does no harm. */
    return imap_command(imap, subscribe, "SUBSCRIBE", NULL) || imap_alive(imap, error);
}
