/* SPDX-License-Identifier: Apache-2.0 */
/* The program: global options, logging, one command. */
#include "cmd/cmd.h"
#include "cmd/table.h"
#include "mail/bounce.h"

#include <gmime/gmime.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef ERMS_VERSION
#define ERMS_VERSION "unknown"
#endif
#if defined(__has_feature)
#define ERMS_CLANG_ASAN __has_feature(address_sanitizer)
#else
#define ERMS_CLANG_ASAN 0
#endif

static const Command *const commands[] = {COMMANDS};

/* Passwords, the key and customers' mail are in memory: no core file, whatever core_pattern says,
 * and nobody but root looks into /proc/PID/mem and environ. Programs that we start may be debugged
 * again. The leak sanitizer would see nothing either, so not there. */
static void forbid_dumps(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !ERMS_CLANG_ASAN
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* Who starts us may ignore or block signals, and both are inherited: SIGCHLD tells how a program
 * ended that we ran (a password's, a lookup's), SIGALRM ends a mail that takes for ever. */
static void reset_signals(void)
{
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGCHLD);
    sigaddset(&ours, SIGALRM);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGALRM, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &ours, NULL);
}

/* Talk goes to stderr, one line each, without the time: journald and cron add theirs. */
static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize n,
                                  G_GNUC_UNUSED gpointer data)
{
    const char *text = "", *domain = "";
    for (gsize i = 0; i < n; i++) {
        if (g_str_equal(fields[i].key, "MESSAGE"))
            text = fields[i].value;
        else if (g_str_equal(fields[i].key, "GLIB_DOMAIN"))
            domain = fields[i].value;
    }
    gboolean bug = (level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) != 0;
    if (level & G_LOG_LEVEL_DEBUG || (level & G_LOG_LEVEL_INFO && !g_getenv("ERMS_VERBOSE")))
        return G_LOG_WRITER_HANDLED;
    g_autofree char *safe = terminal_safe(text);
    fprintf(stderr, "erms: %s%s%s%s\n", bug ? "bug: " : "", *domain && bug ? domain : "",
            *domain && bug ? ": " : "", safe);
    return G_LOG_WRITER_HANDLED;
}

static void print_help(FILE *out)
{
    fputs("Usage: erms [-C DIR] COMMAND [ARGUMENTS]\n\n"
          "Reads a support mailbox, answers what can safely be answered, queues the rest.\n\n"
          "Commands:\n",
          out);
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autofree char *left = g_strconcat(commands[i]->name, " ", commands[i]->args, NULL);
        int pad = MAX(38 - (int)g_utf8_strlen(left, -1), 0);
        fprintf(out, "  %s%*s %s\n", left, pad, "", commands[i]->summary);
    }
    fputs("\nOptions:\n"
          "  -C DIR                                 the home folder (also: ERMS_HOME)\n"
          "  --version                              print the version\n"
          "  --help                                 print this; erms COMMAND --help: more\n\n"
          "erms(1) and erms.conf(5) tell the rest.\n",
          out);
}

static const Command *find_command(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i]->name, name))
            return commands[i];
    return NULL;
}

gboolean parse_options(const char *command, const char *args, const char *summary,
                       const GOptionEntry *options, int min, int max, int *argc, char ***argv,
                       GError **error)
{
    g_autofree char *prgname = g_strconcat("erms ", command, NULL);
    g_set_prgname(prgname);
    g_autoptr(GOptionContext) parser = g_option_context_new(args);
    g_option_context_set_summary(parser, summary);
    if (options)
        g_option_context_add_main_entries(parser, options, NULL);
    gboolean help = help_asked(*argc, *argv);
    if (!g_option_context_parse(parser, argc, argv, error))
        return FALSE;
    if (help) { /* it was taken for an option's value; nothing is open */
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "--help stands alone: erms %s --help", command);
        return FALSE;
    }
    int given = *argc - 1;
    /* "--" stays in argv where nothing follows an option. */
    if (given > 0 && g_str_equal((*argv)[1], "--")) {
        memmove(*argv + 1, *argv + 2, (gsize)given * sizeof(char *));
        given = --*argc - 1;
    }
    if (given < min || (max >= 0 && given > max)) {
        g_set_error(error, CMD_ERROR, EXIT_USAGE, "usage: erms %s [OPTIONS] %s", command, args);
        return FALSE;
    }
    return TRUE;
}

/* Reads the options before the command. Returns the index of the command in ARGV, or an exit code
 * below zero minus one. */
static int global_options(Context *context, int argc, char **argv)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (g_str_equal(argv[i], "-C") && i + 1 < argc) {
            g_free(context->home);
            context->home = g_strdup(argv[++i]);
        } else if (g_str_equal(argv[i], "--version")) {
            puts("erms " ERMS_VERSION);
            return -1 - EXIT_DONE;
        } else if (g_str_equal(argv[i], "--help") || g_str_equal(argv[i], "-h")) {
            print_help(stdout);
            return -1 - EXIT_DONE;
        } else {
            fprintf(stderr, "erms: %s: unknown option, or its argument is missing\n", argv[i]);
            return -1 - EXIT_USAGE;
        }
    }
    if (i == argc) {
        print_help(stderr);
        return -1 - EXIT_USAGE;
    }
    return i;
}

gboolean help_asked(int argc, char **argv)
{
    for (int i = 1; i < argc && !g_str_equal(argv[i], "--"); i++)
        if (g_str_equal(argv[i], "--help") || g_str_equal(argv[i], "-h"))
            return TRUE;
    return FALSE;
}

static int run_command(Context *context, const Command *command, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int code = EXIT_ERROR;
    if (help_asked(argc, argv) || context_open(context, command->needs, 0, &error))
        code = command->run(context, argc, argv, &error);
    if (code == EXIT_ERROR) {
        print_safe(stderr, "erms %s: %s", command->name, error->message);
        code = exit_code(error);
    }
    if (fflush(stdout) != 0 && code == EXIT_DONE) {
        fprintf(stderr, "erms %s: cannot write to standard output\n", command->name);
        code = EXIT_FAILED;
    }
    return code;
}

/* What happens to a message before it is in the database: its crashes are the worker's. */
static void study(Message *message)
{
    Bounce bounce;
    pipeline_study(NULL, message);
    if (bounce_read(message, &bounce))
        bounce_clear(&bounce);
}

int main(int argc, char **argv)
{
    umask(077);
    forbid_dumps();
    reset_signals();
    if (argc == 3 && g_str_equal(argv[1], PARSER_COMMAND)) /* not for people */
        parser_serve(g_ascii_strtoull(argv[2], NULL, 10), study);
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    signal(SIGPIPE, SIG_IGN);
    g_log_set_writer_func(write_log, NULL, NULL);
    g_mime_init();

    Context context = {.lock = -1};
    int at = global_options(&context, argc, argv);
    if (at < 0) {
        g_free(context.home);
        return -1 - at;
    }
    const Command *command = find_command(argv[at]);
    if (!command) {
        fprintf(stderr, "erms: '%s' is no command; erms --help lists them\n", argv[at]);
        g_free(context.home);
        return EXIT_USAGE;
    }
    int code = run_command(&context, command, argc - at, argv + at);
    context_close(&context);
    g_mime_shutdown();
    return code;
}
