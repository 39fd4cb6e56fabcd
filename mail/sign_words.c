/* SPDX-License-Identifier: Apache-2.0 */
/* What a row of mail/answerable.c can ask of the subject and of the beginning of the text. */
#include "mail/sign.h"
#include "mail/compose.h"
#include "mail/phrases.h"

#include <string.h>

#define DOT_ABOVE 0x0307 /* what is left of a Turkish capital I */
#define MAX_PREFIX 15    /* bytes */

static const struct {
    gunichar from;
    char to;
} alike[] = {{0x2019, '\''}, {0x2018, '\''}, {0x2010, '-'}, {0x2013, '-'}, {0x2014, '-'},
             {0x0131, 'i'},  {0x3010, '['},  {0x3011, ']'}, {0x2026, '.'}};

char *sign_fold(const char *text, glong max)
{
    g_autofree char *begin = g_strndup(text ? text : "", 6 * (gsize)max);
    g_autofree char *valid = g_utf8_make_valid(begin, -1);
    g_autofree char *start = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), max));
    g_autofree char *normal = g_utf8_normalize(start, -1, G_NORMALIZE_NFKC);
    g_autofree char *folded = g_utf8_casefold(normal ? normal : start, -1);
    GString *flat = g_string_new(NULL);

    for (const char *p = folded; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        for (gsize i = 0; i < G_N_ELEMENTS(alike); i++)
            if (c == alike[i].from)
                c = (gunichar)alike[i].to;
        if (c == DOT_ABOVE)
            continue;
        if (!g_unichar_isspace(c))
            g_string_append_unichar(flat, c);
        else if (flat->len > 0 && flat->str[flat->len - 1] != ' ')
            g_string_append_c(flat, ' ');
    }
    return g_string_free(flat, FALSE);
}

static gboolean from_system(const SignFacts *facts)
{
    static const char *const systems[] = {"mailer-daemon*", "mailerdaemon", "microsoftexchange*",
                                          NULL};
    static const char *const keeper[] = {"postmaster", NULL};
    const char *from = facts->message->from_addr, *path = sign_field(facts, "Return-Path");

    return sign_local_matches(from, systems) ||
           (path && sign_null_path(facts, path, NULL) &&
            (!facts->passed_on || sign_local_matches(from, keeper)));
}

static gboolean starts_with_one(const char *text, const char *const *words)
{
    for (gsize i = 0; words[i]; i++)
        if (g_str_has_prefix(text, words[i]))
            return TRUE;
    return FALSE;
}

gboolean sign_subject_starts(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                             const char *const *words)
{
    return starts_with_one(facts->subject, words);
}

gboolean sign_subject_system(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                             const char *const *words)
{
    return starts_with_one(facts->subject, words) && from_system(facts);
}

gboolean sign_text_system(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                          const char *const *words)
{
    return starts_with_one(facts->beginning, words) && from_system(facts);
}

static gboolean is_label(const char *subject, const char *const *words)
{
    subject += strspn(subject, "[(*< ");
    for (gsize i = 0; words[i]; i++) {
        const char *rest = subject + strlen(words[i]);
        if (!g_str_has_prefix(subject, words[i]))
            continue;
        rest += strspn(rest, " ");
        if (*rest == '\0' || strchr(":])(>*.!|", *rest) || g_str_has_prefix(rest, "- "))
            return TRUE;
    }
    return FALSE;
}

/* "Abwesenheitsnotiz: Re: …", "[Auto-Reply] …", "[External] Automatic reply: …". A human who asks
 * about such a note goes on with a word. */
gboolean sign_subject_label(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                            const char *const *words)
{
    const char *tag = *facts->subject == '[' ? strstr(facts->subject, "] ") : NULL;

    return is_label(facts->subject, words) || (tag && is_label(tag + 1, words));
}

/* "[External] [#K7Q4-29XM] " */
static const char *skip_tags(const char *subject)
{
    for (const char *end; *subject == '[' && (end = strstr(subject, "] ")); subject = end + 2)
        ;
    return subject;
}

/* Behind "re:", "RE :", "antw.:", "aw[2]:", "re^3:" at SUBJECT; NULL: there is none. */
static const char *skip_mark(const char *subject)
{
    for (gsize i = 0; phrases_reply[i]; i++) {
        gsize length = strlen(phrases_reply[i]);
        const char *p = subject + length;
        if (strncmp(subject, phrases_reply[i], length) != 0)
            continue;
        p += strspn(p, " .([^0123456789)]");
        if (*p == ':')
            return p + 1 + strspn(p + 1, " ");
    }
    return NULL;
}

static const char *skip_marks(const char *subject)
{
    const char *start = skip_tags(subject);

    for (const char *next; (next = skip_mark(start));)
        start = skip_tags(next);
    return start;
}

static gboolean is_reply(const SignFacts *facts)
{
    return skip_mark(skip_tags(facts->subject)) != NULL;
}

char *sign_base_subject(const char *subject)
{
    g_autofree char *folded = sign_fold(subject, SIGN_MAX_SUBJECT);
    char *base = g_strdup(skip_marks(folded));
    char *token = g_strrstr(base, "[#");

    if (token)
        *token = '\0';
    return g_strchomp(base);
}

gboolean sign_topic(const SignFacts *facts, const char *value, const char *const *words)
{
    return !is_reply(facts) && sign_first_is(facts, value, words);
}

/* Also one in a language that nobody has thought of. */
static gboolean has_prefix(const SignFacts *facts)
{
    const char *subject = facts->subject;
    gsize n = strcspn(subject, ": ");
    const char *end = subject + n + strspn(subject + n, " ");

    return is_reply(facts) || (*end == ':' && n <= MAX_PREFIX);
}

gboolean sign_subject_numbered(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                               const char *const *words)
{
    const char *subject = facts->message->subject;
    g_autofree char *token = subject ? compose_find_token(subject) : NULL;

    return token && (words ? starts_with_one(facts->subject, words) : !has_prefix(facts));
}

gboolean sign_subject_has(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                          const char *const *words)
{
    if (is_reply(facts))
        return FALSE;
    for (gsize i = 0; words[i]; i++)
        if (strstr(facts->subject, words[i]))
            return TRUE;
    return FALSE;
}

gboolean sign_subject_all(const SignFacts *facts, const char *value G_GNUC_UNUSED,
                          const char *const *words)
{
    for (gsize i = 0; words[i]; i++)
        if (!strstr(facts->subject, words[i]))
            return FALSE;
    return TRUE;
}

gboolean sign_subject_report(const SignFacts *facts, const char *value, const char *const *words)
{
    return g_str_has_prefix(facts->subject, words[0]) && sign_subject_all(facts, value, words);
}
