/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/parse_part.h"
#include "mail/charset.h"
#include "mail/html.h"
#include "mail/quote.h"

#include <string.h>

#define HTML_PER_TEXT 8 /* bytes of HTML read for each byte of text wanted */

/* What a content type is to us; "*" matches any subtype. The first row that fits counts. */
static const struct {
    const char *type, *subtype;
    PartKind kind;
} kinds[] = {
    {"text", "plain", PART_TEXT},
    {"text", "html", PART_HTML},
    {"text", "enriched", PART_TEXT},
    {"text", "richtext", PART_TEXT},
    {"text", "x-markdown", PART_TEXT},
    {"text", "markdown", PART_TEXT},
    {"text", "text", PART_TEXT},
    {"text", "x-amp-html", PART_NOTHING},
    {"text", "rfc822-headers", PART_NOTHING},
    {"text", "*", PART_ATTACHMENT},
    {"application", "pgp-encrypted", PART_ENCRYPTED},
    {"application", "pgp-signature", PART_NOTHING},
    {"application", "pkcs7-signature", PART_NOTHING},
    {"application", "x-pkcs7-signature", PART_NOTHING},
    {"message", "delivery-status", PART_NOTHING},
    {"message", "disposition-notification", PART_NOTHING},
    {"message", "feedback-report", PART_NOTHING},
    {"*", "*", PART_ATTACHMENT},
};

gboolean part_is_type(const char *value)
{
    gsize type = strcspn(value, "/ \t;=\"");
    gsize subtype = type > 0 && value[type] == '/' ? strcspn(value + type + 1, "/ \t;=\"?") : 0;
    char after = subtype > 0 ? value[type + 1 + subtype] : '=';

    return type > 0 && !strpbrk(value + type, "\n") && value[0] != '=' &&
           (after == '\0' || after == ';' || after == ' ' || after == '\t');
}

/* S/MIME (RFC 8551 3.2.2), also when it says it is nothing but bytes. */
static PartKind smime_kind(GMimeContentType *type, const char *filename)
{
    const char *subtype = g_mime_content_type_get_media_subtype(type);
    const char *smime = g_mime_content_type_get_parameter(type, "smime-type");

    if (g_ascii_strcasecmp(subtype, "pkcs7-mime") != 0 &&
        g_ascii_strcasecmp(subtype, "x-pkcs7-mime") != 0 &&
        (!filename || g_ascii_strcasecmp(filename, "smime.p7m") != 0))
        return PART_NOTHING;
    if (smime && g_ascii_strcasecmp(smime, "signed-data") == 0)
        return PART_OPAQUE_SIGNED;
    if (smime && g_ascii_strcasecmp(smime, "certs-only") == 0)
        return PART_ATTACHMENT;
    return PART_ENCRYPTED;
}

PartKind part_kind(GMimePart *part, gboolean first)
{
    GMimeObject *object = GMIME_OBJECT(part);
    GMimeContentType *type = g_mime_object_get_content_type(object);
    const char *raw = g_mime_object_get_header(object, "Content-Type");
    const char *disposition = g_mime_object_get_disposition(object);
    const char *filename = g_mime_part_get_filename(part);
    gboolean attached = disposition && g_ascii_strcasecmp(disposition, "attachment") == 0;
    PartKind kind = PART_TEXT;

    if (!raw || part_is_type(raw)) {
        const char *subtype = g_mime_content_type_get_media_subtype(type);
        PartKind smime = smime_kind(type, filename);
        if (smime != PART_NOTHING)
            return smime;
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
            if (strcmp(kinds[i].type, "*") != 0 &&
                g_ascii_strcasecmp(kinds[i].type, g_mime_content_type_get_media_type(type)) != 0)
                continue;
            if (strcmp(kinds[i].subtype, "*") != 0 &&
                g_ascii_strcasecmp(kinds[i].subtype, subtype) != 0)
                continue;
            kind = kinds[i].kind;
            break;
        }
    }
    if ((kind == PART_TEXT || kind == PART_HTML) && (attached || (filename && !first)))
        return PART_ATTACHMENT;
    return kind;
}

GByteArray *part_bytes(GMimePart *part, gsize max)
{
    GByteArray *out = g_byte_array_new();
    GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
    GMimeStream *stream = wrapper ? g_mime_data_wrapper_get_stream(wrapper) : NULL;
    GMimeEncoding state;
    char in[4096], decoded[3 * sizeof in];
    gssize n;

    if (!stream)
        return out;
    g_mime_encoding_init_decode(&state, g_mime_data_wrapper_get_encoding(wrapper));
    g_assert(g_mime_encoding_outlen(&state, sizeof in) <= sizeof decoded);
    g_mime_stream_reset(stream);
    while (out->len < max && (n = g_mime_stream_read(stream, in, sizeof in)) > 0) {
        gsize done = g_mime_encoding_step(&state, in, (size_t)n, decoded);
        g_byte_array_append(out, (const guint8 *)decoded, (guint)done);
    }
    if (out->len > max)
        g_byte_array_set_size(out, (guint)max);
    return out;
}

static gboolean looks_like_html(const char *bytes, gsize length)
{
    static const char *const starts[] = {"<!doctype html", "<html"};

    while (length > 0 && g_ascii_isspace(*bytes)) {
        bytes++;
        length--;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
        gsize n = strlen(starts[i]);
        if (length > n && g_ascii_strncasecmp(bytes, starts[i], n) == 0)
            return TRUE;
    }
    return FALSE;
}

/* <meta charset=…> near the beginning of HTML; NULL: none. */
static char *meta_charset(const char *bytes, gsize length)
{
    g_autofree char *head = g_ascii_strdown(bytes, (gssize)MIN(length, 2048));
    const char *meta = strstr(head, "<meta");
    const char *p = meta ? strstr(meta, "charset=") : NULL;

    if (!p)
        return NULL;
    p += strlen("charset=");
    p += strspn(p, "\"' ");
    return g_strndup(p, strcspn(p, "\"' />;"));
}

char *part_text(GMimePart *part, gsize max)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const char *charset = g_mime_content_type_get_parameter(type, "charset");
    const char *format = g_mime_content_type_get_parameter(type, "format");
    const char *del_sp = g_mime_content_type_get_parameter(type, "delsp");
    gboolean html = g_mime_content_type_is_type(type, "text", "html");
    g_autoptr(GByteArray) bytes = part_bytes(part, html ? HTML_PER_TEXT * max : 2 * max);
    const char *data = (const char *)bytes->data;
    g_autofree char *meta = NULL;
    g_autofree char *text = NULL;

    if (bytes->len == 0)
        return g_strdup("");
    html = html || looks_like_html(data, bytes->len);
    if (html && !charset)
        charset = meta = meta_charset(data, bytes->len);
    text = charset_to_utf8(data, bytes->len, charset);
    if (html)
        return html_to_text(text, strlen(text), max);
    part_normalise_lines(text);
    if (format && g_ascii_strcasecmp(format, "flowed") == 0)
        return quote_unflow(text, del_sp && g_ascii_strcasecmp(del_sp, "yes") == 0);
    return g_steal_pointer(&text);
}

char *part_normalise_lines(char *text)
{
    char *to = text;

    for (const char *p = text; *p; p++) {
        if (*p == '\r' && p[1] == '\n')
            continue;
        *to++ = *p == '\r' ? '\n' : *p;
    }
    *to = '\0';
    return text;
}
