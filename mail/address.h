/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address: the usable addresses of an address header (RFC 5322 3.4), parsed by GMime, checked by
 * us. parse_address() of mail/parse.h is here too. For this folder's parse*.c only.
 *
 * Usable is one ASCII local@domain of at most 254 bytes without spaces, quotes and control
 * characters, lower-cased; a domain in other letters becomes its xn-- form (none if GLib would make
 * another domain of it, as of "faß"). A header that is one
 * encoded word from end to end ("=?utf-8?q?Max_=3Cmax=40shop.example=3E?=") is decoded and read
 * once more.
 */
#pragma once

#include <glib.h>

typedef struct Address {
    char *addr;
    char *name; /* decoded, one line; NULL: none, or the address again */
} Address;

/* GPtrArray of Address, in order, owned; members of groups included. VALUE is one line of UTF-8
 * with its encoded words. */
GPtrArray *address_list(const char *value);
