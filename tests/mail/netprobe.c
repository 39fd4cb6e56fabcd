/* SPDX-License-Identifier: Apache-2.0 */
/* Drives mail/imap.h and mail/smtp.h from the command line, for net.py:
 *   netprobe imap KEY=VALUE... COMMAND ARG... , COMMAND ARG... , ...
 *   netprobe smtp KEY=VALUE... send FROM TO FILE , send ...
 * Results are lines on stdout. An error is a line "error CODE TEXT"; the commands go on after it
 * like a program would, and the exit code is 1. */
#include "mail/imap.h"
#include "mail/smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const codes[] = {"unreachable", "tls",       "login",   "protocol",
                                    "refused",     "temporary", "too-much"};
static gboolean failed;

static void show_error(GError *error)
{
    g_assert_nonnull(error);
    g_assert_true(error->domain == SERVER_ERROR);
    printf("error %s %s\n", codes[error->code], error->message);
    g_error_free(error);
    failed = TRUE;
}

static void set_key(ServerSpec *spec, const char *key, const char *value)
{
    static const char *const tls[] = {"implicit", "starttls", "none", NULL};
    static const char *const auth[] = {"login", "xoauth2", "none", NULL};
    const struct {
        const char *key;
        char **text;
    } texts[] = {{"host", &spec->host},
                 {"ca", &spec->ca_file},
                 {"user", &spec->user},
                 {"secret", &spec->secret}};
    guint64 number = g_ascii_strtoull(value, NULL, 10);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (g_str_equal(key, texts[i].key))
            *texts[i].text = g_strdup(value);
    for (guint i = 0; tls[i] && auth[i]; i++) {
        if (g_str_equal(key, "tls") && g_str_equal(value, tls[i]))
            spec->tls = i;
        if (g_str_equal(key, "auth") && g_str_equal(value, auth[i]))
            spec->auth = i;
    }
    if (g_str_equal(key, "port"))
        spec->port = (guint16)number;
    if (g_str_equal(key, "idle"))
        spec->idle_seconds = (guint)number;
    if (g_str_equal(key, "total"))
        spec->total_seconds = (guint)number;
    if (g_str_equal(key, "max"))
        spec->max_bytes = number;
}

/* "1:3,7" */
static GArray *read_uids(const char *text)
{
    GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_auto(GStrv) ranges = g_strsplit(text, ",", -1);
    for (gsize i = 0; ranges[i]; i++) {
        char *end = NULL;
        guint64 first = g_ascii_strtoull(ranges[i], &end, 10);
        guint64 last = *end == ':' ? g_ascii_strtoull(end + 1, NULL, 10) : first;
        for (; first <= last; first++)
            g_array_append_vals(uids, &(guint32){(guint32)first}, 1);
    }
    return uids;
}

static gboolean show_mail(guint32 uid, GBytes *raw, G_GNUC_UNUSED gpointer data)
{
    g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, raw);
    printf("mail %u %zu %s\n", uid, g_bytes_get_size(raw), digest);
    return TRUE;
}

static gboolean count_mail(G_GNUC_UNUSED guint32 uid, GBytes *raw, gpointer data)
{
    *(guint64 *)data += g_bytes_get_size(raw);
    return TRUE;
}

static gboolean do_select(Imap *imap, char **args, GError **error)
{
    ImapFolder info;
    if (!imap_select(imap, args[0], args[1] != NULL, &info, error))
        return FALSE;
    printf("folder exists=%u uidnext=%u uidvalidity=%u read_only=%d keywords=%d\n", info.exists,
           info.uidnext, info.uidvalidity, info.read_only, info.can_keywords);
    return TRUE;
}

static gboolean do_list(Imap *imap, char **args, GError **error)
{
    g_autoptr(GArray) entries = imap_list(imap, (guint32)atoi(args[0]), error);
    for (guint i = 0; entries && i < entries->len; i++) {
        const ImapEntry *entry = &g_array_index(entries, ImapEntry, i);
        printf("entry %u %u%s%s\n", entry->uid, entry->size, entry->deleted ? " deleted" : "",
               entry->junk ? " junk" : "");
    }
    return entries != NULL;
}

static gboolean do_fetch(Imap *imap, char **args, GError **error)
{
    g_autoptr(GArray) uids = read_uids(args[0]);
    return imap_fetch(imap, uids, args[1] ? (guint32)atoi(args[1]) : 0, show_mail, NULL, error);
}

static gboolean do_move(Imap *imap, char **args, GError **error)
{
    g_autoptr(GArray) uids = read_uids(args[1]);
    gint64 begin = g_get_monotonic_time();
    g_autoptr(GArray) moved = imap_move(imap, uids, args[0], error);
    for (guint i = 0; moved && i < moved->len; i++) {
        const ImapMoved *m = &g_array_index(moved, ImapMoved, i);
        printf("moved %u %u %u\n", m->from, m->to, m->uidvalidity);
    }
    fprintf(stderr, "move: %.4f s\n", (double)(g_get_monotonic_time() - begin) / 1e6);
    return moved != NULL;
}

