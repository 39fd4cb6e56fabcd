/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands. To add one: a file cmd/NAME.c that defines `const Command command_NAME`, its line in
 * COMMANDS below and in cmd/meson.build, its section in doc/erms.1 and its test in tests/cmd/.
 *
 * main() parses the global options (-C DIR, --version, --help), opens what the command needs, and
 * turns its GError into an exit code (exit.h). A command parses its own options with GOption.
 */
#pragma once

#include "cmd/exit.h"
#include "cmd/settings.h"
#include "pipeline/pass.h"

/* What main() opens before the command runs; each implies the ones it is made from. */
typedef enum {
    NEED_NOTHING = 0,
    NEED_HOME = 1 << 0,     /* context->home */
    NEED_SETTINGS = 1 << 1, /* context->settings, policy */
    NEED_STORE = 1 << 2,    /* context->store */
    NEED_KB = 1 << 3,       /* context->kb */
    NEED_MODEL = 1 << 4,    /* context->model, if there is one */
    NEED_KEY = 1 << 5,      /* context->key */
    NEED_PIPELINE = 1 << 6, /* context->pipeline: all of the above, and lookups */
    NEED_LOCK = 1 << 7,     /* no other run at the same time */
    NEED_NO_MODEL = 1 << 8, /* a model that cannot be opened is a warning: it works without */
} Need;

typedef struct Context {
    char *home; /* absolute */
    Settings *settings;
    Store *store;
    Kb *kb;
    Model *model; /* NULL: none yet */
    GBytes *key;
    Tokenizer *tokenizer;
    GPtrArray *lookups; /* of Lookup */
    char *stop_path;    /* HOME_STOP */
    Pipeline pipeline;
    int lock; /* file descriptor, or -1 */
} Context;

typedef struct Command {
    const char *name;    /* "run", "ticket" */
    const char *args;    /* "DIR", "list|show|…" */
    const char *summary; /* one line for --help */
    guint needs;         /* Need; a command with subcommands can open more later */
    /* ARGV[0] is the command's name. Returns an exit code; on EXIT_ERROR sets ERROR instead. */
    int (*run)(Context *context, int argc, char **argv, GError **error);
} Command;

extern const Command command_init, command_check, command_run, command_import, command_label,
    command_train, command_classify, command_eval, command_kb, command_ticket, command_backup,
    command_audit, command_breaker, command_erase;
#define COMMANDS                                                                                   \
    &command_init, &command_check, &command_run, &command_import, &command_train,                  \
        &command_classify, &command_eval, &command_kb, &command_ticket, &command_label,            \
        &command_audit, &command_breaker, &command_backup, &command_erase

/* Opens NEEDS (context.c). With NEED_LOCK waits at most WAIT_SECONDS for another run. */
gboolean context_open(Context *context, guint needs, guint wait_seconds, GError **error);
void context_close(Context *context);

/* Parses OPTIONS of COMMAND ("ticket list"); ARGS names what remains, MIN..MAX of them (MAX < 0:
 * any number). FALSE with EXIT_USAGE's error. ARGC and ARGV are changed. */
gboolean parse_options(const char *command, const char *args, const char *summary,
                       const GOptionEntry *options, int min, int max, int *argc, char ***argv,
                       GError **error);

/* Is --help among the arguments? Then nothing needs to be opened. */
gboolean help_asked(int argc, char **argv);

/* The home's files. New strings. */
char *home_path(const Context *context, const char *name);
#define HOME_CONF "erms.conf"
#define HOME_DB "erms.db"
#define HOME_KB "kb"
#define HOME_MODEL "model/current.model"
#define HOME_KEY "erms.key"
#define HOME_LOCK "run.lock"
#define HOME_STOP "stop" /* while it is there nothing leaves */

/* Takes the lock at PATH, waiting at most WAIT_SECONDS; it ends when the returned file descriptor
 * is closed. -1 with EXIT_TRY_LATER: WHO has it. */
int lock_file(const char *path, const char *who, guint wait_seconds, GError **error);

/* The login name of whoever calls, for the records; behind sudo: of whoever called sudo. */
const char *agent_name(void);
