/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean …?" for names that were typed wrong. */
#pragma once

#include <glib.h>

/* The one of NAMES (NULL-terminated) that at most two changed, added or left out bytes turn WORD
 * into, the first of the nearest; NULL: none is that near. */
const char *nearest_name(const char *word, const char *const *names);
