/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/parse.h"
#include "mail/address.h"
#include "mail/header.h"
#include "mail/parse_body.h"
#include "mail/parse_report.h"
#include "mail/quote.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_SUBJECT 1000
#define MAX_DATE 200
#define MAX_ID 900               /* a line has 998 at most, RFC 5322 2.1.1 */
#define MAX_REFERENCES 16384     /* bytes read of a References field */
#define REFERENCES_KEPT 50       /* the first and the last so many */
#define MAX_ADDRESS_HEADER 65536 /* bytes read of one address field */
#define MAX_RECIPIENTS 16384     /* bytes of message->to_addrs */

const ParseLimits parse_limits_default = {
    .max_text = 256 * 1024, .max_parts = 1000, .max_depth = 50, .max_header = 32 * 1024};

static void start_gmime(void)
{
    static gsize started = 0;

    if (g_once_init_enter(&started)) {
        g_mime_init();
        g_once_init_leave(&started, 1);
    }
}

static gboolean is_plain(const char *id, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (!g_ascii_isgraph(id[i]))
            return FALSE;
    return n > 0 && n <= MAX_ID;
}

/* The Message-IDs in VALUE, without <>, fit to be sent out again; a bare word counts as one. */
static GPtrArray *message_ids(const char *value)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    const char *p = value;

    if (!strchr(value, '<')) {
        gsize n = strcspn(value, " ");
        if (is_plain(value, n) && memchr(value, '@', n))
            g_ptr_array_add(ids, g_strndup(value, n));
        return ids;
    }
    while ((p = strchr(p, '<'))) {
        gsize n = strcspn(++p, "<> ");
        if (is_plain(p, n) && p[n] == '>')
            g_ptr_array_add(ids, g_strndup(p, n));
        p += n;
    }
    return ids;
}

static char *first_id(const Header *header, const char *name)
{
    g_autofree char *value = header_raw(header_find(header, name, 0), MAX_REFERENCES);
    g_autoptr(GPtrArray) ids = message_ids(value);

    return ids->len > 0 ? g_strdup(g_ptr_array_index(ids, 0)) : NULL;
}

char *parse_message_id(GBytes *raw)
{
    gsize length;
    const char *bytes = g_bytes_get_data(raw, &length);
    g_autoptr(Header) header = header_scan(bytes, length);

    return first_id(header, "Message-ID");
}

static char *references(const Header *header)
{
    g_autofree char *value = header_raw(header_find(header, "References", 0), MAX_REFERENCES);
    g_autoptr(GPtrArray) ids = message_ids(value);
    GString *out;

    if (ids->len == 0)
        return NULL;
    out = g_string_new(NULL);
    for (guint i = 0; i < ids->len; i++) {
        if (i >= REFERENCES_KEPT && i + REFERENCES_KEPT < ids->len)
            continue;
        if (out->len > 0)
            g_string_append_c(out, ' ');
        g_string_append(out, g_ptr_array_index(ids, i));
    }
    return g_string_free(out, FALSE);
}

/* The usable addresses of all fields of that name. */
static GPtrArray *addresses(const Header *header, const char *name)
{
    GPtrArray *all = NULL;
    const HeaderField *field;

    for (guint nth = 0; nth < 20 && (field = header_find(header, name, nth)); nth++) {
        g_autofree char *value = header_raw(field, MAX_ADDRESS_HEADER);
        char *comma = strrchr(value, ',');
        GPtrArray *some;
        if (field->value_length > MAX_ADDRESS_HEADER)
            *(comma ? comma : value) = '\0'; /* half an address is a wrong one */
        some = address_list(value);
        if (all)
            g_ptr_array_extend_and_steal(all, some);
        else
            all = some;
    }
    return all ? all : g_ptr_array_new();
}

/* The address, if all fields of that name agree on one. */
static const Address *only_one(const GPtrArray *found)
{
    const Address *first = found->len > 0 ? g_ptr_array_index(found, 0) : NULL;

    for (guint i = 1; i < found->len; i++)
        if (strcmp(((Address *)g_ptr_array_index(found, i))->addr, first->addr) != 0)
            return NULL;
    return first;
}

