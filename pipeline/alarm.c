/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/alarm.h"

#include "mail/compose.h"
#include "mail/error.h"
#include "pipeline/limits.h"

#include <string.h>

#define NO_TICKET "0000-0000" /* in its Message-ID, by which we know our own mail */

gboolean alarm_due(const Pipeline *pipeline, Breaker **breaker, GError **error)
{
    g_autoptr(GError) local = NULL;
    *breaker = NULL;
    if (!pipeline->policy->operator_addr || limits_stopped(pipeline))
        return TRUE;
    *breaker = breaker_load(pipeline->store, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (*breaker && (*breaker)->told_at)
        g_clear_pointer(breaker, breaker_free);
    return TRUE;
}

/* What somebody types into a shell on that machine: quoted where it needs to be. */
static char *typed(const char *path)
{
    g_autofree char *shown = g_filename_display_name(path);
    for (const char *c = shown; *c; c++)
        if (!g_ascii_isalnum(*c) && !strchr("/._-", *c))
            return g_shell_quote(shown);
    return g_steal_pointer(&shown);
}

/* All that wait for a human now, in any queue. */
static gboolean count_waiting(const Pipeline *pipeline, guint *count, GError **error)
{
    g_autoptr(GHashTable) queues = ticket_count_queues(pipeline->store, error);
    if (!queues)
        return FALSE;
    GHashTableIter iter;
    gpointer tickets;
    *count = 0;
    g_hash_table_iter_init(&iter, queues);
    while (g_hash_table_iter_next(&iter, NULL, &tickets))
        *count += GPOINTER_TO_UINT(tickets);
    return TRUE;
}

/* One figure a line; only counts. */
static char *list_figures(const Breaker *breaker)
{
    g_auto(GStrv) figures = g_strsplit(breaker->figures ? breaker->figures : "", "; ", -1);
    g_autofree char *lines = g_strjoinv("\n    ", figures);
    return *lines ? g_strdup_printf("Automatic answers at that moment:\n\n    %s\n\n", lines)
                  : g_strdup("");
}

static char *body_of(const Pipeline *pipeline, const Breaker *breaker, GError **error)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(breaker->at);
    g_autofree char *when = at ? g_date_time_format(at, "%Y-%m-%d %H:%M:%S UTC") : g_strdup("");
    g_autofree char *figures = list_figures(breaker);
    g_autofree char *home = typed(pipeline->home ? pipeline->home : "HOME");
    guint waiting;
    if (!count_waiting(pipeline, &waiting, error))
        return NULL;
    return g_strdup_printf(
        "The breaker of erms for %s tripped at %s\n(machine %s, home %s):\n%s.\n\n%s"
        "From then on every answer is a suggestion, also those that waited to be sent.\n"
        "Open tickets in the queues now: %u.\n"
        "It stays so until somebody has looked and resets it:\n\n"
        "    erms -C %s breaker          shows what happened\n"
        "    erms -C %s breaker reset    lets automatic answers leave again\n\n"
        "Agents' answers still leave. This stops every mail, until the file is removed:\n\n"
        "    touch %s/stop\n",
        pipeline->policy->from_addr, when, g_get_host_name(), home, breaker->why, figures, waiting,
        home, home, home);
}

static GBytes *mail_of(const Pipeline *pipeline, const Breaker *breaker, GError **error)
{
    const Policy *policy = pipeline->policy;
    g_autoptr(Reply) mail = reply_new();
    if (!(mail->body = body_of(pipeline, breaker, error)))
        return NULL;
    mail->to_addr = g_strdup(policy->operator_addr);
    mail->subject = g_strdup("erms: the breaker tripped, nothing is answered automatically");
    mail->mail_id = compose_message_id(pipeline->key, NO_TICKET, (guint64)breaker->id,
                                       strchr(policy->from_addr, '@') + 1);
    ComposeOptions options = {.from_name = policy->from_name,
                              .from_addr = policy->from_addr,
                              .date = pipeline->now,
                              .generated = TRUE};
    return compose_reply(mail, &options, error);
}

gboolean alarm_send(Pipeline *pipeline, Smtp *smtp, const Breaker *breaker, GError **error)
{
    g_autoptr(GBytes) mail = mail_of(pipeline, breaker, error);
    g_autofree char *words = NULL;
    if (!mail)
        return FALSE;
    /* Told before it is sent: where this cannot be written, it would be sent again and again. */
    if (!breaker_set_told(pipeline->store, breaker->id, pipeline->now, error))
        return FALSE;
    switch (smtp_send(smtp, "", pipeline->policy->operator_addr, mail, &words)) {
    case SMTP_SENT:
    case SMTP_UNKNOWN:
        return TRUE;
    case SMTP_LATER:
    case SMTP_REFUSED:
    default:
        if (!breaker_set_told(pipeline->store, breaker->id, 0, error))
            return FALSE;
        g_set_error(error, SERVER_ERROR, SERVER_ERROR_TEMPORARY,
                    "the operator could not be told that the breaker tripped: %s", words);
        return FALSE;
    }
}
