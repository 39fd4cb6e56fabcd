/* SPDX-License-Identifier: Apache-2.0 */
#include "classifier/model_image.h"

#include <glib/gstdio.h>
#include <math.h>
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
    g_autoptr(GBytes) image = g_bytes_new(bytes, size);
    g_assert_null(image_open(image, "NAME", &error));
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
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    (void)data;
    gsize step = MAX(fixture->size / 3000, 1); /* each one at both ends, a sample in between */
    for (gsize size = 0; size < fixture->size;
         size += size < 600 || size + 600 > fixture->size ? 1 : step)
        refuse(fixture->bytes, size, size < 8 ? "not a model" : "truncated");
    image_layout((const ImageHeader *)(gpointer)fixture->bytes, offsets);
    for (int i = 0; i <= N_IMAGE_SECTIONS; i++) {
        refuse(fixture->bytes, offsets[i], "truncated");
        refuse(fixture->bytes, offsets[i] - 1, "truncated");
        refuse(fixture->bytes, offsets[i] + 1, "truncated");
    }
    g_autofree char *longer = g_malloc0(fixture->size + 8);
    memcpy(longer, fixture->bytes, fixture->size);
    refuse(longer, fixture->size + 1, "damaged");
    refuse(longer, fixture->size + 8, "damaged");
}

static void test_flipped(Fixture *fixture, gconstpointer data)
{
    (void)data;
    gsize step = fixture->size / 5000 + 1;
    for (gsize at = 0; at < fixture->size;
         at += at < sizeof(ImageHeader) || at + 64 > fixture->size ? 1 : step) {
        fixture->bytes[at] ^= (char)(1 << at % 8);
        refuse(fixture->bytes, fixture->size, at > sizeof(ImageHeader) ? "checksum" : NULL);
        fixture->bytes[at] ^= (char)(1 << at % 8);
    }
}

