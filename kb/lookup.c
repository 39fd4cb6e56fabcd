/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/lookup.h"

#include <gio/gio.h>
#include <string.h>

#include "kb/lookup_record.h"
#include "kb/placeholder.h"

#define SEARCHED_MAX_BYTES (16 * 1024)
#define KEY_MAX_BYTES 64
#define PATTERN_BOUND "(*LIMIT_MATCH=100000)" /* steps from one place of a mail */
#define TIMEOUT_DEFAULT_MS 2000
#define TIMEOUT_MAX_MS 60000

G_DEFINE_QUARK(lookup - error - quark, lookup_error)

struct Lookup {
    LookupSpec *spec;
    GRegex *pattern;
};

/* ---- the specification --------------------------------------------------------------------- */

LookupSpec *lookup_spec_new(void)
{
    LookupSpec *spec = g_new0(LookupSpec, 1);
    spec->timeout_ms = TIMEOUT_DEFAULT_MS;
    return spec;
}

void lookup_spec_free(LookupSpec *spec)
{
    if (!spec)
        return;
    g_free(spec->name);
    g_free(spec->pattern);
    g_free(spec->database);
    g_free(spec->query);
    g_strfreev(spec->program);
    g_free(spec->owner);
    g_free(spec);
}

static LookupSpec *spec_copy(const LookupSpec *spec)
{
    LookupSpec *copy = lookup_spec_new();
    copy->name = g_strdup(spec->name);
    copy->pattern = g_strdup(spec->pattern);
    copy->database = g_strdup(spec->database);
    copy->query = g_strdup(spec->query);
    copy->program = g_strdupv(spec->program);
    copy->owner = g_strdup(spec->owner);
    copy->timeout_ms = spec->timeout_ms ? spec->timeout_ms : TIMEOUT_DEFAULT_MS;
    return copy;
}

static gboolean is_lookup_name(const char *name)
{
    return name && g_ascii_islower(name[0]) && strlen(name) <= 32 &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

/* What is wrong with SPEC at first sight; NULL: nothing. */
static const char *spec_problem(const LookupSpec *spec)
{
    if (!is_lookup_name(spec->name))
        return "name: must be lower-case letters, digits, - and _";
    if (g_strv_contains(placeholder_builtin, spec->name))
        return "name: taken; erms itself has places of that name";
    if (!spec->pattern || !*spec->pattern)
        return "pattern: missing; it finds the key in a mail";
    if (!spec->owner || !*spec->owner)
        return "owner: missing; it names the field with the customer's address";
    if (!placeholder_name_valid(spec->owner, strlen(spec->owner)))
        return "owner: is not the name of a field";
    if (!spec->database == !spec->program)
        return "needs a database or a program, and not both";
    if (spec->database && (!spec->query || !*spec->query))
        return "query: missing";
    if (spec->program && !spec->program[0])
        return "program: empty";
    if (spec->program && !g_path_is_absolute(spec->program[0]))
        return "program: must be an absolute path";
    if (spec->timeout_ms > TIMEOUT_MAX_MS)
        return "timeout: more than a minute";
    return NULL;
}

Lookup *lookup_new(const LookupSpec *spec, GError **error)
{
    const char *problem = spec_problem(spec);
    g_autoptr(GError) reason = NULL;
    if (problem) {
        g_set_error_literal(error, LOOKUP_ERROR, 0, problem);
        return NULL;
    }
    /* Compiled as it is written too, for an error that quotes what the operator wrote. */
    g_autofree char *bounded = g_strconcat(PATTERN_BOUND, spec->pattern, NULL);
    g_autoptr(GRegex) written =
        g_regex_new(spec->pattern, G_REGEX_CASELESS, G_REGEX_MATCH_DEFAULT, &reason);
    g_autoptr(GRegex) pattern = written ? g_regex_new(bounded, G_REGEX_CASELESS | G_REGEX_OPTIMIZE,
                                                      G_REGEX_MATCH_DEFAULT, &reason)
                                        : NULL;
    if (!pattern) {
        g_set_error(error, LOOKUP_ERROR, 0, "pattern: %s", reason->message);
        return NULL;
    }
    Lookup *lookup = g_new0(Lookup, 1);
    lookup->spec = spec_copy(spec);
    lookup->pattern = g_steal_pointer(&pattern);
    if (spec->database && !lookup_database_check(lookup->spec, &reason) &&
        reason->domain == LOOKUP_ERROR) {
        g_propagate_error(error, g_steal_pointer(&reason));
        g_clear_pointer(&lookup, lookup_free);
    }
    return lookup;
}

void lookup_free(Lookup *lookup)
{
    if (!lookup)
        return;
    lookup_spec_free(lookup->spec);
    g_regex_unref(lookup->pattern);
    g_free(lookup);
}

const char *lookup_name(const Lookup *lookup)
{
    return lookup->spec->name;
}

gboolean lookup_probe(Lookup *lookup, GError **error)
{
    return lookup->spec->database ? lookup_database_check(lookup->spec, error)
                                  : lookup_program_check(lookup->spec, error);
}

/* ---- the key ------------------------------------------------------------------------------- */

/* The beginning of both texts, cut between two words: half a key would be another key. */
static char *searched_text(const char *subject, const char *text)
{
    g_autofree char *all = g_strconcat(subject ? subject : "", "\n", text ? text : "", NULL);
    if (strlen(all) > SEARCHED_MAX_BYTES) {
        gsize end = SEARCHED_MAX_BYTES;
        while (end > 0 && !g_ascii_isspace(all[end]))
            end--;
        all[end] = '\0';
    }
    return g_utf8_make_valid(all, -1);
}

static gboolean is_key(const char *key)
{
    if (!*key || key[0] == '-' || strlen(key) > KEY_MAX_BYTES)
        return FALSE;
    for (const char *at = key; *at; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            return FALSE;
    }
    return TRUE;
}

static LookupResult find_key(const Lookup *lookup, const char *searched, char **key, char **detail)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *first_folded = NULL;
    const int group = g_regex_get_capture_count(lookup->pattern) > 0 ? 1 : 0;
    g_regex_match_full(lookup->pattern, searched, -1, 0, G_REGEX_MATCH_DEFAULT, &match, &error);
    for (; !error && g_match_info_matches(match); g_match_info_next(match, &error)) {
        g_autofree char *found = g_match_info_fetch(match, group);
        if (!found || !is_key(g_strstrip(found)))
            continue;
        g_autofree char *folded = g_utf8_casefold(found, -1);
        if (!*key) {
            *key = g_steal_pointer(&found);
            first_folded = g_steal_pointer(&folded);
        } else if (strcmp(folded, first_folded) != 0) {
            *detail = g_strdup_printf("the mail names more than one: '%s' and '%s'", *key, found);
            return LOOKUP_SEVERAL;
        }
    }
    if (error) {
        *detail = g_strdup_printf("the pattern could not be applied: %s", error->message);
        return LOOKUP_FAILED;
    }
    if (*key)
        return LOOKUP_FOUND;
    *detail = g_strdup("the mail names none");
    return LOOKUP_NO_KEY;
}

