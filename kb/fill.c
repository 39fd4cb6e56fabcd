/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/fill.h"

#include <string.h>

#include "kb/placeholder.h"

void filled_free(Filled *filled)
{
    if (!filled)
        return;
    g_free(filled->text);
    g_free(filled->missing);
    g_free(filled);
}

/* Explicit embeddings, overrides and isolates (Unicode Annex 9), and the marks. */
static gboolean turns_direction(gunichar c)
{
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* The value as it may stand in a mail; NULL: it says nothing. */
static char *clean_value(const char *value)
{
    if (!value || !g_utf8_validate(value, -1, NULL))
        return NULL;
    gboolean empty = TRUE;
    GString *clean = g_string_new(NULL);
    for (const char *at = value; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || turns_direction(c))
            c = ' ';
        empty &= g_unichar_isspace(c);
        g_string_append_unichar(clean, c);
    }
    return g_string_free(clean, empty);
}

/* "{{" → "{ {", whoever brought it and however many. */
static void break_braces(GString *text)
{
    if (!strstr(text->str, "{{"))
        return;
    g_autofree char *old = g_strdup(text->str);
    g_string_truncate(text, 0);
    for (const char *at = old; *at; at++) {
        g_string_append_c(text, *at);
        if (at[0] == '{' && at[1] == '{')
            g_string_append_c(text, ' ');
    }
}

/* Names in order, each once. SEEN borrows from NAMES. */
static void add_once(GPtrArray *names, GHashTable *seen, const char *name)
{
    if (g_hash_table_contains(seen, name))
        return;
    char *copy = g_strdup(name);
    g_ptr_array_add(names, copy);
    g_hash_table_add(seen, copy);
}

Filled *fill_template(const Template *template_, GHashTable *places)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const char *at = template_->body;
    gsize left = strlen(at); /* of the template's own text */
    Placeholder place;
    while (placeholder_next(at, &place)) {
        g_autofree char *name = g_strndup(place.name, place.name_length);
        g_autofree char *value = clean_value(g_hash_table_lookup(places, name));
        if (!value && place.fallback)
            value = g_strndup(place.fallback, place.fallback_length);
        g_string_append_len(text, at, place.start - at);
        left -= (gsize)(place.end - at);
        at = place.end;
        /* Half of it, because break_braces() can at most double. */
        if (value && text->len + strlen(value) + left <= FILL_MAX_BYTES / 2) {
            g_string_append(text, value);
        } else {
            g_string_append(text, FILL_GAP);
            add_once(missing, seen, name);
        }
    }
    g_string_append(text, at);
    break_braces(text);

    Filled *filled = g_new0(Filled, 1);
    filled->text = g_string_free(text, FALSE);
    if (missing->len > 0) {
        g_ptr_array_add(missing, NULL);
        filled->missing = g_strjoinv(",", (char **)missing->pdata);
    }
    return filled;
}

GPtrArray *fill_places(const char *text)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    Placeholder place;
    for (const char *at = text; placeholder_next(at, &place); at = place.end) {
        g_autofree char *name = g_strndup(place.name, place.name_length);
        add_once(names, seen, name);
    }
    return names;
}