static gboolean do_keyword(Imap *imap, char **args, GError **error)
{
    g_autoptr(GArray) uids = read_uids(args[1]);
    return imap_add_keyword(imap, uids, args[0], args[2] != NULL, error);
}

static GBytes *read_file(const char *path)
{
    char *bytes = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &bytes, &length, NULL))
        g_error("cannot read %s", path);
    return g_bytes_new_take(bytes, length);
}

static gboolean do_append(Imap *imap, char **args, GError **error)
{
    g_autoptr(GBytes) mail = read_file(args[1]);
    return imap_append(imap, args[0], mail, error);
}

static gboolean do_exists(Imap *imap, char **args, GError **error)
{
    gboolean exists;
    if (!imap_folder_exists(imap, args[0], &exists, error))
        return FALSE;
    printf("exists %d\n", exists);
    return TRUE;
}

static gboolean do_ensure(Imap *imap, char **args, GError **error)
{
    return imap_folder_ensure(imap, args[0], error);
}

static gboolean do_capability(Imap *imap, char **args, G_GNUC_UNUSED GError **error)
{
    printf("capability %d\n", imap_has_capability(imap, args[0]));
    return TRUE;
}

/* Lists, then fetches everything in batches of ARGS[0]. */
static gboolean do_bench(Imap *imap, char **args, GError **error)
{
    gint64 begin = g_get_monotonic_time();
    g_autoptr(GArray) entries = imap_list(imap, 1, error);
    if (!entries)
        return FALSE;
    gint64 listed = g_get_monotonic_time();
    guint batch = (guint)atoi(args[0]);
    guint64 bytes = 0;
    for (guint i = 0; i < entries->len; i += batch) {
        g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
        for (guint k = i; k < entries->len && k < i + batch; k++)
            g_array_append_val(uids, g_array_index(entries, ImapEntry, k).uid);
        if (!imap_fetch(imap, uids, 0, count_mail, &bytes, error))
            return FALSE;
    }
    printf("bench mails=%u bytes=%" G_GUINT64_FORMAT " list=%.3f fetch=%.3f\n", entries->len, bytes,
           (double)(listed - begin) / 1e6, (double)(g_get_monotonic_time() - listed) / 1e6);
    return TRUE;
}

static const struct {
    const char *name;
    int min_args;
    gboolean (*func)(Imap *imap, char **args, GError **error);
} verbs[] = {
    {"select", 1, do_select}, {"list", 1, do_list},       {"fetch", 1, do_fetch},
    {"move", 2, do_move},     {"keyword", 2, do_keyword}, {"append", 2, do_append},
    {"exists", 1, do_exists}, {"ensure", 1, do_ensure},   {"capability", 1, do_capability},
    {"bench", 1, do_bench},
};

static void run_imap(Imap *imap, char **words, int count)
{
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autoptr(GError) error = NULL;
        if (!g_str_equal(verbs[i].name, words[0]) || count <= verbs[i].min_args)
            continue;
        if (!verbs[i].func(imap, words + 1, &error))
            show_error(g_steal_pointer(&error));
        return;
    }
    g_error("unknown command %s", words[0]);
}

static void run_smtp(Smtp *smtp, char **words, int count)
{
    static const char *const results[] = {"sent", "later", "refused", "unknown"};
    g_assert_true(count == 4);
    g_autoptr(GBytes) mail = read_file(words[3]);
    g_autofree char *response = NULL;
    SmtpResult result = smtp_send(smtp, words[1], words[2], mail, &response);
    printf("%s alive=%d %s\n", results[result], smtp_alive(smtp), response);
}

/* Not getrusage(): its maximum counts the process that started us. */
static void show_memory(void)
{
    g_autofree char *status = NULL;
    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    const char *peak = status ? strstr(status, "VmHWM:") : NULL;
    fprintf(stderr, "memory %d\n", peak ? atoi(peak + strlen("VmHWM:")) : 0);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    g_assert_true(argc > 2);
    g_autoptr(ServerSpec) spec = server_spec_new();
    spec->name = g_strdup("[probe]");
    int at = 2;
    for (; at < argc && strchr(argv[at], '='); at++) {
        g_auto(GStrv) pair = g_strsplit(argv[at], "=", 2);
        set_key(spec, pair[0], pair[1]);
    }
    g_autoptr(GError) error = NULL;
    gboolean is_imap = g_str_equal(argv[1], "imap");
    g_autoptr(Imap) imap = is_imap ? imap_open(spec, &error) : NULL;
    g_autoptr(Smtp) smtp = is_imap ? NULL : smtp_open(spec, "probe.example", &error);
    if (!imap && !smtp)
        show_error(g_steal_pointer(&error));
    while (at < argc && (imap || smtp)) {
        int end = at;
        while (end < argc && !g_str_equal(argv[end], ","))
            end++;
        g_autofree char **words = g_new0(char *, (gsize)(end - at) + 1);
        memcpy(words, argv + at, (gsize)(end - at) * sizeof *words);
        if (imap)
            run_imap(imap, words, end - at);
        else
            run_smtp(smtp, words, end - at);
        at = end + 1;
    }
    show_memory();
    return failed;
}
