/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker is this program: its study does what the subject says, as a reader that a mail has
 * got into its hands could.
 */
#include "mail/parser.h"
#include "mail/parse.h"
#include "mail/parser_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
#define BOUNDED_MEMORY FALSE /* the sanitizers of clang cannot be told from here alike */
#else
#define BOUNDED_MEMORY TRUE
#endif

/* ---- the worker's side ----------------------------------------------------------------------- */

static void do_loop(void)
{
    for (volatile guint i = 0;; i++)
        ;
}

static void do_sleep(void)
{
    for (;;)
        pause();
}

static void do_eat(void)
{
    for (;;)
        memset(g_malloc(1 << 24), 1, 1 << 24);
}

static void do_exit(void)
{
    _exit(3);
}

static void put_raw(const void *bytes, gsize n)
{
    g_assert_cmpint(write(STDIN_FILENO, bytes, n), ==, (gssize)n);
}

static void do_nonsense(void)
{
    put_raw("\5\0\0\0\1\0\0\0a", 9);
}

static void do_endless(void)
{
    put_raw("\377\377\377\377", 4);
}

static void do_trickle(void)
{
    put_raw("\0\0\20\0", 4);
    for (;;) {
        put_raw("", 1);
        g_usleep(1000);
    }
}

/* Nothing of the parent's is here, and nothing can be left behind. */
static void do_look_around(void)
{
    struct rlimit limit;
    for (int fd = 3; fd < 100; fd++)
        g_assert_true(fcntl(fd, F_GETFD) < 0);
    g_assert_null(g_getenv("ERMS_TEST_SECRET"));
    g_assert_cmpint(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ==, 1);
    g_assert_true(!BOUNDED_MEMORY || prctl(PR_GET_DUMPABLE) == 0);
    g_assert_true(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0);
    g_assert_true(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max <= 16);
    g_assert_true(getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_max == 0);
}

/* Something that an earlier mail left behind. */
static void do_stumble(void)
{
    static int seen;
    if (seen++)
        abort();
}

static void do_stop(void)
{
    raise(SIGSTOP);
}

static void do_get_killed(void)
{
    raise(SIGKILL);
}

/* A worker that only says that it is gone. */
static void do_close(void)
{
    close(STDIN_FILENO);
    for (;;)
        pause();
}

/* Longer than the patience of parser_of(1), and no work. */
static void do_nap(void)
{
    g_usleep(3500 * 1000);
}

static const struct {
    const char *subject;
    void (*action)(void);
} actions[] = {
    {"crash", abort},
    {"loop", do_loop},
    {"sleep", do_sleep},
    {"eat", do_eat},
    {"exit", do_exit},
    {"nonsense", do_nonsense},
    {"endless", do_endless},
    {"trickle", do_trickle},
    {"look around", do_look_around},
    {"leave a trap", do_stumble},
    {"stumble", do_stumble},
    {"stop", do_stop},
    {"get killed", do_get_killed},
    {"close", do_close},
    {"nap", do_nap},
};

/* A subject "crash in FOLDER" does so as often as there are folders "1", "2" in it, and counts them
 * down: workers remember nothing, and cannot write. */
static gboolean used_up(const char *folder)
{
    for (const char *name = "21"; folder && *name; name++) {
        g_autofree char *path = g_strdup_printf("%s/%c", folder, *name);
        if (rmdir(path) == 0)
            return FALSE;
    }
    return folder != NULL;
}

static void act(Message *message)
{
    const char *in = message->subject ? strstr(message->subject, " in /") : NULL;
    g_autofree char *verb = in ? g_strndup(message->subject, (gsize)(in - message->subject))
                               : g_strdup(message->subject);
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (g_strcmp0(verb, actions[i].subject) == 0 && !used_up(in ? in + 4 : NULL))
            actions[i].action();
}

/* ---- the parent's side ----------------------------------------------------------------------- */

typedef struct Result {
    guint32 uid;
    char *subject; /* NULL: not read */
    char *problem;
} Result;

static void result_free(gpointer data)
{
    Result *result = data;
    g_free(result->subject);
    g_free(result->problem);
    g_free(result);
}

static GPtrArray *results_new(void)
{
    return g_ptr_array_new_with_free_func(result_free);
}

static void on_mail(guint32 uid, Message *message, G_GNUC_UNUSED GBytes *raw, const char *problem,
                    gpointer data)
{
    Result *result = g_new0(Result, 1);
    result->uid = uid;
    result->subject = message ? g_strdup(message->subject) : NULL;
    result->problem = g_strdup(problem);
    g_assert_true(!message == !!problem);
    message_free(message);
    g_ptr_array_add(data, result);
}

