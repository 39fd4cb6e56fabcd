/* SPDX-License-Identifier: Apache-2.0 */
/* erms audit: what waits for review, and how the promises stand. */
#include "cmd/audit.h"

#include "cmd/json.h"
#include "cmd/table.h"
#include "models/audit.h"
#include "pipeline/standing.h"

#include <stdio.h>

#define MAX_WORDS 4

static const char *const waiting_columns[] = {"TICKET", "SENT",   "CUSTOMER", "SUBJECT", "CATEGORY",
                                              ">P",     "ANSWER", "WORDS",    NULL};

/* "Passwort, vergessen" of the JSON in a verdict. */
static char *words_of(const char *json)
{
    GString *text = g_string_new(NULL);
    g_autoptr(JsonNode) node = json ? json_from_string(json, NULL) : NULL;
    JsonArray *list = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    for (guint i = 0; list && i < MIN(json_array_get_length(list), MAX_WORDS); i++)
        g_string_append_printf(
            text, "%s%s", i ? ", " : "",
            json_object_get_string_member(json_array_get_object_element(list, i), "word"));
    return g_string_free(text, FALSE);
}

static void print_waiting(const GPtrArray *list)
{
    g_autoptr(Table) table = table_new(waiting_columns);
    for (guint i = 0; i < list->len; i++) {
        const AuditWaiting *one = g_ptr_array_index(list, i);
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, one->ticket_id);
        g_autofree char *at = format_time(one->sent_at);
        g_autofree char *words = words_of(one->words);
        g_autofree char *probability = g_strdup_printf("%.3f", one->probability);
        g_autofree char *corrected =
            one->corrected ? g_strdup_printf("%s → %s", one->category,
                                             *one->corrected ? one->corrected : "none")
                           : NULL;
        table_add(table, id, at, one->customer, one->subject, corrected ? corrected : one->category,
                  probability, one->template_name, words);
    }
    table_print(table);
    if (list->len)
        printf("\n%u to review: erms ticket show TICKET, then erms audit TICKET right|wrong\n\n",
               list->len);
    else
        puts("nothing waits for review");
}

static const char *const standing_columns[] = {"CATEGORY", ">ANSWERED", ">WAITING", ">REVIEWED",
                                               ">WRONG",   ">ERROR",    ">95 %",    ">ALLOWED",
                                               "PROMISE",  "SINCE",     NULL};

static char *number(gint64 value)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, value);
}

static void add_standing(Table *table, const Standing *standing, const Restore *restored)
{
    g_autofree char *answers = number(standing->answers);
    g_autofree char *waiting = number(standing->waiting);
    g_autofree char *reviewed = number(standing->reviewed);
    g_autofree char *wrong = number(standing->wrong);
    g_autofree char *error =
        standing->reviewed
            ? g_strdup_printf("%.1f %%", (double)standing->wrong * 100 / (double)standing->reviewed)
            : NULL;
    g_autofree char *interval =
        g_strdup_printf("%.1f–%.1f %%", standing->low * 100, standing->high * 100);
    g_autofree char *allowed = g_strdup_printf("%g %%", standing->promise * 100);
    g_autofree char *at = restored ? format_time(restored->at) : NULL;
    g_autofree char *since = restored ? g_strdup_printf("%s, %s", at, restored->who) : NULL;
    table_add(table, standing->category ? standing->category : "together", answers, waiting,
              reviewed, wrong, error, interval, allowed, promise_state_name(standing->state),
              since);
}

static void put_standing(JsonBuilder *builder, const Standing *standing, const Restore *restored)
{
    json_builder_begin_object(builder);
    json_put_string(builder, "category", standing->category);
    json_put_int(builder, "answers", standing->answers);
    json_put_int(builder, "waiting", standing->waiting);
    json_put_int(builder, "reviewed", standing->reviewed);
    json_put_int(builder, "wrong", standing->wrong);
    json_put_int(builder, "known", standing->known);
    if (standing->reviewed)
        json_put_double(builder, "error", (double)standing->wrong / (double)standing->reviewed);
    else
        json_put_string(builder, "error", NULL);
    json_put_double(builder, "low", standing->low);
    json_put_double(builder, "high", standing->high);
    json_put_double(builder, "max_error", standing->promise);
    json_put_string(builder, "promise", promise_state_name(standing->state));
    json_put_string(builder, "why", standing->why);
    json_put_int(builder, "restored", restored ? restored->at : 0);
    json_put_string(builder, "restored_by", restored ? restored->who : NULL);
    json_builder_end_object(builder);
}

