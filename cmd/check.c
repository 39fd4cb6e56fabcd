/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erms check: says line by line what is right and what is not: home, settings, database, knowledge
 * base, model, lookups, mailboxes, SMTP. The exit code is that of the first failure.
 */
#include "cmd/audit.h"
#include "cmd/authserv.h"
#include "cmd/places.h"
#include "cmd/table.h"
#include "models/breaker.h"
#include "pipeline/drift.h"
#include "pipeline/learn.h"
#include "pipeline/limits.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Checkup {
    int worst;
} Checkup;

static void fine(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void fine(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    print_safe(stdout, "ok    %s", text);
}

static void note(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    print_safe(stdout, "note  %s", text);
}

static void wrong(Checkup *checkup, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void wrong(Checkup *checkup, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    print_safe(stdout, "WRONG %s", text);
    if (checkup->worst == EXIT_DONE)
        checkup->worst = code;
}

static void failed(Checkup *checkup, const GError *error)
{
    wrong(checkup, exit_code(error), "%s", error->message);
}

static gboolean open_one(Context *context, Checkup *checkup, guint need, const char *what)
{
    g_autoptr(GError) error = NULL;
    if (!context_open(context, need, 0, &error)) {
        failed(checkup, error);
        return FALSE;
    }
    if (what)
        fine("%s", what);
    return TRUE;
}

/* Who owns it, by name where there is one. New string. */
static char *owner_name(uid_t uid)
{
    const struct passwd *entry = getpwuid(uid);
    return entry ? g_strdup(entry->pw_name) : g_strdup_printf("user %u", (guint)uid);
}

/* One file or folder of the home; FALSE: something is wrong with it. What is no SECRET by itself is
 * protected well enough by the home's own mode. */
static gboolean check_mode(Context *context, Checkup *checkup, const char *name, gboolean secret,
                           uid_t home_owner)
{
    g_autofree char *path = home_path(context, name);
    struct stat info;
    if (stat(path, &info) != 0)
        return TRUE; /* whoever needs it complains */
    gboolean open = (info.st_mode & (S_IRWXG | S_IRWXO)) != 0, own = info.st_uid == home_owner;
    g_autofree char *is = owner_name(info.st_uid), *shall = owner_name(home_owner);
    if (open && secret)
        wrong(checkup, EXIT_CONFIG, "%s: others can look into it (chmod go= it)", path);
    else if (open)
        note("%s: others can look into it (chmod go= it)", path);
    if (!own)
        wrong(checkup, EXIT_CONFIG, "%s belongs to %s, the home to %s (chown %s it)", path, is,
              shall, shall);
    return !open && own;
}

/* Everything that holds secrets, mail, or what was learned from mail. */
static void check_modes(Context *context, Checkup *checkup)
{
    static const struct {
        const char *name;
        gboolean secret;
    } files[] = {{"", TRUE},         {HOME_CONF, TRUE},      {HOME_KEY, TRUE},
                 {HOME_DB, TRUE},    {HOME_DB "-wal", TRUE}, {HOME_DB "-shm", TRUE},
                 {HOME_LOCK, FALSE}, {"model", FALSE}};
    struct stat home;
    if (stat(context->home, &home) != 0)
        return;
    gboolean sound = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(files); i++)
        sound = check_mode(context, checkup, files[i].name, files[i].secret, home.st_uid) && sound;
    g_autofree char *models = home_path(context, "model");
    g_autoptr(GDir) dir = g_dir_open(models, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *inside = g_build_filename("model", name, NULL);
        sound = check_mode(context, checkup, inside, FALSE, home.st_uid) && sound;
    }
    if (sound)
        fine("%s: nobody else can look into it", context->home);
    if (home.st_uid != geteuid()) {
        g_autofree char *owner = owner_name(home.st_uid), *we = owner_name(geteuid());
        note("you are %s, the home belongs to %s: what you make in it, %s may not be able to use "
             "(sudo -u %s erms ...)",
             we, owner, owner, owner);
    }
}

static void check_categories(Context *context, Checkup *checkup)
{
    g_autoptr(GPtrArray) unknown = unknown_categories(context);
    for (guint i = 0; i < unknown->len; i++)
        wrong(checkup, EXIT_CONFIG, "%s", (const char *)g_ptr_array_index(unknown, i));
}

static void check_approved(Context *context)
{
    const GPtrArray *templates = kb_templates(context->kb);
    guint approved = 0;
    for (guint i = 0; i < templates->len; i++)
        approved += ((const Template *)g_ptr_array_index(templates, i))->state == TEMPLATE_APPROVED;
    if (approved < templates->len)
        note("knowledge base: %u of %u answers are approved; the others are neither suggested nor "
             "sent",
             approved, templates->len);
}

static void check_kb(Context *context, Checkup *checkup)
{
    if (!open_one(context, checkup, NEED_KB, NULL))
        return;
    g_autoptr(GPtrArray) problems = kb_problems_of(context);
    guint errors = 0;
    for (guint i = 0; i < problems->len; i++) {
        const KbProblem *problem = g_ptr_array_index(problems, i);
        errors += problem->error;
        if (problem->error)
            wrong(checkup, EXIT_BAD_DATA, "%s:%u: %s", problem->path, problem->line, problem->text);
    }
    if (!errors)
        fine("knowledge base: %u templates in %u categories%s", kb_templates(context->kb)->len,
             g_strv_length((char **)kb_categories(context->kb)),
             problems->len ? " (erms kb check has warnings)" : "");
    check_approved(context);
    check_categories(context, checkup);
}

/* What the model has learned since its training; a training learns it for good. */
static void check_corrections(Context *context, Checkup *checkup)
{
    g_autoptr(GError) error = NULL;
    CorrectionPast past;
    gboolean known = FALSE;
    gint64 count = 0;
    if (!context->store)
        return;
    if (!learn_past(context->store, context->model, &past, &known, &error) ||
        (known && !correction_count(context->store, &past, &count, &error)))
        failed(checkup, error);
    else if (count > LEARN_MOST)
        note("%" G_GINT64_FORMAT " mails were labelled since the model was trained; it has learned "
             "only the newest %d: train again (erms train)",
             count, LEARN_MOST);
}

static void check_model(Context *context, Checkup *checkup)
{
    g_autoptr(GError) error = NULL;
    if (!context_open(context, NEED_MODEL, 0, &error)) {
        failed(checkup, error);
        return;
    }
    if (!context->model) {
        note("no model yet: everything goes to a queue (erms import, erms train)");
        return;
    }
    ModelReport report;
    model_report(context->model, &report);
    fine("model %s: %u categories, %.1f %% of held-out mail could be answered alone",
         model_id(context->model), model_n_categories(context->model), report.coverage * 100);
    check_corrections(context, checkup);
}

/* Do agents' reviews bear out what training promised, and is mail still what it was trained on? */
static void check_promise(Context *context, Checkup *checkup)
{
    if (!context->store)
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) warnings = audit_warnings(context, &error);
    for (guint i = 0; warnings && i < warnings->len; i++)
        wrong(checkup, EXIT_FAILED, "%s", (const char *)g_ptr_array_index(warnings, i));
    Pipeline pipeline = {.store = context->store,
                         .model = context->model,
                         .now = g_get_real_time() / G_USEC_PER_SEC};
    g_autoptr(Drift) drift = warnings ? pipeline_drift(&pipeline, &error) : NULL;
    if (error) {
        failed(checkup, error);
        return;
    }
    g_autofree char *changed = drift ? drift_sentence(drift) : NULL;
    if (changed)
        note("%s (erms audit --drift)", changed);
    else if (drift)
        fine("the last %u mails are like those of training", drift->mails);
}

