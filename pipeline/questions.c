/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/questions.h"

#include <string.h>

#define SURE 0.92 /* real second questions were over 0.95, mere chat under 0.9 */
#define ANNOUNCED 0.5
#define SHORTEST 20 /* bytes of a sentence that can ask for something */
#define MOST 50     /* sentences looked at */

/* Lower case; each announces that there is more than one matter. */
static const char *const announcements[] = {
    "zwei dinge",
    "zwei fragen",
    "zwei anliegen",
    "zwei sachen",
    "mehrere fragen",
    "zweitens",
    "außerdem",
    "ausserdem",
    "zudem",
    "des weiteren",
    "noch eine frage",
    "weitere frage",
    "andere frage",
    "nebenbei",
    "übrigens",
    "zusätzlich",
    "bei der gelegenheit",
    "two things",
    "two questions",
    "two matters",
    "several questions",
    "secondly",
    "another question",
    "another thing",
    "also,",
    "in addition",
    "additionally",
    "by the way",
    "while i am at it",
    "on another note",
    "one more thing",
    "dos cosas",
    "además",
    "deux choses",
    "par ailleurs",
};

static double bar(const Message *message)
{
    g_autofree char *all = g_strconcat(message->subject, "\n", message->own_text, NULL);
    g_autofree char *lower = g_utf8_strdown(all, -1);
    for (guint i = 0; i < G_N_ELEMENTS(announcements); i++)
        if (strstr(lower, announcements[i]))
            return ANNOUNCED;
    return SURE;
}

/* Does the sentence ask for another category, by the model as corrected or as trained? */
static gboolean asks_other(const Model *model, const ModelText *text, guint first, double enough,
                           guint *other)
{
    ModelGuess guess = {first, 0};
    model_classify(model, text, &guess, 1);
    gboolean asks = guess.category != first && guess.probability >= enough;
    if (!asks && model_corrections(model) > 0) {
        model_classify_trained(model, text, &guess, 1);
        asks = guess.category != first && guess.probability >= enough;
    }
    *other = guess.category;
    return asks;
}

const char *questions_second(const Model *model, const Message *message, guint first)
{
    double enough = bar(message);
    g_auto(GStrv) sentences =
        g_regex_split_simple("[.?!:]+(?:\\s|$)|\\n\\s*\\n", message->own_text, G_REGEX_OPTIMIZE, 0);
    for (guint i = 0; sentences && sentences[i] && i < MOST; i++) {
        if (strlen(g_strstrip(sentences[i])) < SHORTEST)
            continue;
        ModelText text = {.text = sentences[i], .language = message->language};
        guint other;
        if (asks_other(model, &text, first, enough, &other))
            return model_category(model, other);
    }
    return NULL;
}
