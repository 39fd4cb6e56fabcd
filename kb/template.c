/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new front matter key is one row in `keys` (and a member of Template, and a line in
 * doc/erms-kb.5).
 */
#include "kb/template.h"

#include <stdarg.h>
#include <string.h>

#include "kb/nearest.h"
#include "kb/placeholder.h"
#include "kb/umlauts.h"

#define PROBLEMS_PER_FILE 20
#define VALUE_MAX_CHARACTERS 500

typedef struct Parse {
    const char *path;
    GPtrArray *problems;
    guint line; /* of what is being read */
    guint n_problems;
    gboolean failed;
} Parse;

static const char *const state_names[] = {"draft", "approved", "retired", NULL};
static const char *const mode_names[] = {"off", "suggest", "auto", NULL};
static const char *const discloses_names[] = {"public", "personal", NULL};

void kb_problem_free(KbProblem *problem)
{
    if (!problem)
        return;
    g_free(problem->path);
    g_free(problem->text);
    g_free(problem);
}

static void add_problem(GPtrArray *problems, const char *path, guint line, gboolean error,
                        char *text)
{
    KbProblem *problem = g_new0(KbProblem, 1);
    problem->path = g_strdup(path);
    problem->line = line;
    problem->error = error;
    problem->text = text;
    g_ptr_array_add(problems, problem);
}

