/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/learn.h"

#include "models/label.h"
#include "models/verdict.h"
#include "models/training.h"
#include "tests/pipeline/fixture.h"

#include <string.h>

#define STRAY "I forgot my password for the order of the suitcase"
#define REWORDED "password for my suitcase order: forgot it"

static gint64 say(Shop *shop, gint64 message_id, const char *category)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Label) label = label_new();
    label->message_id = message_id;
    label->category = g_strdup(category);
    label->who = g_strdup("eva");
    label->source = g_strdup("command");
    label->at = shop->pipeline.now;
    label_insert(shop->pipeline.store, label, &error);
    g_assert_no_error(error);
    return label->id;
}

static gint64 take(Shop *shop, const char *text)
{
    g_autofree char *sender = g_strdup_printf("c%u@customer.example", g_str_hash(text));
    g_autoptr(Message) message = shop_mail(sender, "A question", "", text);
    shop_take(shop, message);
    return message->id;
}

/* The model is on record: it knew the labels up to LAST. */
static void record_as(Shop *shop, gint64 last, TrainingState state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Training) training = training_new();
    training->model = g_strdup(model_trained_id(shop->model));
    training->messages = last > 0;
    training->last_label = last;
    training->state = state;
    training->at = NOON;
    training_insert(shop->pipeline.store, training, &error);
    g_assert_no_error(error);
}

static void record(Shop *shop, gint64 last)
{
    record_as(shop, last, TRAINING_LIVE);
}

static void learn(Shop *shop)
{
    g_autoptr(GError) error = NULL;
    pipeline_learn(shop->pipeline.store, shop->model, &error);
    g_assert_no_error(error);
}

static const char *says(const Shop *shop, const char *text)
{
    ModelText mail = {.subject = "A question", .text = text, .language = "en"};
    ModelGuess guess;
    model_classify(shop->model, &mail, &guess, 1);
    return model_category(shop->model, guess.category);
}

/* The number behind "+" in the model's id. */
static guint corrections(const Shop *shop)
{
    const char *plus = strchr(model_id(shop->model), '+');
    return plus ? (guint)g_ascii_strtoull(plus + 1, NULL, 10) : 0;
}

/* The model, as far as its guesses show it (GBytes). */
static GBytes *guess_all(const Shop *shop)
{
    static const char *const texts[] = {STRAY,      REWORDED, ASKS_PASSWORD,    ASKS_HOURS,
                                        ASKS_ORDER, "parcel", "open on sunday", "login",
                                        "suitcase", "store"};
    ModelGuess guesses[G_N_ELEMENTS(texts)][3];
    memset(guesses, 0, sizeof guesses);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        ModelText mail = {.text = texts[i], .language = "en"};
        g_assert_cmpuint(model_classify(shop->model, &mail, guesses[i], 3), ==, 3);
    }
    return g_bytes_new(guesses, sizeof guesses);
}

static void assert_same(GBytes *a, GBytes *b)
{
    g_assert_true(g_bytes_equal(a, b));
}

static void test_learns(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 old = take(shop, ASKS_PASSWORD), stray = take(shop, STRAY);
    g_assert_cmpstr(says(shop, STRAY), ==, "password");
    record(shop, say(shop, old, "password"));
    learn(shop);
    g_assert_cmpuint(corrections(shop), ==, 0);
    say(shop, stray, "order");
    learn(shop);
    g_assert_cmpuint(corrections(shop), ==, 1);
    g_assert_cmpstr(says(shop, STRAY), ==, "order");
    g_assert_cmpstr(says(shop, REWORDED), ==, "order");
    g_assert_cmpstr(says(shop, ASKS_PASSWORD), ==, "password");
    g_assert_cmpstr(says(shop, ASKS_HOURS), ==, "hours");
    say(shop, stray, "hours");
    learn(shop);
    g_assert_cmpuint(corrections(shop), ==, 1);
    g_assert_cmpstr(says(shop, STRAY), ==, "hours");
}

/* Mail that the trained model is not sure of, and with corrections is: a suggestion, for nothing is
 * proven for it. What was sure before leaves as before. */
