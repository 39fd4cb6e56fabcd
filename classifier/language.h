/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of a text, by function words and letters (classifier/language_words.h). Texts of a
 * few words, such as subjects, count the sequences of their letters too. Only the first hundred
 * words are looked at.
 */
#pragma once

#include <glib.h>

/* "de", "en", "fr", "es", "it", "nl", "pt", "pl", "da", "sv", "no", "fi", "cs", "hu", "ro", "tr";
 * by their script "ru", "uk", "el", "he", "ar", "ko", "ja", "zh", "th", "hi"; or "" when the text
 * does not say, or is NULL. Static string. */
const char *language_detect(const char *text);
