/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words by which a language is known: function words, and those that mail to a support desk is
 * made of. To add one: put it where it belongs in the order of bytes, in lower case, or add the
 * language to its row. A test watches the order. For classifier/language.c only.
 */
#pragma once

#include <glib.h>

enum {
    DE = 1 << 0,
    EN = 1 << 1,
    FR = 1 << 2,
    ES = 1 << 3,
    IT = 1 << 4,
    NL = 1 << 5,
    PT = 1 << 6,
    PL = 1 << 7,
    DA = 1 << 8,
    SV = 1 << 9,
    NO = 1 << 10,
    FI = 1 << 11,
    CS = 1 << 12,
    HU = 1 << 13,
    RO = 1 << 14,
    TR = 1 << 15,
};

typedef struct LanguageWord {
    const char *word;
    guint32 languages;
} LanguageWord;

extern const LanguageWord language_words[];
extern const gsize n_language_words;
