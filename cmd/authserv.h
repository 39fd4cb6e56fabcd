/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authserv: is the authserv-id of a mailbox the name that its server really writes? A wrong one
 * does no harm but that nobody's sender is known, so nothing else would tell.
 */
#pragma once

#include "models/store.h"

#define AUTHSERV_LOOKED_AT 200 /* mails, the newest */

/* *DOUBT becomes a sentence if none of the newest mails of ACCOUNT has an Authentication-Results of
 * AUTHSERVS (names that others can have chosen are in it: print it with print_safe); NULL: one has,
 * or there is no mail yet. */
gboolean authserv_doubt(Store *store, const char *account, const char *const *authservs,
                        char **doubt, GError **error);
