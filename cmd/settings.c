/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/settings.h"

#include "cmd/setting.h"
#include "mail/smtp.h"

#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK(erms_settings_error, settings_error)

/* Content filters take their time after the final dot, and a lost reply costs an agent's look; RFC
 * 5321 4.5.3.2.6 says 10 minutes, which a hung server would cost every run. */
#define SMTP_PATIENCE 300

/* What one [mailbox NAME] or [smtp] section says about its server. */
#define SERVER_SETTINGS(type, member)                                                              \
    {"host", SETTING_STRING | SETTING_REQUIRED, G_STRUCT_OFFSET(type, member.host)},               \
        {"port", SETTING_PORT, G_STRUCT_OFFSET(type, member.port)},                                \
        {"tls", SETTING_TLS, G_STRUCT_OFFSET(type, member.tls)},                                   \
        {"ca-file", SETTING_PATH, G_STRUCT_OFFSET(type, member.ca_file)},                          \
        {"auth", SETTING_AUTH, G_STRUCT_OFFSET(type, member.auth)},                                \
        {"user", SETTING_STRING, G_STRUCT_OFFSET(type, member.user)},                              \
        {"idle-timeout", SETTING_SECONDS, G_STRUCT_OFFSET(type, member.idle_seconds)},             \
    {                                                                                              \
        "deadline", SETTING_SECONDS, G_STRUCT_OFFSET(type, member.total_seconds)                   \
    }

/* The sections as they are read, before they become the structs of others. */
typedef struct GeneralSection {
    gboolean sending;
    double max_error;
    char *language;
    char *default_queue;
    guint quiet_seconds;
    guint max_attempts;
    double audit_share;
    guint audit_first;
    guint max_age_seconds;
    double max_back;
    char *operator_addr;
} GeneralSection;

typedef struct MailboxSection {
    ServerSpec server;
    SecretSource secret;
    Mailbox mailbox;
    char **addresses;
    char **authservs;
    gboolean filing;
    guint64 max_bytes;
} MailboxSection;

typedef struct SmtpSection {
    ServerSpec server;
    SecretSource secret;
    char *from;
    char *helo;
} SmtpSection;

typedef struct CategorySection {
    TemplateMode mode;
    char *queue;
    double max_error;
} CategorySection;

typedef struct QueueSection {
    char *folder;
} QueueSection;

typedef struct LookupSection {
    LookupSpec spec;
    char *program;
} LookupSection;

static const Setting general_settings[] = {
    {"sending", SETTING_ON_OFF, G_STRUCT_OFFSET(GeneralSection, sending)},
    {"max-error", SETTING_SHARE, G_STRUCT_OFFSET(GeneralSection, max_error)},
    {"language", SETTING_NAME, G_STRUCT_OFFSET(GeneralSection, language)},
    {"default-queue", SETTING_NAME, G_STRUCT_OFFSET(GeneralSection, default_queue)},
    {"quiet-time", SETTING_SECONDS, G_STRUCT_OFFSET(GeneralSection, quiet_seconds)},
    {"max-attempts", SETTING_COUNT, G_STRUCT_OFFSET(GeneralSection, max_attempts)},
    {"audit-share", SETTING_PART, G_STRUCT_OFFSET(GeneralSection, audit_share)},
    {"audit-first", SETTING_COUNT, G_STRUCT_OFFSET(GeneralSection, audit_first)},
    {"operator", SETTING_STRING, G_STRUCT_OFFSET(GeneralSection, operator_addr)},
    {"max-age", SETTING_SECONDS, G_STRUCT_OFFSET(GeneralSection, max_age_seconds)},
    {"max-written-back", SETTING_PART, G_STRUCT_OFFSET(GeneralSection, max_back)},
    {NULL, 0, 0},
};

static const Setting limits_settings[] = {
    {"address", SETTING_LIMIT, G_STRUCT_OFFSET(Limits, address)},
    {"domain", SETTING_LIMIT, G_STRUCT_OFFSET(Limits, domain)},
    {"content", SETTING_LIMIT, G_STRUCT_OFFSET(Limits, content)},
    {"total", SETTING_LIMIT, G_STRUCT_OFFSET(Limits, total)},
    {"refused", SETTING_LIMIT, G_STRUCT_OFFSET(Limits, refused)},
    {"shared-domains", SETTING_WORDS, G_STRUCT_OFFSET(Limits, shared_domains)},
    {NULL, 0, 0},
};

