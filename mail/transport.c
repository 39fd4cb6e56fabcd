/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded, verified TCP/TLS connection as a libetpan stream. Sockets are never blocked on: each
 * wait is a poll that ends at the idle timeout or at the deadline. */
#include "mail/transport.h"

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

struct Transport {
    const ServerSpec *spec;
    GSocketConnection *tcp;
    GIOStream *stream;    /* the TLS connection, or TCP itself */
    GSocket *socket;      /* of tcp */
    gint64 deadline;      /* monotonic, microseconds; G_MAXINT64: none */
    guint64 budget;       /* bytes that may still be read; G_MAXUINT64: no bound */
    TransportWatch watch; /* may be NULL */
    gpointer watch_data;
    GTlsCertificateFlags certificate_errors;
    GError *error; /* the first failure; nothing works after it */
};

#define STREAM_BUFFER (64 * 1024)
#define CLOSE_SECONDS 5

ServerSpec *server_spec_new(void)
{
    ServerSpec *spec = g_new0(ServerSpec, 1);
    spec->tls = TLS_IMPLICIT;
    spec->auth = AUTH_LOGIN;
    spec->idle_seconds = 60;
    spec->total_seconds = 900;
    return spec;
}

void server_spec_free(ServerSpec *spec)
{
    if (!spec)
        return;
    if (spec->secret)
        explicit_bzero(spec->secret, strlen(spec->secret));
    g_free(spec->name);
    g_free(spec->host);
    g_free(spec->ca_file);
    g_free(spec->user);
    g_free(spec->secret);
    g_free(spec);
}

/* Keeps the first failure. */
G_GNUC_PRINTF(3, 4)
static void transport_fail(Transport *transport, ServerError code, const char *format, ...)
{
    if (transport->error)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    const ServerSpec *spec = transport->spec;
    transport->error = g_error_new(SERVER_ERROR, code, "%s %s:%u: %s", spec->name ? spec->name : "",
                                   spec->host, spec->port, what);
}

gboolean transport_take_error(Transport *transport, GError **error)
{
    if (!transport->error)
        return FALSE;
    if (error && !*error)
        *error = g_error_copy(transport->error);
    return TRUE;
}

void transport_watch(Transport *transport, TransportWatch func, gpointer data)
{
    transport->watch = func;
    transport->watch_data = data;
}

void transport_set_budget(Transport *transport, guint64 bytes)
{
    transport->budget = bytes ? bytes : G_MAXUINT64;
}

void transport_set_deadline(Transport *transport, guint seconds)
{
    if (seconds == 0)
        transport_fail(transport, SERVER_ERROR_UNREACHABLE, "the connection was given up");
    transport->deadline =
        MIN(transport->deadline, g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC);
}

/* How long the next wait may last: the silence allowed, or what is left of the whole. */
typedef struct Patience {
    gint64 microseconds;
    gboolean is_rest; /* the deadline is nearer than the end of the silence allowed */
} Patience;

static Patience transport_patience(Transport *transport)
{
    guint seconds = transport->spec->idle_seconds;
    gint64 rest = MAX(transport->deadline - g_get_monotonic_time(), 0);
    gint64 idle = seconds ? seconds * G_USEC_PER_SEC : G_MAXINT64;
    return (Patience){.microseconds = MIN(rest, idle), .is_rest = rest <= idle};
}

static void transport_fail_late(Transport *transport, Patience patience)
{
    if (patience.is_rest)
        transport_fail(transport, SERVER_ERROR_UNREACHABLE,
                       "not done within the time one connection may take (%u s)",
                       transport->spec->total_seconds);
    else
        transport_fail(transport, SERVER_ERROR_UNREACHABLE, "silent for %u seconds",
                       transport->spec->idle_seconds);
}

/* One asynchronous GIO call in a main context of its own, cancelled when patience ends. */
typedef struct Call {
    GMainContext *context;
    GCancellable *cancellable;
    GSource *timer;
    GAsyncResult *result;
    Patience patience;
} Call;

static gboolean call_cancel(gpointer data)
{
    g_cancellable_cancel(data);
    return G_SOURCE_REMOVE;
}

