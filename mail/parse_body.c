/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/parse_body.h"
#include "mail/charset.h"
#include "mail/parse_part.h"
#include "mail/parse_report.h"
#include "mail/quote.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_CONTENT_HEADER 8192 /* of one Content-… field at the top */
#define MAX_REPORT_PARTS 20
#define SMALL_TALK 400 /* bytes; a longer plain text is never a mere notice */

typedef struct Walk {
    const ParseLimits *limits;
    GString *text;
    guint parts;
    guint flags;
    gboolean any_text; /* a text part was seen */
    gboolean limited;  /* something was not looked at */
    gboolean collect;  /* FALSE: only flags, no text */
    Report report;
} Walk;

/* Plain alternatives that only say "this is HTML". */
static const char *const html_notices[] = {
    "html format",      "html-format",   "html email",        "html e-mail",        "html mail",
    "html-mail",        "html message",  "html-nachricht",    "support html",       "supports html",
    "html-darstellung", "html anzeigen", "kein html",         "html nicht",         "display html",
    "html-enabled",     "html enabled",  "view this message", "view this email in", "im browser"};

static void walk(Walk *w, GMimeObject *object, guint depth);

static void append(Walk *w, const char *text)
{
    gsize room = w->limits->max_text - MIN(w->limits->max_text, w->text->len);
    gsize length = strlen(text);
    g_autofree char *head = NULL;

    if (length == 0 || room < 2)
        return;
    if (w->text->len > 0) {
        if (w->text->str[w->text->len - 1] != '\n')
            g_string_append_c(w->text, '\n');
        room--;
    }
    if (length <= room) {
        g_string_append_len(w->text, text, (gssize)length);
        return;
    }
    head = g_strndup(text, room + 4);
    charset_cut(head, room);
    g_string_append(w->text, head);
}

static gboolean is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* A plain alternative that is nothing but "your program cannot show HTML". */
static gboolean says_nothing(const char *text)
{
    g_autofree char *lower = NULL;

    if (strlen(text) > SMALL_TALK)
        return FALSE;
    if (is_blank(text))
        return TRUE;
    lower = g_ascii_strdown(text, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(html_notices); i++)
        if (strstr(lower, html_notices[i]))
            return TRUE;
    return FALSE;
}

static void walk_children(Walk *w, GMimeMultipart *multipart, guint depth)
{
    int n = g_mime_multipart_get_count(multipart);

    for (int i = 0; i < n && !w->limited; i++)
        walk(w, g_mime_multipart_get_part(multipart, i), depth + 1);
}

/* The text of one child, apart. */
static GString *text_of(Walk *w, GMimeObject *child, guint depth)
{
    GString *saved = w->text;
    GString *text = w->text = g_string_new(NULL);

    walk(w, child, depth + 1);
    w->text = saved;
    return text;
}

/* The first child with text (that says something, for ALTERNATIVE) is the text; the rest is only
 * looked at for attachments. Poorer forms come first (RFC 2046 5.1.4): that is, plain text. */
static void walk_choice(Walk *w, GMimeMultipart *multipart, guint depth, gboolean alternative)
{
    int n = g_mime_multipart_get_count(multipart);
    gboolean collect = w->collect;
    g_autoptr(GString) poor = g_string_new(NULL);
    gboolean found = FALSE;

    for (int i = 0; i < n && !w->limited; i++) {
        GMimeObject *child = g_mime_multipart_get_part(multipart, i);
        w->collect = collect && !found;
        if (!w->collect) {
            walk(w, child, depth + 1);
            continue;
        }
        {
            g_autoptr(GString) text = text_of(w, child, depth);
            found = alternative ? !says_nothing(text->str) : !is_blank(text->str);
            if (found)
                append(w, text->str);
            else if (is_blank(poor->str))
                g_string_assign(poor, text->str);
        }
    }
    w->collect = collect;
    if (!found && collect)
        append(w, poor->str);
}

