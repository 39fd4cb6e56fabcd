/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit: which automatic answers are put aside for review, and what follows from what agents find.
 * What the numbers mean is in standing.h.
 *
 * The draw: as long as fewer than audit-first answers of a category were drawn (within a year,
 * since it was last restored), the next one is; of the rest audit-share, by a hash of the mail that
 * is keyed with the home's secret. So the same mail is drawn or not whatever the order of work, and
 * nobody outside can write mail that is never drawn.
 */
#pragma once

#include "models/audit.h"
#include "pipeline/pipeline.h"
#include "pipeline/standing.h"

/* The standings as far as they say what is broken (standings_load, not full); to be freed. From the
 * pipeline's cache if it has one. */
Standings *pipeline_standings(const Pipeline *pipeline, GError **error);

/* An automatic REPLY was sent: records it, and draws. In the transaction that records the sending,
 * so that what never left never waits for review. One that may have been sent (UNKNOWN) is recorded
 * and not drawn. A label that came after the decision, while the answer was on its way, counts. */
gboolean pipeline_audit_sent(Pipeline *pipeline, const Reply *reply, GError **error);

/* WHO has reviewed AUDIT, an automatic answer of TICKET (drawn or not), and found OUTCOME; RIGHT
 * takes back what a label said against it (the caller labels the message again). When this breaks
 * the promise of its category the ticket's history says so. Transaction of its own, or the
 * caller's.
 */
gboolean pipeline_audit_review(Pipeline *pipeline, Audit *audit, gint64 ticket,
                               AuditOutcome outcome, const char *who, GError **error);

/* An agent has labelled a message as CATEGORY (NULL: none of the categories). Was it answered by
 * itself as another one, the answer is known to be wrong; as the same one: no label speaks against
 * it any more (audit_take_label). Nothing happens for other messages. Call it in the transaction
 * that writes the label. */
gboolean pipeline_audit_corrected(Pipeline *pipeline, gint64 message_id, const char *category,
                                  GError **error);
