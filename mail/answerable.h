/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May a machine answer this mail? One table of signs that a machine wrote it or that no answer is
 * wanted; each row with its source. Works on a Message alone (its kept headers), so that it can be
 * asked again a year later.
 */
#pragma once

#include "models/message.h"

/* The name of the first rule that says "a machine", e.g. "auto-submitted", "list-id", "bounce",
 * "own-address"; NULL: a human wrote it. OWN_ADDRESSES (may be NULL) are the lower-case addresses
 * we send from and receive on. The string is static. *EXPLAIN (may be NULL) becomes a static
 * sentence. */
const char *answerable_machine(const Message *message, const char *const *own_addresses,
                               const char **explain);
