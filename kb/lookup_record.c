/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/lookup_record.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "kb/placeholder.h"

#define JSON_MAX_DEPTH 16 /* json-glib goes down by recursion */

GHashTable *record_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static char *clean_value(const char *value, gsize length)
{
    GString *clean = g_string_new(NULL);
    const char *end = value + length;
    guint n = 0;
    for (const char *at = value; at < end; at = g_utf8_next_char(at)) {
        if (++n > RECORD_MAX_CHARACTERS) {
            const char *last = g_utf8_prev_char(clean->str + clean->len);
            g_string_truncate(clean, (gsize)(last - clean->str));
            g_string_append(clean, "…");
            break;
        }
        const gunichar c = g_utf8_get_char(at);
        g_string_append_unichar(clean, g_unichar_iscntrl(c) ? ' ' : c);
    }
    return g_string_free(clean, FALSE);
}

gboolean record_add(GHashTable *record, const char *field, const char *value, gssize length,
                    GError **error)
{
    const gsize size = !value ? 0 : length < 0 ? strlen(value) : (gsize)length;
    if (!placeholder_name_valid(field, strlen(field)))
        return TRUE;
    if (g_hash_table_size(record) >= RECORD_MAX_FIELDS) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "more than %d fields",
                    RECORD_MAX_FIELDS);
        return FALSE;
    }
    if (value && !g_utf8_validate_len(value, size, NULL)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the field '%s' is not UTF-8",
                    field);
        return FALSE;
    }
    g_hash_table_insert(record, g_strdup(field), value ? clean_value(value, size) : NULL);
    return TRUE;
}

/* ---- JSON ---------------------------------------------------------------------------------- */

/* What is wrong with the outer form; NULL: it looks like one object and no more. (json-glib takes
 * the last of several values.) */
static const char *form_problem(const char *text)
{
    guint depth = 0;
    gboolean in_string = FALSE, closed = FALSE;
    for (const char *at = text; *at; at++) {
        if (in_string && *at == '\\' && at[1])
            at++;
        else if (depth > 0 && *at == '"')
            in_string = !in_string;
        else if (in_string || g_ascii_isspace(*at))
            continue;
        else if (depth == 0 && (closed || *at != '{'))
            return "is not one JSON object";
        else if ((*at == '{' || *at == '[') && ++depth > JSON_MAX_DEPTH)
            return "is nested too deep";
        else if (*at == '}' || *at == ']')
            closed = --depth == 0;
    }
    return NULL;
}

/* The value as text; NULL: null, or not a plain value. */
static char *scalar_text(JsonNode *node)
{
    if (!JSON_NODE_HOLDS_VALUE(node))
        return NULL;
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    switch (json_node_get_value_type(node)) {
    case G_TYPE_STRING:
        return g_strdup(json_node_get_string(node));
    case G_TYPE_INT64:
        return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
    case G_TYPE_DOUBLE:
        return g_strdup(
            g_ascii_formatd(number, sizeof number, "%.15g", json_node_get_double(node)));
    case G_TYPE_BOOLEAN:
        return g_strdup(json_node_get_boolean(node) ? "true" : "false");
    default:
        return NULL;
    }
}

static GHashTable *record_from_object(JsonObject *object, GString *left_out, GError **error)
{
    g_autoptr(GHashTable) record = record_new();
    JsonObjectIter iter;
    const char *field = NULL;
    JsonNode *node = NULL;
    json_object_iter_init_ordered(&iter, object);
    while (json_object_iter_next_ordered(&iter, &field, &node)) {
        g_autofree char *value = scalar_text(node);
        if (!JSON_NODE_HOLDS_VALUE(node) && !JSON_NODE_HOLDS_NULL(node))
            g_string_append_printf(left_out, "%s%s", left_out->len > 0 ? ", " : "", field);
        if (!record_add(record, field, value, -1, error))
            return NULL;
    }
    return g_steal_pointer(&record);
}

GHashTable *record_from_json(const char *text, gsize length, GString *left_out, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    if (!g_utf8_validate_len(text, length, NULL)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "its output is not UTF-8");
        return NULL;
    }
    if (text[strspn(text, " \t\r\n")] == '\0')
        return NULL;
    const char *problem = form_problem(text);
    if (problem) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "its output %s", problem);
        return NULL;
    }
    if (!json_parser_load_from_data(parser, text, (gssize)length, &reason)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "its output is not JSON: %s",
                    reason->message);
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "its output is not one JSON object");
        return NULL;
    }
    return record_from_object(json_node_get_object(root), left_out, error);
}
