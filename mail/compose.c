/* SPDX-License-Identifier: Apache-2.0 */
/* The mail, its subject and its references; keyed ids and tokens are in mail/msgid.c. */
#include "mail/compose.h"
#include "mail/smtp.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_SUBJECT 200     /* characters, with Re: and token */
#define MAX_SUBJECT_IN 1000 /* characters of a subject we look at */
#define MAX_VALUE 900       /* bytes of a subject or name: a line has 998 (RFC 5322 2.1.1) */
#define MAX_LINE 998        /* bytes of a body line that need no encoding */
#define MAX_ID 512          /* bytes of one foreign Message-ID */
#define LAST_REFERENCES 20

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimePart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeFilter, g_object_unref)

GQuark compose_error_quark(void)
{
    return g_quark_from_static_string("compose-error-quark");
}

/* --- what may stand in a header --- */

static gboolean is_line_character(gunichar c)
{
    return !g_unichar_iscntrl(c) && c != 0x2028 && c != 0x2029;
}

/* One line of valid UTF-8; NULL is fine. */
static gboolean header_ok(const char *name, const char *value, GError **error)
{
    if (!value)
        return TRUE;
    if (!g_utf8_validate(value, -1, NULL)) {
        g_set_error(error, COMPOSE_ERROR, 0, "%s: not valid UTF-8", name);
        return FALSE;
    }
    for (const char *p = value; *p; p = g_utf8_next_char(p))
        if (!is_line_character(g_utf8_get_char(p))) {
            g_set_error(error, COMPOSE_ERROR, 0, "%s: control character U+%04X at byte %u", name,
                        g_utf8_get_char(p), (guint)(p - value));
            return FALSE;
        }
    return TRUE;
}

/* Text for people: short, and nothing that a reader would decode once more (RFC 2047). */
static gboolean text_ok(const char *name, const char *value, GError **error)
{
    if (!header_ok(name, value, error))
        return FALSE;
    if (value && strlen(value) > MAX_VALUE) {
        g_set_error(error, COMPOSE_ERROR, 0, "%s: longer than %d bytes", name, MAX_VALUE);
        return FALSE;
    }
    if (value && strstr(value, "=?")) {
        g_set_error(error, COMPOSE_ERROR, 0, "%s: holds \"=?\", the mark of an encoded word", name);
        return FALSE;
    }
    return TRUE;
}

static gboolean address_ok(const char *name, const char *address, GError **error)
{
    if (address && smtp_address_ok(address))
        return TRUE;
    g_set_error(error, COMPOSE_ERROR, 0, "%s: not an address that mail can be sent with", name);
    return FALSE;
}

/* Fit to stand between < and > (RFC 5322 3.6.4, but any visible ASCII: senders are inventive). */
static gboolean id_ok(const char *id)
{
    gsize length = strlen(id);

    if (length == 0 || length > MAX_ID)
        return FALSE;
    for (const char *p = id; *p; p++)
        if (!g_ascii_isgraph(*p) || *p == '<' || *p == '>')
            return FALSE;
    return TRUE;
}

static const char *usable(const char *id)
{
    return id && id_ok(id) ? id : NULL;
}

static gboolean reply_ok(const Reply *reply, const ComposeOptions *options, GError **error)
{
    if (!address_ok("From", options->from_addr, error) ||
        !address_ok("To", reply->to_addr, error) || !text_ok("From", options->from_name, error) ||
        !text_ok("Subject", reply->subject, error) ||
        !header_ok("In-Reply-To", reply->in_reply_to, error) ||
        !header_ok("References", reply->references, error))
        return FALSE;
    if (!usable(reply->mail_id) || !strchr(reply->mail_id, '@')) {
        g_set_error(error, COMPOSE_ERROR, 0, "Message-ID: not usable");
        return FALSE;
    }
    if (!reply->body || !g_utf8_validate(reply->body, -1, NULL)) {
        g_set_error(error, COMPOSE_ERROR, 0, "body: %s",
                    reply->body ? "not valid UTF-8" : "there is none");
        return FALSE;
    }
    return TRUE;
}

/* --- references --- */

/* Puts the usable ids of SPACED behind those in IDS, each once. */
static void add_ids(GPtrArray *ids, const char *spaced)
{
    g_auto(GStrv) parts = g_strsplit_set(spaced ? spaced : "", " \t", -1);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < ids->len; i++)
        g_hash_table_add(seen, ids->pdata[i]);
    for (gsize i = 0; parts[i]; i++)
        if (id_ok(parts[i]) && !g_hash_table_contains(seen, parts[i])) {
            char *id = g_strdup(parts[i]);
            g_hash_table_add(seen, id);
            g_ptr_array_add(ids, id);
        }
}

