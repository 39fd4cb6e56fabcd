/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of mail/transport.c: a server whose every word is known beforehand. What is written
 * to it is dropped; after the last byte the connection is lost. */
#include "tests/fuzz/transport.h"

#include "mail/transport.h"

#include <stdlib.h>
#include <string.h>

struct Transport {
    const char *bytes; /* what the server has yet to say */
    gsize left;
    guint64 budget;
    TransportWatch watch;
    gpointer watch_data;
    GError *error;
};

static struct {
    const char *bytes;
    gsize length;
} script; /* targets have no other way to reach transport_open() */

void script_set(const void *bytes, gsize length)
{
    script.bytes = bytes;
    script.length = length;
}

ServerSpec *server_spec_new(void)
{
    ServerSpec *spec = g_new0(ServerSpec, 1);
    spec->tls = TLS_NONE;
    spec->name = g_strdup("[server]");
    spec->host = g_strdup("mail.example");
    spec->user = g_strdup("kim");
    spec->secret = g_strdup("secret");
    return spec;
}

void server_spec_free(ServerSpec *spec)
{
    g_free(spec->name);
    g_free(spec->host);
    g_free(spec->user);
    g_free(spec->secret);
    g_free(spec);
}

static gboolean fail(Transport *transport, ServerError code, const char *text)
{
    if (!transport->error)
        transport->error = g_error_new_literal(SERVER_ERROR, code, text);
    return FALSE;
}

static ssize_t low_read(mailstream_low *low, void *buffer, size_t size)
{
    Transport *transport = low->data;
    gsize n = MIN(MIN(size, transport->left), (gsize)transport->budget);
    if (transport->error)
        return -1;
    if (n == 0) {
        fail(transport, transport->left ? SERVER_ERROR_TOO_MUCH : SERVER_ERROR_UNREACHABLE, "end");
        return -1;
    }
    memcpy(buffer, transport->bytes, n);
    transport->bytes += n;
    transport->left -= n;
    transport->budget -= n;
    const char *problem =
        transport->watch ? transport->watch(transport->watch_data, buffer, n) : NULL;
    return problem ? fail(transport, SERVER_ERROR_PROTOCOL, problem) - 1 : (ssize_t)n;
}

static ssize_t low_write(mailstream_low *low, G_GNUC_UNUSED const void *buffer, size_t size)
{
    return ((Transport *)low->data)->error ? -1 : (ssize_t)size;
}

static int low_close(G_GNUC_UNUSED mailstream_low *low)
{
    return 0;
}

static int low_get_fd(G_GNUC_UNUSED mailstream_low *low)
{
    return -1;
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

Transport *transport_open(G_GNUC_UNUSED const ServerSpec *spec, G_GNUC_UNUSED GError **error)
{
    Transport *transport = g_new0(Transport, 1);
    transport->bytes = script.bytes;
    transport->left = script.length;
    return transport;
}

mailstream *transport_stream(Transport *transport)
{
    static const mailstream_low_driver driver = {.mailstream_read = low_read,
                                                 .mailstream_write = low_write,
                                                 .mailstream_close = low_close,
                                                 .mailstream_get_fd = low_get_fd,
                                                 .mailstream_free = low_free,
                                                 .mailstream_cancel = low_cancel,
                                                 .mailstream_get_cancel = low_get_cancel};
    return mailstream_new(mailstream_low_new(transport, (mailstream_low_driver *)&driver), 4096);
}

gboolean transport_start_tls(Transport *transport, G_GNUC_UNUSED mailstream *stream, GError **error)
{
    fail(transport, SERVER_ERROR_TLS, "no TLS here");
    return !transport_take_error(transport, error);
}

gboolean transport_take_error(Transport *transport, GError **error)
{
    if (transport->error && error && !*error)
        *error = g_error_copy(transport->error);
    return transport->error != NULL;
}

void transport_set_budget(Transport *transport, guint64 bytes)
{
    transport->budget = bytes ? bytes : G_MAXUINT64;
}

void transport_set_deadline(Transport *transport, guint seconds)
{
    if (seconds == 0)
        fail(transport, SERVER_ERROR_UNREACHABLE, "the connection was given up");
}

void transport_watch(Transport *transport, TransportWatch func, gpointer data)
{
    transport->watch = func;
    transport->watch_data = data;
}

void transport_free(Transport *transport)
{
    g_clear_error(&transport->error);
    g_free(transport);
}
