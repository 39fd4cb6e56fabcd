/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What machines call themselves in the languages of Europe and a few more: data of
 * mail/answerable.c. The lists end with NULL. Those of local parts are bounded by "-", see
 * local_says() in mail/sign.c; those of subjects are as sign_fold() makes them: NFKC, case folded
 * ("ß" is "ss", the Turkish i without a dot an i), single spaces, plain apostrophes and dashes.
 */
#pragma once

/* In the local part of an address: it wants no answer; it is a robot. */
extern const char *const phrases_no_reply[];
extern const char *const phrases_robot[];
/* At the start of the subject of a delivery report: nobody else writes so; only together with a
 * mail system as sender. */
extern const char *const phrases_bounce[];
extern const char *const phrases_bounce_system[];
/* The subject, or what stands before its colon: "your mail has come"; "nobody is there". */
extern const char *const phrases_acknowledgement[];
extern const char *const phrases_out_of_office[];
/* What mail programs put before the subject of a reply or a forwarded mail, without the colon. */
extern const char *const phrases_reply[];
/* Somewhere in the subject (Notes, vacation). */
extern const char *const phrases_away[];
