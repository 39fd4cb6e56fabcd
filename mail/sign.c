/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/sign.h"

#include <string.h>

#define LOOP_DELIVERIES 3

/* --- fields --- */

const char *sign_field(const SignFacts *facts, const char *name)
{
    for (guint i = 0; i < facts->fields->len; i++) {
        const SignField *field = &g_array_index(facts->fields, SignField, i);
        if (g_ascii_strcasecmp(field->name, name) == 0)
            return field->value;
    }
    return NULL;
}

gboolean sign_name_fits(const char *name, const char *wanted)
{
    const char *star = strchr(wanted, '*');
    return star ? g_ascii_strncasecmp(name, wanted, star - wanted) == 0
                : g_ascii_strcasecmp(name, wanted) == 0;
}

/* --- addresses --- */

static gboolean same_address(const char *address, const char *own)
{
    const char *at = strrchr(address, '@');
    const char *plus = strchr(address, '+');

    if (g_ascii_strcasecmp(address, own) == 0)
        return TRUE;
    return at && plus && plus < at && strlen(own) == (gsize)(plus - address) + strlen(at) &&
           g_ascii_strncasecmp(address, own, plus - address) == 0 &&
           g_ascii_strcasecmp(at, own + (plus - address)) == 0;
}

static gboolean is_own(const SignFacts *facts, const char *address)
{
    for (gsize i = 0; facts->own && facts->own[i]; i++)
        if (same_address(address, facts->own[i]))
            return TRUE;
    return FALSE;
}

static const char *domain_of(const char *address)
{
    const char *at = address ? strrchr(address, '@') : NULL;
    return at ? at + 1 : NULL;
}

/* Equal, or A lies below B. */
static gboolean domain_within(const char *a, const char *b)
{
    gsize la = strlen(a), lb = strlen(b);

    if (la < lb || g_ascii_strcasecmp(a + la - lb, b) != 0)
        return FALSE;
    return la == lb || a[la - lb - 1] == '.';
}

static gboolean domain_is_own(const SignFacts *facts, const char *domain)
{
    for (gsize i = 0; facts->own && facts->own[i]; i++) {
        const char *own = domain_of(facts->own[i]);
        if (own && domain_within(domain, own))
            return TRUE;
    }
    return FALSE;
}

static char *local_part(const char *address)
{
    const char *at = address ? strrchr(address, '@') : NULL;
    return at ? g_ascii_strdown(address, at - address) : g_strdup("");
}

gboolean sign_from_own(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                       const char *const *words G_GNUC_UNUSED)
{
    const Message *m = facts->message;
    return m->from_addr && is_own(facts, m->from_addr) &&
           (!m->reply_addr || is_own(facts, m->reply_addr));
}

gboolean sign_local_matches(const char *address, const char *const *patterns)
{
    g_autofree char *local = local_part(address);

    for (gsize i = 0; patterns[i]; i++)
        if (g_pattern_match_simple(patterns[i], local))
            return TRUE;
    return FALSE;
}

gboolean sign_from_local(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                         const char *const *words)
{
    return sign_local_matches(facts->message->from_addr, words);
}

/* One of WORDS stands in the local part, bounded by anything that is no letter. */
static gboolean local_says(const char *address, const char *const *words)
{
    g_autofree char *local = local_part(address);
    g_autoptr(GString) flat = g_string_new("-");

    for (const char *p = local; *p; p++)
        if (g_ascii_isalpha(*p))
            g_string_append_c(flat, *p);
        else if (flat->str[flat->len - 1] != '-')
            g_string_append_c(flat, '-');
    if (flat->str[flat->len - 1] != '-')
        g_string_append_c(flat, '-');
    for (gsize i = 0; words[i]; i++)
        if (strstr(flat->str, words[i]))
            return TRUE;
    return FALSE;
}

gboolean sign_from_says(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                        const char *const *words)
{
    return local_says(facts->message->from_addr, words);
}

gboolean sign_answer_says(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                          const char *const *words)
{
    return local_says(facts->message->reply_addr, words);
}

/* --- header values --- */

gboolean sign_there(const SignFacts *facts G_GNUC_UNUSED, const char *value G_GNUC_UNUSED,
                    const char *const *words G_GNUC_UNUSED)
{
    return TRUE;
}

gboolean sign_present(const SignFacts *facts G_GNUC_UNUSED, const char *value,
                      const char *const *words G_GNUC_UNUSED)
{
    return *value != '\0';
}

static const char *skip_comments(const char *value)
{
    for (;;) {
        value += strspn(value, " \t");
        if (*value != '(')
            return value;
        for (guint depth = 0; *value;) {
            char c = *value++;
            depth += c == '(';
            depth -= c == ')';
            if (depth == 0)
                break;
        }
    }
}

static const char *first_word(const char *value, gsize *length)
{
    const char *start = skip_comments(value);
    *length = strcspn(start, " \t;,(");
    return start;
}

