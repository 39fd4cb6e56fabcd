/* SPDX-License-Identifier: Apache-2.0 */
/* The side of the parent: the worker's life, and the mails that wait for their answer. */
#include "mail/parser.h"
#include "mail/parse.h"
#include "mail/parser_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AHEAD_MAILS 64 /* at most so many, or so many bytes, are sent ahead */
#define AHEAD_BYTES (2 * 1024 * 1024)
#define TRIES 2 /* a crash can have been an earlier mail's fault, or the system's */
#define LOOK_MS 100
#define END_MS 1000 /* a worker that closed its socket has ended by then */
#define MEBIBYTE ((guint64)1024 * 1024)
#define READ_SIZE (64 * 1024)

typedef struct Job {
    guint32 uid;
    WireQuestion question;
    guint crashes; /* of workers that had it */
    guint losses;  /* of workers that had it and are not to blame, nor is it */
    ParserFunc func;
    gpointer data;
} Job;

struct Parser {
    char *program;
    ParserLimits limits;
    pid_t pid;       /* 0: there is no worker */
    int socket;      /* -1 */
    GQueue *jobs;    /* of Job, in the order in which their answers come */
    gsize ahead;     /* bytes of mail in them */
    GByteArray *out; /* questions, from out_at on not yet written */
    guint out_at;
    GByteArray *in; /* answers, from in_at on not yet taken */
    guint in_at;
    gint64 waited;    /* microseconds for the first job, as far as this process ran */
    gint64 cpu;       /* the worker's time when the first job became the first */
    gboolean working; /* in work(): a function of a job may put more */
    GError *broken;   /* no worker can be had */
};

ParserLimits parser_limits(guint64 largest)
{
    return (ParserLimits){
        .memory = MIN(512 * MEBIBYTE + 16 * MIN(largest, 1024 * MEBIBYTE), 1024 * MEBIBYTE),
        .seconds = 10,
        .patience = 60};
}

static void job_free(gpointer data)
{
    Job *job = data;
    wire_question_clear(&job->question);
    g_free(job);
}

Parser *parser_new(const char *program, const ParserLimits *limits)
{
    Parser *parser = g_new0(Parser, 1);
    parser->program = g_strdup(program);
    parser->limits = *limits;
    parser->socket = -1;
    parser->jobs = g_queue_new();
    parser->out = g_byte_array_new();
    parser->in = g_byte_array_new();
    return parser;
}

