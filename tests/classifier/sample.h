/* SPDX-License-Identifier: Apache-2.0 */
/* Invented labelled mail for the tests of the model: German and English, in four categories. */
#pragma once

#include "classifier/model.h"

typedef struct SampleMail {
    GPtrArray *strings;
    GArray *texts; /* of ModelText */
} SampleMail;

static const char *const sample_words[4][10] = {
    {"Rechnung", "Kopie", "invoice", "Betrag", "Mehrwertsteuer", "receipt", "billing",
     "Buchhaltung", "Rechnungskopie", "amount"},
    {"Passwort", "login", "password", "anmelden", "reset", "gesperrt", "Zugang", "locked",
     "Kennwort", "einloggen"},
    {"Rücksendung", "return", "zurückschicken", "refund", "Retoure", "umtauschen", "exchange",
     "Etikett", "label", "Größe"},
    {"Lieferung", "Paket", "shipping", "tracking", "unterwegs", "delivery", "Sendung", "arrive",
     "zustellen", "parcel"},
};
static const char *const sample_names[4] = {"invoice", "password", "returns", "delivery"};
static const char *const sample_filler[8] = {"bitte", "please", "ich",   "my",
                                             "und",   "meine",  "hello", "können"};

/* N mails in turn of the categories; every NOISEth says nothing, with a word of its own (0:
 * none). */
static inline SampleMail sample_mail(guint n, guint noise, guint32 seed)
{
    SampleMail mail = {g_ptr_array_new_with_free_func(g_free),
                       g_array_new(FALSE, FALSE, sizeof(ModelText))};
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    for (guint i = 0; i < n; i++) {
        guint category = i % 4;
        GString *text = g_string_new(NULL);
        for (guint k = 0; k < 8; k++) {
            gboolean says = k % 2 == 0 && !(noise && i % noise == 0);
            g_string_append_printf(text, "%s ",
                                   says ? sample_words[category][g_rand_int_range(random, 0, 10)]
                                        : sample_filler[g_rand_int_range(random, 0, 8)]);
        }
        for (guint k = 0; k < 8 && noise && i % noise == 0; k++)
            g_string_append_c(text, (char)g_rand_int_range(random, 'a', 'z' + 1));
        ModelText one = {.subject = sample_filler[i % 8],
                         .text = g_string_free(text, FALSE),
                         .category = sample_names[category],
                         .id = i + 1};
        g_ptr_array_add(mail.strings, (gpointer)one.text);
        g_array_append_val(mail.texts, one);
    }
    return mail;
}

static inline void sample_clear(SampleMail *mail)
{
    g_ptr_array_unref(mail->strings);
    g_array_unref(mail->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SampleMail, sample_clear)

static inline const ModelText *sample_texts(const SampleMail *mail)
{
    return (const ModelText *)(gpointer)mail->texts->data;
}

static inline Model *sample_train(const SampleMail *mail, double max_error)
{
    ModelOptions options = model_options_default;
    g_autoptr(GError) error = NULL;
    options.max_error = max_error;
    Model *model = model_train(sample_texts(mail), mail->texts->len, &options, NULL, &error);
    g_assert_no_error(error);
    return model;
}