gboolean sign_first_is(const SignFacts *facts G_GNUC_UNUSED, const char *value,
                       const char *const *words)
{
    gsize length;
    const char *start = first_word(value, &length);

    for (gsize i = 0; words[i]; i++)
        if (strlen(words[i]) == length && g_ascii_strncasecmp(start, words[i], length) == 0)
            return TRUE;
    return FALSE;
}

gboolean sign_first_is_not(const SignFacts *facts, const char *value, const char *const *words)
{
    gsize length;

    first_word(value, &length);
    return length > 0 && !sign_first_is(facts, value, words);
}

gboolean sign_has_word(const SignFacts *facts G_GNUC_UNUSED, const char *value,
                       const char *const *words)
{
    g_auto(GStrv) parts = g_strsplit_set(value, " \t,;", -1);

    for (gsize i = 0; parts[i]; i++)
        for (gsize k = 0; words[k]; k++)
            if (g_ascii_strcasecmp(parts[i], words[k]) == 0)
                return TRUE;
    return FALSE;
}

gboolean sign_null_path(const SignFacts *facts G_GNUC_UNUSED, const char *value,
                        const char *const *words G_GNUC_UNUSED)
{
    g_autofree char *lower = g_ascii_strdown(value, -1);
    return strcmp(lower, "<>") == 0 || g_pattern_match_simple("<mailer-daemon*>", lower);
}

gboolean sign_names_us(const SignFacts *facts, const char *value,
                       const char *const *words G_GNUC_UNUSED)
{
    g_auto(GStrv) parts = g_strsplit_set(value, " \t,;<>", -1);

    for (gsize i = 0; parts[i]; i++)
        if (is_own(facts, parts[i]))
            return TRUE;
    return FALSE;
}

gboolean sign_path_local(const SignFacts *facts G_GNUC_UNUSED, const char *value,
                         const char *const *words)
{
    const char *angle = strrchr(value, '<');
    g_autofree char *address = g_strdup(angle ? angle + 1 : value);

    address[strcspn(address, "> ")] = '\0';
    return sign_local_matches(address, words);
}

gboolean sign_at_least(const SignFacts *facts G_GNUC_UNUSED, const char *value,
                       const char *const *words)
{
    return g_ascii_strtoll(value, NULL, 10) >= g_ascii_strtoll(words[0], NULL, 10);
}

gboolean sign_starts(const SignFacts *facts G_GNUC_UNUSED, const char *value,
                     const char *const *words)
{
    for (gsize i = 0; words[i]; i++)
        if (g_ascii_strncasecmp(value, words[i], strlen(words[i])) == 0)
            return TRUE;
    return FALSE;
}

/* "CIP:…;SFV:SPM;…": not what the sender's own server thought of it on its way out. */
gboolean sign_inbound_has(const SignFacts *facts, const char *value, const char *const *words)
{
    static const char *const outbound[] = {"dir:out", NULL};

    return sign_has_word(facts, value, words) && !sign_has_word(facts, value, outbound);
}

/* A List-Id is the list's address with a dot for the "@" (RFC 2919 2). */
static gboolean is_dotted(const char *id, const char *address)
{
    const char *at = strrchr(address, '@');
    gsize local = at ? (gsize)(at - address) : 0;

    return at && strlen(id) == strlen(address) && id[local] == '.' &&
           g_ascii_strncasecmp(id, address, local) == 0 &&
           g_ascii_strcasecmp(id + local + 1, at + 1) == 0;
}

static gboolean list_is_own(const SignFacts *facts, const char *value)
{
    g_auto(GStrv) parts = g_strsplit_set(value, " \t,;<>:?", -1);

    for (gsize i = 0; parts[i]; i++) {
        if (is_own(facts, parts[i]))
            return TRUE;
        for (gsize k = 0; facts->own && facts->own[k]; k++)
            if (is_dotted(parts[i], facts->own[k]))
                return TRUE;
    }
    return FALSE;
}

gboolean sign_foreign_list(const SignFacts *facts, const char *value,
                           const char *const *words G_GNUC_UNUSED)
{
    return *value && !list_is_own(facts, value);
}

gboolean sign_beside(const SignFacts *facts, const char *value, const char *const *words)
{
    for (guint i = 0; *value && i < facts->fields->len; i++)
        for (gsize k = 0; words[k]; k++)
            if (sign_name_fits(g_array_index(facts->fields, SignField, i).name, words[k]))
                return TRUE;
    return FALSE;
}

gboolean sign_beside_bulk(const SignFacts *facts, const char *value, const char *const *words)
{
    static const char *const names[] = {"Precedence", "X-Precedence"};

    for (gsize i = 0; *value && i < G_N_ELEMENTS(names); i++) {
        const char *precedence = sign_field(facts, names[i]);
        if (precedence && sign_has_word(facts, precedence, words))
            return TRUE;
    }
    return FALSE;
}

/* --- the whole message --- */