static const Setting mailbox_settings[] = {
    SERVER_SETTINGS(MailboxSection, server),
    {"password-file", SETTING_PATH, G_STRUCT_OFFSET(MailboxSection, secret.file)},
    {"password-command", SETTING_STRING, G_STRUCT_OFFSET(MailboxSection, secret.command)},
    {"folder", SETTING_FOLDER, G_STRUCT_OFFSET(MailboxSection, mailbox.folder)},
    {"addresses", SETTING_ADDRESSES, G_STRUCT_OFFSET(MailboxSection, addresses)},
    {"authserv-id", SETTING_AUTHSERVS, G_STRUCT_OFFSET(MailboxSection, authservs)},
    {"filing", SETTING_FILING, G_STRUCT_OFFSET(MailboxSection, filing)},
    {"answered-folder", SETTING_FOLDER, G_STRUCT_OFFSET(MailboxSection, mailbox.answered)},
    {"ignored-folder", SETTING_FOLDER, G_STRUCT_OFFSET(MailboxSection, mailbox.ignored)},
    {"unreadable-folder", SETTING_FOLDER, G_STRUCT_OFFSET(MailboxSection, mailbox.unreadable)},
    {"queues-folder", SETTING_PARENT, G_STRUCT_OFFSET(MailboxSection, mailbox.queues)},
    {"sent-folder", SETTING_FOLDER, G_STRUCT_OFFSET(MailboxSection, mailbox.sent)},
    {"max-size", SETTING_BYTES, G_STRUCT_OFFSET(MailboxSection, max_bytes)},
    {NULL, 0, 0},
};

static const Setting smtp_settings[] = {
    SERVER_SETTINGS(SmtpSection, server),
    {"password-file", SETTING_PATH, G_STRUCT_OFFSET(SmtpSection, secret.file)},
    {"password-command", SETTING_STRING, G_STRUCT_OFFSET(SmtpSection, secret.command)},
    {"from", SETTING_STRING | SETTING_REQUIRED, G_STRUCT_OFFSET(SmtpSection, from)},
    {"helo", SETTING_STRING, G_STRUCT_OFFSET(SmtpSection, helo)},
    {NULL, 0, 0},
};

static const Setting category_settings[] = {
    {"mode", SETTING_MODE, G_STRUCT_OFFSET(CategorySection, mode)},
    {"queue", SETTING_NAME, G_STRUCT_OFFSET(CategorySection, queue)},
    {"max-error", SETTING_SHARE, G_STRUCT_OFFSET(CategorySection, max_error)},
    {NULL, 0, 0},
};

static const Setting queue_settings[] = {
    {"folder", SETTING_FOLDER, G_STRUCT_OFFSET(QueueSection, folder)},
    {NULL, 0, 0},
};

static const Setting lookup_settings[] = {
    {"pattern", SETTING_STRING | SETTING_REQUIRED, G_STRUCT_OFFSET(LookupSection, spec.pattern)},
    {"database", SETTING_PATH, G_STRUCT_OFFSET(LookupSection, spec.database)},
    {"query", SETTING_STRING, G_STRUCT_OFFSET(LookupSection, spec.query)},
    {"program", SETTING_STRING, G_STRUCT_OFFSET(LookupSection, program)},
    {"owner", SETTING_NAME | SETTING_REQUIRED, G_STRUCT_OFFSET(LookupSection, spec.owner)},
    {"timeout", SETTING_MILLISECONDS, G_STRUCT_OFFSET(LookupSection, spec.timeout_ms)},
    {NULL, 0, 0},
};

typedef struct Reader {
    SettingFile file;
    Settings *settings;
} Reader;

static gboolean read_general(Reader *reader, const char *group, G_GNUC_UNUSED const char *name,
                             GError **error)
{
    Policy *policy = reader->settings->policy;
    GeneralSection section = {.sending = policy->sending,
                              .max_error = policy->max_error,
                              .language = g_steal_pointer(&policy->language),
                              .default_queue = g_steal_pointer(&policy->default_queue),
                              .quiet_seconds = policy->quiet_seconds,
                              .max_attempts = policy->max_attempts,
                              .audit_share = policy->audit_share,
                              .max_age_seconds = policy->max_age_seconds,
                              .max_back = policy->max_back,
                              .audit_first = policy->audit_first};
    gboolean ok = setting_read(&reader->file, group, general_settings, &section, error);
    policy->sending = section.sending;
    policy->max_error = section.max_error;
    policy->language = section.language;
    policy->default_queue = section.default_queue;
    policy->quiet_seconds = section.quiet_seconds;
    policy->max_attempts = section.max_attempts;
    policy->audit_share = section.audit_share;
    policy->audit_first = section.audit_first;
    policy->max_age_seconds = section.max_age_seconds;
    policy->max_back = section.max_back;
    g_free(policy->operator_addr);
    policy->operator_addr =
        section.operator_addr ? g_ascii_strdown(section.operator_addr, -1) : NULL;
    g_free(section.operator_addr);
    return ok;
}

