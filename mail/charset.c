/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/charset.h"

#include <errno.h>
#include <string.h>

typedef enum {
    LATIN, /* believed to be UTF-8, else windows-1252 */
    UTF8,
    WIDE, /* escape sequences or units of more than a byte: bytes tell nothing */
    ASIAN,
    OTHER,
} Kind;

typedef struct Alias {
    const char *key; /* lower case, letters and digits only */
    Kind kind;
    const char *codeset; /* for iconv; NULL: none needed */
} Alias;

static const Alias aliases[] = {
    {"usascii", LATIN, NULL},
    {"ascii", LATIN, NULL},
    {"ansix341968", LATIN, NULL},
    {"iso646us", LATIN, NULL},
    {"iso88591", LATIN, NULL},
    {"latin1", LATIN, NULL},
    {"windows1252", LATIN, NULL},
    {"cp1252", LATIN, NULL},
    {"xansi", LATIN, NULL},
    {"8bit", LATIN, NULL},
    {"default", LATIN, NULL},
    {"unknown8bit", LATIN, NULL},
    {"xunknown", LATIN, NULL},
    {"utf8", UTF8, NULL},
    {"unicode11utf8", UTF8, NULL},
    {"cp65001", UTF8, NULL},
    {"utf7", WIDE, "UTF-7"},
    {"unicode11utf7", WIDE, "UTF-7"},
    {"utf16", WIDE, "UTF-16"},
    {"unicode", WIDE, "UTF-16"},
    {"utf16le", WIDE, "UTF-16LE"},
    {"utf16be", WIDE, "UTF-16BE"},
    {"utf32", WIDE, "UTF-32"},
    {"iso2022jp", WIDE, "ISO-2022-JP-2"},
    {"iso2022jp2", WIDE, "ISO-2022-JP-2"},
    {"csiso2022jp", WIDE, "ISO-2022-JP-2"},
    {"cp50220", WIDE, "ISO-2022-JP-2"},
    {"cp50221", WIDE, "ISO-2022-JP-2"},
    {"iso2022kr", WIDE, "ISO-2022-KR"},
    {"iso2022cn", WIDE, "ISO-2022-CN-EXT"},
    {"gb2312", ASIAN, "GB18030"},
    {"gb231280", ASIAN, "GB18030"},
    {"chinese", ASIAN, "GB18030"},
    {"euccn", ASIAN, "GB18030"},
    {"gbk", ASIAN, "GB18030"},
    {"xgbk", ASIAN, "GB18030"},
    {"cp936", ASIAN, "GB18030"},
    {"gb18030", ASIAN, "GB18030"},
    {"big5", ASIAN, "BIG5-HKSCS"},
    {"xxbig5", ASIAN, "BIG5-HKSCS"},
    {"cp950", ASIAN, "BIG5-HKSCS"},
    {"big5hkscs", ASIAN, "BIG5-HKSCS"},
    {"ksc56011987", ASIAN, "CP949"},
    {"ksc5601", ASIAN, "CP949"},
    {"ks56011987", ASIAN, "CP949"},
    {"korean", ASIAN, "CP949"},
    {"euckr", ASIAN, "CP949"},
    {"windows949", ASIAN, "CP949"},
    {"xwindows949", ASIAN, "CP949"},
    {"cp949", ASIAN, "CP949"},
    {"shiftjis", ASIAN, "CP932"},
    {"xsjis", ASIAN, "CP932"},
    {"sjis", ASIAN, "CP932"},
    {"mskanji", ASIAN, "CP932"},
    {"windows31j", ASIAN, "CP932"},
    {"cp932", ASIAN, "CP932"},
    {"eucjp", ASIAN, "EUC-JP-MS"},
    {"xeucjp", ASIAN, "EUC-JP-MS"},
    {"iso88599", OTHER, "WINDOWS-1254"},
    {"latin5", OTHER, "WINDOWS-1254"},
    {"iso88598i", OTHER, "WINDOWS-1255"},
    {"iso885911", OTHER, "CP874"},
    {"tis620", OTHER, "CP874"},
    {"windows874", OTHER, "CP874"},
    {"xmacroman", OTHER, "MACINTOSH"},
    {"macintosh", OTHER, "MACINTOSH"},
    {"mac", OTHER, "MACINTOSH"},
    {"koi8r", OTHER, "KOI8-U"}, /* differs only where KOI8-R has box drawing */
};

