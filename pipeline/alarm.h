/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alarm: the mail that tells the operator that the breaker tripped. Once for each time, tried again
 * by later runs until the server takes it; it leaves although nothing else does, but not while
 * there is a stop file. It says why, how full the limits were at that moment, which machine and
 * home it is, how many tickets wait, and what to type; nothing of any customer's mail, not even a
 * domain, is in it.
 */
#pragma once

#include "models/breaker.h"
#include "pipeline/pipeline.h"

/* *BREAKER becomes the trip of which the operator must be told; NULL: there is none, nobody is to
 * be told, or there is a stop file. */
gboolean alarm_due(const Pipeline *pipeline, Breaker **breaker, GError **error);
/* Sends it. FALSE with SERVER_ERROR: it was not sent, a later run tries again. When nobody can know
 * whether it was, it counts as sent: the exit status of each run tells as well. */
gboolean alarm_send(Pipeline *pipeline, Smtp *smtp, const Breaker *breaker, GError **error);
