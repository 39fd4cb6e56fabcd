/* SPDX-License-Identifier: Apache-2.0 */
/* The places that templates can use, as the settings make them. */
#pragma once

#include "cmd/cmd.h"

/* Names for kb_check(): built-in ones, [company] keys, "LOOKUP.*" (GStrv, owned). */
char **known_places(const Settings *settings);
/* kb_check() with them, today (GPtrArray of KbProblem, owned). */
GPtrArray *kb_problems_of(const Context *context);
/* A sentence for each [category NAME] without a folder in kb/, by name: a typing error, which would
 * switch nothing off (GPtrArray of char*, owned). */
GPtrArray *unknown_categories(const Context *context);
