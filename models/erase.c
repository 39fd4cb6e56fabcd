/* SPDX-License-Identifier: Apache-2.0 */
#include "models/erase.h"

#include "models/mention.h"
#include "models/message.h"
#include "models/posting.h"
#include "models/sql.h"

#include <string.h>

static const SqlColumn mail_columns[] = {
    SQL_COLUMN(EraseMail, ticket_id), SQL_COLUMN(EraseMail, account),
    SQL_COLUMN(EraseMail, folder),    SQL_COLUMN(EraseMail, uidvalidity),
    SQL_COLUMN(EraseMail, uid),       SQL_COLUMN(EraseMail, size),
    SQL_COLUMN(EraseMail, flags),     SQL_COLUMN(EraseMail, digest),
};
static const SqlRecord mail_record =
    SQL_RECORD(EraseMail,
               "(SELECT ticket_id, coalesce(place.account, message.account) AS account, folder,"
               " coalesce(uidvalidity, 0) AS uidvalidity, coalesce(uid, 0) AS uid, size, flags,"
               " digest FROM temp.erased_mail JOIN message USING (id)"
               " LEFT JOIN place ON place.message_id = message.id)",
               mail_columns, erase_mail_free);

static const SqlColumn copy_columns[] = {
    SQL_COLUMN(EraseCopy, account),
    SQL_COLUMN(EraseCopy, mail_id),
};
static const SqlRecord copy_record =
    SQL_RECORD(EraseCopy,
               "(SELECT message.account, mail_id FROM temp.erased_reply JOIN reply USING (id)"
               " JOIN message ON message.id = reply.message_id"
               " WHERE mail_id IS NOT NULL AND reply.state IN ('sending', 'sent', 'unknown'))",
               copy_columns, erase_copy_free);

void erase_mail_free(EraseMail *mail)
{
    sql_record_free(&mail_record, mail);
}

void erase_copy_free(EraseCopy *copy)
{
    sql_record_free(&copy_record, copy);
}

gboolean erasure_empty(const Erasure *erasure)
{
    static const Erasure nothing;
    return memcmp(erasure, &nothing, sizeof nothing) == 0;
}

/* ---- who is it? ----------------------------------------------------------------------------- */

#define STRING_OF(number) STRING_OF_(number)
#define STRING_OF_(number) #number
#define ERASED_FLAG 128 /* MESSAGE_ERASED, as SQL needs it */
G_STATIC_ASSERT(ERASED_FLAG == MESSAGE_ERASED);
#define ADDRESS "(SELECT address FROM temp.erased_person)"
#define LIST "',' || to_addrs || ','"
#define ITEM "',' || " ADDRESS " || ','"

/* clang-format off */
/* Tables of ids, which this connection alone sees. */
static const char *const tables[] = {
    "CREATE TEMP TABLE IF NOT EXISTS erased_person (address TEXT NOT NULL) STRICT",
    "CREATE TEMP TABLE IF NOT EXISTS erased_ticket (id INTEGER PRIMARY KEY) STRICT",
    "CREATE TEMP TABLE IF NOT EXISTS erased_mail (id INTEGER PRIMARY KEY) STRICT",
    "CREATE TEMP TABLE IF NOT EXISTS erased_reply (id INTEGER PRIMARY KEY) STRICT",
    "CREATE TEMP TABLE IF NOT EXISTS touched_ticket (id INTEGER PRIMARY KEY) STRICT", /* has a part */
    "CREATE TEMP TABLE IF NOT EXISTS mention (id INTEGER PRIMARY KEY) STRICT", /* others' mail */
    "DELETE FROM temp.erased_person",
    "DELETE FROM temp.erased_ticket",
    "DELETE FROM temp.erased_mail",
    "DELETE FROM temp.erased_reply",
    "DELETE FROM temp.touched_ticket",
    "DELETE FROM temp.mention",
    NULL,
};

