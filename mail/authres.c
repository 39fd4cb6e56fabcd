/* SPDX-License-Identifier: Apache-2.0 */
/* The parser: one pass over the value, one function per rule of RFC 8601 2.2. */
#include "mail/authres.h"

#include <string.h>

#define REPLACEMENT                                                                                \
    "\xEF\xBF\xBD" /* U+FFFD: what header_keep() puts for bytes that may not be there */

typedef struct Reader {
    const char *at;
    const char *problem; /* the first one; from then on nothing is read */
} Reader;

static void authres_property_clear(gpointer data)
{
    AuthresProperty *property = data;
    g_free(property->type);
    g_free(property->name);
    g_free(property->value);
}

static void authres_result_clear(gpointer data)
{
    AuthresResult *result = data;
    g_free(result->method);
    g_free(result->result);
    g_array_unref(result->properties);
}

void authres_free(Authres *authres)
{
    if (!authres)
        return;
    g_free(authres->authserv);
    g_array_unref(authres->results);
    g_free(authres);
}

static gboolean is_control(char c)
{
    return (guchar)c < 32 || c == 127;
}

static gboolean fail(Reader *reader, const char *problem)
{
    if (!reader->problem)
        reader->problem = problem;
    return FALSE;
}

/* ---- white space and comments -------------------------------------------------------------- */

/* How many bytes of folding white space stand at AT (RFC 5322 3.2.2): a line end only if the next
 * line goes on. */
static gsize blank(const char *at)
{
    gsize end = at[0] == '\r' && at[1] == '\n' ? 2 : at[0] == '\n';
    if (end > 0)
        return at[end] == ' ' || at[end] == '\t' ? end + 1 : 0;
    return *at == ' ' || *at == '\t';
}

static gboolean skip_comment(Reader *reader)
{
    guint depth = 0;
    do {
        gsize n = blank(reader->at);
        if (n == 0 && is_control(*reader->at))
            return fail(reader, *reader->at ? "a control character" : "a comment without end");
        if (*reader->at == '(' && ++depth > AUTHRES_MAX_DEPTH)
            return fail(reader, "comments nested too deep");
        if (*reader->at == ')')
            depth--;
        if (*reader->at == '\\' && is_control(*++reader->at))
            return fail(reader, "a backslash before nothing");
        reader->at += MAX(n, 1);
    } while (depth > 0);
    return TRUE;
}

/* CFWS. FALSE: it is broken. */
static gboolean skip(Reader *reader)
{
    while (!reader->problem) {
        gsize n = blank(reader->at);
        if (n > 0)
            reader->at += n;
        else if (*reader->at != '(')
            return TRUE;
        else
            skip_comment(reader);
    }
    return FALSE;
}

/* The sign C, with CFWS on both sides. */
static gboolean take(Reader *reader, char c)
{
    if (!skip(reader) || *reader->at != c)
        return FALSE;
    reader->at++;
    return skip(reader);
}

/* ---- words --------------------------------------------------------------------------------- */

static gboolean is_keyword(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_';
}

static char *keyword(Reader *reader, const char *problem)
{
    gsize n = 0;
    if (reader->problem)
        return NULL;
    while (is_keyword(reader->at[n]))
        n++;
    if (n == 0) {
        fail(reader, problem);
        return NULL;
    }
    reader->at += n;
    return g_strndup(reader->at - n, n);
}

/* A quoted-string, unquoted. */
static gboolean quoted(Reader *reader, GString *value)
{
    for (reader->at++; *reader->at != '"'; reader->at++) {
        gsize n = blank(reader->at);
        if (n > 0) { /* folding: the line end is not part of it */
            g_string_append_c(value, reader->at[n - 1]);
            reader->at += n - 1;
            continue;
        }
        if (*reader->at == '\\')
            reader->at++;
        if (is_control(*reader->at))
            return fail(reader, *reader->at ? "a control character" : "a quote without end");
        g_string_append_c(value, *reader->at);
    }
    reader->at++;
    return TRUE;
}

/* What may stand in a value without quotes. More than a token (RFC 2045 5.1): base64, addresses,
 * IPv6. Nothing that ends or begins something else. */
static gboolean is_value(char c)
{
    return (guchar)c > 32 && (guchar)c != 127 && !strchr("\"(),;\\", c);
}

/* A value, or an address whose local part is quoted. "" is one only in quotes. */
static char *read_value(Reader *reader, const char *stops, const char *problem)
{
    g_autoptr(GString) value = g_string_new(NULL);
    const char *start = reader->at;
    if (reader->problem)
        return NULL;
    if (*reader->at == '"' && !quoted(reader, value))
        return NULL;
    if (reader->at == start || *reader->at == '@')
        for (; is_value(*reader->at) && !strchr(stops, *reader->at); reader->at++)
            g_string_append_c(value, *reader->at);
    if (reader->at == start) {
        fail(reader, problem);
        return NULL;
    }
    return g_string_free(g_steal_pointer(&value), FALSE);
}

