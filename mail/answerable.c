/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/answerable.h"
#include "mail/phrases.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_SUBJECT 200 /* characters looked at */
#define LOOP_DELIVERIES 3

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeContentType, g_object_unref)

typedef struct Field {
    const char *name;
    const char *value;
} Field;

typedef struct Facts {
    const Message *message;
    const char *const *own;
    GArray *fields; /* of Field */
    GMimeContentType *type;
    char *subject;     /* folded for comparison */
    gboolean form;     /* the answer goes to another domain than the mail comes from */
    gboolean own_form; /* … and it comes from our domain */
} Facts;

/* VALUE is that of the row's header, NULL in rows without one; WORDS are the row's. */
typedef gboolean (*Test)(const Facts *facts, const char *value, const char *const *words);

typedef struct Rule {
    const char *name;
    const char *header; /* any case, "List-*" is a prefix; NULL: the test looks elsewhere */
    Test test;
    const char *const *words;
    enum { ALWAYS, NOT_FORM, NOT_OWN_FORM } when;
    const char *why;
} Rule;

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

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

static gboolean is_own(const Facts *facts, const char *address)
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

static gboolean domain_is_own(const Facts *facts, const char *domain)
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

static gboolean from_own(const Facts *facts, const char *value G_GNUC_UNUSED,
                         const char *const *words G_GNUC_UNUSED)
{
    const Message *m = facts->message;
    return m->from_addr && is_own(facts, m->from_addr) &&
           (!m->reply_addr || is_own(facts, m->reply_addr));
}

static gboolean local_matches(const char *address, const char *const *patterns)
{
    g_autofree char *local = local_part(address);

    for (gsize i = 0; patterns[i]; i++)
        if (g_pattern_match_simple(patterns[i], local))
            return TRUE;
    return FALSE;
}

