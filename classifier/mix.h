/* SPDX-License-Identifier: Apache-2.0 */
/* Mix: 64 bits in which each bit of X decides about half of the others, and one to one: the
 * finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
#pragma once

#include <glib.h>

static inline guint64 mix64(guint64 x)
{
    x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT(0x94D049BB133111EB);
    return x ^ (x >> 31);
}
