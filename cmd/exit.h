/* SPDX-License-Identifier: Apache-2.0 */
/* Exit codes, after sysexits.h; one table from errors to codes (exit.c). */
#pragma once

#include <glib.h>

typedef enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 64,
    EXIT_BAD_DATA = 65,
    EXIT_UNREACHABLE = 69,
    EXIT_TRY_LATER = 75,
    EXIT_LOGIN = 77,
    EXIT_CONFIG = 78,
    EXIT_ERROR = -1, /* look at the GError */
} Exit;

/* Errors of the commands themselves: the code is the exit code. */
#define CMD_ERROR (cmd_error_quark())
GQuark cmd_error_quark(void);

int exit_code(const GError *error);
