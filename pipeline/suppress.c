/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/suppress.h"

#include "mail/bounce.h"
#include "mail/compose.h"
#include "models/event.h"
#include "models/suppression.h"

#include <string.h>

static gboolean suppress(Pipeline *pipeline, const Reply *reply, gint64 message_id, char *why,
                         GError **error)
{
    gboolean added = FALSE;
    Suppression suppression = {.address = reply->to_addr,
                               .at = pipeline->now,
                               .reply_id = reply->id,
                               .message_id = message_id,
                               .why = why};
    if (!suppression_add(pipeline->store, &suppression, &added, error))
        return FALSE;
    g_autofree char *detail =
        g_strdup_printf("%s gets no automatic answers any more: %s", reply->to_addr, why);
    return !added || event_add(pipeline->store, reply->ticket_id, pipeline->now, "erms",
                               "suppressed", detail, error);
}

/* The mail of ours that ID names, if it left; sets *REPLY to NULL if there is none. */
static gboolean find_sent(const Pipeline *pipeline, const char *id, Reply **reply, GError **error)
{
    g_autoptr(GError) local = NULL;
    *reply = NULL;
    if (!compose_verify_message_id(pipeline->key, id, NULL))
        return TRUE;
    g_autoptr(Reply) found = reply_find_mail_id(pipeline->store, id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (found && (found->state == REPLY_SENT || found->state == REPLY_UNKNOWN))
        *reply = g_steal_pointer(&found);
    return TRUE;
}

static gboolean suppress_cited(Pipeline *pipeline, const Message *message, const Bounce *bounce,
                               GError **error)
{
    g_autofree char *why = g_strdup_printf("our mail came back (%s)",
                                           bounce->status ? bounce->status : "failed for good");
    for (guint i = 0; i < bounce->cited->len; i++) {
        g_autoptr(Reply) reply = NULL;
        if (!find_sent(pipeline, g_ptr_array_index(bounce->cited, i), &reply, error) ||
            (reply && !suppress(pipeline, reply, message->id, why, error)))
            return FALSE;
    }
    return TRUE;
}

/* Is an enhanced code (RFC 3463) about the mailbox: X.1, but not X.1.7 and X.1.8, which are about
 * the sender; or X.2.1, a mailbox that is closed. *KNOWN: CODE begins with such a code. */
static gboolean code_about_mailbox(const char *code, gboolean *known)
{
    g_auto(GStrv) parts = g_strsplit(code, ".", 3);
    *known = g_strv_length(parts) == 3 && g_str_equal(parts[0], "5") &&
             g_ascii_isdigit(parts[1][0]) && g_ascii_isdigit(parts[2][0]);
    if (!*known)
        return FALSE;
    guint64 subject = g_ascii_strtoull(parts[1], NULL, 10);
    guint64 detail = g_ascii_strtoull(parts[2], NULL, 10);
    return (subject == 1 && detail != 7 && detail != 8) || (subject == 2 && detail == 1);
}

/* "550 5.1.1 …" or "550 …"; of an enhanced code the subject and the detail count. */
static gboolean about_mailbox(const char *words)
{
    guint code = (guint)g_ascii_strtoull(words, NULL, 10);
    const char *rest = words + strspn(words, "0123456789");
    gboolean known;
    gboolean about = code_about_mailbox(rest + strspn(rest, " -"), &known);
    return known ? about : code == 550;
}

/* A report that says nothing nearer than "for good" is taken at its word. */
static gboolean report_about_mailbox(const Bounce *bounce)
{
    gboolean known = FALSE;
    gboolean about = bounce->status && code_about_mailbox(bounce->status, &known);
    return bounce->permanent && (about || !known);
}

gboolean suppress_bounced(Pipeline *pipeline, const Message *message, GError **error)
{
    Bounce bounce;
    if (!bounce_read(message, &bounce))
        return TRUE;
    gboolean ok =
        !report_about_mailbox(&bounce) || suppress_cited(pipeline, message, &bounce, error);
    bounce_clear(&bounce);
    return ok;
}

gboolean suppress_refused(Pipeline *pipeline, const Reply *reply, const char *words, GError **error)
{
    if (!about_mailbox(words))
        return TRUE;
    g_autofree char *why = g_strdup_printf("the SMTP server refused the address: %s", words);
    return suppress(pipeline, reply, 0, why, error);
}