/* A block of a disk that was never written, or belongs to something else. */
static void test_lost_block(Fixture *fixture, gconstpointer data)
{
    (void)data;
    for (gsize at = 512; at + 512 < fixture->size; at += 512) {
        char block[512], *place = fixture->bytes + at;
        memcpy(block, place, sizeof block);
        memset(place, 0, sizeof block);
        if (memcmp(place, block, sizeof block) != 0)
            refuse(fixture->bytes, fixture->size, "checksum");
        memcpy(place, place - 512, sizeof block);
        refuse(fixture->bytes, fixture->size, "checksum");
        memcpy(place, block, sizeof block);
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
        const char *why;
    } changes[] = {
        {&header->n_categories, 0, "sizes"},
        {&header->n_categories, G_MAXUINT32, "sizes"},
        {&header->n_categories, 3, "sizes"},
        {&header->n_features, G_MAXUINT32, "sizes"},
        {&header->n_features, good.n_features + 1, "sizes"},
        {&header->n_features, 0, "sizes"},
        {&header->n_stems, G_MAXUINT32, "sizes"},
        {&header->n_stems, good.n_stems + 1, "damaged"},
        {&header->n_near, good.n_near + 1, "sizes"},
        {&header->n_near, G_MAXUINT32, "sizes"},
        {&header->n_advice, good.n_advice + 1, "damaged"},
        {&header->n_advice, 0, "damaged"},
        {&header->n_advice, G_MAXUINT32, "sizes"},
        {&header->names_size, good.names_size - 1, "damaged"},
        {&header->names_size, G_MAXUINT32, "sizes"},
        {&header->advice_size, G_MAXUINT32, "sizes"},
        {&header->order, 0x04030201, "another byte order"},
        {&header->version, 0, "older erms; train again"},
        {&header->version, IMAGE_VERSION - 1, "older erms; train again"},
        {&header->version, IMAGE_VERSION + 1, "newer erms"},
        {(guint32 *)&header->size, 40, "sizes"},
        {(guint32 *)&header->size, G_MAXUINT32, "truncated"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        *changes[i].field = changes[i].value;
        image_seal((guint8 *)fixture->bytes, fixture->size);
        refuse(fixture->bytes, fixture->size, changes[i].why);
        *header = good;
    }
}

/* Writes VALUE into the file, seals it, looks whether it is refused, and takes it back. */
static void poke(const Fixture *fixture, ImageSection section, gsize offset, gconstpointer value,
                 gsize size)
{
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    image_layout((const ImageHeader *)(gpointer)fixture->bytes, offsets);
    char *place = fixture->bytes + offsets[section] + offset;
    g_autofree char *good = g_memdup2(place, size);
    memcpy(place, value, size);
    image_seal((guint8 *)fixture->bytes, fixture->size);
    refuse(fixture->bytes, fixture->size, "content");
    memcpy(place, good, size);
}

/* A checksum that fits, and content that would be read beyond its end, or believed. */
static void test_content(Fixture *fixture, gconstpointer data)
{
    const ImageHeader *header = (const ImageHeader *)(gpointer)fixture->bytes;
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    (void)data;
    image_layout(header, offsets);
    const char *keys = fixture->bytes + offsets[IMAGE_KEYS];
    const guint32 great = G_MAXUINT32, features = header->n_features, none = 0;
    const guint32 categories = header->n_categories;
    const double nan = NAN, negative = -0.5, two = 2;
    poke(fixture, IMAGE_KEYS, 8, keys, 8);                               /* a feature twice */
    poke(fixture, IMAGE_KEYS, 0, keys + (features - 1) * 8u, 8);         /* not in order */
    poke(fixture, IMAGE_KEYS, (features - 1) * 8u, "\3\0\0\0\0\0\0", 8); /* of no kind */
    poke(fixture, IMAGE_DIRECTORY, 0, &great, 4);
    poke(fixture, IMAGE_DIRECTORY, 16, &great, 4);
    poke(fixture, IMAGE_DIRECTORY, (vocabulary_directory_size(features) - 1) * 4, &none, 4);
    poke(fixture, IMAGE_THRESHOLDS, 0, &nan, 8);
    poke(fixture, IMAGE_THRESHOLDS, 8, &negative, 8);
    poke(fixture, IMAGE_PRIORS, 0, &nan, 8);
    poke(fixture, IMAGE_PRIORS, 8, &two, 8);
    g_assert_cmpuint(header->n_near, >, 1);
    gsize second = sizeof(ImageNear);
    poke(fixture, IMAGE_NEAR, second + G_STRUCT_OFFSET(ImageNear, category), &categories, 4);
    poke(fixture, IMAGE_NEAR, second + G_STRUCT_OFFSET(ImageNear, features) + 60, &features, 4);
    poke(fixture, IMAGE_NEAR, G_STRUCT_OFFSET(ImageNear, features), &great, 4);
    poke(fixture, IMAGE_NAMES, 0, "\xFF", 1);                      /* no UTF-8 */
    poke(fixture, IMAGE_NAMES, header->names_size - 1u, "x", 1);   /* no end */
    poke(fixture, IMAGE_NAMES, 0, "", 1);                          /* one too many */
    poke(fixture, IMAGE_ADVICE, header->advice_size - 1u, "x", 1); /* no end */
    const char language[8] = "xxxxxxxx";
    memcpy(((ImageHeader *)(gpointer)fixture->bytes)->language, language, 8);
    image_seal((guint8 *)fixture->bytes, fixture->size);
    refuse(fixture->bytes, fixture->size, "content");
}

/* Keys that are in order, but not as many of a kind as the header says, or of no kind. */
static void test_kinds(Fixture *fixture, gconstpointer data)
{
    const ImageHeader *header = (const ImageHeader *)(gpointer)fixture->bytes;
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    (void)data;
    image_layout(header, offsets);
    guint64 *keys = (guint64 *)(gpointer)(fixture->bytes + offsets[IMAGE_KEYS]);
    guint32 *directory = (guint32 *)(gpointer)(fixture->bytes + offsets[IMAGE_DIRECTORY]);
    guint32 n = header->n_features, first_pair = header->n_stems;
    const guint64 stem = G_MAXUINT64 - 3, no_kind = G_MAXUINT64;
    guint64 pair = keys[first_pair], gram = keys[n - 1];
    keys[first_pair] = stem;
    vocabulary_directory(keys, n, directory);
    image_seal((guint8 *)fixture->bytes, fixture->size);
    refuse(fixture->bytes, fixture->size, "content");
    keys[first_pair] = pair;
    keys[n - 1] = no_kind;
    vocabulary_directory(keys, n, directory);
    image_seal((guint8 *)fixture->bytes, fixture->size);
    refuse(fixture->bytes, fixture->size, "content");
    keys[n - 1] = gram;
    vocabulary_directory(keys, n, directory);
    image_seal((guint8 *)fixture->bytes, fixture->size);
    g_autoptr(GBytes) image = g_bytes_new(fixture->bytes, fixture->size);
    g_autoptr(Model) model = image_open(image, "as it was", NULL);
    g_assert_cmpstr(model_id(model), ==, model_id(fixture->model));
}

/* Numbers that are none do not make it sure. */
static void test_nan(Fixture *fixture, gconstpointer data)
{
    guint64 offsets[N_IMAGE_SECTIONS + 1];
    g_autoptr(GError) error = NULL;
    (void)data;
    image_layout((const ImageHeader *)(gpointer)fixture->bytes, offsets);
    memset(fixture->bytes + offsets[IMAGE_TOTALS], 0xFF,
           offsets[IMAGE_NEAR] - offsets[IMAGE_TOTALS]);
    image_seal((guint8 *)fixture->bytes, fixture->size);
    g_autoptr(GBytes) image = g_bytes_new(fixture->bytes, fixture->size);
    g_autoptr(Model) model = image_open(image, "model", &error);
    g_assert_no_error(error);
    ModelText text = {.text = "Retoure refund Passwort"};
    ModelGuess guess;
    model_classify(model, &text, &guess, 1);
    g_assert_cmpfloat(guess.probability, ==, 0);
    g_autoptr(GArray) near = model_near(model, &text, 3);
    g_assert_cmpuint(near->len, ==, 0);
}

/* A model that is in use stays what it was when a newer one takes its file. */
static void test_replaced(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_auto(SampleMail) mail = sample_mail(80, 0, 7);
    g_autoptr(Model) newer = sample_train(&mail, 0.05);
    g_autoptr(Model) loaded = model_load(fixture->path, &error);
    (void)data;
    g_assert_no_error(error);
    ModelText text = {.text = "Retoure refund"};
    ModelGuess before, after;
    model_classify(loaded, &text, &before, 1);
    g_assert_true(model_save(newer, fixture->path, &error));
    g_assert_no_error(error);
    model_classify(loaded, &text, &after, 1);
    g_assert_cmpfloat(before.probability, ==, after.probability);
    g_autoptr(Model) again = model_load(fixture->path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(model_id(again), ==, model_id(newer));
    g_assert_cmpstr(model_id(again), !=, model_id(loaded));
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
    ADD("lost-block", test_lost_block);
    ADD("resealed", test_resealed);
    ADD("content", test_content);
    ADD("kinds", test_kinds);
    ADD("nan", test_nan);
    ADD("replaced", test_replaced);
    return g_test_run();
}
