/* SPDX-License-Identifier: Apache-2.0 */
/* erms ticket reply: sends a suggestion as it is, edited, or an answer of the agent's own. */
#include "cmd/table.h"
#include "cmd/tickets.h"

#include "kb/fill.h"
#include "mail/compose.h"
#include "models/event.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_BODY (256 * 1024)

/* The newest mail of the ticket that a human wrote. */
static const Message *answered_message(const GPtrArray *messages)
{
    for (guint i = messages->len; i-- > 0;) {
        const Message *message = g_ptr_array_index(messages, i);
        if (!message->automatic)
            return message;
    }
    return messages->len ? g_ptr_array_index(messages, messages->len - 1) : NULL;
}

/* The draft number CHOICE that answers MESSAGE; NULL: there is none. Borrowed. */
static Reply *find_draft(const GPtrArray *replies, gint64 message, guint choice)
{
    for (guint i = 0; i < replies->len; i++) {
        Reply *reply = g_ptr_array_index(replies, i);
        if (reply->state == REPLY_DRAFT && reply->message_id == message && reply->rank == choice)
            return reply;
    }
    return NULL;
}

static char *read_body(const char *path, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    FILE *file = g_str_equal(path, "-") ? stdin : fopen(path, "re");
    if (!file) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    char buffer[4096];
    gsize n;
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0 && text->len <= MAX_BODY)
        g_string_append_len(text, buffer, (gssize)n);
    gboolean failed = ferror(file);
    if (file != stdin)
        fclose(file);
    g_autofree char *trimmed = g_strstrip(g_strdup(text->str));
    if (failed || text->len > MAX_BODY || !*trimmed || strlen(text->str) != text->len ||
        !g_utf8_validate(text->str, (gssize)text->len, NULL)) {
        g_set_error(error, CMD_ERROR, EXIT_BAD_DATA,
                    "%s: is no answer: it cannot be read, is empty, larger than %d KiB, or not "
                    "UTF-8",
                    path, MAX_BODY / 1024);
        return NULL;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Lets the agent change TEXT in $VISUAL, $EDITOR or vi. */
static char *edit(const char *text, GError **error)
{
    const char *editor = g_getenv("VISUAL")   ? g_getenv("VISUAL")
                         : g_getenv("EDITOR") ? g_getenv("EDITOR")
                                              : "vi";
    g_auto(GStrv) argv = NULL;
    g_autofree char *path = NULL;
    if (!g_shell_parse_argv(editor, NULL, &argv, error))
        return NULL;
    int fd = g_file_open_tmp("erms-reply-XXXXXX.txt", &path, error);
    if (fd < 0)
        return NULL;
    close(fd);
    char *body = NULL;
    int status = 0;
    GStrvBuilder *full = g_strv_builder_new();
    g_strv_builder_addv(full, (const char **)argv);
    g_strv_builder_add(full, path);
    g_auto(GStrv) command = g_strv_builder_end(full);
    g_strv_builder_unref(full);
    if (g_file_set_contents(path, text, -1, error) &&
        g_spawn_sync(NULL, command, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL,
                     NULL, NULL, NULL, &status, error) &&
        g_spawn_check_wait_status(status, error))
        body = read_body(path, error);
    unlink(path);
    return body;
}

/* A reply of the agent's own to MESSAGE, inserted as DRAFT. */
static Reply *own_reply(Context *context, const Ticket *ticket, const Message *message,
                        const GPtrArray *replies, const char *body, gint64 now, GError **error)
{
    const Policy *policy = context->settings->policy;
    guint rank = 1;
    for (guint i = 0; i < replies->len; i++) {
        const Reply *other = g_ptr_array_index(replies, i);
        if (other->message_id == message->id)
            rank = MAX(rank, other->rank + 1);
    }
    g_autoptr(Reply) reply = reply_new();
    reply->ticket_id = ticket->id;
    reply->message_id = message->id;
    reply->state = REPLY_DRAFT;
    reply->rank = rank;
    reply->language = g_strdup(message->language);
    reply->to_addr = g_strdup(message->reply_addr);
    reply->subject = compose_subject(message->subject, ticket->token);
    reply->body = g_strdup(body);
    reply->mail_id =
        compose_message_id(context->key, ticket->token, (guint64)message->id * 100 + rank,
                           strchr(policy->from_addr, '@') + 1);
    reply->in_reply_to = g_strdup(message->message_id);
    reply->references = compose_references(message);
    reply->created_at = now;
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

typedef struct ReplyOptions {
    int choice;
    const char *body_path; /* NULL: the suggestion as it is */
    gboolean edit;
} ReplyOptions;

static Reply *prepare(Context *context, const Ticket *ticket, const ReplyOptions *options,
                      GError **error)
{
    g_autoptr(GPtrArray) messages = message_list_ticket(context->store, ticket->id, error);
    g_autoptr(GPtrArray) replies =
        messages ? reply_list_ticket(context->store, ticket->id, error) : NULL;
    if (!replies)
        return NULL;
    const Message *message = answered_message(messages);
    if (!message || !message->reply_addr) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "ticket %" G_GINT64_FORMAT " has no address to answer to", ticket->id);
        return NULL;
    }
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    Reply *found = find_draft(replies, message->id, (guint)options->choice);
    g_autofree char *body = NULL;
    if (options->body_path && !(body = read_body(options->body_path, error)))
        return NULL;
    if (!found && !body && !options->edit) {
        g_set_error(error, CMD_ERROR, EXIT_FAILED,
                    "ticket %" G_GINT64_FORMAT " has no suggestion %d: answer with --edit or "
                    "--body FILE",
                    ticket->id, options->choice);
        return NULL;
    }
    if (options->edit) {
        char *changed = edit(body ? body : found ? found->body : "", error);
        if (!changed)
            return NULL;
        g_free(body);
        body = changed;
    }
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    if (!transaction)
        return NULL;
    g_autoptr(Reply) draft = found ? reply_load(context->store, found->id, error)
                                   : own_reply(context, ticket, message, replies, body, now, error);
    if (!draft || !approve(context, draft, body, now, error) ||
        !store_commit(g_steal_pointer(&transaction), error))
        return NULL;
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
    SendOutcome outcome;
    g_autoptr(GError) local = NULL;
    if (!pass_send_one(&pass, reply, &outcome, &local)) {
        if (local->domain == SERVER_ERROR) {
            printf("approved; not sent yet: %s. The next run sends it.\n", local->message);
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
        printf("approved; not sent yet: %s. The next run sends it.\n", reply->error);
        return EXIT_TRY_LATER;
    case SEND_DROPPED:
    case SEND_FAILED:
    default:
        fprintf(stderr, "erms ticket reply: %s: %s\n", reply_state_name(reply->state),
                reply->error ? reply->error : "not sent");
        return EXIT_FAILED;
    }
}

int ticket_command_reply(Context *context, int argc, char **argv, GError **error)
{
    g_autofree char *body_path = NULL;
    ReplyOptions chosen = {.choice = 1};
    const GOptionEntry options[] = {
        {"choose", 'c', 0, G_OPTION_ARG_INT, &chosen.choice, "Suggestion N (1)", "N"},
        {"edit", 'e', 0, G_OPTION_ARG_NONE, &chosen.edit, "Change it in $EDITOR first", NULL},
        {"body", 'b', 0, G_OPTION_ARG_FILENAME, &body_path,
         "Send this text instead (- for standard input)", "FILE"},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options("ticket reply", "TICKET", "Send a suggestion, or an answer of your own.",
                       options, 1, 1, &argc, &argv, error))
        return EXIT_ERROR;
    chosen.body_path = body_path;
    g_autoptr(Ticket) ticket = ticket_named(context->store, argv[1], error);
    if (!ticket)
        return EXIT_ERROR;
    if (!context->settings->smtp) {
        g_set_error(error, CMD_ERROR, EXIT_CONFIG, "erms.conf: [smtp] is missing");
        return EXIT_ERROR;
    }
    if (!settings_secrets(context->settings, error))
        return EXIT_ERROR;
    g_autoptr(Reply) reply = prepare(context, ticket, &chosen, error);
    return reply ? send_it(context, reply, error) : EXIT_ERROR;
}