static void test_never_sends(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const asked[] = {
        ASKS_HOURS,
        "hours of the store please, my account",
        "store account open",
        "sunday please my account of the shop",
        "which hours please? new account of the shop",
        "open on sunday, order",
        "on sunday the store in my account is open",
        "what hours? opening please, tracking of the shop",
        "saturday: the store of the parcel is open, please",
    };
    guint sent = 0, kept = 0;
    for (guint i = 0; i < G_N_ELEMENTS(asked); i++) {
        g_autofree char *sender = g_strdup_printf("s%u@customer.example", i);
        g_autoptr(Message) message = shop_mail(sender, "A question", "", asked[i]);
        ModelText text = {
            .subject = "A question", .text = asked[i], .language = "en", .category = "hours"};
        ModelGuess trained;
        model_forget(shop->model);
        model_classify(shop->model, &text, &trained, 1);
        for (guint k = 0; k < 30; k++)
            model_learn(shop->model, &text, NULL, 0);
        g_autoptr(Verdict) verdict = shop_decide(shop, message);
        g_test_message("%.6f, with corrections %.6f of %.6f: %s", trained.probability,
                       verdict->probability, verdict->threshold, verdict->reason);
        g_assert_cmpstr(verdict->category, ==, "hours");
        if (verdict->probability < verdict->threshold)
            continue;
        gboolean proven = trained.probability >= verdict->threshold;
        g_assert_cmpstr(verdict->reason, ==, proven ? "none" : "corrected");
        g_assert_cmpint(verdict->action, ==, proven ? VERDICT_SEND : VERDICT_SUGGEST);
        sent += proven;
        kept += !proven;
    }
    g_assert_cmpuint(sent, >, 0);
    g_assert_cmpuint(kept, >, 0);
}

static void test_takes_back(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 old = take(shop, STRAY), other = take(shop, ASKS_HOURS), last;
    g_autoptr(GBytes) trained = guess_all(shop);
    say(shop, old, "password");
    record(shop, last = say(shop, other, NULL));
    say(shop, old, "order");
    learn(shop);
    g_autoptr(GBytes) changed = guess_all(shop);
    g_assert_false(g_bytes_equal(trained, changed));
    say(shop, old, "password");
    say(shop, other, NULL);
    learn(shop);
    g_assert_cmpstr(model_id(shop->model), ==, model_trained_id(shop->model));
    g_autoptr(GBytes) back = guess_all(shop);
    assert_same(trained, back);
    record(shop, last + 1); /* a training that knew "order", but not "password" again */
    learn(shop);
    g_assert_cmpuint(corrections(shop), ==, 1);
}

/* Two messages, corrected in turn: only what counts in the end matters, and who came first. */
static void test_order(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 one = take(shop, STRAY), two = take(shop, REWORDED), three = take(shop, ASKS_HOURS);
    record(shop, say(shop, three, "hours"));
    say(shop, one, "order");
    say(shop, two, "hours");
    learn(shop);
    g_autoptr(GBytes) first = guess_all(shop);
    say(shop, one, NULL);
    say(shop, two, "password");
    say(shop, three, NULL); /* meanwhile no replay any more */
    learn(shop);
    g_autoptr(GBytes) other = guess_all(shop);
    g_assert_false(g_bytes_equal(first, other));
    say(shop, three, "hours");
    say(shop, two, "hours");
    say(shop, one, "order");
    learn(shop);
    g_autoptr(GBytes) second = guess_all(shop);
    assert_same(first, second);
    learn(shop);
    g_autoptr(GBytes) third = guess_all(shop);
    assert_same(first, third);
}

