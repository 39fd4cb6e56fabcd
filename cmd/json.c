/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/json.h"

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
    json_builder_add_double_value(builder, value);
}

void json_put_json(JsonBuilder *builder, const char *name, const char *text)
{
    JsonNode *node = text ? json_from_string(text, NULL) : NULL;
    json_builder_set_member_name(builder, name);
    json_builder_add_value(builder, node ? node : json_node_new(JSON_NODE_NULL));
}

void json_print(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, TRUE);
    puts(text);
}