static gboolean read_limits(Reader *reader, const char *group, G_GNUC_UNUSED const char *name,
                            GError **error)
{
    return setting_read(&reader->file, group, limits_settings, &reader->settings->policy->limits,
                        error);
}

static gboolean check_secret(Reader *reader, const char *group, const SecretSource *secret,
                             const ServerSpec *spec, GError **error)
{
    if (spec->auth == AUTH_NONE)
        return TRUE;
    if (!spec->user)
        return setting_error(&reader->file, group, "user", "is missing", error);
    if (!secret->file == !secret->command)
        return setting_error(&reader->file, group, "password-file",
                             "give exactly one of password-file and password-command", error);
    return TRUE;
}

static void secret_source_free(SecretSource *source)
{
    g_free(source->file);
    g_free(source->command);
    g_free(source);
}

static gboolean finish_mailbox(Reader *reader, const char *group, MailboxSection *section,
                               GError **error)
{
    Settings *settings = reader->settings;
    Mailbox *mailbox = g_ptr_array_index(settings->mailboxes, settings->mailboxes->len - 1);
    SecretSource *secret =
        g_ptr_array_index(settings->mailbox_secrets, settings->mailbox_secrets->len - 1);
    ServerSpec *server = mailbox->server;
    char *server_name = g_steal_pointer(&server->name);
    *server = section->server;
    server->name = server_name;
    if (!server->port)
        server->port = server->tls == TLS_IMPLICIT ? 993 : 143;
    *secret = section->secret;
    section->mailbox.name = mailbox->name;
    section->mailbox.server = server;
    *mailbox = section->mailbox;
    mailbox->keywords = section->filing;
    mailbox->max_bytes = (guint32)MIN(section->max_bytes, G_MAXUINT32);

    GStrvBuilder *addresses = g_strv_builder_new();
    g_strv_builder_addv(addresses, (const char **)settings->policy->addresses);
    if (section->addresses)
        g_strv_builder_addv(addresses, (const char **)section->addresses);
    g_strfreev(settings->policy->addresses);
    settings->policy->addresses = g_strv_builder_end(addresses);
    g_strv_builder_unref(addresses);
    g_strfreev(section->addresses);
    if (section->authservs)
        g_hash_table_replace(settings->policy->authservs, g_strdup(mailbox->name),
                             section->authservs);
    return check_secret(reader, group, secret, server, error);
}

static gboolean read_mailbox(Reader *reader, const char *group, const char *name, GError **error)
{
    Mailbox *mailbox = mailbox_new();
    mailbox->name = g_strdup(name);
    mailbox->server->name = g_strdup_printf("[%s]", group);
    mailbox->server->port = 0;
    g_ptr_array_add(reader->settings->mailboxes, mailbox);
    g_ptr_array_add(reader->settings->mailbox_secrets, g_new0(SecretSource, 1));
    MailboxSection section = {
        .server = *mailbox->server, .mailbox = *mailbox, .max_bytes = mailbox->max_bytes};
    gboolean ok = setting_read(&reader->file, group, mailbox_settings, &section, error);
    g_autoptr(GError) late = NULL;
    if (!finish_mailbox(reader, group, &section, ok ? error : &late))
        ok = FALSE;
    return ok;
}

static gboolean set_from(Reader *reader, const char *group, const char *from, GError **error)
{
    Policy *policy = reader->settings->policy;
    const char *open = strrchr(from, '<');
    g_autofree char *address = NULL;
    if (open && g_str_has_suffix(from, ">")) {
        g_autofree char *name = g_strndup(from, open - from);
        g_strstrip(name);
        gsize length = strlen(name);
        gboolean quoted = length >= 2 && name[0] == '"' && name[length - 1] == '"';
        policy->from_name = quoted ? g_strndup(name + 1, length - 2) : g_strdup(name);
        address = g_strndup(open + 1, strlen(open) - 2);
    } else {
        address = g_strdup(from);
    }
    policy->from_addr = g_ascii_strdown(address, -1);
    return smtp_address_ok(policy->from_addr) ||
           setting_error(&reader->file, group, "from", "holds no usable address", error);
}

