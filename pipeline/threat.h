/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threat: words that a machine must not answer, whatever the category: lawyers, courts, consumer
 * protection, self-harm, misuse of an account, a customer who has asked before. One list; a false
 * alarm costs an agent a minute, a miss costs the house its name. Not here: whether a mail is a
 * complaint by its content (that is a category).
 */
#pragma once

#include <glib.h>

/* The first such word in SUBJECT or TEXT as listed (static), or NULL. */
const char *threat_find(const char *subject, const char *text);
