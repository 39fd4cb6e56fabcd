/* SPDX-License-Identifier: Apache-2.0 */
/* The language of a text, by function words and letters. Short texts count their characters too. */
#pragma once

#include <glib.h>

/* "de", "en", "fr", "es", "it", "nl", "pt" …, or "" when the text does not say. Static string. */
const char *language_detect(const char *text);
