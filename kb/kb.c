/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/kb.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kb/index.h"

#define TEMPLATES_MAX 10000

G_DEFINE_QUARK(kb - error - quark, kb_error)

struct Kb {
    char *dir;
    GPtrArray *problems;  /* KbProblem */
    GPtrArray *templates; /* Template */
    char **categories;
    GHashTable *by_id; /* id → Template; both borrowed from templates */
    KbIndex *index;
};

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in DIR, sorted. */
static GPtrArray *list_folder(const char *dir, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(dir, 0, error);
    if (!folder)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = g_dir_read_name(folder); name; name = g_dir_read_name(folder))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

#define EXAMPLES_SUFFIX ".tests"

static gboolean is_ignored(const char *name)
{
    const gboolean readme =
        g_ascii_strncasecmp(name, "README", 6) == 0 && (name[6] == '.' || name[6] == '\0');
    return readme || name[0] == '.' || g_str_has_suffix(name, "~") ||
           g_str_has_suffix(name, EXAMPLES_SUFFIX);
}

/* At most MAX + 1 bytes of a regular file, or of what a link points to; never waits for a pipe. */
static char *read_bounded(const char *path, gsize max, gsize *length)
{
    struct stat status;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        errno = EINVAL;
        return NULL;
    }
    g_autofree char *bytes = g_malloc(max + 1);
    *length = 0;
    for (gssize got = 1; got != 0 && *length <= max; *length += (gsize)got) {
        got = read(fd, bytes + *length, max + 1 - *length);
        if (got < 0) {
            const int reason = errno;
            close(fd);
            errno = reason;
            return NULL;
        }
    }
    close(fd);
    return g_steal_pointer(&bytes);
}

static void load_file(Kb *kb, const char *path)
{
    gsize length = 0;
    g_autofree char *bytes = read_bounded(path, TEMPLATE_MAX_BYTES, &length);
    if (!bytes) {
        kb_problem_add(kb->problems, path, 0, TRUE, "cannot be read: %s",
                       errno == EINVAL ? "not a file" : g_strerror(errno));
        return;
    }
    Template *template_ = template_parse(path, bytes, length, kb->problems);
    if (template_)
        g_ptr_array_add(kb->templates, template_);
}

/* FALSE: there are too many templates, look no further. */
static gboolean load_category(Kb *kb, const char *dir)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = list_folder(dir, &error);
    if (!names) {
        kb_problem_add(kb->problems, dir, 0, TRUE, "%s", error->message);
        return TRUE;
    }
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(dir, name, NULL);
        if (is_ignored(name))
            continue;
        if (kb->templates->len >= TEMPLATES_MAX) {
            kb_problem_add(kb->problems, path, 0, TRUE,
                           "more than %d answers; this and all further ones are left out",
                           TEMPLATES_MAX);
            return FALSE;
        }
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            kb_problem_add(kb->problems, path, 0, FALSE, "folders inside a category are not read");
        else if (g_str_has_suffix(name, ".md"))
            load_file(kb, path);
        else
            kb_problem_add(kb->problems, path, 0, FALSE,
                           "not read: an answer's file name is NAME.LANG.md");
    }
    return TRUE;
}

static gboolean is_category_name(Kb *kb, const char *path, const char *name)
{
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0')
        return TRUE;
    kb_problem_add(kb->problems, path, 0, TRUE,
                   "the folder's name is no category: lower-case letters, digits and - only");
    return FALSE;
}

static void load_all(Kb *kb, const char *dir, const GPtrArray *names)
{
    g_autoptr(GStrvBuilder) categories = g_strv_builder_new();
    gboolean room = TRUE;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(dir, name, NULL);
        if (is_ignored(name))
            continue;
        if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
            if (g_str_has_suffix(name, ".md"))
                kb_problem_add(kb->problems, path, 0, FALSE,
                               "not read: an answer stands in the folder of its category");
        } else if (is_category_name(kb, path, name)) {
            g_strv_builder_add(categories, name);
            room = room && load_category(kb, path);
        }
    }
    kb->categories = g_strv_builder_end(categories);
}

