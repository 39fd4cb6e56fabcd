/* SPDX-License-Identifier: Apache-2.0 */
/* erms ticket reply: sends a suggestion as it is, edited, or an answer of the agent's own. */
#include "cmd/reply_text.h"
#include "cmd/table.h"
#include "cmd/tickets.h"

#include "kb/fill.h"
#include "mail/answerable.h"
#include "mail/compose.h"
#include "models/event.h"
#include "models/suppression.h"
#include "pipeline/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The newest mail of the ticket that a human wrote. */
static const Message *answered_message(const GPtrArray *messages)
{
    for (guint i = messages->len; i-- > 0;) {
        const Message *message = g_ptr_array_index(messages, i);
        if (!answerable_surely_machine(message))
            return message;
    }
    return messages->len ? g_ptr_array_index(messages, messages->len - 1) : NULL;
}

/* Draft number CHOICE of the ticket, as `ticket show` counts them; NULL: there is none. Borrowed.
 */
static Reply *find_draft(const GPtrArray *replies, guint choice)
{
    for (guint i = 0; i < replies->len; i++) {
        Reply *reply = g_ptr_array_index(replies, i);
        if (reply->state == REPLY_DRAFT && --choice == 0)
            return reply;
    }
    return NULL;
}

static const Message *find_message(const GPtrArray *messages, gint64 id)
{
    for (guint i = 0; i < messages->len; i++) {
        const Message *message = g_ptr_array_index(messages, i);
        if (message->id == id)
            return message;
    }
    return NULL;
}

/* A reply of the agent's own to MESSAGE, inserted as DRAFT. */
static Reply *own_reply(Context *context, const Ticket *ticket, const Message *message,
                        const GPtrArray *replies, const char *body, gint64 now, GError **error)
{
    guint rank = 1;
    for (guint i = 0; i < replies->len; i++) {
        const Reply *other = g_ptr_array_index(replies, i);
        if (other->message_id == message->id)
            rank = MAX(rank, other->rank + 1);
    }
    g_autoptr(Reply) reply = reply_new();
    reply->state = REPLY_DRAFT;
    reply->rank = rank;
    context->pipeline.now = now;
    pipeline_stamp(&context->pipeline, message, ticket->token, reply);
    reply->language = g_strdup(message->language);
    reply->to_addr = g_strdup(message->reply_addr);
    reply->subject = compose_subject(message->subject, ticket->token);
    reply->body = g_strdup(body);
    reply->in_reply_to = g_strdup(message->message_id);
    reply->references = compose_references(message);
    return reply_insert(context->store, reply, error) ? g_steal_pointer(&reply) : NULL;
}

/* Writes the agent's text into DRAFT and approves it. */
static gboolean approve(Context *context, Reply *draft, const char *body, gint64 now,
                        GError **error)
{
    gboolean edited = body && g_strcmp0(body, draft->body) != 0;
    if (edited) {
        g_free(draft->body);
        draft->body = g_strdup(body);
        /* What the agent wrote is complete, unless a gap is still there to be seen. */
        if (!strstr(body, FILL_GAP))
            g_clear_pointer(&draft->missing, g_free);
    }
    if (draft->missing) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "the suggestion has a gap (%s): fill it with --edit or --body", draft->missing);
        return FALSE;
    }
    g_free(draft->origin);
    draft->origin = g_strdup(agent_name());
    gboolean moved = FALSE;
    if (!reply_update_draft(context->store, draft, error) ||
        !reply_move(context->store, draft, REPLY_APPROVED, NULL, now, &moved, error) ||
        !event_add(context->store, draft->ticket_id, now, agent_name(), "approved",
                   !draft->template_name ? "written by hand"
                   : edited              ? "suggestion, edited"
                                         : "suggestion as it was",
                   error))
        return FALSE;
    if (!moved)
        g_set_error(error, CMD_ERROR, EXIT_TRY_LATER, "somebody else answered at this moment");
    return moved;
}

#define NOT_SAID G_MININT

typedef struct ReplyOptions {
    int choice;            /* NOT_SAID: the only mail's first */
    const char *body_path; /* NULL: the suggestion as it is */
    const char *to;        /* NULL: the customer */
    gboolean edit;
    gboolean again;   /* although it is answered, or may be */
    gboolean replace; /* although an agent's answer waits */
} ReplyOptions;

