/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small shop for the tests of the pipeline: a store, a few answers, a model that is sure of
 * "password", "hours" and "order", and a policy under which answers leave. Everything lies in one
 * temporary folder. Time stands still at NOON unless a test moves pipeline.now.
 */
#pragma once

#include "kb/lookup.h"
#include "pipeline/pipeline.h"
#include "tests/kb/folder.h"

#define NOON G_GINT64_CONSTANT(1767614400) /* 2026-01-05 12:00 UTC */
#define KIM "kim@customer.example"
#define LEE "lee@customer.example"
#define SHOP "service@shop.example"
/* A header with which the sender of shop_mail() is known. */
#define VOUCHED "Authentication-Results: mx.shop.example; dmarc=pass header.from=customer.example\n"
#define ASKS_PASSWORD "I forgot my password and cannot log in to my account."
#define ASKS_HOURS "When are you open on saturday? I want to visit the store."
#define ASKS_ORDER "Where is my order, has the parcel been shipped yet?"

typedef struct Shop {
    Folder *folder;
    Policy *policy;
    Kb *kb;
    Model *model;
    Tokenizer *tokenizer;
    GPtrArray *lookups;
    GBytes *key;
    Pipeline pipeline;
} Shop;

void shop_set_up(Shop *shop, gconstpointer data);
void shop_tear_down(Shop *shop, gconstpointer data);
#define SHOP_TEST(path, func) g_test_add(path, Shop, NULL, shop_set_up, func, shop_tear_down)

/* An answer kb/NAME, approved, with further KEYS; read at once. */
void shop_answer(Shop *shop, const char *name, const char *keys, const char *text);
/* The lookup "order" (LV- and six digits) in the table orders, which SQL makes. */
void shop_orders(Shop *shop, const char *sql);

/* A mail from SENDER, parsed; HEADERS are further lines with "\n" ends, or "". Without a
 * Message-ID of its own in them it has one made of the other arguments. */
Message *shop_mail(const char *sender, const char *subject, const char *headers, const char *text);
/* Takes it, without a place; it must be new. */
void shop_take(Shop *shop, Message *message);
/* A mail that was taken, and its verdict. */
Verdict *shop_decide(Shop *shop, Message *message);

/* Records; all must be there. */
Ticket *shop_ticket(Shop *shop, gint64 id);
GPtrArray *shop_replies(Shop *shop, const Message *message);
char *shop_filing(Shop *shop, const Message *message);
guint shop_tickets(Shop *shop);
/* The best reply of MESSAGE leaves, as if the SMTP server had taken it. */
void shop_sent(Shop *shop, const Message *message);