static void call_done(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    ((Call *)data)->result = g_object_ref(result);
}

static void call_begin(Call *call, Transport *transport)
{
    call->context = g_main_context_new();
    call->cancellable = g_cancellable_new();
    call->result = NULL;
    call->patience = transport_patience(transport);
    guint ms = (guint)MIN(call->patience.microseconds / 1000 + 1, G_MAXUINT);
    call->timer = g_timeout_source_new(ms);
    g_source_set_callback(call->timer, call_cancel, call->cancellable, NULL);
    g_main_context_push_thread_default(call->context);
    g_source_attach(call->timer, call->context);
}

static void call_wait(Call *call)
{
    while (!call->result)
        g_main_context_iteration(call->context, TRUE);
}

static void call_end(Call *call)
{
    g_source_destroy(call->timer);
    g_source_unref(call->timer);
    g_main_context_pop_thread_default(call->context);
    g_main_context_unref(call->context);
    g_object_unref(call->cancellable);
    g_object_unref(call->result);
}

static gboolean transport_connect(Transport *transport)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_socket_client_set_enable_proxy(client, FALSE);
    g_autoptr(GError) error = NULL;
    Call call;
    call_begin(&call, transport);
    g_socket_client_connect_to_host_async(client, transport->spec->host, transport->spec->port,
                                          call.cancellable, call_done, &call);
    call_wait(&call);
    transport->tcp = g_socket_client_connect_to_host_finish(client, call.result, &error);
    call_end(&call);
    if (transport->tcp) {
        transport->socket = g_socket_connection_get_socket(transport->tcp);
        /* Else the dot after each mail waits for the server's delayed acknowledgement. */
        g_socket_set_option(transport->socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
        transport->stream = g_object_ref(G_IO_STREAM(transport->tcp));
        return TRUE;
    }
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        transport_fail_late(transport, call.patience);
    else
        transport_fail(transport, SERVER_ERROR_UNREACHABLE, "cannot connect: %s", error->message);
    return FALSE;
}

static gboolean refuse_certificate(G_GNUC_UNUSED GTlsConnection *tls,
                                   G_GNUC_UNUSED GTlsCertificate *certificate,
                                   GTlsCertificateFlags errors, gpointer data)
{
    ((Transport *)data)->certificate_errors = errors;
    return FALSE;
}

static char *certificate_complaint(GTlsCertificateFlags errors, const char *host)
{
    static const struct {
        GTlsCertificateFlags flag;
        const char *text;
    } complaints[] = {
        {G_TLS_CERTIFICATE_UNKNOWN_CA, "signed by an unknown authority"},
        {G_TLS_CERTIFICATE_BAD_IDENTITY, "made out for another name than this host"},
        {G_TLS_CERTIFICATE_NOT_ACTIVATED, "not valid yet"},
        {G_TLS_CERTIFICATE_EXPIRED, "expired"},
        {G_TLS_CERTIFICATE_REVOKED, "revoked"},
        {G_TLS_CERTIFICATE_INSECURE, "of an insecure kind"},
    };
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(complaints); i++)
        if (errors & complaints[i].flag)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", complaints[i].text);
    g_autofree char *what = g_string_free(text, FALSE);
    return g_strdup_printf("the certificate of %s is %s", host, *what ? what : "not acceptable");
}

static GTlsConnection *transport_tls_new(Transport *transport)
{
    const ServerSpec *spec = transport->spec;
    g_autoptr(GError) error = NULL;
    g_autoptr(GTlsDatabase) authorities = NULL;
    if (spec->ca_file) {
        authorities = g_tls_file_database_new(spec->ca_file, &error);
        if (!authorities) {
            transport_fail(transport, SERVER_ERROR_TLS, "cannot read the authorities in %s: %s",
                           spec->ca_file, error->message);
            return NULL;
        }
    }
    g_autoptr(GSocketConnectable) identity = g_network_address_new(spec->host, spec->port);
    GIOStream *stream = g_tls_client_connection_new(G_IO_STREAM(transport->tcp), identity, &error);
    if (!stream) {
        transport_fail(transport, SERVER_ERROR_TLS, "no TLS: %s (is glib-networking installed?)",
                       error->message);
        return NULL;
    }
    if (authorities)
        g_tls_connection_set_database(G_TLS_CONNECTION(stream), authorities);
    g_signal_connect(stream, "accept-certificate", G_CALLBACK(refuse_certificate), transport);
    return G_TLS_CONNECTION(stream);
}

