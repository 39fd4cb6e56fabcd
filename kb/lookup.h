/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lookup: the operator's own data for an answer. A key is found in the mail by a pattern; a
 * read-only SQLite query with bound parameters, or a program without a shell, gives one record; its
 * fields become places "NAME.FIELD". The record is used only if it belongs to the customer: its
 * field `owner` must equal the address that the answer goes to. Otherwise the outcome is the same
 * as for a record that does not exist.
 *
 * Not believed are the mail (the key is data, never SQL and never an option), and the source: slow,
 * large, broken, two records for one key, no owner in the record: all of these are LOOKUP_FAILED,
 * and a human answers.
 */
#pragma once

#include <glib.h>

typedef struct LookupSpec {
    char *name;       /* "order": places are order.*; lower-case letters, digits, "-", "_"; none of
                         greeting, company, ticket, customer */
    char *pattern;    /* PCRE (GRegex), any case; group 1, or the whole match, is the key.
                         A search that takes too many steps is LOOKUP_FAILED */
    char *database;   /* SQLite file, opened read-only; or NULL */
    char *query;      /* one SELECT with :key and optionally :address, that gives one row at most */
    char **program;   /* argv, no shell, [0] an absolute path; the key and the address are appended;
                         or NULL. Prints one JSON object, or nothing for "no such record", and exits
                         0. It gets only PATH and LANG, in the folder "/" */
    char *owner;      /* name of the field that holds the customer's address; never a place */
    guint timeout_ms; /* for one lookup, default 2,000, at most 60,000 */
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
/* NULL with LOOKUP_ERROR (code 0) when the specification itself is wrong: a bad pattern, both
 * sources or none, a query that is not one SELECT, an unknown parameter, no owner among its columns
 * … A database that cannot be read just now is no such error: see lookup_probe(). */
Lookup *lookup_new(const LookupSpec *spec, GError **error);
void lookup_free(Lookup *lookup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookup, lookup_free)
#define LOOKUP_ERROR (lookup_error_quark())
GQuark lookup_error_quark(void);

const char *lookup_name(const Lookup *lookup);
/* Looks for the key in the first 16 KiB of SUBJECT and TEXT (may be NULL); ADDRESS is where the
 * answer would go (lower case; NULL or "": nobody, LOOKUP_NONE). The same key in another case is
 * the same; it is used as first written. A match over 64 bytes, or one that begins with "-" or has
 * control characters, is no key. Adds "NAME.FIELD" → value to PLACES (owned keys and values), and
 * "NAME.key"; nothing unless LOOKUP_FOUND. Values: control characters become spaces, at most 500
 * characters; NULL, lists and objects are no value. *DETAIL (may be NULL): a sentence for agents,
 * or NULL. */
LookupResult lookup_run(Lookup *lookup, const char *subject, const char *text, const char *address,
                        GHashTable *places, char **detail);
/* Can the source be reached? For `erms check`. The error is LOOKUP_ERROR as above, or G_IO_ERROR.
 */
gboolean lookup_probe(Lookup *lookup, GError **error);
