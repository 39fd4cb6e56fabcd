/* SPDX-License-Identifier: Apache-2.0 */
/* Connect, TLS, login, commands and their errors. */
#include "mail/imap_session.h"
#include "mail/server_words.h"

#include <string.h>

#define LOGIN_BUDGET (1024 * 1024) /* bytes that a server may send before it knows us */
#define LOGOUT_SECONDS 3

static void imap_error(Imap *imap, ServerError code, const char *what, const char *text,
                       GError **error)
{
    const ServerSpec *spec = imap->spec;
    g_set_error(error, SERVER_ERROR, code, "%s %s:%u: %s: %s", spec->name ? spec->name : "",
                spec->host, spec->port, what, text);
}

gboolean imap_refuse(Imap *imap, ServerError code, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    const ServerSpec *spec = imap->spec;
    g_set_error(error, SERVER_ERROR, code, "%s %s:%u: %s", spec->name ? spec->name : "", spec->host,
                spec->port, text);
    return FALSE;
}

gboolean imap_alive(Imap *imap, GError **error)
{
    return !imap->dead ||
           imap_refuse(imap, SERVER_ERROR_UNREACHABLE, error, "the session has already ended");
}

/* RFC 5530: a NO with one of these codes may be a yes later. */
static gboolean code_is_temporary(const char *code)
{
    static const char *const temporary[] = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", NULL};
    for (gsize i = 0; code && temporary[i]; i++)
        if (g_ascii_strcasecmp(code, temporary[i]) == 0)
            return TRUE;
    return FALSE;
}

gboolean imap_fail(Imap *imap, int rc, const char *what, GError **error)
{
    mailimap *session = imap->session;
    g_autofree char *words = server_words(imap->spec, session->imap_response);
    switch (rc) {
    case MAILIMAP_ERROR_STREAM:
    case MAILIMAP_ERROR_PARSE:
    case MAILIMAP_ERROR_PROTOCOL:
    case MAILIMAP_ERROR_FATAL:
    case MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION:
    case MAILIMAP_ERROR_MEMORY:
    case MAILIMAP_ERROR_BAD_STATE:
        imap->dead = TRUE;
        break;
    default: /* a plain NO */
        break;
    }
    if (imap->dead && transport_take_error(imap->transport, error)) {
        /* the cause says it all */
    } else if (rc == MAILIMAP_ERROR_FATAL || rc == MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION) {
        g_autofree char *text = g_strdup_printf("the server ended the session: %s", words);
        imap_error(imap, SERVER_ERROR_UNREACHABLE, what, text, error);
    } else if (imap->dead) {
        g_autofree char *text =
            g_strdup_printf("the server's answer makes no sense%s%s", *words ? ": " : "", words);
        imap_error(imap, SERVER_ERROR_PROTOCOL, what, text, error);
    } else {
        const char *code = session->imap_response_info ? session->imap_response_info->rsp_atom : 0;
        imap_error(imap, code_is_temporary(code) ? SERVER_ERROR_TEMPORARY : SERVER_ERROR_REFUSED,
                   what, *words ? words : "refused", error);
    }
    return FALSE;
}

/* Reads to the end of the command; the first line may be there already. */
static int imap_read_answer(mailimap *session, gboolean have_line)
{
    if (!have_line && !mailimap_read_line(session))
        return MAILIMAP_ERROR_STREAM;
    struct mailimap_response *response = NULL;
    int rc = mailimap_parse_response(session, &response);
    if (rc != MAILIMAP_NO_ERROR)
        return rc;
    int state = response->rsp_resp_done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type;
    mailimap_response_free(response);
    return state == MAILIMAP_RESP_COND_STATE_OK ? MAILIMAP_NO_ERROR : MAILIMAP_ERROR_CUSTOM_COMMAND;
}

static int imap_send_line(mailimap *session, const char *line)
{
    int rc = mailimap_send_current_tag(session);
    if (rc != MAILIMAP_NO_ERROR)
        return rc;
    gboolean sent = mailstream_write(session->imap_stream, line, strlen(line)) != -1 &&
                    mailstream_write(session->imap_stream, "\r\n", 2) != -1 &&
                    mailstream_flush(session->imap_stream) != -1;
    return sent ? MAILIMAP_NO_ERROR : MAILIMAP_ERROR_STREAM;
}

gboolean imap_command(Imap *imap, const char *line, const char *what, GError **error)
{
    if (!imap_alive(imap, error))
        return FALSE;
    int rc = imap_send_line(imap->session, line);
    if (rc == MAILIMAP_NO_ERROR)
        rc = imap_read_answer(imap->session, FALSE);
    return rc == MAILIMAP_NO_ERROR || imap_fail(imap, rc, what, error);
}

static void no_progress(G_GNUC_UNUSED size_t current, G_GNUC_UNUSED size_t maximum,
                        G_GNUC_UNUSED void *context)
{
}

