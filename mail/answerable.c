/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/answerable.h"
#include "mail/phrases.h"
#include "mail/sign.h"

#include <string.h>

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
    ONLY_OWN_LIST = 1 << 3,
    ONLY_PASSED_ON = 1 << 4,
    GUESS = 1 << 5,      /* only words look like a machine's: not if Auto-Submitted says "no" */
    DOUBTFUL = 1 << 6,   /* not of what is passed on: then it makes a "web-form" */
    NOT_TALKED = 1 << 7, /* no discussion, and no answer to anything */
};

typedef struct Rule {
    const char *name;
    Certainty certainty; /* SURE in all rows of a name, or in none */
    const char *header;  /* any case, "List-*" is a prefix; NULL: the test looks elsewhere */
    SignTest test;       /* NULL: a DOUBTFUL row would fire */
    const char *const *words;
    guint when;
    const char *why, *source;
} Rule;

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define BECAUSE(sentence, source) sentence " (" source ")", source

#define NO WORDS("no", "false", "0", "none")
#define AUTO_REPLY WORDS("auto_reply", "auto-reply", "autoreply")
#define CALENDARS WORDS("urn:content-classes:calendarmessage", "urn:content-classes:appointment")
#define VOICE WORDS("voice", "voice-ca", "voice-uc", "missedcall", "fax", "fax-ca")
#define CONTEXTS                                                                                   \
    WORDS("voice-message", "fax-message", "pager-message", "multimedia-message", "video-message")
#define GATEWAYS                                                                                   \
    WORDS("voicemail", "voice-mail", "sprachbox", "anrufbeantworter", "faxserver", "fax2mail",     \
          "fax-gateway", "mms-gateway", "sms-gateway")
#define BULK_SENDERS                                                                               \
    WORDS("Feedback-ID", "X-CSA-Complaints", "X-Mailgun-*", "X-SG-EID", "X-SES-Outgoing",          \
          "X-Mandrill-User", "X-MJ-*", "X-MSFBL", "X-sib-id", "X-EMarSys-*", "X-MailingID")
#define LIST_ROBOTS                                                                                \
    WORDS("owner-*", "*-owner", "*-request", "*-bounces", "*-bounces+*", "bounce", "bounces",      \
          "bounce+*", "bounces+*", "listserv", "majordomo", "listproc", "sympa", "mailman",        \
          "ezmlm")
#define LIST_PATHS                                                                                 \
    WORDS("owner-*", "*-owner", "*-request", "listserv", "majordomo", "sympa", "mailman")
#define SYSTEM_USERS WORDS("www-data", "wwwrun", "apache", "nobody", "daemon", "cron", "crond")
#define JUDGED_SPAM                                                                                \
    WORDS("sfv:spm", "sfv:sks", "sfv:skb", "cat:spm", "cat:hspm", "cat:phsh", "cat:hphsh",         \
          "cat:hphish", "cat:malw")
#define SUBMITTED WORDS("no", "auto-generated", "auto-replied", "auto-notified")
#define PUBLIC (DOUBTFUL | NOT_TALKED | NOT_OWN_LIST)
#define ON WORDS("yes", "true", "1")

