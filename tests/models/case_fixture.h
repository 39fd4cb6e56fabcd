/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of models/case_schema.h in a database whose schema does not have them yet. */
#pragma once

#include "models/case_schema.h"
#include "models/sql.h"

static inline void case_fixture(Store *store)
{
    g_autoptr(GError) error = NULL;
    gint64 there = 0;

    sql_number(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'past_case'", NULL, &there,
               &error);
    g_assert_no_error(error);
    for (guint i = 0; !there && case_schema[i]; i++) {
        char *message = NULL;
        if (sqlite3_exec(store->db, case_schema[i], NULL, NULL, &message) != SQLITE_OK)
            g_error("%s: %s", case_schema[i], message);
    }
}
