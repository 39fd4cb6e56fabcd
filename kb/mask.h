/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Masking: what an agent wrote to one customer, without that customer, so that it can be shown as a
 * suggestion for another.
 *
 * Marks stand for names (of the customer as given, in any salutation, behind "Herr", "Mrs" …),
 * e-mail addresses, telephone numbers, IBANs and card numbers, numbers of orders, customers,
 * invoices, parcels and the like, streets and postal codes with their town, links with a query or a
 * token, dates of birth. Marks are words of the answer's language: "[Name]", "[Nummer]"; any
 * language without a table of its own gets English ones. Links without such a part, prices, dates,
 * times, paragraphs of laws, versions and product names stay. In doubt a mark is set: a number of
 * six digits or more that is no price, date or version is personal. It cannot be perfect: an
 * unknown name in the middle of a sentence stays.
 *
 * Time is linear in the length of the text but for a factor of the number of rules.
 */
#pragma once

#include <glib.h>

typedef struct MaskPerson {
    const char *name;    /* as in From: "Erika Beispiel"; NULL: unknown */
    const char *address; /* erika.beispiel@kunde.example; NULL: unknown */
    /* Domains of the house, NULL-terminated, or NULL: e-mail addresses there stay. */
    const char *const *own_domains;
} MaskPerson;

/* ANSWER (UTF-8, LF line ends) with marks. LANGUAGE "de", "en" …; "" or NULL: unknown. PERSON may
 * be NULL. */
char *mask_text(const char *answer, const char *language, const MaskPerson *person);

/* ANSWER up to the closing words and the signature below them ("Mit freundlichen Grüßen", "Kind
 * regards", "-- "), without line ends at the end: who answered then is not who answers now. All of
 * it if nothing else would remain. */
char *mask_cut_signature(const char *answer);
