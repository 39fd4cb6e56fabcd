/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: erms.conf as data. The only file that reads the configuration; everybody else gets
 * plain structs (Mailbox, ServerSpec, Policy, LookupSpec). To add a setting: a row in the table of
 * its section (settings.c), the member it fills, a paragraph in doc/erms.conf.5 and a line in
 * doc/starter/erms.conf; a test remembers the last two.
 */
#pragma once

#include "kb/lookup.h"
#include "pipeline/mailbox.h"
#include "pipeline/policy.h"

#define SETTINGS_ERROR (settings_error_quark())
GQuark settings_error_quark(void); /* code 0: what the text says, with section and key */

/* Where the secret of a server comes from. */
typedef struct SecretSource {
    char *file;    /* must not be readable by others */
    char *command; /* split like a shell would, run without one; first line of its output */
} SecretSource;

typedef struct Settings {
    char *home;
    Policy *policy;
    GPtrArray *mailboxes;       /* of Mailbox */
    GPtrArray *mailbox_secrets; /* of SecretSource, same order */
    ServerSpec *smtp;           /* NULL: no [smtp] section */
    SecretSource smtp_secret;
    char *helo_name;
    GPtrArray *lookups; /* of LookupSpec */
} Settings;

/* Reads PATH. Relative paths in it are relative to HOME. */
Settings *settings_load(const char *home, const char *path, GError **error);
void settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)

/* Fetches the secret of SPEC from its source, if it has none yet. */
gboolean settings_secret(const Settings *settings, const SecretSource *source, ServerSpec *spec,
                         GError **error);
/* All secrets: of every mailbox and of the SMTP server. */
gboolean settings_secrets(Settings *settings, GError **error);

/* Every setting as "section.key", e.g. "mailbox.host" (GPtrArray of char*, owned): for the test
 * that each is in the manual. */
GPtrArray *settings_names(void);