/* The first part is for people, the others are for machines (RFC 6522 3). */
static void walk_report(Walk *w, GMimeMultipart *multipart, guint depth)
{
    const char *type =
        g_mime_object_get_content_type_parameter(GMIME_OBJECT(multipart), "report-type");
    int n = MIN(g_mime_multipart_get_count(multipart), MAX_REPORT_PARTS);

    if (type && g_ascii_strcasecmp(type, "delivery-status") == 0)
        w->report.sure = TRUE;
    walk(w, g_mime_multipart_get_part(multipart, 0), depth + 1);
    for (int i = 1; i < n; i++)
        report_add(&w->report, g_mime_multipart_get_part(multipart, i));
}

static void walk_multipart(Walk *w, GMimeMultipart *multipart, guint depth)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
    const char *subtype = g_mime_content_type_get_media_subtype(type);
    int n = g_mime_multipart_get_count(multipart);

    if (depth >= w->limits->max_depth) {
        w->limited = TRUE;
        return;
    }
    if (g_ascii_strcasecmp(subtype, "encrypted") == 0) {
        w->flags |= MESSAGE_ENCRYPTED;
    } else if (n == 0) {
        const char *prologue = g_mime_multipart_get_prologue(multipart);
        if (w->collect && prologue) {
            g_autofree char *text = charset_to_utf8(prologue, strlen(prologue), NULL);
            append(w, part_normalise_lines(text));
        }
    } else if (g_ascii_strcasecmp(subtype, "signed") == 0) {
        w->flags |= MESSAGE_SIGNED;
        walk(w, g_mime_multipart_get_part(multipart, 0), depth + 1);
    } else if (g_ascii_strcasecmp(subtype, "report") == 0) {
        walk_report(w, multipart, depth);
    } else if (g_ascii_strcasecmp(subtype, "alternative") == 0) {
        walk_choice(w, multipart, depth, TRUE);
    } else if (g_ascii_strcasecmp(subtype, "related") == 0) {
        walk_choice(w, multipart, depth, FALSE);
    } else {
        walk_children(w, multipart, depth);
    }
}

static void walk_part(Walk *w, GMimePart *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));

    if (g_mime_content_type_is_type(type, "text", "calendar"))
        w->flags |= MESSAGE_CALENDAR;
    switch (part_kind(part, !w->any_text)) {
    case PART_TEXT:
    case PART_HTML:
        w->any_text = TRUE;
        if (w->collect && w->text->len < w->limits->max_text) {
            g_autofree char *text = part_text(part, w->limits->max_text);
            append(w, text);
        }
        break;
    case PART_ENCRYPTED:
        w->flags |= MESSAGE_ENCRYPTED;
        break;
    case PART_OPAQUE_SIGNED:
        w->flags |= MESSAGE_ENCRYPTED | MESSAGE_SIGNED;
        break;
    case PART_ATTACHMENT:
        w->flags |= MESSAGE_ATTACHMENT;
        break;
    case PART_NOTHING:
        break;
    }
}

static void walk(Walk *w, GMimeObject *object, guint depth)
{
    if (!object)
        return;
    if (w->parts >= w->limits->max_parts) {
        w->limited = TRUE;
        return;
    }
    w->parts++;
    report_add(&w->report, object);
    if (GMIME_IS_MULTIPART(object))
        walk_multipart(w, GMIME_MULTIPART(object), depth);
    else if (GMIME_IS_PART(object))
        walk_part(w, GMIME_PART(object));
    else
        w->flags |= MESSAGE_ATTACHMENT; /* message/rfc822, message/partial */
}

/* A line "name:", as headers have; of a mail's text only few look so. */
static gboolean is_field(const char *p, const char *end)
{
    const char *q = p;

    while (q < end && (g_ascii_isalnum(*q) || *q == '-' || *q == '_'))
        q++;
    return q > p && q < end && *q == ':';
}

static gsize count(const char *p, const char *end, char c)
{
    gsize n = 0;

    while ((p = memchr(p, c, (gsize)(end - p)))) {
        n++;
        p++;
    }
    return n;
}

/* GMime takes about 1 kB for each part, 300 bytes for each header line or parameter of a part,
 * wanted or not, and compares each line with "--" with all open boundaries: how much of the body
 * it may see. Headers are what stands behind a boundary, and paragraphs that begin like one. */
