/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/nearest.h"

#include <string.h>

#define LONGEST 64
#define FARTHEST 2

/* Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966. */
static guint distance(const char *a, const char *b)
{
    guint row[LONGEST + 1];
    const gsize n = strlen(b);
    for (gsize j = 0; j <= n; j++)
        row[j] = (guint)j;
    for (gsize i = 0; a[i]; i++) {
        guint diagonal = row[0];
        row[0] = (guint)i + 1;
        for (gsize j = 0; j < n; j++) {
            const guint changed = diagonal + (g_ascii_tolower(a[i]) != g_ascii_tolower(b[j]));
            diagonal = row[j + 1];
            row[j + 1] = MIN(changed, MIN(row[j], diagonal) + 1);
        }
    }
    return row[n];
}

const char *nearest_name(const char *word, const char *const *names)
{
    const char *best = NULL;
    guint best_distance = FARTHEST + 1;
    if (strlen(word) > LONGEST)
        return NULL;
    for (; *names; names++) {
        if (strlen(*names) > LONGEST)
            continue;
        const guint d = distance(word, *names);
        if (d < best_distance && d < strlen(word)) {
            best_distance = d;
            best = *names;
        }
    }
    return best;
}