/* ---- the header ---------------------------------------------------------------------------- */

/* The end of a result, or something that begins after white space or a comment. */
static gboolean at_end(const Reader *reader)
{
    return *reader->at == '\0' || *reader->at == ';';
}

/* "reason=…", "ptype.property=…", "action=…" */
static gboolean read_property(Reader *reader, AuthresResult *result)
{
    AuthresProperty property = {NULL, NULL, NULL};
    char *first = keyword(reader, "something that is no property");
    if (take(reader, '.')) {
        property.type = first;
        property.name = keyword(reader, "a property without name");
    } else {
        property.type = g_strdup("");
        property.name = first;
    }
    if (!reader->problem && !take(reader, '='))
        fail(reader, "a property without value");
    property.value = read_value(reader, "", "a property without value");
    g_array_append_val(result->properties, property);
    return !reader->problem;
}

/* Everything behind ";" up to the next. */
static gboolean read_result(Reader *reader, Authres *authres)
{
    if (reader->problem)
        return FALSE;
    AuthresResult result = {.properties = g_array_new(FALSE, TRUE, sizeof(AuthresProperty))};
    g_array_set_clear_func(result.properties, authres_property_clear);
    result.method = keyword(reader, "a result without method");
    if (take(reader, '/')) {
        g_autofree char *version = keyword(reader, "a method without version");
        if (version && strcmp(version, "1") != 0) {
            char *method = g_strconcat(result.method, "/", version, NULL);
            g_free(result.method);
            result.method = method;
        }
    }
    if (!reader->problem && !take(reader, '='))
        fail(reader, "a method without result");
    result.result = keyword(reader, "a method without result");
    if (authres->results->len >= AUTHRES_MAX_RESULTS)
        fail(reader, "too many results");
    g_array_append_val(authres->results, result);
    while (!reader->problem) {
        const char *before = reader->at;
        if (!skip(reader) || at_end(reader))
            break;
        if (reader->at == before)
            return fail(reader, "a word that goes on where it must end");
        read_property(reader, &result);
    }
    return !reader->problem;
}

/* "; none", or "; result; result …", perhaps with ";" at the end. */
static void read_results(Reader *reader, Authres *authres)
{
    if (!skip(reader))
        return;
    if (*reader->at == '\0') {
        fail(reader, "no result");
        return;
    }
    while (take(reader, ';') && *reader->at != '\0') {
        if (authres->results->len == 0 && g_ascii_strncasecmp(reader->at, "none", 4) == 0 &&
            !is_keyword(reader->at[4])) {
            const char *none = reader->at;
            reader->at += 4;
            take(reader, ';');
            if (!reader->problem && skip(reader) && *reader->at == '\0')
                return;
            reader->at = none; /* "none=…" would be a method */
        }
        if (!read_result(reader, authres))
            return;
    }
    if (!reader->problem && *reader->at != '\0')
        fail(reader, "something where a result must begin");
}

/* The authserv-id; "" if the first result stands in its place ("spf=pass …"). */
static char *read_authserv(Reader *reader)
{
    if (!skip(reader))
        return NULL;
    const char *start = reader->at;
    g_autofree char *id = read_value(reader, "=", "no authserv-id");
    skip(reader);
    if (reader->problem || *reader->at != '=')
        return g_steal_pointer(&id);
    reader->at = start;
    return g_strdup("");
}

static void read_rest(Reader *reader, Authres *authres)
{
    if (*authres->authserv == '\0' && !read_result(reader, authres))
        return;
    if (g_ascii_isdigit(*reader->at)) {
        g_autofree char *version = keyword(reader, "no version");
        if (g_strcmp0(version, "1") != 0)
            fail(reader, "a version that is not known");
    }
    read_results(reader, authres);
}

Authres *authres_new(const char *value)
{
    Authres *authres = g_new0(Authres, 1);
    Reader reader = {value, NULL};
    gsize length = strlen(value);

    authres->results = g_array_new(FALSE, TRUE, sizeof(AuthresResult));
    g_array_set_clear_func(authres->results, authres_result_clear);
    /* Whose it is must be known even if the rest is broken: another server's is passed over. */
    authres->authserv = read_authserv(&reader);
    if (authres->authserv && strstr(authres->authserv, REPLACEMENT))
        g_clear_pointer(&authres->authserv, g_free);
    if (length > AUTHRES_MAX_BYTES)
        fail(&reader, "it is too long");
    if (!g_utf8_validate_len(value, length, NULL) || strstr(value, REPLACEMENT))
        fail(&reader, "bytes that are no text");
    if (authres->authserv)
        read_rest(&reader, authres);
    authres->problem = reader.problem;
    if (authres->problem)
        g_array_set_size(authres->results, 0);
    return authres;
}
