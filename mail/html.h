/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML of a mail to text, by libxml2's SAX parser: one pass, linear, bounded. Quoted parts that
 * mail programs mark (gmail_quote, blockquote type=cite, #divRplyFwdMsg, #appendonsend,
 * .moz-cite-prefix, div[name=quote]) come out as lines with "> ", so that mail/quote.h sees them.
 * Script, style, title, comments and hidden preheaders are dropped.
 */
#pragma once

#include <glib.h>

/* HTML is UTF-8 of LENGTH bytes; at most MAX bytes of text are returned. Never NULL. */
char *html_to_text(const char *html, gsize length, gsize max);
