/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of one mail, in three steps. Everything else in this folder serves them.
 *
 *   take    bytes → Message in a Ticket   repeatable: the same bytes twice write nothing new
 *   answer  Message → Verdict, Replies    once: the verdict's key is the message
 *   send    Reply → the customer          at most once: SENDING is committed before the first byte
 *
 * Not here: the loop over mailboxes (pass.h), the rules (decide.h), finding the ticket (thread.h).
 */
#pragma once

#include "classifier/model.h"
#include "classifier/tokens.h"
#include "kb/kb.h"
#include "mail/parser.h"
#include "mail/smtp.h"
#include "models/message.h"
#include "models/place.h"
#include "models/reply.h"
#include "models/ticket.h"
#include "models/verdict.h"
#include "pipeline/policy.h"

/* What the steps work with. All borrowed. */
typedef struct Pipeline {
    Store *store;
    GBytes *key;        /* the home's secret: ticket tokens, Message-IDs */
    const Model *model; /* NULL: not trained yet */
    const Kb *kb;
    Tokenizer *tokenizer;
    const GPtrArray *lookups; /* of Lookup */
    const Policy *policy;
    const char *home;                 /* named where people are told what to do; NULL: unknown */
    const char *stop_path;            /* while this file exists nothing leaves; NULL: none */
    Parser *parser;                   /* reads new mail; only for mailbox_fetch() */
    gint64 now;                       /* seconds since 1970; the caller sets it for each batch */
    struct StandingsCache *standings; /* standing.h; NULL: loaded for each mail */
} Pipeline;

/* A mail as the model reads it; borrows from MESSAGE. */
ModelText pipeline_text(const Message *message);

/* What the bytes alone do not say: the language, and the sign that a machine wrote it. POLICY may
 * be NULL: then no address is known as ours. */
void pipeline_study(const Policy *policy, Message *message);

/* Takes MESSAGE (parsed, not yet inserted; its id is set) found at PLACE (its message_id is set;
 * NULL for a mail that lies on no server). *TAKEN: it is new and waits for its answer; FALSE: we
 * had it, only the place is new. Runs in the caller's transaction, or in one of its own. */
gboolean pipeline_take(Pipeline *pipeline, Message *message, Place *place, gboolean *taken,
                       GError **error);

/* Decides about a taken message: writes the verdict, up to three replies, and where the mail and
 * its ticket go. *VERDICT (may be NULL) becomes the decision. Transaction as above. */
gboolean pipeline_answer(Pipeline *pipeline, const Message *message, Verdict **verdict,
                         GError **error);

/* Makes REPLY, whose rank is set, one to MESSAGE of ticket TOKEN: ids, time, and our Message-ID,
 * which is another one for every rank. */
void pipeline_stamp(const Pipeline *pipeline, const Message *message, const char *token,
                    Reply *reply);

/* New suggestions for a decided message of ticket TOKEN, from the answers of CATEGORY: after an
 * agent corrected it, or when an automatic answer was withdrawn. The old ones are dropped; CATEGORY
 * NULL: there are no others. */
gboolean pipeline_redraft(Pipeline *pipeline, const Message *message, const char *token,
                          const char *category, GError **error);

typedef enum {
    SEND_SENT,    /* the server has it */
    SEND_DROPPED, /* a rule began to apply while it waited: a human has it now */
    SEND_LATER,   /* surely not sent; still APPROVED */
    SEND_STOPPED, /* there is a stop file; still APPROVED */
    SEND_FAILED,  /* refused for good, or the server's last word was lost: a human has it now */
} SendOutcome;

/* Looks at an APPROVED reply again before it leaves: an automatic one against which a rule speaks
 * by now is dropped, and a human has it; *STANDS says which. An agent's reply stands. */
gboolean pipeline_reconsider(Pipeline *pipeline, Reply *reply, gboolean *stands, GError **error);

/* Reconsiders one APPROVED reply and sends it over SMTP. FALSE only when the store fails. *MAIL
 * (may be NULL) becomes the bytes that were sent, for the Sent folder. */
gboolean pipeline_send(Pipeline *pipeline, Reply *reply, Smtp *smtp, SendOutcome *outcome,
                       GBytes **mail, GError **error);

/* Replies found in SENDING when a run starts: nobody can know whether they left. They become
 * UNKNOWN and their tickets go to a human. Only while the run lock is held. *COUNT says how many.
 */
gboolean pipeline_recover(Pipeline *pipeline, guint *count, GError **error);

/* The whole decision about a message without a store or ticket, for `erms classify`: *VERDICT has
 * what would be done if it came from a new customer now. */
void pipeline_judge(Pipeline *pipeline, Message *message, Verdict **verdict);
