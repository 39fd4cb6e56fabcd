/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of tests/mail/answerable.c: our own addresses, loops, newsletters and lists. */
#pragma once

static const Row own_rows[] = {
    {"own-address", NULL, "service@lindenhof.example", 0, 0},
    {"own-address", NULL, "service@lindenhof.example", "rechnung@lindenhof.example", 0},
    {"own-address", NULL, "service+retoure@lindenhof.example", 0, 0},
    {"auto-submitted", "Auto-Submitted: auto-replied\n", "rechnung@lindenhof.example", 0, 0},
    /* a web form: the customer is in Reply-To */
    {NULL, NULL, "service@lindenhof.example", CUSTOMER, 0},
    {NULL, NULL, "noreply@lindenhof.example", CUSTOMER, 0},
    {NULL, NULL, "no-reply@www.lindenhof.example", CUSTOMER, 0},
    {NULL, NULL, "noreply@formulare.example", CUSTOMER, 0},
    {NULL, NULL, "noreply@meinkunde.example", CUSTOMER, 0},
    {NULL, "Feedback-ID: 1.eu:ses\n", "formular@lindenhof.example", CUSTOMER, 0},
    {"feedback-id", "Feedback-ID: 1.eu:ses\n", "brief@esp.example", CUSTOMER, 0},
    {"web-form", "Auto-Submitted: auto-generated\n", "service@lindenhof.example", CUSTOMER, 0},
    {"web-form", "Auto-Submitted: auto-generated\nReturn-Path: <>\n", "noreply@formulare.example",
     CUSTOMER, 0},
    {"auto-submitted", "Auto-Submitted: auto-replied\n", "service@lindenhof.example", CUSTOMER, 0},
    {"auto-submitted", "Auto-Submitted: auto-generated\n", "brief@mail.shop.example",
     "hilfe@shop.example", 0},
    {"web-form", "List-Unsubscribe: <mailto:ab@esp.example>\nFeedback-ID: 1\n",
     "formular@lindenhof.example", CUSTOMER, 0},
    {"no-reply", NULL, "noreply@shop.example", "antwort-47@mail.shop.example", 0},
    {"no-reply", NULL, "noreply@mail.shop.example", "hilfe@shop.example", 0},
    {"no-reply", NULL, "noreply@lindenhof.example", "service@lindenhof.example", 0},
    /* a colleague */
    {NULL, NULL, "petra@lindenhof.example", 0, 0},
    {NULL, NULL, "myservice@lindenhof.example", 0, 0},
    {NULL, NULL, "service@lindenhof.example.test", 0, 0},
    {NULL, NULL, "service@notlindenhof.example", 0, 0},
};

static const Row loop_rows[] = {
    {"x-loop", "X-Loop: service@lindenhof.example\n", 0, 0, 0},
    {"x-loop", "X-Loop: a@b.example, <Rechnung@Lindenhof.example>\n", 0, 0, 0},
    {"ticket-system", "X-Loop: yes\n", 0, 0, 0},
    {NULL, "X-Loop: info@kunde.example\n", 0, 0, 0},
    {"delivery-loop",
     "Delivered-To: service@lindenhof.example\nDelivered-To: service@lindenhof.example\n"
     "Delivered-To: service@lindenhof.example\n",
     0, 0, 0},
    {"delivery-loop",
     "Delivered-To: service@lindenhof.example\nDelivered-To: rechnung@lindenhof.example\n"
     "Delivered-To: Service@Lindenhof.example\nDelivered-To: service+1@lindenhof.example\n",
     0, 0, 0},
    {NULL,
     "Delivered-To: service@lindenhof.example\nDelivered-To: rechnung@lindenhof.example\n"
     "Delivered-To: service@lindenhof.example\nDelivered-To: rechnung@lindenhof.example\n",
     0, 0, 0},
    {NULL,
     "Delivered-To: service@lindenhof.example\nDelivered-To: info@kunde.example\n"
     "Delivered-To: chef@kunde.example\nDelivered-To: service@lindenhof.example\n",
     0, 0, 0},
    /* headers of ours on incoming mail say nothing, either way */
    {NULL, "X-Erms-Ticket: K7Q4-29XM\nX-Erms: auto\n", 0, 0, 0},
    {"list-id", "X-Erms: human\nList-Id: <x.example>\n", 0, 0, 0},
};

