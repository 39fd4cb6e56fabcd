/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Back: a customer who writes back to an automatic answer was perhaps not helped by it. Each such
 * answer knows the first mail with which that happened (reply->back), and a template to which too
 * many write back may only suggest until somebody has changed it.
 *
 * It counts when somebody who takes part writes in a ticket whose last answer was an automatic one,
 * sent or perhaps sent, be it a reference to the answer or not; not what is surely a machine's, an
 * out-of-office note, a bounce, or an old mail recycled for a new question. “Thank you” counts too:
 * it cannot be told from “thank you, but” for sure, which is why max-written-back is large. Senders
 * can be forged, so somebody can make a template suggest only; that is the safe side.
 */
#pragma once

#include "pipeline/pipeline.h"

#define BACK_WINDOW (365 * 24 * 60 * 60) /* seconds that are looked back */
#define BACK_NEWEST 1000 /* answers of a version: more do not make it surer, and take time */
#define BACK_LEAST 5     /* fewer show nothing */
#define BACK_LEVEL 0.95

/* MESSAGE was inserted: sets reply->back if it counts, and tells the ticket's history. In the
 * transaction that takes the message. */
gboolean back_take(const Pipeline *pipeline, const Message *message, GError **error);

/* Why this version (hash) of TEMPLATE_ may only suggest: the share of its answers to which
 * customers wrote back is over policy->max_back with 95 % certainty (one-sided exact bound, Clopper
 * and Pearson 1934). A new string; NULL: it may, or ERROR is set. */
char *back_excess(const Pipeline *pipeline, const Template *template_, GError **error);
