/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Examples: what the knowledge base itself says about its categories, as first texts to learn from
 * while there is little labelled mail: the words of the answers, drafts too, and the mails that
 * stand beside them (kb_read_examples()). Retired answers say nothing any more.
 * Not here: when they are used (pipeline/lessons.h).
 */
#pragma once

#include "kb/kb.h"

typedef struct Example {
    char *subject;
    char *text;
    char *language;
    char *category;
} Example;

/* Of an answer the subject is title and subject, the text is its `when` words and its body; places
 * {{…}} are left out, their fallbacks are not. Of a mail it is what a customer's mail would be.
 * GPtrArray of Example, owned. */
GPtrArray *examples_new(const Kb *kb);
