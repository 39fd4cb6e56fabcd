/* SPDX-License-Identifier: Apache-2.0 */
/* Keyed Message-IDs and ticket tokens of mail/compose.h. */
#include "mail/compose.h"

#include <string.h>

/* Crockford's base32: no I, L, O, U. Upper and lower case mean the same, and only one of them is
 * ever used in one place, because some systems fold the case of Message-IDs. */
static const char upper_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char lower_alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

#define PREFIX "erms."
#define TOKEN_LENGTH 9 /* XXXX-XXXX */
#define MAC_LENGTH 16
#define MAX_NUMBER 20 /* digits of the largest guint64 */
#define MAX_DOMAIN 253

/* The first LENGTH base32 characters of HMAC-SHA256(KEY, DATA). */
static char *keyed_base32(GBytes *key, const char *data, guint length, const char *alphabet)
{
    gsize key_length, digest_length = 32;
    const guchar *secret = g_bytes_get_data(key, &key_length);
    guint8 digest[32];
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, secret, key_length);
    g_autoptr(GString) text = g_string_sized_new(length);
    guint32 bits = 0;
    guint have = 0, next = 0;

    g_hmac_update(hmac, (const guchar *)data, (gssize)strlen(data));
    g_hmac_get_digest(hmac, digest, &digest_length);
    while (text->len < length) {
        if (have < 5) {
            bits = bits << 8 | digest[next++];
            have += 8;
        }
        have -= 5;
        g_string_append_c(text, alphabet[bits >> have & 31]);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean token_at(const char *text, const char *alphabet)
{
    for (guint i = 0; i < TOKEN_LENGTH; i++)
        if (text[i] == '\0' || (i == 4 ? text[i] != '-' : !strchr(alphabet, text[i])))
            return FALSE;
    return TRUE;
}

static char *message_mac(GBytes *key, const char *token, const char *n, const char *domain)
{
    g_autofree char *data = g_strdup_printf("%s.%s@%s", token, n, domain);
    return keyed_base32(key, data, MAC_LENGTH, lower_alphabet);
}

char *compose_message_id(GBytes *key, const char *token, guint64 n, const char *domain)
{
    g_autofree char *lower_token = g_ascii_strdown(token, -1);
    g_autofree char *lower_domain = g_ascii_strdown(domain, -1);
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, n);
    g_autofree char *mac = message_mac(key, lower_token, number, lower_domain);

    return g_strdup_printf(PREFIX "%s.%s.%s@%s", lower_token, number, mac, lower_domain);
}

/* Takes as long for a wrong guess as for a right one. Both have MAC_LENGTH characters. */
static gboolean same_mac(const char *a, const char *b)
{
    guint different = 0;

    for (guint i = 0; i < MAC_LENGTH; i++)
        different |= (guchar)a[i] ^ (guchar)b[i];
    return different == 0;
}

gboolean compose_verify_message_id(GBytes *key, const char *id, char **token)
{
    g_autofree char *claimed = NULL, *number = NULL, *mac = NULL;
    const char *rest;
    gsize digits, length;

    if (!id || !g_str_has_prefix(id, PREFIX))
        return FALSE;
    rest = id + strlen(PREFIX);
    if (!token_at(rest, lower_alphabet) || rest[TOKEN_LENGTH] != '.')
        return FALSE;
    claimed = g_strndup(rest, TOKEN_LENGTH);
    rest += TOKEN_LENGTH + 1;

    digits = strspn(rest, "0123456789");
    if (digits == 0 || digits > MAX_NUMBER || (digits > 1 && *rest == '0') || rest[digits] != '.')
        return FALSE;
    number = g_strndup(rest, digits);
    rest += digits + 1;

    if (strspn(rest, lower_alphabet) != MAC_LENGTH || rest[MAC_LENGTH] != '@')
        return FALSE;
    length = strlen(rest + MAC_LENGTH + 1);
    if (length == 0 || length > MAX_DOMAIN)
        return FALSE;
    mac = message_mac(key, claimed, number, rest + MAC_LENGTH + 1);
    if (!same_mac(mac, rest))
        return FALSE;
    if (token)
        *token = g_ascii_strup(claimed, -1);
    return TRUE;
}

char *compose_token(GBytes *key, const char *digest, guint n)
{
    g_autofree char *data = g_strdup_printf("ticket %s %u", digest, n);
    g_autofree char *text = keyed_base32(key, data, TOKEN_LENGTH - 1, upper_alphabet);

    return g_strdup_printf("%.4s-%.4s", text, text + 4);
}

char *compose_find_token(const char *subject)
{
    for (const char *p = subject ? strstr(subject, "[#") : NULL; p; p = strstr(p + 2, "[#"))
        if (token_at(p + 2, upper_alphabet) && p[2 + TOKEN_LENGTH] == ']')
            return g_strndup(p + 2, TOKEN_LENGTH);
    return NULL;
}
