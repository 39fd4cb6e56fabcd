/* SPDX-License-Identifier: Apache-2.0 */
/* erms breaker: what stops automatic answers, how near the limits are, and the switch by hand. */
#include "cmd/cmd.h"
#include "cmd/json.h"
#include "cmd/table.h"
#include "models/breaker.h"
#include "models/suppression.h"
#include "pipeline/fingerprint.h"
#include "pipeline/limits.h"

#include <stdio.h>
#include <string.h>

#define FULLEST 5          /* domains and contents that are shown */
#define MAX_CONTENTS 10000 /* looked at, the newest */

/* How full one window is. */
typedef struct Fill {
    char *domain;       /* NULL: a content */
    gint64 fingerprint; /* of a content */
    gint64 ticket_id;   /* the newest of it */
    guint count;
} Fill;

typedef struct View {
    Breaker *breaker; /* NULL: not tripped */
    guint total, refused;
    GArray *domains, *contents; /* of Fill, fullest first */
    GPtrArray *suppressions;
} View;

static void fill_clear(gpointer fill)
{
    g_free(((Fill *)fill)->domain);
}

static GArray *fills_new(void)
{
    GArray *fills = g_array_new(FALSE, FALSE, sizeof(Fill));
    g_array_set_clear_func(fills, fill_clear);
    return fills;
}

static void view_clear(View *view)
{
    g_clear_pointer(&view->breaker, breaker_free);
    g_clear_pointer(&view->domains, g_array_unref);
    g_clear_pointer(&view->contents, g_array_unref);
    g_clear_pointer(&view->suppressions, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(View, view_clear)

static gint fullest_first(gconstpointer a, gconstpointer b)
{
    const Fill *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : g_strcmp0(x->domain, y->domain);
}

static void keep_fullest(GArray *fills)
{
    g_array_sort(fills, fullest_first);
    if (fills->len > FULLEST)
        g_array_set_size(fills, FULLEST);
}

static GArray *fill_domains(const Pipeline *pipeline, GError **error)
{
    const Limit *limit = &pipeline->policy->limits.domain;
    g_autoptr(GHashTable) counts =
        reply_count_domains(pipeline->store, pipeline->now - limit->seconds, error);
    if (!counts)
        return NULL;
    GArray *fills = fills_new();
    GHashTableIter iter;
    gpointer domain, count;
    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, &domain, &count)) {
        Fill fill = {.domain = g_strdup(domain), .count = GPOINTER_TO_UINT(count)};
        g_array_append_val(fills, fill);
    }
    keep_fullest(fills);
    return fills;
}

static Fill *find_content(const GArray *fills, gint64 fingerprint)
{
    for (guint i = 0; i < fills->len; i++) {
        Fill *fill = &g_array_index(fills, Fill, i);
        if (fingerprint_near(fill->fingerprint, fingerprint))
            return fill;
    }
    return NULL;
}

static GArray *fill_contents(const Pipeline *pipeline, GError **error)
{
    const Limit *limit = &pipeline->policy->limits.content;
    g_autoptr(GArray) contents = reply_list_contents(
        pipeline->store, pipeline->now - limit->seconds, 0, MAX_CONTENTS, error);
    if (!contents)
        return NULL;
    GArray *fills = fills_new();
    for (guint i = 0; i < contents->len; i++) {
        const ReplyContent *content = &g_array_index(contents, ReplyContent, i);
        Fill *known = find_content(fills, content->fingerprint);
        Fill fill = {
            .fingerprint = content->fingerprint, .ticket_id = content->ticket_id, .count = 1};
        if (known)
            known->count++;
        else
            g_array_append_val(fills, fill);
    }
    keep_fullest(fills);
    return fills;
}