static void put_waiting(JsonBuilder *builder, const AuditWaiting *one)
{
    json_builder_begin_object(builder);
    json_put_int(builder, "ticket", one->ticket_id);
    json_put_int(builder, "message", one->message_id);
    json_put_string(builder, "customer", one->customer);
    json_put_string(builder, "subject", one->subject);
    json_put_string(builder, "category", one->category);
    json_put_string(builder, "corrected", one->corrected);
    json_put_double(builder, "probability", one->probability);
    json_put_string(builder, "template", one->template_name);
    json_put_json(builder, "words", one->words);
    json_put_string(builder, "model", one->model);
    json_put_int(builder, "sent", one->sent_at);
    json_builder_end_object(builder);
}

/* Each standing, with who restored it when, to the table or the builder; the other is NULL. */
static gboolean show_standings(Store *store, const Standings *standings, Table *table,
                               JsonBuilder *builder, GError **error)
{
    for (guint i = 0; i < standings->categories->len; i++) {
        const Standing *standing = g_ptr_array_index(standings->categories, i);
        g_autoptr(GError) local = NULL;
        g_autoptr(Restore) restored = restore_load(store, standing->category, &local);
        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (table)
            add_standing(table, standing, restored);
        else
            put_standing(builder, standing, restored);
    }
    return TRUE;
}

static gboolean show_plain(const Context *context, const GPtrArray *waiting,
                           const Standings *standings, GError **error)
{
    g_autoptr(Table) table = table_new(standing_columns);
    g_autoptr(GPtrArray) warnings = audit_warnings(context, error);
    if (!warnings || !show_standings(context->store, standings, table, NULL, error))
        return FALSE;
    if (standings->categories->len > 1)
        add_standing(table, standings->all, NULL);
    print_waiting(waiting);
    table_print(table);
    for (guint i = 0; i < warnings->len; i++)
        printf("%s%s\n", i ? "" : "\n", (const char *)g_ptr_array_index(warnings, i));
    return TRUE;
}

static gboolean show_json(const Context *context, const GPtrArray *waiting,
                          const Standings *standings, GError **error)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "waiting");
    json_builder_begin_array(builder);
    for (guint i = 0; i < waiting->len; i++)
        put_waiting(builder, g_ptr_array_index(waiting, i));
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "categories");
    json_builder_begin_array(builder);
    if (!show_standings(context->store, standings, NULL, builder, error))
        return FALSE;
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "together");
    put_standing(builder, standings->all, NULL);
    json_builder_end_object(builder);
    json_print(builder);
    return TRUE;
}

gboolean audit_show(Context *context, gboolean as_json, GError **error)
{
    gint64 now = context->pipeline.now;
    g_autoptr(GPtrArray) waiting =
        audit_list_waiting(context->store, now - STANDING_WINDOW, 0, error);
    g_autoptr(Standings) standings =
        waiting ? standings_load(context->store, context->settings->policy, now, TRUE, error)
                : NULL;
    return standings && (as_json ? show_json(context, waiting, standings, error)
                                 : show_plain(context, waiting, standings, error));
}

GPtrArray *audit_warnings(const Context *context, GError **error)
{
    const Policy *policy = context->settings->policy;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autoptr(Standings) standings = standings_load(context->store, policy, now, FALSE, error);
    if (!standings)
        return NULL;
    GPtrArray *warnings = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < standings->categories->len; i++) {
        const Standing *standing = g_ptr_array_index(standings->categories, i);
        if (standing->why && policy_mode(policy, standing->category) == TEMPLATE_AUTO)
            g_ptr_array_add(warnings,
                            g_strdup_printf("the promise is broken, %s only suggests: %s (look "
                                            "into it, then: erms audit --restore %s)",
                                            standing->category, standing->why, standing->category));
    }
    g_autofree char *names = standings_guilty(standings);
    if (standings->all->why)
        g_ptr_array_add(warnings, g_strdup_printf("the promise is broken, all categories only "
                                                  "suggest: %s (look into it, then erms audit "
                                                  "--restore these, one by one: %s)",
                                                  standings->all->why, names));
    return warnings;
}
