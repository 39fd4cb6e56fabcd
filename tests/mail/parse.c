/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each mail that broke somebody's system is data/mail/NAME.eml with what we expect of it in
 * NAME.expect: to add one, drop two files. A line of NAME.expect is one of
 *
 *     KEY: VALUE           from name reply to message-id in-reply-to references date subject text
 *                          own: exactly this; empty: NULL or "". Lines of the same KEY follow each
 *                          other as the lines of a text
 *     KEY has: VALUE       also of headers: VALUE occurs in it
 *     KEY lacks: VALUE     … does not
 *     flags: WORD…         exactly these MessageFlags
 *     same digest: NAME    as NAME.eml
 *     other digest: NAME   than NAME.eml
 */
#include "mail/parse.h"

#include <string.h>

static char *data_path(const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);

    return g_build_filename(g_getenv("ERMS_TEST_DATA"), "mail", file, NULL);
}

static GBytes *load(const char *name)
{
    g_autofree char *path = data_path(name, ".eml");
    g_autoptr(GError) error = NULL;
    char *bytes;
    gsize length;

    g_file_get_contents(path, &bytes, &length, &error);
    g_assert_no_error(error);
    return g_bytes_new_take(bytes, length);
}

static Message *parse_text(const char *text, gsize length)
{
    g_autoptr(GBytes) raw = g_bytes_new(text, length);

    return parse_message(raw, &parse_limits_default);
}

static const char *member(const Message *m, const char *key)
{
    const struct {
        const char *key, *value;
    } members[] = {
        {"from", m->from_addr},        {"name", m->from_name},
        {"reply", m->reply_addr},      {"to", m->to_addrs},
        {"message-id", m->message_id}, {"in-reply-to", m->in_reply_to},
        {"references", m->references}, {"date", m->date},
        {"subject", m->subject},       {"text", m->text},
        {"own", m->own_text},          {"headers", m->headers},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        if (strcmp(members[i].key, key) == 0)
            return members[i].value ? members[i].value : "";
    g_error("no such key: %s", key);
}

static char *flag_words(guint flags)
{
    static const char *const words[] = {"encrypted", "signed",     "spam",    "unreadable",
                                        "oversize",  "attachment", "calendar"};
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (flags & (1u << i))
            g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", words[i]);
    return g_string_free(out, FALSE);
}

static void expect(const char *name, const char *what, const char *want, const char *got,
                   gboolean holds)
{
    if (!holds) {
        g_test_message("%s: %s\nexpected: %s\ngot: %s", name, what, want, got);
        g_test_fail();
    }
}

static void check_digest(const char *name, const Message *message, const char *other, gboolean same)
{
    g_autoptr(GBytes) raw = load(other);
    g_autofree char *digest = parse_digest(raw);

    expect(name, same ? "same digest" : "other digest", other, message->digest,
           (strcmp(digest, message->digest) == 0) == same);
}

static void check_line(const char *name, const Message *message, const char *key, const char *value,
                       GHashTable *exact)
{
    GString *text;

    if (strcmp(key, "flags") == 0) {
        g_autofree char *words = flag_words(message->flags);
        expect(name, key, value, words, strcmp(words, value) == 0);
    } else if (g_str_has_suffix(key, " digest")) {
        check_digest(name, message, value, g_str_has_prefix(key, "same"));
    } else if (g_str_has_suffix(key, " has") || g_str_has_suffix(key, " lacks")) {
        g_autofree char *word = g_strndup(key, strcspn(key, " "));
        const char *got = member(message, word);
        expect(name, key, value, got,
               (strstr(got, value) != NULL) == (g_str_has_suffix(key, " has") != 0));
    } else if ((text = g_hash_table_lookup(exact, key))) {
        g_string_append_printf(text, "\n%s", value);
    } else {
        g_hash_table_insert(exact, g_strdup(key), g_string_new(value));
    }
}

static void free_string(gpointer data)
{
    g_string_free(data, TRUE);
}

static void test_fixture(gconstpointer data)
{
    const char *name = data;
    g_autoptr(GBytes) raw = load(name);
    g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
    g_autofree char *path = data_path(name, ".expect");
    g_autofree char *wanted = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) exact =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_string);
    GHashTableIter iter;
    gpointer key, value;
    g_auto(GStrv) lines = NULL;

    g_file_get_contents(path, &wanted, NULL, &error);
    g_assert_no_error(error);
    lines = g_strsplit(g_strchomp(wanted), "\n", -1);
    for (char **line = lines; *line; line++) {
        char *colon = strchr(*line, ':');
        g_assert_nonnull(colon);
        *colon = '\0';
        check_line(name, message, *line, colon[1] == ' ' ? colon + 2 : colon + 1, exact);
    }
    g_hash_table_iter_init(&iter, exact);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const char *got = member(message, key);
        expect(name, key, ((GString *)value)->str, got, strcmp(got, ((GString *)value)->str) == 0);
    }
    g_assert_cmpint(message->size, ==, (gint64)g_bytes_get_size(raw));
}