static char *join_ids(GPtrArray *ids, const char *before, const char *between, const char *after)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (ids->len == 0)
        return NULL;
    if (ids->len > LAST_REFERENCES + 1)
        g_ptr_array_remove_range(ids, 1, ids->len - LAST_REFERENCES - 1);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(text, "%s%s%s%s", i ? between : "", before, (char *)ids->pdata[i],
                               after);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *compose_references(const Message *message)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

    add_ids(ids, message->references);
    if (ids->len == 0)
        add_ids(ids, usable(message->in_reply_to));
    add_ids(ids, usable(message->message_id));
    return join_ids(ids, "", " ", "");
}

/* "<id> <id>" for a header, or NULL. */
static char *bracketed(const char *spaced)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

    add_ids(ids, spaced);
    return join_ids(ids, "<", " ", ">");
}

/* --- subject --- */

/* Reply marks of mail programs, folded. Not forward marks: those say something. */
static const char *const reply_marks[] = {
    "re",  "aw",  "antw", "antwort", "sv",   "vs",   "r",  "rif",
    "res", "odp", "ynt",  "回复",    "回覆", "答复", NULL,
};

/* The length of "Re:", "AW[2]:", "Re(3) :", "Re^2:" and so on at TEXT, with the spaces behind. */
static gsize reply_mark_length(const char *text)
{
    for (gsize i = 0; reply_marks[i]; i++) {
        gsize length = strlen(reply_marks[i]);
        const char *p = text + length;

        if (g_ascii_strncasecmp(text, reply_marks[i], length) != 0)
            continue;
        if (*p == '[' || *p == '(' || *p == '^') {
            gsize digits = strspn(p + 1, "0123456789");
            const char *end = p + 1 + digits;
            if (digits == 0 || (*p == '[' && *end != ']') || (*p == '(' && *end != ')'))
                continue;
            p = *p == '^' ? end : end + 1;
        }
        p += strspn(p, " ");
        if (*p == ':')
            p++;
        else if (g_str_has_prefix(p, "："))
            p += strlen("：");
        else
            continue;
        return (gsize)(p - text) + strspn(p, " ");
    }
    return 0;
}

static const char *skip_reply_marks(const char *text)
{
    gsize length;

    text += strspn(text, " ");
    while ((length = reply_mark_length(text)) > 0)
        text += length;
    return text;
}

/* Valid UTF-8 with every run of spaces and control characters made one space, and "=?" broken up
 * (text_ok()). */
static char *one_line(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    g_autoptr(GString) line = g_string_new(NULL);

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_line_character(c) && !g_unichar_isspace(c))
            g_string_append_unichar(line, c);
        else if (line->len > 0 && line->str[line->len - 1] != ' ')
            g_string_append_c(line, ' ');
    }
    g_string_replace(line, "=?", "= ?", 0);
    return g_string_free(g_steal_pointer(&line), FALSE);
}

static char *first_characters(const char *text, glong n)
{
    return g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), n));
}

static char *without_tokens(const char *text)
{
    g_autoptr(GString) left = g_string_new(text);
    char *token;

    while ((token = compose_find_token(left->str))) {
        g_autofree char *mark = g_strdup_printf("[#%s]", token);
        g_string_replace(left, mark, " ", 0);
        g_free(token);
    }
    return one_line(left->str);
}

char *compose_subject(const char *subject, const char *token)
{
    g_autofree char *line = one_line(subject);
    g_autofree char *start = first_characters(skip_reply_marks(line), MAX_SUBJECT_IN);
    g_autofree char *bare = without_tokens(start);
    g_autofree char *mark = token ? g_strdup_printf(" [#%s]", token) : g_strdup("");
    glong room = MAX_SUBJECT - (glong)strlen("Re: ") - g_utf8_strlen(mark, -1);
    g_autofree char *kept = g_strchomp(first_characters(skip_reply_marks(bare), room));

    return *kept ? g_strconcat("Re: ", kept, mark, NULL) : g_strconcat("Re:", mark, NULL);
}

/* --- the mail --- */

/* LF at every line end, the last one too. */
static char *plain_lines(const char *body)
{
    g_autoptr(GString) text = g_string_new(body);

    g_string_replace(text, "\r\n", "\n", 0);
    g_string_replace(text, "\r", "\n", 0);
    if (text->len == 0 || text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The shortest that keeps the text as it is on any way: 7-bit, printable where it can be. */
static GMimeContentEncoding choose_encoding(const char *text)
{
    gsize length = 0, high = 0, line = 0, longest = 0;
    gboolean fragile = g_str_has_prefix(text, "From ") || strstr(text, "\nFrom ");

    for (const char *p = text; *p; p++, length++) {
        high += (guchar)*p >= 0x80;
        fragile |= g_ascii_iscntrl(*p) && *p != '\n' && *p != '\t';
        line = *p == '\n' ? 0 : line + 1;
        longest = MAX(longest, line);
    }
    if (high > length / 6) /* from there on base64 is shorter */
        return GMIME_CONTENT_ENCODING_BASE64;
    return high || fragile || longest > MAX_LINE ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                                 : GMIME_CONTENT_ENCODING_7BIT;
}

static void add_filter(GMimeStream *stream, GMimeFilter *filter)
{
    g_autoptr(GMimeFilter) owned = filter;
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), owned);
}

