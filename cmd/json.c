/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/json.h"

#include <math.h>
#include <stdio.h>

void json_put_string(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    if (value)
        json_builder_add_string_value(builder, value);
    else
        json_builder_add_null_value(builder);
}

void json_put_int(JsonBuilder *builder, const char *name, gint64 value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

void json_put_double(JsonBuilder *builder, const char *name, double value)
{
    json_builder_set_member_name(builder, name);
    if (isfinite(value))
        json_builder_add_double_value(builder, value);
    else
        json_builder_add_null_value(builder); /* JSON knows no other number */
}

void json_put_json(JsonBuilder *builder, const char *name, const char *text)
{
    JsonNode *node = text ? json_from_string(text, NULL) : NULL;
    json_builder_set_member_name(builder, name);
    json_builder_add_value(builder, node ? node : json_node_new(JSON_NODE_NULL));
}

/* What json-glib leaves as it is and a terminal obeys: C1 controls, separators, bidi marks. Such
 * characters stand in strings only. */
static char *escaped(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);
        gboolean harmless =
            c < 0x7f || (type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
                         type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR);
        if (harmless)
            g_string_append_unichar(out, c);
        else if (c < 0x10000)
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
    }
    return g_string_free(out, FALSE);
}

void json_print(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, TRUE);
    g_autofree char *safe = escaped(text);
    puts(safe);
}
