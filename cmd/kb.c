/* SPDX-License-Identifier: Apache-2.0 */
/* erms kb list|show|check|search: the answer templates. */
#include "cmd/json.h"
#include "cmd/places.h"
#include "cmd/table.h"
#include "kb/pick.h"
#include "pipeline/back.h"

#include <stdio.h>

static const char *state_name(const Template *template_)
{
    static const char *const names[] = {"draft", "approved", "retired"};
    return names[template_->state];
}

static const char *mode_name(TemplateMode mode)
{
    static const char *const names[] = {"off", "suggest", "auto"};
    return names[mode];
}

static const char *discloses_name(const Template *template_)
{
    return template_->discloses == TEMPLATE_PERSONAL ? "personal" : "public";
}

/* The mode in which an answer really is: the lower one of the category's and its own. */
static const char *effective_mode(const Context *context, const Template *template_)
{
    return mode_name(
        MIN(template_->mode, policy_mode(context->settings->policy, template_->category)));
}

static const char *const columns[] = {"ANSWER",   "TITLE", "STATE", "MODE", "DISCLOSES",
                                      "APPROVER", ">SENT", ">BACK", NULL};

/* How often the present version was sent by itself within a year, and written back to. */
typedef struct Sent {
    gint64 sent, back;
} Sent;

static gboolean count_sent(Context *context, const Template *template_, Sent *sent, GError **error)
{
    return reply_count_back(context->store, template_->id, template_->hash,
                            g_get_real_time() / G_USEC_PER_SEC - BACK_WINDOW, 0, &sent->sent,
                            &sent->back, error);
}

/* "3 (12 %)"; "" if none was sent. */
static char *share_text(const Sent *sent)
{
    return sent->sent ? g_strdup_printf("%" G_GINT64_FORMAT " (%.0f %%)", sent->back,
                                        100.0 * (double)sent->back / (double)sent->sent)
                      : g_strdup("");
}

static int print_templates(Context *context, const GPtrArray *templates, gboolean as_json,
                           GError **error)
{
    g_autoptr(Table) table = table_new(columns);
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_array(builder);
    for (guint i = 0; i < templates->len; i++) {
        const Template *template_ = g_ptr_array_index(templates, i);
        Sent sent;
        if (!count_sent(context, template_, &sent, error))
            return EXIT_ERROR;
        g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, sent.sent);
        g_autofree char *share = share_text(&sent);
        table_add(table, template_->id, template_->title, state_name(template_),
                  effective_mode(context, template_), discloses_name(template_),
                  template_->approver, number, share);
        json_builder_begin_object(builder);
        json_put_string(builder, "answer", template_->id);
        json_put_string(builder, "title", template_->title);
        json_put_string(builder, "category", template_->category);
        json_put_string(builder, "language", template_->language);
        json_put_string(builder, "state", state_name(template_));
        json_put_string(builder, "mode", effective_mode(context, template_));
        json_put_string(builder, "discloses", discloses_name(template_));
        json_put_string(builder, "approver", template_->approver);
        json_put_string(builder, "hash", template_->hash);
        json_put_int(builder, "sent", sent.sent);
        json_put_int(builder, "written_back", sent.back);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    if (as_json)
        json_print(builder);
    else
        table_print(table);
    return EXIT_DONE;
}

static int list(Context *context, G_GNUC_UNUSED const char *argument, gboolean as_json,
                GError **error)
{
    return context_open(context, NEED_STORE, 0, error)
               ? print_templates(context, kb_templates(context->kb), as_json, error)
               : EXIT_ERROR;
}