static gboolean view_load(const Pipeline *pipeline, View *view, GError **error)
{
    const Limits *limits = &pipeline->policy->limits;
    g_autoptr(GError) local = NULL;
    gint64 since;
    view->breaker = breaker_load(pipeline->store, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    return limits_since(pipeline, &limits->total, &since, error) &&
           reply_count_automatic(pipeline->store, since, 0, &view->total, error) &&
           limits_since(pipeline, &limits->refused, &since, error) &&
           reply_count_refused(pipeline->store, since, &view->refused, error) &&
           (view->domains = fill_domains(pipeline, error)) &&
           (view->contents = fill_contents(pipeline, error)) &&
           (view->suppressions = suppression_list(pipeline->store, 0, error));
}

static void print_limit(const char *name, guint count, const Limit *limit)
{
    g_autofree char *text = limit_text(limit);
    printf("%-12s %u, limit %s\n", name, count, text);
}

static void print_state(const Context *context, const View *view)
{
    const Policy *policy = context->settings->policy;
    if (!view->breaker) {
        puts("breaker      not tripped");
    } else {
        g_autofree char *at = format_time(view->breaker->at);
        g_autofree char *told = format_time(view->breaker->told_at);
        print_safe(stdout, "breaker      TRIPPED since %s: %s", at, view->breaker->why);
        printf("operator     %s%s\n",
               *told                   ? "was told "
               : policy->operator_addr ? "not told yet"
                                       : "nobody to tell: erms.conf: [general] operator",
               told);
        puts("             erms breaker reset lets automatic answers leave again");
    }
    if (limits_stopped(&context->pipeline))
        print_safe(stdout, "stop         %s is there: nothing leaves", context->stop_path);
    print_limit("total", view->total, &policy->limits.total);
    print_limit("refused", view->refused, &policy->limits.refused);
}

static void print_fills(const Limits *limits, const View *view)
{
    static const char *const headings[] = {"WINDOW", ">ANSWERS", ">LIMIT", "OF", NULL};
    g_autoptr(Table) table = table_new(headings);
    g_autofree char *domain = limit_text(&limits->domain);
    g_autofree char *content = limit_text(&limits->content);
    for (guint i = 0; i < view->domains->len; i++) {
        const Fill *fill = &g_array_index(view->domains, Fill, i);
        g_autofree char *count = g_strdup_printf("%u", fill->count);
        table_add(table, "domain", count, limits_shared(limits, fill->domain) ? "shared" : domain,
                  fill->domain);
    }
    for (guint i = 0; i < view->contents->len; i++) {
        const Fill *fill = &g_array_index(view->contents, Fill, i);
        g_autofree char *count = g_strdup_printf("%u", fill->count);
        g_autofree char *like = g_strdup_printf("like ticket %" G_GINT64_FORMAT, fill->ticket_id);
        table_add(table, "content", count, content, like);
    }
    if (table_rows(table)) {
        putchar('\n');
        table_print(table);
    }
}

static void print_suppressions(const View *view)
{
    static const char *const headings[] = {"SUPPRESSED", "SINCE", "WHY", NULL};
    g_autoptr(Table) table = table_new(headings);
    for (guint i = 0; i < view->suppressions->len; i++) {
        const Suppression *suppression = g_ptr_array_index(view->suppressions, i);
        g_autofree char *at = format_time(suppression->at);
        table_add(table, suppression->address, at, suppression->why);
    }
    if (table_rows(table)) {
        putchar('\n');
        table_print(table);
    }
}

static void json_limit(JsonBuilder *builder, const char *name, guint count, const Limit *limit)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_object(builder);
    json_put_int(builder, "count", count);
    json_put_int(builder, "limit", limit->count);
    json_put_int(builder, "seconds", limit->seconds);
    json_builder_end_object(builder);
}

static void json_breaker(JsonBuilder *builder, const Breaker *breaker)
{
    json_builder_set_member_name(builder, "tripped");
    if (!breaker) {
        json_builder_add_null_value(builder);
        return;
    }
    json_builder_begin_object(builder);
    json_put_int(builder, "at", breaker->at);
    json_put_string(builder, "why", breaker->why);
    json_put_int(builder, "told", breaker->told_at);
    json_builder_end_object(builder);
}

