/* SPDX-License-Identifier: Apache-2.0 */
/* One submission session over libetpan's stream. Not over its mailsmtp, which takes one code for
 * another (450 and 550 are the same to it), says EHLO with the machine's name, ends every mail with
 * an empty line, and cannot tell whether the final dot was sent. */
#include "mail/server_words.h"
#include "mail/smtp.h"

#include <libetpan/libetpan.h>
#include <string.h>

struct Smtp {
    const ServerSpec *spec;
    mailstream *stream;
    Transport *transport; /* belongs to the stream */
    MMAPString *line;
    GString *words; /* text of the last reply, lines ended by LF */
    int code;       /* of the last reply; 0: none came */
    gboolean alive;
    gboolean refused_recipient; /* of the last mail */
    gboolean starttls;          /* what EHLO offered */
    gboolean size;
    char **auth; /* upper-case mechanisms; NULL: none */
};

#define REPLY_BUDGET (256 * 1024) /* bytes of replies to one mail */
#define QUIT_SECONDS 3

gboolean smtp_address_ok(const char *address)
{
    static const char atext[] = "!#$%&'*+-/=?^_`{|}~."; /* RFC 5322 3.2.3, and the dot */
    const char *at = strchr(address, '@');
    if (!at || at == address || at - address > 64 || strlen(address) > 254)
        return FALSE;
    for (const char *p = address; p < at; p++)
        if (!g_ascii_isalnum(*p) && !strchr(atext, *p))
            return FALSE;
    gsize label = 0;
    for (const char *p = at + 1; *p; p++) {
        gboolean dot = *p == '.';
        if (dot ? label == 0 : !g_ascii_isalnum(*p) && *p != '-')
            return FALSE;
        label = dot ? 0 : label + 1;
        if (label > 63)
            return FALSE;
    }
    return label > 0;
}

/* "550 no such user": the last reply as one printable line. */
static char *smtp_words(Smtp *smtp)
{
    g_autofree char *line = server_words(smtp->spec, smtp->words->str);
    return smtp->code ? g_strdup_printf("%d %s", smtp->code, line) : g_steal_pointer(&line);
}

