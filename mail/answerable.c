/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/answerable.h"
#include "mail/phrases.h"
#include "mail/sign.h"

/* What a row proves. */
typedef enum {
    UNDECIDED,
    SURE,   /* a machine wrote it */
    UNSURE, /* no machine shall answer it, but a human may have written it */
    HUMAN,  /* a human has to see it, even if a later row is SURE */
} Certainty;

/* When a row is asked; see SignFacts. */
enum {
    ALWAYS = 0,
    NOT_FORM = 1 << 0,
    NOT_OWN_FORM = 1 << 1,
    NOT_OWN_LIST = 1 << 2,
    ONLY_FORM = 1 << 3,
    ONLY_OWN_LIST = 1 << 4,
};

typedef struct Rule {
    const char *name;
    Certainty certainty; /* the same in all rows of a name */
    const char *header;  /* any case, "List-*" is a prefix; NULL: the test looks elsewhere */
    SignTest test;
    const char *const *words;
    guint when;
    const char *why;
} Rule;

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const Rule rules[] = {
    {"own-address", SURE, NULL, sign_from_own, NULL, NOT_OWN_LIST,
     "it comes from one of our own addresses"},
    {"own-list", UNSURE, NULL, sign_from_own, NULL, ONLY_OWN_LIST,
     "our mailing list may have put its address in the place of the sender's (DMARC)"},

    {"spam", SURE, NULL, sign_flagged, WORDS("spam"), ALWAYS, "the mail server marked it as spam"},
    {"spam", SURE, "X-Spam-Flag", sign_has_word, WORDS("yes", "true"), ALWAYS,
     "X-Spam-Flag says that it is spam (SpamAssassin)"},

    {"bounce", SURE, NULL, sign_content_type,
     WORDS("multipart/report", "report-type", "delivery-status"), ALWAYS,
     "it is a delivery report (RFC 3464)"},
    {"bounce", SURE, NULL, sign_content_type, WORDS("message/delivery-status"), ALWAYS,
     "it is a delivery report (RFC 3464)"},
    {"bounce", SURE, "X-Failed-Recipients", sign_present, NULL, ALWAYS,
     "X-Failed-Recipients: it is a delivery report (Exim)"},
    {"bounce", SURE, NULL, sign_subject_system, phrases_bounce, ALWAYS,
     "its subject and sender are those of a delivery report (Postfix, Exim, Exchange, Sendmail)"},
    {"bounce-subject", UNSURE, NULL, sign_subject_starts, phrases_bounce, ALWAYS,
     "its subject is that of a delivery report, which a human may have forwarded"},
    {"read-receipt", SURE, NULL, sign_content_type,
     WORDS("multipart/report", "report-type", "disposition-notification"), ALWAYS,
     "it is a read receipt (RFC 8098)"},
    {"read-receipt", SURE, NULL, sign_content_type, WORDS("message/disposition-notification"),
     ALWAYS, "it is a read receipt (RFC 8098)"},
    {"report", SURE, NULL, sign_content_type, WORDS("multipart/report"), ALWAYS,
     "it is a report of a mail system (RFC 6522)"},
    {"report", SURE, NULL, sign_content_type, WORDS("message/feedback-report"), ALWAYS,
     "it is an abuse report (RFC 5965)"},
    {"mailer-daemon", UNSURE, NULL, sign_from_local,
     WORDS("mailer-daemon", "mailer-daemon-*", "mailer-daemon+*", "mailerdaemon", "postmaster"),
     ALWAYS, "a mail system, or who looks after it, sent it (RFC 5230 4.6)"},

    {"calendar-reply", SURE, NULL, sign_content_type, WORDS("text/calendar", "method", "reply"),
     ALWAYS, "it is an answer to an invitation (RFC 6047)"},
    {"calendar", HUMAN, NULL, sign_content_type, WORDS("text/calendar"), ALWAYS,
     "it is an invitation (RFC 6047)"},
    {"calendar", HUMAN, NULL, sign_flagged, WORDS("calendar"), ALWAYS,
     "a calendar entry is in it (RFC 6047)"},
    {"calendar", HUMAN, "Content-Class", sign_has_word,
     WORDS("urn:content-classes:calendarmessage", "urn:content-classes:appointment"), ALWAYS,
     "Content-Class: it is an invitation (Exchange)"},
    {"calendar", HUMAN, NULL, sign_id_matches, WORDS("calendar-*@google.com"), ALWAYS,
     "its Message-ID is that of an invitation (Google Calendar)"},

    {"newsletter", SURE, "List-Unsubscribe-Post", sign_present, NULL, NOT_OWN_FORM | NOT_OWN_LIST,
     "List-Unsubscribe-Post: it went to many (RFC 8058)"},
    {"newsletter", SURE, "List-*", sign_beside_bulk, WORDS("bulk", "junk"),
     NOT_OWN_FORM | NOT_OWN_LIST, "a List- header and Precedence: bulk: it went to many"},
    {"newsletter", SURE, "List-Unsubscribe", sign_beside,
     WORDS("Feedback-ID", "X-CSA-Complaints", "X-Mailgun-*", "X-SG-EID", "X-SES-Outgoing"),
     NOT_OWN_FORM | NOT_OWN_LIST,
     "List-Unsubscribe and the mark of a bulk sender: it went to many"},
    {"newsletter", SURE, "X-Campaign", sign_present, NULL, ALWAYS,
     "X-Campaign: it went to many (Mailchimp)"},
    {"newsletter", SURE, "X-Campaign-ID", sign_present, NULL, ALWAYS,
     "X-Campaign-ID: it went to many"},
    {"newsletter", SURE, "X-CampaignID", sign_present, NULL, ALWAYS,
     "X-CampaignID: it went to many"},
    {"newsletter", SURE, "X-Newsletter", sign_present, NULL, ALWAYS,
     "X-Newsletter: it went to many"},

    {"web-form", HUMAN, "Auto-Submitted", sign_first_is, WORDS("auto-generated"), ONLY_FORM,
     "a machine passed it on, but the answer would go to another domain: it may be a web form"},
    {"auto-submitted", SURE, "Auto-Submitted", sign_first_is_not, WORDS("no"), ALWAYS,
     "Auto-Submitted is not \"no\" (RFC 3834 5)"},
    {"x-auto-response-suppress", UNSURE, "X-Auto-Response-Suppress", sign_has_word,
     WORDS("all", "autoreply"), ALWAYS,
     "X-Auto-Response-Suppress asks for no automatic reply (MS-OXCMAIL)"},
    {"precedence", UNSURE, "Precedence", sign_has_word, WORDS("bulk", "junk"), ALWAYS,
     "Precedence says bulk or junk (RFC 3834 2, RFC 2076)"},
    {"precedence", UNSURE, "Precedence", sign_has_word, WORDS("list"), NOT_OWN_LIST,
     "Precedence says list (RFC 3834 2, RFC 2076)"},
    {"precedence", UNSURE, "X-Precedence", sign_has_word, WORDS("bulk", "junk"), ALWAYS,
     "X-Precedence says bulk or junk"},
    {"precedence", UNSURE, "X-Precedence", sign_has_word, WORDS("list"), NOT_OWN_LIST,
     "X-Precedence says list"},

    {"list-id", UNSURE, "List-Id", sign_foreign_list, NULL, ALWAYS,
     "List-Id: it came by a mailing list (RFC 2919)"},
    {"list-unsubscribe", UNSURE, "List-Unsubscribe", sign_present, NULL, NOT_OWN_LIST,
     "List-Unsubscribe: it went to many (RFC 2369, RFC 8058)"},
    {"list-header", UNSURE, "List-*", sign_present, NULL, NOT_OWN_LIST,
     "a List- header: it came by a mailing list (RFC 2369)"},
    {"mailing-list", UNSURE, "Mailing-List", sign_foreign_list, NULL, NOT_OWN_LIST,
     "Mailing-List: it came by a mailing list (ezmlm)"},
    {"mailing-list", UNSURE, "X-Mailing-List", sign_foreign_list, NULL, NOT_OWN_LIST,
     "X-Mailing-List: it came by a mailing list"},
    {"mailing-list", UNSURE, "X-BeenThere", sign_foreign_list, NULL, ALWAYS,
     "X-BeenThere: it came by a mailing list (Mailman)"},

    {"auto-reply-header", SURE, "Precedence", sign_has_word,
     WORDS("auto_reply", "auto-reply", "autoreply"), ALWAYS,
     "Precedence says auto_reply (RFC 3834 2)"},
    {"auto-reply-header", SURE, "X-Precedence", sign_has_word,
     WORDS("auto_reply", "auto-reply", "autoreply"), ALWAYS, "X-Precedence says auto_reply"},
    {"auto-reply-header", SURE, "X-Autoreply", sign_first_is_not, WORDS("no", "false", "0"), ALWAYS,
     "X-Autoreply: it is an automatic reply (Gmail)"},
    {"auto-reply-header", SURE, "X-Auto-Reply", sign_first_is_not, WORDS("no", "false", "0"),
     ALWAYS, "X-Auto-Reply: it is an automatic reply"},
    {"auto-reply-header", SURE, "Auto-Reply", sign_first_is_not, WORDS("no", "false", "0"), ALWAYS,
     "Auto-Reply: it is an automatic reply"},
    {"auto-reply-header", SURE, "X-Autorespond", sign_first_is_not, WORDS("no", "false", "0"),
     ALWAYS, "X-Autorespond: it is an automatic reply (cPanel)"},
    {"auto-reply-header", SURE, "X-Autoresponder", sign_first_is_not, WORDS("no", "false", "0"),
     ALWAYS, "X-Autoresponder: it is an automatic reply"},
    {"auto-reply-header", SURE, "X-AutoReply-From", sign_present, NULL, ALWAYS,
     "X-AutoReply-From: it is an automatic reply"},
    {"auto-reply-header", SURE, "X-Mail-Autoreply", sign_present, NULL, ALWAYS,
     "X-Mail-Autoreply: it is an automatic reply"},
    {"auto-reply-header", SURE, "X-Autogenerated", sign_has_word, WORDS("reply"), ALWAYS,
     "X-Autogenerated: it is an automatic reply (CommuniGate Pro)"},
    {"auto-reply-header", SURE, "X-POST-MessageClass", sign_has_word, WORDS("autoresponder"),
     ALWAYS, "X-POST-MessageClass: it is an automatic reply"},
    {"auto-reply-header", SURE, "Delivered-To", sign_has_word, WORDS("autoresponder"), ALWAYS,
     "Delivered-To: autoresponder: it is an automatic reply"},

    {"feedback-id", UNSURE, "Feedback-ID", sign_present, NULL, NOT_OWN_FORM,
     "Feedback-ID: it went to many (Gmail feedback loop)"},
    {"bulk-sender", UNSURE, "X-CSA-Complaints", sign_present, NULL, ALWAYS,
     "X-CSA-Complaints: it went to many (Certified Senders Alliance)"},

    {"null-return-path", SURE, "Return-Path", sign_null_path, NULL, ALWAYS,
     "its return path is empty: nobody wants to hear of it (RFC 5321 4.5.5, RFC 3834 2)"},
    {"x-loop", SURE, "X-Loop", sign_names_us, NULL, ALWAYS,
     "X-Loop names one of our addresses: it was here before (procmail)"},
    {"ticket-system", UNSURE, "X-Loop", sign_has_word, WORDS("yes", "true"), ALWAYS,
     "X-Loop: a ticket system wrote it (OTRS, Znuny)"},
    {"delivery-loop", SURE, NULL, sign_delivered_often, WORDS("Delivered-To"), ALWAYS,
     "one of our addresses got it three times: it goes round in circles (Postfix)"},

    {"no-reply", UNSURE, NULL, sign_answer_says, phrases_no_reply, ALWAYS,
     "its address asks not to be answered"},
    {"no-reply", UNSURE, NULL, sign_from_says, phrases_no_reply, NOT_FORM,
     "its sender asks not to be answered"},
    {"list-robot", UNSURE, NULL, sign_from_local,
     WORDS("owner-*", "*-owner", "*-request", "*-bounces", "*-bounces+*", "bounce", "bounces",
           "bounce+*", "bounces+*", "listserv", "majordomo", "listproc", "sympa", "mailman"),
     ALWAYS, "its sender is the robot of a mailing list (RFC 5230 4.6, RFC 2142 6)"},

    {"out-of-office", UNSURE, NULL, sign_subject_label, phrases_out_of_office, ALWAYS,
     "its subject is that of an out-of-office note"},
};

