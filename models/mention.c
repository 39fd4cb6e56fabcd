/* SPDX-License-Identifier: Apache-2.0 */
#include "models/mention.h"

#include "models/sql.h"

#include <string.h>

/* A name before "<": in quotes, or four words at most, so that a sentence stays. */
#define NAME "(?:\"[^\"\\n]{0,200}\"[ \\t]*|(?:[^\\s,:;<>\"]{1,60}[ \\t]+){1,4})?"
/* What an address may have before and behind it without becoming another one. */
#define BEFORE "(?<![a-z0-9._+-])"
#define BEHIND "(?![a-z0-9-]|\\.[a-z0-9])"

struct Mention {
    char *address;
    GRegex *regex;
};

Mention *mention_new(const char *address)
{
    g_autofree char *escaped = g_regex_escape_string(address, -1);
    g_autofree char *pattern = g_strdup_printf(NAME "<%s>|" BEFORE "%s" BEHIND, escaped, escaped);
    Mention *mention = g_new0(Mention, 1);

    mention->address = g_strdup(address);
    mention->regex = g_regex_new(pattern, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
    g_assert(mention->regex);
    return mention;
}

void mention_free(Mention *mention)
{
    if (!mention)
        return;
    g_free(mention->address);
    g_clear_pointer(&mention->regex, g_regex_unref);
    g_free(mention);
}

gboolean mention_in(const Mention *mention, const char *text)
{
    /* Most texts do not have it: that is seen quickly. What is no UTF-8 cannot be matched. */
    return text && strcasestr(text, mention->address) &&
           (!g_utf8_validate(text, -1, NULL) || g_regex_match(mention->regex, text, 0, NULL));
}

char *mention_remove(const Mention *mention, const char *text)
{
    char *without = NULL;

    if (!mention_in(mention, text))
        return g_strdup(text);
    if (g_utf8_validate(text, -1, NULL))
        without = g_regex_replace_literal(mention->regex, text, -1, 0, MENTION_GONE, 0, NULL);
    /* A text that cannot be searched goes altogether. */
    return without ? without : g_strdup(MENTION_GONE);
}

static void sql_mentions(sqlite3_context *context, int n, sqlite3_value **values)
{
    const Mention *mention = sqlite3_user_data(context);
    gboolean found = FALSE;

    for (int i = 0; i < n && !found; i++)
        found = mention_in(mention, (const char *)sqlite3_value_text(values[i]));
    sqlite3_result_int(context, found);
}

static void sql_without(sqlite3_context *context, int n, sqlite3_value **values)
{
    const Mention *mention = sqlite3_user_data(context);
    const char *text = (const char *)sqlite3_value_text(values[0]);

    (void)n;
    if (text)
        sqlite3_result_text(context, mention_remove(mention, text), -1, g_free);
    else
        sqlite3_result_null(context);
}

static void free_mention(gpointer mention)
{
    mention_free(mention);
}

gboolean mention_define(Store *store, const char *address, GError **error)
{
    static const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    int code =
        sqlite3_create_function_v2(store->db, "erms_mentions", -1, flags, mention_new(address),
                                   sql_mentions, NULL, NULL, free_mention);

    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(store->db, "erms_without", 1, flags, mention_new(address),
                                          sql_without, NULL, NULL, free_mention);
    return code == SQLITE_OK || sql_fail(store->db, store->path, "erms_mentions", error);
}
