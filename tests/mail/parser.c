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
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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
};

static void act(Message *message)
{
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++)
        if (g_strcmp0(message->subject, actions[i].subject) == 0)
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
    g_autoptr(Parser) parser = parser_of(seconds);
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
    check_poison("loop", 1, "longer than");
    check_poison("sleep", 1, "longer than 2 seconds");
    check_poison("trickle", 1, "longer than 2 seconds");
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

/* A new member of Message: does mail/parse.h fill it? Then it belongs into mail/parser_wire.c. */
static void test_members(void)
{
    const gsize in_wire = 13 * sizeof(char *) + sizeof(gint64) + sizeof(guint);
    const gsize of_others = sizeof((Message){0}.id) + sizeof((Message){0}.ticket_id) +
                            sizeof((Message){0}.account) + sizeof((Message){0}.language) +
                            sizeof((Message){0}.automatic) + sizeof((Message){0}.thread) +
                            sizeof((Message){0}.filing) + sizeof((Message){0}.received_at) +
                            sizeof((Message){0}.arrived_at) + sizeof((Message){0}.tries);
    g_assert_cmpuint(sizeof(Message), ==, (in_wire + of_others + 7) / 8 * 8);
}

/* Every cut and every changed byte of a good answer is refused, or gives a message that is fit. */
static void test_answers(void)
{
    g_autoptr(GBytes) raw = mail_of("fine");
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    g_autoptr(GByteArray) good = g_byte_array_new();
    const char *problem;
    wire_put_answer(good, message);
    const guint8 *bytes = good->data + 4;
    gsize length = good->len - 4;
    for (gsize i = 0; i < length; i++) {
        g_autofree guint8 *cut = g_memdup2(bytes, i); /* so that reading on is noticed */
        g_assert_null(wire_get_answer(cut, i, &problem));
        g_assert_nonnull(problem);
        for (guint bit = 0; bit < 8; bit++) {
            g_autofree guint8 *changed = g_memdup2(bytes, length);
            changed[i] ^= (guint8)(1 << bit);
            g_autoptr(Message) other = wire_get_answer(changed, length, &problem);
            g_assert_true(!other == !!problem);
            if (!other)
                continue;
            g_assert_true(g_utf8_validate(other->subject, -1, NULL) &&
                          !strchr(other->subject, '\n'));
            g_assert_cmpuint(strlen(other->digest), ==, 64);
        }
    }
}

typedef struct Unfit {
    gsize offset;
    const char *text;
} Unfit;

static void test_unfit(void)
{
    static const Unfit rows[] = {
        {offsetof(Message, from_addr), "kim@customer.example\r\nRCPT TO:<x@y.example>"},
        {offsetof(Message, reply_addr), "kim@customer.example,lee@customer.example"},
        {offsetof(Message, reply_addr), "kim"},
        {offsetof(Message, reply_addr), "@customer.example"},
        {offsetof(Message, message_id), "a b@customer.example"},
        {offsetof(Message, subject), "two\nlines"},
        {offsetof(Message, subject), "\302\205"},
        {offsetof(Message, from_name), "\033[2J"},
        {offsetof(Message, headers), "Subject: without an end"},
        {offsetof(Message, text), "\377"},
        {offsetof(Message, digest), "0123"},
        {offsetof(Message, own_text), NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) raw = mail_of("fine");
        g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
        g_autoptr(GByteArray) out = g_byte_array_new();
        char **member = &G_STRUCT_MEMBER(char *, message, rows[i].offset);
        const char *problem = NULL;
        g_free(*member);
        *member = g_strdup(rows[i].text);
        wire_put_answer(out, message);
        g_assert_null(wire_get_answer(out->data + 4, out->len - 4, &problem));
        g_assert_nonnull(problem);
    }
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
    g_test_add_func("/parser/b15-memory", test_memory);
    g_test_add_func("/parser/nonsense", test_nonsense);
    g_test_add_func("/parser/again", test_again);
    g_test_add_func("/parser/more-from-within", test_more_from_within);
    g_test_add_func("/parser/no-worker", test_no_worker);
    g_test_add_func("/parser/confined", test_confined);
    g_test_add_func("/parser/members", test_members);
    g_test_add_func("/parser/answers", test_answers);
    g_test_add_func("/parser/unfit", test_unfit);
    return g_test_run();
}