/* A ticket as the agent saw it, and what he wants to say. */
typedef struct Work {
    Ticket *ticket;
    GPtrArray *messages;
    GPtrArray *replies;
    const Message *newest;  /* of a human */
    const Message *message; /* the one that is answered */
    Reply *draft;           /* borrowed; NULL: the agent's own answer */
    const Reply *waiting;   /* an answer that waits to be sent; NULL: none */
    char *body;             /* NULL: the draft's */
    EditedText edited;
} Work;

static void work_clear(Work *work)
{
    g_clear_pointer(&work->ticket, ticket_free);
    g_clear_pointer(&work->messages, g_ptr_array_unref);
    g_clear_pointer(&work->replies, g_ptr_array_unref);
    g_clear_pointer(&work->body, g_free);
    edited_text_clear(&work->edited);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean refuse(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, CMD_ERROR, EXIT_FAILED, text);
    return FALSE;
}

static gboolean load_work(Work *work, Store *store, const char *name, GError **error)
{
    if (!(work->ticket = ticket_named(store, name, error)) ||
        !(work->messages = message_list_ticket(store, work->ticket->id, error)) ||
        !(work->replies = reply_list_ticket(store, work->ticket->id, error)))
        return FALSE;
    work->newest = answered_message(work->messages);
    work->waiting = ticket_waiting(work->replies);
    return TRUE;
}

/* May the ticket be answered at all? */
static gboolean check_state(const Work *work, const ReplyOptions *options, GError **error)
{
    const Ticket *ticket = work->ticket;
    gboolean unknown = FALSE;
    for (guint i = 0; i < work->replies->len; i++)
        unknown =
            unknown || ((const Reply *)g_ptr_array_index(work->replies, i))->state == REPLY_UNKNOWN;
    if (work->waiting && !answer_automatic(work->waiting) && !options->replace)
        return refuse(error,
                      "an answer of %s waits to be sent (erms ticket show %" G_GINT64_FORMAT
                      "); nothing else was stored or sent. If another one shall go instead of it, "
                      "say --replace",
                      work->waiting->origin, ticket->id);
    if (options->again)
        return TRUE;
    if (unknown)
        return refuse(error,
                      "an answer to ticket %" G_GINT64_FORMAT
                      " may have been sent already; if the customer shall get another, "
                      "say --again",
                      ticket->id);
    if (ticket->state != TICKET_OPEN)
        return refuse(error,
                      "ticket %" G_GINT64_FORMAT
                      " is %s; if the customer shall get another answer, say --again",
                      ticket->id, ticket_state_name(ticket->state));
    return TRUE;
}

/* Are there suggestions for more than one mail? */
static gboolean is_ambiguous(const Work *work)
{
    const Reply *first = find_draft(work->replies, 1), *other;
    for (guint n = 2; (other = find_draft(work->replies, n)); n++)
        if (other->message_id != first->message_id)
            return TRUE;
    return FALSE;
}

/* The answer that waits, with some words changed. */
static gboolean corrects_waiting(const Work *work, const ReplyOptions *options)
{
    return work->waiting && !answer_automatic(work->waiting) && options->edit &&
           !options->body_path && options->choice == NOT_SAID;
}

/* Which draft, and so which mail. Suggestions for two mails are never guessed between: the second
 * may have come after the agent looked. */
static gboolean choose(Work *work, const ReplyOptions *options, GError **error)
{
    gint64 id = work->ticket->id;
    gboolean ambiguous = is_ambiguous(work), own = options->body_path || options->edit;
    work->message = work->newest;
    if (corrects_waiting(work, options)) {
        work->message = find_message(work->messages, work->waiting->message_id);
        return TRUE;
    }
    if (options->choice != NOT_SAID)
        work->draft =
            options->choice > 0 ? find_draft(work->replies, (guint)options->choice) : NULL;
    else if (!ambiguous)
        work->draft = find_draft(work->replies, 1);
    else if (!own)
        return refuse(error,
                      "there are suggestions for more than one mail of ticket %" G_GINT64_FORMAT
                      "; say which with --choose (erms ticket show)",
                      id);
    if (!work->draft && (!own || options->choice != NOT_SAID))
        return refuse(error,
                      "ticket %" G_GINT64_FORMAT
                      " has no suggestion %d: answer with --edit or --body FILE",
                      id, options->choice == NOT_SAID ? 1 : options->choice);
    if (work->draft)
        work->message = find_message(work->messages, work->draft->message_id);
    return TRUE;
}