static gboolean read_smtp(Reader *reader, const char *group, G_GNUC_UNUSED const char *name,
                          GError **error)
{
    Settings *settings = reader->settings;
    settings->smtp = server_spec_new();
    settings->smtp->name = g_strdup("[smtp]");
    settings->smtp->port = 0;
    settings->smtp->idle_seconds = SMTP_PATIENCE;
    SmtpSection section = {.server = *settings->smtp};
    gboolean ok = setting_read(&reader->file, group, smtp_settings, &section, error);
    *settings->smtp = section.server;
    if (!settings->smtp->port)
        settings->smtp->port = settings->smtp->tls == TLS_IMPLICIT ? 465 : 587;
    settings->smtp_secret = section.secret;
    g_free(settings->helo_name);
    settings->helo_name = section.helo;
    ok = ok && check_secret(reader, group, &settings->smtp_secret, settings->smtp, error) &&
         set_from(reader, group, section.from, error);
    g_free(section.from);
    return ok;
}

static gboolean read_category(Reader *reader, const char *group, const char *name, GError **error)
{
    CategorySection section = {.mode = TEMPLATE_SUGGEST};
    gboolean ok = setting_read(&reader->file, group, category_settings, &section, error);
    CategoryPolicy *category = policy_category(reader->settings->policy, name);
    category->mode = section.mode;
    category->queue = section.queue;
    category->max_error = section.max_error;
    return ok;
}

static gboolean read_queue(Reader *reader, const char *group, const char *name, GError **error)
{
    QueueSection section = {NULL};
    gboolean ok = setting_read(&reader->file, group, queue_settings, &section, error);
    GPtrArray *mailboxes = reader->settings->mailboxes;
    for (guint i = 0; ok && section.folder && i < mailboxes->len; i++) {
        Mailbox *mailbox = g_ptr_array_index(mailboxes, i);
        g_hash_table_insert(mailbox->folders, g_strdup(name), g_strdup(section.folder));
    }
    g_free(section.folder);
    return ok;
}

static gboolean read_lookup(Reader *reader, const char *group, const char *name, GError **error)
{
    LookupSpec *spec = lookup_spec_new();
    spec->name = g_strdup(name);
    g_ptr_array_add(reader->settings->lookups, spec);
    LookupSection section = {.spec = *spec};
    gboolean ok = setting_read(&reader->file, group, lookup_settings, &section, error);
    *spec = section.spec;
    if (ok && section.program) {
        g_autoptr(GError) local = NULL;
        if (!g_shell_parse_argv(section.program, NULL, &spec->program, &local))
            ok = setting_error(&reader->file, group, "program", local->message, error);
    }
    g_free(section.program);
    return ok;
}

/* [company] is free: every key is a place {{company.KEY}}. */
static gboolean read_company(Reader *reader, const char *group, G_GNUC_UNUSED const char *name,
                             GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(reader->file.keys, group, NULL, NULL);
    for (guint i = 0; keys && keys[i]; i++) {
        g_autoptr(GError) local = NULL;
        g_autofree char *value = g_key_file_get_string(reader->file.keys, group, keys[i], &local);
        if (local)
            return setting_error(&reader->file, group, keys[i], local->message, error);
        g_hash_table_insert(reader->settings->policy->company,
                            g_strconcat("company.", keys[i], NULL),
                            g_strstrip(g_steal_pointer(&value)));
    }
    return TRUE;
}

/* Order matters: queues come after the mailboxes whose folders they name. */
static const struct {
    const char *kind;
    gboolean named; /* "[kind NAME]" */
    const Setting *settings;
    gboolean (*read)(Reader *reader, const char *group, const char *name, GError **error);
} sections[] = {
    {"general", FALSE, general_settings, read_general},
    {"limits", FALSE, limits_settings, read_limits},
    {"company", FALSE, NULL, read_company},
    {"mailbox", TRUE, mailbox_settings, read_mailbox},
    {"smtp", FALSE, smtp_settings, read_smtp},
    {"category", TRUE, category_settings, read_category},
    {"queue", TRUE, queue_settings, read_queue},
    {"lookup", TRUE, lookup_settings, read_lookup},
};

/* The row of sections[] that GROUP belongs to, or -1; *NAME points into GROUP. */
static int section_of(const char *group, const char **name)
{
    for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
        gsize length = strlen(sections[i].kind);
        if (strncmp(group, sections[i].kind, length) != 0)
            continue;
        *name = group + length;
        if (sections[i].named ? **name == ' ' && *++*name : !**name)
            return (int)i;
    }
    return -1;
}