static void check_lookups(Context *context, Checkup *checkup)
{
    for (guint i = 0; i < context->settings->lookups->len; i++) {
        LookupSpec *spec = g_ptr_array_index(context->settings->lookups, i);
        g_autoptr(GError) error = NULL;
        g_autoptr(Lookup) lookup = lookup_new(spec, &error);
        if (lookup && lookup_probe(lookup, &error)) {
            fine("[lookup %s]: its source answers", spec->name);
            continue;
        }
        g_prefix_error(&error, "[lookup %s] ", spec->name);
        failed(checkup, error);
    }
}

static const char *tls_name(const ServerSpec *spec)
{
    return spec->tls == TLS_NONE       ? "NO encryption"
           : spec->tls == TLS_STARTTLS ? "STARTTLS, certificate verified"
                                       : "TLS, certificate verified";
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every FILING_… that can come up, each once (GHashTable used as a set, owned). */
static GHashTable *all_filings(const Policy *policy)
{
    GHashTable *filings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *const fixed[] = {FILING_ANSWERED, FILING_IGNORED, FILING_UNREADABLE};
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
        g_hash_table_add(filings, g_strdup(fixed[i]));
    g_hash_table_add(filings, g_strconcat(FILING_QUEUE_PREFIX, policy->default_queue, NULL));
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, policy->categories);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_hash_table_add(filings,
                         g_strconcat(FILING_QUEUE_PREFIX,
                                     policy_queue(policy, ((CategoryPolicy *)value)->name), NULL));
    return filings;
}

