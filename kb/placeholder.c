/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/placeholder.h"

#include <string.h>

#define NAME_MAX_BYTES 64

const char *const placeholder_builtin[] = {"greeting", "company", "ticket", "customer", NULL};

gboolean placeholder_name_valid(const char *name, gsize length)
{
    gboolean part_open = TRUE;
    if (length == 0 || length > NAME_MAX_BYTES || !g_ascii_isalpha(name[0]))
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (name[i] == '.') {
            if (part_open)
                return FALSE;
            part_open = TRUE;
        } else if (g_ascii_isalnum(name[i]) || name[i] == '_' || name[i] == '-') {
            part_open = FALSE;
        } else {
            return FALSE;
        }
    }
    return !part_open;
}

static void trim(const char **text, gsize *length)
{
    while (*length > 0 && g_ascii_isspace(**text)) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && g_ascii_isspace((*text)[*length - 1]))
        (*length)--;
}

/* OPEN points to "{{". Returns what is wrong, or NULL; *place is complete only then. */
static char *read_place(const char *open, Placeholder *place)
{
    const char *inner = open + 2;
    const gsize span = strcspn(inner, "{}\n");
    const char *close = inner + span;
    if (close[0] != '}' || close[1] != '}')
        return g_strdup("'{{' without '}}' in the same line");
    if (close[2] == '}')
        return g_strdup("'}}}': one brace too many");

    const char *bar = memchr(inner, '|', span);
    place->start = open;
    place->end = close + 2;
    place->name = inner;
    place->name_length = bar ? (gsize)(bar - inner) : span;
    trim(&place->name, &place->name_length);
    place->fallback = bar ? bar + 1 : NULL;
    place->fallback_length = bar ? (gsize)(close - bar - 1) : 0;
    if (bar)
        trim(&place->fallback, &place->fallback_length);
    if (placeholder_name_valid(place->name, place->name_length))
        return NULL;
    g_autofree char *name = g_strndup(place->name, place->name_length);
    if (g_utf8_strlen(name, -1) > NAME_MAX_BYTES)
        *g_utf8_offset_to_pointer(name, NAME_MAX_BYTES) = '\0';
    return g_strdup_printf("'%s' is no name of a place (letters, digits, _ and -, with dots "
                           "between parts)",
                           name);
}

gboolean placeholder_next(const char *text, Placeholder *place)
{
    for (const char *open = strstr(text, "{{"); open; open = strstr(open + 1, "{{")) {
        g_autofree char *problem = read_place(open, place);
        if (!problem)
            return TRUE;
    }
    return FALSE;
}

char *placeholder_problem(const char *line)
{
    for (const char *at = line; *(at += strcspn(at, "{}"));) {
        Placeholder place;
        if (g_str_has_prefix(at, "{{")) {
            char *problem = read_place(at, &place);
            if (problem)
                return problem;
            at = place.end;
        } else if (g_str_has_prefix(at, "}}")) {
            return g_strdup("'}}' without '{{' before it");
        } else {
            at++;
        }
    }
    return NULL;
}

gboolean placeholder_personal(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot && !g_str_has_prefix(name, "company.") && !g_str_has_prefix(name, "ticket.") &&
           strcmp(name, "customer.name") != 0;
}