/* Base64 holds CRLF, as RFC 2045 6.8 wants it; "From " is "=46rom " in quoted-printable. */
static GMimeStream *encoded(const char *text, GMimeContentEncoding encoding)
{
    g_autoptr(GMimeStream) memory = g_mime_stream_mem_new();
    g_autoptr(GMimeStream) filters = g_mime_stream_filter_new(memory);

    if (encoding == GMIME_CONTENT_ENCODING_BASE64)
        add_filter(filters, g_mime_filter_unix2dos_new(FALSE));
    if (encoding != GMIME_CONTENT_ENCODING_7BIT)
        add_filter(filters, g_mime_filter_basic_new(encoding, TRUE));
    if (encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
        add_filter(filters, g_mime_filter_from_new(GMIME_FILTER_FROM_MODE_ARMOR));
    g_mime_stream_write_string(filters, text);
    g_mime_stream_flush(filters);
    g_mime_stream_reset(memory);
    return g_steal_pointer(&memory);
}

static GMimePart *text_part(const char *body)
{
    g_autofree char *text = plain_lines(body);
    GMimeContentEncoding encoding = choose_encoding(text);
    g_autoptr(GMimePart) part = g_mime_part_new_with_type("text", "plain");
    g_autoptr(GMimeStream) stream = encoded(text, encoding);
    g_autoptr(GMimeDataWrapper) content = g_mime_data_wrapper_new_with_stream(stream, encoding);

    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    g_mime_part_set_content(part, content);
    g_mime_part_set_content_encoding(part, encoding);
    return g_steal_pointer(&part);
}

static void add_mailbox(GMimeMessage *mail, GMimeAddressType type, const char *name,
                        const char *addr)
{
    InternetAddressList *list = g_mime_message_get_addresses(mail, type);
    InternetAddress *mailbox = internet_address_mailbox_new(name, addr);

    internet_address_set_charset(mailbox, "utf-8");
    internet_address_list_add(list, mailbox);
    g_object_unref(mailbox);
}

static void set_header(GMimeMessage *mail, const char *name, const char *value)
{
    if (value)
        g_mime_object_set_header(GMIME_OBJECT(mail), name, value, "utf-8");
}

GBytes *compose_reply(const Reply *reply, const ComposeOptions *options, GError **error)
{
    g_autoptr(GMimeMessage) mail = NULL;
    g_autoptr(GMimePart) part = NULL;
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(options->date);
    g_autoptr(GMimeStream) stream = NULL;
    g_autofree char *in_reply_to = NULL, *references = NULL;
    GMimeFormatOptions *format;
    GByteArray *bytes;

    g_mime_init();
    if (!reply_ok(reply, options, error))
        return NULL;
    if (!date) {
        g_set_error(error, COMPOSE_ERROR, 0, "Date: out of range");
        return NULL;
    }
    mail = g_mime_message_new(FALSE);
    part = text_part(reply->body);
    in_reply_to = bracketed(usable(reply->in_reply_to));
    references = bracketed(reply->references);

    add_mailbox(mail, GMIME_ADDRESS_TYPE_FROM, options->from_name, options->from_addr);
    add_mailbox(mail, GMIME_ADDRESS_TYPE_TO, NULL, reply->to_addr);
    g_mime_message_set_subject(mail, reply->subject ? reply->subject : "", "utf-8");
    g_mime_message_set_date(mail, date);
    g_mime_message_set_message_id(mail, reply->mail_id);
    set_header(mail, "In-Reply-To", in_reply_to);
    set_header(mail, "References", references);
    if (options->automatic || options->generated) {
        set_header(mail, "Auto-Submitted", options->generated ? "auto-generated" : "auto-replied");
        set_header(mail, "X-Auto-Response-Suppress", "All");
    }
    set_header(mail, "MIME-Version", "1.0");
    g_mime_message_set_mime_part(mail, GMIME_OBJECT(part));

    stream = g_mime_stream_mem_new();
    format = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    g_mime_object_write_to_stream(GMIME_OBJECT(mail), format, stream);
    g_mime_format_options_free(format);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    return g_bytes_new(bytes->data, bytes->len);
}
