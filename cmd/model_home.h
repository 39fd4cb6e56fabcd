/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Model home: the files in the home's model/ folder.
 *
 *     candidate ──promote──► current ──promote──► previous
 *                               ▲────exchange───────►
 *
 * current.model is the live one, previous.model the one that it replaced, candidate.model one that
 * training made and did not put in place. Every step is a rename: at each moment the live model is
 * there and whole. Who changes one of them holds the lock.
 */
#pragma once

#include "cmd/cmd.h"

#define HOME_MODEL_PREVIOUS "model/previous.model"
#define HOME_MODEL_CANDIDATE "model/candidate.model"
#define HOME_MODEL_LOCK "model/lock"

/* Ends with the scope, or the program. NULL with EXIT_TRY_LATER: somebody else holds it, for
 * WAIT_SECONDS by now. */
typedef struct ModelLock ModelLock;
ModelLock *model_lock(const Context *context, guint wait_seconds, GError **error);
void model_unlock(ModelLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelLock, model_unlock)

/* Loads the model at NAME (HOME_MODEL…). NULL without error: there is none, or it cannot be used,
 * which *PROBLEM (may be NULL) says; it becomes NULL otherwise. Then with PROBLEM no error but one
 * of reading is set. */
Model *model_home_load(const Context *context, const char *name, char **problem, GError **error);

/* The candidate becomes the live model. KEEP: and the live one the previous model. */
gboolean model_home_promote(const Context *context, gboolean keep, GError **error);
/* Live and previous model change places; the previous one must be there. Without KEEP the live one
 * is dropped instead. */
gboolean model_home_exchange(const Context *context, gboolean keep, GError **error);
/* Removes all former models, and what an interrupted training left; the live one stays if
 * KEEP_LIVE, the candidate if KEEP_CANDIDATE. */
gboolean model_home_forget(const Context *context, gboolean keep_live, gboolean keep_candidate,
                           GError **error);
