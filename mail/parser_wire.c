/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/parser_wire.h"

#include <string.h>

#define WIRE_NULL G_MAXUINT32

typedef enum {
    WIRE_DIGEST,  /* 64 lower-case hexadecimal digits */
    WIRE_WORD,    /* printable ASCII without space */
    WIRE_ADDRESS, /* a word with one @, fit for SMTP */
    WIRE_LINE,    /* no control characters */
    WIRE_HEADERS, /* lines that end */
    WIRE_TEXT,    /* anything but NUL */
} WireKind;

typedef struct WireText {
    gsize offset;
    WireKind kind;
    gboolean must; /* never NULL */
    guint32 max;   /* bytes */
} WireText;

#define KIB 1024u
static const WireText texts[] = {
    {offsetof(Message, digest), WIRE_DIGEST, TRUE, 64},
    {offsetof(Message, message_id), WIRE_WORD, FALSE, KIB},
    {offsetof(Message, in_reply_to), WIRE_WORD, FALSE, KIB},
    {offsetof(Message, references), WIRE_LINE, FALSE, 128 * KIB},
    {offsetof(Message, from_addr), WIRE_ADDRESS, FALSE, KIB},
    {offsetof(Message, from_name), WIRE_LINE, FALSE, 64 * KIB},
    {offsetof(Message, reply_addr), WIRE_ADDRESS, FALSE, KIB},
    {offsetof(Message, to_addrs), WIRE_LINE, FALSE, 64 * KIB},
    {offsetof(Message, subject), WIRE_LINE, TRUE, 8 * KIB},
    {offsetof(Message, date), WIRE_LINE, FALSE, 8 * KIB},
    {offsetof(Message, headers), WIRE_HEADERS, TRUE, 256 * KIB},
    {offsetof(Message, text), WIRE_TEXT, TRUE, 1024 * KIB},
    {offsetof(Message, own_text), WIRE_TEXT, TRUE, 1024 * KIB},
};

/* What is left to read. */
typedef struct Rest {
    const guint8 *at;
    gsize length;
} Rest;

static gboolean take(Rest *rest, gpointer into, gsize n)
{
    if (n > rest->length)
        return FALSE;
    memcpy(into, rest->at, n);
    rest->at += n;
    rest->length -= n;
    return TRUE;
}

static void put_u32(GByteArray *out, guint32 number)
{
    g_byte_array_append(out, (const guint8 *)&number, sizeof number);
}

static void put_u64(GByteArray *out, guint64 number)
{
    g_byte_array_append(out, (const guint8 *)&number, sizeof number);
}

/* A frame begins with its length, which is known at its end. */
static guint frame_begin(GByteArray *out)
{
    put_u32(out, 0);
    return out->len;
}

static void frame_end(GByteArray *out, guint start)
{
    guint32 length = out->len - start;
    memcpy(out->data + start - sizeof length, &length, sizeof length);
}

void wire_put_question(GByteArray *out, const WireQuestion *question)
{
    gsize length;
    const guint8 *bytes = g_bytes_get_data(question->raw, &length);
    guint32 identity = question->identity ? (guint32)strlen(question->identity) : 0;
    guint start = frame_begin(out);
    put_u32(out, question->flag);
    put_u64(out, question->size);
    put_u32(out, identity);
    g_byte_array_append(out, (const guint8 *)question->identity, identity);
    g_byte_array_append(out, bytes, (guint)length);
    frame_end(out, start);
}

gboolean wire_get_question(const guint8 *bytes, gsize length, WireQuestion *question)
{
    Rest rest = {bytes, length};
    guint32 identity = 0;
    *question = (WireQuestion){0};
    if (!take(&rest, &question->flag, sizeof question->flag) ||
        !take(&rest, &question->size, sizeof question->size) ||
        !take(&rest, &identity, sizeof identity) || identity > rest.length)
        return FALSE;
    question->identity = g_strndup((const char *)rest.at, identity);
    question->raw = g_bytes_new(rest.at + identity, rest.length - identity);
    return TRUE;
}

void wire_question_clear(WireQuestion *question)
{
    g_clear_pointer(&question->identity, g_free);
    g_clear_pointer(&question->raw, g_bytes_unref);
}

void wire_put_answer(GByteArray *out, const Message *message)
{
    guint start = frame_begin(out);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = G_STRUCT_MEMBER(char *, message, texts[i].offset);
        guint32 length = text ? (guint32)strlen(text) : 0;
        put_u32(out, text ? length : WIRE_NULL);
        g_byte_array_append(out, (const guint8 *)text, length);
    }
    put_u64(out, (guint64)message->size);
    put_u64(out, message->flags);
    frame_end(out, start);
}

static gboolean no_control(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (g_unichar_iscntrl(g_utf8_get_char(text)))
            return FALSE;
    return TRUE;
}

static gboolean is_word(const char *text)
{
    for (const char *p = text; *p; p++)
        if (!g_ascii_isgraph(*p))
            return FALSE;
    return *text != '\0';
}

static gboolean is_address(const char *text)
{
    const char *at = strchr(text, '@');
    return is_word(text) && at && at > text && at[1] && !strchr(at + 1, '@') &&
           strcspn(text, "<>,;:\"()[]\\") == strlen(text);
}

static gboolean is_headers(const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (*p != '\n' && g_unichar_iscntrl(g_utf8_get_char(p)))
            return FALSE;
    return !*text || g_str_has_suffix(text, "\n");
}

static gboolean is_digest(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static gboolean is_of_kind(const char *text, WireKind kind)
{
    switch (kind) {
    case WIRE_DIGEST:
        return is_digest(text);
    case WIRE_WORD:
        return is_word(text);
    case WIRE_ADDRESS:
        return is_address(text);
    case WIRE_LINE:
        return no_control(text);
    case WIRE_HEADERS:
        return is_headers(text);
    case WIRE_TEXT:
    default:
        return TRUE;
    }
}

/* NULL: well read. */
static const char *get_text(Rest *rest, const WireText *what, Message *message)
{
    guint32 length = 0;
    if (!take(rest, &length, sizeof length))
        return "it is cut short";
    if (length == WIRE_NULL)
        return what->must ? "it lacks a text" : NULL;
    if (length > what->max || length > rest->length)
        return "it has a text that is too long";
    char *text = g_strndup((const char *)rest->at, length);
    G_STRUCT_MEMBER(char *, message, what->offset) = text;
    if (!g_utf8_validate_len((const char *)rest->at, length, NULL))
        return "it has a text that is not UTF-8";
    rest->at += length;
    rest->length -= length;
    return is_of_kind(text, what->kind) ? NULL : "it has a text that is not fit for its place";
}

Message *wire_get_answer(const guint8 *bytes, gsize length, const char **problem)
{
    g_autoptr(Message) message = message_new();
    Rest rest = {bytes, length};
    guint64 numbers[2];
    *problem = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(texts) && !*problem; i++)
        *problem = get_text(&rest, &texts[i], message);
    if (!*problem && (!take(&rest, numbers, sizeof numbers) || rest.length > 0))
        *problem = "it has another length";
    if (*problem)
        return NULL;
    message->size = (gint64)MIN(numbers[0], (guint64)G_MAXINT64);
    message->flags = (guint)numbers[1];
    return g_steal_pointer(&message);
}