static gboolean from_local(const Facts *facts, const char *value G_GNUC_UNUSED,
                           const char *const *words)
{
    return local_matches(facts->message->from_addr, words);
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

static gboolean from_says(const Facts *facts, const char *value G_GNUC_UNUSED,
                          const char *const *words)
{
    return local_says(facts->message->from_addr, words);
}

static gboolean answer_says(const Facts *facts, const char *value G_GNUC_UNUSED,
                            const char *const *words)
{
    return local_says(facts->message->reply_addr, words);
}

/* --- header values --- */

static gboolean present(const Facts *facts G_GNUC_UNUSED, const char *value,
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

/* The first word is none of WORDS; parameters and comments do not matter. */
static gboolean first_is_not(const Facts *facts G_GNUC_UNUSED, const char *value,
                             const char *const *words)
{
    const char *start = skip_comments(value);
    gsize length = strcspn(start, " \t;,(");

    for (gsize i = 0; words[i]; i++)
        if (strlen(words[i]) == length && g_ascii_strncasecmp(start, words[i], length) == 0)
            return FALSE;
    return TRUE;
}

static gboolean has_word(const Facts *facts G_GNUC_UNUSED, const char *value,
                         const char *const *words)
{
    g_auto(GStrv) parts = g_strsplit_set(value, " \t,;", -1);

    for (gsize i = 0; parts[i]; i++)
        for (gsize k = 0; words[k]; k++)
            if (g_ascii_strcasecmp(parts[i], words[k]) == 0)
                return TRUE;
    return FALSE;
}

static gboolean null_path(const Facts *facts G_GNUC_UNUSED, const char *value,
                          const char *const *words G_GNUC_UNUSED)
{
    g_autofree char *lower = g_ascii_strdown(value, -1);
    return strcmp(lower, "<>") == 0 || g_pattern_match_simple("<mailer-daemon*>", lower);
}

static gboolean names_us(const Facts *facts, const char *value,
                         const char *const *words G_GNUC_UNUSED)
{
    g_auto(GStrv) parts = g_strsplit_set(value, " \t,;<>", -1);

    for (gsize i = 0; parts[i]; i++)
        if (is_own(facts, parts[i]))
            return TRUE;
    return FALSE;
}

/* --- the whole message --- */

static gboolean flagged_spam(const Facts *facts, const char *value G_GNUC_UNUSED,
                             const char *const *words G_GNUC_UNUSED)
{
    return (facts->message->flags & MESSAGE_SPAM) != 0;
}

/* WORDS: media type, or media type, parameter, its value. */
static gboolean content_type(const Facts *facts, const char *value G_GNUC_UNUSED,
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

static gboolean id_matches(const Facts *facts, const char *value G_GNUC_UNUSED,
                           const char *const *words)
{
    const char *id = facts->message->message_id;
    return id && g_pattern_match_simple(words[0], id);
}

static gboolean delivered_often(const Facts *facts, const char *value G_GNUC_UNUSED,
                                const char *const *words)
{
    guint seen = 0;

    for (guint i = 0; i < facts->fields->len; i++) {
        const Field *field = &g_array_index(facts->fields, Field, i);
        seen += g_ascii_strcasecmp(field->name, words[0]) == 0 && is_own(facts, field->value);
    }
    return seen >= LOOP_DELIVERIES;
}

static gboolean subject_starts(const Facts *facts, const char *value G_GNUC_UNUSED,
                               const char *const *words)
{
    for (gsize i = 0; words[i]; i++)
        if (g_str_has_prefix(facts->subject, words[i]))
            return TRUE;
    return FALSE;
}

/* The subject is one of WORDS, or begins with it and a colon: "Abwesenheitsnotiz: Re: …". A human
 * who asks about such a note goes on without one. */
static gboolean subject_label(const Facts *facts, const char *value G_GNUC_UNUSED,
                              const char *const *words)
{
    const char *subject = facts->subject + (*facts->subject == '[');

    for (gsize i = 0; words[i]; i++) {
        const char *rest = subject + strlen(words[i]);
        if (!g_str_has_prefix(subject, words[i]))
            continue;
        rest += strspn(rest, " ");
        if (*rest == '\0' || *rest == ':' || *rest == ']' || *rest == '(')
            return TRUE;
    }
    return FALSE;
}

/* --- tables --- */

static const Rule rules[] = {
    {"own-address", NULL, from_own, NULL, ALWAYS, "it comes from one of our own addresses"},

    {"spam", NULL, flagged_spam, NULL, ALWAYS, "the mail server marked it as spam"},
    {"spam", "X-Spam-Flag", has_word, WORDS("yes", "true"), ALWAYS,
     "X-Spam-Flag says that it is spam (SpamAssassin)"},

    {"bounce", NULL, content_type, WORDS("multipart/report", "report-type", "delivery-status"),
     ALWAYS, "it is a delivery report (RFC 3464)"},
    {"bounce", NULL, content_type, WORDS("message/delivery-status"), ALWAYS,
     "it is a delivery report (RFC 3464)"},
    {"bounce", "X-Failed-Recipients", present, NULL, ALWAYS,
     "X-Failed-Recipients: it is a delivery report (Exim)"},
    {"bounce", NULL, subject_starts,
     WORDS("undelivered mail returned to sender", "mail delivery failed: returning message",
           "delivery status notification (", "returned mail: see transcript for details"),
     ALWAYS, "its subject is that of a delivery report (Postfix, Exim, Exchange, Sendmail)"},
    {"read-receipt", NULL, content_type,
     WORDS("multipart/report", "report-type", "disposition-notification"), ALWAYS,
     "it is a read receipt (RFC 8098)"},
    {"read-receipt", NULL, content_type, WORDS("message/disposition-notification"), ALWAYS,
     "it is a read receipt (RFC 8098)"},
    {"report", NULL, content_type, WORDS("multipart/report"), ALWAYS,
     "it is a report of a mail system (RFC 6522)"},
    {"report", NULL, content_type, WORDS("message/feedback-report"), ALWAYS,
     "it is an abuse report (RFC 5965)"},
    {"mailer-daemon", NULL, from_local,
     WORDS("mailer-daemon", "mailer-daemon-*", "mailer-daemon+*", "mailerdaemon", "postmaster"),
     ALWAYS, "a mail system sent it (RFC 5230 4.6)"},

    {"calendar-reply", NULL, content_type, WORDS("text/calendar", "method", "reply"), ALWAYS,
     "it is an answer to an invitation (RFC 6047)"},
    {"calendar", NULL, content_type, WORDS("text/calendar"), ALWAYS,
     "it is an invitation (RFC 6047)"},
    {"calendar", "Content-Class", has_word,
     WORDS("urn:content-classes:calendarmessage", "urn:content-classes:appointment"), ALWAYS,
     "Content-Class: it is an invitation (Exchange)"},
    {"calendar", NULL, id_matches, WORDS("calendar-*@google.com"), ALWAYS,
     "its Message-ID is that of an invitation (Google Calendar)"},

    {"auto-submitted", "Auto-Submitted", first_is_not, WORDS("no"), ALWAYS,
     "Auto-Submitted is not \"no\" (RFC 3834 5)"},
    {"x-auto-response-suppress", "X-Auto-Response-Suppress", has_word,
     WORDS("all", "autoreply", "oof"), ALWAYS,
     "X-Auto-Response-Suppress asks for no automatic reply (MS-OXCMAIL)"},
    {"precedence", "Precedence", has_word,
     WORDS("bulk", "list", "junk", "auto_reply", "auto-reply", "autoreply"), ALWAYS,
     "Precedence says bulk, list, junk or auto_reply (RFC 3834 2, RFC 2076)"},
    {"precedence", "X-Precedence", has_word,
     WORDS("bulk", "list", "junk", "auto_reply", "auto-reply", "autoreply"), ALWAYS,
     "X-Precedence says bulk, list, junk or auto_reply"},

    {"list-id", "List-Id", present, NULL, ALWAYS, "List-Id: it came by a mailing list (RFC 2919)"},
    {"list-unsubscribe", "List-Unsubscribe", present, NULL, ALWAYS,
     "List-Unsubscribe: it went to many (RFC 2369, RFC 8058)"},
    {"list-header", "List-*", present, NULL, ALWAYS,
     "a List- header: it came by a mailing list (RFC 2369)"},
    {"mailing-list", "Mailing-List", present, NULL, ALWAYS,
     "Mailing-List: it came by a mailing list (ezmlm)"},
    {"mailing-list", "X-Mailing-List", present, NULL, ALWAYS,
     "X-Mailing-List: it came by a mailing list"},
    {"mailing-list", "X-BeenThere", present, NULL, ALWAYS,
     "X-BeenThere: it came by a mailing list (Mailman)"},

    {"auto-reply-header", "X-Autoreply", first_is_not, WORDS("no", "false", "0"), ALWAYS,
     "X-Autoreply: it is an automatic reply (Gmail)"},
    {"auto-reply-header", "X-Auto-Reply", first_is_not, WORDS("no", "false", "0"), ALWAYS,
     "X-Auto-Reply: it is an automatic reply"},
    {"auto-reply-header", "Auto-Reply", first_is_not, WORDS("no", "false", "0"), ALWAYS,
     "Auto-Reply: it is an automatic reply"},
    {"auto-reply-header", "X-Autorespond", first_is_not, WORDS("no", "false", "0"), ALWAYS,
     "X-Autorespond: it is an automatic reply (cPanel)"},
    {"auto-reply-header", "X-Autoresponder", first_is_not, WORDS("no", "false", "0"), ALWAYS,
     "X-Autoresponder: it is an automatic reply"},
    {"auto-reply-header", "X-AutoReply-From", present, NULL, ALWAYS,
     "X-AutoReply-From: it is an automatic reply"},
    {"auto-reply-header", "X-Mail-Autoreply", present, NULL, ALWAYS,
     "X-Mail-Autoreply: it is an automatic reply"},
    {"auto-reply-header", "X-Autogenerated", has_word, WORDS("reply"), ALWAYS,
     "X-Autogenerated: it is an automatic reply (CommuniGate Pro)"},
    {"auto-reply-header", "X-POST-MessageClass", has_word, WORDS("autoresponder"), ALWAYS,
     "X-POST-MessageClass: it is an automatic reply"},
    {"auto-reply-header", "Delivered-To", has_word, WORDS("autoresponder"), ALWAYS,
     "Delivered-To: autoresponder: it is an automatic reply"},

    {"feedback-id", "Feedback-ID", present, NULL, NOT_OWN_FORM,
     "Feedback-ID: it went to many (Gmail feedback loop)"},
    {"newsletter", "X-CSA-Complaints", present, NULL, ALWAYS,
     "X-CSA-Complaints: it went to many (Certified Senders Alliance)"},
    {"newsletter", "X-Campaign", present, NULL, ALWAYS, "X-Campaign: it went to many (Mailchimp)"},
    {"newsletter", "X-Campaign-ID", present, NULL, ALWAYS, "X-Campaign-ID: it went to many"},
    {"newsletter", "X-CampaignID", present, NULL, ALWAYS, "X-CampaignID: it went to many"},
    {"newsletter", "X-Newsletter", present, NULL, ALWAYS, "X-Newsletter: it went to many"},

    {"null-return-path", "Return-Path", null_path, NULL, ALWAYS,
     "its return path is empty: nobody wants to hear of it (RFC 5321 4.5.5, RFC 3834 2)"},
    {"x-loop", "X-Loop", names_us, NULL, ALWAYS,
     "X-Loop names one of our addresses: it was here before (procmail)"},
    {"x-loop", "X-Loop", has_word, WORDS("yes", "true"), ALWAYS,
     "X-Loop: a ticket system wrote it (OTRS, Znuny)"},
    {"delivery-loop", NULL, delivered_often, WORDS("Delivered-To"), ALWAYS,
     "it was delivered to us three times and goes round in circles (Postfix)"},

    {"no-reply", NULL, answer_says, phrases_no_reply, ALWAYS,
     "its address asks not to be answered"},
    {"no-reply", NULL, from_says, phrases_no_reply, NOT_FORM, "its sender asks not to be answered"},
    {"list-robot", NULL, from_local,
     WORDS("owner-*", "*-owner", "*-request", "*-bounces", "*-bounces+*", "bounce", "bounces",
           "bounce+*", "bounces+*", "listserv", "majordomo", "listproc", "sympa", "mailman"),
     ALWAYS, "its sender is the robot of a mailing list (RFC 5230 4.6, RFC 2142 6)"},

    {"out-of-office", NULL, subject_label, phrases_out_of_office, ALWAYS,
     "its subject is that of an out-of-office note"},
};

/* --- asking --- */

static GArray *split_fields(char *headers)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(Field));

    for (char *line = headers, *next; line && *line; line = next) {
        char *colon;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        colon = strchr(line, ':');
        if (!colon)
            continue;
        *colon = '\0';
        Field field = {g_strchomp(line), g_strstrip(colon + 1)};
        g_array_append_val(fields, field);
    }
    return fields;
}

static char *fold_subject(const char *subject)
{
    g_autofree char *valid = g_utf8_make_valid(subject ? subject : "", -1);
    g_autofree char *start = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), MAX_SUBJECT));
    g_autofree char *normal = g_utf8_normalize(start, -1, G_NORMALIZE_NFKC);
    g_autofree char *folded = g_utf8_casefold(normal ? normal : start, -1);
    g_autoptr(GString) flat = g_string_new(NULL);

    for (const char *p = folded; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c))
            g_string_append_unichar(flat, c);
        else if (flat->len > 0 && flat->str[flat->len - 1] != ' ')
            g_string_append_c(flat, ' ');
    }
    return g_string_free(g_steal_pointer(&flat), FALSE);
}

