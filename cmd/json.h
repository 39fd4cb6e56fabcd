/* SPDX-License-Identifier: Apache-2.0 */
/* JSON for scripts: json-glib's builder with the calls that the commands need. */
#pragma once

#include <json-glib/json-glib.h>

/* NAME and value; a NULL string is null. */
void json_put_string(JsonBuilder *builder, const char *name, const char *value);
void json_put_int(JsonBuilder *builder, const char *name, gint64 value);
void json_put_double(JsonBuilder *builder, const char *name, double value);
/* TEXT is JSON itself, as the store keeps it; NULL or broken: null. */
void json_put_json(JsonBuilder *builder, const char *name, const char *text);
/* Prints what was built and a line end to stdout. */
void json_print(JsonBuilder *builder);
