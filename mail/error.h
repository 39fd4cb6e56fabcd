/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The errors of this folder. cmd/ turns them into exit codes; pipeline/ only asks "later, or
 * never?".
 */
#pragma once

#include <glib.h>

#define SERVER_ERROR (server_error_quark())
GQuark server_error_quark(void);

typedef enum {
    SERVER_ERROR_UNREACHABLE, /* no connection, lost, silent, past its deadline: try again later */
    SERVER_ERROR_TLS,         /* certificate, name or handshake refused, STARTTLS not offered */
    SERVER_ERROR_LOGIN,       /* the server refused the login */
    SERVER_ERROR_PROTOCOL,    /* the server said something no client can use; session out of step */
    SERVER_ERROR_REFUSED,     /* the server said NO: missing folder, no right, quota */
    SERVER_ERROR_TEMPORARY,   /* SMTP 4xx, IMAP NO [UNAVAILABLE] and the like (RFC 5530) */
    SERVER_ERROR_TOO_MUCH,    /* byte budget used up */
} ServerError;
