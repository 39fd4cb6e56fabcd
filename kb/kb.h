/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kb: the knowledge base, a folder of folders. A category exists because there is a folder of that
 * name; adding an answer is dropping a file.
 */
#pragma once

#include "kb/template.h"

#define KB_ERROR (kb_error_quark())
GQuark kb_error_quark(void); /* code 0: the folder cannot be read */

typedef struct Kb Kb;

/* Reads all of DIR. A file that is wrong is left out and named in kb_problems(): one bad file never
 * stops the others. */
Kb *kb_load(const char *dir, GError **error);
void kb_free(Kb *kb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Kb, kb_free)

const GPtrArray *kb_problems(const Kb *kb);     /* of KbProblem, found while loading */
const GPtrArray *kb_templates(const Kb *kb);    /* of Template, sorted by id */
const char *const *kb_categories(const Kb *kb); /* sorted, NULL-terminated */
gboolean kb_has_category(const Kb *kb, const char *category);
/* By id "returns/how-to.de"; NULL: none. */
const Template *kb_find(const Kb *kb, const char *id);

/* The mails that stand beside the answers as examples of what they are for: *.eml in folders whose
 * name ends in ".tests" (kb/CATEGORY/NAME.tests/), at most KB_EXAMPLES_MAX of them in order of
 * their path (GPtrArray of KbExample, owned). A folder or file that cannot be read is left out. */
#define KB_EXAMPLES_MAX 1000
#define KB_EXAMPLE_MAX_BYTES (256 * 1024) /* a larger file is left out */
typedef struct KbExample {
    char *category;
    char *path;
    GBytes *mail;
} KbExample;
GPtrArray *kb_read_examples(const Kb *kb);

/* Looks for what would embarrass: what loading found, unknown places, nobody approved, expired,
 * review due, a language missing that its siblings have, two answers of one category and language
 * that nothing tells apart, personal places in a public template, broken umlauts. KNOWN_PLACES are
 * the names that can be filled (a trailing ".*" stands for any field). GPtrArray of KbProblem. */
GPtrArray *kb_check(const Kb *kb, const char *const *known_places, const GDate *today);
