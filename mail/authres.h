/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authres: what our own mail server found out about a sender, from the Authentication-Results
 * header (RFC 8601) that it stamped on the mail; and whether that is enough to tell the sender
 * something personal. Pure functions: nothing is looked up, no signature is checked here.
 *
 * The header is easy to forge: anybody can write one into a mail. What makes it worth something is
 * where it stands: our server puts its own on top of whatever came in. So only one header counts,
 * the topmost with a configured authserv-id, even if another one below it says more. And of that
 * one all or nothing is believed: the values in it come from the sender, and where the form is
 * broken nobody knows who wrote what.
 */
#pragma once

#include "models/message.h"

#define AUTHRES_MAX_BYTES                                                                          \
    8192 /* of one value; RFC 8601 knows no limit, servers write about 1 KiB */
#define AUTHRES_MAX_RESULTS 100
#define AUTHRES_MAX_DEPTH 16 /* of comments in comments */

/* "header.from=kunde.example": type header, name from. Type "" where a server left it out
 * ("action=none"); a reason is the property "reason" without type. */
typedef struct AuthresProperty {
    char *type, *name; /* as written; compare them in any case */
    char *value;       /* unquoted */
} AuthresProperty;

/* "dmarc=pass header.from=kunde.example" */
typedef struct AuthresResult {
    char *method;       /* "dmarc"; "dmarc/2" for any version but 1 */
    char *result;       /* "pass" */
    GArray *properties; /* of AuthresProperty, in order */
} AuthresResult;

typedef struct Authres {
    char *authserv;  /* unquoted; "": there is none (Microsoft leaves it out); NULL: unreadable */
    GArray *results; /* of AuthresResult, in order; empty for "none", and with a problem */
    const char *problem; /* why nothing in it may be believed, static; NULL: it is well-formed */
} Authres;

/* Reads the value of one header, one line or still folded, any bytes. Never fails: what is wrong is
 * in ->problem. Grammar: RFC 8601 2.2, comments and folding white space wherever it allows them;
 * forgiven is what servers really write: unquoted values with "/", "=", ":", "<" and the like in
 * them, properties without type, ";" at the end. Linear in its length. */
Authres *authres_new(const char *value);
void authres_free(Authres *authres);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Authres, authres_free)

/* Whether an answer to MESSAGE goes to somebody of whom our server knows that the mail is his. */
typedef struct Authentication {
    gboolean authenticated;
    char *detail; /* why, or why not: a sentence for people, to be stored; letters, digits and plain
                     ASCII signs only, at most 300 bytes, whatever the mail says */
} Authentication;
void authentication_clear(Authentication *authentication);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Authentication, authentication_clear)

/* Does DETAIL, as it was stored, say that somebody is? NULL says nothing: FALSE. */
gboolean authentication_vouched(const char *detail);

/* TRUE only if all of this holds (else .detail says what does not):
 *  - AUTHSERVS (NULL, or ended by NULL) names an authserv-id, compared in any case;
 *  - the topmost Authentication-Results of one of them in message->headers is well-formed and says
 *    dmarc=pass; several dmarc results must all say the same;
 *  - its header.from is the domain of message->from_addr, in ASCII letters (xn--…): two domains
 *    that look alike, or that some way of writing makes alike, are not the same;
 *  - there is one From header, with one address and nothing that one parser may read in one way and
 *    another in another;
 *  - the answer goes to that address and not elsewhere (Reply-To). */
Authentication authenticate(const Message *message, const char *const *authservs);