/* Every folder that mail can be filed in: is it there, or can it be made? */
static void check_folders(Context *context, Checkup *checkup, const Mailbox *mailbox, Imap *imap)
{
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) filings = all_filings(context->settings->policy);
    GHashTableIter iter;
    gpointer filing;
    g_hash_table_iter_init(&iter, filings);
    while (g_hash_table_iter_next(&iter, &filing, NULL))
        g_ptr_array_add(folders, mailbox_target(mailbox, filing));
    if (mailbox->sent)
        g_ptr_array_add(folders, g_strdup(mailbox->sent));
    g_ptr_array_sort(folders, by_name);
    g_autoptr(GString) missing = g_string_new(NULL);
    for (guint i = 0; i < folders->len; i++) {
        const char *folder = g_ptr_array_index(folders, i);
        gboolean exists = FALSE;
        g_autoptr(GError) error = NULL;
        if (!imap_folder_exists(imap, folder, &exists, &error)) {
            failed(checkup, error);
            return;
        }
        if (!exists)
            g_string_append_printf(missing, " %s", folder);
    }
    if (missing->len)
        note("[mailbox %s]: these folders will be made when they are needed:%s", mailbox->name,
             missing->str);
    else
        fine("[mailbox %s]: all folders are there", mailbox->name);
}

static void check_mailbox(Context *context, Checkup *checkup, guint i)
{
    const Mailbox *mailbox = g_ptr_array_index(context->settings->mailboxes, i);
    g_autoptr(GError) error = NULL;
    g_autoptr(Imap) imap = NULL;
    ImapFolder info;
    if (!settings_secret(context->settings,
                         g_ptr_array_index(context->settings->mailbox_secrets, i), mailbox->server,
                         &error) ||
        !(imap = imap_open(mailbox->server, &error))) {
        failed(checkup, error);
        return;
    }
    fine("[mailbox %s]: logged in to %s:%u as %s, %s", mailbox->name, mailbox->server->host,
         mailbox->server->port, mailbox->server->user, tls_name(mailbox->server));
    if (!imap_select(imap, mailbox->folder, FALSE, &info, &error)) {
        failed(checkup, error);
        return;
    }
    if (info.read_only) {
        wrong(checkup, EXIT_CONFIG, "[mailbox %s]: %s is read-only: handled mail cannot be filed",
              mailbox->name, mailbox->folder);
        return;
    }
    fine("[mailbox %s]: %s holds %u messages", mailbox->name, mailbox->folder, info.exists);
    if (mailbox->keywords && !info.can_keywords)
        wrong(checkup, EXIT_CONFIG, "[mailbox %s] filing: the server keeps no keywords; use move",
              mailbox->name);
    if (!mailbox->keywords && !imap_has_capability(imap, "MOVE"))
        note("[mailbox %s]: the server has no MOVE; mail is copied and deleted", mailbox->name);
    if (!mailbox->keywords && !imap_has_capability(imap, "UIDPLUS"))
        note("[mailbox %s]: the server has no UIDPLUS; moved mail stays behind marked as deleted",
             mailbox->name);
    if (!mailbox->keywords)
        check_folders(context, checkup, mailbox, imap);
}