static gsize affordable(const char *body, gsize length, const ParseLimits *limits)
{
    gsize boundaries = 4 * (gsize)limits->max_parts + 100;
    gsize fields = 20 * (gsize)limits->max_parts + 1000;
    gboolean after_blank = TRUE;
    gboolean in_header = FALSE;
    const char *p = body;
    const char *stop = body + length;

    while (p < stop) {
        const char *end = memchr(p, '\n', (gsize)(stop - p));
        const char *next = end ? end + 1 : stop;
        gsize used = 0;
        if (!end)
            end = stop;
        if (end - p >= 2 && p[0] == '-' && p[1] == '-') {
            if (boundaries-- == 0)
                return (gsize)(p - body);
            in_header = TRUE;
        } else if (after_blank) {
            in_header = is_field(p, end);
        }
        if (in_header)
            used = (gsize)is_field(p, end) + count(p, end, ';');
        if (used > fields)
            return (gsize)(p - body);
        fields -= used;
        after_blank = end == p || (end - p == 1 && *p == '\r');
        p = next;
    }
    return length;
}

/* What GMime gets: the content headers alone, each on one line and bounded, and the body. Without
 * Content-Disposition: the whole mail is no attachment, whatever it says. */
static GByteArray *gmime_input(const char *bytes, gsize length, const Header *header,
                               const ParseLimits *limits)
{
    static const char *const names[] = {"Content-Type", "Content-Transfer-Encoding"};
    GByteArray *input = g_byte_array_new();
    gsize body = MIN(length - header->body, G_MAXINT / 2);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = header_raw(header_find(header, names[i], 0), MAX_CONTENT_HEADER);
        g_autofree char *line = NULL;
        if (i == 0 && !part_is_type(value))
            continue;
        if (i == 0 && (g_ascii_strncasecmp(value, "multipart/", 10) == 0 ||
                       g_ascii_strncasecmp(value, "message/", 8) == 0))
            body = affordable(bytes + header->body, body, limits);
        line = g_strdup_printf("%s: %s\n", names[i], value);
        if (*value)
            g_byte_array_append(input, (const guint8 *)line, (guint)strlen(line));
    }
    g_byte_array_append(input, (const guint8 *)"\n", 1);
    g_byte_array_append(input, (const guint8 *)bytes + header->body, (guint)body);
    return input;
}

static GMimeObject *read_tree(GByteArray *input)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(input);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeObject *object = g_mime_parser_construct_part(parser, NULL);

    g_object_unref(parser);
    g_object_unref(stream);
    return object;
}

/* Inline PGP: a line that begins the armour, not quoted. */
static guint pgp_flags(const char *text)
{
    static const struct {
        const char *mark;
        MessageFlags flag;
    } marks[] = {{"\n-----BEGIN PGP MESSAGE-----", MESSAGE_ENCRYPTED},
                 {"\n-----BEGIN PGP SIGNED MESSAGE-----", MESSAGE_SIGNED}};
    guint flags = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
        if (g_str_has_prefix(text, marks[i].mark + 1) || strstr(text, marks[i].mark))
            flags |= marks[i].flag;
    return flags;
}

char *parse_body(const char *bytes, gsize length, const Header *header, const ParseLimits *limits,
                 guint *flags, char **report)
{
    GByteArray *input = gmime_input(bytes, length, header, limits);
    GMimeObject *object = read_tree(input); /* owns the input */
    Walk w = {.limits = limits, .collect = TRUE};

    if (!object)
        return NULL;
    w.text = g_string_new(NULL);
    walk(&w, object, 0);
    g_object_unref(object);
    g_strchomp(w.text->str);
    *report = report_finish(&w.report, header_find(header, "X-Failed-Recipients", 0) != NULL);
    *flags |= w.flags | pgp_flags(w.text->str);
    if (w.limited && is_blank(w.text->str))
        *flags |= MESSAGE_UNREADABLE;
    return g_string_free(w.text, FALSE);
}
