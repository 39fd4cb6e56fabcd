/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step of the schema (see the top of models/schema.c): past cases, the index over them, and what
 * was offered to agents.
 */
#pragma once

/* clang-format off */
static const char *const case_schema[] = {
    "CREATE TABLE past_case ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT," /* never given twice: the index knows cases by it */
    "  message_id INTEGER NOT NULL UNIQUE REFERENCES message ON DELETE CASCADE,"
    "  at INTEGER NOT NULL,"
    "  print INTEGER NOT NULL,"
    "  language TEXT NOT NULL,"
    "  template_name TEXT,"
    "  who TEXT,"
    "  answer TEXT NOT NULL"
    ") STRICT;",
    "CREATE INDEX past_case_print ON past_case (print);",

    "CREATE TABLE posting ("
    "  language TEXT NOT NULL,"
    "  term TEXT NOT NULL,"
    "  block INTEGER NOT NULL,"
    "  n INTEGER NOT NULL,"
    "  cases BLOB NOT NULL,"
    "  PRIMARY KEY (language, term, block)"
    ") STRICT, WITHOUT ROWID;",

    "CREATE TABLE offer ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
    "  rank INTEGER NOT NULL,"
    "  at INTEGER NOT NULL,"
    "  settled_at INTEGER NOT NULL," /* 0: not yet */
    "  kind TEXT NOT NULL CHECK (kind IN ('template', 'case')),"
    "  outcome TEXT NOT NULL CHECK (outcome IN ('open', 'taken', 'passed', 'unseen')),"
    "  kept REAL NOT NULL,"
    "  score REAL NOT NULL,"
    "  probability REAL NOT NULL,"
    "  reuse INTEGER NOT NULL,"
    "  age INTEGER NOT NULL,"
    "  in_language INTEGER NOT NULL CHECK (in_language IN (0, 1)),"
    "  source TEXT NOT NULL"
    ") STRICT;",
    "CREATE INDEX offer_message ON offer (message_id, rank);",
    "CREATE INDEX offer_settled ON offer (settled_at) WHERE outcome IN ('taken', 'passed');",
    NULL,
};
/* clang-format on */