static const char *const gathering[] = {
    "INSERT INTO temp.erased_mail SELECT id FROM message"
    "  WHERE from_addr = " ADDRESS " OR reply_addr = " ADDRESS,
    "INSERT INTO temp.erased_ticket SELECT id FROM ticket WHERE customer = " ADDRESS
    " UNION SELECT ticket_id FROM message AS one WHERE id IN temp.erased_mail"
    "   AND ticket_id IS NOT NULL AND id = (SELECT id FROM message"
    "     WHERE ticket_id = one.ticket_id ORDER BY received_at, id LIMIT 1)",
    "INSERT OR IGNORE INTO temp.erased_mail SELECT id FROM message"
    "  WHERE ticket_id IN temp.erased_ticket AND automatic IS NOT NULL"
    "    AND flags & " STRING_OF(ERASED_FLAG) " = 0"
    " UNION SELECT message.id FROM suppression JOIN message ON message.id = suppression.message_id"
    "   WHERE address = " ADDRESS " AND flags & " STRING_OF(ERASED_FLAG) " = 0",
    "INSERT INTO temp.erased_reply SELECT id FROM reply WHERE to_addr = " ADDRESS
    "  OR message_id IN temp.erased_mail OR ticket_id IN temp.erased_ticket",
    "INSERT INTO temp.touched_ticket SELECT id FROM temp.erased_ticket"
    " UNION SELECT ticket_id FROM message WHERE id IN temp.erased_mail AND ticket_id IS NOT NULL"
    " UNION SELECT ticket_id FROM reply WHERE id IN temp.erased_reply",
    NULL,
};

/* The order matters: what a later statement looks for must not be gone yet. */
static const char *const erasing[] = {
    /* of others, but about the person */
    "UPDATE message SET subject = erms_without(subject), from_name = erms_without(from_name),"
    "  own_text = erms_without(own_text), headers = erms_without(headers),"
    "  text = erms_without(text), message_id = erms_without(message_id),"
    "  in_reply_to = erms_without(in_reply_to), \"references\" = erms_without(\"references\"),"
    "  automatic = erms_without(automatic),"
    "  to_addrs = nullif(trim(replace(replace(" LIST ", " ITEM ", ','), " ITEM ", ','), ','), '')"
    "  WHERE id IN temp.mention",
    "UPDATE message SET text = own_text WHERE ticket_id IN temp.touched_ticket"
    "  AND id NOT IN temp.erased_mail",
    "UPDATE message SET subject = '', headers = '' WHERE ticket_id IN temp.erased_ticket"
    "  AND id NOT IN temp.erased_mail",
    "UPDATE ticket SET subject = erms_without(subject), note = erms_without(note)"
    "  WHERE erms_mentions(subject, note)",
    "UPDATE reply SET subject = erms_without(subject), body = erms_without(body),"
    "  error = erms_without(error) WHERE id NOT IN temp.erased_reply"
    "  AND erms_mentions(subject, body, error)",
    "UPDATE event SET detail = erms_without(detail) WHERE erms_mentions(detail)",
    "UPDATE verdict SET detail = erms_without(detail), words = NULL,"
    "  authentication = erms_without(authentication)"
    "  WHERE erms_mentions(detail, words, authentication)",
    "UPDATE suppression SET why = erms_without(why) WHERE erms_mentions(why)",
    "UPDATE breaker SET domains = NULL WHERE reset_at = 0",
    /* the person's own */
    "DELETE FROM suppression WHERE address = " ADDRESS
    "  OR reply_id IN temp.erased_reply OR message_id IN temp.erased_mail",
    "UPDATE event SET detail = NULL WHERE ticket_id IN temp.touched_ticket",
    "UPDATE ticket SET note = NULL WHERE id IN temp.touched_ticket",
    "DELETE FROM label WHERE message_id IN temp.erased_mail",
    "DELETE FROM place WHERE message_id IN temp.erased_mail",
    "UPDATE verdict SET detail = '', authentication = NULL, words = NULL, candidates = NULL"
    "  WHERE message_id IN temp.erased_mail",
    "UPDATE reply SET to_addr = NULL, subject = '', body = '', missing = NULL, mail_id = NULL,"
    "  in_reply_to = NULL, \"references\" = NULL, error = NULL,"
    "  state = CASE state WHEN 'draft' THEN 'dropped' WHEN 'approved' THEN 'dropped'"
    "    WHEN 'sending' THEN 'unknown' ELSE state END"
    "  WHERE id IN temp.erased_reply",
    "DELETE FROM message WHERE id IN temp.erased_mail AND ticket_id IS NULL",
    /* Decided, so that nobody decides about the skeleton; filed as what needs nobody. */
    "UPDATE message SET from_addr = NULL, from_name = NULL, reply_addr = NULL, to_addrs = NULL,"
    "  subject = '', own_text = '', headers = '', text = '', date = NULL, message_id = NULL,"
    "  in_reply_to = NULL, \"references\" = NULL, decided = 1,"
    "  automatic = iif(automatic IS NULL, NULL, 'erased'),"
    "  filing = iif(filing GLOB 'queue:*', 'answered', filing),"
    "  flags = flags | " STRING_OF(ERASED_FLAG)
    "  WHERE id IN temp.erased_mail",
    NULL,
};
/* clang-format on */

