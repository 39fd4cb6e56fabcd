/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decide: may this answer leave by itself? Tables of objections (decide.c): the first one that
 * applies wins, none means send. Facts in, an objection out; nothing is looked up or changed here.
 *
 * A new rule is one function and one row in the table, one member of Facts if it needs to know
 * something new, and one row in tests/pipeline/decide.c.
 */
#pragma once

#include "kb/fill.h"
#include "models/message.h"
#include "models/verdict.h"
#include "pipeline/limits.h"
#include "pipeline/policy.h"

/* Everything that is known about one mail when it is decided. All borrowed. */
typedef struct Facts {
    const Message *message;
    const char *machine; /* sentence of the sign that a machine wrote it; NULL: a human */
    gint64 now;          /* our clock */
    gboolean running;    /* it belongs to a ticket that was there before it */
    gboolean away;       /* it is a note that nobody is there upon a mail of that ticket */
    gint64 linked;       /* the ticket that it names, or grew out of; 0: none */
    gboolean has_model;
    const char *category; /* NULL: nothing to classify, or no model */
    double probability;
    double threshold;            /* > 1: no threshold could be certified */
    const char *broken;          /* how reviews broke the category's promise; NULL: not */
    gboolean corrected;          /* the guess, or that it is sure, comes from corrections alone */
    const char *second_category; /* another thing the mail asks as well; NULL: none */
    gboolean authenticated;      /* it is known that who gets the answer wrote the mail */
    const char *authentication;  /* why, or why not, a sentence; NULL: not looked at */
    const char *threat;          /* a word of complaint, threat or law in it; NULL: none */
    const Template *template_;   /* the best that fits; NULL: none */
    gboolean template_language;  /* it is in the mail's language */
    gboolean template_clear;     /* nothing else of the category fits as well */
    const char *back;            /* how many customers write back to it; NULL: not too many */
    const Filled *filled;        /* the answer; NULL: no template */
    const char *lookup;          /* why a lookup gave nothing; NULL: it did, or there was none */
    Traffic traffic;             /* what the limits know; its strings are borrowed, too */
} Facts;

typedef struct Decision {
    VerdictAction action;
    const char *reason; /* the objection's name; "none" */
    char *detail;       /* a sentence for people, owned */
} Decision;

/* Fills *DECISION; clear it with decision_clear(). */
void decide(const Facts *facts, const Policy *policy, Decision *decision);
void decision_clear(Decision *decision);

/* The objections that hold until the answer leaves, asked again right before it does: those of the
 * limits, which look at facts->traffic and POLICY only. TRUE: none applies. */
gboolean decide_leaving(const Facts *facts, const Policy *policy, Decision *decision);

/* The names of all objections in order, NULL-terminated: for tests and the manual. */
const char *const *decide_reasons(void);