/* RFC 5321 4.2: three digits, then "-" if a line follows, else a space or nothing. */
static int reply_code(const char *line)
{
    if (line[0] < '2' || line[0] > '5' || !g_ascii_isdigit(line[1]) || !g_ascii_isdigit(line[2]) ||
        (line[3] && line[3] != ' ' && line[3] != '-'))
        return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* Reads one reply: its code, or 0 if the connection is lost or what came is no reply. */
static int smtp_reply(Smtp *smtp)
{
    gboolean more = TRUE;
    g_string_truncate(smtp->words, 0);
    smtp->code = 0;
    while (more) {
        const char *line = mailstream_read_line_remove_eol(smtp->stream, smtp->line);
        smtp->code = line ? reply_code(line) : 0;
        more = smtp->code && line[3] == '-';
        if (line)
            g_string_append_printf(smtp->words, "%s\n",
                                   smtp->code ? line + (line[3] ? 4 : 3) : line);
    }
    if (smtp->code == 0 || smtp->code == 421)
        smtp->alive = FALSE;
    return smtp->code;
}

static gboolean smtp_write(Smtp *smtp, const char *bytes, gsize length)
{
    gboolean sent = mailstream_write(smtp->stream, bytes, length) == (ssize_t)length &&
                    mailstream_flush(smtp->stream) != -1;
    smtp->alive = smtp->alive && sent;
    return sent;
}

G_GNUC_PRINTF(2, 3)
static int smtp_command(Smtp *smtp, const char *format, ...)
{
    if (!smtp->alive)
        return 0;
    va_list args;
    va_start(args, format);
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_append_vprintf(line, format, args);
    va_end(args);
    g_string_append(line, "\r\n");
    return smtp_write(smtp, line->str, line->len) ? smtp_reply(smtp) : 0;
}

/* Sends WORD and LENGTH secret BYTES in base64, and leaves no copy of them. */
static int smtp_secret(Smtp *smtp, const char *word, const char *bytes, gsize length)
{
    if (!smtp->alive)
        return 0;
    g_autofree char *encoded = g_base64_encode((const guchar *)bytes, length);
    g_autoptr(GString) line = g_string_sized_new(strlen(word) + strlen(encoded) + 3);
    g_string_append(line, word);
    g_string_append(line, encoded);
    g_string_append(line, "\r\n");
    gboolean sent = smtp_write(smtp, line->str, line->len);
    explicit_bzero(encoded, strlen(encoded));
    explicit_bzero(line->str, line->allocated_len);
    if (smtp->stream->write_buffer)
        explicit_bzero(smtp->stream->write_buffer, smtp->stream->buffer_max_size);
    return sent ? smtp_reply(smtp) : 0;
}

static gboolean is_positive(int code)
{
    return code >= 200 && code < 300;
}

/* Sets an error that fits the last reply; CODE_5XX is what a 5xx means here. Returns FALSE. */
static gboolean smtp_fail(Smtp *smtp, int code, const char *what, ServerError code_5xx,
                          GError **error)
{
    const ServerSpec *spec = smtp->spec;
    if (code == 0 && transport_take_error(smtp->transport, error))
        return FALSE;
    g_autofree char *words = smtp_words(smtp);
    ServerError kind = code == 421                 ? SERVER_ERROR_UNREACHABLE
                       : code >= 400 && code < 500 ? SERVER_ERROR_TEMPORARY
                       : code >= 500               ? code_5xx
                                                   : SERVER_ERROR_PROTOCOL;
    g_set_error(error, SERVER_ERROR, kind, "%s %s:%u: %s: %s", spec->name ? spec->name : "",
                spec->host, spec->port, what, words);
    return FALSE;
}

static gboolean smtp_refuse(Smtp *smtp, ServerError code, const char *text, GError **error)
{
    const ServerSpec *spec = smtp->spec;
    g_set_error(error, SERVER_ERROR, code, "%s %s:%u: %s", spec->name ? spec->name : "", spec->host,
                spec->port, text);
    return FALSE;
}

/* The lines of the EHLO reply just read (RFC 5321 4.1.1.1, RFC 3207, RFC 1870, RFC 4954). */
static void smtp_read_offers(Smtp *smtp)
{
    smtp->starttls = smtp->size = FALSE;
    g_clear_pointer(&smtp->auth, g_strfreev);
    g_autofree char *upper = g_ascii_strup(smtp->words->str, -1);
    g_auto(GStrv) lines = g_strsplit(upper, "\n", -1);
    for (gsize i = 0; lines[i]; i++) {
        const char *line = g_strstrip(lines[i]);
        if (strcmp(line, "STARTTLS") == 0)
            smtp->starttls = TRUE;
        else if (strcmp(line, "SIZE") == 0 || g_str_has_prefix(line, "SIZE "))
            smtp->size = TRUE;
        else if (g_str_has_prefix(line, "AUTH ") && !smtp->auth)
            smtp->auth = g_strsplit(line + strlen("AUTH "), " ", -1);
    }
}

static gboolean smtp_hello(Smtp *smtp, const char *helo_name, GError **error)
{
    int code = smtp_command(smtp, "EHLO %s", helo_name);
    if (is_positive(code)) {
        smtp_read_offers(smtp);
        return TRUE;
    }
    if (code >= 500 && smtp->spec->tls != TLS_STARTTLS && smtp->spec->auth == AUTH_NONE)
        code = smtp_command(smtp, "HELO %s", helo_name);
    return is_positive(code) || smtp_fail(smtp, code, "EHLO", SERVER_ERROR_REFUSED, error);
}

static gboolean smtp_start_tls(Smtp *smtp, const char *helo_name, GError **error)
{
    if (!smtp->starttls)
        return smtp_refuse(smtp, SERVER_ERROR_TLS, "the server does not offer STARTTLS", error);
    int code = smtp_command(smtp, "STARTTLS");
    if (!is_positive(code))
        return smtp_fail(smtp, code, "STARTTLS", SERVER_ERROR_TLS, error);
    return transport_start_tls(smtp->transport, smtp->stream, error) &&
           smtp_hello(smtp, helo_name, error);
}

static gboolean smtp_offers(Smtp *smtp, const char *mechanism)
{
    return smtp->auth && g_strv_contains((const char *const *)smtp->auth, mechanism);
}

/* RFC 4616: NUL user NUL password. */
static int smtp_auth_plain(Smtp *smtp, const char *user, const char *secret)
{
    g_autoptr(GString) message = g_string_sized_new(strlen(user) + strlen(secret) + 3);
    g_string_append_c(message, '\0');
    g_string_append_len(message, user, (gssize)strlen(user) + 1);
    g_string_append(message, secret);
    int code = smtp_secret(smtp, "AUTH PLAIN ", message->str, message->len);
    explicit_bzero(message->str, message->allocated_len);
    return code;
}

static int smtp_auth_login(Smtp *smtp, const char *user, const char *secret)
{
    int code = smtp_command(smtp, "AUTH LOGIN");
    if (code == 334)
        code = smtp_secret(smtp, "", user, strlen(user));
    return code == 334 ? smtp_secret(smtp, "", secret, strlen(secret)) : code;
}

/* A refusal comes as a further question, to be answered by an empty line. */
static int smtp_auth_xoauth2(Smtp *smtp, const char *user, const char *token)
{
    g_autofree char *message = g_strdup_printf("user=%s\001auth=Bearer %s\001\001", user, token);
    int code = smtp_secret(smtp, "AUTH XOAUTH2 ", message, strlen(message));
    explicit_bzero(message, strlen(message));
    return code == 334 ? smtp_command(smtp, "%s", "") : code;
}

static gboolean smtp_login(Smtp *smtp, GError **error)
{
    static const struct {
        AuthMode mode;
        const char *mechanism; /* the first that is offered is used */
        int (*func)(Smtp *, const char *user, const char *secret);
    } ways[] = {
        {AUTH_LOGIN, "PLAIN", smtp_auth_plain},
        {AUTH_LOGIN, "LOGIN", smtp_auth_login},
        {AUTH_XOAUTH2, "XOAUTH2", smtp_auth_xoauth2},
    };
    const ServerSpec *spec = smtp->spec;
    if (!spec->user || !spec->secret)
        return smtp_refuse(smtp, SERVER_ERROR_LOGIN, "user name or password is missing", error);
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (ways[i].mode != spec->auth || !smtp_offers(smtp, ways[i].mechanism))
            continue;
        int code = ways[i].func(smtp, spec->user, spec->secret);
        g_autofree char *what = g_strdup_printf("login of %s", spec->user);
        return is_positive(code) || smtp_fail(smtp, code, what, SERVER_ERROR_LOGIN, error);
    }
    return smtp_refuse(smtp, SERVER_ERROR_LOGIN,
                       spec->auth == AUTH_XOAUTH2
                           ? "the server offers no login by access token (XOAUTH2)"
                           : "the server offers neither AUTH PLAIN nor AUTH LOGIN here",
                       error);
}