static int show(Context *context, const char *name, G_GNUC_UNUSED gboolean as_json, GError **error)
{
    const GPtrArray *templates = kb_templates(context->kb);
    guint shown = 0;
    for (guint i = 0; i < templates->len; i++) {
        const Template *template_ = g_ptr_array_index(templates, i);
        g_autofree char *bare = g_strdup_printf("%s/%s", template_->category, template_->name);
        if (!g_str_equal(name, template_->id) && !g_str_equal(name, bare))
            continue;
        g_autofree char *text = g_strdup_printf(
            "%s%s  %s\n%s, %s, %s; approved by %s\n%s\nversion %s\n\n%s", shown++ ? "\n" : "",
            template_->id, template_->title, state_name(template_),
            effective_mode(context, template_), discloses_name(template_),
            template_->approver ? template_->approver : "nobody", template_->path, template_->hash,
            template_->body);
        g_autofree char *safe = terminal_safe_lines(text);
        fputs(safe, stdout);
    }
    if (!shown)
        g_set_error(error, CMD_ERROR, EXIT_FAILED, "there is no answer %s (erms kb list)", name);
    return shown ? EXIT_DONE : EXIT_ERROR;
}

static int check(Context *context, G_GNUC_UNUSED const char *argument, gboolean as_json,
                 G_GNUC_UNUSED GError **error)
{
    g_autoptr(GPtrArray) problems = kb_problems_of(context);
    g_autoptr(JsonBuilder) builder = json_builder_new();
    guint errors = 0;
    json_builder_begin_array(builder);
    for (guint i = 0; i < problems->len; i++) {
        const KbProblem *problem = g_ptr_array_index(problems, i);
        errors += problem->error;
        json_builder_begin_object(builder);
        json_put_string(builder, "path", problem->path);
        json_put_int(builder, "line", problem->line);
        json_put_string(builder, "severity", problem->error ? "error" : "warning");
        json_put_string(builder, "text", problem->text);
        json_builder_end_object(builder);
        if (!as_json)
            print_safe(stdout, "%s:%u: %s: %s", problem->path, problem->line,
                       problem->error ? "error" : "warning", problem->text);
    }
    json_builder_end_array(builder);
    if (as_json)
        json_print(builder);
    else
        printf("%u answers, %u errors, %u warnings\n", kb_templates(context->kb)->len, errors,
               problems->len - errors);
    return errors ? EXIT_BAD_DATA : EXIT_DONE;
}

static int search(Context *context, const char *words, gboolean as_json, GError **error)
{
    if (!context_open(context, NEED_STORE, 0, error))
        return EXIT_ERROR;
    g_autoptr(GArray) picks = kb_search(context->kb, context->tokenizer, words, 10);
    g_autoptr(GPtrArray) templates = g_ptr_array_new();
    for (guint i = 0; i < picks->len; i++)
        g_ptr_array_add(templates, (gpointer)g_array_index(picks, Pick, i).template_);
    if (!templates->len && !as_json)
        puts("nothing found");
    return print_templates(context, templates, as_json, error);
}

static const struct {
    const char *name;
    const char *args;
    int arguments; /* how many, at least; with -1 any number from one */
    int (*run)(Context *context, const char *argument, gboolean as_json, GError **error);
} subcommands[] = {
    {"list", "list", 0, list},
    {"show", "show ANSWER", 1, show},
    {"check", "check", 0, check},
    {"search", "search WORDS…", -1, search},
};

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean as_json = FALSE;
    const GOptionEntry options[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL}, G_OPTION_ENTRY_NULL};
    if (!parse_options(command_kb.name, command_kb.args, command_kb.summary, options, 1, -1, &argc,
                       &argv, error))
        return EXIT_ERROR;
    for (guint i = 0; i < G_N_ELEMENTS(subcommands); i++) {
        if (!g_str_equal(argv[1], subcommands[i].name))
            continue;
        int given = argc - 2, wanted = subcommands[i].arguments;
        if (wanted < 0 ? given < 1 : given != wanted) {
            g_set_error(error, CMD_ERROR, EXIT_USAGE, "usage: erms kb %s", subcommands[i].args);
            return EXIT_ERROR;
        }
        g_autofree char *argument = given > 0 ? g_strjoinv(" ", argv + 2) : NULL;
        return subcommands[i].run(context, argument, as_json, error);
    }
    g_set_error(error, CMD_ERROR, EXIT_USAGE, "usage: erms kb %s", command_kb.args);
    return EXIT_ERROR;
}

const Command command_kb = {"kb", "list|show|check|search", "the knowledge base",
                            NEED_SETTINGS | NEED_KB, run};
