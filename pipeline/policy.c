/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/policy.h"

#include <string.h>

static void category_policy_free(CategoryPolicy *category)
{
    g_free(category->name);
    g_free(category->queue);
    g_free(category);
}

#define HOUR (60 * 60)
#define DAY (24 * HOUR)

/* The large mail providers of Europe and the world; [limits] shared-domains takes their place. */
static const char *const shared_domains[] = {
    "gmail.com",      "googlemail.com", "outlook.com",     "outlook.de",  "hotmail.com",
    "hotmail.de",     "live.com",       "live.de",         "msn.com",     "yahoo.com",
    "yahoo.de",       "ymail.com",      "icloud.com",      "me.com",      "mac.com",
    "aol.com",        "gmx.de",         "gmx.net",         "gmx.at",      "gmx.ch",
    "gmx.com",        "web.de",         "t-online.de",     "freenet.de",  "mail.de",
    "email.de",       "posteo.de",      "mailbox.org",     "arcor.de",    "1und1.de",
    "kabelmail.de",   "vodafone.de",    "vodafonemail.de", "o2mail.de",   "online.de",
    "magenta.de",     "a1.net",         "aon.at",          "chello.at",   "bluewin.ch",
    "hispeed.ch",     "sunrise.ch",     "orange.fr",       "wanadoo.fr",  "free.fr",
    "laposte.net",    "sfr.fr",         "libero.it",       "virgilio.it", "tiscali.it",
    "hotmail.it",     "hotmail.fr",     "hotmail.co.uk",   "yahoo.fr",    "yahoo.it",
    "yahoo.es",       "yahoo.co.uk",    "btinternet.com",  "sky.com",     "ziggo.nl",
    "kpnmail.nl",     "telenet.be",     "skynet.be",       "wp.pl",       "o2.pl",
    "onet.pl",        "interia.pl",     "seznam.cz",       "centrum.cz",  "mail.ru",
    "yandex.ru",      "ukr.net",        "qq.com",          "163.com",     "proton.me",
    "protonmail.com", "pm.me",          "tutanota.com",    "tuta.io",     "fastmail.com",
    "zoho.com",       "comcast.net",    "verizon.net",     "att.net",     NULL,
};

/* "24h", as it is usually written, not "1d". */
static char *span_text(guint span)
{
    static const struct {
        guint seconds;
        char unit;
    } units[] = {{DAY, 'd'}, {HOUR, 'h'}, {60, 'm'}, {1, 's'}};
    guint i = 0;
    while (span % units[i].seconds || (i == 0 && span == DAY))
        i++;
    return g_strdup_printf("%u%c", span / units[i].seconds, units[i].unit);
}

char *limit_text(const Limit *limit)
{
    g_autofree char *span = span_text(limit->seconds);
    return limit->count ? g_strdup_printf("%u in %s", limit->count, span) : g_strdup("none");
}

char *limit_fill(const Limit *limit, guint count)
{
    g_autofree char *span = span_text(limit->seconds);
    g_autofree char *text = limit_text(limit);
    return limit->count ? g_strdup_printf("%u, limit %s", count, text)
                        : g_strdup_printf("%u in %s, no limit", count, span);
}

Policy *policy_new(void)
{
    Policy *policy = g_new0(Policy, 1);
    policy->max_error = 0.01;
    policy->language = g_strdup("de");
    policy->default_queue = g_strdup("general");
    policy->quiet_seconds = 24 * 60 * 60;
    policy->max_attempts = 5;
    policy->audit_share = 0.05;
    policy->audit_first = 20;
    policy->categories =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)category_policy_free);
    policy->company = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    policy->addresses = g_new0(char *, 1);
    policy->authservs =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
    policy->max_age_seconds = 7 * 24 * 60 * 60;
    policy->max_back = 0.5;
    policy->limits = (Limits){.address = {5, 7 * DAY},
                              .domain = {20, DAY},
                              .content = {20, DAY},
                              .total = {300, HOUR},
                              .refused = {10, HOUR},
                              .shared_domains = g_strdupv((char **)shared_domains)};
    return policy;
}

void policy_free(Policy *policy)
{
    if (!policy)
        return;
    g_free(policy->language);
    g_free(policy->default_queue);
    g_hash_table_unref(policy->categories);
    g_hash_table_unref(policy->company);
    g_strfreev(policy->addresses);
    g_hash_table_unref(policy->authservs);
    g_strfreev(policy->limits.shared_domains);
    g_free(policy->operator_addr);
    g_free(policy->from_name);
    g_free(policy->from_addr);
    g_free(policy);
}

const char *policy_footer(const Policy *policy, const char *language)
{
    g_autofree char *key = g_strconcat("company.automatic_", language, NULL);
    return g_hash_table_lookup(policy->company, key);
}

gboolean policy_is_ours(const Policy *policy, const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;
    const char *plus = address ? strchr(address, '+') : NULL;
    if (!address)
        return FALSE;
    g_autofree char *bare = at && plus && plus < at
                                ? g_strdup_printf("%.*s%s", (int)(plus - address), address, at)
                                : g_strdup(address);
    const char *const *own = (const char *const *)policy->addresses;
    return g_strv_contains(own, address) || g_strv_contains(own, bare) ||
           g_strcmp0(policy->from_addr, address) == 0 || g_strcmp0(policy->from_addr, bare) == 0;
}

TemplateMode policy_mode(const Policy *policy, const char *category)
{
    const CategoryPolicy *entry =
        category ? g_hash_table_lookup(policy->categories, category) : NULL;
    return entry ? entry->mode : TEMPLATE_SUGGEST;
}

const char *policy_queue(const Policy *policy, const char *category)
{
    const CategoryPolicy *entry =
        category ? g_hash_table_lookup(policy->categories, category) : NULL;
    return entry && entry->queue ? entry->queue : policy->default_queue;
}

double policy_max_error(const Policy *policy, const char *category)
{
    const CategoryPolicy *entry =
        category ? g_hash_table_lookup(policy->categories, category) : NULL;
    return entry && entry->max_error > 0 ? entry->max_error : policy->max_error;
}

CategoryPolicy *policy_category(Policy *policy, const char *category)
{
    CategoryPolicy *entry = g_hash_table_lookup(policy->categories, category);
    if (!entry) {
        entry = g_new0(CategoryPolicy, 1);
        entry->name = g_strdup(category);
        entry->mode = TEMPLATE_SUGGEST;
        g_hash_table_insert(policy->categories, entry->name, entry);
    }
    return entry;
}
