/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/policy.h"

static void category_policy_free(CategoryPolicy *category)
{
    g_free(category->name);
    g_free(category->queue);
    g_free(category);
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
    policy->limits.shared_domains = g_new0(char *, 1);
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
