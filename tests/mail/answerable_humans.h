/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of tests/mail/answerable.c: mail of humans that looks like a machine's. None may be ignored:
 * no rule, or one that is not certain. */
#pragma once

#define FORM "no-reply@forms.example", CUSTOMER
#define OUR "service@lindenhof.example"

static const Row human_rows[] = {
    /* a postmaster is a human, too */
    {"mailer-daemon", NULL, "postmaster@kunde.example", 0, "Delivery failure of my parcel"},
    {"mailer-daemon", NULL, "postmaster@kunde.example", 0, "Delivery report wanted"},
    {"mailer-daemon", NULL, "postmaster@kunde.example", 0, "Warning: message to you came back"},
    {"mailer-daemon", NULL, "postmaster@kunde.example", 0, "Returned mail"},
    {"mailer-daemon", NULL, "postmaster@kunde.example", 0, "Mail failure since Monday"},
    {"mailer-daemon", "Return-Path: <postmaster@kunde.example>\n", "postmaster@kunde.example", 0,
     "Delivery failure: parcel 4711"},
    {"bounce-subject", NULL, "postmaster@kunde.example", 0, "Undelivered mail returned to sender"},
    {"web-form", "Return-Path: <>\n", FORM, "Delivery failure: parcel 4711"},
    {"web-form", "Return-Path: <>\n", "formular@lindenhof.example", 0, "Delivery failure"},
    /* replies and forwards, in which somebody is away */
    {NULL, NULL, 0, 0, "RE : Colis: le client est absent du bureau"},
    {NULL, NULL, 0, 0, "RE\xc2\xa0: Colis: le client est absent du bureau"},
    {NULL, NULL, 0, 0, "TR : Colis: le client est absent du bureau"},
    {NULL, NULL, 0, 0, "Rép: Colis: le client est absent du bureau"},
    {NULL, NULL, 0, 0, "RÉF : Colis: le client est absent du bureau"},
    {NULL, NULL, 0, 0, "Odp: Anna is out of the office"},
    {NULL, NULL, 0, 0, "R: Anna is out of the office"},
    {NULL, NULL, 0, 0, "I: Anna is out of the office"},
    {NULL, NULL, 0, 0, "RV: Anna is out of the office"},
    {NULL, NULL, 0, 0, "VS: Anna is out of the office"},
    {NULL, NULL, 0, 0, "YNT: Anna is out of the office"},
    {NULL, NULL, 0, 0, "İLT: Anna is out of the office"},
    {NULL, NULL, 0, 0, "回复：Anna is out of the office"},
    {NULL, NULL, 0, 0, "答复: Anna is out of the office"},
    {NULL, NULL, 0, 0, "Antw.: Anna is out of the office"},
    {NULL, NULL, 0, 0, "Aw[2]: Anna is out of the office"},
    {NULL, NULL, 0, 0, "Re (3) : Anna is out of the office"},
    {NULL, NULL, 0, 0, "[External] RE : Anna is out of the office"},
    {NULL, "Thread-Topic: AutoResponse of you\n", 0, 0, "RE: AutoResponse of you"},
    {NULL, NULL, 0, 0, "Auto: Inspektion"},
    {"out-of-office", NULL, 0, 0, "Auto: Inspektion [#82B4-PWKX]"},
    {NULL, NULL, 0, 0, "RE : Auto: Inspektion [#82B4-PWKX]"},
    {NULL, NULL, 0, 0, "Rtr : Inspektion [#82B4-PWKX]"},
    /* forms of other people's services */
    {"web-form", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", FORM, 0},
    {"web-form", "List-Unsubscribe: <x>\nX-Mailgun-Sid: 47\n", FORM, 0},
    {"web-form", "List-Unsubscribe: <x>\nPrecedence: bulk\n", FORM, 0},
    {"web-form", "X-Campaign-ID: 47\n", FORM, 0},
    {"web-form", "X-Newsletter: 47\n", FORM, 0},
    {"list-unsubscribe", "List-Unsubscribe: <x>\n", FORM, 0},
    {NULL, "X-PM-Message-Id: 47\n", FORM, 0},
    /* marks of one-to-one mail, too */
    {"list-unsubscribe", "List-Unsubscribe: <x>\nX-HS-Cid: 47\n", 0, 0, 0},
    {"list-unsubscribe", "List-Unsubscribe: <x>\nX-Job: 47\n", 0, 0, 0},
    {"list-unsubscribe", "List-Unsubscribe: <x>\nX-PM-Message-Id: 47\n", 0, 0, 0},
    {"list-unsubscribe", "List-Unsubscribe: <x>\nX-Mailin-EID: 47\n", 0, 0, 0},
    {"list-unsubscribe", "List-Unsubscribe: <x>\nX-MC-User: 47\n", 0, 0, 0},
    /* redirected by a rule */
    {"x-auto-response-suppress",
     "X-MS-Exchange-Inbox-Rules-Loop: chef@kunde.example\nX-Auto-Response-Suppress: All\n", 0, 0,
     0},
    /* forms with the signs of machines */
    {"web-form", "Return-Path: <>\n", FORM, 0},
    {"web-form", "X-Autoreply: yes\n", FORM, 0},
    {"web-form", "Precedence: auto_reply\n", FORM, 0},
    {"web-form", "Auto-Submitted: auto-generated\n", FORM, 0},
    {"web-form", "Return-Path: <>\n", OUR, "petra@lindenhof.example", 0},
    {"web-form", "X-Auto-Reply: yes\n", "www@lindenhof.example", "petra@lindenhof.example", 0},
    {"web-form", "Auto-Submitted: auto-generated\n", OUR, "petra@lindenhof.example", 0},
    {"web-form", "Auto-Submitted: auto-generated\n", "www@lindenhof.example", 0, 0},
    {"auto-unknown", "Auto-Submitted: auto-forwarded\n", 0, 0, 0},
    /* in our name */
    {"own-address", NULL, OUR, 0, 0},
    {"web-form", "Return-Path: <>\n", OUR, 0, 0},
    {"web-form", "Auto-Submitted: auto-generated\n", OUR, 0, 0},
    {"voice-mail", "Content-Class: voice\nAuto-Submitted: auto-generated\n", OUR, 0, 0},
    {"voice-mail", "X-Asterisk-CallerID: 4711\nReturn-Path: <>\n", OUR, 0, 0},
    {"voice-mail", "Message-Context: fax-message\n", OUR, 0, 0},
    /* about reports of mail systems */
    {"report-subject", NULL, 0, 0, "Fwd: Report domain: x.example Submitter: y.example"},
    {"report-subject", NULL, 0, 0, "Why do I get report domain: x.example submitter: y.example?"},
    {NULL, "Auto-Submitted: no\n", 0, 0, "Re: Report domain: x.example Submitter: y.example"},
    /* round about */
    {"x-loop", "X-Loop: service@lindenhof.example\n", 0, 0, 0},
    {"delivery-loop", "Delivered-To: " OUR "\nDelivered-To: " OUR "\nDelivered-To: " OUR "\n", 0, 0,
     0},
    /* lists to which people write: ezmlm, Majordomo, Mailman */
    {"precedence",
     "Mailing-List: contact alle-help@x.example; run by ezmlm\nPrecedence: bulk\n"
     "List-Post: <mailto:alle@x.example>\nList-Unsubscribe: <mailto:alle-off@x.example>\n",
     0, 0, 0},
    {"precedence", "Precedence: bulk\nSender: owner-alle@x.example\n", 0, 0, 0},
    {"precedence", "Precedence: bulk\nMailing-List: x\nList-Help: <mailto:alle-help@x.example>\n",
     0, 0, 0},
    {"precedence",
     "X-BeenThere: alle@x.example\nPrecedence: bulk\nList-Id: <alle.x.example>\n"
     "List-Unsubscribe: <x>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n",
     0, 0, 0},
    /* an agent's words */
    {"ticket-system", "Auto-Submitted: auto-generated\nX-Zendesk-From-Account-Id: 47\n", 0, 0, 0},
    {"ticket-system", "Auto-Submitted: auto-generated\nX-Mailer: Zendesk Mailer\n", 0, 0, 0},
    {"ticket-system", "Auto-Submitted: auto-generated\nX-JIRA-FingerPrint: 47\n", 0, 0, 0},
    {"ticket-system", "X-Redmine-Host: x\nReturn-Path: <>\nPrecedence: bulk\nList-Id: <x>\n", 0, 0,
     0},
    {"ticket-system",
     "X-GitHub-Reason: mention\nPrecedence: list\nList-Unsubscribe: <x>\n"
     "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n",
     0, 0, 0},
};

/* Subjects of mail that is "out-of-office", and of its ticket. */
static const struct {
    const char *subject, *known;
    gboolean away; /* a note upon it, not somebody's reply */
} known_rows[] = {
    {"Automatic reply: Your order", "Your order", TRUE},
    {"Automatic reply: Re: Your order [#82B4-PWKX]", "Re: Your order [#82B4-PWKX]", TRUE},
    {"Abwesenheitsnotiz", "Your order", TRUE},
    {"Abwesenheitsnotiz", "", TRUE},
    {"AUTO: Anna is out of the office", "Colis", TRUE},
    {"Antwoord op : Le client est absent du bureau", "Le client est absent du bureau", FALSE},
    {"Xyz: Colis: le client est absent du bureau [#82B4-PWKX]",
     "RE : Colis: Le Client est absent du bureau", FALSE},
    {"Colis: le client est absent du bureau",
     "Re: Colis: le client est absent du bureau [#K7Q4-29XM]", FALSE},
    {"Xyz: le client est absent du bureau", "Colis: le client est absent du bureau", FALSE},
    {"Abwesend: Katze", "Abwesend: Katze", FALSE},
    {"Automatic reply: Re: Abwesend: Katze [#82B4-PWKX]", "Abwesend: Katze", TRUE},
    {"Absent: a", "a", TRUE},
    {"Auto: Your enquiry [#82B4-PWKX]", "Your enquiry [#82B4-PWKX]", TRUE},
    {"Auto: Re: Inspektion [#82B4-PWKX]", "Re: Inspektion [#82B4-PWKX]", TRUE},
    {"Auto: Inspektion [#82B4-PWKX]", "Auto: Inspektion", FALSE},
    {"Auto: Inspektion [#82B4-PWKX]", "Inspektion", FALSE},
    {"Auto: Inspektion [#82B4-PWKX]", "Re: Auto: Inspektion [#82B4-PWKX]", FALSE},
    {"Auto: Inspektion [#82B4-PWKX]", "Re: Inspektion [#82B4-PWKX]", FALSE},
    {"Auto: Inspektion [#82B4-PWKX]", "Wo ist mein Paket?", FALSE},
    {"Auto: Re: Auto: Inspektion [#82B4-PWKX]", "Auto: Inspektion", TRUE},
};

#undef FORM
#undef OUR
