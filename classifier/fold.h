/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folding: one spelling for what people write in several: "ä" and "ae", "ß" and "ss", "é" and "e",
 * fullwidth and mathematical letters, marks that stand apart from their letter.
 */
#pragma once

#include <glib.h>

#define FOLD_MAX 4 /* the most bytes one character becomes */

/* The lower-case form of C; compatibility forms (ligatures, fullwidth …) become plain letters. */
gunichar fold_lower(gunichar c);
/* Writes a lower-case C without its Latin accent as UTF-8, at most FOLD_MAX bytes, without a
 * terminator; returns how many. Letters of other scripts stay what they are. */
gsize fold_char(gunichar c, char *out);
/* Folds LENGTH bytes of valid lower-case UTF-8. OUT has room for 2 * LENGTH bytes. */
gsize fold_utf8(const char *text, gsize length, char *out);