/* To whom: the customer, unless the agent names the other address. */
static gboolean check_address(const Work *work, const ReplyOptions *options, GError **error)
{
    const char *to = work->message ? work->message->reply_addr : NULL;
    if (!to)
        return refuse(error, "ticket %" G_GINT64_FORMAT " has no address to answer to",
                      work->ticket->id);
    if (g_strcmp0(to, options->to ? options->to : work->ticket->customer) != 0)
        return refuse(error, "the answer would go to %s; if that is right, say --to %s", to, to);
    return TRUE;
}

static gboolean write_body(Work *work, const ReplyOptions *options, GError **error)
{
    if (options->body_path && !(work->body = reply_text_read(options->body_path, error)))
        return FALSE;
    if (!options->edit)
        return TRUE;
    const char *text = work->body                        ? work->body
                       : corrects_waiting(work, options) ? work->waiting->body
                       : work->draft                     ? work->draft->body
                                                         : "";
    g_autofree char *hint =
        work->draft ? g_strdup_printf(" (erms ticket reply %" G_GINT64_FORMAT " sends it as it is)",
                                      work->ticket->id)
                    : g_strdup("");
    if (!reply_text_edit(text, hint, &work->edited, error))
        return FALSE;
    g_free(work->body);
    work->body = g_steal_pointer(&work->edited.text);
    return TRUE;
}

/* The same words twice help nobody. */
static gboolean check_said(const Work *present, const Work *work, const ReplyOptions *options,
                           GError **error)
{
    const Reply *said = ticket_said(present->replies, work->message->reply_addr,
                                    work->body    ? work->body
                                    : work->draft ? work->draft->body
                                                  : "");
    if (!said || options->again)
        return TRUE;
    g_autofree char *at = format_time(said->sent_at);
    return refuse(error,
                  "%s got this text already on %s; if it shall be sent again, say --again; to "
                  "change it, --edit",
                  said->to_addr, at);
}

/* Approves what WORK says, if the ticket is still as the agent saw it. */
static Reply *approve_work(Context *context, const Work *work, const ReplyOptions *options,
                           GError **error)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT, work->ticket->id);
    g_auto(Work) present = {0};
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    if (!transaction || !load_work(&present, context->store, name, error) ||
        !check_state(&present, options, error))
        return NULL;
    if (g_strcmp0(present.ticket->customer, work->ticket->customer) != 0 ||
        present.newest->id != work->newest->id) {
        g_set_error(error, CMD_ERROR, EXIT_TRY_LATER,
                    "another mail came meanwhile: look again (erms ticket show %s)", name);
        return NULL;
    }
    g_autofree char *why = g_strdup_printf("replaced by an answer of %s", agent_name());
    g_autofree char *dropped = NULL;
    if (!check_said(&present, work, options, error) ||
        !ticket_drop_waiting(context->store, present.replies, why, now, &dropped, error))
        return NULL;
    g_autoptr(Reply) draft = work->draft ? reply_load(context->store, work->draft->id, error)
                                         : own_reply(context, work->ticket, work->message,
                                                     present.replies, work->body, now, error);
    if (draft && draft->state != REPLY_DRAFT) {
        g_set_error(error, CMD_ERROR, EXIT_TRY_LATER, "the suggestion is gone: look again");
        return NULL;
    }
    if (!draft || !approve(context, draft, work->body, now, error) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return NULL;
    ticket_tell_dropped(work->ticket, dropped);
    return g_steal_pointer(&draft);
}

static void on_trouble(const GError *error, G_GNUC_UNUSED gpointer data)
{
    g_warning("%s; the next run files the mail", error->message);
}