static void transport_fail_handshake(Transport *transport, Patience patience, const GError *error)
{
    if (transport->certificate_errors) {
        g_autofree char *complaint =
            certificate_complaint(transport->certificate_errors, transport->spec->host);
        transport_fail(transport, SERVER_ERROR_TLS, "%s", complaint);
    } else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        transport_fail_late(transport, patience);
    } else {
        gboolean tls = error->domain == G_TLS_ERROR;
        transport_fail(transport, tls ? SERVER_ERROR_TLS : SERVER_ERROR_UNREACHABLE,
                       "TLS handshake failed: %s", error->message);
    }
}

static gboolean transport_handshake(Transport *transport)
{
    GTlsConnection *tls = transport_tls_new(transport);
    if (!tls)
        return FALSE;
    g_object_unref(transport->stream);
    transport->stream = G_IO_STREAM(tls);
    g_autoptr(GError) error = NULL;
    Call call;
    call_begin(&call, transport);
    g_tls_connection_handshake_async(tls, G_PRIORITY_DEFAULT, call.cancellable, call_done, &call);
    call_wait(&call);
    gboolean done = g_tls_connection_handshake_finish(tls, call.result, &error);
    call_end(&call);
    if (!done) {
        transport_fail_handshake(transport, call.patience, error);
        return FALSE;
    }
    GTlsProtocolVersion version = g_tls_connection_get_protocol_version(tls);
    if (version < G_TLS_PROTOCOL_VERSION_TLS_1_2) {
        transport_fail(transport, SERVER_ERROR_TLS, "the server speaks only TLS older than 1.2");
        return FALSE;
    }
    return TRUE;
}

Transport *transport_open(const ServerSpec *spec, GError **error)
{
    Transport *transport = g_new0(Transport, 1);
    transport->spec = spec;
    transport->deadline =
        spec->total_seconds ? g_get_monotonic_time() + (gint64)spec->total_seconds * G_USEC_PER_SEC
                            : G_MAXINT64;
    transport_set_budget(transport, spec->max_bytes);
    if (transport_connect(transport) &&
        (spec->tls != TLS_IMPLICIT || transport_handshake(transport)))
        return transport;
    transport_take_error(transport, error);
    transport_free(transport);
    return NULL;
}

gboolean transport_start_tls(Transport *transport, mailstream *stream, GError **error)
{
    if (stream->read_buffer_len != 0)
        transport_fail(transport, SERVER_ERROR_TLS,
                       "the server, or somebody before it, sent data ahead of the TLS handshake");
    if (!transport->error && transport_handshake(transport))
        return TRUE;
    transport_take_error(transport, error);
    return FALSE;
}

