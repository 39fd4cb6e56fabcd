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

/* PLACES: char* name → char* value. Values are put in as they are, with control characters made
 * spaces; they are never scanned for places themselves. */
Filled *fill_template(const Template *template_, GHashTable *places);
/* The names of the places in TEXT (GPtrArray of char*, owned), in order, each once. */
GPtrArray *fill_places(const char *text);
/* "Guten Tag Erika Beispiel,": a salutation in LANGUAGE for a display name as mail carries it,
 * which may be NULL, an address, in the order "Beispiel, Erika", or nonsense: then without a name.
 * Nothing but letters and the marks of names survives, at most 60 characters: a sender cannot make
 * us say things. */
char *fill_greeting(const char *name, const char *language);
/* The display name made safe as above, or NULL. */
char *fill_safe_name(const char *name);
