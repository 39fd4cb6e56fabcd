/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/nearest.h"

#include <string.h>

static const char *const names[] = {"draft", "approved", "retired", "off", NULL};

static void test_nearest(void)
{
    g_assert_cmpstr(nearest_name("aproved", names), ==, "approved");
    g_assert_cmpstr(nearest_name("Draft", names), ==, "draft");
    g_assert_cmpstr(nearest_name("reitred", names), ==, "retired");
    g_assert_cmpstr(nearest_name("drafts", names), ==, "draft");
    g_assert_null(nearest_name("published", names));
    g_assert_null(nearest_name("x", names)); /* everything short is near to it */
    g_assert_null(nearest_name("", names));
}

static void test_long(void)
{
    g_autofree char *word = g_strnfill(100000, 'a');
    g_assert_null(nearest_name(word, names));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nearest/nearest", test_nearest);
    g_test_add_func("/nearest/long", test_long);
    return g_test_run();
}
