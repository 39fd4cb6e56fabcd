/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How to change the schema
 *  1. Never change a step that was released: append one to schema_steps. It is run on databases
 *     full of mail: mind its time, and give new NOT NULL columns a DEFAULT.
 *  2. What ALTER TABLE cannot do: CREATE TABLE new_x, INSERT INTO new_x SELECT … FROM x, DROP TABLE
 *     x, ALTER TABLE new_x RENAME TO x, then its indexes and triggers again (sqlite.org,
 *     lang_altertable, section 7). Foreign keys are off meanwhile.
 *  3. Give the struct its member and the record file its column (the table at its top).
 *  4. At a release, dump a small database of that version to tests/data/schema/VERSION.sql;
 *     tests/models/schema.c opens each of these and compares the outcome with a new database.
 *
 * Habits: STRICT tables; states are words with a CHECK; short columns first, long texts last, so
 * that reading the short ones does not walk through the long ones; an index for each query
 * (tests/models/plan.c looks); whoever deletes a ticket or a message deletes all that hangs on it.
 */
#include "models/schema.h"

#include "models/sql.h"

/* clang-format off */
static const char *const version_1[] = {
    "CREATE TABLE ticket ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT," /* an id is never given twice, not even after erasing */
    "  token TEXT NOT NULL UNIQUE,"
    "  state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed', 'ignored')),"
    "  queue TEXT,"
    "  category TEXT,"
    "  customer TEXT COLLATE NOCASE,"
    "  created_at INTEGER NOT NULL,"
    "  updated_at INTEGER NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  note TEXT"
    ") STRICT;",
    "CREATE INDEX ticket_state ON ticket (state, queue);",
    "CREATE INDEX ticket_queue ON ticket (queue) WHERE queue IS NOT NULL;",
    "CREATE INDEX ticket_category ON ticket (category) WHERE category IS NOT NULL;",
    "CREATE INDEX ticket_customer ON ticket (customer) WHERE customer IS NOT NULL;",

    "CREATE TABLE message ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  ticket_id INTEGER REFERENCES ticket ON DELETE CASCADE," /* NULL: imported */
    "  decided INTEGER NOT NULL DEFAULT 0 CHECK (decided IN (0, 1))," /* there is a verdict */
    "  received_at INTEGER NOT NULL,"
    "  size INTEGER NOT NULL,"
    "  flags INTEGER NOT NULL,"
    "  filing TEXT,"
    "  digest TEXT NOT NULL UNIQUE,"
    "  account TEXT,"
    "  language TEXT NOT NULL,"
    "  automatic TEXT,"
    "  thread TEXT,"
    "  message_id TEXT,"
    "  in_reply_to TEXT,"
    "  \"references\" TEXT,"
    "  from_addr TEXT,"
    "  from_name TEXT,"
    "  reply_addr TEXT,"
    "  to_addrs TEXT,"
    "  date TEXT,"
    "  subject TEXT NOT NULL,"
    "  own_text TEXT NOT NULL,"
    "  headers TEXT NOT NULL,"
    "  text TEXT NOT NULL"
    ") STRICT;",
    "CREATE INDEX message_ticket ON message (ticket_id, received_at);",
    "CREATE INDEX message_message_id ON message (message_id, received_at)"
    "  WHERE message_id IS NOT NULL AND ticket_id IS NOT NULL;",
    "CREATE INDEX message_undecided ON message (received_at)"
    "  WHERE decided = 0 AND ticket_id IS NOT NULL;",

    "CREATE TABLE place ("
    "  id INTEGER PRIMARY KEY,"
    "  message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
    "  account TEXT NOT NULL,"
    "  folder TEXT NOT NULL,"
    "  uidvalidity INTEGER NOT NULL,"
    "  uid INTEGER NOT NULL,"
    "  filed TEXT,"
    "  filing TEXT" /* a copy of message.filing, so that an index finds what is pending */
    ") STRICT;",
    "CREATE UNIQUE INDEX place_place ON place (account, folder, uidvalidity, uid) WHERE uid <> 0;",
    "CREATE INDEX place_message ON place (message_id);",
    "CREATE INDEX place_pending ON place (account, folder, filing)"
    "  WHERE uid <> 0 AND filing IS NOT NULL AND filing IS NOT filed;",

    "CREATE TABLE verdict ("
    "  message_id INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,"
    "  action TEXT NOT NULL CHECK (action IN ('send', 'suggest', 'hold', 'ignore')),"
    "  reason TEXT NOT NULL,"
    "  queue TEXT,"
    "  category TEXT,"
    "  probability REAL,"
    "  threshold REAL,"
    "  model TEXT,"
    "  template_name TEXT,"
    "  template_hash TEXT,"
    "  decided_at INTEGER NOT NULL,"
    "  detail TEXT NOT NULL,"
    "  candidates TEXT,"
    "  words TEXT"
    ") STRICT;",

    "CREATE TABLE reply ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  ticket_id INTEGER NOT NULL REFERENCES ticket ON DELETE CASCADE,"
    "  message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
    "  state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'sending', 'sent', 'failed',"
    "                                       'unknown', 'dropped')),"
    "  rank INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL,"
    "  created_at INTEGER NOT NULL,"
    "  moved_at INTEGER NOT NULL DEFAULT 0," /* the last change of state; 0: none yet */
    "  sent_at INTEGER NOT NULL,"
    "  origin TEXT,"
    "  to_addr TEXT COLLATE NOCASE,"
    "  template_name TEXT,"
    "  template_hash TEXT,"
    "  approver TEXT,"
    "  language TEXT,"
    "  missing TEXT,"
    "  mail_id TEXT,"
    "  in_reply_to TEXT,"
    "  \"references\" TEXT,"
    "  error TEXT,"
    "  subject TEXT NOT NULL,"
    "  body TEXT NOT NULL,"
    "  CHECK (state IN ('draft', 'dropped') OR coalesce(missing, '') = '')" /* no answer with a hole */
    ") STRICT;",
    "CREATE INDEX reply_ticket ON reply (ticket_id);",
    "CREATE INDEX reply_message ON reply (message_id, rank);",
    "CREATE INDEX reply_state ON reply (state);",
    "CREATE INDEX reply_recent ON reply (to_addr, max(created_at, moved_at, sent_at))"
    "  WHERE origin = 'auto' AND state IN ('approved', 'sending', 'sent', 'unknown');",

    "CREATE TABLE label ("
    "  id INTEGER PRIMARY KEY,"
    "  message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
    "  category TEXT NOT NULL,"
    "  who TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  at INTEGER NOT NULL"
    ") STRICT;",
    "CREATE INDEX label_message ON label (message_id);",

    "CREATE TABLE event ("
    "  id INTEGER PRIMARY KEY,"
    "  ticket_id INTEGER NOT NULL REFERENCES ticket ON DELETE CASCADE,"
    "  at INTEGER NOT NULL,"
    "  who TEXT NOT NULL,"
    "  what TEXT NOT NULL,"
    "  detail TEXT"
    ") STRICT;",
    "CREATE INDEX event_ticket ON event (ticket_id);",

    "CREATE TABLE training ("
    "  id INTEGER PRIMARY KEY,"
    "  at INTEGER NOT NULL,"
    "  model TEXT NOT NULL,"
    "  messages INTEGER NOT NULL,"
    "  categories INTEGER NOT NULL,"
    "  accuracy REAL,"
    "  coverage REAL,"
    "  max_error REAL,"
    "  seconds REAL"
    ") STRICT;",

    /* Copies that an index needs, kept by the database so that no writer can forget them. */
    "CREATE TRIGGER verdict_decides AFTER INSERT ON verdict BEGIN"
    "  UPDATE message SET decided = 1 WHERE id = NEW.message_id;"
    " END;",
    "CREATE TRIGGER place_filing AFTER INSERT ON place BEGIN"
    "  UPDATE place SET filing = (SELECT filing FROM message WHERE id = NEW.message_id)"
    "    WHERE id = NEW.id;"
    " END;",
    "CREATE TRIGGER message_filing AFTER UPDATE OF filing ON message BEGIN"
    "  UPDATE place SET filing = NEW.filing WHERE message_id = NEW.id;"
    " END;",
    NULL,
};