static Parser *parser_of(guint seconds)
{
    ParserLimits limits = {
        .memory = 768 * 1024 * 1024, .seconds = seconds, .patience = 2 * seconds};
    return parser_new("/proc/self/exe", &limits);
}

static GBytes *mail_of(const char *subject)
{
    char *text = g_strdup_printf("From: kim@customer.example\nSubject: %s\n\nHello.\n", subject);
    return g_bytes_new_take(text, strlen(text));
}

static void put(Parser *parser, guint32 uid, const char *subject, GPtrArray *results)
{
    g_autoptr(GBytes) raw = mail_of(subject);
    g_assert_true(parser_whole(parser, uid, raw, on_mail, results));
}

static void finish(Parser *parser)
{
    g_autoptr(GError) error = NULL;
    parser_finish(parser, &error);
    g_assert_no_error(error);
}

/* The mail with SUBJECT costs itself, and nothing else. */
static void check_poison(const char *subject, guint seconds, const char *problem)
{
    /* On a busy machine a second of the processor's time can take long. */
    ParserLimits limits = {.memory = 768 * 1024 * 1024, .seconds = seconds, .patience = 120};
    g_autoptr(Parser) parser = parser_new("/proc/self/exe", &limits);
    g_autoptr(GPtrArray) results = results_new();
    const guint bad = 7, all = 20;
    for (guint i = 0; i < all; i++)
        put(parser, i, i == bad ? subject : "fine", results);
    finish(parser);
    g_assert_cmpuint(results->len, ==, all);
    for (guint i = 0; i < all; i++) {
        const Result *result = g_ptr_array_index(results, i);
        g_assert_cmpuint(result->uid, ==, i);
        if (i == bad)
            g_assert_nonnull(result->problem);
        else
            g_assert_cmpstr(result->subject, ==, "fine");
        if (i == bad)
            g_assert_nonnull(strstr(result->problem, problem));
    }
}

static void test_crash(void)
{
    check_poison("crash", 10, "crashed");
    check_poison("exit", 10, "code 3");
}

static void test_hang(void)
{
    check_poison("loop", 1, "longer than 1 seconds");
    check_poison("close", 10, "crashed"); /* is ended by us */
}

/* The worker with the mail SUBJECT goes lost again and again: all is put off, no mail is to blame.
 */
static void check_put_off(const char *subject, const char *why)
{
    g_autoptr(Parser) parser = parser_of(1);
    g_autoptr(GPtrArray) results = results_new();
    g_autoptr(GError) error = NULL;
    put(parser, 1, "fine", results);
    put(parser, 2, subject, results);
    put(parser, 3, "fine", results);
    g_assert_false(parser_finish(parser, &error));
    g_assert_error(error, SERVER_ERROR, SERVER_ERROR_TEMPORARY);
    g_assert_nonnull(strstr(error->message, why));
    g_assert_nonnull(strstr(error->message, "UID 2"));
    g_assert_cmpuint(results->len, ==, 1);
    g_assert_cmpstr(((Result *)results->pdata[0])->subject, ==, "fine");
}

static void test_stalled(void)
{
    check_put_off("stop", "without working");
    check_put_off("sleep", "without working");
    check_put_off("trickle", "without working");
}

static void test_killed(void)
{
    check_put_off("get killed", "killed from outside");
}

/* A mail that VERB happens to as often as FOLDER has folders is read, and nothing is said. */
static void check_survives(const char *verb, guint times)
{
    g_autofree char *folder = g_dir_make_tmp("erms-parser-XXXXXX", NULL);
    g_autofree char *subject = g_strdup_printf("%s in %s", verb, folder);
    g_autoptr(Parser) parser = parser_of(1);
    g_autoptr(GPtrArray) results = results_new();
    for (guint i = 1; i <= times; i++) {
        g_autofree char *path = g_strdup_printf("%s/%u", folder, i);
        g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    }
    put(parser, 1, subject, results);
    finish(parser);
    g_assert_cmpuint(results->len, ==, 1);
    g_assert_cmpstr(((Result *)results->pdata[0])->subject, ==, subject);
    g_assert_cmpint(g_rmdir(folder), ==, 0); /* all of them happened */
}

