/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/thread.h"

#include "mail/compose.h"

#include <string.h>

#define MAX_REFERENCES 30 /* looked at, newest first: a mail can carry thousands */

static gboolean lists(const char *addresses, const char *address)
{
    g_auto(GStrv) list = g_strsplit(addresses ? addresses : "", ",", -1);
    for (guint i = 0; list[i]; i++)
        if (strcmp(g_strstrip(list[i]), address) == 0)
            return TRUE;
    return FALSE;
}

/* Sets *YES if the sender is the ticket's customer, or was named in one of its mails. */
static gboolean takes_part(Store *store, const Ticket *ticket, const char *sender, gboolean *yes,
                           GError **error)
{
    *yes = FALSE;
    if (!sender)
        return TRUE;
    if (g_strcmp0(ticket->customer, sender) == 0)
        return *yes = TRUE;
    g_autoptr(GPtrArray) messages = message_list_ticket(store, ticket->id, error);
    if (!messages)
        return FALSE;
    for (guint i = 0; i < messages->len && !*yes; i++) {
        const Message *message = g_ptr_array_index(messages, i);
        *yes = g_strcmp0(message->from_addr, sender) == 0 || lists(message->to_addrs, sender);
    }
    return TRUE;
}

/* All ids the mail refers to, newest first. */
static GPtrArray *references_of(const Message *message)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    if (message->in_reply_to)
        g_ptr_array_add(ids, g_strdup(message->in_reply_to));
    g_auto(GStrv) references = g_strsplit(message->references ? message->references : "", " ", -1);
    for (guint i = g_strv_length(references); i-- > 0 && ids->len < MAX_REFERENCES;)
        if (*references[i] && g_strcmp0(references[i], message->in_reply_to) != 0)
            g_ptr_array_add(ids, g_strdup(references[i]));
    return ids;
}

/* Steals *CANDIDATE into the result if the sender takes part in it; else sets *FOREIGN. */
static gboolean accept(Store *store, Ticket **candidate, const Message *message, Ticket **result,
                       gboolean *foreign, GError **error)
{
    gboolean yes = FALSE;
    if (*candidate && !takes_part(store, *candidate, message->from_addr, &yes, error))
        return FALSE;
    *foreign = *foreign || (*candidate && !yes);
    if (yes)
        *result = g_steal_pointer(candidate);
    return TRUE;
}

static gboolean by_reference(Store *store, GBytes *key, const char *id, const Message *message,
                             Ticket **result, gboolean *foreign, const char **reason,
                             GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Ticket) candidate = NULL;
    g_autofree char *token = NULL;
    gboolean others = FALSE; /* anybody may answer a mail that somebody else sent us, too */
    if (compose_verify_message_id(key, id, &token)) {
        candidate = ticket_find_token(store, token, &local);
        *reason = "our Message-ID";
    } else {
        gint64 ticket = message_find_ticket(store, id, &local);
        if (ticket)
            candidate = ticket_load(store, ticket, &local);
        *reason = "reference";
        foreign = &others;
    }
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    return accept(store, &candidate, message, result, foreign, error);
}

Ticket *thread_find(Store *store, GBytes *key, const Message *message, const char **reason,
                    GError **error)
{
    Ticket *result = NULL;
    gboolean foreign = FALSE;
    g_autoptr(GPtrArray) ids = references_of(message);
    for (guint i = 0; i < ids->len; i++)
        if (!by_reference(store, key, g_ptr_array_index(ids, i), message, &result, &foreign, reason,
                          error) ||
            result)
            return result;

    *reason = "token";
    g_autofree char *token = compose_find_token(message->subject);
    if (token) {
        g_autoptr(GError) local = NULL;
        g_autoptr(Ticket) candidate = ticket_find_token(store, token, &local);
        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
        if (!accept(store, &candidate, message, &result, &foreign, error) || result)
            return result;
    }
    *reason = foreign ? THREAD_FOREIGN : THREAD_NEW;
    return NULL;
}

Ticket *thread_find_bounced(Store *store, GBytes *key, const Message *message, GError **error)
{
    if (g_strcmp0(message->automatic, "bounce") != 0)
        return NULL;
    g_autofree char *all =
        g_strjoin(" ", message->in_reply_to ? message->in_reply_to : "",
                  message->references ? message->references : "", message->text, NULL);
    g_auto(GStrv) words = g_strsplit_set(all, " \t\r\n<>", -1);
    for (guint i = 0; words[i]; i++) {
        g_autofree char *token = NULL;
        if (g_str_has_prefix(words[i], "erms.") && compose_verify_message_id(key, words[i], &token))
            return ticket_find_token(store, token, error);
    }
    return NULL;
}
