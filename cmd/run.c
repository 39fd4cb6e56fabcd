/* SPDX-License-Identifier: Apache-2.0 */
/* erms run: one pass over all mailboxes, or one every N seconds. */
#include "cmd/audit.h"
#include "cmd/places.h"
#include "cmd/table.h"
#include "models/breaker.h"
#include "pipeline/limits.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define MANY 200 /* new mails from which a progress bar is worth its line */

/* The only thing a signal may touch. */
static volatile sig_atomic_t stop_asked;

static void on_signal(G_GNUC_UNUSED int signal_number)
{
    stop_asked = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

typedef struct Report {
    Table *table; /* NULL: decisions are not shown */
    guint answers, suggestions, held, ignored;
    int worst; /* exit code */
    gboolean bar;
} Report;

static void on_decided(const Message *message, const Verdict *verdict, gpointer data)
{
    Report *report = data;
    report->answers += verdict->action == VERDICT_SEND;
    report->suggestions += verdict->action == VERDICT_SUGGEST;
    report->held += verdict->action == VERDICT_HOLD;
    report->ignored += verdict->action == VERDICT_IGNORE;
    g_info("ticket %" G_GINT64_FORMAT ": %s: %s", message->ticket_id,
           verdict_action_name(verdict->action), verdict->detail);
    if (!report->table)
        return;
    g_autofree char *probability =
        verdict->category ? g_strdup_printf("%.3f", verdict->probability) : NULL;
    table_add(report->table, verdict_action_name(verdict->action), message->from_addr,
              message->subject, verdict->category, probability,
              verdict->action == VERDICT_SEND ? verdict->template_name : verdict->queue,
              verdict->detail);
}

static void on_progress(guint done, guint total, gpointer data)
{
    const Report *report = data;
    if (!report->bar || total < MANY)
        return;
    guint filled = done * 40 / total;
    fprintf(stderr, "\r[%.*s%*s] %u of %u", (int)filled, "########################################",
            (int)(40 - filled), "", done, total);
    if (done == total)
        fputc('\n', stderr);
}

static void on_trouble(const GError *error, gpointer data)
{
    Report *report = data;
    g_warning("%s", error->message);
    int code = exit_code(error);
    /* A mailbox that is wrong for good is worse than one that may come back. */
    if (report->worst == EXIT_DONE || code == EXIT_CONFIG || code == EXIT_LOGIN)
        report->worst = code;
}

static void print_summary(const PassCounts *counts, const Report *report, gboolean dry_run)
{
    if (dry_run)
        printf("%u new: %u would be answered, %u queued, %u ignored. Nothing was changed.\n",
               counts->fetch.new_mail, report->answers, report->suggestions + report->held,
               report->ignored);
    else {
        g_autofree char *withdrawn =
            counts->dropped ? g_strdup_printf("%u withdrawn, ", counts->dropped) : g_strdup("");
        printf("%u new: %u answered, %u queued, %u ignored; %u sent, %u waiting, %u failed, "
               "%s%u filed%s\n",
               counts->fetch.new_mail, report->answers, report->suggestions + report->held,
               report->ignored, counts->sent, counts->later, counts->failed + counts->recovered,
               withdrawn, counts->fetch.filed, stop_asked ? " (stopped)" : "");
    }
}

static const char *const columns[] = {"WOULD", "FROM",         "SUBJECT", "CATEGORY",
                                      ">P",    "ANSWER/QUEUE", "WHY",     NULL};

static guint32 largest_mail(const Settings *settings)
{
    guint32 largest = 0;
    for (guint i = 0; i < settings->mailboxes->len; i++)
        largest =
            MAX(largest, ((const Mailbox *)g_ptr_array_index(settings->mailboxes, i))->max_bytes);
    return largest;
}

/* What keeps answers from leaving is told by each run, by its exit code, too. */
static gboolean warn_of_stops(const Context *context, int *worst, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Breaker) breaker = breaker_load(context->store, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    gboolean stopped = limits_stopped(&context->pipeline);
    if (stopped)
        g_warning("%s is there: nothing leaves until it is removed", context->stop_path);
    if ((stopped || breaker) && *worst == EXIT_DONE)
        *worst = EXIT_FAILED;
    if (!breaker)
        return TRUE;
    g_autofree char *at = format_time(breaker->at);
    g_warning("the breaker is tripped since %s, answers are suggestions only: %s (look into it, "
              "then: erms breaker reset)",
              at, breaker->why);
    return TRUE;
}

/* One pass; *WORST becomes the exit code of what went wrong on the way. */
static gboolean one_pass(Context *context, gboolean dry_run, int *worst, GError **error)
{
    g_autoptr(Table) table = dry_run ? table_new(columns) : NULL;
    Report report = {.table = table, .bar = isatty(STDERR_FILENO)};
    const ParserLimits limits = parser_limits(largest_mail(context->settings));
    g_autoptr(Parser) parser = parser_new("/proc/self/exe", &limits);
    context->pipeline.parser = parser;
    Pass pass = {.pipeline = &context->pipeline,
                 .mailboxes = context->settings->mailboxes,
                 .smtp = context->settings->smtp,
                 .helo_name = context->settings->helo_name,
                 .dry_run = dry_run,
                 .hooks = {.decided = on_decided,
                           .progress = on_progress,
                           .data = &report,
                           .stop = &stop_asked},
                 .trouble = on_trouble,
                 .trouble_data = &report};
    PassCounts counts = {0};
    gboolean done = pass_run(&pass, &counts, error);
    context->pipeline.parser = NULL;
    if (!done)
        return FALSE;
    if (table)
        table_print(table);
    print_summary(&counts, &report, dry_run);
    if (report.worst == EXIT_DONE && counts.fetch.trouble)
        report.worst = EXIT_FAILED;
    *worst = report.worst;
    return warn_of_stops(context, worst, error);
}

/* An answer that is left out may be why another one, or none, is chosen. */
static void warn_of_answers(const Kb *kb)
{
    const GPtrArray *problems = kb_problems(kb);
    for (guint i = 0; i < problems->len; i++) {
        const KbProblem *problem = g_ptr_array_index(problems, i);
        if (problem->error)
            g_warning("%s:%u: %s; this answer is left out", problem->path, problem->line,
                      problem->text);
    }
}

static void warn_of_categories(const Context *context)
{
    g_autoptr(GPtrArray) unknown = unknown_categories(context);
    for (guint i = 0; i < unknown->len; i++)
        g_warning("%s", (const char *)g_ptr_array_index(unknown, i));
}

/* A category that fell back to suggesting is told until somebody looks into it. */
static gboolean warn_of_promises(const Context *context, GError **error)
{
    g_autoptr(GPtrArray) warnings = audit_warnings(context, error);
    for (guint i = 0; warnings && i < warnings->len; i++)
        g_warning("%s", (const char *)g_ptr_array_index(warnings, i));
    return warnings != NULL;
}

/* Everything that the operator or an agent may have changed is opened afresh for each pass. */
static int open_and_pass(Context *context, gboolean dry_run, GError **error)
{
    int worst = EXIT_DONE;
    if (!context_open(context, NEED_PIPELINE | NEED_LOCK, 0, error) ||
        !settings_secrets(context->settings, error))
        return EXIT_ERROR;
    warn_of_answers(context->kb);
    warn_of_categories(context);
    if (!warn_of_promises(context, error))
        return EXIT_ERROR;
    return one_pass(context, dry_run, &worst, error) ? worst : EXIT_ERROR;
}

/* In short steps: a signal that comes between the look and the sleep costs a second at most. */
static void pause_for(int seconds)
{
    gint64 until = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
    while (!stop_asked && g_get_monotonic_time() < until) {
        gint64 left = until - g_get_monotonic_time();
        g_usleep((gulong)CLAMP(left, 0, G_USEC_PER_SEC));
    }
}

static int repeat(Context *context, int every, gboolean dry_run)
{
    g_autofree char *home = g_strdup(context->home);
    int code = EXIT_DONE;
    while (!stop_asked) {
        g_autoptr(GError) error = NULL;
        code = open_and_pass(context, dry_run, &error);
        if (code == EXIT_ERROR) {
            g_warning("%s", error->message);
            code = exit_code(error);
        }
        fflush(stdout);
        context_close(context);
        context->home = g_strdup(home);
        pause_for(every);
    }
    return code;
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean dry_run = FALSE, verbose = FALSE;
    int every = 0;
    const GOptionEntry options[] = {
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, "Show what would be done; change nothing",
         NULL},
        {"every", 'e', 0, G_OPTION_ARG_INT, &every, "Repeat every SECONDS until a signal",
         "SECONDS"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "One line per decision", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options(command_run.name, command_run.args, command_run.summary, options, 0, 0,
                       &argc, &argv, error))
        return EXIT_ERROR;
    if (every < 0) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "--every: %d is no number of seconds", every);
        return EXIT_ERROR;
    }
    if (verbose)
        g_setenv("ERMS_VERBOSE", "1", TRUE);
    catch_signals();
    return every ? repeat(context, every, dry_run) : open_and_pass(context, dry_run, error);
}

const Command command_run = {"run", "[--dry-run] [--every SECONDS]",
                             "fetch, answer or queue, send: one pass", NEED_HOME, run};