static void find_form(Facts *facts)
{
    const char *from = domain_of(facts->message->from_addr);
    const char *reply = domain_of(facts->message->reply_addr);

    facts->form = from && reply && !domain_within(from, reply) && !domain_within(reply, from);
    facts->own_form = facts->form && domain_is_own(facts, from);
}

static const char *field_named(const Facts *facts, const char *name)
{
    for (guint i = 0; i < facts->fields->len; i++) {
        const Field *field = &g_array_index(facts->fields, Field, i);
        if (g_ascii_strcasecmp(field->name, name) == 0)
            return field->value;
    }
    return NULL;
}

static gboolean name_fits(const char *name, const char *wanted)
{
    const char *star = strchr(wanted, '*');
    return star ? g_ascii_strncasecmp(name, wanted, star - wanted) == 0
                : g_ascii_strcasecmp(name, wanted) == 0;
}

static gboolean rule_fires(const Rule *rule, const Facts *facts)
{
    if ((rule->when == NOT_FORM && facts->form) || (rule->when == NOT_OWN_FORM && facts->own_form))
        return FALSE;
    if (!rule->header)
        return rule->test(facts, NULL, rule->words);
    for (guint i = 0; i < facts->fields->len; i++) {
        const Field *field = &g_array_index(facts->fields, Field, i);
        if (name_fits(field->name, rule->header) && rule->test(facts, field->value, rule->words))
            return TRUE;
    }
    return FALSE;
}

const char *answerable_machine(const Message *message, const char *const *own_addresses,
                               const char **explain)
{
    g_autofree char *headers = g_strdup(message->headers);
    g_autoptr(GArray) fields = split_fields(headers);
    g_autofree char *subject = fold_subject(message->subject);
    g_autoptr(GMimeContentType) type = NULL;
    Facts facts = {message, own_addresses, fields, NULL, subject, FALSE, FALSE};
    const char *content;

    g_mime_init();
    content = field_named(&facts, "Content-Type");
    if (content)
        facts.type = type = g_mime_content_type_parse(NULL, content);
    find_form(&facts);
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
        if (rule_fires(&rules[i], &facts)) {
            if (explain)
                *explain = rules[i].why;
            return rules[i].name;
        }
    if (explain)
        *explain = NULL;
    return NULL;
}
