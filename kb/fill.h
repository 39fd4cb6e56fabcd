/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling: {{name}} becomes the place's value, {{name|fallback}} the fallback when there is none. A
 * place that cannot be filled makes the answer incomplete; it shows as a gap, never as raw braces.
 */
#pragma once

#include "kb/template.h"

typedef struct Filled {
    char *text;    /* UTF-8 */
    char *missing; /* names that could not be filled, comma between; NULL: complete */
} Filled;
void filled_free(Filled *filled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filled, filled_free)

#define FILL_GAP "[…]"

/* The text never grows beyond this: a value that takes it over the half is a gap. */
#define FILL_MAX_BYTES (256 * 1024)

/* PLACES: char* name → char* value. Values are put in as they are, with control characters, line
 * ends and marks that turn the writing direction made spaces; they are never scanned for places
 * themselves, and "{{" in them becomes "{ {". A value that is empty, only spaces, or not UTF-8
 * counts as missing. The text has no "{{" in any case. */
Filled *fill_template(const Template *template_, GHashTable *places);
/* The names of the places in TEXT (GPtrArray of char*, owned), in order, each once. */
GPtrArray *fill_places(const char *text);
/* "Guten Tag Erika Beispiel,": a salutation in LANGUAGE for a display name as mail carries it,
 * which may be NULL, an address, in the order "Beispiel, Erika", or nonsense: then without a name.
 * A language without a form of its own gets "Hello". kb/greeting.c has the table. */
char *fill_greeting(const char *name, const char *language);
/* "Ihre Anfrage": a subject in LANGUAGE that says nothing of the mail it answers. Static; same
 * table.
 */
const char *fill_neutral_subject(const char *language);
/* The display name made safe, or NULL: a sender must not make us say things. Only letters,
 * combining marks, space, "-", "'" and "." after a letter; one script; one to five words of which
 * one has two letters; at most 60 characters; none of the words of offices, firms and lures
 * ("Service", "GmbH", "winner"). "Beispiel, Erika" is turned round, "ERIKA BEISPIEL" becomes
 * "Erika Beispiel". */
char *fill_safe_name(const char *name);