static int send_it(Context *context, Reply *reply, GError **error)
{
    Pass pass = {.pipeline = &context->pipeline,
                 .mailboxes = context->settings->mailboxes,
                 .smtp = context->settings->smtp,
                 .helo_name = context->settings->helo_name,
                 .trouble = on_trouble};
    SendOutcome outcome = SEND_STOPPED;
    g_autoptr(GError) local = NULL;
    if (!limits_stopped(&context->pipeline) && !pass_send_one(&pass, reply, &outcome, &local)) {
        if (local->domain == SERVER_ERROR) {
            print_safe(stdout, "approved; not sent yet: %s. The next run sends it.",
                       local->message);
            return EXIT_TRY_LATER;
        }
        g_propagate_error(error, g_steal_pointer(&local));
        return EXIT_ERROR;
    }
    switch (outcome) {
    case SEND_SENT:
        printf("sent to %s\n", reply->to_addr);
        return EXIT_DONE;
    case SEND_LATER:
        print_safe(stdout, "approved; not sent yet: %s. The next run sends it.", reply->error);
        return EXIT_TRY_LATER;
    case SEND_STOPPED:
        print_safe(stdout,
                   "approved; not sent yet: %s is there. When it is removed, the next run "
                   "sends it.",
                   context->stop_path);
        return EXIT_TRY_LATER;
    case SEND_DROPPED:
    case SEND_FAILED:
    default:
        print_safe(stderr, "erms ticket reply: %s: %s", reply_state_name(reply->state),
                   reply->error ? reply->error : "not sent");
        return EXIT_FAILED;
    }
}

/* Agents may write where a machine does not; but they should know. */
static gboolean warn_suppressed(Store *store, const char *address, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Suppression) suppression = suppression_load(store, address, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (suppression)
        print_safe(stderr, "warning: %s is suppressed: %s; this answer may not arrive either",
                   address, suppression->why);
    return TRUE;
}

/* Only now the lock: an open editor must not keep runs and other agents waiting. */
static Reply *approve_locked(Context *context, const Work *work, const ReplyOptions *options,
                             GError **error)
{
    guint recovered;
    return context_open(context, NEED_LOCK, LOCK_WAIT, error) &&
                   pipeline_recover(&context->pipeline, &recovered, error)
               ? approve_work(context, work, options, error)
               : NULL;
}

int ticket_command_reply(Context *context, int argc, char **argv, GError **error)
{
    g_autofree char *body_path = NULL, *to = NULL;
    ReplyOptions chosen = {.choice = NOT_SAID};
    const GOptionEntry options[] = {
        {"choose", 'c', 0, G_OPTION_ARG_INT, &chosen.choice, "Suggestion N (1)", "N"},
        {"edit", 'e', 0, G_OPTION_ARG_NONE, &chosen.edit, "Change it in $EDITOR first", NULL},
        {"body", 'b', 0, G_OPTION_ARG_FILENAME, &body_path,
         "Send this text instead (- for standard input)", "FILE"},
        {"to", 't', 0, G_OPTION_ARG_STRING, &to, "Answer to the other address that a mail names",
         "ADDRESS"},
        {"again", 'a', 0, G_OPTION_ARG_NONE, &chosen.again,
         "Although the ticket is answered, or may be, or got this text", NULL},
        {"replace", 'r', 0, G_OPTION_ARG_NONE, &chosen.replace,
         "Instead of an agent's answer that waits to be sent", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options("ticket reply", "TICKET", "Send a suggestion, or an answer of your own.",
                       options, 1, 1, &argc, &argv, error))
        return EXIT_ERROR;
    chosen.body_path = body_path;
    chosen.to = to;
    if (!context->settings->smtp) {
        g_set_error(error, CMD_ERROR, EXIT_CONFIG, "erms.conf: [smtp] is missing");
        return EXIT_ERROR;
    }
    g_auto(Work) work = {0};
    g_autoptr(Reply) reply = NULL;
    if (settings_secrets(context->settings, error) &&
        load_work(&work, context->store, argv[1], error) && check_state(&work, &chosen, error) &&
        choose(&work, &chosen, error) && check_address(&work, &chosen, error) &&
        warn_suppressed(context->store, work.message->reply_addr, error) &&
        write_body(&work, &chosen, error))
        reply = approve_locked(context, &work, &chosen, error);
    if (reply)
        work.edited.kept = FALSE; /* the store has it */
    else if (work.edited.kept)
        print_safe(stderr, "what you wrote is kept in %s", work.edited.path);
    return reply ? send_it(context, reply, error) : EXIT_ERROR;
}
