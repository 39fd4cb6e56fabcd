/* SPDX-License-Identifier: Apache-2.0 */
/* erms classify FILE…: what would be done with a mail, and why; changes nothing. */
#include "cmd/cmd.h"
#include "cmd/explain.h"
#include "cmd/json.h"
#include "cmd/table.h"

#include "mail/parse.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define MAX_BYTES (64 * 1024 * 1024)

static GBytes *read_mail(const char *path, GError **error)
{
    if (!g_str_equal(path, "-")) {
        char *data;
        gsize length;
        g_autoptr(GError) local = NULL;
        if (g_file_get_contents(path, &data, &length, &local))
            return g_bytes_new_take(data, length);
        g_set_error(error, CMD_ERROR, EXIT_BAD_DATA, "%s", local->message);
        return NULL;
    }
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint8 buffer[65536];
    gssize n;
    while ((n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0 && all->len <= MAX_BYTES)
        g_byte_array_append(all, buffer, (guint)n);
    if (n == 0)
        return g_byte_array_free_to_bytes(g_steal_pointer(&all));
    g_set_error(error, CMD_ERROR, EXIT_BAD_DATA, "standard input: %s",
                n < 0 ? g_strerror(errno) : "is too large for a mail");
    return NULL;
}

static void print_plain(const Context *context, const char *path, const Verdict *verdict,
                        const Explanation *explanation)
{
    g_autofree char *guess =
        verdict->category ? g_strdup_printf("%s %.3f", verdict->category, verdict->probability)
                          : g_strdup("-");
    print_safe(stdout, "%s: %s, %s: %s%s%s%s", path, guess, verdict_action_name(verdict->action),
               verdict->detail, verdict->action == VERDICT_SEND ? " (" : "",
               verdict->action == VERDICT_SEND ? verdict->template_name : "",
               verdict->action == VERDICT_SEND ? ")" : "");
    if (explanation) {
        print_safe(stdout, "  sender:   %s", verdict->authentication);
        explanation_print(context, explanation);
    }
}

static void put_json(const Context *context, JsonBuilder *builder, const char *path,
                     const Message *message, const Verdict *verdict, const Explanation *explanation)
{
    json_builder_begin_object(builder);
    json_put_string(builder, "file", path);
    json_put_string(builder, "category", verdict->category);
    json_put_double(builder, "probability", verdict->probability);
    json_put_double(builder, "threshold", verdict->threshold);
    json_put_string(builder, "action", verdict_action_name(verdict->action));
    json_put_string(builder, "reason", verdict->reason);
    json_put_string(builder, "why", verdict->detail);
    json_put_string(builder, "answer", verdict->template_name);
    json_put_string(builder, "authentication", verdict->authentication);
    json_put_string(builder, "language", message->language);
    json_put_json(builder, "candidates", verdict->candidates);
    if (explanation) {
        json_put_json(builder, "words", verdict->words);
        explanation_put_near(context, explanation, builder);
    }
    json_builder_end_object(builder);
}

static int run(Context *context, int argc, char **argv, GError **error)
{
    gboolean as_json = FALSE, explain = FALSE;
    const GOptionEntry options[] = {
        {"json", 'j', 0, G_OPTION_ARG_NONE, &as_json, "For scripts", NULL},
        {"explain", 'x', 0, G_OPTION_ARG_NONE, &explain,
         "The words that weighed most, the labelled mails most like it", NULL},
        G_OPTION_ENTRY_NULL,
    };
    if (!parse_options(command_classify.name, command_classify.args, command_classify.summary,
                       options, 1, -1, &argc, &argv, error))
        return EXIT_ERROR;
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_array(builder);
    for (int i = 1; i < argc; i++) {
        g_autoptr(GBytes) raw = read_mail(argv[i], error);
        if (!raw)
            return EXIT_ERROR;
        g_autoptr(Message) message = parse_message(raw, &parse_limits_default);
        pipeline_study(context->settings->policy, message);
        g_autoptr(Verdict) verdict = NULL;
        pipeline_judge(&context->pipeline, message, &verdict);
        g_autoptr(Explanation) explanation = NULL;
        if (explain && verdict->category &&
            !(explanation = explanation_new(context, message, verdict->category, error)))
            return EXIT_ERROR;
        if (as_json)
            put_json(context, builder, argv[i], message, verdict, explanation);
        else
            print_plain(context, argv[i], verdict, explanation);
    }
    json_builder_end_array(builder);
    if (as_json)
        json_print(builder);
    return EXIT_DONE;
}

const Command command_classify = {"classify", "FILE…|-", "say what would be done with a mail",
                                  NEED_PIPELINE, run};
