/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever the bytes, every string is valid UTF-8 and fit for its place. The fixtures of parse.c,
 * mutated with a fixed seed; the sanitizers look for the rest.
 */
#include "mail/parse.h"

#include <string.h>

#define ROUNDS 10000

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void unref_bytes(gpointer data)
{
    g_bytes_unref(data);
}

static GPtrArray *load_all(void)
{
    GPtrArray *mails = g_ptr_array_new_with_free_func(unref_bytes);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folder = g_build_filename(g_getenv("ERMS_TEST_DATA"), "mail", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *file;

    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir)))
        if (g_str_has_suffix(file, ".eml"))
            g_ptr_array_add(names, g_build_filename(folder, file, NULL));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        char *bytes;
        gsize length;
        g_assert_true(g_file_get_contents(g_ptr_array_index(names, i), &bytes, &length, NULL));
        g_ptr_array_add(mails, g_bytes_new_take(bytes, length));
    }
    return mails;
}

static guint below(GRand *rand, gsize n)
{
    return n > 0 ? (guint)g_rand_int_range(rand, 0, (gint32)n) : 0;
}

/* Some bytes changed, cut, doubled, or taken from another mail. */
static GBytes *mutate(GRand *rand, GPtrArray *mails)
{
    static const char *const morsels[] = {
        "\r",         "\n\n",   "\0\0\0\0", "=?utf-8?q?=0a?=",
        "=?utf-8?b?", "<",      ">",        "--b\n",
        "\xff\xfe",   "\xc3",   "-- ",      "%",
        "&#0;",       "\x1b$B", "\"",       "Content-Type: multipart/alternative; boundary=b\n"};
    GBytes *one = g_ptr_array_index(mails, below(rand, mails->len));
    GBytes *other = g_ptr_array_index(mails, below(rand, mails->len));
    gsize length, other_length;
    const guint8 *bytes = g_bytes_get_data(one, &length);
    const guint8 *other_bytes = g_bytes_get_data(other, &other_length);
    GByteArray *out = g_byte_array_new();

    g_byte_array_append(out, bytes, (guint)length);
    for (guint n = below(rand, 6) + 1; n > 0; n--) {
        guint at = below(rand, out->len + 1);
        guint some = below(rand, 80);
        const char *morsel = morsels[below(rand, G_N_ELEMENTS(morsels))];
        g_autoptr(GByteArray) tail = g_byte_array_new();
        g_byte_array_append(tail, out->data + at, out->len - at);
        switch (below(rand, 5)) {
        case 0:
            if (at < out->len)
                out->data[at] = (guint8)below(rand, 256);
            break;
        case 1:
            if (at + some <= out->len)
                g_byte_array_remove_range(out, at, some);
            break;
        case 2:
            g_byte_array_set_size(out, at);
            g_byte_array_append(out, (const guint8 *)morsel, (guint)strlen(morsel));
            g_byte_array_append(out, tail->data, tail->len);
            break;
        case 3:
            g_byte_array_set_size(out, at);
            at = below(rand, other_length + 1);
            g_byte_array_append(out, other_bytes + at, (guint)(other_length - at));
            break;
        default:
            g_byte_array_append(out, tail->data, tail->len);
            break;
        }
    }
    return g_byte_array_free_to_bytes(out);
}

static void check_line(const char *text)
{
    for (const char *p = text; p && *p; p = g_utf8_next_char(p))
        g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
}

static void check_address(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;

    if (!address)
        return;
    g_assert_true(g_str_is_ascii(address));
    g_assert_nonnull(at);
    g_assert_true(at > address && at[1] != '\0' && !strchr(at + 1, '@'));
    g_assert_cmpuint(strcspn(address, " \t<>,;:\"()[]\\"), ==, strlen(address));
    for (const char *p = address; *p; p++)
        g_assert_false(g_ascii_iscntrl(*p) || g_ascii_isupper(*p));
}

static void check_headers(const char *headers)
{
    g_auto(GStrv) lines = g_strsplit(headers, "\n", -1);

    for (char **line = lines; line[0] && line[1]; line++) {
        g_assert_nonnull(strstr(*line, ": "));
        check_line(*line);
        g_assert_cmpuint(strlen(*line), <=, 2200);
    }
    g_assert_true(*headers == '\0' || g_str_has_suffix(headers, "\n"));
}

static void check(const Message *m)
{
    const char *const strings[] = {m->digest,    m->message_id, m->in_reply_to, m->references,
                                   m->from_addr, m->from_name,  m->reply_addr,  m->to_addrs,
                                   m->subject,   m->date,       m->headers,     m->text,
                                   m->own_text};
    const char *const lines[] = {m->message_id, m->in_reply_to, m->references, m->from_name,
                                 m->to_addrs,   m->subject,     m->date};

    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
        g_assert_true(!strings[i] || g_utf8_validate(strings[i], -1, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        check_line(lines[i]);
    g_assert_true(m->subject && m->headers && m->text && m->own_text);
    g_assert_cmpuint(strlen(m->digest), ==, 64);
    check_address(m->from_addr);
    check_address(m->reply_addr);
    check_headers(m->headers);
    if (m->text[strspn(m->text, " \t\r\n")] != '\0')
        g_assert_cmpstr(m->own_text, !=, "");
}

static void test_mutations(void)
{
    g_autoptr(GPtrArray) mails = load_all();
    GRand *rand = g_rand_new_with_seed(20260504);

    for (int i = 0; i < ROUNDS; i++) {
        g_autoptr(GBytes) raw = mutate(rand, mails);
        g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
        g_autoptr(Message) stub =
            parse_stub(raw, 1, "place", MESSAGE_OVERSIZE, &parse_limits_default);
        check(message);
        check(stub);
    }
    g_rand_free(rand);
}

/* Bytes of no mail at all. */
static void test_noise(void)
{
    GRand *rand = g_rand_new_with_seed(42);
    guint8 noise[500];

    for (int i = 0; i < ROUNDS; i++) {
        gsize length = below(rand, sizeof noise);
        g_autoptr(GBytes) raw = NULL;
        g_autoptr(Message) message = NULL;
        for (gsize k = 0; k < length; k++)
            noise[k] =
                (guint8)(i % 2 ? below(rand, 256) : (guint) "a:\n \r<>@=?-\0"[below(rand, 12)]);
        raw = g_bytes_new(noise, length);
        message = parse_message(raw, &parse_limits_default);
        check(message);
    }
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/parse-fuzz/mutations", test_mutations);
    g_test_add_func("/parse-fuzz/noise", test_noise);
    return g_test_run();
}
