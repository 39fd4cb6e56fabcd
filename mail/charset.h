/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a declared character set to UTF-8 that is always valid. Mail lies about its charset; the
 * rules here believe the bytes first (see doc of each rule in charset.c).
 */
#pragma once

#include <glib.h>

/* Never NULL. DECLARED may be NULL, unknown or wrong. NUL bytes and C1 controls do not survive. */
char *charset_to_utf8(const char *bytes, gsize length, const char *declared);
