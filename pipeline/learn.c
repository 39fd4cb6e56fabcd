/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/learn.h"

#include "classifier/mix.h"
#include "models/training.h"
#include "pipeline/lessons.h"

gboolean learn_past(Store *store, const Model *model, CorrectionPast *past, gboolean *known,
                    GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(Training) training = training_of_model(store, model_trained_id(model), &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    *past = (CorrectionPast){0, 0};
    *known = training_knows_labels(training);
    if (!*known)
        return TRUE;
    past->last_label = training->last_label;
    if (training->state == TRAINING_BACK || training->state == TRAINING_FORCED)
        past->at = training->at;
    return TRUE;
}

/* A number for place K of the message, spread evenly. */
static guint64 spread(gint64 message_id, guint k)
{
    guint64 place = (guint64)message_id * LEARN_REPLAYS + k;
    return mix64(place * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));
}

static gboolean is_there(const GPtrArray *texts, gint64 message_id)
{
    for (guint i = 0; i < texts->len; i++)
        if (((LabelledText *)g_ptr_array_index(texts, i))->message_id == message_id)
            return TRUE;
    return FALSE;
}

/* Old mails for the correction of a message, always the same ones, each once. */
static GPtrArray *find_replays(Store *store, gint64 message_id, gint64 last_label, GError **error)
{
    g_autoptr(GPtrArray) replays =
        g_ptr_array_new_with_free_func((GDestroyNotify)labelled_text_free);
    for (guint k = 0; k < LEARN_REPLAYS && last_label > 0; k++) {
        g_autoptr(GError) local = NULL;
        gint64 from = (gint64)(spread(message_id, k) % (guint64)last_label) + 1;
        g_autoptr(LabelledText) found = correction_find_old(store, from, last_label, &local);
        if (!found && !local)
            found = correction_find_old(store, 1, last_label, &local);
        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
        if (found && !is_there(replays, found->message_id))
            g_ptr_array_add(replays, g_steal_pointer(&found));
    }
    return g_steal_pointer(&replays);
}

static gboolean learn(Store *store, Model *model, const LabelledText *correction, gint64 last_label,
                      GError **error)
{
    g_autoptr(GPtrArray) found = find_replays(store, correction->message_id, last_label, error);
    if (!found)
        return FALSE;
    ModelText text = lessons_text(correction), replays[LEARN_REPLAYS];
    for (guint i = 0; i < found->len; i++)
        replays[i] = lessons_text(g_ptr_array_index(found, i));
    model_learn(model, &text, replays, found->len);
    return TRUE;
}

gboolean pipeline_learn(Store *store, Model *model, GError **error)
{
    CorrectionPast past;
    gboolean known;
    model_forget(model);
    if (!learn_past(store, model, &past, &known, error))
        return FALSE;
    if (!known)
        return TRUE;
    g_autoptr(GPtrArray) corrections = correction_list(store, &past, LEARN_MOST, error);
    for (guint i = 0; corrections && i < corrections->len; i++)
        if (!learn(store, model, g_ptr_array_index(corrections, i), past.last_label, error)) {
            model_forget(model);
            return FALSE;
        }
    return corrections != NULL;
}
