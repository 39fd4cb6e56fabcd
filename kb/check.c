/* SPDX-License-Identifier: Apache-2.0 */
/* A new check of the loaded knowledge base is one function called from kb_check(). What one file
 * alone can tell is checked where it is read: template.c. */
#include <string.h>

#include "kb/fill.h"
#include "kb/kb.h"
#include "kb/nearest.h"
#include "kb/placeholder.h"

static gboolean is_known(const char *place, const char *const *known)
{
    for (; *known; known++) {
        const gsize length = strlen(*known);
        const gboolean any_field = length > 2 && g_str_has_suffix(*known, ".*");
        if (any_field ? strncmp(place, *known, length - 1) == 0 && place[length - 1]
                      : strcmp(place, *known) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Wherever the place stands, it says what to put instead. */
static gboolean has_fallback(const char *body, const char *name)
{
    g_autofree char *bare = g_strconcat("{{", name, "}}", NULL);
    return !strstr(body, bare);
}

static void check_places(const Template *template_, const char *const *known, GPtrArray *problems)
{
    g_autoptr(GPtrArray) places = fill_places(template_->body);
    for (guint i = 0; i < places->len; i++) {
        const char *place = g_ptr_array_index(places, i);
        if (is_known(place, known) || has_fallback(template_->body, place))
            continue;
        const char *near = nearest_name(place, known);
        /* A draft is not used yet: its author may be waiting for the place. */
        kb_problem_add(problems, template_->path, 0, template_->state == TEMPLATE_APPROVED,
                       "{{%s}} can never be filled: there is no such place%s%s%s", place,
                       near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
    }
}

static void check_dates(const Template *template_, const GDate *today, GPtrArray *problems)
{
    char day[32];
    if (template_->valid_to && g_date_compare(template_->valid_to, today) < 0) {
        g_date_strftime(day, sizeof day, "%Y-%m-%d", template_->valid_to);
        kb_problem_add(problems, template_->path, 0, FALSE, "expired: it was valid to %s", day);
    }
    if (template_->review_by && g_date_compare(template_->review_by, today) <= 0) {
        g_date_strftime(day, sizeof day, "%Y-%m-%d", template_->review_by);
        kb_problem_add(problems, template_->path, 0, FALSE, "its review was due by %s", day);
    }
}

static void check_approver(const Template *template_, GPtrArray *problems)
{
    if (template_->state == TEMPLATE_APPROVED && !template_->approver)
        kb_problem_add(problems, template_->path, 0, TRUE,
                       "approved, but by nobody: it is not used until 'approver:' names somebody");
}

/* ---- languages ----------------------------------------------------------------------------- */

/* Sets of names (borrowed), by name (owned). */
static GHashTable *set_get(GHashTable *sets, const char *name)
{
    GHashTable *set = g_hash_table_lookup(sets, name);
    if (!set) {
        set = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(sets, g_strdup(name), set);
    }
    return set;
}

static GHashTable *sets_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_hash_table_unref);
}

static char *answer_name(const Template *template_)
{
    return g_strdup_printf("%s/%s", template_->category, template_->name);
}

static char *missing_languages(GHashTable *wanted, GHashTable *there)
{
    g_autoptr(GList) languages = g_list_sort(g_hash_table_get_keys(wanted), (GCompareFunc)strcmp);
    GString *missing = g_string_new(NULL);
    for (GList *at = languages; at; at = at->next) {
        if (!g_hash_table_contains(there, at->data))
            g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", (char *)at->data);
    }
    return g_string_free(missing, FALSE);
}

static void add_all(GHashTable *set, GHashTable *more)
{
    GHashTableIter iter;
    gpointer name = NULL;
    g_hash_table_iter_init(&iter, more);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_hash_table_add(set, name);
}

/* Wanted are the languages of the answer's category, and German and English if any answer at all is
 * in them. */
static void check_languages(const GPtrArray *templates, GPtrArray *problems)
{
    g_autoptr(GHashTable) by_answer = sets_new();
    g_autoptr(GHashTable) by_category = sets_new();
    g_autoptr(GHashTable) common = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < templates->len; i++) {
        const Template *template_ = g_ptr_array_index(templates, i);
        if (template_->state == TEMPLATE_RETIRED)
            continue;
        g_autofree char *answer = answer_name(template_);
        g_hash_table_add(set_get(by_answer, answer), template_->language);
        g_hash_table_add(set_get(by_category, template_->category), template_->language);
        if (strcmp(template_->language, "de") == 0 || strcmp(template_->language, "en") == 0)
            g_hash_table_add(common, template_->language);
    }
    for (guint i = 0; i < templates->len; i++) {
        const Template *template_ = g_ptr_array_index(templates, i);
        char *answer = answer_name(template_);
        GHashTable *wanted = set_get(by_category, template_->category);
        g_autofree char *missing = NULL;
        add_all(wanted, common);
        missing = missing_languages(wanted, set_get(by_answer, answer));
        if (template_->state == TEMPLATE_RETIRED)
            g_free(answer);
        else if (g_hash_table_add(told, answer) && *missing)
            kb_problem_add(problems, template_->path, 0, FALSE, "the answer '%s' is missing in: %s",
                           template_->name, missing);
    }
}

/* ---- answers that nothing tells apart ------------------------------------------------------ */

static gint compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The same for answers that fit the same mails: category, language and `when` in any order. */
static char *selection(const Template *template_)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    GString *key = g_string_new(template_->category);
    g_string_append_printf(key, "\n%s", template_->language);
    for (char **word = template_->when; word && *word; word++)
        g_ptr_array_add(words, g_utf8_strdown(*word, -1));
    g_ptr_array_sort(words, compare_strings);
    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(key, "\n%s", (char *)g_ptr_array_index(words, i));
    return g_string_free(key, FALSE);
}

