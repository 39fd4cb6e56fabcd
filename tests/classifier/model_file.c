/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model_image.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/classifier/sample.h"

typedef struct Fixture {
    char *dir, *path;
    Model *model;
    char *bytes;
    gsize size;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_auto(SampleMail) mail = sample_mail(40, 0, 1);
    (void)data;
    fixture->dir = g_dir_make_tmp("erms-model-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->dir, "m", NULL);
    fixture->model = sample_train(&mail, 0.05);
    model_save(fixture->model, fixture->path, &error);
    g_assert_no_error(error);
    g_file_get_contents(fixture->path, &fixture->bytes, &fixture->size, &error);
    g_assert_no_error(error);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    (void)data;
    g_unlink(fixture->path);
    g_assert_cmpint(g_rmdir(fixture->dir), ==, 0); /* nothing else was left there */
    g_free(fixture->dir);
    g_free(fixture->path);
    g_free(fixture->bytes);
    model_free(fixture->model);
}

static void refuse(const char *bytes, gsize size, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(image_open(g_memdup2(bytes, size), size, "NAME", &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_BAD);
    g_assert_true(g_str_has_prefix(error->message, "NAME: "));
    if (why && !strstr(error->message, why))
        g_error("\"%s\" is not about \"%s\"", error->message, why);
}

static void test_round_trip(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_auto(SampleMail) later = sample_mail(100, 4, 3);
    g_autoptr(Model) loaded = model_load(fixture->path, &error);
    (void)data;
    g_assert_no_error(error);
    g_assert_cmpstr(model_id(loaded), ==, model_id(fixture->model));
    g_assert_cmpuint(model_bytes(loaded), ==, fixture->size);
    for (guint c = 0; c < 4; c++) {
        g_assert_cmpstr(model_category(loaded, c), ==, model_category(fixture->model, c));
        g_assert_cmpfloat(model_threshold(loaded, c), ==, model_threshold(fixture->model, c));
    }
    for (guint i = 0; i < later.texts->len; i++) {
        ModelGuess a[4], b[4];
        memset(a, 0, sizeof a);
        memset(b, 0, sizeof b);
        model_classify(fixture->model, &sample_texts(&later)[i], a, 4);
        model_classify(loaded, &sample_texts(&later)[i], b, 4);
        g_assert_cmpmem(a, sizeof a, b, sizeof b);
    }
    ModelReport a, b;
    model_report(fixture->model, &a);
    model_report(loaded, &b);
    g_assert_cmpfloat(a.accuracy, ==, b.accuracy);
    g_autoptr(GPtrArray) advice = model_advice(fixture->model), same = model_advice(loaded);
    g_assert_cmpuint(advice->len, ==, same->len);
    for (guint i = 0; i < advice->len; i++)
        g_assert_cmpstr(advice->pdata[i], ==, same->pdata[i]);
}

static void test_mode(Fixture *fixture, gconstpointer data)
{
    GStatBuf info;
    (void)data;
    g_assert_cmpint(g_stat(fixture->path, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
}

static void test_no_file(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(fixture->dir, "no", "such", NULL);
    (void)data;
    g_assert_null(model_load(path, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_IO);
    g_clear_error(&error);
    g_assert_false(model_save(fixture->model, path, &error));
    g_assert_error(error, MODEL_ERROR, MODEL_ERROR_IO);
    g_assert_nonnull(strstr(error->message, path));
}

static void test_foreign(Fixture *fixture, gconstpointer data)
{
    (void)fixture;
    (void)data;
    refuse("", 0, "not a model");
    refuse("ERMS", 4, "not a model");
    refuse("From: erika@shop.example\n\nHello\n", 31, "not a model");
    refuse("ERMSMODL", 8, "truncated");
}

static void test_truncated(Fixture *fixture, gconstpointer data)
{
    (void)data;
    gsize step = MAX(fixture->size / 3000, 1); /* each one at both ends, a sample in between */
    for (gsize size = 0; size < fixture->size;
         size += size < 600 || size + 600 > fixture->size ? 1 : step)
        refuse(fixture->bytes, size, size < 8 ? "not a model" : "truncated");
    g_autofree char *longer = g_malloc0(fixture->size + 1);
    memcpy(longer, fixture->bytes, fixture->size);
    refuse(longer, fixture->size + 1, "damaged");
}

static void test_flipped(Fixture *fixture, gconstpointer data)
{
    (void)data;
    gsize step = fixture->size / 500;
    for (gsize at = 0; at < fixture->size;
         at += at < sizeof(ImageHeader) || at + 64 > fixture->size ? 1 : step) {
        fixture->bytes[at] ^= (char)(1 << at % 8);
        refuse(fixture->bytes, fixture->size, NULL);
        fixture->bytes[at] ^= (char)(1 << at % 8);
    }
}

/* Other sizes, and a checksum that fits: only the sizes themselves tell. */
static void test_resealed(Fixture *fixture, gconstpointer data)
{
    ImageHeader *header = (ImageHeader *)(gpointer)fixture->bytes;
    const ImageHeader good = *header;
    (void)data;
    const struct {
        guint32 *field;
        guint32 value;
    } changes[] = {
        {&header->n_categories, 0},
        {&header->n_categories, G_MAXUINT32},
        {&header->n_categories, 3},
        {&header->n_features, G_MAXUINT32},
        {&header->n_features, 0},
        {&header->n_stems, G_MAXUINT32},
        {&header->n_advice, 1000},
        {&header->n_advice, G_MAXUINT32},
        {(guint32 *)&header->names_size, 1},
        {(guint32 *)&header->names_size, G_MAXUINT32},
        {&header->order, 0x04030201},
        {&header->version, 0},
        {(guint32 *)&header->size, 40},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        *changes[i].field = changes[i].value;
        if (header->size == good.size)
            image_seal((guint8 *)fixture->bytes);
        refuse(fixture->bytes, fixture->size, NULL);
        *header = good;
    }
    header->version = IMAGE_VERSION + 1;
    image_seal((guint8 *)fixture->bytes);
    refuse(fixture->bytes, fixture->size, "newer erms");
    *header = good;
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    image_layout(header, offsets);
    guint64 *keys = (guint64 *)(gpointer)(fixture->bytes + offsets[IMAGE_KEYS]);
    keys[1] = keys[0]; /* a feature twice */
    image_seal((guint8 *)fixture->bytes);
    refuse(fixture->bytes, fixture->size, "damaged");
}

/* Numbers that are none do not make it sure. */
static void test_nan(Fixture *fixture, gconstpointer data)
{
    ImageHeader *header = (ImageHeader *)(gpointer)fixture->bytes;
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    g_autoptr(GError) error = NULL;
    (void)data;
    image_layout(header, offsets);
    memset(fixture->bytes + offsets[IMAGE_THRESHOLDS], 0xFF,
           offsets[IMAGE_CNB] - offsets[IMAGE_THRESHOLDS]);
    image_seal((guint8 *)fixture->bytes);
    g_autoptr(Model) model =
        image_open(g_memdup2(fixture->bytes, fixture->size), fixture->size, "model", &error);
    g_assert_no_error(error);
    ModelText text = {.text = "Retoure refund Passwort"};
    ModelGuess guess;
    model_classify(model, &text, &guess, 1);
    g_assert_cmpfloat(guess.probability, ==, 0);
    g_assert_cmpfloat(model_threshold(model, 0), ==, 2.0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, func) g_test_add("/model-file/" name, Fixture, NULL, set_up, func, tear_down)
    ADD("round-trip", test_round_trip);
    ADD("mode", test_mode);
    ADD("no-file", test_no_file);
    ADD("foreign", test_foreign);
    ADD("truncated", test_truncated);
    ADD("flipped", test_flipped);
    ADD("resealed", test_resealed);
    ADD("nan", test_nan);
    return g_test_run();
}
