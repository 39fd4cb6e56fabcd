/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/setting.h"

#include "cmd/settings.h"

#include <string.h>

#define AUTHSERV_EXAMPLE                                                                           \
    "the name that stands right after Authentication-Results:, such as mx.example.com, without "   \
    "quotes"

gboolean setting_error(const SettingFile *file, const char *group, const char *key,
                       const char *text, GError **error)
{
    g_autofree char *value = key ? g_key_file_get_value(file->keys, group, key, NULL) : NULL;
    const char *hint = value && (strstr(value, " #") || strstr(value, "\t#"))
                           ? " (a comment stands on a line of its own)"
                           : "";
    if (key)
        g_set_error(error, SETTINGS_ERROR, 0, "erms.conf: [%s] %s: %s%s", group, key, text, hint);
    else
        g_set_error(error, SETTINGS_ERROR, 0, "erms.conf: [%s] %s", group, text);
    return FALSE;
}

gboolean setting_is_name(const char *name)
{
    gsize length = strlen(name);
    return length > 0 && length <= 60 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

/* A number with one of UNITS' suffixes ("" the plain one), scaled; FALSE: not one, or over MAX. */
typedef struct Unit {
    const char *suffix;
    guint64 factor;
} Unit;

static gboolean parse_scaled(const char *value, const Unit *units, guint64 max, guint64 *result)
{
    char *end;
    if (!g_ascii_isdigit(*value))
        return FALSE;
    guint64 number = g_ascii_strtoull(value, &end, 10);
    while (*end == ' ')
        end++;
    for (; units->suffix; units++)
        if (g_ascii_strcasecmp(end, units->suffix) == 0)
            break;
    if (!units->suffix || number > max / units->factor)
        return FALSE;
    *result = number * units->factor;
    return *result > 0;
}

static const Unit plain[] = {{"", 1}, {NULL, 0}};
static const Unit seconds[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {NULL, 0}};
static const Unit milliseconds[] = {{"ms", 1}, {"s", 1000}, {NULL, 0}};
static const Unit bytes[] = {{"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {NULL, 0}};

typedef struct Word {
    const char *word;
    int value;
} Word;

static const Word on_off[] = {{"on", TRUE}, {"off", FALSE}, {NULL, 0}};
static const Word tls[] = {{"on", TLS_IMPLICIT},    {"imaps", TLS_IMPLICIT},
                           {"smtps", TLS_IMPLICIT}, {"starttls", TLS_STARTTLS},
                           {"none", TLS_NONE},      {NULL, 0}};
static const Word auth[] = {
    {"login", AUTH_LOGIN}, {"xoauth2", AUTH_XOAUTH2}, {"none", AUTH_NONE}, {NULL, 0}};
static const Word mode[] = {
    {"off", TEMPLATE_OFF}, {"suggest", TEMPLATE_SUGGEST}, {"auto", TEMPLATE_AUTO}, {NULL, 0}};
static const Word filing[] = {{"move", FALSE}, {"keywords", TRUE}, {NULL, 0}};

/* An enum or gboolean: all have the size of int here. */
static char *put_word(const char *value, const Word *words, gpointer target)
{
    g_autoptr(GString) choices = g_string_new(NULL);
    for (; words->word; words++) {
        if (g_ascii_strcasecmp(value, words->word) == 0) {
            *(int *)target = words->value;
            return NULL;
        }
        g_string_append_printf(choices, "%s%s", choices->len ? ", " : "", words->word);
    }
    return g_strdup_printf("'%s' is none of %s", value, choices->str);
}

static char *put_number(const char *value, const Unit *units, guint64 max, guint64 *number,
                        const char *what)
{
    return parse_scaled(value, units, max, number) ? NULL
                                                   : g_strdup_printf("%s is not %s", value, what);
}

static char *put_string(const char *value, gpointer target)
{
    if (!*value)
        return g_strdup("is empty");
    g_free(*(char **)target);
    *(char **)target = g_strdup(value);
    return NULL;
}

static char *put_path(const SettingFile *file, const char *value, gpointer target)
{
    if (!*value)
        return g_strdup("is empty");
    g_free(*(char **)target);
    *(char **)target = g_canonicalize_filename(value, file->home);
    return NULL;
}

static void put_words(const char *value, char ***target)
{
    g_auto(GStrv) parts = g_strsplit_set(value, ",; ", -1);
    GStrvBuilder *builder = g_strv_builder_new();
    for (guint i = 0; parts[i]; i++)
        if (*parts[i])
            g_strv_builder_add(builder, parts[i]);
    g_strfreev(*target);
    *target = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
}

static char *put_addresses(const char *value, char ***target)
{
    g_autofree char *lower = g_ascii_strdown(value, -1);
    put_words(lower, target);
    for (guint i = 0; (*target)[i]; i++)
        if (!strchr((*target)[i], '@'))
            return g_strdup_printf("'%s' is no address", (*target)[i]);
    return NULL;
}

/* Letters, digits and what else RFC 2045's token has; digits alone are the version behind it. */
static gboolean is_authserv(const char *word)
{
    for (const char *c = word; *c; c++)
        if (*c <= ' ' || *c >= 127 || strchr("()<>@,;:\\\"/[]?='", *c))
            return FALSE;
    return strspn(word, "0123456789") < strlen(word);
}

static char *put_authservs(const char *value, char ***target)
{
    put_words(value, target);
    if (!**target)
        return g_strdup("is empty: " AUTHSERV_EXAMPLE);
    for (guint i = 0; (*target)[i]; i++)
        if (!is_authserv((*target)[i]))
            return g_strdup_printf("%s cannot be an authserv-id: " AUTHSERV_EXAMPLE, (*target)[i]);
    return NULL;
}

/* "COUNT in TIME"; none is a count of 0. */
static char *put_limit(const char *value, Limit *limit)
{
    g_auto(GStrv) parts = g_strsplit(value, " in ", 2);
    guint64 count = 0, span = 0;
    const char *why = "";
    if (g_ascii_strcasecmp(value, "none") == 0) {
        limit->count = 0;
        return NULL;
    }
    if (g_strv_length(parts) == 2 && !parse_scaled(g_strstrip(parts[0]), plain, 1000000, &count))
        why = ": the number is at least 1 and at most 1000000";
    else if (g_strv_length(parts) == 2 &&
             !parse_scaled(g_strstrip(parts[1]), seconds, 366 * 86400, &span))
        why = ": the time is at least 1s and at most 366d";
    if (!span)
        return g_strdup_printf("%s is not a limit such as 5 in 7d, or none for no limit%s", value,
                               why);
    *limit = (Limit){(guint)count, (guint)span};
    return NULL;
}

/* CLOSED: none and all are shares as well. */
static char *put_share(const char *value, gboolean closed, gpointer target)
{
    char *end;
    double share = g_ascii_strtod(value, &end);
    while (*end == ' ')
        end++;
    if (g_str_equal(end, "%")) {
        share /= 100;
        end++;
    }
    gboolean fits = closed ? share >= 0 && share <= 1 : share > 0 && share < 1;
    if (end == value || *end || !fits)
        return g_strdup_printf("%s is not a share %s 0 %s 1", value, closed ? "from" : "between",
                               closed ? "to" : "and");
    *(double *)target = share;
    return NULL;
}

/* Writes VALUE to TARGET; returns what is wrong with it, or NULL. */
static char *put(const SettingFile *file, guint kind, const char *value, gpointer target)
{
    guint64 number = 0;
    char *problem = NULL;
    switch (kind & ~(guint)SETTING_REQUIRED) {
    case SETTING_NAME:
        if (!setting_is_name(value))
            return g_strdup_printf("'%s': a name has lower-case letters, digits and hyphens only",
                                   value);
        return put_string(value, target);
    case SETTING_STRING:
    case SETTING_FOLDER:
        return put_string(value, target);
    case SETTING_PARENT:
        g_free(*(char **)target);
        *(char **)target = g_strdup(value);
        return NULL;
    case SETTING_PATH:
        return put_path(file, value, target);
    case SETTING_ADDRESSES:
        return put_addresses(value, target);
    case SETTING_WORDS:
        put_words(value, target);
        return NULL;
    case SETTING_AUTHSERVS:
        return put_authservs(value, target);
    case SETTING_PORT:
        if (!(problem = put_number(value, plain, 65535, &number, "a port")))
            *(guint16 *)target = (guint16)number;
        return problem;
    case SETTING_COUNT:
        if (!(problem = put_number(value, plain, 1000000, &number, "a number from 1 to 1000000")))
            *(guint *)target = (guint)number;
        return problem;
    case SETTING_SECONDS:
        if (!(problem = put_number(value, seconds, 366 * 86400, &number,
                                   "a time such as 90s, 15m, 24h, 7d")))
            *(guint *)target = (guint)number;
        return problem;
    case SETTING_LIMIT:
        return put_limit(value, target);
    case SETTING_MILLISECONDS:
        if (!(problem = put_number(value, milliseconds, 600000, &number,
                                   "a time such as 500ms or 2s, at most 600s")))
            *(guint *)target = (guint)number;
        return problem;
    case SETTING_BYTES:
        if (!(problem = put_number(value, bytes, (guint64)2 << 30, &number,
                                   "a size such as 512K or 25M, at most 2G")))
            *(guint64 *)target = number;
        return problem;
    case SETTING_SHARE:
        return put_share(value, FALSE, target);
    case SETTING_PART:
        return put_share(value, TRUE, target);
    case SETTING_ON_OFF:
        return put_word(value, on_off, target);
    case SETTING_TLS:
        return put_word(value, tls, target);
    case SETTING_AUTH:
        return put_word(value, auth, target);
    case SETTING_MODE:
        return put_word(value, mode, target);
    case SETTING_FILING:
    default:
        return put_word(value, filing, target);
    }
}

static const Setting *find(const Setting *table, const char *key)
{
    for (; table->key; table++)
        if (g_str_equal(table->key, key))
            return table;
    return NULL;
}

static gboolean unknown_key(const SettingFile *file, const char *group, const Setting *table,
                            const char *key, GError **error)
{
    g_autoptr(GString) known = g_string_new("is no setting of this section; there are");
    for (; table->key; table++)
        g_string_append_printf(known, " %s", table->key);
    return setting_error(file, group, key, known->str, error);
}

/* Lines as GKeyFile reads them: what LINE is, without the blanks around it. */
static char *section_name(const char *line)
{
    const char *end = *line == '[' ? strchr(line, ']') : NULL;
    return end ? g_strndup(line + 1, (gsize)(end - line) - 1) : NULL;
}

static char *key_name(const char *line)
{
    const char *equal = strchr(line, '=');
    return equal ? g_strchomp(g_strndup(line, (gsize)(equal - line))) : NULL;
}

/* Remembers that NAME stands in line NUMBER; returns the line in which it stood before, or 0. */
static guint seen_before(GHashTable *lines, char *name, guint number)
{
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(lines, name));
    g_hash_table_replace(lines, name, GUINT_TO_POINTER(number));
    return before;
}

gboolean setting_check_lines(const SettingFile *file, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GHashTable) sections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *section = g_strdup("");
    for (guint i = 0; lines[i]; i++) {
        const char *line = g_strstrip(lines[i]);
        char *begun = section_name(line);
        g_autofree char *key = begun || *line == '#' ? NULL : key_name(line);
        guint before = 0;
        if (begun) {
            g_free(section);
            section = begun;
            g_hash_table_remove_all(keys);
            before = seen_before(sections, g_strdup(section), i + 1);
        } else if (key && strchr(key, '[')) {
            return setting_error(file, section, key, "a setting has no language", error);
        } else if (key) {
            before = seen_before(keys, g_strdup(key), i + 1);
        }
        if (before) {
            g_autofree char *twice = g_strdup_printf(
                "stands twice, in line %u and in line %u: only one of them can hold", before,
                i + 1);
            return setting_error(file, section, key, twice, error);
        }
    }
    return TRUE;
}

gboolean setting_read(const SettingFile *file, const char *group, const Setting *table,
                      gpointer section, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file->keys, group, NULL, NULL);
    for (guint i = 0; keys && keys[i]; i++) {
        const Setting *setting = find(table, keys[i]);
        if (!setting)
            return unknown_key(file, group, table, keys[i], error);
        g_autoptr(GError) local = NULL;
        g_autofree char *value = g_key_file_get_string(file->keys, group, keys[i], &local);
        if (local) /* a wrong escape sets it and gives a value, too */
            return setting_error(
                file, group, keys[i],
                "has a backslash that is not doubled, or is not UTF-8 (write \\\\b "
                "for \\b)",
                error);
        g_autofree char *problem =
            put(file, setting->kind, g_strstrip(value), (char *)section + setting->offset);
        if (problem)
            return setting_error(file, group, keys[i], problem, error);
    }
    for (; table->key; table++)
        if ((table->kind & SETTING_REQUIRED) &&
            !g_key_file_has_key(file->keys, group, table->key, NULL))
            return setting_error(file, group, table->key, "is missing", error);
    return TRUE;
}