static const Rule rules[] = {
    {"bounce", SURE, NULL, sign_content_type,
     WORDS("multipart/report", "report-type", "delivery-status"), ALWAYS,
     BECAUSE("it is a delivery report", "RFC 3464 2, RFC 6522 3")},
    {"bounce", SURE, NULL, sign_content_type, WORDS("message/delivery-status"), ALWAYS,
     BECAUSE("it is a delivery report", "RFC 3464 2.1")},
    {"bounce", SURE, "X-Failed-Recipients", sign_present, NULL, ALWAYS,
     BECAUSE("X-Failed-Recipients: it is a delivery report", "Exim: bounce messages")},
    {"bounce", SURE, "X-MS-Exchange-Message-Is-Ndr", sign_there, NULL, ALWAYS,
     BECAUSE("X-MS-Exchange-Message-Is-Ndr: it is a delivery report", "Exchange: NDRs")},
    {"bounce", SURE, "Content-Class", sign_has_word, WORDS("urn:content-classes:dsn"), ALWAYS,
     BECAUSE("Content-Class: it is a delivery report",
             "Exchange: PR_MESSAGE_CLASS to DAV:contentclass")},
    {"bounce", SURE, NULL, sign_subject_system, phrases_bounce_system, ALWAYS,
     BECAUSE("its subject and sender are those of a delivery report",
             "RFC 3464 2, Postfix, Exim, Exchange, Sendmail")},
    {"bounce", SURE, NULL, sign_text_system, WORDS("hi. this is the "), ALWAYS,
     BECAUSE("its first words and sender are those of a delivery report", "qmail: QSBMF")},

    {"own-address", UNSURE, NULL, sign_from_own, NULL, NOT_OWN_LIST,
     BECAUSE("it comes from one of our own addresses", "RFC 3834 2: loops")},
    {"own-list", UNSURE, NULL, sign_from_own, NULL, ONLY_OWN_LIST,
     BECAUSE("our mailing list may have put its address in the place of the sender's",
             "RFC 7960: DMARC and lists")},

    {"spam", SURE, NULL, sign_flagged, WORDS("spam"), ALWAYS,
     BECAUSE("the mail server marked it as spam", "IMAP keyword $Junk or a header")},
    {"spam", SURE, "X-Spam-Flag", sign_first_is, ON, ALWAYS,
     BECAUSE("X-Spam-Flag says that it is spam", "SpamAssassin: add_header; amavis, rspamd")},
    {"spam", SURE, "X-Spam", sign_first_is, ON, ALWAYS,
     BECAUSE("X-Spam says that it is spam", "rspamd: milter_headers")},
    {"spam", SURE, "X-Spam-Status", sign_first_is, ON, ALWAYS,
     BECAUSE("X-Spam-Status says that it is spam", "SpamAssassin: add_header")},
    {"spam", SURE, "X-Barracuda-Spam-Flag", sign_first_is, ON, ALWAYS,
     BECAUSE("X-Barracuda-Spam-Flag says that it is spam", "Barracuda Email Security Gateway")},
    {"spam", SURE, "X-Bogosity", sign_first_is, WORDS("spam", "yes"), ALWAYS,
     BECAUSE("X-Bogosity says that it is spam", "bogofilter(1)")},
    {"spam", SURE, "X-DSPAM-Result", sign_first_is, WORDS("spam"), ALWAYS,
     BECAUSE("X-DSPAM-Result says that it is spam", "DSPAM")},
    {"spam", SURE, "X-UI-Filterresults", sign_starts, WORDS("junk:"), ALWAYS,
     BECAUSE("X-UI-Filterresults says that it is spam", "GMX, WEB.DE, 1&1")},
    {"spam", SURE, "X-MS-Exchange-Organization-SCL", sign_at_least, WORDS("5"), ALWAYS,
     BECAUSE("its spam confidence level is 5 or more", "MS-OXCMAIL 2.1.3.2.24, Exchange: SCL")},
    {"spam", SURE, "X-Forefront-Antispam-Report", sign_inbound_has, JUDGED_SPAM, ALWAYS,
     BECAUSE("X-Forefront-Antispam-Report says that it is spam",
             "Exchange Online Protection: SFV, CAT")},
    {"spam", SURE, "X-Microsoft-Antispam-Mailbox-Delivery", sign_has_word, WORDS("dest:j"), ALWAYS,
     BECAUSE("X-Microsoft-Antispam-Mailbox-Delivery says Junk",
             "Exchange Online Protection: dest")},

    {"bounce-subject", UNSURE, NULL, sign_subject_starts, phrases_bounce, GUESS,
     BECAUSE("its subject is that of a delivery report, which a human may have forwarded",
             "Postfix, Exim, Exchange, Sendmail")},
    {"read-receipt", SURE, NULL, sign_content_type,
     WORDS("multipart/report", "report-type", "disposition-notification"), ALWAYS,
     BECAUSE("it is a read receipt", "RFC 8098 3")},
    {"read-receipt", SURE, NULL, sign_content_type, WORDS("message/disposition-notification"),
     ALWAYS, BECAUSE("it is a read receipt", "RFC 8098 3.1")},
    {"read-receipt", SURE, "Content-Class", sign_has_word, WORDS("urn:content-classes:mdn"), ALWAYS,
     BECAUSE("Content-Class: it is a read receipt",
             "Exchange: PR_MESSAGE_CLASS to DAV:contentclass")},
    {"report", SURE, NULL, sign_content_type, WORDS("multipart/report"), ALWAYS,
     BECAUSE("it is a report of a mail system", "RFC 6522 3")},
    {"report", SURE, NULL, sign_content_type, WORDS("message/feedback-report"), ALWAYS,
     BECAUSE("it is an abuse report", "RFC 5965 2")},
    {"report", SURE, "TLS-Report-Domain", sign_present, NULL, ALWAYS,
     BECAUSE("TLS-Report-Domain: it is a report of a mail system", "RFC 8460 5.3")},
    {"report", SURE, NULL, sign_subject_report, WORDS("report domain:", "submitter:"), ALWAYS,
     BECAUSE("its subject is that of a DMARC report", "RFC 7489 7.2.1.1")},
    {"report-subject", UNSURE, NULL, sign_subject_all, WORDS("report domain:", "submitter:"), GUESS,
     BECAUSE("its subject tells of a DMARC report, which a human may have forwarded",
             "RFC 7489 7.2.1.1")},
    {"mailer-daemon", UNSURE, NULL, sign_from_local,
     WORDS("mailer-daemon", "mailer-daemon-*", "mailer-daemon+*", "mailerdaemon",
           "microsoftexchange329e*"),
     ALWAYS, BECAUSE("a mail system sent it", "RFC 5230 4.6")},
    {"mailer-daemon", UNSURE, NULL, sign_from_local, WORDS("postmaster"), GUESS,
     BECAUSE("a mail system, or who looks after it, sent it", "RFC 2142 5, RFC 5321 4.5.1")},

    {"calendar-reply", SURE, NULL, sign_content_type, WORDS("text/calendar", "method", "reply"),
     ALWAYS, BECAUSE("it is an answer to an invitation", "RFC 5546 3.2.3, RFC 6047 2.4")},
    {"calendar", HUMAN, NULL, sign_content_type, WORDS("text/calendar"), ALWAYS,
     BECAUSE("it is an invitation", "RFC 6047 2.4")},
    {"calendar", HUMAN, NULL, sign_flagged, WORDS("calendar"), ALWAYS,
     BECAUSE("a calendar entry is in it", "RFC 6047 2.4")},
    {"calendar", HUMAN, "Content-Class", sign_has_word, CALENDARS, ALWAYS,
     BECAUSE("Content-Class: it is an invitation",
             "Exchange: PR_MESSAGE_CLASS to DAV:contentclass")},
    {"calendar", HUMAN, NULL, sign_id_matches, WORDS("calendar-*@google.com"), ALWAYS,
     BECAUSE("its Message-ID is that of an invitation", "Google Calendar")},
    {"voice-mail", HUMAN, "Message-Context", sign_first_is, CONTEXTS, ALWAYS,
     BECAUSE("Message-Context: somebody called, or sent a fax", "RFC 3458, RFC 3938")},
    {"voice-mail", HUMAN, NULL, sign_content_type, WORDS("multipart/voice-message"), ALWAYS,
     BECAUSE("somebody called", "RFC 2423, RFC 3801")},
    {"voice-mail", HUMAN, "Content-Class", sign_first_is, VOICE, ALWAYS,
     BECAUSE("Content-Class: somebody called, or sent a fax",
             "MS-OXCMAIL, Exchange: unified messaging")},
    {"voice-mail", HUMAN, "X-Asterisk-*", sign_present, NULL, ALWAYS,
     BECAUSE("X-Asterisk: somebody called", "Asterisk: voicemail")},
    {"voice-mail", HUMAN, NULL, sign_from_local, GATEWAYS, ALWAYS,
     BECAUSE("its sender is the gateway of a telephone", "names of gateways")},

    {"auto-submitted", SURE, "Auto-Submitted", sign_first_is,
     WORDS("auto-replied", "auto-notified"), ALWAYS,
     BECAUSE("Auto-Submitted says that a machine answers", "RFC 3834 5, RFC 5436 2.7.1")},
    {"ticket-system", HUMAN, "X-Loop", sign_first_is, ON, ALWAYS,
     BECAUSE("X-Loop: a ticket system wrote it", "OTRS, Znuny, Zammad")},
    {"ticket-system", HUMAN, "X-OTRS-Loop", sign_first_is_not, NO, ALWAYS,
     BECAUSE("X-OTRS-Loop: a ticket system wrote it", "OTRS, Znuny")},
    {"ticket-system", HUMAN, "X-RT-Loop-Prevention", sign_present, NULL, ALWAYS,
     BECAUSE("X-RT-Loop-Prevention: a ticket system wrote it", "Request Tracker")},
    {"ticket-system", HUMAN, "X-Zendesk-*", sign_present, NULL, ALWAYS,
     BECAUSE("X-Zendesk: a ticket system wrote it", "Zendesk")},
    {"ticket-system", HUMAN, "X-ServiceNow-Generated", sign_first_is_not, NO, ALWAYS,
     BECAUSE("X-ServiceNow-Generated: a ticket system wrote it", "ServiceNow")},
    {"ticket-system", HUMAN, "X-JIRA-FingerPrint", sign_present, NULL, ALWAYS,
     BECAUSE("X-JIRA-FingerPrint: a ticket system wrote it", "Jira")},
    {"ticket-system", HUMAN, "X-Bugzilla-*", sign_present, NULL, ALWAYS,
     BECAUSE("X-Bugzilla: a ticket system wrote it", "Bugzilla")},
    {"ticket-system", HUMAN, "X-Redmine-*", sign_present, NULL, ALWAYS,
     BECAUSE("X-Redmine: a ticket system wrote it", "Redmine")},
    {"ticket-system", HUMAN, "X-GitHub-*", sign_present, NULL, ALWAYS,
     BECAUSE("X-GitHub: a notification of GitHub", "GitHub: notification headers")},
    {"ticket-system", HUMAN, "X-GitLab-*", sign_present, NULL, ALWAYS,
     BECAUSE("X-GitLab: a notification of GitLab", "GitLab: notification headers")},
    {"ticket-system", HUMAN, "X-Mailer", sign_starts,
     WORDS("osTicket", "OTRS Mail Service", "Znuny", "Zendesk Mailer", "KANA Response"), ALWAYS,
     BECAUSE("X-Mailer is that of a ticket system", "osTicket, OTRS, Zendesk, Kana")},
    {"ticket-system", HUMAN, "X-Powered-By", sign_starts, WORDS("Zammad", "OTRS"), ALWAYS,
     BECAUSE("X-Powered-By is that of a ticket system", "Zammad, OTRS")},
    {"web-form", HUMAN, NULL, NULL, NULL, ONLY_PASSED_ON,
     BECAUSE("a machine passed it on, but it comes from our own domain, or the answer would go to "
             "another one: it may be a web form",
             "RFC 3834 5, RFC 5322 3.6.2")},
    {"newsletter", SURE, "List-Unsubscribe-Post", sign_present, NULL, PUBLIC,
     BECAUSE("List-Unsubscribe-Post: it went to many", "RFC 8058 3.1")},
    {"newsletter", SURE, "List-*", sign_beside_bulk, WORDS("bulk", "junk"), PUBLIC,
     BECAUSE("a List- header and Precedence: bulk: it went to many", "RFC 2369 3, RFC 3834 2")},
    {"newsletter", SURE, "List-Unsubscribe", sign_beside, BULK_SENDERS, PUBLIC,
     BECAUSE("List-Unsubscribe and the mark of a bulk sender: it went to many",
             "RFC 2369 3.2, Mailgun, SendGrid, Amazon SES, Mailchimp, Mailjet")},
    {"newsletter", SURE, "X-Campaign", sign_present, NULL, DOUBTFUL | NOT_TALKED,
     BECAUSE("X-Campaign: it went to many", "Mailchimp")},
    {"newsletter", SURE, "X-Campaign-ID", sign_present, NULL, DOUBTFUL | NOT_TALKED,
     BECAUSE("X-Campaign-ID: it went to many", "Constant Contact and others")},
    {"newsletter", SURE, "X-CampaignID", sign_present, NULL, DOUBTFUL | NOT_TALKED,
     BECAUSE("X-CampaignID: it went to many", "Zoho Campaigns and others")},
    {"newsletter", SURE, "X-Newsletter", sign_present, NULL, DOUBTFUL | NOT_TALKED,
     BECAUSE("X-Newsletter: it went to many", "in use; by its name")},

    {"auto-submitted", SURE, "Auto-Submitted", sign_first_is, WORDS("auto-generated"), DOUBTFUL,
     BECAUSE("Auto-Submitted says that a machine made it", "RFC 3834 5")},
    {"auto-unknown", UNSURE, "Auto-Submitted", sign_first_is_not, SUBMITTED, ALWAYS,
     BECAUSE("Auto-Submitted is not \"no\", and nothing that is known", "RFC 3834 5")},
    {"x-auto-response-suppress", UNSURE, "X-Auto-Response-Suppress", sign_has_word,
     WORDS("all", "autoreply", "oof"), ALWAYS,
     BECAUSE("X-Auto-Response-Suppress asks for no automatic reply", "MS-OXCMAIL 2.1.3.2.20")},
    {"precedence", UNSURE, "Precedence", sign_has_word, WORDS("bulk", "junk"), ALWAYS,
     BECAUSE("Precedence says bulk or junk", "RFC 3834 2, RFC 2076 3.9, vacation(1)")},
    {"precedence", UNSURE, "Precedence", sign_has_word, WORDS("list"), NOT_OWN_LIST,
     BECAUSE("Precedence says list", "RFC 3834 2, RFC 2076 3.9, vacation(1)")},
    {"precedence", UNSURE, "X-Precedence", sign_has_word, WORDS("bulk", "junk"), ALWAYS,
     BECAUSE("X-Precedence says bulk or junk", "cPanel: BoxTrapper")},
    {"precedence", UNSURE, "X-Precedence", sign_has_word, WORDS("list"), NOT_OWN_LIST,
     BECAUSE("X-Precedence says list", "cPanel: BoxTrapper")},

    {"list-id", UNSURE, "List-Id", sign_foreign_list, NULL, ALWAYS,
     BECAUSE("List-Id: it came by a mailing list", "RFC 2919 3, RFC 5230 4.6")},
    {"list-unsubscribe", UNSURE, "List-Unsubscribe", sign_present, NULL, NOT_OWN_LIST,
     BECAUSE("List-Unsubscribe: it went to many", "RFC 2369 3.2, RFC 5230 4.6")},
    {"list-header", UNSURE, "List-*", sign_present, NULL, NOT_OWN_LIST,
     BECAUSE("a List- header: it came by a mailing list", "RFC 2369 3, RFC 5230 4.6")},
    {"mailing-list", UNSURE, "Mailing-List", sign_foreign_list, NULL, NOT_OWN_LIST,
     BECAUSE("Mailing-List: it came by a mailing list", "ezmlm-send(1), Google Groups")},
    {"mailing-list", UNSURE, "X-Mailing-List", sign_foreign_list, NULL, NOT_OWN_LIST,
     BECAUSE("X-Mailing-List: it came by a mailing list", "SmartList, vger")},
    {"mailing-list", UNSURE, "X-BeenThere", sign_foreign_list, NULL, ALWAYS,
     BECAUSE("X-BeenThere: it came by a mailing list", "Mailman")},
    {"mailing-list", UNSURE, "X-Mailman-Version", sign_present, NULL, NOT_OWN_LIST,
     BECAUSE("X-Mailman-Version: it came by a mailing list", "Mailman")},
    {"mailing-list", UNSURE, "X-ML-Name", sign_present, NULL, NOT_OWN_LIST,
     BECAUSE("X-ML-Name: it came by a mailing list", "fml; ezmlm-weed(1)")},

    {"auto-reply-header", SURE, "Precedence", sign_has_word, AUTO_REPLY, DOUBTFUL,
     BECAUSE("Precedence says auto_reply", "cPanel, RFC 3834 2")},
    {"auto-reply-header", SURE, "X-Precedence", sign_has_word, AUTO_REPLY, DOUBTFUL,
     BECAUSE("X-Precedence says auto_reply", "cPanel: BoxTrapper")},
    {"auto-reply-header", SURE, "X-Autoreply", sign_first_is_not, NO, DOUBTFUL,
     BECAUSE("X-Autoreply: it is an automatic reply", "Gmail: vacation responder, osTicket")},
    {"auto-reply-header", SURE, "X-Auto-Reply", sign_first_is_not, NO, DOUBTFUL,
     BECAUSE("X-Auto-Reply: it is an automatic reply", "in use; by its name")},
    {"auto-reply-header", SURE, "Auto-Reply", sign_first_is_not, NO, DOUBTFUL,
     BECAUSE("Auto-Reply: it is an automatic reply", "in use; by its name")},
    {"auto-reply-header", SURE, "X-Autorespond", sign_first_is_not, NO, DOUBTFUL,
     BECAUSE("X-Autorespond: it is an automatic reply", "cPanel: autoresponders")},
    {"auto-reply-header", SURE, "X-Autoresponder", sign_first_is_not, NO, DOUBTFUL,
     BECAUSE("X-Autoresponder: it is an automatic reply", "in use; by its name")},
    {"auto-reply-header", SURE, "X-Amazon-Auto-Reply", sign_first_is_not, NO, DOUBTFUL,
     BECAUSE("X-Amazon-Auto-Reply: it is an automatic reply", "Amazon; ezmlm-weed(1)")},
    {"auto-reply-header", SURE, "X-AutoReply-From", sign_present, NULL, DOUBTFUL,
     BECAUSE("X-AutoReply-From: it is an automatic reply", "Domain Technologie Control")},
    {"auto-reply-header", SURE, "X-Mail-Autoreply", sign_present, NULL, DOUBTFUL,
     BECAUSE("X-Mail-Autoreply: it is an automatic reply", "Domain Technologie Control")},
    {"auto-reply-header", SURE, "X-FC-MachineGenerated", sign_first_is, ON, DOUBTFUL,
     BECAUSE("X-FC-MachineGenerated: it is an automatic reply", "FirstClass")},
    {"auto-reply-header", SURE, "X-Autogenerated", sign_has_word, WORDS("reply"), DOUBTFUL,
     BECAUSE("X-Autogenerated: it is an automatic reply", "CommuniGate Pro: rules")},
    {"auto-reply-header", SURE, "X-POST-MessageClass", sign_has_word, WORDS("autoresponder"),
     DOUBTFUL, BECAUSE("X-POST-MessageClass: it is an automatic reply", "Mailtraq")},
    {"auto-reply-header", SURE, "Delivered-To", sign_has_word, WORDS("autoresponder"), DOUBTFUL,
     BECAUSE("Delivered-To: autoresponder: it is an automatic reply", "qmail: autorespond")},
    {"exchange-rule", UNSURE, "X-MS-Exchange-Generated-Message-Source", sign_present, NULL, ALWAYS,
     BECAUSE(
         "X-MS-Exchange-Generated-Message-Source: a rule sent it, with a human's words or its own",
         "Exchange: transport and mailbox agents")},

    {"feedback-id", UNSURE, "Feedback-ID", sign_present, NULL, NOT_OWN_FORM,
     BECAUSE("Feedback-ID: it went to many", "Gmail: feedback loop")},
    {"bulk-sender", UNSURE, "X-Campaign*", sign_present, NULL, ALWAYS,
     BECAUSE("X-Campaign: it went to many", "Mailchimp, Constant Contact, Zoho Campaigns")},
    {"bulk-sender", UNSURE, "X-Newsletter", sign_present, NULL, ALWAYS,
     BECAUSE("X-Newsletter: it went to many", "in use; by its name")},
    {"bulk-sender", UNSURE, "X-CSA-Complaints", sign_present, NULL, ALWAYS,
     BECAUSE("X-CSA-Complaints: it went to many", "Certified Senders Alliance")},

    {"null-return-path", SURE, "Return-Path", sign_null_path, NULL, DOUBTFUL,
     BECAUSE("its return path is empty: nobody wants to hear of it", "RFC 5321 4.5.5, RFC 3834 2")},
    {"x-loop", UNSURE, "X-Loop", sign_names_us, NULL, ALWAYS,
     BECAUSE("X-Loop names one of our addresses: it was here before", "procmailex(5)")},
    {"cron", UNSURE, "X-Cron-Env", sign_present, NULL, ALWAYS,
     BECAUSE("X-Cron-Env: a computer wrote it by its timetable", "cron(8)")},
    {"delivery-loop", UNSURE, NULL, sign_delivered_often, WORDS("Delivered-To"), ALWAYS,
     BECAUSE("one of our addresses got it three times: it goes round in circles",
             "Postfix: local(8)")},

    {"no-reply", UNSURE, NULL, sign_answer_says, phrases_no_reply, ALWAYS,
     BECAUSE("its address asks not to be answered", "convention of senders, RFC 3834 4")},
    {"no-reply", UNSURE, NULL, sign_from_says, phrases_no_reply, NOT_FORM,
     BECAUSE("its sender asks not to be answered", "convention of senders, RFC 3834 4")},
    {"list-robot", UNSURE, NULL, sign_from_local, LIST_ROBOTS, GUESS,
     BECAUSE("its sender is the robot of a mailing list", "RFC 5230 4.6, RFC 2142 6")},
    {"list-robot", UNSURE, "Return-Path", sign_path_local, LIST_PATHS, NOT_OWN_LIST | GUESS,
     BECAUSE("its return path is that of a mailing list", "RFC 3834 2, RFC 5230 4.6")},
    {"list-robot", UNSURE, "Sender", sign_path_local, LIST_ROBOTS, NOT_OWN_LIST | GUESS,
     BECAUSE("its Sender is the robot of a mailing list", "RFC 5230 4.6")},
    {"robot-address", UNSURE, NULL, sign_from_says, phrases_robot, NOT_FORM | GUESS,
     BECAUSE("its sender is called like a robot", "RFC 3834 2")},
    {"robot-address", UNSURE, NULL, sign_from_local, SYSTEM_USERS, NOT_FORM | GUESS,
     BECAUSE("its sender is a user that is no human", "RFC 3834 2, Unix accounts")},

    {"out-of-office", UNSURE, NULL, sign_subject_label, phrases_out_of_office, GUESS,
     BECAUSE("its subject is that of an out-of-office note",
             "Exchange, Outlook, Gmail, Zimbra, by language")},
    {"out-of-office", UNSURE, NULL, sign_subject_has, phrases_away, GUESS,
     BECAUSE("its subject says that somebody is away", "Notes: out of office, vacation(1)")},
    {"out-of-office", UNSURE, NULL, sign_subject_starts,
     WORDS("auto: re:", "auto: aw:", "auto: sv:", "auto: r:", "auto: antw:"), GUESS,
     BECAUSE("its subject is that of a vacation note", "RFC 5230 4.3")},
    {"out-of-office", UNSURE, "Thread-Topic", sign_topic, WORDS("autoresponse"), GUESS,
     BECAUSE("Thread-Topic: it is an automatic reply", "Exchange; ezmlm-weed(1)")},
    {"out-of-office", UNSURE, NULL, sign_subject_numbered, WORDS("auto: "), GUESS,
     BECAUSE("its subject may be that of a vacation note upon our answer", "RFC 5230 4.3")},
    {"acknowledgement", UNSURE, NULL, sign_subject_label, phrases_acknowledgement, GUESS,
     BECAUSE("its subject is that of an automatic acknowledgement",
             "RFC 3834 1: acknowledgements")},
    {"ticket-system", UNSURE, NULL, sign_id_matches, WORDS("erms.*.*.*@*"), ALWAYS,
     BECAUSE("its Message-ID is that of another installation of erms", "mail/compose.h")},
    {"ticket-system", UNSURE, NULL, sign_subject_numbered, NULL, GUESS,
     BECAUSE("its subject is no reply and has the number of a ticket: a ticket system wrote it",
             "mail/compose.h")},
};

