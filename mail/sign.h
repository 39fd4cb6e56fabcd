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
    char *subject;          /* sign_fold() of it */
    char *beginning;        /* … of the text */
    gboolean form;          /* the answer goes to another domain than the mail comes from */
    gboolean own_form;      /* … and it comes from our domain */
    gboolean passed_on; /* FORM, or it comes from our domain: a web form, a scanner, a telephone */
    gboolean talked;    /* it answers a mail, or came by a list to which people write */
    gboolean human;     /* Auto-Submitted says "no" (RFC 3834 5) */
    gboolean own_list;  /* it came by a mailing list whose address is ours, and by no other */
} SignFacts;

/* MESSAGE and OWN (NULL, or ended by NULL) are borrowed. */
void sign_facts_init(SignFacts *facts, const Message *message, const char *const *own);
void sign_facts_clear(SignFacts *facts);

#define SIGN_MAX_SUBJECT 200 /* characters */
#define SIGN_MAX_BEGINNING 80

/* The value of the first header NAME, or NULL. */
const char *sign_field(const SignFacts *facts, const char *name);
/* The first MAX characters of TEXT for comparison: NFKC, case folded, blanks single, ’ as ', dashes
 * as -, Turkish i without a dot as i. TEXT may be NULL, or no UTF-8. */
char *sign_fold(const char *text, glong max);
/* SUBJECT (may be NULL) so, without the marks of replies and forwards and a ticket's number. */
char *sign_base_subject(const char *subject);
/* Does the local part of ADDRESS (may be NULL) fit one of PATTERNS, with "*"? */
gboolean sign_local_matches(const char *address, const char *const *patterns);
/* Does a header of this NAME fit WANTED: any case, "List-*" is a prefix. */
gboolean sign_name_fits(const char *name, const char *wanted);

/* VALUE is that of the row's header, NULL in rows without one; WORDS are the row's. */
typedef gboolean (*SignTest)(const SignFacts *facts, const char *value, const char *const *words);
#define SIGN_TEST(name)                                                                            \
    gboolean sign_##name(const SignFacts *facts, const char *value, const char *const *words)

/* Of a header's value. */
SIGN_TEST(there);        /* the header is there, even if it is empty */
SIGN_TEST(present);      /* it is not empty */
SIGN_TEST(first_is);     /* its first word is one of WORDS; comments, parameters do not matter */
SIGN_TEST(first_is_not); /* it has a first word, which is none of WORDS */
SIGN_TEST(starts);       /* it starts with one of WORDS */
SIGN_TEST(has_word);     /* one of its words, between blanks, commas, semicolons, is in WORDS */
SIGN_TEST(inbound_has);  /* … and none is "DIR:OUT" (Microsoft) */
SIGN_TEST(at_least);     /* it is a number, and no smaller than WORDS[0] */
SIGN_TEST(null_path);    /* "<>", or a mail system */
SIGN_TEST(path_local);   /* it is an address whose local part fits one of WORDS, with "*" */
SIGN_TEST(names_us);     /* it names one of our addresses */
SIGN_TEST(foreign_list); /* it is not empty and names no list whose address is ours */
SIGN_TEST(beside);       /* it is not empty, and there is also a header named in WORDS */
SIGN_TEST(beside_bulk);  /* it is not empty, and Precedence has one of WORDS */
SIGN_TEST(topic);        /* its first word is one of WORDS, and the subject is no reply */

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

/* Of the words; mail/sign_words.c. A mail system sent it: so says From, but for postmaster, who may
 * be a human, or the empty return path of what is not passed on. */
SIGN_TEST(subject_starts); /* the subject starts with one of WORDS */
SIGN_TEST(subject_system); /* … and a mail system sent it */
SIGN_TEST(
    subject_label); /* the subject is one of WORDS, or begins with it and a colon or the like */
SIGN_TEST(subject_numbered); /* it has a ticket's number, as of any installation of erms; and starts
                                with one of WORDS, or without WORDS with no "Re:" or the like */
SIGN_TEST(subject_has);      /* one of WORDS is in the subject, and it is no reply */
SIGN_TEST(subject_all);      /* all of WORDS are */
SIGN_TEST(subject_report);   /* … and it starts with the first */
SIGN_TEST(text_system);      /* the text starts with one of WORDS, and a mail system sent it */