static void check_smtp(Context *context, Checkup *checkup)
{
    Settings *settings = context->settings;
    if (!settings->smtp) {
        note("[smtp] is missing: nothing can be sent");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(Smtp) smtp = NULL;
    if (settings_secret(settings, &settings->smtp_secret, settings->smtp, &error) &&
        (smtp = smtp_open(settings->smtp, settings->helo_name, &error)))
        fine("[smtp]: %s:%u lets us in, %s", settings->smtp->host, settings->smtp->port,
             tls_name(settings->smtp));
    else
        failed(checkup, error);
}

static void check_stops(const Context *context, Checkup *checkup)
{
    g_autofree char *stop = home_path(context, HOME_STOP);
    const Pipeline pipeline = {.stop_path = stop};
    g_autoptr(GError) error = NULL;
    g_autoptr(Breaker) breaker = context->store ? breaker_load(context->store, &error) : NULL;
    if (error)
        failed(checkup, error);
    if (breaker)
        wrong(checkup, EXIT_FAILED, "the breaker is tripped: %s (erms breaker)", breaker->why);
    if (limits_stopped(&pipeline))
        wrong(checkup, EXIT_FAILED, "%s is there: nothing leaves until it is removed", stop);
}

/* Personal answers that can never leave by themselves. */
static void check_senders(const Context *context)
{
    const Settings *settings = context->settings;
    const GPtrArray *templates = context->kb ? kb_templates(context->kb) : NULL;
    const char *personal = NULL;
    for (guint i = 0; templates && i < templates->len && !personal; i++) {
        const Template *template_ = g_ptr_array_index(templates, i);
        if (template_->discloses == TEMPLATE_PERSONAL && template_->mode == TEMPLATE_AUTO &&
            template_->state == TEMPLATE_APPROVED &&
            policy_mode(settings->policy, template_->category) == TEMPLATE_AUTO)
            personal = template_->id;
    }
    for (guint i = 0; personal && i < settings->mailboxes->len; i++) {
        const Mailbox *mailbox = g_ptr_array_index(settings->mailboxes, i);
        if (!g_hash_table_contains(settings->policy->authservs, mailbox->name))
            note("[mailbox %s] has no authserv-id: no sender is known, personal answers (%s) are "
                 "suggestions only",
                 mailbox->name, personal);
    }
}

/* Is the name right under which the mail server stamps its results? */
static void check_authservs(const Context *context, Checkup *checkup)
{
    const Settings *settings = context->settings;
    for (guint i = 0; context->store && i < settings->mailboxes->len; i++) {
        const char *account = ((const Mailbox *)g_ptr_array_index(settings->mailboxes, i))->name;
        const char *const *authservs = g_hash_table_lookup(settings->policy->authservs, account);
        g_autoptr(GError) error = NULL;
        g_autofree char *doubt = NULL;
        if (!authservs)
            continue;
        if (!authserv_doubt(context->store, account, authservs, &doubt, &error))
            failed(checkup, error);
        else if (doubt)
            note("%s", doubt);
    }
}

static void check_policy(const Context *context, Checkup *checkup)
{
    const Policy *policy = context->settings->policy;
    check_senders(context);
    check_authservs(context, checkup);
    if (policy->sending && !policy->operator_addr)
        note("sending is on, but nobody is told when the breaker trips ([general] operator)");
    if (policy->sending && !policy->limits.total.count)
        note("sending is on without a limit on all answers together ([limits] total = none): a "
             "wave of mail does not trip the breaker");
    if (!policy->sending)
        note("sending is off: answers are suggestions only ([general] sending)");
    if (!policy->addresses[0])
        note("no addresses are given: mail that is not addressed to us is answered as well "
             "([mailbox] addresses)");
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    if (!parse_options(command_check.name, command_check.args, command_check.summary, NULL, 0, 0,
                       &argc, &argv, error))
        return EXIT_ERROR;
    Checkup checkup = {EXIT_DONE};
    if (!open_one(context, &checkup, NEED_SETTINGS, "erms.conf is understood"))
        return checkup.worst;
    check_modes(context, &checkup);
    open_one(context, &checkup, NEED_STORE, "erms.db can be opened");
    open_one(context, &checkup, NEED_KEY, "erms.key is there");
    check_kb(context, &checkup);
    check_model(context, &checkup);
    check_promise(context, &checkup);
    check_lookups(context, &checkup);
    for (guint i = 0; i < context->settings->mailboxes->len; i++)
        check_mailbox(context, &checkup, i);
    check_smtp(context, &checkup);
    check_stops(context, &checkup);
    check_policy(context, &checkup);
    puts(checkup.worst == EXIT_DONE ? "all is well" : "something is wrong, see above");
    return checkup.worst;
}

const Command command_check = {"check", "", "say what is right and what is not", NEED_HOME, run};
