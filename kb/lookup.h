/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lookup: the operator's own data for an answer. A key is found in the mail by a pattern; a
 * read-only SQLite query with bound parameters, or a program without a shell, gives one record; its
 * fields become places "NAME.FIELD". The record is used only if it belongs to the customer: its
 * field `owner` must equal the address that the answer goes to. Otherwise the outcome is the same
 * as for a record that does not exist.
 */
#pragma once

#include <glib.h>

typedef struct LookupSpec {
    char *name;       /* "order": places are order.* */
    char *pattern;    /* PCRE (GRegex); group 1, or the whole match, is the key */
    char *database;   /* SQLite file, opened read-only; or NULL */
    char *query;      /* with :key and optionally :address */
    char **program;   /* argv, no shell; the key and the address are appended; or NULL.
                         Prints one JSON object, or nothing for "no such record", and exits 0 */
    char *owner;      /* name of the field that holds the customer's address */
    guint timeout_ms; /* for one lookup, default 2,000 */
} LookupSpec;
LookupSpec *lookup_spec_new(void);
void lookup_spec_free(LookupSpec *spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LookupSpec, lookup_spec_free)

typedef enum {
    LOOKUP_FOUND,   /* places were added */
    LOOKUP_NO_KEY,  /* the mail names no key */
    LOOKUP_NONE,    /* no such record, or it is not this customer's: not told apart */
    LOOKUP_SEVERAL, /* the mail names more than one key */
    LOOKUP_FAILED,  /* the source is slow or broken; *detail says how */
} LookupResult;

typedef struct Lookup Lookup;
/* NULL with LOOKUP_ERROR (code 0) when the specification itself is wrong (pattern, both sources …).
 */
Lookup *lookup_new(const LookupSpec *spec, GError **error);
void lookup_free(Lookup *lookup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookup, lookup_free)
#define LOOKUP_ERROR (lookup_error_quark())
GQuark lookup_error_quark(void);

const char *lookup_name(const Lookup *lookup);
/* Looks for the key in SUBJECT and TEXT; ADDRESS is where the answer would go (lower case). Adds
 * "NAME.FIELD" → value to PLACES, and "NAME.key". *DETAIL (may be NULL): a sentence for agents. */
LookupResult lookup_run(Lookup *lookup, const char *subject, const char *text, const char *address,
                        GHashTable *places, char **detail);
/* Can the source be reached? For `erms check`. */
gboolean lookup_probe(Lookup *lookup, GError **error);
