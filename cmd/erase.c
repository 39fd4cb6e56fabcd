/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erms erase ADDRESS: a person is forgotten. The order is what makes it safe to be interrupted and
 * done again: connect to all servers, delete there, train without the person's mail, erase in one
 * transaction, compact. Until that transaction nothing is lost of what is still to be done.
 */
#include "cmd/json.h"
#include "cmd/model_home.h"
#include "cmd/table.h"
#include "cmd/tickets.h"
#include "cmd/train.h"
#include "mail/parse.h"
#include "pipeline/erase.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef enum { MODEL_KEPT, MODEL_TRAINED, MODEL_REMOVED } ModelFate;
static const char *const fates[] = {"kept", "trained", "removed"};

typedef struct Work {
    Context *context;
    const char *address;
    gint64 now;
    Erasure found;
    Lessons *lessons; /* what is left to learn from */
    EraseDone done;
    ModelFate model;
} Work;

static void work_clear(Work *work)
{
    g_clear_pointer(&work->lessons, lessons_free);
    erase_done_clear(&work->done);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

/* ---- who, and what of it is here ------------------------------------------------------------ */

static char *read_address(const Context *context, const char *text, GError **error)
{
    g_autofree char *address = parse_address(text, NULL);
    const Policy *policy = context->settings->policy;
    const char *const *own = (const char *const *)policy->addresses;
    if (!address)
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "%s: is no address", text);
    else if ((own && g_strv_contains(own, address)) ||
             g_strcmp0(policy->operator_addr, address) == 0)
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "%s is an address of ours", address);
    else
        return g_steal_pointer(&address);
    return NULL;
}

/* Erases, looks at what is left, and lets it fall. */
static gboolean look(Work *work, GError **error)
{
    Context *context = work->context;
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    g_clear_pointer(&work->lessons, lessons_free);
    return transaction &&
           erase_person(context->store, work->address, agent_name(), work->now, &work->found,
                        error) &&
           (work->lessons = lessons_new(context->store, context->kb, error));
}

/* ---- what was, or would be, done ------------------------------------------------------------ */

static void print_found(const Work *work, gboolean dry_run)
{
    const Erasure *found = &work->found;
    const struct {
        gint64 count;
        const char *what;
    } rows[] = {
        {found->tickets, "tickets"},
        {found->mails, "mails"},
        {found->imported, "imported mails"},
        {found->replies, "answers and suggestions"},
        {found->waiting, "of these not sent yet"},
        {found->labels, "labels"},
        {found->cases, "past cases"},
        {found->suppressions, "suppressions"},
        {found->mentions, "mails of others that mention the address"},
        {found->learned, "mails that a model may have learned from"},
    };
    print_safe(stdout, "%s%s:", work->address, dry_run ? ", what would be erased" : "");
    if (erasure_empty(found))
        puts("  nothing is here");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].count)
            printf("  %" G_GINT64_FORMAT " %s\n", rows[i].count, rows[i].what);
}

static void print_servers(const EraseDone *done)
{
    printf("deleted on the mail servers: %u mails, %u copies of answers\n", done->deleted,
           done->copies);
    if (done->missing)
        printf("not found there: %u mails, which were deleted, or moved by hand to folders that "
               "erms does not know\n",
               done->missing);
    if (done->homeless)
        printf("not looked for: %u mails, whose mailboxes are not in erms.conf any more\n",
               done->homeless);
    for (guint i = 0; done->marked && i < done->marked->len; i++)
        print_safe(stdout,
                   "folder %s: the mail is only marked as deleted, the server cannot remove single "
                   "mails (no UIDPLUS): expunge the folder with a mail program",
                   (const char *)g_ptr_array_index(done->marked, i));
}

static void print_end(const Work *work)
{
    print_servers(&work->done);
    if (work->model == MODEL_TRAINED)
        puts("the model was trained anew without the mail; former models are deleted");
    else if (work->model == MODEL_REMOVED)
        puts("too little labelled mail is left: all models are deleted, and nothing is answered "
             "by itself until there is more (erms train)");
    puts("erased; not in backups, in archives that were imported, in kb/, in the operator's data "
         "or in the mail server's own copies: these are yours to clean");
}

static void print_json(const Work *work, gboolean dry_run)
{
    const Erasure *found = &work->found;
    const EraseDone *done = &work->done;
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_put_int(builder, "tickets", found->tickets);
    json_put_int(builder, "mails", found->mails);
    json_put_int(builder, "imported", found->imported);
    json_put_int(builder, "replies", found->replies);
    json_put_int(builder, "waiting", found->waiting);
    json_put_int(builder, "labels", found->labels);
    json_put_int(builder, "cases", found->cases);
    json_put_int(builder, "suppressions", found->suppressions);
    json_put_int(builder, "mentions", found->mentions);
    json_put_int(builder, "learned", found->learned);
    if (!dry_run) {
        json_put_int(builder, "deleted", done->deleted);
        json_put_int(builder, "copies", done->copies);
        json_put_int(builder, "missing", done->missing);
        json_put_int(builder, "homeless", done->homeless);
        json_builder_set_member_name(builder, "marked");
        json_builder_begin_array(builder);
        for (guint i = 0; done->marked && i < done->marked->len; i++)
            json_builder_add_string_value(builder, g_ptr_array_index(done->marked, i));
        json_builder_end_array(builder);
        json_put_string(builder, "model", fates[work->model]);
    }
    json_builder_end_object(builder);
    json_print(builder);
}