/* Ends the worker, if there is one; returns its status as of wait(2). */
static int end_worker(Parser *parser)
{
    int status = 0;
    if (parser->socket >= 0)
        close(parser->socket);
    parser->socket = -1;
    if (parser->pid) {
        kill(parser->pid, SIGKILL);
        while (waitpid(parser->pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    parser->pid = 0;
    g_byte_array_set_size(parser->out, 0);
    g_byte_array_set_size(parser->in, 0);
    parser->out_at = parser->in_at = 0;
    return status;
}

void parser_free(Parser *parser)
{
    if (!parser)
        return;
    end_worker(parser);
    g_queue_free_full(parser->jobs, job_free);
    g_byte_array_unref(parser->out);
    g_byte_array_unref(parser->in);
    g_clear_error(&parser->broken);
    g_free(parser->program);
    g_free(parser);
}

/* ---- the worker's life ----------------------------------------------------------------------- */

static gint64 cpu_time(const Parser *parser)
{
    clockid_t clock;
    struct timespec now;
    if (!parser->pid || clock_getcpuclockid(parser->pid, &clock) != 0 ||
        clock_gettime(clock, &now) != 0)
        return 0;
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Another mail is the first now. */
static void start_clock(Parser *parser)
{
    parser->waited = 0;
    parser->cpu = cpu_time(parser);
}

/* What the worker may know of us: how to read, and how it is watched. */
static char **worker_environment(void)
{
    static const char *const names[] = {"LANG",         "LC_ALL",        "LC_CTYPE",
                                        "G_DEBUG",      "G_SLICE",       "LD_LIBRARY_PATH",
                                        "ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"};
    char **environment = g_new0(char *, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_getenv(names[i]))
            environment = g_environ_setenv(environment, names[i], g_getenv(names[i]), TRUE);
    return environment;
}

/* What /proc/self/exe points to, unless that was replaced or deleted meanwhile: valgrind, which is
 * the program that runs then, knows the link only when it is read. */
static char *program_path(const Parser *parser)
{
    g_autofree char *path = g_file_read_link(parser->program, NULL);
    return path && access(path, X_OK) == 0 ? g_steal_pointer(&path) : g_strdup(parser->program);
}

/* Its standard input is our socket; else it has nothing. */
static int spawn(Parser *parser, int theirs)
{
    g_autofree char *memory = g_strdup_printf("%" G_GUINT64_FORMAT, parser->limits.memory);
    char *argv[] = {(char *)"erms", (char *)PARSER_COMMAND, memory, NULL};
    g_auto(GStrv) environment = worker_environment();
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, theirs, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    g_autofree char *path = program_path(parser);
    int failed = posix_spawn(&parser->pid, path, &files, &how, argv, environment);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    if (failed)
        parser->pid = 0;
    return failed;
}

G_GNUC_PRINTF(2, 3)
static void give_up(Parser *parser, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);
    end_worker(parser);
    if (!parser->broken)
        parser->broken = g_error_new(SERVER_ERROR, SERVER_ERROR_TEMPORARY,
                                     "mail cannot be read now: the worker that reads it %s", why);
}

static void on_probe(G_GNUC_UNUSED guint32 uid, Message *message, G_GNUC_UNUSED GBytes *raw,
                     const char *problem, gpointer data)
{
    if (!message)
        give_up(data, "cannot read a mail of three lines: %s", problem);
    message_free(message);
}

static Job *job_new(guint32 uid, GBytes *raw, ParserFunc func, gpointer data)
{
    Job *job = g_new0(Job, 1);
    *job = (Job){.uid = uid, .question = {.raw = g_bytes_ref(raw)}, .func = func, .data = data};
    return job;
}

/* A worker, and its first mail, which is ours: if it cannot read that, no mail is to blame. All
 * that waits is asked again. */
static gboolean start_worker(Parser *parser)
{
    static const char probe[] = "From: a@b.example\nSubject: =?utf-8?q?a?=\n\nb\n";
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        give_up(parser, "has no socket: %s", g_strerror(errno));
        return FALSE;
    }
    int failed = spawn(parser, ends[1]);
    close(ends[1]);
    parser->socket = ends[0];
    if (failed) {
        give_up(parser, "cannot be started: %s: %s", parser->program, g_strerror(failed));
        return FALSE;
    }
    g_autoptr(GBytes) raw = g_bytes_new_static(probe, sizeof probe - 1);
    const Job *first = g_queue_peek_head(parser->jobs);
    if (!first || first->func != on_probe)
        g_queue_push_head(parser->jobs, job_new(0, raw, on_probe, parser));
    for (GList *i = parser->jobs->head; i; i = i->next)
        wire_put_question(parser->out, &((Job *)i->data)->question);
    start_clock(parser);
    return TRUE;
}

/* ---- answers --------------------------------------------------------------------------------- */

static void finish_job(Parser *parser, Message *message, const char *problem)
{
    Job *job = g_queue_pop_head(parser->jobs);
    parser->ahead -= g_bytes_get_size(job->question.raw);
    start_clock(parser);
    job->func(job->uid, message, job->question.raw, problem, job->data);
    job_free(job);
}

/* The worker is gone, or must go, and the first mail was the last thing it did. */
static void lose_worker(Parser *parser, const char *problem, gboolean again)
{
    end_worker(parser);
    Job *job = g_queue_peek_head(parser->jobs);
    if (!again || ++job->crashes >= TRIES)
        finish_job(parser, NULL, problem);
}

/* The same, by no fault of the mail: the machine's. */
static void miss_worker(Parser *parser, const char *problem)
{
    end_worker(parser);
    Job *job = g_queue_peek_head(parser->jobs);
    if (++job->losses >= TRIES)
        give_up(parser, "%s, %d times (UID %u)", problem, TRIES, job->uid);
}

/* Did the worker end before we ended it? Its socket goes a moment earlier. */
static gboolean ended_by_itself(const Parser *parser)
{
    for (guint ms = 0; ms < END_MS; ms += 10) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)parser->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid != 0)
            return TRUE;
        g_usleep(10 * 1000);
    }
    return FALSE;
}

