/* SPDX-License-Identifier: Apache-2.0 */
/* Table: columns for people, cut to the width of the terminal; colours only on one. */
#pragma once

#include <glib.h>
#include <stdio.h>

typedef struct Table Table;
/* HEADINGS ends with NULL. A column whose heading begins with '>' is right-aligned. */
Table *table_new(const char *const *headings);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)
/* As many strings as there are headings; NULL is shown as nothing. Control characters are dropped:
 * mail cannot talk to the terminal. */
void table_add(Table *table, ...);
guint table_rows(const Table *table);
/* To stdout; nothing when there are no rows. */
void table_print(const Table *table);

/* TEXT with control characters made spaces, for printing to a terminal. New string. */
char *terminal_safe(const char *text);
/* The same, but lines stay. */
char *terminal_safe_lines(const char *text);
/* One line, made so, and its end, to OUT: for what holds words of a mail, a server or a file. */
void print_safe(FILE *out, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* "2026-11-22 15:04" in local time; "" for 0. New string. */
char *format_time(gint64 seconds);
