/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/header.h"
#include "mail/authres.h"
#include "mail/charset.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_VALUE 2000 /* bytes of one value in message->headers */
#define MAX_NAME 100
#define MAX_JUNK 3                 /* lines in front of the first field */
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
/* Of one Authentication-Results: so long that its reader sees that it was cut. */
#define MAX_RESULTS (AUTHRES_MAX_BYTES + 8)

/* Fields whose value is text for people, by RFC 5322, or unstructured in practice. Encoded words
 * in all others are left alone, except X-…. */
static const char *const unstructured[] = {"Subject",      "Comments",           "Keywords",
                                           "Organization", "Organisation",       "Thread-Topic",
                                           "User-Agent",   "Content-Description"};

/* Not kept, unless wanted; "*" matches any rest. */
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

/* What guards read: these get their place before the rest. */
static const char *const wanted[] = {"Sender",
                                     "Reply-To",
                                     "Return-Path",
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
                                     "X-MS-Exchange-Message-Is-Ndr",
                                     "X-MS-Exchange-Inbox-Rules-Loop",
                                     "X-MS-Exchange-Generated-Message-Source",
                                     "X-MS-Exchange-Organization-SCL",
                                     "X-Forefront-Antispam-Report",
                                     "X-Microsoft-Antispam-Mailbox-Delivery",
                                     "X-UI-Filterresults",
                                     "X-Barracuda-Spam-Flag",
                                     "X-Bogosity",
                                     "X-DSPAM-Result",
                                     "X-FC-MachineGenerated",
                                     "X-Amazon-Auto-Reply",
                                     "X-OTRS-Loop",
                                     "X-RT-Loop-Prevention",
                                     "X-Zendesk-*",
                                     "X-ServiceNow-Generated",
                                     "X-JIRA-FingerPrint",
                                     "X-Bugzilla-*",
                                     "X-Redmine-*",
                                     "X-GitHub-*",
                                     "X-GitLab-*",
                                     "X-Mailer",
                                     "X-Powered-By",
                                     "X-Cron-Env",
                                     "X-Asterisk-*",
                                     "X-Mailman-Version",
                                     "X-ML-Name",
                                     "Mailing-List",
                                     "Message-Context",
                                     "TLS-Report-Domain",
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
        if (field->name_length > 2 && table[i][2] != '*' && /* or the first behind "X-" */
            ((field->name[2] ^ table[i][2]) & ~0x20))
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

/* A line that others may read in another way: a CR that ends no line, a zero byte. NEXT is behind
 * its line end. */
static gboolean is_odd(const char *p, const char *end, const char *next)
{
    return memchr(p, '\r', (gsize)(end - p)) || memchr(p, '\0', (gsize)(end - p)) || next - end > 2;
}

Header *header_scan(const char *bytes, gsize length)
{
    Header *header = g_new0(Header, 1);
    const char *p = length > 0 ? bytes : "";
    const char *stop = p + length;
    char newline = length > 0 && !memchr(bytes, '\n', length) ? '\r' : '\n';
    HeaderField *last = NULL;
    guint junk = 0;

    header->fields = g_array_new(FALSE, FALSE, sizeof(HeaderField));
    header->body = length;
    while (p < stop) {
        HeaderField field;
        const char *next;
        const char *end = line_end(p, stop, newline, &next);
        header->odd |= is_odd(p, end, next) || newline == '\r';
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
            } else if (field.name_length > 0) {
                header->odd = TRUE;
            } else if (header->fields->len > 0) {
                const char *after;
                header->odd = TRUE;
                const char *following = next < stop ? line_end(next, stop, newline, &after) : next;
                if (following > next && name_length(next, following, &field.value) == 0) {
                    header->body = (gsize)(p - bytes);
                    break;
                }
            } else if (++junk > MAX_JUNK) {
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

/* An Authentication-Results on one line. Its reader must not see what is not there: bytes that no
 * header may have become U+FFFD, and nothing is decoded. ODD: U+FFFD in front, nobody believes it.
 */
static char *results_value(const HeaderField *field, gboolean odd)
{
    g_autofree char *text = g_utf8_make_valid(field->value, (gssize)field->value_length);
    GString *out = g_string_new(odd ? REPLACEMENT : NULL);

    for (const char *p = text; *p && out->len <= MAX_RESULTS; p = g_utf8_next_char(p)) {
        if (is_blank(*p) || (*p == '\r' && p[1] == '\n') || *p == '\n') {
            if (out->len > 0 && out->str[out->len - 1] != ' ')
                g_string_append_c(out, ' ');
        } else if (g_unichar_iscntrl(g_utf8_get_char(p))) {
            g_string_append(out, REPLACEMENT);
        } else {
            g_string_append_len(out, p, g_utf8_next_char(p) - p);
        }
    }
    charset_cut(out->str, MAX_RESULTS);
    return g_string_free(out, FALSE);
}

static char *keep_field(const Header *header, const HeaderField *field)
{
    g_autofree char *name = NULL;
    g_autofree char *value = NULL;
    gboolean text = in_table(field, unstructured, G_N_ELEMENTS(unstructured)) ||
                    (g_ascii_strncasecmp(field->name, "X-", 2) == 0 &&
                     !in_table(field, wanted, G_N_ELEMENTS(wanted)));

    if (field->name_length > MAX_NAME || (!in_table(field, wanted, G_N_ELEMENTS(wanted)) &&
                                          in_table(field, dropped, G_N_ELEMENTS(dropped))))
        return NULL;
    name = g_strndup(field->name, field->name_length);
    if (header_field_is(field, "Authentication-Results"))
        value = results_value(field, header->odd || field->name[field->name_length] != ':');
    else
        value = text ? header_text(field, MAX_VALUE) : header_raw(field, MAX_VALUE);
    return g_strdup_printf("%s: %s\n", name, value);
}

/* What is kept, in the order of importance; how many lines of it, and which share of all bytes. The
 * first two are kept topmost first and up to the first that does not fit: of these nobody may push
 * out one and have another one stay. */
typedef enum { KEEP_FROM, KEEP_RESULTS, KEEP_WANTED, KEEP_REST, KEEP_CLASSES } KeepClass;
static const struct {
    guint lines, share;
} keep[KEEP_CLASSES] = {{4, 1}, {G_MAXUINT, 2}, {G_MAXUINT, 1}, {G_MAXUINT, 1}};

static KeepClass keep_class(const HeaderField *field)
{
    if (header_field_is(field, "From"))
        return KEEP_FROM;
    if (header_field_is(field, "Authentication-Results"))
        return KEEP_RESULTS;
    return in_table(field, wanted, G_N_ELEMENTS(wanted)) ? KEEP_WANTED : KEEP_REST;
}

/* Sets the LINES of one class; returns how many bytes they have, at most MAX. */
static gsize keep_lines(const Header *header, KeepClass class, gsize max, char **lines)
{
    gsize used = 0;
    guint n = 0;

    for (guint i = 0; i < header->fields->len && used < max && n < keep[class].lines; i++) {
        const HeaderField *field = &g_array_index(header->fields, HeaderField, i);
        gsize length;
        if (keep_class(field) != class || !(lines[i] = keep_field(header, field)))
            continue;
        n++;
        length = strlen(lines[i]);
        if (length <= max - used)
            used += length;
        else
            g_clear_pointer(&lines[i], g_free);
        if (!lines[i] && class <= KEEP_RESULTS)
            break;
    }
    return used;
}

char *header_keep(const Header *header, gsize max)
{
    guint count = header->fields->len;
    g_autofree char **lines = g_new0(char *, count + 1);
    GString *out = g_string_new(NULL);
    gsize left = max;

    for (KeepClass class = KEEP_FROM; class < KEEP_CLASSES; class ++)
        left -= keep_lines(header, class, MIN(left, max / keep[class].share), lines);
    for (guint i = 0; i < count; i++) {
        if (lines[i])
            g_string_append(out, lines[i]);
        g_free(lines[i]);
    }
    return g_string_free(out, FALSE);
}
