/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fast checksum of 64 bits against damage: bits that flip, blocks that are lost or swapped. It is
 * no protection against somebody who forges a file.
 *
 * Word i (8 bytes, in the order of the machine) goes into lane i mod 4: lane = mix(lane ^ word),
 * where mix(x) = y ^ (y >> 32), y = x · 0x9E3779B97F4A7C15. The lanes begin as 1, 2, 3, 4; at the
 * end sum = mix(sum ^ lane) over the four, beginning with the number of bytes. mix() is one to one:
 * damage inside one word is always found, any other but for one in 2^64.
 */
#pragma once

#include <glib.h>

/* BYTES is aligned to 8, SIZE a multiple of 8. */
guint64 checksum(const guint8 *bytes, gsize size);