static void test_once_is_nothing(void)
{
    check_survives("stop", 1);
    check_survives("get killed", 1);
    check_survives("crash", 1);
}

/* We are stopped for longer than the patience (a paused machine), while the worker naps: that is
 * not time that the worker had. A second try would nap a second time. */
static void test_paused(void)
{
    g_autofree char *folder = g_dir_make_tmp("erms-parser-XXXXXX", NULL);
    g_autofree char *first = g_build_filename(folder, "1", NULL);
    g_autofree char *second = g_build_filename(folder, "2", NULL);
    g_assert_cmpint(g_mkdir(first, 0700), ==, 0);
    g_assert_cmpint(g_mkdir(second, 0700), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        g_autofree char *subject = g_strdup_printf("nap in %s", folder);
        g_autoptr(Parser) parser = parser_of(1);
        g_autoptr(GPtrArray) results = results_new();
        put(parser, 1, subject, results);
        finish(parser);
        _exit(results->len == 1 && ((Result *)results->pdata[0])->subject ? 0 : 1);
    }
    while (g_file_test(second, G_FILE_TEST_EXISTS))
        g_usleep(1000);
    kill(pid, SIGSTOP);
    g_usleep(3000 * 1000);
    kill(pid, SIGCONT);
    int status = 0;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    g_assert_cmpint(g_rmdir(first), ==, 0); /* there was one try */
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* The service's MemoryMax= is 2 GiB: whatever a mail eats, the worker's own bound comes first. */
static void test_bounds(void)
{
    const guint64 mebibyte = 1024 * 1024, gibibyte = 1024 * mebibyte;
    g_assert_cmpuint(parser_limits(32 * mebibyte).memory, ==, gibibyte);
    g_assert_cmpuint(parser_limits(25 * mebibyte).memory, >=, 16 * 25 * mebibyte + gibibyte / 2);
    g_assert_cmpuint(parser_limits(500 * mebibyte).memory, ==, gibibyte);
    g_assert_cmpuint(parser_limits(G_MAXUINT64).memory, ==, gibibyte);
}

static void test_nonsense(void)
{
    check_poison("nonsense", 10, "no mail");
    check_poison("endless", 10, "too long");
}

static void test_memory(void)
{
    if (BOUNDED_MEMORY)
        check_poison("eat", 10, "crashed");
    else
        g_test_skip("memory is not bounded with sanitizers");
}

static void test_confined(void)
{
    g_autoptr(Parser) parser = parser_of(10);
    g_autoptr(GPtrArray) results = results_new();
    int leaky = open("/dev/null", O_RDONLY), high = fcntl(leaky, F_DUPFD, 80);
    g_assert_true(leaky >= 0 && high >= 80);
    g_setenv("ERMS_TEST_SECRET", "swordfish", TRUE);
    put(parser, 1, "look around", results);
    finish(parser);
    g_assert_cmpstr(((Result *)results->pdata[0])->problem, ==, NULL);
    close(leaky);
    close(high);
}

/* A mail that was read in the ruins of another is read again. */
static void test_again(void)
{
    g_autoptr(Parser) parser = parser_of(10);
    g_autoptr(GPtrArray) results = results_new();
    put(parser, 1, "leave a trap", results);
    put(parser, 2, "stumble", results);
    put(parser, 3, "fine", results);
    finish(parser);
    g_assert_cmpuint(results->len, ==, 3);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpstr(((Result *)results->pdata[i])->problem, ==, NULL);
}

static void on_crash(guint32 uid, Message *message, GBytes *raw, const char *problem, gpointer data)
{
    gpointer *both = data;
    g_assert_null(message);
    g_assert_nonnull(problem);
    g_assert_true(parser_stub(both[0], uid, raw, 77, "here", MESSAGE_UNREADABLE, on_mail, both[1]));
}

/* From within the function more can be put. */
static void test_more_from_within(void)
{
    g_autoptr(Parser) parser = parser_of(10);
    g_autoptr(GPtrArray) results = results_new();
    g_autoptr(GBytes) raw = mail_of("crash");
    gpointer both[] = {parser, results};
    g_assert_true(parser_whole(parser, 1, raw, on_crash, both));
    put(parser, 2, "fine", results);
    finish(parser);
    g_assert_cmpuint(results->len, ==, 2);
    g_assert_cmpstr(((Result *)results->pdata[0])->subject, ==, "fine");
    g_assert_nonnull(((Result *)results->pdata[1])->problem);
    put(parser, 3, "fine", results);
    finish(parser);
    g_assert_cmpuint(results->len, ==, 3);
}

static void test_many(void)
{
    g_autoptr(Parser) parser = parser_of(10);
    g_autoptr(GPtrArray) results = results_new();
    g_autofree char *large = g_strnfill(3000000, 'x');
    for (guint i = 0; i < 3000; i++)
        put(parser, i, i % 1000 == 500 ? large : "fine", results);
    finish(parser);
    g_assert_cmpuint(results->len, ==, 3000);
    for (guint i = 0; i < 3000; i++) {
        g_assert_cmpuint(((Result *)results->pdata[i])->uid, ==, i);
        g_assert_nonnull(((Result *)results->pdata[i])->subject);
    }
}

static void check_no_worker(const char *program)
{
    ParserLimits limits = {.memory = 768 * 1024 * 1024, .seconds = 10, .patience = 20};
    g_autoptr(Parser) parser = parser_new(program, &limits);
    g_autoptr(GPtrArray) results = results_new();
    g_autoptr(GBytes) raw = mail_of("fine");
    parser_whole(parser, 1, raw, on_mail, results);
    for (guint i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(parser_finish(parser, &error));
        g_assert_error(error, SERVER_ERROR, SERVER_ERROR_TEMPORARY);
    }
    g_assert_false(parser_whole(parser, 2, raw, on_mail, results));
    g_assert_cmpuint(results->len, ==, 0);
}

/* Where no worker can be had, no mail is to blame. */
static void test_no_worker(void)
{
    check_no_worker("/nowhere/at/all");
    check_no_worker("/bin/true");
    check_no_worker("/bin/cat");
}

static void on_compare(G_GNUC_UNUSED guint32 uid, Message *message, GBytes *raw,
                       const char *problem, gpointer data)
{
    g_autoptr(Message) here = parse_message(raw, &parse_limits_default);
    g_autoptr(GByteArray) one = g_byte_array_new(), other = g_byte_array_new();
    g_assert_cmpstr(problem, ==, NULL);
    wire_put_answer(one, here);
    wire_put_answer(other, message);
    g_assert_cmpmem(one->data, one->len, other->data, other->len);
    message_free(message);
    ++*(guint *)data;
}

/* What comes from there is what is read here. */
static void test_same(void)
{
    g_autoptr(Parser) parser = parser_of(10);
    g_autofree char *folder = g_build_filename(g_getenv("ERMS_TEST_DATA"), "mail", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *file;
    guint wanted = 0, got = 0;
    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, file, NULL);
        char *bytes;
        gsize length;
        if (!g_str_has_suffix(file, ".eml"))
            continue;
        g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        g_autoptr(GBytes) raw = g_bytes_new_take(bytes, length);
        g_assert_true(parser_whole(parser, ++wanted, raw, on_compare, &got));
    }
    finish(parser);
    g_assert_cmpuint(got, ==, wanted);
    g_assert_cmpuint(got, >, 50);
}

