/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setting: one key of erms.conf by a table row: what kind of value, where it goes. Unknown keys are
 * errors, with the nearest known one named. Not here: which settings there are (settings.c).
 */
#pragma once

#include <glib.h>

typedef enum {
    SETTING_STRING,       /* char * */
    SETTING_NAME,         /* char *, lower-case letters, digits, hyphens, underscores */
    SETTING_PATH,         /* char *, relative to the home */
    SETTING_FOLDER,       /* char *, an IMAP folder */
    SETTING_PARENT,       /* char *, an IMAP folder; empty: none */
    SETTING_ADDRESSES,    /* char **, separated by comma, semicolon or space; made lower case */
    SETTING_WORDS,        /* char **, separated by comma, semicolon or space */
    SETTING_AUTHSERVS,    /* char **, the same, at least one, each fit to be an authserv-id */
    SETTING_PORT,         /* guint16 */
    SETTING_COUNT,        /* guint, 1..1,000,000 */
    SETTING_SECONDS,      /* guint: 90, 90s, 15m, 24h, 7d */
    SETTING_LIMIT,        /* Limit: "5 in 7d", or "none", which keeps the time that was there */
    SETTING_MILLISECONDS, /* guint: 500ms, 2s */
    SETTING_BYTES,        /* guint64: 25M, 512K */
    SETTING_SHARE,        /* double, 0 < x < 1; also "1 %" */
    SETTING_PART,         /* double, 0 <= x <= 1; also "0 %" */
    SETTING_ON_OFF,       /* gboolean */
    SETTING_TLS,          /* TlsMode: imaps/smtps/on, starttls, none */
    SETTING_AUTH,         /* AuthMode: login, xoauth2, none */
    SETTING_MODE,         /* TemplateMode: off, suggest, auto */
    SETTING_FILING,       /* gboolean: move FALSE, keywords TRUE */
    SETTING_REQUIRED = 1 << 8, /* to be or-ed to one of the above */
} SettingKind;

typedef struct Setting {
    const char *key;
    guint kind;   /* SettingKind */
    gsize offset; /* in the section's struct */
} Setting;

typedef struct SettingFile {
    GKeyFile *keys;
    const char *home;
} SettingFile;

/* Looks at the lines of TEXT, the whole file, for what GKeyFile would take in silence: a section or
 * a key that stands twice, where the later one would win, and keys with a language. */
gboolean setting_check_lines(const SettingFile *file, const char *text, GError **error);
/* Reads all keys of GROUP into SECTION by TABLE (ends with key NULL). What is not given keeps its
 * value; a string that was there is freed. */
gboolean setting_read(const SettingFile *file, const char *group, const Setting *table,
                      gpointer section, GError **error);
/* Sets "erms.conf: [group] key: text" (KEY may be NULL), with a hint if the value ends in what
 * looks like a comment; returns FALSE. */
gboolean setting_error(const SettingFile *file, const char *group, const char *key,
                       const char *text, GError **error);
gboolean setting_is_name(const char *name);