static gboolean run_all(Store *store, const char *const *sql, GError **error)
{
    for (guint i = 0; sql[i]; i++)
        if (!sql_execute(store, sql[i], NULL, error))
            return FALSE;
    return TRUE;
}

static gboolean gather(Store *store, const char *address, GError **error)
{
    return run_all(store, tables, error) &&
           sql_execute(store, "INSERT INTO temp.erased_person VALUES (?1)",
                       SQL_ARGS(SQL_STRING(address)), error) &&
           run_all(store, gathering, error);
}

/* ---- what is there -------------------------------------------------------------------------- */

static gboolean count_all(Store *store, Erasure *erasure, GError **error)
{
    const struct {
        gint64 *count;
        const char *sql;
    } counts[] = {
        {&erasure->tickets, "SELECT count(*) FROM temp.erased_ticket"},
        {&erasure->mails, "SELECT count(*) FROM message WHERE id IN temp.erased_mail"
                          " AND ticket_id IS NOT NULL"},
        {&erasure->imported, "SELECT count(*) FROM message WHERE id IN temp.erased_mail"
                             " AND ticket_id IS NULL"},
        {&erasure->replies, "SELECT count(*) FROM temp.erased_reply"},
        {&erasure->waiting, "SELECT count(*) FROM reply WHERE id IN temp.erased_reply"
                            " AND state IN ('draft', 'approved', 'sending')"},
        {&erasure->labels, "SELECT count(*) FROM label WHERE message_id IN temp.erased_mail"},
        {&erasure->suppressions,
         "SELECT count(*) FROM suppression WHERE address = " ADDRESS
         " OR reply_id IN temp.erased_reply OR message_id IN temp.erased_mail"},
        {&erasure->mentions, "SELECT count(*) FROM temp.mention"},
        {&erasure->learned,
         "SELECT count(DISTINCT message_id) FROM label WHERE message_id IN temp.erased_mail"
         " OR (message_id IN temp.mention AND EXISTS (SELECT 1 FROM message"
         "     WHERE message.id = label.message_id AND erms_mentions(subject, own_text)))"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
        if (!sql_number(store, counts[i].sql, NULL, counts[i].count, error))
            return FALSE;
    return TRUE;
}

/* Past cases are there since some step of the schema. */
static gboolean erase_cases(Store *store, gint64 *cases, GError **error)
{
    gint64 there = 0;

    return sql_number(store, "SELECT count(*) FROM sqlite_schema WHERE name = 'past_case'", NULL,
                      &there, error) &&
           (!there ||
            (sql_number(store,
                        "SELECT count(*) FROM past_case WHERE message_id IN temp.erased_mail", NULL,
                        cases, error) &&
             sql_execute(store,
                         "UPDATE past_case SET answer = erms_without(answer)"
                         " WHERE erms_mentions(answer)",
                         NULL, error) &&
             (*cases == 0 ||
              (sql_execute(store, "DELETE FROM past_case WHERE message_id IN temp.erased_mail",
                           NULL, error) &&
               posting_sweep(store, NULL, error)))));
}

/* Open tickets have nothing left to do. The history says that, and no more. */
static gboolean close_tickets(Store *store, const char *who, gint64 at, GError **error)
{
    return sql_execute(store,
                       "INSERT INTO event (ticket_id, at, who, what)"
                       " SELECT id, ?1, ?2, 'erased' FROM temp.erased_ticket",
                       SQL_ARGS(SQL_NUMBER(at), SQL_STRING(who)), error) &&
           sql_execute(store,
                       "UPDATE ticket SET customer = NULL, subject = '', queue = NULL,"
                       " updated_at = ?1, state = iif(state = 'open', 'closed', state)"
                       " WHERE id IN temp.erased_ticket",
                       SQL_ARGS(SQL_NUMBER(at)), error);
}

gboolean erase_person(Store *store, const char *address, const char *who, gint64 at,
                      Erasure *erasure, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);

    memset(erasure, 0, sizeof *erasure);
    return transaction && mention_define(store, address, error) && gather(store, address, error) &&
           sql_execute(store,
                       "INSERT INTO temp.mention SELECT id FROM message"
                       " WHERE id NOT IN temp.erased_mail AND (instr(" LIST ", " ITEM ")"
                       " OR erms_mentions(subject, from_name, own_text, headers, text, message_id,"
                       " in_reply_to, \"references\", automatic))",
                       NULL, error) &&
           count_all(store, erasure, error) && erase_cases(store, &erasure->cases, error) &&
           run_all(store, erasing, error) && close_tickets(store, who, at, error) &&
           store_commit(g_steal_pointer(&transaction), error);
}

gboolean erase_drop_waiting(Store *store, const char *address, gint64 at, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);

    return transaction && gather(store, address, error) &&
           sql_execute(store,
                       "UPDATE reply SET state = 'dropped', moved_at = ?1"
                       " WHERE id IN temp.erased_reply AND state IN ('draft', 'approved')",
                       SQL_ARGS(SQL_NUMBER(at)), error) &&
           store_commit(g_steal_pointer(&transaction), error);
}