/* Nothing in a worker raises SIGKILL: that is the kernel, out of memory, or somebody. */
static void on_end(Parser *parser)
{
    gboolean itself = ended_by_itself(parser);
    int status = end_worker(parser);
    if (g_queue_is_empty(parser->jobs))
        return;
    if (itself && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
        miss_worker(parser, "was killed from outside");
        return;
    }
    g_autofree char *problem =
        WIFSIGNALED(status)
            ? g_strdup_printf("reading it crashed (%s)", strsignal(WTERMSIG(status)))
            : g_strdup_printf("reading it ended the worker (code %d)", WEXITSTATUS(status));
    lose_worker(parser, problem, TRUE);
}

static void take_wrong_answer(Parser *parser, const char *problem)
{
    g_autofree char *text = g_strdup_printf("what the worker says of it is no mail: %s", problem);
    if (g_queue_is_empty(parser->jobs))
        end_worker(parser);
    else
        lose_worker(parser, text, TRUE);
}

/* One whole answer of those that were read; FALSE: there is none. */
static gboolean take_answer(Parser *parser)
{
    guint32 length, have = parser->in->len - parser->in_at;
    const guint8 *at = parser->in->data + parser->in_at;
    const char *problem = NULL;
    if (have < sizeof length)
        return FALSE;
    memcpy(&length, at, sizeof length);
    if (length > WIRE_ANSWER_MAX)
        problem = "it is too long";
    else if (g_queue_is_empty(parser->jobs))
        problem = "nobody asked";
    else if (have - sizeof length < length)
        return FALSE;
    Message *message = problem ? NULL : wire_get_answer(at + sizeof length, length, &problem);
    if (!message) {
        take_wrong_answer(parser, problem);
        return FALSE;
    }
    parser->in_at += length + (guint)sizeof length;
    finish_job(parser, message, NULL);
    return TRUE;
}

static void receive(Parser *parser)
{
    guint had = parser->in->len;
    g_byte_array_set_size(parser->in, had + READ_SIZE);
    gssize n = recv(parser->socket, parser->in->data + had, READ_SIZE, MSG_DONTWAIT);
    gboolean nothing = n < 0 && (errno == EAGAIN || errno == EINTR);
    g_byte_array_set_size(parser->in, had + (guint)MAX(n, 0));
    if (n <= 0 && !nothing)
        on_end(parser);
    while (take_answer(parser))
        ;
    g_byte_array_remove_range(parser->in, 0, parser->in_at);
    parser->in_at = 0;
}

static void transmit(Parser *parser)
{
    gssize n = send(parser->socket, parser->out->data + parser->out_at,
                    parser->out->len - parser->out_at, MSG_DONTWAIT | MSG_NOSIGNAL);
    parser->out_at += (guint)MAX(n, 0); /* an error is seen by receive() as well */
    if (parser->out_at == parser->out->len) {
        g_byte_array_set_size(parser->out, 0);
        parser->out_at = 0;
    }
}

