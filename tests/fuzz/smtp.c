/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that an SMTP server says in a session: login, and two mails. */
#include "mail/smtp.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/transport.h"

static void send_one(Smtp *smtp)
{
    g_autoptr(GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\n.x\r\n", 18);
    g_autofree char *response = NULL;
    SmtpResult result =
        smtp_send(smtp, "service@shop.example", "kim@customer.example", mail, &response);
    g_assert_nonnull(response);
    g_assert_true(g_utf8_validate(response, -1, NULL) && !strpbrk(response, "\r\n"));
    g_assert_true(result != SMTP_UNKNOWN || !smtp_alive(smtp));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerSpec) spec = server_spec_new();
    script_set(data, size);
    g_autoptr(Smtp) smtp = smtp_open(spec, "shop.example", &error);
    g_assert_true(!smtp == !!error);
    for (int i = 0; smtp && smtp_alive(smtp) && i < 2; i++)
        send_one(smtp);
    return 0;
}

GPtrArray *fuzz_seeds(void)
{
    return NULL;
}
