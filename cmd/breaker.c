/* SPDX-License-Identifier: Apache-2.0 */
/* erms breaker: what stops automatic answers, how near the limits are, and the switch by hand. */
#include "cmd/cmd.h"
#include "cmd/json.h"
#include "cmd/table.h"
#include "models/breaker.h"
#include "models/suppression.h"
#include "pipeline/limits.h"
#include "pipeline/windows.h"

#include <stdio.h>
#include <string.h>

typedef struct View {
    Breaker *breaker; /* NULL: not tripped */
    Windows windows;
    GPtrArray *suppressions;
} View;

static void view_clear(View *view)
{
    g_clear_pointer(&view->breaker, breaker_free);
    windows_clear(&view->windows);
    g_clear_pointer(&view->suppressions, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(View, view_clear)

static gboolean view_load(const Pipeline *pipeline, View *view, GError **error)
{
    g_autoptr(GError) local = NULL;
    view->breaker = breaker_load(pipeline->store, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    return windows_load(pipeline, 0, &view->windows, error) &&
           (view->suppressions = suppression_list(pipeline->store, 0, error));
}

static void print_limit(const char *name, guint count, const Limit *limit)
{
    g_autofree char *text = limit_fill(limit, count);
    printf("%-12s %s\n", name, text);
}

/* What was known when it tripped: what was dropped since no longer counts below. */
static void print_trip(const Breaker *breaker)
{
    g_autofree char *at = format_time(breaker->at);
    print_safe(stdout, "breaker      TRIPPED since %s: %s", at, breaker->why);
    if (breaker->figures)
        print_safe(stdout, "             at that moment: %s", breaker->figures);
    if (breaker->domains)
        print_safe(stdout, "             fullest domains then: %s", breaker->domains);
}

static void print_state(const Context *context, const View *view)
{
    const Policy *policy = context->settings->policy;
    if (!view->breaker) {
        puts("breaker      not tripped");
    } else {
        g_autofree char *told = format_time(view->breaker->told_at);
        print_trip(view->breaker);
        printf("operator     %s%s\n",
               *told                   ? "was told "
               : policy->operator_addr ? "not told yet"
                                       : "nobody to tell: erms.conf: [general] operator",
               told);
        puts("             erms breaker reset lets automatic answers leave again");
    }
    if (limits_stopped(&context->pipeline))
        print_safe(stdout, "stop         %s is there: nothing leaves", context->stop_path);
    print_limit("total", view->windows.total, &policy->limits.total);
    print_limit("refused", view->windows.refused, &policy->limits.refused);
}

static void print_fills(const Limits *limits, const View *view)
{
    static const char *const headings[] = {"WINDOW", ">ANSWERS", ">LIMIT", "OF", NULL};
    g_autoptr(Table) table = table_new(headings);
    g_autofree char *domain = limit_text(&limits->domain);
    g_autofree char *content = limit_text(&limits->content);
    for (guint i = 0; i < view->windows.domains->len; i++) {
        const Window *fill = &g_array_index(view->windows.domains, Window, i);
        g_autofree char *count = g_strdup_printf("%u", fill->count);
        table_add(table, "domain", count, limits_shared(limits, fill->domain) ? "shared" : domain,
                  fill->domain);
    }
    for (guint i = 0; i < view->windows.contents->len; i++) {
        const Window *fill = &g_array_index(view->windows.contents, Window, i);
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
    json_put_string(builder, "figures", breaker->figures);
    json_put_string(builder, "domains", breaker->domains);
    json_put_int(builder, "told", breaker->told_at);
    json_builder_end_object(builder);
}

static void json_fills(JsonBuilder *builder, const char *name, const GArray *fills,
                       const Limits *limits)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
    for (guint i = 0; i < fills->len; i++) {
        const Window *fill = &g_array_index(fills, Window, i);
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
    json_limit(builder, "total", view->windows.total, &limits->total);
    json_limit(builder, "refused", view->windows.refused, &limits->refused);
    json_fills(builder, "domains", view->windows.domains, limits);
    json_fills(builder, "contents", view->windows.contents, limits);
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

/* Windows count whole seconds: only in the next one nothing that was before counts any more. */
static gint64 next_second(void)
{
    gint64 begun = g_get_real_time() / G_USEC_PER_SEC, now;
    for (guint i = 0; i < 200 && (now = g_get_real_time() / G_USEC_PER_SEC) == begun; i++)
        g_usleep(10000);
    return now;
}

static gboolean reset(const Context *context, G_GNUC_UNUSED char **words, GError **error)
{
    gboolean was = FALSE;
    if (!breaker_reset(context->store, agent_name(), next_second(), &was, error))
        return FALSE;
    puts(was ? "automatic answers may leave again; the limits total and refused count from now on"
             : "the breaker is not tripped");
    return TRUE;
}

/* Both reasons are kept, and shown. */
static gboolean trip_again(const Context *context, const char *why, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Breaker) breaker =
        breaker_add_why(context->store, why, &local) ? breaker_load(context->store, &local) : NULL;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!breaker) {
        puts("somebody has just reset the breaker: say it again");
        return TRUE;
    }
    g_autofree char *at = format_time(breaker->at);
    print_safe(stdout, "the breaker is tripped already, since %s: %s", at, breaker->why);
    return TRUE;
}

static gboolean trip(const Context *context, char **words, GError **error)
{
    g_autofree char *given = g_strjoinv(" ", words);
    g_autofree char *why =
        g_strdup_printf("tripped by hand, by %s%s%s", agent_name(), *given ? ": " : "", given);
    gboolean tripped = FALSE;
    if (!windows_trip(&context->pipeline, why, 0, &tripped, error))
        return FALSE;
    if (!tripped)
        return trip_again(context, why, error);
    puts("from now on every answer is a suggestion; erms breaker reset ends that");
    return TRUE;
}

static gboolean allow(const Context *context, char **words, GError **error)
{
    const char *argument = words[0];
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
    /* WORDS are those behind the name. */
    gboolean (*run)(const Context *context, char **words, GError **error);
    int min, max; /* of them */
} actions[] = {{"reset", reset, 0, 0}, {"trip", trip, 0, G_MAXINT}, {"allow", allow, 1, 1}};

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean as_json = FALSE;
    const GOptionEntry options[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL}, G_OPTION_ENTRY_NULL};
    if (!parse_options(command_breaker.name, command_breaker.args, command_breaker.summary, options,
                       0, -1, &argc, &argv, error))
        return EXIT_ERROR;
    argv[argc] = NULL;
    if (argc == 1)
        return show(context, as_json, error) ? EXIT_DONE : EXIT_ERROR;
    for (guint i = 0; !as_json && i < G_N_ELEMENTS(actions); i++)
        if (g_str_equal(argv[1], actions[i].name) && argc - 2 >= actions[i].min &&
            argc - 2 <= actions[i].max)
            return actions[i].run(context, argv + 2, error) ? EXIT_DONE : EXIT_ERROR;
    g_set_error(error, CMD_ERROR, EXIT_USAGE, "usage: erms %s [OPTIONS] %s", command_breaker.name,
                command_breaker.args);
    return EXIT_ERROR;
}

const Command command_breaker = {"breaker", "[reset | trip [WHY ...] | allow ADDRESS]",
                                 "limits, and what stops automatic answers",
                                 NEED_PIPELINE | NEED_NO_MODEL, run};
