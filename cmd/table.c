/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NARROWEST 8 /* a column is not cut below this */

struct Table {
    guint columns;
    char **headings;
    GPtrArray *rows; /* of char **, `columns` strings */
};

static char *safe(const char *text, gboolean keep_lines)
{
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    GString *out = g_string_new(NULL);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);
        if (c == '\n' && keep_lines)
            g_string_append_c(out, '\n');
        else if (type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR ||
                 type == G_UNICODE_PARAGRAPH_SEPARATOR)
            g_string_append_c(out, ' ');
        else if (type != G_UNICODE_FORMAT) /* bidi overrides, zero width */
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

char *terminal_safe(const char *text)
{
    return safe(text, FALSE);
}

char *terminal_safe_lines(const char *text)
{
    return safe(text, TRUE);
}

void print_safe(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *line = terminal_safe(text);
    fprintf(out, "%s\n", line);
}

char *format_time(gint64 seconds)
{
    if (seconds == 0)
        return g_strdup("");
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(seconds);
    return g_date_time_format(time, "%Y-%m-%d %H:%M");
}

Table *table_new(const char *const *headings)
{
    Table *table = g_new0(Table, 1);
    table->headings = g_strdupv((char **)headings);
    table->columns = g_strv_length(table->headings);
    table->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    return table;
}

void table_free(Table *table)
{
    if (!table)
        return;
    g_strfreev(table->headings);
    g_ptr_array_unref(table->rows);
    g_free(table);
}

void table_add(Table *table, ...)
{
    char **row = g_new0(char *, table->columns + 1);
    va_list args;
    va_start(args, table);
    for (guint i = 0; i < table->columns; i++)
        row[i] = terminal_safe(va_arg(args, const char *));
    va_end(args);
    g_ptr_array_add(table->rows, row);
}

guint table_rows(const Table *table)
{
    return table->rows->len;
}

static guint char_width(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

static guint text_width(const char *text)
{
    guint width = 0;
    for (; *text; text = g_utf8_next_char(text))
        width += char_width(g_utf8_get_char(text));
    return width;
}

/* TEXT in exactly WIDTH columns, cut with an ellipsis. */
static void print_cell(const char *text, guint width, gboolean right, gboolean last)
{
    guint need = text_width(text);
    if (need <= width) {
        if (right)
            printf("%*s", (int)(width - need), "");
        fputs(text, stdout);
        if (!right && !last)
            printf("%*s", (int)(width - need), "");
        return;
    }
    guint used = 0;
    for (const char *p = text; used + char_width(g_utf8_get_char(p)) < width;
         p = g_utf8_next_char(p)) {
        used += char_width(g_utf8_get_char(p));
        printf("%.*s", (int)(g_utf8_next_char(p) - p), p);
    }
    fputs("…", stdout);
    if (!last)
        printf("%*s", (int)(width - used - 1), "");
}

/* The width of the terminal; 0: no terminal, do not cut. */
static guint terminal_width(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

static void shrink(guint *widths, guint columns, guint total)
{
    for (;;) {
        guint sum = 2 * (columns - 1), widest = 0;
        for (guint i = 0; i < columns; i++) {
            sum += widths[i];
            if (widths[i] > widths[widest])
                widest = i;
        }
        if (sum <= total || widths[widest] <= NARROWEST)
            return;
        widths[widest] -= MIN(sum - total, widths[widest] - NARROWEST > 8 ? 4 : 1);
    }
}

static const char *heading_text(const char *heading)
{
    return *heading == '>' ? heading + 1 : heading;
}

void table_print(const Table *table)
{
    if (table->rows->len == 0)
        return;
    g_autofree guint *widths = g_new0(guint, table->columns);
    for (guint c = 0; c < table->columns; c++) {
        widths[c] = text_width(heading_text(table->headings[c]));
        for (guint r = 0; r < table->rows->len; r++) {
            char **row = g_ptr_array_index(table->rows, r);
            widths[c] = MAX(widths[c], text_width(row[c]));
        }
    }
    guint total = terminal_width();
    if (total)
        shrink(widths, table->columns, total);
    for (guint r = 0; r <= table->rows->len; r++) {
        char **row = r ? g_ptr_array_index(table->rows, r - 1) : table->headings;
        if (r == 0 && total)
            fputs("\033[1m", stdout);
        for (guint c = 0; c < table->columns; c++) {
            print_cell(r ? row[c] : heading_text(row[c]), widths[c], *table->headings[c] == '>',
                       c + 1 == table->columns);
            if (c + 1 < table->columns)
                fputs("  ", stdout);
        }
        fputs(r == 0 && total ? "\033[0m\n" : "\n", stdout);
    }
}