static gboolean rule_is_asked(const Rule *rule, const SignFacts *facts)
{
    const struct {
        guint when;
        gboolean asked;
    } conditions[] = {{NOT_FORM, !facts->form},           {NOT_OWN_FORM, !facts->own_form},
                      {NOT_OWN_LIST, !facts->own_list},   {ONLY_OWN_LIST, facts->own_list},
                      {ONLY_PASSED_ON, facts->passed_on}, {GUESS, !facts->human},
                      {NOT_TALKED, !facts->talked}};

    for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++)
        if ((rule->when & conditions[i].when) && !conditions[i].asked)
            return FALSE;
    return TRUE;
}

/* But for DOUBTFUL. */
static gboolean rule_fits(const Rule *rule, const SignFacts *facts)
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

static gboolean rule_fires(const Rule *rule, const SignFacts *facts)
{
    if (rule->test)
        return !((rule->when & DOUBTFUL) && facts->passed_on) && rule_fits(rule, facts);
    for (gsize i = 0; rule_is_asked(rule, facts) && i < G_N_ELEMENTS(rules); i++)
        if ((rules[i].when & DOUBTFUL) && rule_fits(&rules[i], facts))
            return TRUE;
    return FALSE;
}

gint answerable_row(const Message *message, const char *const *own_addresses)
{
    gint found = -1;
    SignFacts facts;

    sign_facts_init(&facts, message, own_addresses);
    for (gint i = 0; i < (gint)G_N_ELEMENTS(rules); i++) {
        if ((found >= 0 && rules[i].certainty == UNSURE) || !rule_fires(&rules[i], &facts))
            continue;
        found = i;
        if (rules[i].certainty != UNSURE)
            break;
    }
    sign_facts_clear(&facts);
    return found;
}