/* Waits until the socket is ready for CONDITION. FALSE: patience ended, or the socket is broken. */
static gboolean transport_wait(Transport *transport, GIOCondition condition)
{
    g_autoptr(GError) error = NULL;
    Patience patience = transport_patience(transport);
    if (patience.microseconds > 0 &&
        g_socket_condition_timed_wait(transport->socket, condition, patience.microseconds, NULL,
                                      &error))
        return TRUE;
    if (!error || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        transport_fail_late(transport, patience);
    else
        transport_fail(transport, SERVER_ERROR_UNREACHABLE, "%s", error->message);
    return FALSE;
}

/* After a read or write returned -1: TRUE if it may be tried again. */
static gboolean transport_retry(Transport *transport, GIOCondition condition, const GError *error)
{
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return transport_wait(transport, condition);
    transport_fail(transport, SERVER_ERROR_UNREACHABLE, "connection lost: %s", error->message);
    return FALSE;
}

static gboolean transport_in_time(Transport *transport)
{
    Patience patience = transport_patience(transport);
    if (!transport->error && patience.microseconds == 0)
        transport_fail_late(transport, patience);
    return !transport->error;
}

static gssize transport_watched(Transport *transport, const char *bytes, gssize n)
{
    const char *problem =
        transport->watch ? transport->watch(transport->watch_data, bytes, (gsize)n) : NULL;
    if (!problem)
        return n;
    transport_fail(transport, SERVER_ERROR_PROTOCOL, "the server's answer makes no sense: %s",
                   problem);
    return -1;
}

static ssize_t low_read(mailstream_low *low, void *buffer, size_t size)
{
    Transport *transport = low->data;
    if (transport->budget == 0)
        transport_fail(transport, SERVER_ERROR_TOO_MUCH, "more data than allowed");
    GPollableInputStream *in =
        G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(transport->stream));
    gsize wanted = (gsize)MIN((guint64)size, transport->budget);
    while (transport_in_time(transport)) {
        g_autoptr(GError) error = NULL;
        gssize n = g_pollable_input_stream_read_nonblocking(in, buffer, wanted, NULL, &error);
        if (n > 0) {
            if (transport->budget != G_MAXUINT64)
                transport->budget -= (guint64)n;
            return transport_watched(transport, buffer, n);
        }
        if (n == 0)
            transport_fail(transport, SERVER_ERROR_UNREACHABLE, "the server closed the connection");
        else if (!transport_retry(transport, G_IO_IN, error))
            break;
    }
    return -1;
}

static ssize_t low_write(mailstream_low *low, const void *buffer, size_t size)
{
    Transport *transport = low->data;
    GPollableOutputStream *out =
        G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(transport->stream));
    while (transport_in_time(transport)) {
        g_autoptr(GError) error = NULL;
        gssize n = g_pollable_output_stream_write_nonblocking(out, buffer, size, NULL, &error);
        if (n >= 0)
            return n;
        if (!transport_retry(transport, G_IO_OUT, error))
            break;
    }
    return -1;
}

static int low_close(G_GNUC_UNUSED mailstream_low *low)
{
    return 0; /* low_free() closes, and always follows */
}

static int low_get_fd(mailstream_low *low)
{
    return g_socket_get_fd(((Transport *)low->data)->socket);
}

static void low_free(mailstream_low *low)
{
    transport_free(low->data);
    free(low);
}

static void low_cancel(G_GNUC_UNUSED mailstream_low *low)
{
}

static struct mailstream_cancel *low_get_cancel(G_GNUC_UNUSED mailstream_low *low)
{
    return NULL;
}

static carray *low_get_certificate_chain(G_GNUC_UNUSED mailstream_low *low)
{
    return NULL;
}

static int low_no_idle(G_GNUC_UNUSED mailstream_low *low)
{
    return -1;
}

mailstream *transport_stream(Transport *transport)
{
    static const mailstream_low_driver driver = {
        .mailstream_read = low_read,
        .mailstream_write = low_write,
        .mailstream_close = low_close,
        .mailstream_get_fd = low_get_fd,
        .mailstream_free = low_free,
        .mailstream_cancel = low_cancel,
        .mailstream_get_cancel = low_get_cancel,
        .mailstream_get_certificate_chain = low_get_certificate_chain,
        .mailstream_setup_idle = low_no_idle,
        .mailstream_unsetup_idle = low_no_idle,
        .mailstream_interrupt_idle = low_no_idle,
    };
    mailstream_low *low = mailstream_low_new(transport, (mailstream_low_driver *)&driver);
    mailstream *stream = low ? mailstream_new(low, STREAM_BUFFER) : NULL;
    if (!stream)
        g_error("out of memory");
    return stream;
}

void transport_free(Transport *transport)
{
    if (transport->tcp && !transport->error) {
        g_socket_set_timeout(transport->socket, CLOSE_SECONDS);
        g_io_stream_close(transport->stream, NULL, NULL);
    }
    if (transport->tcp)
        g_io_stream_close(G_IO_STREAM(transport->tcp), NULL, NULL);
    g_clear_object(&transport->stream);
    g_clear_object(&transport->tcp);
    g_clear_error(&transport->error);
    g_free(transport);
}