static void add_fixtures(GPtrArray *names)
{
    g_autofree char *folder = data_path("", "");
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *file;

    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir)))
        if (g_str_has_suffix(file, ".eml"))
            g_ptr_array_add(names, g_strndup(file, strlen(file) - 4));
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_strconcat("/parse/mail/", name, NULL);
        g_test_add_data_func(path, name, test_fixture);
    }
}

/* The digest is stored for years: this one must never change. */
static void test_digest_is_fixed(void)
{
    static const char mail[] = "Received: by a\r\nSubject: A\r\n  B\r\nFrom: x@y.example\r\n"
                               "Message-ID: <1@y.example>\r\n\r\nOne\r\ntwo\rthree\r\n\r\n";
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, sizeof mail - 1);
    g_autofree char *digest = parse_digest(raw);
    g_autofree char *plain = g_compute_checksum_for_string(
        G_CHECKSUM_SHA256,
        "Message-ID:<1@y.example>\nFrom:x@y.example\nSubject:A B\n\nOne\ntwo\nthree", -1);

    g_assert_cmpstr(digest, ==, plain);
}

static void test_stub(void)
{
    static const char head[] =
        "From: Max <max@kunde.example>\nSubject: =?utf-8?Q?Gr=C3=B6=C3=9Fe?=\n"
        "X-Spam-Flag: YES\nContent-Type: text/plain\n\nIrgendein Anfang";
    g_autoptr(GBytes) raw = g_bytes_new_static(head, sizeof head - 1);
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    g_autoptr(Message) one =
        parse_stub(raw, 99999999, "support INBOX 7 12", MESSAGE_OVERSIZE, &parse_limits_default);
    g_autoptr(Message) same = parse_stub(nothing, 99999999, "support INBOX 7 12",
                                         MESSAGE_UNREADABLE, &parse_limits_default);
    g_autoptr(Message) place =
        parse_stub(raw, 99999999, "support INBOX 7 13", MESSAGE_OVERSIZE, &parse_limits_default);
    g_autoptr(Message) size =
        parse_stub(raw, 99999998, "support INBOX 7 12", MESSAGE_OVERSIZE, &parse_limits_default);

    g_autoptr(Message) headless =
        parse_stub(nothing, 1, "support INBOX 7 14", MESSAGE_OVERSIZE, &parse_limits_default);

    g_assert_cmpuint(headless->flags, ==, MESSAGE_OVERSIZE);
    g_assert_cmpstr(one->from_addr, ==, "max@kunde.example");
    g_assert_cmpstr(one->subject, ==, "Größe");
    g_assert_cmpstr(one->text, ==, "");
    g_assert_cmpstr(one->own_text, ==, "");
    g_assert_cmpint(one->size, ==, 99999999);
    g_assert_cmpuint(one->flags, ==, MESSAGE_OVERSIZE | MESSAGE_SPAM);
    g_assert_cmpuint(same->flags, ==, MESSAGE_UNREADABLE);
    g_assert_null(same->from_addr);
    g_assert_cmpstr(same->subject, ==, "");
    g_assert_cmpstr(one->digest, ==, same->digest);
    g_assert_cmpstr(one->digest, !=, place->digest);
    g_assert_cmpstr(one->digest, !=, size->digest);
}

