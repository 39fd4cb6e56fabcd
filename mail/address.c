/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/address.h"
#include "mail/charset.h"
#include "mail/parse.h"

#include <gmime/gmime.h>
#include <string.h>

#define MAX_ADDRESS 254 /* RFC 5321 4.5.3.1, without <> */
#define MAX_LOCAL 64
#define MAX_NAME 200

static void address_free(gpointer data)
{
    Address *address = data;

    g_free(address->addr);
    g_free(address->name);
    g_free(address);
}

static gboolean is_made_of(const char *text, const char *more)
{
    if (*text == '\0' || *text == '.' || strstr(text, ".."))
        return FALSE;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && !strchr(more, *text))
            return FALSE;
    return text[-1] != '.';
}

/* The xn-- form of a domain in other letters. NULL: there is none, or it is that of another domain:
 * GLib knows only IDNA 2003, in which "faß" is "fass". */
static char *ascii_domain(const char *domain)
{
    g_autofree char *composed = g_utf8_normalize(domain, -1, G_NORMALIZE_NFC);
    g_autofree char *lower = composed ? g_utf8_strdown(composed, -1) : NULL;
    g_autofree char *ascii = lower ? g_hostname_to_ascii(lower) : NULL;
    g_autofree char *back = ascii ? g_hostname_to_unicode(ascii) : NULL;

    return g_strcmp0(back, lower) == 0 ? g_steal_pointer(&ascii) : NULL;
}

/* The address in its lower-case ASCII form, or NULL. */
static char *usable(const char *raw)
{
    g_autofree char *addr = g_strstrip(g_strdup(raw));
    g_autofree char *domain = NULL;
    char *local = addr;
    char *at;
    gsize length = strlen(addr);

    if (length > 2 && addr[0] == '\'' && addr[length - 1] == '\'') {
        addr[length - 1] = '\0';
        local++;
    }
    at = strchr(local, '@');
    if (!at || strlen(local) > MAX_ADDRESS || at - local > MAX_LOCAL)
        return NULL;
    *at = '\0';
    domain = g_str_is_ascii(at + 1) ? g_strdup(at + 1) : ascii_domain(at + 1);
    if (!domain || strlen(local) + strlen(domain) >= MAX_ADDRESS)
        return NULL;
    if (!is_made_of(local, "!#$%&'*+-/=?^_`{|}~.") || !is_made_of(domain, "-."))
        return NULL;
    {
        g_autofree char *whole = g_strconcat(local, "@", domain, NULL);
        return g_ascii_strdown(whole, -1);
    }
}

/* Decoded names may hold anything: one line, no-break spaces as spaces. */
static char *clean_name(const char *raw, const char *addr)
{
    g_autofree char *utf8 = NULL;
    GString *name = g_string_new(NULL);

    if (raw)
        utf8 = charset_to_utf8(raw, strlen(raw), "utf-8");
    for (const char *p = utf8; p && *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c))
            g_string_append_unichar(name, c);
        else if (name->len > 0 && name->str[name->len - 1] != ' ')
            g_string_append_c(name, ' ');
    }
    g_strchomp(name->str);
    charset_cut(name->str, MAX_NAME);
    if (name->str[0] == '\0' || g_ascii_strcasecmp(name->str, addr) == 0) {
        g_string_free(name, TRUE);
        return NULL;
    }
    return g_string_free(name, FALSE);
}

/* GMime reads "a@b@c.example" as a@b. */
static gboolean goes_on(const char *value, const char *raw)
{
    const char *found = strstr(value, raw);

    return found && found[strlen(raw)] == '@';
}

static void collect(InternetAddressList *list, const char *value, GPtrArray *out, guint depth)
{
    int n = internet_address_list_length(list);

    for (int i = 0; i < n; i++) {
        InternetAddress *item = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(item) && depth < 3) {
            collect(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(item)), value, out,
                    depth + 1);
        } else if (INTERNET_ADDRESS_IS_MAILBOX(item)) {
            const char *raw = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(item));
            char *addr = raw && !goes_on(value, raw) ? usable(raw) : NULL;
            if (addr) {
                Address *address = g_new0(Address, 1);
                address->addr = addr;
                address->name = clean_name(internet_address_get_name(item), addr);
                g_ptr_array_add(out, address);
            }
        }
    }
}

static void read_into(const char *value, GPtrArray *out)
{
    InternetAddressList *list = internet_address_list_parse(NULL, value);

    if (!list)
        return;
    collect(list, value, out, 0);
    g_object_unref(list);
}

/* Decodes the whole header before looking for its structure. */
static char *decode_whole(const char *value)
{
    g_autofree char *decoded = g_mime_utils_header_decode_text(NULL, value);
    g_autofree char *utf8 = charset_to_utf8(decoded, strlen(decoded), "utf-8");
    GString *out = g_string_new(utf8);

    g_string_replace(out, "\xc2\xa0", " ", 0);
    g_strdelimit(out->str, "\r\n\t", ' ');
    return g_string_free(out, FALSE);
}

GPtrArray *address_list(const char *value)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(address_free);

    read_into(value, out);
    if (out->len == 0 && strstr(value, "=?")) {
        g_autofree char *decoded = decode_whole(value);
        read_into(decoded, out);
    }
    return out;
}

char *parse_address(const char *header, char **name)
{
    g_autofree char *utf8 = charset_to_utf8(header, strlen(header), NULL);
    g_autoptr(GPtrArray) found = NULL;
    Address *first;

    g_strdelimit(utf8, "\r\n\t", ' ');
    found = address_list(utf8);
    if (name)
        *name = NULL;
    if (found->len == 0)
        return NULL;
    first = g_ptr_array_index(found, 0);
    if (name)
        *name = g_steal_pointer(&first->name);
    return g_steal_pointer(&first->addr);
}
