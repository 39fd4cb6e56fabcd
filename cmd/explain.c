/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/explain.h"

#include "cmd/json.h"
#include "cmd/table.h"

#include <stdio.h>

#define WORDS 12
#define NEAR 3

static void message_unref(gpointer message)
{
    if (message)
        message_free(message);
}

Explanation *explanation_new(Context *context, const Message *message, const char *category,
                             GError **error)
{
    g_autoptr(Explanation) explanation = g_new0(Explanation, 1);
    guint number = model_find_category(context->model, category);
    ModelText text = pipeline_text(message);
    g_assert(number < model_n_categories(context->model));
    explanation->words = model_explain(context->model, &text, number, WORDS);
    explanation->near = model_near(context->model, &text, NEAR);
    explanation->mail = g_ptr_array_new_with_free_func(message_unref);
    for (guint i = 0; i < explanation->near->len; i++) {
        g_autoptr(GError) local = NULL;
        gint64 id = g_array_index(explanation->near, ModelNear, i).id;
        g_ptr_array_add(explanation->mail, message_load(context->store, id, &local));
        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
    }
    return g_steal_pointer(&explanation);
}

void explanation_free(Explanation *explanation)
{
    if (!explanation)
        return;
    g_clear_pointer(&explanation->words, g_array_unref);
    g_clear_pointer(&explanation->near, g_array_unref);
    g_clear_pointer(&explanation->mail, g_ptr_array_unref);
    g_free(explanation);
}

static void print_words(const GArray *words, const char *title, int sign)
{
    gboolean first = TRUE;
    for (guint i = 0; i < words->len; i++) {
        const ModelWord *word = &g_array_index(words, ModelWord, i);
        if (word->weight * sign <= 0)
            continue;
        g_autofree char *safe = terminal_safe(word->word);
        printf("%s%s %+.2f", first ? title : ", ", safe, word->weight);
        first = FALSE;
    }
    if (!first)
        putchar('\n');
}

void explanation_print(const Context *context, const Explanation *explanation)
{
    print_words(explanation->words, "  for:      ", 1);
    print_words(explanation->words, "  against:  ", -1);
    for (guint i = 0; i < explanation->near->len; i++) {
        const ModelNear *near = &g_array_index(explanation->near, ModelNear, i);
        const Message *mail = g_ptr_array_index(explanation->mail, i);
        g_autofree char *safe = terminal_safe(mail ? mail->subject : "(erased)");
        printf("  like:     %.2f %s, ", near->similarity,
               model_category(context->model, near->category));
        if (mail && mail->ticket_id)
            printf("ticket %" G_GINT64_FORMAT ": %s\n", mail->ticket_id, safe);
        else
            printf("imported: %s\n", safe);
    }
}

void explanation_put_near(const Context *context, const Explanation *explanation,
                          JsonBuilder *builder)
{
    json_builder_set_member_name(builder, "near");
    json_builder_begin_array(builder);
    for (guint i = 0; i < explanation->near->len; i++) {
        const ModelNear *near = &g_array_index(explanation->near, ModelNear, i);
        const Message *mail = g_ptr_array_index(explanation->mail, i);
        json_builder_begin_object(builder);
        json_put_int(builder, "message", near->id);
        json_put_int(builder, "ticket", mail ? mail->ticket_id : 0);
        json_put_string(builder, "category", model_category(context->model, near->category));
        json_put_double(builder, "similarity", near->similarity);
        json_put_string(builder, "subject", mail ? mail->subject : NULL);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}
