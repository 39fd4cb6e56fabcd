/* SPDX-License-Identifier: Apache-2.0 */
/* Finding spans and putting marks in their place; what to look for is in kb/mask_rules.c. */
#include "kb/mask.h"

#include "kb/fill.h"
#include "kb/mask_rules.h"

#include <string.h>

#define FLAGS (G_REGEX_OPTIMIZE | G_REGEX_MULTILINE | G_REGEX_EXTENDED)
#define NAME_PART_MIN 2 /* characters */

typedef struct Span {
    gint start, end;
    MaskKind kind;
} Span;

typedef struct Masking {
    const char *text;
    GArray *spans;                  /* Span, in no order, none over another */
    const char *const *own_domains; /* may be NULL */
    gboolean force;                 /* what is found ends what was to be kept */
} Masking;

/* ---- spans --------------------------------------------------------------------------------- */

static gboolean is_free(Masking *masking, gint start, gint end)
{
    for (guint i = 0; i < masking->spans->len;) {
        const Span *span = &g_array_index(masking->spans, Span, i);
        const gboolean over = start < span->end && span->start < end;
        if (over && !(masking->force && span->kind == MASK_KEEP))
            return FALSE;
        if (over)
            g_array_remove_index_fast(masking->spans, i);
        else
            i++;
    }
    return TRUE;
}

static guint count_digits(const char *text, gint start, gint end)
{
    guint n = 0;

    for (gint i = start; i < end; i++)
        n += g_ascii_isdigit(text[i]);
    return n;
}

/* An e-mail address of the house? */
static gboolean is_own(const Masking *masking, const Span *span)
{
    g_autofree char *address =
        g_strndup(masking->text + span->start, (gsize)(span->end - span->start));
    const char *domain = strchr(address, '@');

    for (guint i = 0; domain && masking->own_domains && masking->own_domains[i]; i++)
        if (g_ascii_strcasecmp(domain + 1, masking->own_domains[i]) == 0)
            return TRUE;
    return FALSE;
}

static void find_spans(Masking *masking, GRegex *regex, MaskKind kind, guint digits)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GError) error = NULL;
    gint end_of_last = 0;
    gboolean more = g_regex_match_full(regex, masking->text, -1, 0, 0, &match, &error);

    for (; more; more = g_match_info_next(match, &error)) {
        Span span = {0, 0, kind};
        if (!g_match_info_fetch_named_pos(match, "x", &span.start, &span.end) || span.start < 0)
            g_match_info_fetch_pos(match, 0, &span.start, &span.end);
        end_of_last = MAX(end_of_last, span.end);
        if (kind == MASK_EMAIL && is_own(masking, &span))
            span.kind = MASK_KEEP;
        if (span.end > span.start && count_digits(masking->text, span.start, span.end) >= digits &&
            is_free(masking, span.start, span.end))
            g_array_append_val(masking->spans, span);
    }
    if (error && kind != MASK_KEEP) {
        /* The pattern gave up: nobody knows what the rest holds. */
        const Span rest = {end_of_last, (gint)strlen(masking->text), kind};
        g_array_set_size(masking->spans, 0);
        g_array_append_val(masking->spans, rest);
    }
}

static gint compare_spans(gconstpointer a, gconstpointer b)
{
    return ((const Span *)a)->start - ((const Span *)b)->start;
}

/* Marks of one kind side by side are one: "Musterweg 5, 12345 Berlin", "Erika Beispiel". */
static void join_spans(Masking *masking)
{
    guint n = 0;

    g_array_sort(masking->spans, compare_spans);
    for (guint i = 0; i < masking->spans->len; i++) {
        const Span span = g_array_index(masking->spans, Span, i);
        Span *last = n > 0 ? &g_array_index(masking->spans, Span, n - 1) : NULL;
        if (last && last->kind == span.kind && span.kind != MASK_KEEP &&
            span.start - last->end <= 3 &&
            (gint)strspn(masking->text + last->end, ", \n") >= span.start - last->end)
            last->end = span.end;
        else
            g_array_index(masking->spans, Span, n++) = span;
    }
    g_array_set_size(masking->spans, n);
}

/* ---- the customer -------------------------------------------------------------------------- */

/* Parts of names that are everybody's. */
static const char *const common[] = {
    "von", "van",  "vom",  "zu",      "zur",     "zum",     "der",   "den",      "de",
    "del", "la",   "le",   "di",      "da",      "du",      "dos",   "und",      "and",
    "dr",  "prof", "herr", "frau",    "mr",      "mrs",     "ms",    "gmbh",     "ag",
    "kg",  "ug",   "ohg",  "gbr",     "co",      "ltd",     "inc",   "llc",      "mbh",
    "ev",  "team", "info", "service", "support", "shop",    "mail",  "office",   "the",
    "für", "for",  "st",   "sankt",   "firma",   "kontakt", "kunde", "customer", NULL,
};

static void add_part(GHashTable *parts, const char *part)
{
    g_autofree char *lower = g_utf8_strdown(part, -1);

    if (g_utf8_strlen(part, -1) >= NAME_PART_MIN && !g_strv_contains(common, lower) &&
        !strpbrk(part, "0123456789@"))
        g_hash_table_add(parts, g_steal_pointer(&lower));
}

