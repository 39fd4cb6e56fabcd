/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transport: one TCP connection, plain or TLS, that libetpan's IMAP and SMTP talk through.
 *
 * Why our own: libetpan verifies no certificate, loops for ever on EOF inside a literal, aborts on
 * file descriptors over 1023, knows no total deadline and no size bound. Here all of that is
 * bounded: certificate and host name are verified, EOF is an error, every wait ends at the idle
 * timeout or the deadline, and no more than the byte budget is read. Built on GIO (GSocketClient,
 * GTlsClientConnection with glib-networking).
 */
#pragma once

#include "mail/error.h"
#include <libetpan/mailstream.h>

typedef enum { TLS_IMPLICIT, TLS_STARTTLS, TLS_NONE } TlsMode;
typedef enum { AUTH_LOGIN, AUTH_XOAUTH2, AUTH_NONE } AuthMode;

/* How to reach and enter one server. All strings are borrowed by the functions that take it. */
typedef struct ServerSpec {
    char *name; /* what messages call it: "[mailbox support]", "[smtp]" */
    char *host;
    guint16 port;
    TlsMode tls;
    char *ca_file; /* PEM; NULL: the system's certificate authorities */
    AuthMode auth;
    char *user;
    char *secret;        /* password or access token; never logged */
    guint idle_seconds;  /* longest silence, default 60 */
    guint total_seconds; /* longest life of one connection, default 900 */
    guint64 max_bytes;   /* most bytes to read on one IMAP connection; 0: no bound */
} ServerSpec;

ServerSpec *server_spec_new(void);       /* with the defaults above, TLS_IMPLICIT, AUTH_LOGIN */
void server_spec_free(ServerSpec *spec); /* wipes the secret */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerSpec, server_spec_free)

typedef struct Transport Transport;

/* Connects; with TLS_IMPLICIT also does the handshake: TLS 1.2 or newer, certificate by the
 * authorities, name = spec->host (a name or an address). Resolving, connecting and the handshake
 * may each take idle_seconds. NULL with SERVER_ERROR_UNREACHABLE or _TLS, whose text tells what is
 * wrong with the certificate. SPEC must outlive it. */
Transport *transport_open(const ServerSpec *spec, GError **error);
/* Wraps the connection as a libetpan stream. The stream owns the transport from then on:
 * mailstream_close() (which mailimap_free() and mailsmtp_free() call) frees both. */
mailstream *transport_stream(Transport *transport);
/* After the server agreed to STARTTLS: handshake inside the same stream. Fails with
 * SERVER_ERROR_TLS if bytes were read ahead of the handshake (response injection, CVE-2020-15953's
 * class). */
gboolean transport_start_tls(Transport *transport, mailstream *stream, GError **error);
/* Why I/O failed: sets a copy of the first failure and returns TRUE if there was one. After it all
 * reads and writes fail at once. */
gboolean transport_take_error(Transport *transport, GError **error);
/* Gives the connection a new byte budget, counted from now; its deadline stays. */
void transport_set_budget(Transport *transport, guint64 bytes);
/* Brings the end of the connection nearer: at most SECONDS from now. 0: all I/O fails at once. */
void transport_set_deadline(Transport *transport, guint seconds);
/* FUNC sees all bytes that are read from now on, before libetpan does; when it says what is wrong
 * with them (static), they are not read and the connection has failed: SERVER_ERROR_PROTOCOL. */
typedef const char *(*TransportWatch)(gpointer data, const char *bytes, gsize n);
void transport_watch(Transport *transport, TransportWatch func, gpointer data);
void transport_free(Transport *transport); /* only while no stream owns it */
