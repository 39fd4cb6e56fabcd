/* SPDX-License-Identifier: Apache-2.0 */
/* Opens bytes as a model: as they are, and with a header and a checksum that fit, so that what is
 * behind them is reached too. Whatever opens must classify, explain, find and learn. */
#include "classifier/model_image.h"

#include <string.h>

#include "tests/classifier/sample.h"
#include "tests/fuzz/fuzz.h"

static const ModelText texts[] = {
    {.subject = "Passwort Passwort", .text = "my password is locked, bitte Zugang"},
    {.text = "Rechnung und Lieferung, das Paket und die Retoure", .language = "de"},
    {.text = "xyzzy"},
    {.text = NULL},
};

static void check_guesses(const Model *model, const ModelGuess *guesses, guint n)
{
    double sum = 0;
    for (guint i = 0; i < n; i++) {
        g_assert_cmpuint(guesses[i].category, <, model_n_categories(model));
        g_assert_true(guesses[i].probability >= 0 && guesses[i].probability <= 1);
        g_assert_true(i == 0 || guesses[i].probability <= guesses[i - 1].probability);
        sum += guesses[i].probability;
    }
    g_assert_true(sum <= 1 + 1e-6);
}

static void check_near(const Model *model, const GArray *near)
{
    for (guint i = 0; i < near->len; i++) {
        const ModelNear *one = &g_array_index(near, ModelNear, i);
        g_assert_cmpuint(one->category, <, model_n_categories(model));
        g_assert_true(one->similarity > 0 && one->similarity <= 1);
    }
}

static void use_text(const Model *model, const ModelText *text)
{
    ModelGuess guesses[5];
    guint last = model_n_categories(model) - 1;
    g_autoptr(GArray) words = NULL;
    guint n = model_understand(model, text, guesses, 5, 10, &words);
    g_assert_cmpuint(n, ==, MIN(5, last + 1));
    check_guesses(model, guesses, n);
    g_autoptr(GArray) others = model_explain(model, text, last, 3);
    g_assert_cmpuint(others->len, <=, 3);
    g_autoptr(GArray) near = model_near(model, text, 3);
    check_near(model, near);
}

static void use_model(Model *model)
{
    ModelReport report;
    g_autoptr(GPtrArray) advice = model_advice(model);
    model_report(model, &report);
    for (guint i = 0; i < advice->len; i++)
        g_assert_true(g_utf8_validate(advice->pdata[i], -1, NULL));
    for (guint c = 0; c < model_n_categories(model); c++) {
        g_assert_true(g_utf8_validate(model_category(model, c), -1, NULL));
        g_assert_true(model_threshold(model, c) >= 0);
        g_assert_true(model_prior(model, c) >= 0 && model_prior(model, c) <= 1);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        use_text(model, &texts[i]);
    ModelText lesson = texts[0];
    lesson.category = model_category(model, 0);
    g_assert_true(model_learn(model, &lesson, &lesson, 1));
    use_text(model, &texts[0]);
}

static void try(gconstpointer data, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) image = g_bytes_new(data, size);
    g_autoptr(Model) model = image_open(image, "NAME", &error);
    g_assert_true(!model == !!error);
    if (model)
        use_model(model);
    else
        g_assert_error(error, MODEL_ERROR, MODEL_ERROR_BAD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try(data, size);
    size -= size % 8;
    if (size < sizeof(ImageHeader) + 8)
        return 0;
    g_autofree guint8 *sealed = g_memdup2(data, size);
    ImageHeader *header = (ImageHeader *)(gpointer)sealed;
    memcpy(header->magic, IMAGE_MAGIC, sizeof header->magic);
    header->order = IMAGE_ORDER;
    header->version = IMAGE_VERSION;
    header->size = size;
    image_seal(sealed, size);
    try(sealed, size);
    return 0;
}

/* Small models: of few mails, of mails without words. */
GPtrArray *fuzz_seeds(void)
{
    GPtrArray *seeds = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_auto(SampleMail) mail = sample_mail(8, 0, 1);
    g_autoptr(Model) few = sample_train(&mail, 0.05);
    g_ptr_array_add(seeds, g_bytes_ref(few->image));
    for (guint i = 0; i < mail.texts->len; i++)
        g_array_index(mail.texts, ModelText, i).text =
            g_array_index(mail.texts, ModelText, i).subject = "!";
    g_autoptr(Model) empty = sample_train(&mail, 0.05);
    g_ptr_array_add(seeds, g_bytes_ref(empty->image));
    return seeds;
}
