/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML of a mail to text, by libxml2's SAX parser, linear and bounded. Blocks and <br> become line
 * ends, cells and no-break or zero-width spaces a space, list items "- ". Of a link the text stays;
 * the address only if there is no text. Script, style, title, comments and hidden elements
 * (preheaders) are dropped.
 *
 * Quoted parts that mail programs mark (blockquote with type=cite, class gmail_quote or a left
 * border, .moz-cite-prefix, div[name=quote], all behind #divRplyFwdMsg or #appendonsend; a table in
 * html.c) come out as lines with "> ", so that mail/quote.h sees them. Gmail's div.gmail_quote is
 * not among them: answers between the quotes stand in it.
 */
#pragma once

#include <glib.h>

/* HTML is UTF-8 of LENGTH bytes; at most MAX bytes of text are returned. Never NULL. */
char *html_to_text(const char *html, gsize length, gsize max);