static gboolean never_together(const Template *a, const Template *b)
{
    return (a->valid_to && b->valid_from && g_date_compare(a->valid_to, b->valid_from) < 0) ||
           (b->valid_to && a->valid_from && g_date_compare(b->valid_to, a->valid_from) < 0);
}

static const Template *find_twin(const Template *template_, const GPtrArray *others)
{
    for (guint i = 0; i < others->len; i++) {
        if (!never_together(g_ptr_array_index(others, i), template_))
            return g_ptr_array_index(others, i);
    }
    return NULL;
}

static void check_twins(const GPtrArray *templates, GPtrArray *problems)
{
    g_autoptr(GHashTable) alike =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < templates->len; i++) {
        Template *template_ = g_ptr_array_index(templates, i);
        if (template_->state == TEMPLATE_RETIRED || template_->mode == TEMPLATE_OFF)
            continue;
        g_autofree char *key = selection(template_);
        GPtrArray *others = g_hash_table_lookup(alike, key);
        if (!others) {
            others = g_ptr_array_new();
            g_hash_table_insert(alike, g_steal_pointer(&key), others);
        }
        const Template *twin = find_twin(template_, others);
        if (twin)
            kb_problem_add(problems, template_->path, 0, FALSE,
                           "nothing tells this answer from '%s' of the same category and "
                           "language: %s",
                           twin->name,
                           template_->when ? "they have the same 'when'" : "neither has a 'when'");
        g_ptr_array_add(others, template_);
    }
}

GPtrArray *kb_check(const Kb *kb, const char *const *known_places, const GDate *today)
{
    const GPtrArray *templates = kb_templates(kb), *loaded = kb_problems(kb);
    GPtrArray *problems = g_ptr_array_new_with_free_func((GDestroyNotify)kb_problem_free);
    for (guint i = 0; i < loaded->len; i++) {
        const KbProblem *problem = g_ptr_array_index(loaded, i);
        kb_problem_add(problems, problem->path, problem->line, problem->error, "%s", problem->text);
    }
    for (guint i = 0; i < templates->len; i++) {
        const Template *template_ = g_ptr_array_index(templates, i);
        if (template_->state == TEMPLATE_RETIRED)
            continue;
        check_places(template_, known_places, problems);
        check_approver(template_, problems);
        check_dates(template_, today, problems);
    }
    check_languages(templates, problems);
    check_twins(templates, problems);
    return problems;
}
