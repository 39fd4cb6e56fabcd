/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions: does a mail ask for a second thing, which the answer to the first one would leave out?
 * Each sentence is classified alone. One that is about another category than the whole mail is a
 * second question when it is sure of that (SURE); when the mail itself announces more than one
 * matter
 * ("zweitens", "another question"), less is enough (ANNOUNCED). Both erred on the safe side: a
 * false alarm costs an agent a minute.
 */
#pragma once

#include "classifier/model.h"
#include "models/message.h"

/* The other category (borrowed from the model), or NULL. FIRST is the category of the whole mail.
 */
const char *questions_second(const Model *model, const Message *message, guint first);