/* Watching the promise (models/audit.h), and what drift is measured on (models/verdict.h). Automatic
 * answers from before are known, so that a correction of one counts; none of them was drawn. */
static const char *const version_2[] = {
    "ALTER TABLE verdict ADD COLUMN unknown REAL;",
    "CREATE INDEX verdict_understood ON verdict (decided_at) WHERE unknown IS NOT NULL;",

    "CREATE TABLE audit ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  message_id INTEGER NOT NULL UNIQUE REFERENCES message ON DELETE CASCADE,"
    "  sent_at INTEGER NOT NULL,"
    "  drawn INTEGER NOT NULL CHECK (drawn IN (0, 1)),"
    "  reviewed_at INTEGER NOT NULL,"
    "  outcome TEXT NOT NULL CHECK (outcome IN ('open', 'right', 'wrong')),"
    "  category TEXT NOT NULL,"
    "  corrected TEXT,"
    "  who TEXT"
    ") STRICT;",
    "CREATE INDEX audit_category ON audit (category, sent_at);",
    "CREATE INDEX audit_sent ON audit (sent_at);",
    "CREATE INDEX audit_drawn ON audit (category, sent_at) WHERE drawn = 1;",
    "CREATE INDEX audit_waiting ON audit (sent_at) WHERE drawn = 1 AND outcome = 'open';",
    "CREATE INDEX audit_judged ON audit (sent_at)"
    "  WHERE outcome <> 'open' OR corrected IS NOT NULL;",
    "INSERT OR IGNORE INTO audit (message_id, sent_at, drawn, reviewed_at, outcome, category)"
    "  SELECT reply.message_id, max(sent_at, moved_at), 0, 0, 'open', verdict.category"
    "    FROM reply JOIN verdict ON verdict.message_id = reply.message_id"
    "    WHERE state IN ('sent', 'unknown') AND origin = 'auto' AND verdict.category IS NOT NULL"
    "    ORDER BY max(sent_at, moved_at), reply.id;",
    "UPDATE audit SET corrected = last.category"
    "  FROM (SELECT message_id, category, max(id) FROM label GROUP BY message_id) AS last"
    "  WHERE last.message_id = audit.message_id AND last.category <> audit.category;",

    "CREATE TABLE restore ("
    "  id INTEGER PRIMARY KEY,"
    "  after INTEGER NOT NULL," /* audit.id: what was sent until then counts no more */
    "  at INTEGER NOT NULL,"
    "  category TEXT NOT NULL,"
    "  who TEXT NOT NULL"
    ") STRICT;",
    "CREATE INDEX restore_category ON restore (category, after);",
    NULL,
};

