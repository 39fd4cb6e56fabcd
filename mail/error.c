/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/error.h"

G_DEFINE_QUARK(server - error - quark, server_error)
