/* SPDX-License-Identifier: Apache-2.0 */
/* Broken umlauts: text that was read in the wrong encoding once ("fÃ¼r", "f?r", "f&uuml;r"). */
#pragma once

#include <glib.h>

/* The first word of LINE (valid UTF-8) that looks broken, newly allocated; NULL: none. Web
 * addresses are not looked at for question marks. */
char *umlauts_broken(const char *line);