void kb_problem_add(GPtrArray *problems, const char *path, guint line, gboolean error,
                    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_problem(problems, path, line, error, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void report(Parse *parse, gboolean error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void report(Parse *parse, gboolean error, const char *format, ...)
{
    va_list arguments;
    parse->failed |= error;
    if (parse->n_problems++ >= PROBLEMS_PER_FILE)
        return;
    va_start(arguments, format);
    add_problem(parse->problems, parse->path, parse->line, error,
                g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* ---- values -------------------------------------------------------------------------------- */

typedef struct Key {
    const char *name;
    gsize member;
    void (*read)(Parse *parse, const struct Key *key, const char *value, gpointer member);
    const char *const *choices;
} Key;

static void read_text(Parse *parse, const Key *key, const char *value, gpointer member)
{
    if (g_utf8_strlen(value, -1) > VALUE_MAX_CHARACTERS)
        report(parse, TRUE, "%s: longer than %d characters", key->name, VALUE_MAX_CHARACTERS);
    else
        *(char **)member = g_strdup(value);
}

static void read_subject(Parse *parse, const Key *key, const char *value, gpointer member)
{
    if (strstr(value, "{{"))
        report(parse, TRUE, "%s: places can only stand in the text", key->name);
    else
        read_text(parse, key, value, member);
}

static void read_choice(Parse *parse, const Key *key, const char *value, gpointer member)
{
    for (guint i = 0; key->choices[i]; i++) {
        if (g_ascii_strcasecmp(key->choices[i], value) == 0) {
            *(guint *)member = i;
            return;
        }
    }
    g_autofree char *list = g_strjoinv(", ", (char **)key->choices);
    const char *near = nearest_name(value, key->choices);
    report(parse, TRUE, "%s: '%s' is none of %s%s%s%s", key->name, value, list,
           near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

static void read_date(Parse *parse, const Key *key, const char *value, gpointer member)
{
    static const char form[] = "dddd-dd-dd";
    gboolean well_formed = strlen(value) == strlen(form);
    for (gsize i = 0; well_formed && form[i]; i++)
        well_formed = form[i] == 'd' ? g_ascii_isdigit(value[i]) : value[i] == form[i];
    if (!well_formed) {
        report(parse, TRUE, "%s: '%s' is not a date; write YYYY-MM-DD, such as 2027-01-31",
               key->name, value);
        return;
    }
    const guint year = (guint)g_ascii_strtoull(value, NULL, 10);
    const guint month = (guint)g_ascii_strtoull(value + 5, NULL, 10);
    const guint day = (guint)g_ascii_strtoull(value + 8, NULL, 10);
    if (month > 12 || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        report(parse, TRUE, "%s: there is no day %s", key->name, value);
    else
        *(GDate **)member = g_date_new_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static void read_words(Parse *parse, const Key *key, const char *value, gpointer member)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    for (char **part = parts; *part; part++) {
        if (*g_strstrip(*part))
            g_strv_builder_add(words, *part);
    }
    char **list = g_strv_builder_end(words);
    if (g_strv_length(list) == 0) {
        report(parse, TRUE, "%s: no word between the commas", key->name);
        g_clear_pointer(&list, g_strfreev);
    }
    *(char ***)member = list;
}

static const Key keys[] = {
    {"title", G_STRUCT_OFFSET(Template, title), read_text, NULL},
    {"state", G_STRUCT_OFFSET(Template, state), read_choice, state_names},
    {"approver", G_STRUCT_OFFSET(Template, approver), read_text, NULL},
    {"mode", G_STRUCT_OFFSET(Template, mode), read_choice, mode_names},
    {"discloses", G_STRUCT_OFFSET(Template, discloses), read_choice, discloses_names},
    {"when", G_STRUCT_OFFSET(Template, when), read_words, NULL},
    {"owner", G_STRUCT_OFFSET(Template, owner), read_text, NULL},
    {"subject", G_STRUCT_OFFSET(Template, subject), read_subject, NULL},
    {"valid-from", G_STRUCT_OFFSET(Template, valid_from), read_date, NULL},
    {"valid-to", G_STRUCT_OFFSET(Template, valid_to), read_date, NULL},
    {"review-by", G_STRUCT_OFFSET(Template, review_by), read_date, NULL},
};

/* ---- front matter -------------------------------------------------------------------------- */

static const Key *find_key(Parse *parse, const char *name)
{
    const char *names[G_N_ELEMENTS(keys) + 1] = {NULL};
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        names[i] = keys[i].name;
        if (strcmp(name, keys[i].name) == 0)
            return &keys[i];
    }
    const char *near = nearest_name(name, names);
    if (near)
        report(parse, TRUE, "unknown key '%s' (did you mean %s?)", name, near);
    else
        report(parse, TRUE, "unknown key '%s'", name);
    return NULL;
}

/* SEEN: the line on which each key stood, 0: not yet. */
static void read_key(Parse *parse, Template *template_, char *line, guint *seen)
{
    char *colon = strchr(line, ':');
    if (!colon) {
        report(parse, TRUE, "no 'key: value'; the block of keys ends with a line '---'");
        return;
    }
    *colon = '\0';
    const char *name = g_strstrip(line), *value = g_strstrip(colon + 1);
    const Key *key = find_key(parse, name);
    if (!key)
        return;
    guint *line_seen = &seen[key - keys];
    if (*line_seen)
        report(parse, TRUE, "%s: again; it stands in line %u already", name, *line_seen);
    else if (*value)
        key->read(parse, key, value, (char *)template_ + key->member);
    *line_seen = parse->line;
}

static gboolean is_fence(const char *line)
{
    return g_str_has_prefix(line, "---") && line[3 + strspn(line + 3, " \t")] == '\0';
}

/* Returns the index of the first line of the text, or 0 after a problem that ends the reading. */
static guint read_front_matter(Parse *parse, Template *template_, char **lines)
{
    guint seen[G_N_ELEMENTS(keys)] = {0};
    guint close = 1;
    parse->line = 1;
    if (!lines[0] || !is_fence(lines[0])) {
        report(parse, TRUE, "no block of keys: the first line must be '---'");
        return 0;
    }
    while (lines[close] && !is_fence(lines[close]))
        close++;
    if (!lines[close]) {
        report(parse, TRUE, "the block of keys is not closed by a line '---'");
        return 0;
    }
    for (guint i = 1; i < close; i++) {
        parse->line = i + 1;
        if (*g_strstrip(lines[i]) && lines[i][0] != '#')
            read_key(parse, template_, lines[i], seen);
    }
    return close + 1;
}

/* ---- the text ------------------------------------------------------------------------------ */

static void check_personal(Parse *parse, const char *line)
{
    Placeholder place;
    for (const char *at = line; placeholder_next(at, &place); at = place.end) {
        g_autofree char *name = g_strndup(place.name, place.name_length);
        if (placeholder_personal(name))
            report(parse, TRUE,
                   "{{%s}} is about a person, but the answer is public: write 'discloses: "
                   "personal'",
                   name);
    }
}

static void read_body(Parse *parse, Template *template_, char **lines, guint first)
{
    guint end = g_strv_length(lines);
    while (first < end && lines[first][strspn(lines[first], " \t")] == '\0')
        first++;
    while (end > first && lines[end - 1][strspn(lines[end - 1], " \t")] == '\0')
        end--;
    if (first == end) {
        parse->line = 0;
        report(parse, TRUE, "there is no text under the block of keys");
        return;
    }
    GString *body = g_string_new(NULL);
    for (guint i = first; i < end; i++) {
        parse->line = i + 1;
        g_autofree char *problem = placeholder_problem(lines[i]);
        if (problem)
            report(parse, TRUE, "%s", problem);
        else if (template_->discloses == TEMPLATE_PUBLIC)
            check_personal(parse, lines[i]);
        g_string_append(body, lines[i]);
        g_string_append_c(body, '\n');
    }
    template_->body = g_string_free(body, FALSE);
}

/* ---- the file ------------------------------------------------------------------------------ */

static gboolean is_slug(const char *text)
{
    return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static void read_path(Parse *parse, Template *template_)
{
    g_autofree char *dir = g_path_get_dirname(parse->path);
    g_autofree char *file = g_path_get_basename(parse->path);
    template_->category = g_path_get_basename(dir);
    if (!is_slug(template_->category))
        report(parse, TRUE, "the folder '%s': a category is lower-case letters, digits and -",
               template_->category);

    g_auto(GStrv) parts = g_strsplit(file, ".", -1);
    if (g_strv_length(parts) != 3 || strcmp(parts[2], "md") != 0 || !is_slug(parts[0])) {
        report(parse, TRUE,
               "the file name must be NAME.LANG.md, NAME of lower-case letters, digits and -, "
               "such as how-to.de.md");
        return;
    }
    const gsize length = strlen(parts[1]);
    if (length < 2 || length > 3 || strspn(parts[1], "abcdefghijklmnopqrstuvwxyz") != length) {
        report(parse, TRUE, "the file name must be NAME.LANG.md: '%s' is no language such as de",
               parts[1]);
        return;
    }
    template_->name = g_strdup(parts[0]);
    template_->language = g_strdup(parts[1]);
    template_->id = g_strdup_printf("%s/%s.%s", template_->category, parts[0], parts[1]);
}

/* The file as lines without line ends; NULL after a problem that ends the reading. */
static char **read_lines(Parse *parse, const char *bytes, gsize length)
{
    const char *bad = NULL;
    if (length > TEMPLATE_MAX_BYTES) {
        report(parse, TRUE, "larger than %d bytes", TEMPLATE_MAX_BYTES);
        return NULL;
    }
    if (!g_utf8_validate_len(bytes, length, &bad)) {
        for (const char *at = bytes; (at = memchr(at, '\n', (gsize)(bad - at))); at++)
            parse->line++;
        parse->line++;
        report(parse, TRUE, "not UTF-8 (byte 0x%02x); save the file as UTF-8", (guint)(guchar)*bad);
        return NULL;
    }
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    GString *text = g_string_new_len(bytes, (gssize)length);
    g_string_replace(text, "\r\n", "\n", 0);
    g_strdelimit(text->str, "\r", '\n');
    char **lines = g_strsplit(text->str, "\n", -1);
    g_string_free(text, TRUE);
    return lines;
}

static void check_characters(Parse *parse, char **lines)
{
    for (guint i = 0; lines[i]; i++) {
        parse->line = i + 1;
        for (const char *at = lines[i]; *at; at = g_utf8_next_char(at)) {
            const gunichar c = g_utf8_get_char(at);
            if (g_unichar_iscntrl(c) && c != '\t') {
                report(parse, TRUE, "a control character (U+%04X)", c);
                break;
            }
        }
        g_autofree char *broken = umlauts_broken(lines[i]);
        if (broken)
            report(parse, FALSE, "'%s' looks like broken umlauts or accents", broken);
    }
}

static void check_dates(Parse *parse, const Template *template_)
{
    parse->line = 0;
    if (template_->valid_from && template_->valid_to &&
        g_date_compare(template_->valid_from, template_->valid_to) > 0)
        report(parse, TRUE, "valid-to lies before valid-from");
}

Template *template_parse(const char *path, const char *bytes, gsize length, GPtrArray *problems)
{
    Parse parse = {.path = path, .problems = problems};
    g_autoptr(Template) template_ = g_new0(Template, 1);
    template_->path = g_strdup(path);
    template_->mode = TEMPLATE_AUTO;
    template_->hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
    read_path(&parse, template_);

    g_auto(GStrv) lines = read_lines(&parse, bytes, length);
    if (!lines)
        return NULL;
    check_characters(&parse, lines);
    const guint first = read_front_matter(&parse, template_, lines);
    if (first == 0)
        return NULL;
    read_body(&parse, template_, lines, first);
    check_dates(&parse, template_);
    if (!template_->title && !parse.failed) {
        report(&parse, FALSE, "no title; the file's name is shown instead");
        template_->title = g_strdup(template_->name);
    }
    return parse.failed ? NULL : g_steal_pointer(&template_);
}

void template_free(Template *template_)
{
    if (!template_)
        return;
    g_free(template_->id);
    g_free(template_->category);
    g_free(template_->name);
    g_free(template_->language);
    g_free(template_->path);
    g_free(template_->title);
    g_free(template_->approver);
    g_strfreev(template_->when);
    g_free(template_->owner);
    g_free(template_->subject);
    g_clear_pointer(&template_->valid_from, g_date_free);
    g_clear_pointer(&template_->valid_to, g_date_free);
    g_clear_pointer(&template_->review_by, g_date_free);
    g_free(template_->body);
    g_free(template_->hash);
    g_free(template_);
}

gboolean template_usable(const Template *template_, const GDate *today)
{
    return template_->state == TEMPLATE_APPROVED && template_->approver &&
           (!template_->valid_from || g_date_compare(today, template_->valid_from) >= 0) &&
           (!template_->valid_to || g_date_compare(today, template_->valid_to) <= 0);
}
