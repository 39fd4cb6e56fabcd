/* SPDX-License-Identifier: Apache-2.0 */
/* What the header means for an answer. Declared in mail/authres.h. */
#include "mail/authres.h"

#include <string.h>

#define MAX_DETAIL 300
#define MAX_SHOWN 80    /* of one word of the mail */
#define MAX_FROM 998    /* RFC 5322 2.1.1; a longer From may have been cut */
#define MAX_HEADERS 100 /* Authentication-Results looked at */

/* How the sentence about an authenticated sender ends, and no other: words of mail have no comma.
 */
#define VOUCHED ", the domain of From"

void authentication_clear(Authentication *authentication)
{
    g_clear_pointer(&authentication->detail, g_free);
}

gboolean authentication_vouched(const char *detail)
{
    return detail && g_str_has_suffix(detail, VOUCHED);
}

/* A word of the mail or of the settings, fit to stand in a sentence for ever. */
static char *shown(const char *word)
{
    char *safe = g_strndup(word, MAX_SHOWN);
    for (char *c = safe; *c; c++)
        if (!g_ascii_isalnum(*c) && !strchr("-._@/ ", *c))
            *c = '?';
    return safe;
}

/* Not authenticated, because … */
static Authentication because(const char *format, ...) G_GNUC_PRINTF(1, 2);
static Authentication because(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *detail = g_strdup_vprintf(format, args);
    va_end(args);
    return (Authentication){FALSE, g_strndup(detail, MAX_DETAIL)};
}

/* ---- headers ------------------------------------------------------------------------------- */

/* The value of the next header NAME at or after *AT in message->headers, and behind it in *AT. */
static char *next_header(const char **at, const char *name)
{
    gsize n = strlen(name);
    while (*at && **at) {
        const char *line = *at;
        const char *end = strchrnul(line, '\n');
        *at = *end ? end + 1 : end;
        if (g_ascii_strncasecmp(line, name, n) == 0 && line[n] == ':')
            return g_strstrip(g_strndup(line + n + 1, (gsize)(end - line) - n - 1));
    }
    return NULL;
}

static gboolean is_ours(const Authres *authres, const char *const *authservs)
{
    for (; *authservs; authservs++)
        if (**authservs && g_ascii_strcasecmp(authres->authserv, *authservs) == 0)
            return TRUE;
    return FALSE;
}

/* The topmost header of ours; NULL: there is none, and *OTHER becomes whose the topmost is (NULL:
 * there is none at all). One of which nobody can say whose it is ends the
 * search: it may be ours, and what stands below it is not the topmost. */
static Authres *topmost(const Message *message, const char *const *authservs, char **other)
{
    const char *at = message->headers;
    for (guint i = 0; i < MAX_HEADERS; i++) {
        g_autofree char *value = next_header(&at, "Authentication-Results");
        g_autoptr(Authres) authres = value ? authres_new(value) : NULL;
        if (!authres)
            return NULL;
        if (!authres->authserv || is_ours(authres, authservs))
            return g_steal_pointer(&authres);
        if (!*other)
            *other = shown(authres->authserv);
    }
    return NULL;
}

/* ---- From ---------------------------------------------------------------------------------- */

/* Is there only one way to read the address in VALUE: one "@" outside of quotes and comments, no
 * list, no group, nothing broken? */
static gboolean one_reading(const char *value)
{
    guint at_signs = 0, open = 0, closed = 0, depth = 0;
    gboolean in_quotes = FALSE;
    if (strlen(value) > MAX_FROM)
        return FALSE;
    for (const char *c = value; *c; c++) {
        if (*c == '\\') {
            if ((!in_quotes && depth == 0) || !*++c)
                return FALSE;
        } else if (in_quotes || (*c == '"' && depth == 0)) {
            in_quotes ^= *c == '"';
        } else if (depth > 0 || *c == '(' || *c == ')') {
            if (*c == ')' && depth-- == 0)
                return FALSE;
            depth += *c == '(';
        } else if (strchr(",;:", *c)) {
            return FALSE;
        } else {
            at_signs += *c == '@';
            open += *c == '<';
            closed += *c == '>';
        }
    }
    return !in_quotes && depth == 0 && at_signs == 1 && open <= 1 && open == closed;
}

