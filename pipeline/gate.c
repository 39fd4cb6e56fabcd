/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/gate.h"

#include "classifier/binomial.h"

#include <math.h>

static gboolean knows(const Model *model, const char *category)
{
    return model_find_category(model, category) < model_n_categories(model);
}

/* The guess of the live model; NULL: none, or a category that the new one does not know. */
static const char *guess_of(const Model *live, const Model *fresh, const ModelText *text)
{
    ModelGuess guess;
    if (model_classify(live, text, &guess, 1) == 0)
        return NULL;
    const char *category = model_category(live, guess.category);
    return knows(fresh, category) ? category : NULL;
}

static void count_since(GateCounts *counts, const char *truth, const char *live, const char *fresh)
{
    gboolean live_right = g_str_equal(live, truth), new_right = g_str_equal(fresh, truth);
    counts->mails++;
    counts->live_right += live_right;
    counts->new_right += new_right;
    counts->live_only += live_right && !new_right;
    counts->new_only += new_right && !live_right;
}

static gboolean all_known(const Model *live, const Model *fresh)
{
    for (guint i = 0; i < model_n_categories(live); i++)
        if (!knows(fresh, model_category(live, i)))
            return FALSE;
    return TRUE;
}

void gate_count(const Model *live, const Training *live_training, const Model *fresh,
                const Lessons *lessons, const ModelGuess *held_out, GateCounts *counts)
{
    *counts = (GateCounts){0};
    for (guint i = 0; i < lessons->labelled->len; i++) {
        const LabelledText *text = g_ptr_array_index(lessons->labelled, i);
        guint guessed = held_out[i].category;
        if (!text->category || guessed >= model_n_categories(fresh) ||
            !knows(live, text->category) || !knows(live, model_category(fresh, guessed)))
            continue;
        const char *guess = model_category(fresh, guessed);
        if (text->label_id <= live_training->last_label) {
            counts->both++;
            counts->both_right += g_str_equal(guess, text->category);
        } else if (text->first_label > live_training->last_label) {
            const char *live_guess = guess_of(live, fresh, &lessons->texts[i]);
            if (live_guess)
                count_since(counts, text->category, live_guess, guess);
        }
    }
    if (all_known(live, fresh) && live_training->messages > live_training->none) {
        counts->live_learned = live_training->messages - live_training->none;
        counts->live_held_right =
            (guint)CLAMP(round(live_training->accuracy * counts->live_learned), 0.0,
                         (double)counts->live_learned);
    }
}

static double log_choose(guint n, guint k)
{
    return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
}

/* How probable it is that at most RIGHT of N are right by chance, when OTHER_RIGHT of OTHER are and
 * both are alike: the hypergeometric distribution. */
static double alike(guint right, guint n, guint other_right, guint other)
{
    guint all = right + other_right;
    double whole = log_choose(n + other, all), sum = 0;
    for (guint i = all > other ? all - other : 0; i <= right; i++)
        sum += exp(log_choose(n, i) + log_choose(other, all - i) - whole);
    return sum;
}

char *gate_objection(const GateCounts *counts)
{
    const double level = 1 - GATE_LEVEL;
    if (binomial_cdf(counts->new_only, counts->new_only + counts->live_only, 0.5) < level)
        return g_strdup_printf("of %u mails that were labelled since its training the live model "
                               "guesses %u right, the new one %u",
                               counts->mails, counts->live_right, counts->new_right);
    if (counts->both > 0 && counts->live_learned > 0 &&
        alike(counts->both_right, counts->both, counts->live_held_right, counts->live_learned) <
            level)
        return g_strdup_printf("of %u mails that both have learned from the new model guesses "
                               "%.1f %% right when they are held out; the live one %.1f %%",
                               counts->both, 100.0 * counts->both_right / counts->both,
                               100.0 * counts->live_held_right / counts->live_learned);
    return NULL;
}
