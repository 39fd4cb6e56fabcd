/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the index as models/posting.c writes them, for those files that read them too. */
#pragma once

#include "models/posting.h"
#include "models/sql.h"

#define POSTING_PACK(id, level) ((guint16)((id) % POSTING_BLOCK << 5 | (level)))
#define POSTING_ID(posting) ((posting) >> 5) /* within its block */
#define POSTING_LEVEL(posting) ((posting)&POSTING_LEVEL_MAX)
#define POSTING_AT(postings, i) g_array_index(postings, guint16, i)

/* A prepared statement of the store, reset and unbound; posting_finish() leaves it so, and says
 * whether CODE, which sqlite3_step() returned last, is success. */
sqlite3_stmt *posting_statement(Store *store, const char *sql, GError **error);
gboolean posting_finish(Store *store, sqlite3_stmt *statement, int code, GError **error);
void posting_bind_row(sqlite3_stmt *statement, const char *language, const char *term); /* ?1 ?2 */

/* The `cases` of a row as an array of guint16, and back; an empty array deletes the row. */
void posting_read(sqlite3_stmt *statement, int column, GArray *postings);
gboolean posting_write_row(Store *store, const char *language, const char *term, gint64 block,
                           const GArray *postings, GError **error);