static void add_parts(GHashTable *parts, const char *text, const char *separators)
{
    g_auto(GStrv) words = g_strsplit_set(text ? text : "", separators, 32);

    for (char **word = words; *word; word++)
        add_part(parts, *word);
}

/* "erika.beispiel@…" says a name; "kundendienst@…" and "service.nord@…" do not. */
static void add_address(GHashTable *parts, const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;
    g_autofree char *local = at ? g_strndup(address, (gsize)(at - address)) : NULL;
    g_autofree char *spaced = local ? g_strdelimit(g_strdup(local), "._-+", ' ') : NULL;
    g_autofree char *name = spaced && strchr(spaced, ' ') ? fill_safe_name(spaced) : NULL;

    add_parts(parts, name, " ");
}

/* A pattern for one spelling and the other: "müller" and "mueller", with any capital. */
static void append_part(GString *pattern, const char *part)
{
    static const struct {
        const char *letter, *written;
    } umlauts[] = {{"ä", "(?:ä|ae)"},  {"ö", "(?:ö|oe)"},  {"ü", "(?:ü|ue)"}, {"ß", "(?:ß|ss)"},
                   {"ae", "(?:ä|ae)"}, {"oe", "(?:ö|oe)"}, {"ue", "(?:ü|ue)"}};

    while (*part) {
        guint i = 0;
        while (i < G_N_ELEMENTS(umlauts) && !g_str_has_prefix(part, umlauts[i].letter))
            i++;
        if (i < G_N_ELEMENTS(umlauts)) {
            g_string_append(pattern, umlauts[i].written);
            part += strlen(umlauts[i].letter);
            continue;
        }
        const char *next = g_utf8_next_char(part);
        g_autofree char *escaped = g_regex_escape_string(part, (gint)(next - part));
        g_string_append(pattern, escaped);
        part = next;
    }
}

static gint longer_first(gconstpointer a, gconstpointer b)
{
    const gsize x = strlen(*(char *const *)a), y = strlen(*(char *const *)b);

    return x != y ? (x < y) - (x > y) : strcmp(*(char *const *)a, *(char *const *)b);
}

/* The parts of the customer's name wherever they begin with a capital, with a genitive s. NULL:
 * there are none. */
static GRegex *person_regex(const MaskPerson *person)
{
    g_autoptr(GHashTable) parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *name = person->name && g_utf8_validate(person->name, -1, NULL)
                                ? g_utf8_normalize(person->name, -1, G_NORMALIZE_NFC)
                                : NULL;
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GString) pattern = g_string_new("\\b(?:(?=\\p{Lu})|(?<=[/=_-]))(?i:");
    GHashTableIter iter;
    gpointer part = NULL;

    add_parts(parts, name, " ,.;\"'()&/|<>\t\n");
    add_address(parts, person->address);
    g_hash_table_iter_init(&iter, parts);
    while (g_hash_table_iter_next(&iter, &part, NULL))
        g_ptr_array_add(sorted, part);
    g_ptr_array_sort(sorted, longer_first);
    for (guint i = 0; i < sorted->len; i++) {
        g_string_append(pattern, i ? "|" : "");
        append_part(pattern, g_ptr_array_index(sorted, i));
    }
    g_string_append(pattern, ")(?:'?s)?\\b");
    return sorted->len > 0 ? g_regex_new(pattern->str, G_REGEX_DEFAULT, 0, NULL) : NULL;
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Compiled once: there are many, and every answer is looked at. */
static GRegex *const *rules(void)
{
    static gsize compiled;

    if (g_once_init_enter(&compiled)) {
        GRegex **made = g_new0(GRegex *, n_mask_rules);
        for (guint i = 0; i < n_mask_rules; i++) {
            g_autoptr(GError) error = NULL;
            made[i] =
                g_regex_new(mask_rules[i].pattern,
                            FLAGS | (mask_rules[i].any_case ? G_REGEX_CASELESS : 0), 0, &error);
            if (!made[i])
                g_error("mask rule %u: %s", i, error->message);
        }
        g_once_init_leave(&compiled, (gsize)made);
    }
    return (GRegex *const *)compiled;
}

static char *put_marks(const Masking *masking, const char *language)
{
    GString *marked = g_string_new(NULL);
    gint at = 0;

    for (guint i = 0; i < masking->spans->len; i++) {
        const Span *span = &g_array_index(masking->spans, Span, i);
        if (span->kind == MASK_KEEP)
            continue;
        g_string_append_len(marked, masking->text + at, span->start - at);
        g_string_append(marked, mask_mark(span->kind, language));
        at = span->end;
    }
    g_string_append(marked, masking->text + at);
    return g_string_free(marked, FALSE);
}

char *mask_text(const char *answer, const char *language, const MaskPerson *person)
{
    g_autofree char *valid = g_utf8_make_valid(answer, -1);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(Span));
    g_autoptr(GRegex) own = person ? person_regex(person) : NULL;
    Masking masking = {valid, spans, person ? person->own_domains : NULL, FALSE};
    GRegex *const *compiled = rules();

    for (guint i = 0; i < n_mask_rules; i++)
        find_spans(&masking, compiled[i], mask_rules[i].kind, mask_rules[i].digits);
    masking.force = TRUE;
    if (own)
        find_spans(&masking, own, MASK_NAME, 0);
    join_spans(&masking);
    return put_marks(&masking, language);
}
