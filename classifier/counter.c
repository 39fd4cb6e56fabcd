/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/counter.h"

#include <math.h>
#include <string.h>

Counter *counter_new(Vocabulary *vocabulary, gboolean learn)
{
    Counter *counter = g_new0(Counter, 1);
    counter->terms = g_array_new(FALSE, FALSE, sizeof(Term));
    counter->tokenizer = tokenizer_new();
    counter->vocabulary = vocabulary;
    counter->learn = learn;
    counter->n_places = MAX(vocabulary_size(vocabulary), 1024);
    counter->places = g_new0(guint32, counter->n_places);
    return counter;
}

void counter_free(Counter *counter)
{
    if (!counter)
        return;
    g_array_unref(counter->terms);
    tokenizer_free(counter->tokenizer);
    g_free(counter->places);
    g_free(counter);
}

static void on_feature(const Feature *feature, gpointer data)
{
    Counter *counter = data;
    FeatureKind kind = feature_kind(feature->key);
    counter->all[kind]++;
    guint32 id = counter->learn ? vocabulary_add(counter->vocabulary, feature->key)
                                : vocabulary_find(counter->vocabulary, feature->key);
    if (id == VOCABULARY_NONE)
        return;
    counter->known[kind]++;
    if (id >= counter->n_places) {
        guint32 room = MAX(2 * counter->n_places, id + 1); /* another may have made it larger */
        counter->places = g_renew(guint32, counter->places, room);
        memset(counter->places + counter->n_places, 0,
               (room - counter->n_places) * sizeof *counter->places);
        counter->n_places = room;
    }
    if (counter->places[id]) {
        g_array_index(counter->terms, Term, counter->places[id] - 1).count++;
    } else {
        Term term = {id, 1};
        g_array_append_val(counter->terms, term);
        counter->places[id] = counter->terms->len;
    }
}

void counter_read(Counter *counter, const char *subject, const char *text, const char *language)
{
    g_array_set_size(counter->terms, 0);
    memset(counter->all, 0, sizeof counter->all);
    memset(counter->known, 0, sizeof counter->known);
    features_scan(counter->tokenizer, subject, text, language, on_feature, counter);
    for (guint i = 0; i < counter->terms->len; i++)
        counter->places[g_array_index(counter->terms, Term, i).id] = 0;
}

float counter_weight(guint32 count)
{
    return count == 1 ? 1.0f : 1.0f + logf((float)count);
}