/* The old mail that is visited again makes a difference. */
static void test_replays(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 old = take(shop, "I forgot my suitcase password"), stray = take(shop, STRAY), last = 0;
    say(shop, old, "password");
    for (guint i = 0; i < 40; i++) {
        g_autofree char *text = g_strdup_printf("No category %u", i);
        last = say(shop, take(shop, text), NULL);
    }
    record(shop, last);
    say(shop, stray, "order");
    learn(shop);
    g_autoptr(GBytes) held = guess_all(shop);
    ModelText text = {
        .subject = "A question", .text = STRAY, .language = "en", .category = "order"};
    ModelText replay = {.subject = "A question",
                        .text = "I forgot my suitcase password",
                        .language = "en",
                        .category = "password"};
    model_forget(shop->model);
    model_learn(shop->model, &text, NULL, 0);
    g_autoptr(GBytes) alone = guess_all(shop);
    model_forget(shop->model);
    model_learn(shop->model, &text, &replay, 1);
    g_autoptr(GBytes) once = guess_all(shop);
    g_assert_false(g_bytes_equal(held, alone));
    assert_same(held, once); /* it is the only one, and visited once */
}

static void test_not_learned(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    gint64 stray = take(shop, STRAY);
    g_autoptr(GError) error = NULL;
    CorrectionPast past;
    gboolean known;
    g_autoptr(GBytes) trained = guess_all(shop);
    say(shop, stray, "order");
    learn(shop); /* nobody knows what the model has learned already */
    g_assert_cmpuint(corrections(shop), ==, 0);
    g_assert_true(learn_past(shop->pipeline.store, shop->model, &past, &known, &error));
    g_assert_false(known);
    record(shop, 0); /* it was trained before there was any labelled mail */
    g_assert_true(learn_past(shop->pipeline.store, shop->model, &past, &known, &error));
    g_assert_true(known);
    g_assert_cmpint(past.last_label, ==, 0);
    say(shop, stray, "warranty"); /* the model does not know it */
    learn(shop);
    g_assert_cmpuint(corrections(shop), ==, 0);
    g_autoptr(GBytes) after = guess_all(shop);
    assert_same(trained, after);
    say(shop, stray, "order");
    learn(shop);
    g_assert_cmpstr(says(shop, STRAY), ==, "order");
}

/* A model that is brought back is as it was; what is said from then on corrects it. */
static void check_put_in_place(Shop *shop, TrainingState state)
{
    gint64 old = take(shop, ASKS_PASSWORD), stray = take(shop, STRAY), last;
    g_autoptr(GBytes) trained = guess_all(shop);
    record(shop, last = say(shop, old, "password"));
    shop->pipeline.now = NOON - 1;
    say(shop, stray, "order");
    record_as(shop, last, state);
    learn(shop);
    g_autoptr(GBytes) back = guess_all(shop);
    assert_same(trained, back);
    g_assert_cmpuint(corrections(shop), ==, 0);
    shop->pipeline.now = NOON;
    say(shop, stray, "order");
    learn(shop);
    g_assert_cmpuint(corrections(shop), ==, 1);
    g_assert_cmpstr(says(shop, STRAY), ==, "order");
}

static void test_brought_back(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    check_put_in_place(shop, TRAINING_BACK);
}

static void test_forced(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    check_put_in_place(shop, TRAINING_FORCED);
}

/* The newest ones are learned, and it ends there. */
static void test_most(Shop *shop, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreTransaction) transaction = store_begin(shop->pipeline.store, &error);
    record(shop, 0);
    for (guint i = 0; i < LEARN_MOST + 3; i++) {
        g_autofree char *text = g_strdup_printf("Where is order %u?", i);
        say(shop, take(shop, i == 1 ? STRAY : text), i == 1 ? "hours" : "order");
    }
    store_commit(g_steal_pointer(&transaction), &error);
    g_assert_no_error(error);
    learn(shop);
    g_assert_cmpuint(corrections(shop), ==, LEARN_MOST);
    g_assert_cmpstr(says(shop, STRAY), !=, "hours");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SHOP_TEST("/learn/learns", test_learns);
    SHOP_TEST("/learn/never-sends", test_never_sends);
    SHOP_TEST("/learn/takes-back", test_takes_back);
    SHOP_TEST("/learn/order", test_order);
    SHOP_TEST("/learn/replays", test_replays);
    SHOP_TEST("/learn/not-learned", test_not_learned);
    SHOP_TEST("/learn/brought-back", test_brought_back);
    SHOP_TEST("/learn/forced", test_forced);
    SHOP_TEST("/learn/most", test_most);
    return g_test_run();
}
