/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/examples.h"

#include "kb/placeholder.h"
#include "mail/parse.h"
#include "pipeline/pipeline.h"

static void example_free(Example *example)
{
    g_free(example->subject);
    g_free(example->text);
    g_free(example->language);
    g_free(example->category);
    g_free(example);
}

static char *without_places(const char *text)
{
    GString *words = g_string_new(NULL);
    Placeholder place;
    for (; placeholder_next(text, &place); text = place.end) {
        g_string_append_len(words, text, place.start - text);
        if (place.fallback)
            g_string_append_len(words, place.fallback, (gssize)place.fallback_length);
    }
    g_string_append(words, text);
    return g_string_free(words, FALSE);
}

static Example *of_template(const Template *template_)
{
    Example *example = g_new0(Example, 1);
    g_autofree char *heading =
        g_strjoin("\n", template_->title, template_->subject, NULL); /* ends at the first NULL */
    g_autofree char *when = template_->when ? g_strjoinv("\n", template_->when) : g_strdup("");
    g_autofree char *body = g_strjoin("\n", when, template_->body, NULL);
    example->subject = without_places(heading);
    example->text = without_places(body);
    example->language = g_strdup(template_->language);
    example->category = g_strdup(template_->category);
    return example;
}

/* NULL: it is no mail. */
static Example *of_mail(const KbExample *mail)
{
    g_autoptr(Message) message = parse_message(mail->mail, &parse_limits_default);
    if (message->flags & MESSAGE_UNREADABLE)
        return NULL;
    pipeline_study(NULL, message);
    Example *example = g_new0(Example, 1);
    example->subject = g_steal_pointer(&message->subject);
    example->text = g_steal_pointer(&message->own_text);
    example->language = g_steal_pointer(&message->language);
    example->category = g_strdup(mail->category);
    return example;
}

GPtrArray *examples_new(const Kb *kb)
{
    GPtrArray *examples = g_ptr_array_new_with_free_func((GDestroyNotify)example_free);
    const GPtrArray *templates = kb_templates(kb);
    for (guint i = 0; i < templates->len; i++) {
        const Template *template_ = g_ptr_array_index(templates, i);
        if (template_->state != TEMPLATE_RETIRED)
            g_ptr_array_add(examples, of_template(template_));
    }
    g_autoptr(GPtrArray) mails = kb_read_examples(kb);
    for (guint i = 0; i < mails->len; i++) {
        Example *example = of_mail(g_ptr_array_index(mails, i));
        if (example)
            g_ptr_array_add(examples, example);
    }
    return examples;
}