static void test_stub(void)
{
    g_autoptr(Parser) parser = parser_of(10);
    g_autoptr(GPtrArray) results = results_new();
    g_autoptr(GBytes) raw = mail_of("large");
    g_assert_true(parser_stub(parser, 5, raw, 1 << 30, "here", MESSAGE_OVERSIZE, on_mail, results));
    finish(parser);
    g_assert_cmpstr(((Result *)results->pdata[0])->subject, ==, "large");
}

int main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], PARSER_COMMAND))
        parser_serve(g_ascii_strtoull(argv[2], NULL, 10), act);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parser/same", test_same);
    g_test_add_func("/parser/stub", test_stub);
    g_test_add_func("/parser/many", test_many);
    g_test_add_func("/parser/b15-crash", test_crash);
    g_test_add_func("/parser/b15-hang", test_hang);
    g_test_add_func("/parser/stalled", test_stalled);
    g_test_add_func("/parser/killed", test_killed);
    g_test_add_func("/parser/once-is-nothing", test_once_is_nothing);
    g_test_add_func("/parser/paused", test_paused);
    g_test_add_func("/parser/bounds", test_bounds);
    g_test_add_func("/parser/b15-memory", test_memory);
    g_test_add_func("/parser/nonsense", test_nonsense);
    g_test_add_func("/parser/again", test_again);
    g_test_add_func("/parser/more-from-within", test_more_from_within);
    g_test_add_func("/parser/no-worker", test_no_worker);
    g_test_add_func("/parser/confined", test_confined);
    return g_test_run();
}