const char *answerable_machine(const Message *message, const char *const *own_addresses,
                               const char **explain)
{
    gint row = answerable_row(message, own_addresses);

    if (explain)
        *explain = row >= 0 ? rules[row].why : NULL;
    return row >= 0 ? rules[row].name : NULL;
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

/* But for "auto:", with which the subject of a garage begins, too. */
static gboolean says_away(const SignFacts *facts, gboolean headers)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
        if (strcmp(rules[i].name, ANSWERABLE_AWAY) == 0 && (headers || !rules[i].header) &&
            rules[i].test != sign_subject_numbered && rule_fires(&rules[i], facts))
            return TRUE;
    return FALSE;
}

/* Is it only KNOWN in its subject that says so? */
static gboolean owes_to(const SignFacts *facts, const char *known)
{
    SignFacts other = *facts;
    g_autofree char *base = sign_base_subject(known);
    const char *found = g_strrstr(facts->subject, base);

    other.subject = base;
    if (!says_away(&other, FALSE))
        return FALSE;
    if (!found)
        return TRUE;
    g_autofree char *start = g_strndup(facts->subject, (gsize)(found - facts->subject));
    g_autofree char *rest = g_strconcat(start, found + strlen(base), NULL);
    other.subject = rest;
    return !says_away(&other, FALSE);
}

gboolean answerable_away_upon(const Message *message, const char *const *known)
{
    SignFacts facts;
    gboolean upon;

    sign_facts_init(&facts, message, NULL);
    upon = says_away(&facts, TRUE);
    for (gsize i = 0; known[i]; i++) {
        g_autofree char *whole = sign_fold(known[i], SIGN_MAX_SUBJECT);
        g_autofree char *note = g_strconcat("auto: ", whole, NULL);
        if (owes_to(&facts, known[i])) {
            upon = FALSE;
            break;
        }
        upon = upon || strcmp(facts.subject, note) == 0;
    }
    sign_facts_clear(&facts);
    return upon;
}

const char *answerable_rule(guint n)
{
    return n < G_N_ELEMENTS(rules) ? rules[n].name : NULL;
}

const char *answerable_source(guint n)
{
    return n < G_N_ELEMENTS(rules) ? rules[n].source : NULL;
}
