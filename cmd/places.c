/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/places.h"

#include "kb/nearest.h"

#include <string.h>

char **known_places(const Settings *settings)
{
    GStrvBuilder *places = g_strv_builder_new();
    g_strv_builder_add_many(places, "greeting", "customer.name", "ticket.token", NULL);
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, settings->policy->company);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_strv_builder_add(places, key);
    for (guint i = 0; i < settings->lookups->len; i++) {
        const LookupSpec *spec = g_ptr_array_index(settings->lookups, i);
        g_autofree char *all = g_strconcat(spec->name, ".*", NULL);
        g_strv_builder_add(places, all);
    }
    char **result = g_strv_builder_end(places);
    g_strv_builder_unref(places);
    return result;
}

GPtrArray *kb_problems_of(const Context *context)
{
    g_auto(GStrv) places = known_places(context->settings);
    GDate today;
    g_date_clear(&today, 1);
    g_date_set_time_t(&today, g_get_real_time() / G_USEC_PER_SEC);
    return kb_check(context->kb, (const char *const *)places, &today);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *unknown_categories(const Context *context)
{
    GPtrArray *sentences = g_ptr_array_new_with_free_func(g_free);
    const char *const *known = kb_categories(context->kb);
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, context->settings->policy->categories);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const char *name = key;
        if (kb_has_category(context->kb, name))
            continue;
        const char *near = nearest_name(name, known);
        g_ptr_array_add(sentences,
                        g_strdup_printf("erms.conf: [category %s]: there is no folder kb/%s%s%s%s",
                                        name, name, near ? " (did you mean " : "", near ? near : "",
                                        near ? "?)" : ""));
    }
    g_ptr_array_sort(sentences, by_text);
    return sentences;
}