gboolean imap_command_fetch(Imap *imap, const char *line, mailimap_msg_att_handler *func,
                            gpointer data, GError **error)
{
    mailimap_set_msg_att_handler(imap->session, func, data);
    /* Without a progress callback libetpan ignores the handler. */
    mailimap_set_progress_callback(imap->session, no_progress, no_progress, NULL);
    gboolean done = imap_command(imap, line, "UID FETCH", error);
    mailimap_set_progress_callback(imap->session, NULL, NULL, NULL);
    mailimap_set_msg_att_handler(imap->session, NULL, NULL);
    return done;
}

static gboolean imap_read_capabilities(Imap *imap, GError **error)
{
    if (!imap_command(imap, "CAPABILITY", "CAPABILITY", error))
        return FALSE;
    g_hash_table_remove_all(imap->capabilities);
    struct mailimap_connection_info *info = imap->session->imap_connection_info;
    if (!info || !info->imap_capability || !info->imap_capability->cap_list)
        return imap_fail(imap, MAILIMAP_ERROR_PROTOCOL, "CAPABILITY", error);
    for (clistiter *i = clist_begin(info->imap_capability->cap_list); i; i = clist_next(i)) {
        struct mailimap_capability *item = clist_content(i);
        gboolean auth = item->cap_type == MAILIMAP_CAPABILITY_AUTH_TYPE;
        g_autofree char *name =
            g_strconcat(auth ? "AUTH=" : "",
                        auth ? item->cap_data.cap_auth_type : item->cap_data.cap_name, NULL);
        g_hash_table_add(imap->capabilities, g_ascii_strup(name, -1));
    }
    return TRUE;
}

gboolean imap_has_capability(Imap *imap, const char *name)
{
    g_autofree char *upper = g_ascii_strup(name, -1);
    return g_hash_table_contains(imap->capabilities, upper);
}

/* What was sent last leaves no copy in libetpan's buffer. */
static void imap_wipe_sent(mailimap *session)
{
    mailstream *stream = session->imap_stream;
    if (stream && stream->write_buffer)
        explicit_bzero(stream->write_buffer, stream->buffer_max_size);
}

/* AUTHENTICATE with one message of ours, at once (SASL-IR, RFC 4959) or when asked for. A further
 * question is how XOAUTH2 reports an error: the answer to it is an empty line. */
static int imap_authenticate(Imap *imap, const char *mechanism, const char *message, gsize length)
{
    mailimap *session = imap->session;
    g_autofree char *encoded = g_base64_encode((const guchar *)message, length);
    gboolean at_once = imap_has_capability(imap, "SASL-IR");
    g_autofree char *line =
        g_strconcat("AUTHENTICATE ", mechanism, at_once ? " " : NULL, encoded, NULL);
    g_autofree char *later = at_once ? g_strdup("\r\n") : g_strconcat(encoded, "\r\n", NULL);
    const char *replies[] = {later, "\r\n"};
    int rc = imap_send_line(session, line);
    for (gsize i = 0; rc == MAILIMAP_NO_ERROR; i++) {
        if (!mailimap_read_line(session))
            rc = MAILIMAP_ERROR_STREAM;
        else if (session->imap_stream_buffer->str[0] != '+' || i == G_N_ELEMENTS(replies))
            break;
        else if (mailstream_write(session->imap_stream, replies[i], strlen(replies[i])) == -1 ||
                 mailstream_flush(session->imap_stream) == -1)
            rc = MAILIMAP_ERROR_STREAM;
    }
    explicit_bzero(encoded, strlen(encoded));
    explicit_bzero(line, strlen(line));
    explicit_bzero(later, strlen(later));
    imap_wipe_sent(session);
    return rc == MAILIMAP_NO_ERROR ? imap_read_answer(session, TRUE) : rc;
}

static int imap_send_secret(Imap *imap, GError **error)
{
    const ServerSpec *spec = imap->spec;
    g_autoptr(GString) message =
        g_string_sized_new(strlen(spec->user) + 2 * strlen(spec->secret) + 64);
    const char *mechanism = NULL;
    if (spec->auth == AUTH_XOAUTH2) {
        mechanism = "XOAUTH2";
        g_string_printf(message, "user=%s\001auth=Bearer %s\001\001", spec->user, spec->secret);
    } else if (imap_has_capability(imap, "AUTH=PLAIN")) {
        mechanism = "PLAIN"; /* RFC 4616; unlike LOGIN it takes any byte in a password */
        g_string_append_c(message, '\0');
        g_string_append_len(message, spec->user, (gssize)strlen(spec->user) + 1);
        g_string_append(message, spec->secret);
    } else if (imap_has_capability(imap, "LOGINDISABLED")) {
        imap_refuse(imap, SERVER_ERROR_LOGIN, error,
                    "the server allows no login on this connection (LOGINDISABLED)%s",
                    spec->tls == TLS_NONE ? "; it wants TLS" : "");
        return MAILIMAP_ERROR_LOGIN;
    }
    int rc;
    if (mechanism) {
        rc = imap_authenticate(imap, mechanism, message->str, message->len);
    } else {
        g_autofree char *user = imap_quote(spec->user);
        g_autofree char *secret = imap_quote(spec->secret);
        g_string_printf(message, "LOGIN %s %s", user, secret);
        rc = imap_send_line(imap->session, message->str);
        if (rc == MAILIMAP_NO_ERROR)
            rc = imap_read_answer(imap->session, FALSE);
        explicit_bzero(secret, strlen(secret));
    }
    explicit_bzero(message->str, message->len);
    imap_wipe_sent(imap->session);
    return rc;
}