static gboolean rule_is_asked(const Rule *rule, const SignFacts *facts)
{
    const struct {
        guint when;
        gboolean asked;
    } conditions[] = {{NOT_FORM, !facts->form},
                      {NOT_OWN_FORM, !facts->own_form},
                      {NOT_OWN_LIST, !facts->own_list},
                      {ONLY_FORM, facts->form},
                      {ONLY_OWN_LIST, facts->own_list}};

    for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++)
        if ((rule->when & conditions[i].when) && !conditions[i].asked)
            return FALSE;
    return TRUE;
}

static gboolean rule_fires(const Rule *rule, const SignFacts *facts)
{
    if (!rule_is_asked(rule, facts))
        return FALSE;
    if (!rule->header)
        return rule->test(facts, NULL, rule->words);
    for (guint i = 0; i < facts->fields->len; i++) {
        const SignField *field = &g_array_index(facts->fields, SignField, i);
        if (sign_name_fits(field->name, rule->header) &&
            rule->test(facts, field->value, rule->words))
            return TRUE;
    }
    return FALSE;
}

const char *answerable_machine(const Message *message, const char *const *own_addresses,
                               const char **explain)
{
    const Rule *found = NULL;
    SignFacts facts;

    sign_facts_init(&facts, message, own_addresses);
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        if ((found && rules[i].certainty == UNSURE) || !rule_fires(&rules[i], &facts))
            continue;
        found = &rules[i];
        if (found->certainty != UNSURE)
            break;
    }
    sign_facts_clear(&facts);
    if (explain)
        *explain = found ? found->why : NULL;
    return found ? found->name : NULL;
}

gboolean answerable_certain(const char *rule)
{
    gboolean known = g_strcmp0(rule, ANSWERABLE_OWN_MAIL) == 0;

    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (g_strcmp0(rule, rules[i].name) != 0)
            continue;
        if (rules[i].certainty != SURE)
            return FALSE;
        known = TRUE;
    }
    return known;
}

const char *answerable_rule(guint n)
{
    return n < G_N_ELEMENTS(rules) ? rules[n].name : NULL;
}
