/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/lessons.h"

#include "pipeline/examples.h"

ModelText lessons_text(const LabelledText *labelled)
{
    return (ModelText){.subject = labelled->subject,
                       .text = labelled->text,
                       .language = labelled->language,
                       .category = labelled->category,
                       .arrival = labelled->arrival,
                       .id = labelled->message_id};
}

static void add_labelled(Lessons *lessons, GHashTable *counts)
{
    for (guint i = 0; i < lessons->labelled->len; i++) {
        const LabelledText *text = g_ptr_array_index(lessons->labelled, i);
        lessons->texts[lessons->n++] = lessons_text(text);
        lessons->last_label = MAX(lessons->last_label, text->label_id);
        if (!text->category) {
            lessons->none++;
            continue;
        }
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, text->category));
        g_hash_table_insert(counts, text->category, GUINT_TO_POINTER(n + 1));
    }
}

static void add_examples(Lessons *lessons, GHashTable *counts)
{
    for (guint i = 0; i < lessons->examples->len; i++) {
        const Example *example = g_ptr_array_index(lessons->examples, i);
        if (GPOINTER_TO_UINT(g_hash_table_lookup(counts, example->category)) < LESSONS_FEW)
            lessons->texts[lessons->n++] = (ModelText){.subject = example->subject,
                                                       .text = example->text,
                                                       .language = example->language,
                                                       .category = example->category,
                                                       .example = TRUE};
    }
}

Lessons *lessons_new(Store *store, const Kb *kb, GError **error)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(Lessons) lessons = g_new0(Lessons, 1);
    lessons->labelled = label_list_texts(store, error);
    if (!lessons->labelled)
        return NULL;
    lessons->examples = examples_new(kb);
    lessons->texts = g_new0(ModelText, lessons->labelled->len + lessons->examples->len + 1);
    add_labelled(lessons, counts);
    add_examples(lessons, counts);
    return g_steal_pointer(&lessons);
}

void lessons_free(Lessons *lessons)
{
    g_free(lessons->texts);
    g_clear_pointer(&lessons->labelled, g_ptr_array_unref);
    g_clear_pointer(&lessons->examples, g_ptr_array_unref);
    g_free(lessons);
}