static gboolean has_control(const char *text)
{
    for (; *text; text++)
        if (g_ascii_iscntrl(*text))
            return TRUE;
    return FALSE;
}

static gboolean imap_login(Imap *imap, GError **error)
{
    const ServerSpec *spec = imap->spec;
    if (!spec->user || !spec->secret || has_control(spec->user) || has_control(spec->secret))
        return imap_refuse(imap, SERVER_ERROR_LOGIN, error,
                           "user name or password is missing or holds control characters");
    if (spec->auth == AUTH_XOAUTH2 && !imap_has_capability(imap, "AUTH=XOAUTH2"))
        return imap_refuse(imap, SERVER_ERROR_LOGIN, error,
                           "the server offers no login by access token (XOAUTH2)");
    g_autoptr(GError) cause = NULL;
    int rc = imap_send_secret(imap, &cause);
    if (rc == MAILIMAP_NO_ERROR) {
        imap->session->imap_state = MAILIMAP_STATE_AUTHENTICATED;
        return TRUE;
    }
    if (!cause) {
        g_autofree char *what = g_strdup_printf("login of %s", spec->user);
        imap_fail(imap, rc, what, &cause);
        if (g_error_matches(cause, SERVER_ERROR, SERVER_ERROR_REFUSED))
            cause->code = SERVER_ERROR_LOGIN;
    }
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

static gboolean imap_start_tls(Imap *imap, GError **error)
{
    if (!imap_has_capability(imap, "STARTTLS"))
        return imap_refuse(imap, SERVER_ERROR_TLS, error, "the server does not offer STARTTLS");
    g_autoptr(GError) cause = NULL;
    if (!imap_command(imap, "STARTTLS", "STARTTLS", &cause)) {
        if (cause->code == SERVER_ERROR_REFUSED || cause->code == SERVER_ERROR_PROTOCOL)
            cause->code = SERVER_ERROR_TLS;
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    return transport_start_tls(imap->transport, imap->session->imap_stream, error) &&
           imap_read_capabilities(imap, error);
}

static gboolean imap_greet(Imap *imap, mailstream *stream, GError **error)
{
    const ServerSpec *spec = imap->spec;
    int rc = mailimap_connect(imap->session, stream);
    if (rc != MAILIMAP_NO_ERROR && rc != MAILIMAP_NO_ERROR_AUTHENTICATED &&
        rc != MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return imap_fail(imap, rc, "greeting", error);
    gboolean known = rc == MAILIMAP_NO_ERROR_AUTHENTICATED; /* PREAUTH */
    if (known && spec->tls == TLS_STARTTLS)
        return imap_refuse(imap, SERVER_ERROR_TLS, error,
                           "the server skips STARTTLS by a PREAUTH greeting");
    if (!imap_read_capabilities(imap, error) ||
        (spec->tls == TLS_STARTTLS && !imap_start_tls(imap, error)))
        return FALSE;
    if (known || spec->auth == AUTH_NONE)
        return TRUE;
    return imap_login(imap, error) && imap_read_capabilities(imap, error);
}

static const char *look_at(gpointer guard, const char *bytes, gsize n)
{
    return imap_guard(guard, bytes, n);
}

Imap *imap_open(const ServerSpec *spec, GError **error)
{
    Transport *transport = transport_open(spec, error);
    if (!transport)
        return NULL;
    g_autoptr(Imap) imap = g_new0(Imap, 1);
    imap->spec = spec;
    imap->transport = transport;
    transport_watch(transport, look_at, &imap->guard);
    imap->capabilities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    imap->session = mailimap_new(0, NULL);
    if (!imap->session)
        g_error("out of memory");
    transport_set_budget(transport,
                         spec->max_bytes ? MIN(spec->max_bytes, LOGIN_BUDGET) : LOGIN_BUDGET);
    if (!imap_greet(imap, transport_stream(transport), error)) {
        imap->dead = TRUE;
        return NULL;
    }
    transport_set_budget(transport, spec->max_bytes);
    return g_steal_pointer(&imap);
}

void imap_free(Imap *imap)
{
    if (!imap)
        return;
    transport_set_deadline(imap->transport, imap->dead ? 0 : LOGOUT_SECONDS);
    mailimap_free(imap->session); /* says LOGOUT and closes the stream */
    g_hash_table_destroy(imap->capabilities);
    g_free(imap->prefix);
    g_free(imap);
}
