/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Past case: a customer's question that an agent answered, as an example of how to answer one like
 * it. The question is the message itself; the answer is kept with everything personal masked
 * (kb/mask.h). Goes when its message goes. Not here: finding one (models/posting.h, kb/cases.h).
 */
#pragma once

#include "models/store.h"

typedef struct PastCase {
    gint64 id;           /* 0 until inserted; never given twice */
    gint64 message_id;   /* the question; one case for each message */
    gint64 at;           /* when it was answered */
    gint64 print;        /* of the words of the answer: same print, same answer; 0: no words */
    char *language;      /* of the question; "" unknown */
    char *template_name; /* "returns/how-to.de", which the agent began with; NULL: by hand */
    char *who;           /* the agent; NULL: unknown */
    char *answer;        /* masked */
    /* read from the message, not written */
    char *subject;
    char *text; /* the customer's own words */
} PastCase;

PastCase *past_case_new(void);
void past_case_free(PastCase *past);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PastCase, past_case_free)

/* Sets past->id. A second case for a message is STORE_ERROR_BUSY: look with past_case_find(). */
gboolean past_case_insert(Store *store, PastCase *past, GError **error);
gboolean past_case_delete(Store *store, gint64 id, GError **error);
PastCase *past_case_load(Store *store, gint64 id, GError **error);         /* NULL: none */
PastCase *past_case_find(Store *store, gint64 message_id, GError **error); /* NULL: none */
/* The next LIMIT cases with an id over AFTER, by id (GPtrArray of PastCase, owned). */
GPtrArray *past_case_list(Store *store, gint64 after, guint limit, GError **error);
/* How often an answer with this PRINT was given; 0 for print 0. */
gboolean past_case_count_print(Store *store, gint64 print, gint64 *count, GError **error);