static gboolean helo_name_ok(const char *name)
{
    gboolean good = *name && strlen(name) <= 255;
    for (; *name; name++)
        good = good && (g_ascii_isalnum(*name) || strchr("-._[]:", *name));
    return good;
}

static gboolean smtp_greet(Smtp *smtp, const char *helo_name, GError **error)
{
    if (!helo_name_ok(helo_name))
        return smtp_refuse(smtp, SERVER_ERROR_REFUSED, "our own host name is not fit for EHLO",
                           error);
    int code = smtp_reply(smtp);
    if (code != 220)
        return smtp_fail(smtp, code, "greeting", SERVER_ERROR_UNREACHABLE, error);
    return smtp_hello(smtp, helo_name, error) &&
           (smtp->spec->tls != TLS_STARTTLS || smtp_start_tls(smtp, helo_name, error)) &&
           (smtp->spec->auth == AUTH_NONE || smtp_login(smtp, error));
}

Smtp *smtp_open(const ServerSpec *spec, const char *helo_name, GError **error)
{
    Transport *transport = transport_open(spec, error);
    if (!transport)
        return NULL;
    g_autoptr(Smtp) smtp = g_new0(Smtp, 1);
    smtp->spec = spec;
    smtp->alive = TRUE;
    smtp->transport = transport;
    smtp->stream = transport_stream(transport);
    smtp->line = mmap_string_new("");
    if (!smtp->line)
        g_error("out of memory");
    smtp->words = g_string_new(NULL);
    transport_set_budget(transport, REPLY_BUDGET);
    if (smtp_greet(smtp, helo_name, error))
        return g_steal_pointer(&smtp);
    smtp->alive = FALSE;
    return NULL;
}

void smtp_free(Smtp *smtp)
{
    if (!smtp)
        return;
    transport_set_deadline(smtp->transport, smtp->alive ? QUIT_SECONDS : 0);
    smtp_command(smtp, "QUIT");
    mailstream_close(smtp->stream);
    mmap_string_free(smtp->line);
    g_string_free(smtp->words, TRUE);
    g_strfreev(smtp->auth);
    g_free(smtp);
}

gboolean smtp_alive(Smtp *smtp)
{
    return smtp->alive;
}

gboolean smtp_refused_recipient(const Smtp *smtp)
{
    return smtp->refused_recipient;
}