/* ---- the record ---------------------------------------------------------------------------- */

static gboolean is_owner(const char *owner, const char *address)
{
    return owner && *owner && g_ascii_strcasecmp(owner, address) == 0;
}

static void add_place(GHashTable *places, const char *name, const char *field, const char *value)
{
    g_hash_table_replace(places, g_strdup_printf("%s.%s", name, field), g_strdup(value));
}

static void add_places(const LookupSpec *spec, const char *key, GHashTable *record,
                       GHashTable *places)
{
    GHashTableIter iter;
    gpointer field = NULL, value = NULL;
    g_hash_table_iter_init(&iter, record);
    while (g_hash_table_iter_next(&iter, &field, &value)) {
        if (value && strcmp(field, spec->owner) != 0)
            add_place(places, spec->name, field, value);
    }
    add_place(places, spec->name, "key", key);
}

static LookupResult use_record(const LookupSpec *spec, const char *key, const char *address,
                               GHashTable *record, GHashTable *places, char **detail)
{
    gpointer owner = NULL;
    if (record && !g_hash_table_lookup_extended(record, spec->owner, NULL, &owner)) {
        *detail =
            g_strdup_printf("the record has no field '%s', which says whose it is", spec->owner);
        return LOOKUP_FAILED;
    }
    if (!record || !is_owner(owner, address)) {
        *detail = g_strdup_printf("there is no '%s' of this customer", key);
        return LOOKUP_NONE;
    }
    add_places(spec, key, record, places);
    return LOOKUP_FOUND;
}

static LookupResult run(Lookup *lookup, const char *searched, const char *address,
                        GHashTable *places, char **detail)
{
    const LookupSpec *spec = lookup->spec;
    g_autofree char *key = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) record = NULL;
    g_autoptr(GString) left_out = g_string_new(NULL);
    LookupResult result = find_key(lookup, searched, &key, detail);
    if (result != LOOKUP_FOUND)
        return result;
    if (!address || !*address)
        return use_record(spec, key, "", NULL, places, detail);
    if (!(spec->database ? lookup_database_fetch
                         : lookup_program_fetch)(spec, key, address, &record, left_out, &error)) {
        *detail = g_strdup(error->message);
        return LOOKUP_FAILED;
    }
    result = use_record(spec, key, address, record, places, detail);
    if (result == LOOKUP_FOUND && left_out->len > 0)
        *detail = g_strdup_printf("left out, because it is no plain value: %s", left_out->str);
    return result;
}

LookupResult lookup_run(Lookup *lookup, const char *subject, const char *text, const char *address,
                        GHashTable *places, char **detail)
{
    g_autofree char *searched = searched_text(subject, text);
    g_autofree char *why = NULL;
    const LookupResult result = run(lookup, searched, address, places, &why);
    if (detail)
        *detail = g_steal_pointer(&why);
    return result;
}