static const char *const version_3[] = {
    /* A label may say "none of the categories". Its id is never given twice, so that a training
     * knows which labels came after it. */
    "CREATE TABLE new_label ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,"
    "  category TEXT," /* NULL: none of them */
    "  who TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  at INTEGER NOT NULL"
    ") STRICT;",
    "INSERT INTO new_label (id, message_id, category, who, source, at)"
    "  SELECT id, message_id, category, who, source, at FROM label;",
    "DROP TABLE label;",
    "ALTER TABLE new_label RENAME TO label;",
    "CREATE INDEX label_message ON label (message_id);",

    "ALTER TABLE training ADD COLUMN last_label INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE training ADD COLUMN none INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE training ADD COLUMN state TEXT NOT NULL DEFAULT 'live'"
    "  CHECK (state IN ('live', 'same', 'refused', 'forced', 'back'));",
    "ALTER TABLE training ADD COLUMN replaced TEXT;",
    "ALTER TABLE training ADD COLUMN who TEXT NOT NULL DEFAULT 'erms';",
    "ALTER TABLE training ADD COLUMN detail TEXT;",
    "UPDATE training SET last_label ="
    "  (SELECT coalesce(max(id), 0) FROM label WHERE label.at <= training.at);",
    "CREATE INDEX training_model ON training (model);",
    NULL,
};

/* What keeps an answer from being wrong, doubled or looping. */
static const char *const version_4[] = {
    "ALTER TABLE message ADD COLUMN arrived_at INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE message ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE ticket ADD COLUMN linked INTEGER NOT NULL DEFAULT 0;", /* no REFERENCES: it may be erased */
    "CREATE INDEX ticket_linked ON ticket (linked) WHERE linked <> 0;",
    "ALTER TABLE verdict ADD COLUMN authentication TEXT;",

    "ALTER TABLE reply ADD COLUMN fingerprint INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE reply ADD COLUMN back INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE reply ADD COLUMN to_domain TEXT COLLATE NOCASE"
    "  GENERATED ALWAYS AS (substr(to_addr, instr(to_addr, '@') + 1)) VIRTUAL;",
    "CREATE INDEX reply_mail_id ON reply (mail_id) WHERE mail_id IS NOT NULL;",
    "CREATE INDEX reply_domain ON reply (to_domain, max(created_at, moved_at, sent_at))"
    "  WHERE origin = 'auto' AND state IN ('approved', 'sending', 'sent', 'unknown');",
    "CREATE INDEX reply_automatic ON reply (max(created_at, moved_at, sent_at), fingerprint)"
    "  WHERE origin = 'auto' AND state IN ('approved', 'sending', 'sent', 'unknown');",
    "CREATE INDEX reply_template ON reply (template_name, template_hash, created_at, back)"
    "  WHERE origin = 'auto' AND state IN ('sent', 'unknown');",

    "CREATE TABLE suppression ("
    "  address TEXT PRIMARY KEY COLLATE NOCASE,"
    "  at INTEGER NOT NULL,"
    "  reply_id INTEGER NOT NULL,"
    "  message_id INTEGER NOT NULL," /* the bounce; 0: the SMTP server refused it */
    "  why TEXT NOT NULL"
    ") STRICT;",

    "CREATE TABLE breaker ("
    "  id INTEGER PRIMARY KEY,"
    "  at INTEGER NOT NULL,"
    "  told_at INTEGER NOT NULL,"  /* the operator got a mail about it; 0: not yet */
    "  reset_at INTEGER NOT NULL," /* 0: it is tripped */
    "  who TEXT,"                  /* who reset it */
    "  why TEXT NOT NULL,"
    "  figures TEXT," /* how full the limits were; only counts */
    "  domains TEXT"  /* the fullest; only as long as it is tripped */
    ") STRICT;",
    "CREATE INDEX breaker_tripped ON breaker (reset_at);",

    "CREATE TABLE move ("
    "  id INTEGER PRIMARY KEY,"
    "  uidvalidity INTEGER NOT NULL,"
    "  target_validity INTEGER NOT NULL,"
    "  target_next INTEGER NOT NULL,"
    "  account TEXT NOT NULL,"
    "  folder TEXT NOT NULL,"
    "  filing TEXT NOT NULL,"
    "  target TEXT NOT NULL"
    ") STRICT;",
    "CREATE INDEX move_account ON move (account);",
    NULL,
};
/* clang-format on */

