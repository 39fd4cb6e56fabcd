/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/header.h"
#include "mail/charset.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_VALUE 2000 /* bytes of one value in message->headers */
#define MAX_NAME 100
#define MAX_JUNK 3 /* lines in front of the first field */

/* Fields whose value is text for people, by RFC 5322, or unstructured in practice. Encoded words
 * in all others are left alone, except X-…. */
static const char *const unstructured[] = {"Subject",      "Comments",           "Keywords",
                                           "Organization", "Organisation",       "Thread-Topic",
                                           "User-Agent",   "Content-Description"};

/* Not kept; "*" matches any rest. */
static const char *const dropped[] = {"Received",
                                      "X-Received",
                                      "DKIM-Signature",
                                      "DomainKey-Signature",
                                      "ARC-*",
                                      "X-MS-Exchange-*",
                                      "X-Microsoft-*",
                                      "X-Forefront-*",
                                      "X-MS-*",
                                      "X-Google-*",
                                      "X-Gm-*",
                                      "X-Proofpoint-*",
                                      "X-Mimecast-*",
                                      "X-Exchange-*",
                                      "X-TM-*",
                                      "X-Provags-ID",
                                      "X-UI-*",
                                      "X-IronPort-*",
                                      "X-OriginatorOrg",
                                      "X-EOPAttributedMessage",
                                      "Thread-Index",
                                      "Autocrypt",
                                      "Face",
                                      "X-Face",
                                      "X-YMail-OSG",
                                      "X-SONIC-DKIM-*",
                                      "X-Google-DKIM-*",
                                      "X-LD-Processed",
                                      "X-Env-Sender",
                                      "X-VirusChecked",
                                      "X-StarScan-*",
                                      "X-Amavis-*",
                                      "IronPort-*",
                                      "X-Sender-IP",
                                      "X-ME-*",
                                      "X-Brightmail-*",
                                      "X-CrossPremises*"};

/* What guards read: these get their place first. */
static const char *const wanted[] = {"From",
                                     "Sender",
                                     "Reply-To",
                                     "Return-Path",
                                     "Authentication-Results",
                                     "Auto-Submitted",
                                     "Precedence",
                                     "List-*",
                                     "Feedback-ID",
                                     "X-Auto*",
                                     "X-Mail-Autoreply",
                                     "X-Loop",
                                     "X-BeenThere",
                                     "X-Mailing-List",
                                     "X-Precedence",
                                     "X-Newsletter",
                                     "X-Campaign*",
                                     "X-CSA-Complaints",
                                     "X-POST-MessageClass",
                                     "X-Spam*",
                                     "X-Failed-Recipients",
                                     "Content-Class",
                                     "Content-Type",
                                     "Auto-Reply",
                                     "Subject",
                                     "Delivered-To",
                                     "X-Original-To",
                                     "Envelope-To",
                                     "To",
                                     "Cc"};

