/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzz target defines, for libFuzzer and for tests/fuzz/main.c. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* Any bytes; 0. It crashes or aborts when something is wrong. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Good inputs to begin with (of GBytes) that no file has; NULL: there are none. */
GPtrArray *fuzz_seeds(void);
