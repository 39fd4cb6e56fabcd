/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of a mail: its MIME tree (GMime) to one text, and what the tree tells: encrypted,
 * signed, has attachments, a calendar entry. For mail/parse.c only.
 *
 * What is text: text/plain and text/html parts that are no attachments, in order, joined. Of
 * multipart/alternative the plain part, unless it is empty or only says that the mail is HTML. An
 * attached mail (message/rfc822) is an attachment, not text. Text whose Content-Type is nonsense is
 * text/plain. If the limits kept us from all text, the mail is MESSAGE_UNREADABLE.
 */
#pragma once

#include "mail/header.h"
#include "mail/parse.h"

/* The text of the mail BYTES with this HEADER, LF line ends; sets *FLAGS (MessageFlags) and
 * *REPORT: the fields of a delivery report (mail/parse_report.h) or NULL. NULL: GMime could not
 * make anything of it. */
char *parse_body(const char *bytes, gsize length, const Header *header, const ParseLimits *limits,
                 guint *flags, char **report);
