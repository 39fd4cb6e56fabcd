/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placeholder: the grammar of {{name}} and {{name|fallback}}, for parsing and for filling.
 * A name is letters, digits, "_" and "-", in parts with dots between, begins with a letter and has
 * at most 64 bytes. A fallback may be empty and has no braces. All of it stands in one line.
 * Not here: putting values in (kb/fill.h).
 */
#pragma once

#include <glib.h>

typedef struct Placeholder {
    const char *start; /* of the whole "{{…}}" */
    const char *end;   /* behind it */
    const char *name;  /* NAME_LENGTH bytes */
    gsize name_length;
    const char *fallback; /* FALLBACK_LENGTH bytes; NULL: none */
    gsize fallback_length;
} Placeholder;

/* The next well-formed place at or after TEXT; FALSE: none. What is not well-formed is passed
 * over. Linear. */
gboolean placeholder_next(const char *text, Placeholder *place);
/* What is wrong with the braces in LINE, a sentence for the writer; NULL: nothing. */
char *placeholder_problem(const char *line);
gboolean placeholder_name_valid(const char *name, gsize length);

/* The places of erms itself begin with one of these; a lookup cannot have such a name. */
extern const char *const placeholder_builtin[]; /* "greeting" "company" "ticket" "customer", NULL */
/* Does the value come from a record about a person? That is every NAME.FIELD except company.*,
 * ticket.* and customer.name. */
gboolean placeholder_personal(const char *name);
