/* SPDX-License-Identifier: Apache-2.0 */
/* erms import DIR: mail that agents have handled, one folder per category, becomes labelled mail.
 */
#include "cmd/cmd.h"
#include "cmd/setting.h"

#include "mail/archive.h"
#include "mail/parse.h"
#include "models/audit.h"
#include "models/label.h"

#include <stdio.h>

#define MAX_BYTES (64 * 1024 * 1024)
#define COMMIT_AFTER (G_USEC_PER_SEC / 2) /* others want to write as well */

typedef struct Import {
    Store *store;
    StoreTransaction *transaction;
    gint64 now;
    gint64 commit_at; /* monotonic */
    guint messages, again, corrected, unreadable, erased;
} Import;

/* Stores MESSAGE unless it is there; *ID is its row. *ERASED: of a person who was erased. */
static gboolean store_message(Import *import, Message *message, gint64 *id, gboolean *erased,
                              GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Message) known = message_find_digest(import->store, message->digest, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (known) {
        *id = known->id;
        *erased = (known->flags & MESSAGE_ERASED) != 0;
        import->erased += *erased;
        return TRUE;
    }
    pipeline_study(NULL, message);
    message->received_at = import->now;
    if (!message_insert(import->store, message, error))
        return FALSE;
    *id = message->id;
    return TRUE;
}

/* CATEGORY NULL: none. */
static gboolean store_label(Import *import, gint64 id, const char *category, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Label) known = label_load(import->store, id, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (known && g_strcmp0(known->category, category) == 0) {
        import->again++;
        return TRUE;
    }
    import->corrected += known != NULL;
    import->messages += known == NULL;
    g_autoptr(Label) label = label_new();
    label->message_id = id;
    label->category = g_strdup(category);
    label->who = g_strdup("import");
    label->source = g_strdup("import");
    label->at = import->now;
    return label_insert(import->store, label, error) &&
           audit_correct(import->store, id, category, error);
}

static gboolean next_batch(Import *import, GError **error)
{
    if (import->transaction && !store_commit(g_steal_pointer(&import->transaction), error))
        return FALSE;
    import->commit_at = g_get_monotonic_time() + COMMIT_AFTER;
    import->transaction = store_begin(import->store, error);
    return import->transaction != NULL;
}

static gboolean on_mail(const char *category, const char *path, GBytes *raw, gpointer data,
                        GError **error)
{
    Import *import = data;
    if (g_get_monotonic_time() >= import->commit_at && !next_batch(import, error))
        return FALSE;
    if (!setting_is_name(category)) {
        g_set_error(error, ARCHIVE_ERROR, 0,
                    "%s: a category's name has lower-case letters, digits and hyphens only", path);
        return FALSE;
    }
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    if (message->flags & MESSAGE_UNREADABLE) {
        g_warning("%s: is no mail; left out", path);
        import->unreadable++;
        return TRUE;
    }
    gint64 id;
    gboolean erased = FALSE;
    return store_message(import, message, &id, &erased, error) &&
           (erased ||
            store_label(import, id, g_str_equal(category, ARCHIVE_NONE) ? NULL : category, error));
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    if (!parse_options(command_import.name, command_import.args, command_import.summary, NULL, 1, 1,
                       &argc, &argv, error))
        return EXIT_ERROR;
    Import import = {.store = context->store, .now = g_get_real_time() / G_USEC_PER_SEC};
    gboolean ok = archive_read(argv[1], MAX_BYTES, on_mail, &import, error);
    /* What was read before the bad file is good: it stays. */
    if (import.transaction && !store_commit(import.transaction, ok ? error : NULL))
        ok = FALSE;
    printf("%u messages learned, %u relabelled, %u known already, %u left out%s\n", import.messages,
           import.corrected, import.again, import.unreadable,
           ok && import.messages + import.corrected ? "; now: erms train" : "");
    if (import.erased)
        printf("%u left out: their senders were erased\n", import.erased);
    if (!ok)
        return EXIT_ERROR;
    return import.unreadable ? EXIT_BAD_DATA : EXIT_DONE;
}

const Command command_import = {"import", "DIR", "learn from a folder of handled mail",
                                NEED_STORE | NEED_HOME, run};
