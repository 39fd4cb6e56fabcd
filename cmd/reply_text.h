/* SPDX-License-Identifier: Apache-2.0 */
/* Reply text: what an agent writes, from a file, standard input or his editor. What is no answer is
 * refused, and every refusal says that nothing was sent. */
#pragma once

#include <glib.h>

#define REPLY_TEXT_MAX (256 * 1024)

/* The text of the file at PATH; "-": of standard input. NULL with CMD_ERROR: EXIT_FAILED when it
 * cannot be read, EXIT_BAD_DATA when it is empty, larger than REPLY_TEXT_MAX, or not UTF-8. */
char *reply_text_read(const char *path, GError **error);

/* A text that was given to an editor. */
typedef struct EditedText {
    char *text;    /* NULL: none that can be sent */
    char *path;    /* the file, which only its owner can read; NULL: none was made */
    gboolean kept; /* there is something of the agent's in the file: it stays */
} EditedText;
/* Removes the file, unless it is kept. */
void edited_text_clear(EditedText *edited);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EditedText, edited_text_clear)

/* Lets the agent change TEXT in $VISUAL, $EDITOR or vi; errors as above. A text that he left as it
 * was (spaces at its end do not count) is his only if he says so when he is asked, on a terminal;
 * else it is EXIT_FAILED, and the error ends with HINT. */
gboolean reply_text_edit(const char *text, const char *hint, EditedText *edited, GError **error);
