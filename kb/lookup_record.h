/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a source gave for one key, and the two kinds of sources. Only for kb/lookup*.c.
 *
 * A record is a GHashTable of char* field → char* value, both owned; the value NULL: the field is
 * there and has none. Errors are LOOKUP_ERROR if the specification is wrong and can only fail
 * again, else G_IO_ERROR.
 */
#pragma once

#include "kb/lookup.h"

#define RECORD_MAX_FIELDS 100
#define RECORD_MAX_BYTES (64 * 1024) /* of a program's output */
#define RECORD_MAX_CHARACTERS 500    /* of one value; the rest is cut */

GHashTable *record_new(void);
/* VALUE is LENGTH bytes, or NULL. G_IO_ERROR: not UTF-8, a zero byte, too many fields. A field that
 * cannot be the name of a place is left out. */
gboolean record_add(GHashTable *record, const char *field, const char *value, gssize length,
                    GError **error);
/* From one JSON object; NULL with G_IO_ERROR. NULL without error: only white space. Lists and
 * objects in it have no value; the names of such fields are appended to *LEFT_OUT. */
GHashTable *record_from_json(const char *text, gsize length, GString *left_out, GError **error);

/* Opens the database, prepares the query and checks it, and closes. */
gboolean lookup_database_check(const LookupSpec *spec, GError **error);
/* *RECORD NULL: there is none. */
gboolean lookup_database_fetch(const LookupSpec *spec, const char *key, const char *address,
                               GHashTable **record, GString *left_out, GError **error);

gboolean lookup_program_check(const LookupSpec *spec, GError **error);
gboolean lookup_program_fetch(const LookupSpec *spec, const char *key, const char *address,
                              GHashTable **record, GString *left_out, GError **error);