/* windows-1252, 0x80–0x9f; the five codes it leaves open become U+FFFD. */
static const gunichar windows_1252[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

#define REPLACEMENT "\xef\xbf\xbd"

static Alias find(const char *declared)
{
    Alias found = {NULL, LATIN, NULL};
    char key[40];
    gsize n = 0;

    if (!declared)
        return found;
    for (const char *p = declared; *p; p++) {
        if (g_ascii_isalnum(*p)) {
            if (n + 1 == sizeof key)
                return found;
            key[n++] = g_ascii_tolower(*p);
        } else if (!strchr("-_.: \t\"'", *p)) {
            return found; /* among others "//IGNORE", which iconv would obey */
        }
    }
    key[n] = '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
        if (strcmp(aliases[i].key, key) == 0)
            return aliases[i];
    if (n > 0 && !strpbrk(declared, " \t\"'")) {
        found.kind = OTHER;
        found.codeset = declared;
    }
    return found;
}

static GString *from_latin(const char *bytes, gsize length)
{
    GString *out = g_string_sized_new(length + length / 8 + 1);

    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)bytes[i];
        if (c < 0x80)
            g_string_append_c(out, (char)c);
        else
            g_string_append_unichar(out, c < 0xa0 ? windows_1252[c - 0x80] : c);
    }
    return out;
}

/* Valid UTF-8 with U+FFFD for what is not. Counts the sequences of more than one byte, those of
 * more than two, and the broken bytes. */
static GString *from_utf8(const char *bytes, gsize length, gsize *sequences, gsize *longer,
                          gsize *broken)
{
    GString *out = g_string_sized_new(length + 1);
    const char *p = bytes;
    const char *stop = bytes + length;

    *sequences = *longer = *broken = 0;
    while (p < stop) {
        const char *end;
        gboolean valid = g_utf8_validate_len(p, (gsize)(stop - p), &end);
        g_string_append_len(out, p, end - p);
        for (const char *q = p; q < end; q++) {
            *sequences += (guchar)*q >= 0xc0;
            *longer += (guchar)*q >= 0xe0;
        }
        if (valid)
            break;
        (*broken)++;
        g_string_append(out, REPLACEMENT);
        p = end + 1;
    }
    return out;
}

/* Some decoders (UCS-4) pass on what is no character. NUL is one. */
static gboolean is_valid(const GString *text)
{
    const char *p = text->str;
    const char *stop = p + text->len;

    while (!g_utf8_validate_len(p, (gsize)(stop - p), &p)) {
        if (*p != '\0')
            return FALSE;
        p++;
    }
    return TRUE;
}

/* NULL: iconv does not know CODESET, or it is not what the bytes are. */
static GString *from_iconv(const char *bytes, gsize length, const char *codeset)
{
    GIConv conv = g_iconv_open("UTF-8", codeset);
    GString *out;
    char buffer[8192];
    char *in = (char *)bytes;
    gsize left = length;
    gsize broken = 0;

    if (conv == (GIConv)-1)
        return NULL;
    out = g_string_sized_new(length + length / 2 + 1);
    while (left > 0) {
        char *to = buffer;
        gsize room = sizeof buffer;
        gboolean stuck =
            g_iconv(conv, &in, &left, &to, &room) == (gsize)-1 && errno != E2BIG && left > 0;
        g_string_append_len(out, buffer, to - buffer);
        if (stuck) {
            g_string_append(out, REPLACEMENT);
            broken++;
            in++;
            left--;
        }
    }
    /* Some decoders (windows-1258) hold the last character back. */
    in = buffer;
    left = sizeof buffer;
    if (g_iconv(conv, NULL, NULL, &in, &left) != (gsize)-1)
        g_string_append_len(out, buffer, in - buffer);
    g_iconv_close(conv);
    if ((broken > 0 && broken * 8 > length) || !is_valid(out)) {
        g_string_free(out, TRUE);
        return NULL;
    }
    return out;
}