static char *recipients(const Header *header)
{
    static const char *const names[] = {"To", "Cc"};
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GPtrArray) found = addresses(header, names[i]);
        for (guint k = 0; k < found->len; k++) {
            const Address *address = g_ptr_array_index(found, k);
            if (out->len + strlen(address->addr) >= MAX_RECIPIENTS)
                break;
            if (out->len > 0)
                g_string_append_c(out, ',');
            g_string_append(out, address->addr);
        }
    }
    return g_string_free(out, out->len == 0);
}

static gboolean says_yes(const Header *header, const char *name)
{
    g_autofree char *value = header_raw(header_find(header, name, 0), 100);

    return g_ascii_strncasecmp(value, "yes", 3) == 0;
}

static void fill_header(Message *message, const Header *header, const ParseLimits *limits)
{
    g_autoptr(GPtrArray) from = addresses(header, "From");
    g_autoptr(GPtrArray) reply_to = addresses(header, "Reply-To");
    const Address *author = only_one(from);
    const Address *reply = only_one(reply_to);
    const HeaderField *date = header_find(header, "Date", 0);

    message->message_id = first_id(header, "Message-ID");
    message->in_reply_to = first_id(header, "In-Reply-To");
    message->references = references(header);
    message->from_addr = author ? g_strdup(author->addr) : NULL;
    message->from_name = author ? g_strdup(author->name) : NULL;
    if (!reply)
        reply = author;
    message->reply_addr = reply ? g_strdup(reply->addr) : NULL;
    message->to_addrs = recipients(header);
    message->subject = header_text(header_find(header, "Subject", 0), MAX_SUBJECT);
    message->date = date ? header_raw(date, MAX_DATE) : NULL;
    message->headers = header_keep(header, limits->max_header);
    if (says_yes(header, "X-Spam-Flag") || says_yes(header, "X-Spam") ||
        says_yes(header, "X-Spam-Status"))
        message->flags |= MESSAGE_SPAM;
    if (header->fields->len == 0)
        message->flags |= MESSAGE_UNREADABLE;
}

static void set(char **member, char *value)
{
    g_free(*member);
    *member = value;
}

Message *parse_message(GBytes *raw, const ParseLimits *limits)
{
    gsize length;
    const char *bytes = g_bytes_get_data(raw, &length);
    Message *message = message_new();
    g_autoptr(Header) header = header_scan(bytes, length);
    g_autofree char *report = NULL;
    char *text = NULL;

    start_gmime();
    set(&message->digest, parse_digest(raw));
    message->size = (gint64)length;
    fill_header(message, header, limits);
    if (header->fields->len > 0 &&
        !(text = parse_body(bytes, length, header, limits, &message->flags, &report)))
        message->flags |= MESSAGE_UNREADABLE;
    set(&message->text, text ? text : g_strdup(""));
    set(&message->own_text, quote_own_text(message->text));
    message->text = report_append(message->text, report, limits->max_text);
    return message;
}

Message *parse_stub(GBytes *head, guint64 size, const char *identity, MessageFlags flag,
                    const ParseLimits *limits)
{
    gsize length;
    const char *bytes = g_bytes_get_data(head, &length);
    Message *message = message_new();
    g_autoptr(Header) header = header_scan(bytes, length);
    g_autofree char *key = g_strdup_printf("stub\n%" G_GUINT64_FORMAT "\n%s", size, identity);

    start_gmime();
    set(&message->digest, g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1));
    message->size = (gint64)MIN(size, (guint64)G_MAXINT64);
    fill_header(message, header, limits);
    message->flags &= ~(guint)MESSAGE_UNREADABLE;
    message->flags |= flag;
    set(&message->text, g_strdup(""));
    set(&message->own_text, g_strdup(""));
    return message;
}
