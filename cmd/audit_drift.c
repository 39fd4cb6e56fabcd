/* SPDX-License-Identifier: Apache-2.0 */
/* erms audit --drift: how recent mail differs from that of training. */
#include "cmd/audit.h"

#include "cmd/json.h"
#include "cmd/table.h"
#include "pipeline/drift.h"

#include <stdio.h>

#define MAX_SHARES 5 /* categories that are shown of a mix */

static const char *const drift_columns[] = {"", ">NOW", ">TRAINING", ">Z", "", NULL};

static void add_mean(Table *table, const char *name, const DriftMean *mean)
{
    g_autofree char *now = g_strdup_printf("%.1f %%", mean->now * 100);
    g_autofree char *then = g_strdup_printf("%.1f %%", mean->then * 100);
    g_autofree char *z = g_strdup_printf("%+.1f", mean->z);
    table_add(table, name, now, then, z, mean->marked ? "changed" : NULL);
}

static void print_drift(const Drift *drift)
{
    g_autoptr(Table) table = table_new(drift_columns);
    g_autofree char *since = format_time(drift->since);
    g_autofree char *index = g_strdup_printf("%.2f", drift->index);
    g_autofree char *z = g_strdup_printf("%+.1f", drift->z);
    add_mean(table, "unknown words", &drift->unknown);
    add_mean(table, "confidence", &drift->confidence);
    table_add(table, "mix of categories (index)", index, NULL, z,
              drift->mix_marked ? "changed" : NULL);
    for (guint i = 0; i < MIN(drift->mix->len, MAX_SHARES); i++) {
        const DriftShare *share = &g_array_index(drift->mix, DriftShare, i);
        g_autofree char *name = g_strconcat("  ", share->category, NULL);
        g_autofree char *now = g_strdup_printf("%.1f %%", share->now * 100);
        g_autofree char *then = g_strdup_printf("%.1f %%", share->then * 100);
        table_add(table, name, now, then, NULL, NULL);
    }
    printf("%u mails since %s%s\n\n", drift->mails, since,
           drift->same ? "" : ", some of them decided by earlier models");
    table_print(table);
    g_autofree char *sentence = drift_sentence(drift);
    printf("\n%s\n", sentence ? sentence : "mail is like that of training");
}

static void put_mean(JsonBuilder *builder, const char *name, const DriftMean *mean)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
    json_put_double(builder, "now", mean->now);
    json_put_double(builder, "training", mean->then);
    json_put_double(builder, "z", mean->z);
    json_builder_set_member_name(builder, "changed");
    json_builder_add_boolean_value(builder, mean->marked);
    json_builder_end_object(builder);
}

static void put_mix(JsonBuilder *builder, const Drift *drift)
{
    json_builder_set_member_name(builder, "mix");
    json_builder_begin_object(builder);
    json_put_double(builder, "index", drift->index);
    json_put_double(builder, "z", drift->z);
    json_builder_set_member_name(builder, "changed");
    json_builder_add_boolean_value(builder, drift->mix_marked);
    json_builder_set_member_name(builder, "categories");
    json_builder_begin_array(builder);
    for (guint i = 0; i < drift->mix->len; i++) {
        const DriftShare *share = &g_array_index(drift->mix, DriftShare, i);
        json_builder_begin_object(builder);
        json_put_string(builder, "category", share->category);
        json_put_double(builder, "now", share->now);
        json_put_double(builder, "training", share->then);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

/* MAILS: how many there are, for lack of DRIFT. */
static void json_drift(const Drift *drift, guint mails)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *sentence = drift ? drift_sentence(drift) : NULL;
    json_builder_begin_object(builder);
    json_put_int(builder, "mails", drift ? drift->mails : mails);
    if (drift) {
        json_put_int(builder, "since", drift->since);
        json_builder_set_member_name(builder, "same_model");
        json_builder_add_boolean_value(builder, drift->same);
        put_mean(builder, "unknown", &drift->unknown);
        put_mean(builder, "confidence", &drift->confidence);
        put_mix(builder, drift);
    }
    json_put_string(builder, "sentence", sentence);
    json_builder_end_object(builder);
    json_print(builder);
}

gboolean audit_show_drift(Context *context, gboolean as_json, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Drift) drift = pipeline_drift(&context->pipeline, &local);
    guint mails = 0;
    if (local || (!drift && !pipeline_drift_mails(&context->pipeline, &mails, &local))) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (as_json)
        json_drift(drift, mails);
    else if (drift)
        print_drift(drift);
    else if (context->model)
        printf("nothing to say yet: %u of at least %d mails were understood in the last 30 days\n",
               mails, DRIFT_LEAST);
    else
        printf("nothing to say yet: there is no model that can be used (erms train)\n");
    return TRUE;
}