static GString *decode(const char *bytes, gsize length, const Alias *set)
{
    GString *out = NULL;
    GString *utf8;
    gsize sequences, longer, broken, sure;

    if (set->kind == WIDE)
        out = from_iconv(bytes, length, set->codeset);
    if (out)
        return out;
    utf8 = from_utf8(bytes, length, &sequences, &longer, &broken);
    if (broken == 0 && (set->kind != ASIAN || longer > 0 || sequences == 0))
        return utf8;
    sure = set->kind == ASIAN ? longer : sequences;
    if (broken > 0 && (set->kind <= UTF8 ? broken <= sequences : broken * 4 <= sure))
        return utf8;
    if (set->kind == ASIAN || set->kind == OTHER)
        out = from_iconv(bytes, length, set->codeset);
    if (!out && broken > 0)
        out = from_latin(bytes, length);
    if (!out)
        return utf8;
    g_string_free(utf8, TRUE);
    return out;
}

static gboolean is_plain(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)text[i];
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f || c == 0xc2 ||
            c == 0xef)
            return FALSE;
    }
    return TRUE;
}

/* Takes the controls out of valid UTF-8. */
static char *clean(GString *text)
{
    GString *out;
    const char *p = text->str;
    const char *stop = p + text->len;

    if (is_plain(p, text->len))
        return g_string_free(text, FALSE);
    out = g_string_sized_new(text->len);
    while (p < stop) {
        const char *next = *p ? g_utf8_next_char(p) : p + 1;
        guchar c = (guchar)*p;
        if (c == 0xc2 && (guchar)p[1] < 0xa0)
            g_string_append_unichar(out, windows_1252[(guchar)p[1] - 0x80]);
        else if (c >= 0x20 && c != 0x7f && !(p == text->str && strncmp(p, "\xef\xbb\xbf", 3) == 0))
            g_string_append_len(out, p, next - p);
        else if (c == '\n' || c == '\t' || c == '\r')
            g_string_append_c(out, (char)c);
        else if (c == '\f' || c == '\v')
            g_string_append_c(out, '\n');
        p = next;
    }
    g_string_free(text, TRUE);
    return g_string_free(out, FALSE);
}

static char *without_nul(const char *bytes, gsize *length)
{
    char *copy = g_malloc(*length + 1);
    gsize n = 0;

    for (gsize i = 0; i < *length; i++)
        if (bytes[i] != '\0')
            copy[n++] = bytes[i];
    copy[n] = '\0';
    *length = n;
    return copy;
}

char *charset_to_utf8(const char *bytes, gsize length, const char *declared)
{
    static const Alias japanese = {"iso2022jp", WIDE, "ISO-2022-JP-2"};
    Alias set = find(declared);
    g_autofree char *copy = NULL;

    if (length == 0)
        return g_strdup("");
    if (set.kind != WIDE && memchr(bytes, '\0', length))
        bytes = copy = without_nul(bytes, &length);
    if (set.kind == LATIN && memmem(bytes, length, "\x1b$B", 3))
        set = japanese;
    return clean(decode(bytes, length, &set));
}

void charset_cut(char *text, gsize max)
{
    gsize length = strlen(text);

    if (length <= max)
        return;
    while (max > 0 && ((guchar)text[max] & 0xc0) == 0x80)
        max--;
    text[max] = '\0';
}