static gboolean in_table(const HeaderField *field, const char *const *table, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        gsize n;
        gboolean prefix;
        if ((field->name[0] ^ table[i][0]) & ~0x20) /* not even the first letter, in any case */
            continue;
        n = strlen(table[i]);
        prefix = table[i][n - 1] == '*';
        n -= prefix;
        if ((prefix ? field->name_length >= n : field->name_length == n) &&
            g_ascii_strncasecmp(field->name, table[i], n) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The end of the line that begins at P, and in *NEXT the beginning of the next. Lines end in LF,
 * CR LF, or, where there is no LF at all, CR. */
static const char *line_end(const char *p, const char *stop, char newline, const char **next)
{
    const char *end = memchr(p, newline, (gsize)(stop - p));

    *next = end ? end + 1 : stop;
    if (!end)
        end = stop;
    while (end > p && end[-1] == '\r')
        end--;
    return end;
}

/* The length of the field name at P, 0: none. */
static gsize name_length(const char *p, const char *end, const char **value)
{
    const char *q = p;
    const char *name_end;

    while (q<end && * q> 32 && *q < 127 && *q != ':')
        q++;
    name_end = q;
    while (q < end && (*q == ' ' || *q == '\t'))
        q++;
    if (q == end || *q != ':')
        return 0;
    *value = q + 1;
    return (gsize)(name_end - p);
}

static gboolean is_blank(char c)
{
    return c == ' ' || c == '\t';
}

Header *header_scan(const char *bytes, gsize length)
{
    Header *header = g_new0(Header, 1);
    const char *p = bytes;
    const char *stop = bytes + length;
    char newline = length > 0 && !memchr(bytes, '\n', length) ? '\r' : '\n';
    HeaderField *last = NULL;
    guint junk = 0;

    header->fields = g_array_new(FALSE, FALSE, sizeof(HeaderField));
    header->body = length;
    while (p < stop) {
        HeaderField field;
        const char *next;
        const char *end = line_end(p, stop, newline, &next);
        if (end == p) {
            if (header->fields->len > 0) {
                header->body = (gsize)(next - bytes);
                break;
            }
        } else if (is_blank(*p)) {
            if (last)
                last->value_length = (gsize)(end - last->value);
        } else {
            field.name = p;
            field.name_length = name_length(p, end, &field.value);
            last = NULL;
            if (field.name_length > 0 && header->fields->len < HEADER_MAX_FIELDS) {
                field.value_length = (gsize)(end - field.value);
                g_array_append_val(header->fields, field);
                last = &g_array_index(header->fields, HeaderField, header->fields->len - 1);
            } else if (field.name_length == 0 && header->fields->len > 0) {
                const char *after;
                const char *following = next < stop ? line_end(next, stop, newline, &after) : next;
                if (following > next && name_length(next, following, &field.value) == 0) {
                    header->body = (gsize)(p - bytes);
                    break;
                }
            } else if (field.name_length == 0 && ++junk > MAX_JUNK) {
                break;
            }
        }
        p = next;
    }
    if (header->fields->len == 0)
        header->body = 0;
    return header;
}

void header_free(Header *header)
{
    if (!header)
        return;
    g_array_unref(header->fields);
    g_free(header);
}

gboolean header_field_is(const HeaderField *field, const char *name)
{
    return in_table(field, &name, 1);
}

const HeaderField *header_find(const Header *header, const char *name, guint nth)
{
    for (guint i = 0; i < header->fields->len; i++) {
        const HeaderField *field = &g_array_index(header->fields, HeaderField, i);
        if (header_field_is(field, name) && nth-- == 0)
            return field;
    }
    return NULL;
}

/* Line ends and control characters become spaces: whatever a value decodes to, it cannot become
 * another header line. */
static char *one_line(char *text, gsize max)
{
    char *to = text;

    for (const char *p = text; *p; p++) {
        if ((guchar)*p <= 32 || *p == 127) {
            if (to > text && to[-1] != ' ')
                *to++ = ' ';
        } else {
            *to++ = *p;
        }
    }
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
    charset_cut(text, max);
    return text;
}

char *header_raw(const HeaderField *field, gsize max)
{
    if (!field)
        return g_strdup("");
    return one_line(charset_to_utf8(field->value, MIN(field->value_length, 4 * max), NULL), max);
}

char *header_text(const HeaderField *field, gsize max)
{
    g_autofree char *raw = header_raw(field, 4 * max);
    g_autofree char *decoded = NULL;

    if (!strstr(raw, "=?")) {
        charset_cut(raw, max);
        return g_steal_pointer(&raw);
    }
    decoded = g_mime_utils_header_decode_text(NULL, raw);
    return one_line(charset_to_utf8(decoded, strlen(decoded), "utf-8"), max);
}

static char *keep_field(const HeaderField *field)
{
    g_autofree char *name = NULL;
    g_autofree char *value = NULL;
    gboolean text = in_table(field, unstructured, G_N_ELEMENTS(unstructured)) ||
                    (g_ascii_strncasecmp(field->name, "X-", 2) == 0 &&
                     !in_table(field, wanted, G_N_ELEMENTS(wanted)));

    if (field->name_length > MAX_NAME || in_table(field, dropped, G_N_ELEMENTS(dropped)))
        return NULL;
    name = g_strndup(field->name, field->name_length);
    value = text ? header_text(field, MAX_VALUE) : header_raw(field, MAX_VALUE);
    return g_strdup_printf("%s: %s\n", name, value);
}

char *header_keep(const Header *header, gsize max)
{
    guint count = header->fields->len;
    g_autofree char **lines = g_new0(char *, count + 1);
    GString *out = g_string_new(NULL);

    for (int pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < count && max > 0; i++) {
            const HeaderField *field = &g_array_index(header->fields, HeaderField, i);
            gboolean first = in_table(field, wanted, G_N_ELEMENTS(wanted));
            gsize length;
            if (first != (pass == 0) || !(lines[i] = keep_field(field)))
                continue;
            length = strlen(lines[i]);
            if (length > max)
                g_clear_pointer(&lines[i], g_free);
            else
                max -= length;
        }
    }
    for (guint i = 0; i < count; i++) {
        if (lines[i])
            g_string_append(out, lines[i]);
        g_free(lines[i]);
    }
    return g_string_free(out, FALSE);
}