/* The content as it goes on the wire, without the final dot: every line end is CRLF (RFC
 * 5321 4.1.1.4; a bare CR or LF could be taken for the end of the mail), leading dots are doubled
 * (4.5.2). NULL if it is not 7-bit. */
static GString *smtp_content(GBytes *mail)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(mail, &length);
    g_autoptr(GString) wire = g_string_sized_new(length + length / 32 + 16);
    gboolean line_start = TRUE;
    for (gsize i = 0; i < length; i++) {
        char c = bytes[i];
        if ((guchar)c >= 0x80 || c == '\0')
            return NULL;
        if (c == '\r' || c == '\n') {
            if (c == '\r' && i + 1 < length && bytes[i + 1] == '\n')
                i++;
            g_string_append(wire, "\r\n");
            line_start = TRUE;
            continue;
        }
        if (line_start && c == '.')
            g_string_append_c(wire, '.');
        g_string_append_c(wire, c);
        line_start = FALSE;
    }
    if (!line_start)
        g_string_append(wire, "\r\n");
    return g_steal_pointer(&wire);
}

/* What a reply means before the final dot was sent: nothing was taken in any case. */
static SmtpResult smtp_not_sent(Smtp *smtp, int code)
{
    if (code >= 500 && code < 600)
        return SMTP_REFUSED;
    if (code < 400)
        smtp->alive = FALSE; /* lost, or out of step */
    return SMTP_LATER;
}

static SmtpResult smtp_envelope(Smtp *smtp, const char *from, const char *to, gsize size)
{
    g_autofree char *parameter =
        smtp->size ? g_strdup_printf(" SIZE=%" G_GSIZE_FORMAT, size) : NULL;
    int code = smtp_command(smtp, "MAIL FROM:<%s>%s", from, parameter ? parameter : "");
    if (is_positive(code)) {
        code = smtp_command(smtp, "RCPT TO:<%s>", to);
        smtp->refused_recipient = code >= 500;
    }
    if (is_positive(code))
        code = smtp_command(smtp, "DATA");
    return code == 354 ? SMTP_SENT : smtp_not_sent(smtp, code);
}

/* The content is flushed before the dot is begun. So if the content fails, the server holds an
 * incomplete mail, which it must throw away (RFC 5321 4.1.1.4); from the dot on nobody knows. A
 * reply that is there before the dot would be taken for the answer to it. */
static SmtpResult smtp_transfer(Smtp *smtp, const GString *content)
{
    if (!smtp_write(smtp, content->str, content->len))
        return SMTP_LATER;
    if (smtp->stream->read_buffer_len != 0) {
        smtp->alive = FALSE;
        return SMTP_LATER;
    }
    int code = smtp_write(smtp, ".\r\n", 3) ? smtp_reply(smtp) : 0;
    if (is_positive(code))
        return SMTP_SENT;
    if (code >= 400)
        return code < 500 ? SMTP_LATER : SMTP_REFUSED;
    smtp->alive = FALSE;
    return SMTP_UNKNOWN;
}

/* The server's last words, or why there are none. */
static char *smtp_last_words(Smtp *smtp)
{
    g_autoptr(GError) error = NULL;
    if (transport_take_error(smtp->transport, &error))
        return g_strdup(error->message);
    return smtp_words(smtp);
}

SmtpResult smtp_send(Smtp *smtp, const char *from, const char *to, GBytes *mail, char **response)
{
    g_autofree char *unused = NULL;
    if (!response)
        response = &unused;
    *response = NULL;
    smtp->refused_recipient = FALSE;
    if ((*from && !smtp_address_ok(from)) || !smtp_address_ok(to)) {
        *response = g_strdup("the address is not fit for an SMTP command");
        return SMTP_REFUSED;
    }
    g_autoptr(GString) content = smtp_content(mail);
    if (!content) {
        *response = g_strdup("the mail is not 7-bit");
        return SMTP_REFUSED;
    }
    if (!smtp->alive) {
        *response = g_strdup("the session has already ended");
        return SMTP_LATER;
    }
    transport_set_budget(smtp->transport, REPLY_BUDGET);
    SmtpResult result = smtp_envelope(smtp, from, to, content->len);
    if (result == SMTP_SENT)
        result = smtp_transfer(smtp, content);
    *response = smtp_last_words(smtp);
    if (result != SMTP_SENT && smtp->alive && !is_positive(smtp_command(smtp, "RSET")))
        smtp->alive = FALSE;
    return result;
}
