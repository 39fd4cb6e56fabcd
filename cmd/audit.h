/* SPDX-License-Identifier: Apache-2.0 */
/* What `erms audit` shows, and what other commands tell of it. */
#pragma once

#include "cmd/cmd.h"

/* What waits for review, and how the promises stand. */
gboolean audit_show(Context *context, gboolean as_json, GError **error);
/* How recent mail differs from that of training. */
gboolean audit_show_drift(Context *context, gboolean as_json, GError **error);

/* One sentence for each promise that is broken, and what lifts it; only of categories that may
 * answer by themselves (GPtrArray of char*, owned). Needs settings and store. */
GPtrArray *audit_warnings(const Context *context, GError **error);