/* Only looks: the transaction falls. */
static GPtrArray *gather_and_list(Store *store, const char *address, const SqlRecord *record,
                                  const char *tail, GError **error)
{
    g_autoptr(StoreTransaction) transaction = store_begin(store, error);

    return transaction && gather(store, address, error) ? sql_list(store, record, tail, NULL, error)
                                                        : NULL;
}

GPtrArray *erase_list_mails(Store *store, const char *address, GError **error)
{
    return gather_and_list(store, address, &mail_record,
                           "WHERE account IS NOT NULL ORDER BY account, folder, uidvalidity, uid",
                           error);
}

GPtrArray *erase_list_copies(Store *store, const char *address, GError **error)
{
    return gather_and_list(store, address, &copy_record,
                           "WHERE account IS NOT NULL ORDER BY account, mail_id", error);
}

static gboolean take_folder(sqlite3_stmt *row, gpointer data)
{
    g_ptr_array_add(data, g_strdup((const char *)sqlite3_column_text(row, 0)));
    return TRUE;
}

GPtrArray *erase_list_folders(Store *store, const char *account, GError **error)
{
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);

    return sql_each(store, "SELECT DISTINCT folder FROM place WHERE account = ?1 ORDER BY folder",
                    SQL_ARGS(SQL_STRING(account)), take_folder, folders, error)
               ? g_steal_pointer(&folders)
               : NULL;
}

/* ---- nothing is left in the file ------------------------------------------------------------ */

gboolean erase_compact(Store *store, GError **error)
{
    /* The copy that VACUUM makes does not fit into memory, where temporary tables are; and it
     * cannot run beside these. */
    static const char *const steps[] = {
        "DROP TABLE IF EXISTS temp.erased_person",
        "DROP TABLE IF EXISTS temp.erased_ticket",
        "DROP TABLE IF EXISTS temp.erased_mail",
        "DROP TABLE IF EXISTS temp.erased_reply",
        "DROP TABLE IF EXISTS temp.touched_ticket",
        "DROP TABLE IF EXISTS temp.mention",
        "PRAGMA temp_store = FILE",
        "PRAGMA secure_delete = ON",
        "VACUUM",
        "PRAGMA temp_store = MEMORY",
        NULL,
    };
    gint64 busy = 0;

    g_assert(store->depth == 0);
    if (!run_all(store, steps, error) ||
        !sql_number(store, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, &busy, error))
        return FALSE;
    if (busy)
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY,
                    "%s: somebody else reads it, so that its log could not be emptied",
                    store->path);
    return !busy;
}