static void test_address(void)
{
    static const struct {
        const char *header, *addr, *name;
    } rows[] = {
        {"Max@Kunde.Example", "max@kunde.example", NULL},
        {"max@kunde.example (Max Muster)", "max@kunde.example", "Max Muster"},
        {"=?utf-8?Q?M=C3=BCller=2C_J=C3=B6rg?= <j@k.example>", "j@k.example", "Müller, Jörg"},
        {"'max@kunde.example'", "max@kunde.example", NULL},
        {"nobody, Max <max@k.example>, b@k.example", "max@k.example", NULL},
        {"Max <max@k.example\r\n", "max@k.example", "Max"},
        {"\"a b\"@k.example", NULL, NULL},
        {"a@b@c.example", NULL, NULL},
        {"max@k..example", NULL, NULL},
        {".max@k.example", NULL, NULL},
        {"max@[192.0.2.1]", NULL, NULL},
        {"größe@k.example", NULL, NULL},
        {"max@", NULL, NULL},
        {"", NULL, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = NULL;
        g_autofree char *addr = parse_address(rows[i].header, &name);
        g_assert_cmpstr(addr, ==, rows[i].addr);
        if (rows[i].name || !addr)
            g_assert_cmpstr(name, ==, rows[i].name);
    }
}

/* Auto-Submitted below as much padding as fills the room to the last byte is seen all the same. */
static void test_padding_pushes_no_guard_out(void)
{
    GString *mail = g_string_new("From: a@b.example\n");
    g_autoptr(Message) message = NULL;
    g_autofree char *value = NULL;

    for (int i = 0; i < 8000; i++)
        g_string_append(mail, "X-P: p\n");
    g_string_append(mail, "Auto-Submitted: auto-replied\n\nHi\n");
    message = parse_text(mail->str, mail->len);
    value = message_header(message, "auto-submitted");
    g_assert_cmpstr(value, ==, "auto-replied");
    g_assert_cmpuint(strlen(message->headers), <=, parse_limits_default.max_header);
    g_assert_cmpuint(strlen(message->headers), >, parse_limits_default.max_header - 10);
    g_string_free(mail, TRUE);
}

/* A header longer than we read must not end in half an address. */
static void test_no_half_address(void)
{
    for (gsize name = 65500; name < 65540; name++) {
        GString *mail = g_string_new("From: \"");
        g_autoptr(Message) message = NULL;
        for (gsize i = 0; i < name; i++)
            g_string_append_c(mail, 'x');
        g_string_append(mail, "\" <max@kunde.example>\n\nHi\n");
        message = parse_text(mail->str, mail->len);
        if (message->from_addr)
            g_assert_cmpstr(message->from_addr, ==, "max@kunde.example");
        g_string_free(mail, TRUE);
    }
}

static void test_limits(void)
{
    const ParseLimits limits = {.max_text = 10, .max_parts = 3, .max_depth = 2, .max_header = 40};
    static const char mail[] =
        "From: a@b.example\nX-Long: 01234567890123456789\nContent-Type: multipart/mixed; "
        "boundary=b\n\n--b\n\nGröße\n--b\n\nöl\n--b\n\nnot any more\n--b--\n";
    g_autoptr(GBytes) raw = g_bytes_new_static(mail, sizeof mail - 1);
    g_autoptr(Message) message = parse_message(raw, &limits);

    g_assert_cmpstr(message->text, ==, "Größe\nö");
    g_assert_cmpstr(message->headers, ==, "From: a@b.example\n");
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    add_fixtures(names);
    g_test_add_func("/parse/digest-is-fixed", test_digest_is_fixed);
    g_test_add_func("/parse/stub", test_stub);
    g_test_add_func("/parse/address", test_address);
    g_test_add_func("/parse/padding-pushes-no-guard-out", test_padding_pushes_no_guard_out);
    g_test_add_func("/parse/no-half-address", test_no_half_address);
    g_test_add_func("/parse/limits", test_limits);
    return g_test_run();
}
