/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest of a mail. It is stored for ever and compared with digests of other years: whatever
 * changes here, or in header_scan(), makes old mail look new. GMime has no part in it.
 */
#include "mail/header.h"
#include "mail/parse.h"

#include <string.h>

static const char *const identifying[] = {"Message-ID", "From", "To", "Cc", "Date", "Subject"};

/* "name:value\n" with each run of white space made one space, so that refolding changes nothing. */
static void add_field(GChecksum *sum, const char *name, const HeaderField *field)
{
    g_autofree char *line = g_malloc(field->value_length + 1);
    gsize n = 0;

    for (gsize i = 0; i < field->value_length; i++) {
        if (!g_ascii_isspace(field->value[i]))
            line[n++] = field->value[i];
        else if (n > 0 && line[n - 1] != ' ')
            line[n++] = ' ';
    }
    if (n > 0 && line[n - 1] == ' ')
        n--;
    g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name));
    g_checksum_update(sum, (const guchar *)":", 1);
    g_checksum_update(sum, (const guchar *)line, (gssize)n);
    g_checksum_update(sum, (const guchar *)"\n", 1);
}

/* CR LF and CR become LF; line ends at the end do not count. */
static void add_body(GChecksum *sum, const char *body, gsize length)
{
    guchar buffer[4096];
    gsize n = 0;

    while (length > 0 && (body[length - 1] == '\n' || body[length - 1] == '\r'))
        length--;
    for (gsize i = 0; i < length; i++) {
        gboolean cr = body[i] == '\r';
        if (cr && body[i + 1] == '\n')
            continue;
        buffer[n++] = cr ? '\n' : (guchar)body[i];
        if (n == sizeof buffer) {
            g_checksum_update(sum, buffer, (gssize)n);
            n = 0;
        }
    }
    g_checksum_update(sum, buffer, (gssize)n);
}

char *parse_digest(GBytes *raw)
{
    gsize length;
    const char *bytes = g_bytes_get_data(raw, &length);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(Header) header = header_scan(bytes, length);

    for (gsize i = 0; i < G_N_ELEMENTS(identifying); i++)
        for (guint k = 0; k < header->fields->len; k++) {
            const HeaderField *field = &g_array_index(header->fields, HeaderField, k);
            if (header_field_is(field, identifying[i]))
                add_field(sum, identifying[i], field);
        }
    g_checksum_update(sum, (const guchar *)"\n", 1);
    if (length > 0)
        add_body(sum, bytes + header->body, length - header->body);
    return g_strdup(g_checksum_get_string(sum));
}
