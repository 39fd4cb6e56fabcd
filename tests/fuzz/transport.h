/* SPDX-License-Identifier: Apache-2.0 */
/* A transport that plays a script, for targets that are clients of a mail server. */
#pragma once

#include <glib.h>

/* What the next server says, from its greeting on, whatever it is told. Borrowed. */
void script_set(const void *bytes, gsize length);