static gint compare_templates(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Template *const *)a)->id, (*(const Template *const *)b)->id);
}

Kb *kb_load(const char *dir, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) names = list_folder(dir, &reason);
    if (!names) {
        g_set_error_literal(error, KB_ERROR, 0, reason->message);
        return NULL;
    }
    Kb *kb = g_new0(Kb, 1);
    kb->dir = g_strdup(dir);
    kb->problems = g_ptr_array_new_with_free_func((GDestroyNotify)kb_problem_free);
    kb->templates = g_ptr_array_new_with_free_func((GDestroyNotify)template_free);
    load_all(kb, dir, names);

    g_ptr_array_sort(kb->templates, compare_templates);
    kb->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < kb->templates->len; i++) {
        Template *template_ = g_ptr_array_index(kb->templates, i);
        g_hash_table_insert(kb->by_id, template_->id, template_);
    }
    kb->index = index_new(kb->templates);
    return kb;
}

void kb_free(Kb *kb)
{
    if (!kb)
        return;
    g_free(kb->dir);
    index_free(kb->index);
    g_hash_table_unref(kb->by_id);
    g_strfreev(kb->categories);
    g_ptr_array_unref(kb->templates);
    g_ptr_array_unref(kb->problems);
    g_free(kb);
}

static void example_free(KbExample *example)
{
    g_free(example->category);
    g_free(example->path);
    g_bytes_unref(example->mail);
    g_free(example);
}

static void read_example(GPtrArray *examples, const char *category, char *path)
{
    gsize length = 0;
    g_autofree char *bytes = read_bounded(path, KB_EXAMPLE_MAX_BYTES, &length);
    if (!bytes || length > KB_EXAMPLE_MAX_BYTES) {
        g_free(path);
        return;
    }
    KbExample *example = g_new(KbExample, 1);
    example->category = g_strdup(category);
    example->path = path;
    example->mail = g_bytes_new(bytes, length);
    g_ptr_array_add(examples, example);
}

/* The files of DIR that end in SUFFIX, sorted. */
static GPtrArray *list_suffix(const char *dir, const char *suffix)
{
    g_autoptr(GPtrArray) names = list_folder(dir, NULL);
    for (guint i = names ? names->len : 0; i-- > 0;) {
        const char *name = g_ptr_array_index(names, i);
        if (name[0] == '.' || !g_str_has_suffix(name, suffix))
            g_ptr_array_remove_index(names, i);
    }
    return names ? g_steal_pointer(&names) : g_ptr_array_new();
}

GPtrArray *kb_read_examples(const Kb *kb)
{
    GPtrArray *examples = g_ptr_array_new_with_free_func((GDestroyNotify)example_free);
    for (guint c = 0; kb->categories[c]; c++) {
        g_autofree char *category = g_build_filename(kb->dir, kb->categories[c], NULL);
        g_autoptr(GPtrArray) folders = list_suffix(category, EXAMPLES_SUFFIX);
        for (guint i = 0; i < folders->len; i++) {
            g_autofree char *folder =
                g_build_filename(category, g_ptr_array_index(folders, i), NULL);
            g_autoptr(GPtrArray) names = list_suffix(folder, ".eml");
            for (guint j = 0; j < names->len && examples->len < KB_EXAMPLES_MAX; j++)
                read_example(examples, kb->categories[c],
                             g_build_filename(folder, g_ptr_array_index(names, j), NULL));
        }
    }
    return examples;
}

const GPtrArray *kb_problems(const Kb *kb)
{
    return kb->problems;
}

const GPtrArray *kb_templates(const Kb *kb)
{
    return kb->templates;
}

const char *const *kb_categories(const Kb *kb)
{
    return (const char *const *)kb->categories;
}

gboolean kb_has_category(const Kb *kb, const char *category)
{
    return g_strv_contains(kb_categories(kb), category);
}

const Template *kb_find(const Kb *kb, const char *id)
{
    return g_hash_table_lookup(kb->by_id, id);
}

KbIndex *kb_index(const Kb *kb, Tokenizer *tokenizer)
{
    index_fill(kb->index, tokenizer);
    return kb->index;
}