static const Row newsletter_rows[] = {
    {"newsletter",
     "List-Id: Brief <brief.x.example>\nList-Unsubscribe: <https://x.example/ab>\n"
     "List-Unsubscribe-Post: List-Unsubscribe=One-Click\nPrecedence: bulk\n",
     0, 0, 0},
    {"newsletter", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", 0, 0, 0},
    {"newsletter", "List-Unsubscribe: <mailto:ab@x.example>\nPrecedence: bulk\n", 0, 0, 0},
    {"newsletter", "Precedence: junk\nList-Id: <x.example>\n", 0, 0, 0},
    {"newsletter", "X-Precedence: bulk\nList-Unsubscribe: <mailto:ab@x.example>\n", 0, 0, 0},
    {"newsletter", "Feedback-ID: 1:esp\nList-Unsubscribe: <mailto:ab@x.example>\n", 0, 0, 0},
    {"newsletter", "List-Unsubscribe: <mailto:ab@x.example>\nX-Mailgun-Sid: 47\n", 0, 0, 0},
    {"newsletter", "List-Id: <x.example>\nX-Campaign: 47\n", 0, 0, 0},
    {"newsletter", "List-Post: NO (no posting)\nPrecedence: bulk\n", 0, 0, 0},
    /* a discussion list, a helpdesk's mail sender */
    {"precedence", "List-Id: <x.example>\nPrecedence: list\n", 0, 0, 0},
    {"precedence", "Precedence: list\nList-Unsubscribe: <mailto:ab@x.example>\n", 0, 0, 0},
    {"precedence", "Precedence: bulk\nFeedback-ID: 1:esp\n", 0, 0, 0},
    {"precedence", "Precedence: bulk\nList-Unsubscribe:\n", 0, 0, 0},
    {"list-id", "List-Id: <x.example>\nFeedback-ID: 1:esp\n", 0, 0, 0},
    {NULL, "X-Mailgun-Sid: 47\n", 0, 0, 0},
};

#define GROUP                                                                                      \
    "Precedence: list\nMailing-list: list service@lindenhof.example; contact "                     \
    "service+owners@lindenhof.example\nList-ID: <service.lindenhof.example>\n"                     \
    "X-BeenThere: service@lindenhof.example\n"                                                     \
    "List-Post: <https://gruppen.example/g/service/post>, <mailto:service@lindenhof.example>\n"    \
    "List-Unsubscribe: <mailto:manage+47+unsubscribe@gruppen.example>\n"

static const Row own_list_rows[] = {
    {NULL, GROUP, 0, 0, 0},
    {NULL, "List-Id: Kundendienst <Service.Lindenhof.example>\nPrecedence: list\n", 0, 0, 0},
    {NULL, "List-Post: <mailto:service@lindenhof.example?subject=x>\nList-Help: x\n", 0, 0, 0},
    {NULL, "Mailing-List: list service@lindenhof.example\nX-Precedence: list\n", 0, 0, 0},
    {NULL, "X-BeenThere: service@lindenhof.example\n", 0, 0, 0},
    /* all else says what it says */
    {"auto-submitted", GROUP "Auto-Submitted: auto-replied\n", 0, 0, 0},
    {"precedence", GROUP "X-Precedence: bulk\n", 0, 0, 0},
    {"feedback-id", GROUP "Feedback-ID: 1:esp\n", 0, 0, 0},
    {"bulk-sender", GROUP "X-Campaign: 47\n", 0, 0, 0},
    {"no-reply", GROUP, "noreply@x.example", 0, 0},
    /* the list's address in the place of the sender's */
    {NULL, GROUP, "service@lindenhof.example", CUSTOMER, 0},
    {"own-list", GROUP, "service@lindenhof.example", 0, 0},
    {"auto-submitted", GROUP "Auto-Submitted: auto-replied\n", "service@lindenhof.example", 0, 0},
    {"own-address", "Precedence: list\n", "service@lindenhof.example", 0, 0},
    /* it came by another list too, or by one that only looks like ours */
    {"precedence", "List-Id: <x.example>\n" GROUP, 0, 0, 0},
    {"mailing-list", GROUP "X-BeenThere: alle@x.example\n", 0, 0, 0},
    {"list-id", "List-Id: <service-lindenhof.example>\n", 0, 0, 0},
    {"list-id", "List-Id: <service.lindenhof.example.test>\n", 0, 0, 0},
    {"list-id", "List-Id: <serviceXlindenhof.example>\n", 0, 0, 0},
    {"list-id", "List-Id: <x.service.lindenhof.example>\n", 0, 0, 0},
    {"list-unsubscribe", "List-Unsubscribe: <mailto:service@lindenhof.example>\n", 0, 0, 0},
};