static void json_fills(JsonBuilder *builder, const char *name, const GArray *fills,
                       const Limits *limits)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (guint i = 0; i < fills->len; i++) {
        const Fill *fill = &g_array_index(fills, Fill, i);
        gboolean shared = fill->domain && limits_shared(limits, fill->domain);
        json_builder_begin_object(builder);
        if (fill->domain)
            json_put_string(builder, "domain", fill->domain);
        else
            json_put_int(builder, "ticket", fill->ticket_id);
        json_put_int(builder, "count", fill->count);
        json_put_int(builder, "limit",
                     !fill->domain ? limits->content.count
                     : shared      ? 0
                                   : limits->domain.count);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void json_suppressions(JsonBuilder *builder, const GPtrArray *suppressions)
{
    json_builder_set_member_name(builder, "suppressed");
    json_builder_begin_array(builder);
    for (guint i = 0; i < suppressions->len; i++) {
        const Suppression *suppression = g_ptr_array_index(suppressions, i);
        json_builder_begin_object(builder);
        json_put_string(builder, "address", suppression->address);
        json_put_int(builder, "at", suppression->at);
        json_put_string(builder, "why", suppression->why);
        json_put_int(builder, "reply", suppression->reply_id);
        json_put_int(builder, "bounce", suppression->message_id);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void print_json(const Context *context, const View *view)
{
    const Limits *limits = &context->settings->policy->limits;
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_breaker(builder, view->breaker);
    json_builder_set_member_name(builder, "stopped");
    json_builder_add_boolean_value(builder, limits_stopped(&context->pipeline));
    json_limit(builder, "total", view->total, &limits->total);
    json_limit(builder, "refused", view->refused, &limits->refused);
    json_fills(builder, "domains", view->domains, limits);
    json_fills(builder, "contents", view->contents, limits);
    json_suppressions(builder, view->suppressions);
    json_builder_end_object(builder);
    json_print(builder);
}

static gboolean show(const Context *context, gboolean as_json, GError **error)
{
    g_auto(View) view = {0};
    if (!view_load(&context->pipeline, &view, error))
        return FALSE;
    if (as_json) {
        print_json(context, &view);
        return TRUE;
    }
    print_state(context, &view);
    print_fills(&context->settings->policy->limits, &view);
    print_suppressions(&view);
    return TRUE;
}

static gboolean reset(const Context *context, G_GNUC_UNUSED const char *argument, GError **error)
{
    gboolean was = FALSE;
    if (!breaker_reset(context->store, agent_name(), context->pipeline.now, &was, error))
        return FALSE;
    puts(was ? "automatic answers may leave again; the limits total and refused count from now on"
             : "the breaker is not tripped");
    return TRUE;
}

static gboolean trip(const Context *context, const char *argument, GError **error)
{
    g_autofree char *why = g_strdup_printf("tripped by hand, by %s%s%s", agent_name(),
                                           argument ? ": " : "", argument ? argument : "");
    gboolean tripped = FALSE;
    if (!breaker_trip(context->store, why, context->pipeline.now, &tripped, error))
        return FALSE;
    puts(tripped ? "from now on every answer is a suggestion; erms breaker reset ends that"
                 : "the breaker is tripped already");
    return TRUE;
}

static gboolean allow(const Context *context, const char *argument, GError **error)
{
    gboolean removed = FALSE;
    if (!suppression_remove(context->store, argument, &removed, error))
        return FALSE;
    if (!removed)
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "%s is not suppressed", argument);
    else
        print_safe(stdout, "%s may get automatic answers again", argument);
    return removed;
}

static const struct {
    const char *name;
    gboolean (*run)(const Context *context, const char *argument, GError **error);
    int min, max; /* arguments */
} actions[] = {{"reset", reset, 0, 0}, {"trip", trip, 0, 1}, {"allow", allow, 1, 1}};

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean as_json = FALSE;
    const GOptionEntry options[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL}, G_OPTION_ENTRY_NULL};
    if (!parse_options(command_breaker.name, command_breaker.args, command_breaker.summary, options,
                       0, 2, &argc, &argv, error))
        return EXIT_ERROR;
    if (argc == 1)
        return show(context, as_json, error) ? EXIT_DONE : EXIT_ERROR;
    for (guint i = 0; !as_json && i < G_N_ELEMENTS(actions); i++)
        if (g_str_equal(argv[1], actions[i].name) && argc - 2 >= actions[i].min &&
            argc - 2 <= actions[i].max)
            return actions[i].run(context, argv[2], error) ? EXIT_DONE : EXIT_ERROR;
    g_set_error(error, CMD_ERROR, EXIT_USAGE,
                "usage: erms breaker [--json], reset, trip [WHY], or allow ADDRESS");
    return EXIT_ERROR;
}

const Command command_breaker = {"breaker", "[reset|trip [WHY]|allow ADDRESS]",
                                 "limits, and what stops automatic answers",
                                 NEED_PIPELINE | NEED_NO_MODEL, run};