static gboolean check_groups(Reader *reader, char **groups, GError **error)
{
    for (guint i = 0; groups[i]; i++) {
        const char *name = "";
        int section = section_of(groups[i], &name);
        if (section < 0)
            return setting_error(
                &reader->file, groups[i], NULL,
                "is no section of erms.conf; there are [general] [limits] [company] [smtp] "
                "[mailbox NAME] [category NAME] [queue NAME] [lookup NAME]",
                error);
        if (sections[section].named && !setting_is_name(name))
            return setting_error(&reader->file, groups[i], NULL,
                                 "a name has lower-case letters, digits and hyphens only", error);
    }
    return TRUE;
}

static gboolean read_sections(Reader *reader, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(reader->file.keys, NULL);
    if (!check_groups(reader, groups, error))
        return FALSE;
    for (guint s = 0; s < G_N_ELEMENTS(sections); s++)
        for (guint i = 0; groups[i]; i++) {
            const char *name = "";
            if (section_of(groups[i], &name) == (int)s &&
                !sections[s].read(reader, groups[i], name, error))
                return FALSE;
        }
    return TRUE;
}

/* What needs more than one section to be judged. */
static gboolean check_whole(Reader *reader, GError **error)
{
    Settings *settings = reader->settings;
    Policy *policy = settings->policy;
    if (settings->mailboxes->len == 0)
        return setting_error(&reader->file, "mailbox NAME", NULL, "is missing: no mailbox to read",
                             error);
    if (!settings->smtp && policy->sending)
        return setting_error(&reader->file, "general", "sending", "is on, but there is no [smtp]",
                             error);
    if (!policy->from_addr)
        policy->from_addr =
            g_strdup(policy->addresses[0] ? policy->addresses[0] : "support@localhost.invalid");
    if (policy->operator_addr && !smtp_address_ok(policy->operator_addr)) {
        g_autofree char *text = g_strdup_printf(
            "'%s' is not one bare address such as boss@example.org", policy->operator_addr);
        return setting_error(&reader->file, "general", "operator", text, error);
    }
    /* It would come back to us as a customer's mail. */
    if (policy_is_ours(policy, policy->operator_addr))
        return setting_error(&reader->file, "general", "operator",
                             "is one of our own addresses: nobody would read it", error);
    if (!settings->helo_name)
        settings->helo_name = g_strdup(strchr(policy->from_addr, '@') + 1);
    return TRUE;
}

Settings *settings_load(const char *home, const char *path, GError **error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) local = NULL;
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, &local) ||
        !g_key_file_load_from_data(keys, text, length, G_KEY_FILE_NONE, &local)) {
        g_set_error(error, SETTINGS_ERROR, 0, "%s: %s", path, local->message);
        return NULL;
    }
    if (strlen(text) != length) {
        g_set_error(error, SETTINGS_ERROR, 0, "%s: has a zero byte", path);
        return NULL;
    }
    g_autoptr(Settings) settings = g_new0(Settings, 1);
    settings->home = g_strdup(home);
    settings->policy = policy_new();
    settings->mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify)mailbox_free);
    settings->mailbox_secrets = g_ptr_array_new_with_free_func((GDestroyNotify)secret_source_free);
    settings->lookups = g_ptr_array_new_with_free_func((GDestroyNotify)lookup_spec_free);
    Reader reader = {.file = {.keys = keys, .home = home}, .settings = settings};
    if (!setting_check_lines(&reader.file, text, error) || !read_sections(&reader, error) ||
        !check_whole(&reader, error))
        return NULL;
    return g_steal_pointer(&settings);
}

void settings_free(Settings *settings)
{
    if (!settings)
        return;
    g_free(settings->home);
    policy_free(settings->policy);
    g_ptr_array_unref(settings->mailboxes);
    g_ptr_array_unref(settings->mailbox_secrets);
    server_spec_free(settings->smtp);
    g_free(settings->smtp_secret.file);
    g_free(settings->smtp_secret.command);
    g_free(settings->helo_name);
    g_ptr_array_unref(settings->lookups);
    g_free(settings);
}

GPtrArray *settings_names(void)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint s = 0; s < G_N_ELEMENTS(sections); s++)
        for (const Setting *setting = sections[s].settings; setting && setting->key; setting++)
            g_ptr_array_add(names, g_strconcat(sections[s].kind, ".", setting->key, NULL));
    return names;
}