static gboolean confirm(const Work *work, gboolean as_json, GError **error)
{
    if (!isatty(STDIN_FILENO) || as_json) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "it cannot be undone: say --yes, or --dry-run");
        return FALSE;
    }
    print_found(work, FALSE);
    printf("It cannot be undone. Type yes to erase: ");
    fflush(stdout);
    char line[16] = "";
    if (fgets(line, sizeof line, stdin) && g_str_equal(g_strchomp(line), "yes"))
        return TRUE;
    g_set_error(error, CMD_ERROR, EXIT_FAILED, "nothing was changed");
    return FALSE;
}

/* ---- erasing -------------------------------------------------------------------------------- */

static gboolean delete_mail(Work *work, GError **error)
{
    Context *context = work->context;
    guint recovered = 0;
    g_autoptr(EraseServers) servers =
        erase_servers_open(&context->pipeline, context->settings->mailboxes, work->address, error);
    return servers && pipeline_recover(&context->pipeline, &recovered, error) &&
           erase_drop_waiting(context->store, work->address, work->now, error) &&
           erase_servers_delete(servers, &work->done, error);
}

/* Makes the candidate that never saw the mail; *TRAINING stays NULL if there is too little left. */
static gboolean train_without(Work *work, Training **training, GError **error)
{
    Context *context = work->context;
    gint64 started = g_get_monotonic_time();
    g_autoptr(GError) local = NULL;
    g_autofree ModelGuess *held_out = g_new0(ModelGuess, work->lessons->n + 1);
    g_autofree char *candidate = home_path(context, HOME_MODEL_CANDIDATE);
    g_autoptr(Model) fresh = train_fresh(context, work->lessons, held_out, training, &local);
    if (g_error_matches(local, MODEL_ERROR, MODEL_ERROR_TOO_FEW))
        return TRUE;
    if (!fresh) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    (*training)->replaced = context->model ? g_strdup(model_trained_id(context->model)) : NULL;
    (*training)->detail = g_strdup("trained anew because mail was erased");
    (*training)->seconds = (double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC;
    return model_save(fresh, candidate, error);
}

/* In the transaction that erases; the files first, so that none is forgotten. */
static gboolean change_models(Work *work, Training *training, GError **error)
{
    Context *context = work->context;
    if (work->model == MODEL_KEPT)
        return TRUE;
    return model_home_forget(context, training != NULL, training != NULL, error) &&
           (!training || (training_insert(context->store, training, error) &&
                          model_home_promote(context, FALSE, error)));
}

static gboolean erase_rows(Work *work, GError **error)
{
    Context *context = work->context;
    Erasure erased;
    g_autoptr(Training) training = NULL;
    g_autofree char *live = home_path(context, HOME_MODEL);
    gboolean has_model = g_file_test(live, G_FILE_TEST_EXISTS);
    if (work->found.learned) {
        if (has_model && !train_without(work, &training, error))
            return FALSE;
        work->model = training ? MODEL_TRAINED : MODEL_REMOVED;
    }
    g_autoptr(StoreTransaction) transaction = store_begin(context->store, error);
    return transaction &&
           erase_person(context->store, work->address, agent_name(), work->now, &erased, error) &&
           change_models(work, training, error) &&
           store_commit(g_steal_pointer(&transaction), error);
}

static int erase(Work *work, gboolean as_json, GError **error)
{
    Context *context = work->context;
    g_autoptr(ModelLock) lock = NULL;
    /* Looked at again under the locks; and gone through even if nothing is here: an earlier one may
     * have ended before its end. */
    if (!settings_secrets(context->settings, error) ||
        !context_open(context, NEED_LOCK, LOCK_WAIT, error) ||
        !(lock = model_lock(context, LOCK_WAIT, error)) || !look(work, error) ||
        !delete_mail(work, error) || !erase_rows(work, error) ||
        !erase_compact(context->store, error))
        return EXIT_ERROR;
    if (as_json) {
        print_json(work, FALSE);
    } else {
        print_found(work, FALSE);
        print_end(work);
    }
    return work->done.homeless ? EXIT_FAILED : EXIT_DONE;
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean dry_run = FALSE, yes = FALSE, as_json = FALSE;
    const GOptionEntry options[] = {
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, "Count; change nothing", NULL},
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &yes, "Do not ask", NULL},
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options(command_erase.name, command_erase.args, command_erase.summary, options, 1, 1,
                       &argc, &argv, error) ||
        !context_open(context, NEED_PIPELINE | NEED_NO_MODEL, 0, error))
        return EXIT_ERROR;
    g_autofree char *address = read_address(context, argv[1], error);
    g_auto(Work) work = {.context = context, .address = address, .now = context->pipeline.now};
    if (!address || !look(&work, error))
        return EXIT_ERROR;
    if (!dry_run)
        return yes || confirm(&work, as_json, error) ? erase(&work, as_json, error) : EXIT_ERROR;
    if (as_json)
        print_json(&work, TRUE);
    else
        print_found(&work, TRUE);
    return EXIT_DONE;
}

const Command command_erase = {"erase", "[--dry-run] [--yes] ADDRESS",
                               "forget a person: mail, answers, and what was learned", NEED_HOME,
                               run};