/* Who used the processor's time had it. Who did not can have been stopped, or waits for memory. */
static void check_clock(Parser *parser)
{
    const ParserLimits *limits = &parser->limits;
    if (!parser->pid || g_queue_is_empty(parser->jobs))
        return;
    if (cpu_time(parser) - parser->cpu >= (gint64)limits->seconds * G_USEC_PER_SEC) {
        g_autofree char *problem =
            g_strdup_printf("reading it takes longer than %u seconds", limits->seconds);
        lose_worker(parser, problem, FALSE);
    } else if (parser->waited >= (gint64)limits->patience * G_USEC_PER_SEC) {
        g_autofree char *problem =
            g_strdup_printf("came to no end in %u seconds without working", limits->patience);
        miss_worker(parser, problem);
    }
}

/* One round: writes and reads what can be, and waits a little for it if WAIT. */
static void turn(Parser *parser, gboolean wait)
{
    if (!parser->pid && !start_worker(parser))
        return;
    gboolean more = parser->out_at < parser->out->len;
    struct pollfd end = {parser->socket, (short)(POLLIN | (more ? POLLOUT : 0)), 0};
    gint64 before = g_get_monotonic_time();
    int ready = poll(&end, 1, wait ? LOOK_MS : 0);
    /* More than that, and we were stopped ourselves, perhaps all the machine. */
    parser->waited += MIN(g_get_monotonic_time() - before, 2 * LOOK_MS * 1000);
    if (ready > 0 && end.revents & POLLOUT)
        transmit(parser);
    if (ready > 0 && end.revents & (POLLIN | POLLHUP | POLLERR))
        receive(parser);
    if (wait)
        check_clock(parser);
}

static gboolean too_far_ahead(const Parser *parser)
{
    guint n = g_queue_get_length(parser->jobs);
    return n > AHEAD_MAILS || (n > 1 && parser->ahead > AHEAD_BYTES);
}

/* Works until nothing is left to do, or as long as WANTED says so. */
static void work(Parser *parser, gboolean (*wanted)(const Parser *parser))
{
    if (parser->working)
        return;
    parser->working = TRUE;
    do
        turn(parser, wanted(parser));
    while (!parser->broken && wanted(parser));
    parser->working = FALSE;
}

static gboolean put(Parser *parser, Job *job)
{
    g_queue_push_tail(parser->jobs, job);
    parser->ahead += g_bytes_get_size(job->question.raw);
    if (parser->pid)
        wire_put_question(parser->out, &job->question);
    if (parser->pid && g_queue_get_length(parser->jobs) == 1)
        start_clock(parser);
    if (!parser->broken)
        work(parser, too_far_ahead);
    return !parser->broken;
}

gboolean parser_whole(Parser *parser, guint32 uid, GBytes *raw, ParserFunc func, gpointer data)
{
    if (parser->program)
        return put(parser, job_new(uid, raw, func, data));
    func(uid, parse_message(raw, &parse_limits_default), raw, NULL, data);
    return TRUE;
}

gboolean parser_stub(Parser *parser, guint32 uid, GBytes *head, guint64 size, const char *identity,
                     MessageFlags flag, ParserFunc func, gpointer data)
{
    if (parser->program) {
        Job *job = job_new(uid, head, func, data);
        job->question.flag = flag;
        job->question.size = size;
        job->question.identity = g_strdup(identity);
        return put(parser, job);
    }
    func(uid, parse_stub(head, size, identity, flag, &parse_limits_default), head, NULL, data);
    return TRUE;
}

static gboolean any_left(const Parser *parser)
{
    return !g_queue_is_empty(parser->jobs);
}

gboolean parser_finish(Parser *parser, GError **error)
{
    if (!parser->broken && any_left(parser))
        work(parser, any_left);
    if (!parser->broken)
        return TRUE;
    g_queue_clear_full(parser->jobs, job_free);
    parser->ahead = 0;
    g_propagate_error(error, g_error_copy(parser->broken));
    return FALSE;
}
