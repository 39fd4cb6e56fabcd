/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/parse_report.h"
#include "mail/charset.h"
#include "mail/header.h"
#include "mail/parse_part.h"

#include <string.h>

#define MAX_PART 65536 /* bytes read of one part */
#define MAX_FIELD 900

/* Per message and per recipient, RFC 3464 2.2 and 2.3; X-Actual-Recipient, RFC 5337. */
static const char *const status_fields[] = {
    "Original-Envelope-Id", "Reporting-MTA", "Final-Recipient",
    "Original-Recipient",   "Action",        "Status",
    "Diagnostic-Code",      "Remote-MTA",    "X-Actual-Recipient"};
static const char *const original_fields[] = {"Message-ID"};

static void keep(Report *report, const HeaderField *field)
{
    g_autofree char *value = header_raw(field, MAX_FIELD);

    if (!report->text)
        report->text = g_string_new(NULL);
    if (*value && report->text->len + field->name_length + strlen(value) + 3 <= REPORT_MAX)
        g_string_append_printf(report->text, "%.*s: %s\n", (int)field->name_length, field->name,
                               value);
}

/* All blocks of fields in BYTES, or the first. */
static void keep_fields(Report *report, const char *bytes, gsize length, const char *const *names,
                        gsize count, gboolean blocks)
{
    gsize body;

    do {
        g_autoptr(Header) header = header_scan(bytes, length);
        for (guint i = 0; i < header->fields->len; i++)
            for (gsize k = 0; k < count; k++)
                if (header_field_is(&g_array_index(header->fields, HeaderField, i), names[k]))
                    keep(report, &g_array_index(header->fields, HeaderField, i));
        body = header->body;
        if (length > 0)
            bytes += body;
        length -= body;
    } while (blocks && body > 0 && length > 0);
}

/* Of a mail that GMime has taken apart already. */
static void keep_original(Report *report, GMimeMessagePart *part)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);

    for (gsize i = 0; message && i < G_N_ELEMENTS(original_fields); i++) {
        const char *name = original_fields[i];
        const char *value = g_mime_object_get_header(GMIME_OBJECT(message), name);
        HeaderField field = {name, strlen(name), value, value ? strlen(value) : 0};
        if (value)
            keep(report, &field);
    }
}

void report_add(Report *report, GMimeObject *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(part);
    gboolean status = g_mime_content_type_is_type(type, "message", "delivery-status") ||
                      g_mime_content_type_is_type(type, "message", "global-delivery-status");

    if (GMIME_IS_MESSAGE_PART(part)) {
        keep_original(report, GMIME_MESSAGE_PART(part));
    } else if (GMIME_IS_PART(part) &&
               (status || g_mime_content_type_is_type(type, "text", "rfc822-headers") ||
                g_mime_content_type_is_type(type, "message", "global-headers"))) {
        g_autoptr(GByteArray) bytes = part_bytes(GMIME_PART(part), MAX_PART);
        report->sure = report->sure || status;
        keep_fields(report, (const char *)bytes->data, bytes->len,
                    status ? status_fields : original_fields,
                    status ? G_N_ELEMENTS(status_fields) : G_N_ELEMENTS(original_fields), status);
    }
}

char *report_append(char *text, const char *report, gsize max)
{
    static const char line[] = "\n\n";
    gsize more = report ? strlen(report) + strlen(line) : 0;
    char *all;

    if (more == 0 || more > max)
        return text;
    charset_cut(text, max - more);
    all = g_strconcat(text, *text ? line : "", report, NULL);
    g_free(text);
    return all;
}

char *report_finish(Report *report, gboolean wanted)
{
    GString *text = g_steal_pointer(&report->text);
    char *words = text ? g_string_free(text, FALSE) : NULL;

    if (words && (report->sure || wanted))
        return g_strchomp(words);
    g_free(words);
    return NULL;
}
