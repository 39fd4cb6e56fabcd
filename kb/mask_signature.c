/* SPDX-License-Identifier: Apache-2.0 */
/* Where the content of an answer ends. Declared in kb/mask.h. */
#include "kb/mask.h"

#include <string.h>

#define LINES_BELOW 25  /* closing words with more below them are no closing words */
#define WORDS_BEHIND 40 /* bytes behind the closing words in their line: "… aus Hamburg" */

/* Folded to lower case, at the beginning of a line. */
static const char *const closings[] = {
    "mit freundlichen gr",
    "mit freundlichem gru",
    "mit besten gr",
    "mit lieben gr",
    "mit herzlichen gr",
    "mit sonnigen gr",
    "freundliche gr",
    "viele gr",
    "beste gr",
    "liebe gr",
    "herzliche gr",
    "schöne gr",
    "schoene gr",
    "sonnige gr",
    "viele liebe gr",
    "gruß",
    "gruss",
    "grüße",
    "gruesse",
    "mfg",
    "vg",
    "lg",
    "hochachtungsvoll",
    "ihr kundenservice",
    "ihr serviceteam",
    "ihr service-team",
    "ihr support",
    "best regards",
    "kind regards",
    "kindest regards",
    "warm regards",
    "warmest regards",
    "regards",
    "with best regards",
    "with kind regards",
    "sincerely",
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "best wishes",
    "all the best",
    "cheers",
    "many thanks,",
    "thanks,",
    "thank you,",
    "respectfully",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "sincères salutations",
    "salutations distinguées",
    "meilleures salutations",
    "saludos",
    "un saludo",
    "atentamente",
    "cordialmente",
    "saludos cordiales",
    "atenciosamente",
    "cumprimentos",
    "com os melhores cumprimentos",
    "cordiais saudações",
    "cordiali saluti",
    "distinti saluti",
    "un cordiale saluto",
    "met vriendelijke groet",
    "vriendelijke groet",
    "hartelijke groet",
};

static gboolean is_closing(const char *line, gsize length)
{
    g_autofree char *own = g_strndup(line, MIN(length, 120));
    g_autofree char *valid = g_utf8_make_valid(g_strstrip(own), -1);
    g_autofree char *lower = g_utf8_strdown(valid, -1);

    if (strcmp(lower, "--") == 0)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(closings); i++) {
        const gsize n = strlen(closings[i]);
        const char *behind = lower + n;
        if (!g_str_has_prefix(lower, closings[i]) || strlen(behind) > WORDS_BEHIND)
            continue;
        /* a whole word, unless the table has only its beginning */
        if (g_str_has_suffix(closings[i], " gr") || g_str_has_suffix(closings[i], "gru") ||
            !g_unichar_isalpha(g_utf8_get_char(behind)))
            return TRUE;
    }
    return FALSE;
}

char *mask_cut_signature(const char *answer)
{
    const char *cut = NULL;
    guint below = 0;

    for (const char *line = answer; *line;) {
        const gsize length = strcspn(line, "\n");
        gboolean blank = strspn(line, " \t\r") >= length;
        if (is_closing(line, length)) {
            cut = line;
            below = 0;
            if (strncmp(line, "--", 2) == 0)
                break; /* all that follows is the signature */
        } else if (!blank) {
            below++;
        }
        line += length + (line[length] == '\n');
    }
    char *content =
        cut && below <= LINES_BELOW ? g_strndup(answer, (gsize)(cut - answer)) : g_strdup(answer);
    if (!*g_strchomp(content)) {
        g_free(content);
        content = g_strchomp(g_strdup(answer));
    }
    return content;
}
