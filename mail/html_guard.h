/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not reach libxml2, because it takes quadratic time over it or swallows the rest of the
 * mail. For mail/html.c only.
 */
#pragma once

#include <glib.h>

/* A copy of HTML without comments (an unclosed one ends at the next ">"), without script and style
 * elements, without tags longer than 4 KiB (thousands of attributes, images as data: URLs), and
 * with
 * "&lt;" for a "<" that begins nothing. Linear. */
GString *html_guard(const char *html, gsize length);