const char *const *const schema_steps[] = {
    version_1, version_2, version_3, version_4, NULL,
};

static gboolean execute(sqlite3 *db, const char *path, const char *sql, GError **error)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || sql_fail(db, path, sql, error);
}

/* The first column of the first row; *FOUND (may be NULL): there was a row. */
static gboolean number(sqlite3 *db, const char *path, const char *sql, gint64 *value,
                       gboolean *found, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *value = sqlite3_column_int64(statement, 0);
    if (found)
        *found = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        sql_fail(db, path, sql, error);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean refuse(const char *path, const char *why, GError **error)
{
    g_set_error(error, STORE_ERROR, STORE_ERROR_BAD, "%s: %s", path, why);
    return FALSE;
}

/* Is it ours, and which version? An empty file that may be filled is version 0. */
static gboolean inspect(sqlite3 *db, const char *path, gint64 newest, SchemaMode mode,
                        gint64 *version, GError **error)
{
    gint64 application = 0, objects = 0;

    if (!number(db, path, "PRAGMA application_id", &application, NULL, error) ||
        !number(db, path, "PRAGMA user_version", version, NULL, error) ||
        !number(db, path, "SELECT count(*) FROM sqlite_schema", &objects, NULL, error))
        return FALSE;

    if (application == 0 && *version == 0 && objects == 0)
        return mode == SCHEMA_CREATE || refuse(path, "an empty file, not an erms database", error);
    if (application != SCHEMA_APPLICATION_ID)
        return refuse(path, "not an erms database", error);
    if (*version <= 0 || objects == 0)
        return refuse(path, "damaged (its schema version is wrong)", error);
    if (*version > newest) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_BAD,
                    "%s: made by a newer erms (schema version %d, this erms knows %d)", path,
                    (int)*version, (int)newest);
        return FALSE;
    }
    return *version == newest || mode != SCHEMA_CHECK ||
           refuse(path, "made by an older erms; let this erms write to it once", error);
}

static gboolean take_steps(sqlite3 *db, const char *path, const char *const *const *steps,
                           gint64 version, gint64 newest, GError **error)
{
    gint64 ignored = 0;
    gboolean broken = FALSE;
    g_autofree char *seal = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                            SCHEMA_APPLICATION_ID, (int)newest);

    for (gint64 step = version; step < newest; step++)
        for (guint i = 0; steps[step][i]; i++)
            if (!execute(db, path, steps[step][i], error))
                return FALSE;
    if (!execute(db, path, seal, error) ||
        !number(db, path, "PRAGMA foreign_key_check", &ignored, &broken, error))
        return FALSE;
    return !broken || refuse(path, "damaged (a row refers to one that is not there)", error);
}

/* Ends the transaction in either case. */
static gboolean finish(sqlite3 *db, const char *path, gboolean ok, GError **error)
{
    ok = ok && execute(db, path, "COMMIT", error);
    if (!ok && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

gboolean schema_migrate(sqlite3 *db, const char *path, const char *const *const *steps,
                        SchemaMode mode, GError **error)
{
    gint64 version = 0, newest = 0;
    gboolean ok;

    while (steps[newest])
        newest++;
    if (!execute(db, path, "PRAGMA foreign_keys = OFF", error) ||
        !execute(db, path, "BEGIN", error))
        return FALSE;
    ok = inspect(db, path, newest, mode, &version, error);
    if (!finish(db, path, ok, error))
        return FALSE;
    if (version == newest)
        return TRUE;

    /* Looked at again: somebody else may have done it meanwhile. */
    if (!execute(db, path, "BEGIN IMMEDIATE", error))
        return FALSE;
    ok = inspect(db, path, newest, mode, &version, error) &&
         (version == newest || take_steps(db, path, steps, version, newest, error));
    return finish(db, path, ok, error);
}
