/* SPDX-License-Identifier: Apache-2.0 */
/* What shows and what does not: styles and spaces. For mail/html.c only. */
#pragma once

#include <glib.h>

enum { HTML_HIDDEN = 1, HTML_NO_FONT = 2 };

/* STATE of the parent, changed by a style attribute: display:none, visibility:hidden and
 * mso-hide:all hide; font-size:0 hides until an inner font size undoes it. */
guint html_style(const char *style, guint state);

typedef enum {
    HTML_NO_SPACE,
    HTML_SPACE,  /* white space, also no-break and zero-width */
    HTML_NOTHING /* soft hyphen */
} HtmlSpace;

/* What the character at P (UTF-8, before END) is; *LENGTH becomes its bytes. A run of other ASCII
 * counts as one character. */
HtmlSpace html_space(const char *p, const char *end, gsize *length);
