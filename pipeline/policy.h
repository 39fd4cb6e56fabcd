/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policy: what the operator allows, as data. cmd/settings.c makes it from erms.conf; decide.c
 * applies it. Not here: how to reach servers (mail/transport.h).
 */
#pragma once

#include "kb/template.h"

typedef struct CategoryPolicy {
    char *name;
    TemplateMode mode; /* TEMPLATE_OFF: hold, TEMPLATE_SUGGEST, TEMPLATE_AUTO */
    char *queue;       /* NULL: the default queue */
    double max_error;  /* of this category alone; 0: as the others */
} CategoryPolicy;

/* At most COUNT automatic answers in SECONDS; count 0: no limit, and the time only says what is
 * shown. */
typedef struct Limit {
    guint count;
    guint seconds;
} Limit;

typedef struct Limits {
    Limit address;         /* to one address */
    Limit domain;          /* to one domain, but for the shared ones */
    Limit content;         /* to mail of the same content */
    Limit total;           /* to anybody; over it the breaker trips */
    Limit refused;         /* refused for good by SMTP servers: as many trip the breaker */
    char **shared_domains; /* of mail providers: their users have nothing in common */
} Limits;

/* "5 in 7d", or "none"; a new string. */
char *limit_text(const Limit *limit);
/* COUNT in its window: "4, limit 5 in 7d", or "4 in 7d, no limit"; a new string. */
char *limit_fill(const Limit *limit, guint count);

typedef struct Policy {
    gboolean sending;       /* FALSE: everything that would be sent is a suggestion */
    double max_error;       /* acceptable share of wrong automatic answers */
    char *language;         /* of answers for mail whose language has none */
    char *default_queue;    /* for everything without a queue of its own */
    guint quiet_seconds;    /* one automatic answer per address in this time */
    guint max_attempts;     /* tries at sending before a human is asked */
    double audit_share;     /* share of automatic answers that is put aside for review */
    guint audit_first;      /* of each category, so many are in any case */
    GHashTable *categories; /* name → CategoryPolicy, owned */
    GHashTable *company;    /* "company.KEY" → value: places the operator fills */
    char **addresses; /* ours, lower case: mail is for us if one is in To or Cc; may be empty */
    GHashTable *authservs; /* account → char **: whose Authentication-Results are believed; owned */
    Limits limits;
    guint max_age_seconds; /* older mail (message->arrived_at) is not answered automatically */
    double max_back;       /* acceptable share of answers of a template that customers reply to */
    char *operator_addr;   /* is told when the breaker trips; NULL: nobody */
    char *from_name;       /* of our answers; may be NULL */
    char *from_addr;       /* lower case */
} Policy;

/* sending off, 1 %, "de", queue "general", a day, 5 attempts; 5 % and the first 20 for review */
Policy *policy_new(void);
void policy_free(Policy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_free)

/* The sentence under what a machine sends in LANGUAGE: [company] automatic_LANG; NULL: none. */
const char *policy_footer(const Policy *policy, const char *language);

/* Is ADDRESS (lower case; may be NULL) one we receive mail on or send from? So is "us+anything@".
 */
gboolean policy_is_ours(const Policy *policy, const char *address);

/* The settings of a category; a category nobody configured may only suggest. */
TemplateMode policy_mode(const Policy *policy, const char *category);
const char *policy_queue(const Policy *policy, const char *category);
/* Its own acceptable share of wrong answers, or that of all. */
double policy_max_error(const Policy *policy, const char *category);
/* Adds (or returns) the entry of a category. */
CategoryPolicy *policy_category(Policy *policy, const char *category);