gboolean sign_flagged(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                      const char *const *words)
{
    MessageFlags flag = strcmp(words[0], "spam") == 0 ? MESSAGE_SPAM : MESSAGE_CALENDAR;
    return (facts->message->flags & flag) != 0;
}

gboolean sign_content_type(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                           const char *const *words)
{
    g_autofree char *type = facts->type ? g_mime_content_type_get_mime_type(facts->type) : NULL;
    const char *parameter;

    if (!type || g_ascii_strcasecmp(type, words[0]) != 0)
        return FALSE;
    if (!words[1])
        return TRUE;
    parameter = g_mime_content_type_get_parameter(facts->type, words[1]);
    return parameter && g_ascii_strcasecmp(parameter, words[2]) == 0;
}

gboolean sign_id_matches(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                         const char *const *words)
{
    const char *id = facts->message->message_id;
    return id && g_pattern_match_simple(words[0], id);
}

gboolean sign_delivered_often(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                              const char *const *words)
{
    for (gsize k = 0; facts->own && facts->own[k]; k++) {
        guint seen = 0;
        for (guint i = 0; i < facts->fields->len; i++) {
            const SignField *field = &g_array_index(facts->fields, SignField, i);
            seen += g_ascii_strcasecmp(field->name, words[0]) == 0 &&
                    same_address(field->value, facts->own[k]);
        }
        if (seen >= LOOP_DELIVERIES)
            return TRUE;
    }
    return FALSE;
}

/* --- facts --- */

static GArray *split_fields(char *headers)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(SignField));

    for (char *line = headers, *next; line && *line; line = next) {
        char *colon;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        colon = strchr(line, ':');
        if (!colon)
            continue;
        *colon = '\0';
        SignField field = {g_strchomp(line), g_strstrip(colon + 1)};
        g_array_append_val(fields, field);
    }
    return fields;
}

static void find_form(SignFacts *facts)
{
    const char *from = domain_of(facts->message->from_addr);
    const char *reply = domain_of(facts->message->reply_addr);

    facts->form = from && reply && !domain_within(from, reply) && !domain_within(reply, from);
    facts->own_form = facts->form && domain_is_own(facts, from);
    facts->passed_on = facts->form || (from && domain_is_own(facts, from));
}

/* "List-Post: NO" (RFC 2369 3.4) is that of a newsletter. */
static gboolean is_talk(const SignFacts *facts)
{
    static const char *const no[] = {"no", NULL}, *const lists[] = {"Mailing-List", "X-BeenThere"};
    const char *post = sign_field(facts, "List-Post");
    gboolean talk = facts->message->in_reply_to != NULL;

    if (post)
        talk = talk || sign_first_is_not(facts, post, no);
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        talk = talk || sign_field(facts, lists[i]);
    return talk;
}

/* A List-Id that is not ours: it came by another list too. */
static gboolean came_by_own_list(const SignFacts *facts)
{
    static const char *const names[] = {"List-Id", "List-Post", "Mailing-List"};
    gboolean own = FALSE;

    for (guint i = 0; i < facts->fields->len; i++) {
        const SignField *field = &g_array_index(facts->fields, SignField, i);
        for (gsize k = 0; k < G_N_ELEMENTS(names); k++) {
            if (g_ascii_strcasecmp(field->name, names[k]) != 0)
                continue;
            if (list_is_own(facts, field->value))
                own = TRUE;
            else if (k == 0)
                return FALSE;
        }
    }
    return own;
}

/* Every Auto-Submitted says "no": a human, RFC 3834 5. */
static gboolean says_human(const SignFacts *facts)
{
    static const char *const no[] = {"no", NULL};
    gboolean human = FALSE;

    for (guint i = 0; i < facts->fields->len; i++) {
        const SignField *field = &g_array_index(facts->fields, SignField, i);
        if (g_ascii_strcasecmp(field->name, "Auto-Submitted") != 0)
            continue;
        if (sign_first_is_not(facts, field->value, no))
            return FALSE;
        human = human || sign_first_is(facts, field->value, no);
    }
    return human;
}

void sign_facts_init(SignFacts *facts, const Message *message, const char *const *own)
{
    const char *content;

    *facts = (SignFacts){.message = message, .own = own, .headers = g_strdup(message->headers)};
    facts->fields = split_fields(facts->headers);
    facts->subject = sign_fold(message->subject, SIGN_MAX_SUBJECT);
    facts->beginning = sign_fold(message->text, SIGN_MAX_BEGINNING);
    g_mime_init();
    content = sign_field(facts, "Content-Type");
    if (content)
        facts->type = g_mime_content_type_parse(NULL, content);
    find_form(facts);
    facts->own_list = came_by_own_list(facts);
    facts->talked = is_talk(facts);
    facts->human = says_human(facts);
}

void sign_facts_clear(SignFacts *facts)
{
    g_clear_object(&facts->type);
    g_array_unref(facts->fields);
    g_free(facts->subject);
    g_free(facts->beginning);
    g_free(facts->headers);
}
