/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fingerprint: what a mail says, as 64 bits, so that a machine whose mails differ in numbers,
 * addresses, dates or a word is known again. For the limit per content (pipeline/limits.h).
 *
 * SimHash (Charikar 2002, "Similarity estimation techniques from rounding algorithms") over the
 * pairs of neighbouring words, each pair once: similar texts get hashes that differ in few bits,
 * texts that have nothing in common differ in about half of them. Words are folded; those that hold
 * a digit or "@", and addresses of web pages, are left out.
 *
 * A short text has too few pairs for that: with fewer than FINGERPRINT_SHORT different words it is
 * the same as another only if it has the same words in the same order (repeated ones left out, so a
 * text that grows by the same word stays the same). The lowest bit tells the two kinds apart.
 */
#pragma once

#include "classifier/tokens.h"

#define FINGERPRINT_SHORT 12
#define FINGERPRINT_NEAR 10    /* bits of 63 in which two of the same content may differ */
#define FINGERPRINT_WORDS 2000 /* are read of a text */

/* Of TEXT; if it has no words, of SUBJECT; if that has none either, one that all such mails share.
 * Both may be NULL. Never 0. */
gint64 fingerprint_make(Tokenizer *tokenizer, const char *subject, const char *text);
/* Do A and B mean the same content? 0 is like nothing. */
gboolean fingerprint_near(gint64 a, gint64 b);
