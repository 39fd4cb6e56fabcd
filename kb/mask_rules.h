/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kb/mask.h looks for: a table of patterns, tried in order. What one has found no later one
 * touches, so a row that keeps (a price, a version) protects it from those below.
 * To add a word or a pattern: kb/mask_rules.c, and a line in tests/kb/mask.c.
 */
#pragma once

#include <glib.h>

typedef enum {
    MASK_KEEP, /* no mark: stays as it is */
    MASK_NAME,
    MASK_EMAIL,
    MASK_PHONE,
    MASK_ACCOUNT,
    MASK_NUMBER,
    MASK_ADDRESS,
    MASK_LINK,
    MASK_BIRTH,
    MASK_CODE,
    N_MASK_KINDS,
} MaskKind;

typedef struct MaskRule {
    MaskKind kind;
    /* Perl-compatible, extended (spaces do not count), several lines, Unicode; quantifiers bounded
     * or possessive. What is found is group "x" if there is one, otherwise all of it. */
    const char *pattern;
    guint digits; /* it needs this many digits at least; 0: any number */
    gboolean any_case;
} MaskRule;
extern const MaskRule mask_rules[];
extern const guint n_mask_rules;

/* The mark for KIND in LANGUAGE (English for those without a row; NULL too). */
const char *mask_mark(MaskKind kind, const char *language);
