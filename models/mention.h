/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mention: an address that stands somewhere in a text, in any case, by itself or as
 * `Name <address>`. A longer address that ends or begins like it is another one. Also as two
 * functions of SQL, for erasing (models/erase.h). For this folder only.
 */
#pragma once

#include "models/store.h"

#define MENTION_GONE "(erased)" /* what stands in its place */

typedef struct Mention Mention;
Mention *mention_new(const char *address);
void mention_free(Mention *mention);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mention, mention_free)

gboolean mention_in(const Mention *mention, const char *text); /* TEXT may be NULL */
/* TEXT with MENTION_GONE for each; the name in front (in quotes, or the last four words) goes
 * with the address. New string. */
char *mention_remove(const Mention *mention, const char *text);

/* From now on erms_mentions(text, …) and erms_without(text) in the statements of STORE are about
 * ADDRESS. */
gboolean mention_define(Store *store, const char *address, GError **error);
