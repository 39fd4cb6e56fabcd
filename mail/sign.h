/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a row of mail/answerable.c can ask a mail. For mail/answerable.c only.
 */
#pragma once

#include "models/message.h"

#include <gmime/gmime.h>

typedef struct SignField {
    const char *name;
    const char *value;
} SignField;

typedef struct SignFacts {
    const Message *message;
    const char *const *own;
    char *headers;
    GArray *fields;         /* of SignField, in HEADERS */
    GMimeContentType *type; /* of the whole mail; NULL: none */
    char *subject;          /* folded for comparison */
    gboolean form;          /* the answer goes to another domain than the mail comes from */
    gboolean own_form;      /* … and it comes from our domain */
    gboolean own_list;      /* it came by a mailing list whose address is ours, and by no other */
} SignFacts;

/* MESSAGE and OWN (NULL, or ended by NULL) are borrowed. */
void sign_facts_init(SignFacts *facts, const Message *message, const char *const *own);
void sign_facts_clear(SignFacts *facts);

/* Does a header of this NAME fit WANTED: any case, "List-*" is a prefix. */
gboolean sign_name_fits(const char *name, const char *wanted);

/* VALUE is that of the row's header, NULL in rows without one; WORDS are the row's. */
typedef gboolean (*SignTest)(const SignFacts *facts, const char *value, const char *const *words);
#define SIGN_TEST(name)                                                                            \
    gboolean sign_##name(const SignFacts *facts, const char *value, const char *const *words)

/* Of a header's value. */
SIGN_TEST(present);      /* it is not empty */
SIGN_TEST(first_is);     /* its first word is one of WORDS; comments, parameters do not matter */
SIGN_TEST(first_is_not); /* it has a first word, which is none of WORDS */
SIGN_TEST(has_word);     /* one of its words, between blanks, commas, semicolons, is in WORDS */
SIGN_TEST(null_path);    /* "<>", or a mail system */
SIGN_TEST(names_us);     /* it names one of our addresses */
SIGN_TEST(foreign_list); /* it is not empty and names no list whose address is ours */
SIGN_TEST(beside);       /* it is not empty, and there is also a header named in WORDS */
SIGN_TEST(beside_bulk);  /* it is not empty, and Precedence has one of WORDS */

/* Of the addresses. */
SIGN_TEST(from_own);    /* From and where the answer goes are ours */
SIGN_TEST(from_local);  /* the local part of From fits one of WORDS, with "*" */
SIGN_TEST(from_says);   /* … has one of WORDS in it (mail/phrases.h) */
SIGN_TEST(answer_says); /* the same of the address the answer goes to */

/* Of the whole mail. */
SIGN_TEST(flagged);         /* WORDS: "spam" or "calendar", the MessageFlags */
SIGN_TEST(content_type);    /* WORDS: media type, or media type, parameter, its value */
SIGN_TEST(id_matches);      /* Message-ID fits the first of WORDS, with "*" */
SIGN_TEST(delivered_often); /* headers named by WORDS have one of our addresses three times */
SIGN_TEST(subject_starts);  /* the subject starts with one of WORDS */
SIGN_TEST(subject_system);  /* … and a mail system sent it, or its return path is empty */
SIGN_TEST(subject_label);   /* the subject is one of WORDS, or begins with it and a colon */