/* Why nobody can say for sure whom From names; NULL: one can. */
static const char *from_problem(const Message *message)
{
    const char *at = message->headers;
    g_autofree char *first = next_header(&at, "From");
    g_autofree char *second = next_header(&at, "From");
    if (!message->from_addr || !strchr(message->from_addr, '@') || !first)
        return "From has not one usable address";
    if (second)
        return "the mail has several From headers";
    return one_reading(first) ? NULL : "From can be read in several ways";
}

/* ---- the result ---------------------------------------------------------------------------- */

/* The value of header.from; NULL: there is none, or there are two that differ. */
static const char *header_from(const AuthresResult *result)
{
    const char *found = NULL;
    for (guint i = 0; i < result->properties->len; i++) {
        const AuthresProperty *property = &g_array_index(result->properties, AuthresProperty, i);
        if (g_ascii_strcasecmp(property->type, "header") != 0 ||
            g_ascii_strcasecmp(property->name, "from") != 0)
            continue;
        if (found && g_ascii_strcasecmp(found, property->value) != 0)
            return NULL;
        found = property->value;
    }
    return found;
}

/* Some servers write the whole address: then all of it must be the same. */
static gboolean names(const char *value, const char *address)
{
    const char *domain = strchr(address, '@') + 1;
    return g_str_is_ascii(value) &&
           (g_ascii_strcasecmp(value, domain) == 0 || g_ascii_strcasecmp(value, address) == 0);
}

static Authentication weigh(const Message *message, const Authres *authres)
{
    g_autofree char *server = shown(authres->authserv);
    const char *domain = strchr(message->from_addr, '@') + 1;
    g_autofree char *shown_domain = shown(domain);
    guint passes = 0;
    for (guint i = 0; i < authres->results->len; i++) {
        const AuthresResult *result = &g_array_index(authres->results, AuthresResult, i);
        if (g_ascii_strcasecmp(result->method, "dmarc") != 0)
            continue;
        const char *from = header_from(result);
        g_autofree char *said = shown(result->result);
        g_autofree char *shown_from = shown(from ? from : "");
        if (g_ascii_strcasecmp(result->result, "pass") != 0)
            return because("%s says dmarc=%s for %s", server, said,
                           from ? shown_from : "a domain it does not name");
        if (!from)
            return because("%s says dmarc=pass, but not for which one domain", server);
        if (!names(from, message->from_addr))
            return because("%s says dmarc=pass for %s, but From is %s", server, shown_from,
                           shown_domain);
        passes++;
    }
    if (passes == 0)
        return because("the topmost Authentication-Results of %s says nothing of dmarc", server);
    if (g_strcmp0(message->reply_addr, message->from_addr) != 0)
        return because("%s says dmarc=pass for %s, the domain of From, but the answer "
                       "would go to another address (Reply-To)",
                       server, shown_domain);
    Authentication yes = because("%s says dmarc=pass for %s" VOUCHED, server, shown_domain);
    yes.authenticated = TRUE;
    return yes;
}

Authentication authenticate(const Message *message, const char *const *authservs)
{
    g_autofree char *mailbox = shown(message->account ? message->account : "NAME");
    if (!authservs || !*authservs)
        return because("not known: no authserv-id is configured (erms.conf: [mailbox "
                       "%s] authserv-id)",
                       mailbox);
    const char *problem = from_problem(message);
    if (problem)
        return because("%s", problem);
    g_autofree char *server = shown(*authservs);
    g_autofree char *other = NULL;
    g_autoptr(Authres) authres = topmost(message, authservs, &other);
    if (!authres)
        return because("no Authentication-Results of %s%s%s%s%s", server,
                       authservs[1] ? " or another configured one" : "",
                       !other   ? ""
                       : *other ? " (the mail has one of "
                                : " (the mail has one without a name",
                       other ? other : "", other ? ")" : "");
    if (!authres->authserv)
        return because("an Authentication-Results that names no server is malformed: %s",
                       authres->problem);
    if (authres->problem)
        return because("the topmost Authentication-Results of %s is malformed: %s", server,
                       authres->problem);
    return weigh(message, authres);
}
