/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/bounce.h"

#include <string.h>

#define MAX_ID 900      /* a line has 998 at most, RFC 5322 2.1.1 */
#define MAX_WORDS 16384 /* bytes read of the words for people */

/* What a report says of one address (RFC 3464 2.3). */
typedef struct Group {
    char *action, *status;
} Group;

/* Where a copy of the mail begins that came back. */
static const char *const copy_begins[] = {
    "received:", "return-path:", "message-id:", "dkim-signature:", "--- below this line is a copy"};
static const char *const gave_up[] = {"permanent error", "permanent fatal error",
                                      "permanent failure", "permanently failed"};
static const char *const still_tries[] = {"warning message only", "will continue to be",
                                          "will be retried",      "has been delayed",
                                          "will keep trying",     "no action is required"};

static gboolean starts(const char *text, const char *prefix)
{
    return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static gboolean has_one(const char *lower, const char *const *words, gsize count)
{
    for (gsize i = 0; i < count; i++)
        if (strstr(lower, words[i]))
            return TRUE;
    return FALSE;
}

/* --- Message-IDs --- */

static void cite(Bounce *bounce, const char *id, gsize length)
{
    if (length == 0 || length > MAX_ID || !memchr(id, '@', length) ||
        bounce->cited->len >= BOUNCE_MAX_CITED)
        return;
    for (gsize i = 0; i < length; i++)
        if ((guchar)id[i] <= 32 || (guchar)id[i] >= 127)
            return;
    for (guint i = 0; i < bounce->cited->len; i++) {
        const char *known = g_ptr_array_index(bounce->cited, i);
        if (strlen(known) == length && memcmp(known, id, length) == 0)
            return;
    }
    g_ptr_array_add(bounce->cited, g_strndup(id, length));
}

static void cite_words(Bounce *bounce, const char *list)
{
    for (const char *p = list; p && *p;) {
        gsize n = strcspn(p, " \t<>,;");
        cite(bounce, p, n);
        p += n;
        p += strspn(p, " \t<>,;");
    }
}

/* "Message-ID: <…>", also quoted, as part of another name, or with the id on the next line. */
static void cite_line(Bounce *bounce, const char *line, const char *next)
{
    const char *name = line;

    for (; *name && !starts(name, "message-id") && !starts(name, "message id"); name++)
        ;
    if (!*name)
        return;
    name += strlen("message-id");
    name += strspn(name, " \t");
    if (*name != ':')
        return;
    name += 1 + strspn(name + 1, " \t");
    if (!*name && next)
        name = next + strspn(next, " \t>");
    cite_words(bounce, name);
}

/* --- the fields for machines --- */

static char *field_value(const char *line, const char *name)
{
    gsize n = strlen(name);
    return starts(line, name) && line[n] == ':' ? g_strstrip(g_strdup(line + n + 1)) : NULL;
}

/* "5.1.1" of "5.1.1 (no such mailbox)", "failed" of "Failed (full)"; NULL stays NULL. */
static void first_word(char *value)
{
    if (value)
        value[strcspn(value, " \t(;")] = '\0';
}

static void take_group(Bounce *bounce, Group *group)
{
    gboolean failed =
        group->action ? g_ascii_strcasecmp(group->action, "failed") == 0 : group->status != NULL;
    gboolean permanent = failed && (!group->status || group->status[0] == '5');

    if ((permanent && !bounce->permanent) || !bounce->status) {
        g_free(bounce->status);
        bounce->status = g_steal_pointer(&group->status);
    }
    bounce->permanent = bounce->permanent || permanent;
    g_clear_pointer(&group->action, g_free);
    g_clear_pointer(&group->status, g_free);
}

/* FALSE: there are none. */
static gboolean read_fields(Bounce *bounce, char **lines)
{
    Group group = {NULL, NULL};
    gboolean any = FALSE;

    for (; *lines; lines++) {
        g_autofree char *recipient = field_value(*lines, "Final-Recipient");
        char *action = field_value(*lines, "Action");
        char *status = field_value(*lines, "Status");
        first_word(action);
        first_word(status);
        if (status && strcspn(status, "245") > 0)
            g_clear_pointer(&status, g_free);
        any = any || action || status;
        if ((group.action || group.status) &&
            (recipient || (action && group.action) || (status && group.status)))
            take_group(bounce, &group);
        if (action)
            group.action = action;
        if (status)
            group.status = status;
    }
    if (group.action || group.status)
        take_group(bounce, &group);
    return any;
}

/* --- the words for people --- */

static char *words_for_people(char **lines)
{
    GString *words = g_string_new(NULL);

    for (; *lines && words->len + strlen(*lines) < MAX_WORDS; lines++) {
        for (gsize i = 0; i < G_N_ELEMENTS(copy_begins); i++)
            if (starts(*lines, copy_begins[i]))
                return g_string_free(words, FALSE);
        g_string_append_printf(words, "%s\n", *lines);
    }
    return g_string_free(words, FALSE);
}

/* The first code of PATTERN that begins with a 5, else the first. */
static char *find_code(const char *words, const char *pattern)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_RAW | G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    char *found = NULL;

    for (g_regex_match(regex, words, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        char *code = g_match_info_fetch(match, 1);
        if (!found || (found[0] != '5' && code[0] == '5')) {
            g_free(found);
            found = code;
        } else {
            g_free(code);
        }
    }
    return found;
}

static void read_words(Bounce *bounce, char **lines)
{
    g_autofree char *words = words_for_people(lines);
    g_autofree char *lower = g_ascii_strdown(words, -1);

    /* not a part of an IP address or a version */
    bounce->status = find_code(words, "(?<![\\d.])([245]\\.[0-7]\\.\\d{1,3})(?!\\.?\\d)");
    if (!bounce->status)
        bounce->status = find_code(words, "(?:^|[:(#<])[ \\t]*([45][0-5]\\d)(?=[ -])");
    bounce->permanent =
        bounce->status ? bounce->status[0] == '5' : has_one(lower, gave_up, G_N_ELEMENTS(gave_up));
    if (has_one(lower, still_tries, G_N_ELEMENTS(still_tries)))
        bounce->permanent = FALSE;
}

gboolean bounce_read(const Message *message, Bounce *bounce)
{
    g_auto(GStrv) lines = NULL;

    *bounce = (Bounce){FALSE, NULL, NULL};
    if (g_strcmp0(message->automatic, "bounce") != 0)
        return FALSE;
    bounce->cited = g_ptr_array_new_with_free_func(g_free);
    lines = g_strsplit(message->text ? message->text : "", "\n", -1);
    cite_words(bounce, message->in_reply_to);
    cite_words(bounce, message->references);
    for (guint i = 0; lines[i]; i++)
        cite_line(bounce, lines[i], lines[i + 1]);
    if (!read_fields(bounce, lines))
        read_words(bounce, lines);
    return TRUE;
}

void bounce_clear(Bounce *bounce)
{
    g_clear_pointer(&bounce->status, g_free);
    g_clear_pointer(&bounce->cited, g_ptr_array_unref);
    bounce->permanent = FALSE;
}
