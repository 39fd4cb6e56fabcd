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

/* Does the sentence ask for another category, by the model as trained or as corrected since? */
static gboolean asks_other(const Model *model, const ModelText *text, guint first, double enough,
                           guint *other)
{
    ModelGuess guesses[2];
    guint n[2] = {model_classify(model, text, &guesses[0], 1),
                  model_classify_trained(model, text, &guesses[1], 1)};
    for (int i = 0; i < 2; i++) {
        *other = guesses[i].category;
        if (n[i] == 1 && guesses[i].category != first && guesses[i].probability >= enough)
            return TRUE;
    }
    return FALSE;
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
