/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that an IMAP server says in a session, from the greeting on: the commands of a run. */
#include "mail/imap.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/transport.h"

static gboolean on_mail(guint32 uid, GBytes *raw, gpointer data)
{
    g_assert_true(uid == 2 || uid == 3 || uid == 7);
    *(gsize *)data += g_bytes_get_size(raw);
    return TRUE;
}

static void check_list(const GArray *entries)
{
    for (guint i = 1; i < entries->len; i++)
        g_assert_cmpuint(g_array_index(entries, ImapEntry, i - 1).uid, <,
                         g_array_index(entries, ImapEntry, i).uid);
}

static void check_moved(const GArray *moved)
{
    for (guint i = 0; i < moved->len; i++) {
        guint32 from = g_array_index(moved, ImapMoved, i).from;
        g_assert_true(from == 2 || from == 3 || from == 7);
    }
}

static void run(Imap *imap)
{
    static const guint32 numbers[] = {2, 3, 7};
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GBytes) mail = g_bytes_new_static("Subject: x\n\nx\n", 14);
    gsize bytes = 0;
    ImapFolder folder;
    g_array_append_vals(uids, numbers, G_N_ELEMENTS(numbers));
    if (!imap_select(imap, "INBOX", FALSE, &folder, NULL))
        return;
    g_autoptr(GArray) entries = imap_list(imap, 1, NULL);
    if (entries)
        check_list(entries);
    imap_fetch(imap, uids, 0, on_mail, &bytes, NULL);
    imap_folder_ensure(imap, "Queues/Zo\303\253", NULL);
    g_autoptr(GArray) moved = imap_move(imap, uids, "Answered", NULL);
    if (moved)
        check_moved(moved);
    imap_add_keyword(imap, uids, "erms-answered", TRUE, NULL);
    imap_remove_keyword(imap, uids, "erms-ignored", NULL);
    imap_append(imap, "Sent", mail, NULL);
}

/* What the library forgets to free is bounded by the bytes that it may read. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libetpan.so";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerSpec) spec = server_spec_new();
    spec->max_bytes = 1024 * 1024;
    script_set(data, size);
    g_autoptr(Imap) imap = imap_open(spec, &error);
    g_assert_true(!imap == !!error);
    if (imap)
        run(imap);
    return 0;
}

GPtrArray *fuzz_seeds(void)
{
    return NULL;
}
