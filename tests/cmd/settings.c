/* SPDX-License-Identifier: Apache-2.0 */
/* erms.conf: what it means, and what is said about each mistake in it. */
#include "cmd/settings.h"

#include "tests/kb/folder.h"

#include <math.h>
#include <string.h>

#define MAILBOX "[mailbox support]\nhost=imap.example\nuser=u\npassword-file=pw\n"
#define SMTP                                                                                       \
    "[smtp]\nhost=smtp.example\nuser=u\npassword-file=pw\nfrom=Shop <Service@Shop.example>\n"
#define LOOKUP "[lookup order]\npattern=x\nowner=email\n"

static Settings *load(const Folder *home, const char *text, GError **error)
{
    g_autofree char *path = folder_path(home, "erms.conf");
    folder_write(home, "erms.conf", text);
    return settings_load(home->path, path, error);
}

static Settings *good(const Folder *home, const char *text)
{
    g_autoptr(GError) error = NULL;
    Settings *settings = load(home, text, &error);
    g_assert_no_error(error);
    return settings;
}

static const Mailbox *mailbox_at(const Settings *settings, guint i)
{
    return g_ptr_array_index(settings->mailboxes, i);
}

static void expect_limit(const Limit *limit, const char *text)
{
    g_autofree char *got = limit_text(limit);
    g_assert_cmpstr(got, ==, text);
}

static void test_defaults(void)
{
    g_autoptr(Folder) home = folder_new();
    g_autoptr(Settings) settings = good(home, MAILBOX SMTP);
    const Policy *policy = settings->policy;
    g_assert_false(policy->sending);
    g_assert_cmpfloat(policy->max_error, ==, 0.01);
    g_assert_cmpstr(policy->language, ==, "de");
    g_assert_cmpstr(policy->default_queue, ==, "general");
    g_assert_cmpuint(policy->quiet_seconds, ==, 86400);
    g_assert_cmpuint(policy->max_attempts, ==, 5);
    g_assert_cmpfloat(policy->audit_share, ==, 0.05);
    g_assert_cmpuint(policy->audit_first, ==, 20);
    g_assert_cmpuint(g_strv_length(policy->addresses), ==, 0);
    g_assert_null(policy->operator_addr);
    expect_limit(&policy->limits.address, "5 in 7d");
    expect_limit(&policy->limits.domain, "20 in 24h");
    expect_limit(&policy->limits.content, "20 in 24h");
    expect_limit(&policy->limits.total, "300 in 1h");
    expect_limit(&policy->limits.refused, "10 in 1h");
    g_assert_true(
        g_strv_contains((const char *const *)policy->limits.shared_domains, "t-online.de"));
    g_assert_cmpint(policy_mode(policy, "anything"), ==, TEMPLATE_SUGGEST);

    const Mailbox *mailbox = mailbox_at(settings, 0);
    g_assert_cmpstr(mailbox->name, ==, "support");
    g_assert_cmpstr(mailbox->folder, ==, "INBOX");
    g_assert_false(mailbox->keywords);
    g_assert_cmpstr(mailbox->answered, ==, "Answered");
    g_assert_cmpstr(mailbox->ignored, ==, "Ignored");
    g_assert_cmpstr(mailbox->unreadable, ==, "Unreadable");
    g_assert_cmpstr(mailbox->queues, ==, "Queues");
    g_assert_null(mailbox->sent);
    g_assert_cmpuint(mailbox->max_bytes, ==, 25 << 20);
    const ServerSpec *server = mailbox->server;
    g_assert_cmpstr(server->name, ==, "[mailbox support]");
    g_assert_cmpuint(server->port, ==, 993);
    g_assert_cmpint(server->tls, ==, TLS_IMPLICIT);
    g_assert_cmpint(server->auth, ==, AUTH_LOGIN);
    g_assert_cmpuint(server->idle_seconds, ==, 60);
    g_assert_cmpuint(server->total_seconds, ==, 900);
    g_assert_null(server->secret);
    g_autofree char *pw = folder_path(home, "pw");
    g_assert_cmpstr(((SecretSource *)g_ptr_array_index(settings->mailbox_secrets, 0))->file, ==,
                    pw);

    g_assert_cmpstr(settings->smtp->name, ==, "[smtp]");
    g_assert_cmpuint(settings->smtp->port, ==, 465);
    g_assert_cmpstr(policy->from_name, ==, "Shop");
    g_assert_cmpstr(policy->from_addr, ==, "service@shop.example");
    g_assert_cmpstr(settings->helo_name, ==, "shop.example");
}

static void test_all_given(void)
{
    g_autoptr(Folder) home = folder_new();
    g_autoptr(Settings) settings = good(
        home, "[general]\nsending=on\nmax-error=0.5 %\nlanguage=en\ndefault-queue=rest\n"
              "quiet-time=2h\nmax-attempts=9\naudit-share=10 %\naudit-first=7\n"
              "operator=Boss@Operator.example\n"
              "[limits]\naddress=2 in 3d\ndomain=NONE\ncontent= 9  in  90 \ntotal=1 in 1m\n"
              "refused=7 in 2h\nshared-domains=one.example, Two.example\n"
              "[company]\nname= Corner Shop \nOpening-hours=9–5\n" MAILBOX
              "port=1143\ntls=STARTTLS\nca-file=certs/ca.pem\nauth=xoauth2\nfolder=INBOX/Support\n"
              "addresses=Service@Shop.example; help@shop.example, a@b.example\nfiling=keywords\n"
              "answered-folder=Done\nignored-folder=No\nunreadable-folder=Odd\nqueues-folder=Q\n"
              "sent-folder=Sent\nmax-size=512K\nidle-timeout=10\ndeadline=5m\n" SMTP
              "tls=none\nhelo=mail.shop.example\n"
              "[category hours]\nmode=auto\nqueue=front-desk\n[category complaint]\nmode=off\n"
              "[queue front-desk]\nfolder=Front/Desk\n" LOOKUP
              "program=/bin/find --key 'a b'\ntimeout=500ms\n");
    const Policy *policy = settings->policy;
    g_assert_true(policy->sending);
    g_assert_cmpfloat(fabs(policy->max_error - 0.005), <, 1e-9);
    g_assert_cmpstr(policy->language, ==, "en");
    g_assert_cmpstr(policy->default_queue, ==, "rest");
    g_assert_cmpuint(policy->quiet_seconds, ==, 7200);
    g_assert_cmpuint(policy->max_attempts, ==, 9);
    g_assert_cmpfloat(policy->audit_share, ==, 0.1);
    g_assert_cmpuint(policy->audit_first, ==, 7);
    g_assert_cmpstr(policy->operator_addr, ==, "boss@operator.example");
    expect_limit(&policy->limits.address, "2 in 3d");
    expect_limit(&policy->limits.domain, "none");
    expect_limit(&policy->limits.content, "9 in 90s");
    expect_limit(&policy->limits.total, "1 in 1m");
    expect_limit(&policy->limits.refused, "7 in 2h");
    g_assert_cmpuint(g_strv_length(policy->limits.shared_domains), ==, 2);
    g_assert_cmpstr(policy->limits.shared_domains[1], ==, "Two.example");
    g_assert_cmpstr(g_hash_table_lookup(policy->company, "company.name"), ==, "Corner Shop");
    g_assert_cmpstr(g_hash_table_lookup(policy->company, "company.Opening-hours"), ==, "9–5");
    g_assert_cmpstr(policy->addresses[0], ==, "service@shop.example");
    g_assert_cmpuint(g_strv_length(policy->addresses), ==, 3);
    g_assert_cmpint(policy_mode(policy, "hours"), ==, TEMPLATE_AUTO);
    g_assert_cmpint(policy_mode(policy, "complaint"), ==, TEMPLATE_OFF);
    g_assert_cmpstr(policy_queue(policy, "hours"), ==, "front-desk");
    g_assert_cmpstr(policy_queue(policy, "complaint"), ==, "rest");

    const Mailbox *mailbox = mailbox_at(settings, 0);
    g_autofree char *ca = folder_path(home, "certs/ca.pem");
    g_assert_cmpstr(mailbox->server->ca_file, ==, ca);
    g_assert_cmpuint(mailbox->server->port, ==, 1143);
    g_assert_cmpint(mailbox->server->tls, ==, TLS_STARTTLS);
    g_assert_cmpint(mailbox->server->auth, ==, AUTH_XOAUTH2);
    g_assert_cmpuint(mailbox->server->idle_seconds, ==, 10);
    g_assert_cmpuint(mailbox->server->total_seconds, ==, 300);
    g_assert_true(mailbox->keywords);
    g_assert_cmpstr(mailbox->folder, ==, "INBOX/Support");
    g_assert_cmpstr(mailbox->sent, ==, "Sent");
    g_assert_cmpuint(mailbox->max_bytes, ==, 512 << 10);
    g_autofree char *front = mailbox_target(mailbox, "queue:front-desk");
    g_autofree char *rest = mailbox_target(mailbox, "queue:rest");
    g_assert_cmpstr(front, ==, "Front/Desk");
    g_assert_cmpstr(rest, ==, "Q/rest");
    g_assert_cmpuint(settings->smtp->port, ==, 587);
    g_assert_cmpstr(settings->helo_name, ==, "mail.shop.example");
    const LookupSpec *lookup = g_ptr_array_index(settings->lookups, 0);
    g_assert_cmpstr(lookup->name, ==, "order");
    g_assert_cmpstr(lookup->program[0], ==, "/bin/find");
    g_assert_cmpstr(lookup->program[2], ==, "a b");
    g_assert_cmpuint(lookup->timeout_ms, ==, 500);
}

/* What is wrong, and what the message must hold: the section and the key, and why. */
static const struct {
    const char *text, *says;
} mistakes[] = {
    {"", "[mailbox NAME] is missing"},
    {"[genral]\n" MAILBOX, "[genral] is no section"},
    {"[general x]\n" MAILBOX, "[general x] is no section"},
    {"[mailbox]\nhost=x\n", "[mailbox] is no section"},
    {"[mailbox Support]\nhost=x\n", "[mailbox Support] a name has lower-case"},
    {"[category a/b]\n" MAILBOX, "[category a/b] a name has lower-case"},
    {"[queue ../x]\n" MAILBOX, "[queue ../x] a name has lower-case"},
    {"[general]\nsendin=on\n" MAILBOX, "[general] sendin: is no setting"},
    {"[general]\nsending=yes\n" MAILBOX SMTP, "[general] sending: 'yes' is none of on, off"},
    {"[general]\nsending=on\n" MAILBOX, "[general] sending: is on, but there is no [smtp]"},
    {"[general]\naudit-share=1.1\n" MAILBOX,
     "[general] audit-share: 1.1 is not a share from 0 to 1"},
    {"[general]\naudit-share=-1 %\n" MAILBOX, "[general] audit-share: -1 % is not a share from 0"},
    {"[general]\nmax-error=1\n" MAILBOX, "[general] max-error: 1 is not a share"},
    {"[general]\nmax-error=0\n" MAILBOX, "[general] max-error: 0 is not a share"},
    {"[general]\nmax-error=nan\n" MAILBOX, "[general] max-error: nan is not a share"},
    {"[general]\nmax-error=200 %\n" MAILBOX, "[general] max-error: 200 % is not a share"},
    {"[general]\nmax-error=1 % x\n" MAILBOX, "[general] max-error: 1 % x is not a share"},
    {"[general]\nmax-error=\n" MAILBOX, "[general] max-error:"},
    {"[general]\ndefault-queue=a b\n" MAILBOX, "[general] default-queue: 'a b'"},
    {"[general]\nquiet-time=1 week\n" MAILBOX, "[general] quiet-time: 1 week is not a time"},
    {"[general]\nquiet-time=0\n" MAILBOX, "[general] quiet-time: 0 is not a time"},
    {"[general]\nquiet-time=-5m\n" MAILBOX, "[general] quiet-time: -5m is not a time"},
    {"[general]\nquiet-time=9999999999999999999d\n" MAILBOX, "[general] quiet-time: 9"},
    {"[general]\nmax-attempts=many\n" MAILBOX, "[general] max-attempts: many is not a number"},
    {"[general]\noperator=boss\n" MAILBOX, "[general] operator: 'boss' is not one bare address"},
    {"[general]\noperator=Boss <boss@operator.example>\n" MAILBOX,
     "[general] operator: 'boss <boss@operator.example>' is not one bare address"},
    {"[general]\noperator=a@b.example, c@d.example\n" MAILBOX, "is not one bare address"},
    {"[general]\noperator=a@b.example # the boss\n" MAILBOX,
     "a@b.example # the boss' is not one bare address such as boss@example.org (a comment stands "
     "on "
     "a line of its own)"},
    {"[general]\nsending=off # not yet\n" MAILBOX, "(a comment stands on a line of its own)"},
    /* What stands twice: GKeyFile would take the later one. */
    {"[general]\n" MAILBOX "[general]\nsending=off\n",
     "[general] stands twice, in line 1 and in line 6"},
    {"[general]\n# x=1\nsending=off\n\n  sending = on\n" MAILBOX SMTP,
     "[general] sending: stands twice, in line 3 and in line 5"},
    {"[limits]\ntotal=5 in 1h\ntotal = none\n" MAILBOX,
     "[limits] total: stands twice, in line 2 and in line 3"},
    {"[limits]\r\ntotal=5 in 1h\r\ntotal\t= none\r\n" MAILBOX,
     "[limits] total: stands twice, in line 2 and in line 3"},
    {MAILBOX "[limits]\n" MAILBOX, "[mailbox support] stands twice, in line 1 and in line 6"},
    {"[company]\nname=a\nname=b\n" MAILBOX,
     "[company] name: stands twice, in line 2 and in line 3"},
    {MAILBOX "[category x]\nmode=off\n[category x]\nmode=auto\n",
     "[category x] stands twice, in line 5 and in line 7"},
    {"[general]\nsending[de]=off\n" MAILBOX, "[general] sending[de]: a setting has no language"},
    /* Names that no server can have. */
    {MAILBOX "authserv-id=\n", "[mailbox support] authserv-id: is empty"},
    {MAILBOX "authserv-id= , \n", "[mailbox support] authserv-id: is empty"},
    {MAILBOX "authserv-id=\"mx.shop.example\"\n",
     "[mailbox support] authserv-id: \"mx.shop.example\" cannot be an authserv-id"},
    {MAILBOX "authserv-id=\"mx shop\"\n", "authserv-id: \"mx cannot be an authserv-id"},
    {MAILBOX "authserv-id=Authentication-Results: mx.shop.example\n",
     "Authentication-Results: cannot be an authserv-id"},
    {MAILBOX "authserv-id=mx.shop.example 1\n", "authserv-id: 1 cannot be an authserv-id"},
    {"[general]\noperator=a@b.example\n" MAILBOX "addresses=A@b.example\n",
     "[general] operator: is one of our own"},
    {"[general]\noperator=service@shop.example\n" MAILBOX SMTP,
     "[general] operator: is one of our own"},
    {"[limits]\nadress=5 in 7d\n" MAILBOX, "[limits] adress: is no setting"},
    {"[limits]\naddress=5\n" MAILBOX,
     "[limits] address: 5 is not a limit such as 5 in 7d, or none for no limit"},
    {"[limits]\naddress=0 in 7d\n" MAILBOX, "[limits] address: 0 in 7d is not a limit such as 5 in "
                                            "7d, or none for no limit: the number is at "
                                            "least 1"},
    {"[limits]\ntotal=5 in 0s\n" MAILBOX,
     "[limits] total: 5 in 0s is not a limit such as 5 in 7d, or none for no limit: the time is at "
     "least 1s"},
    {"[limits]\ntotal=5 in\n" MAILBOX, "[limits] total: 5 in is not a limit"},
    {"[limits]\ntotal=5 in 7d in 3d\n" MAILBOX, "[limits] total: 5 in 7d in 3d is not"},
    {"[limits]\ntotal=-5 in 7d\n" MAILBOX, "[limits] total: -5 in 7d is not a limit"},
    {"[limits]\ntotal=5 in 367d\n" MAILBOX, "[limits] total: 5 in 367d is not a limit such as 5 in "
                                            "7d, or none for no limit: the time is at "
                                            "least 1s and at most 366d"},
    {"[limits x]\n" MAILBOX, "[limits x] is no section"},
    {"[mailbox a]\nuser=u\npassword-file=pw\n", "[mailbox a] host: is missing"},
    {"[mailbox a]\nhost=\nuser=u\npassword-file=pw\n", "[mailbox a] host: is empty"},
    {"[mailbox a]\nhost=h\npassword-file=pw\n", "[mailbox a] user: is missing"},
    {"[mailbox a]\nhost=h\nuser=u\n", "[mailbox a] password-file: give exactly one"},
    {MAILBOX "password-command=x\n", "[mailbox support] password-file: give exactly one"},
    {MAILBOX "password=secret\n", "[mailbox support] password: is no setting"},
    {MAILBOX "port=0\n", "[mailbox support] port: 0 is not a port"},
    {MAILBOX "port=65536\n", "[mailbox support] port: 65536 is not a port"},
    {MAILBOX "port=993x\n", "[mailbox support] port: 993x is not a port"},
    {MAILBOX "tls=maybe\n", "[mailbox support] tls: 'maybe' is none of"},
    {MAILBOX "auth=plain\n", "[mailbox support] auth: 'plain' is none of"},
    {MAILBOX "filing=delete\n", "[mailbox support] filing: 'delete' is none of move, keywords"},
    {MAILBOX "max-size=3G\n", "[mailbox support] max-size: 3G is not a size"},
    {MAILBOX "addresses=service\n", "[mailbox support] addresses: 'service' is no address"},
    {MAILBOX "folder=\n", "[mailbox support] folder: is empty"},
    {MAILBOX "[smtp]\nhost=h\nuser=u\npassword-file=p\n", "[smtp] from: is missing"},
    {MAILBOX "[smtp]\nhost=h\nfrom=a@b.example\nuser=u\n", "[smtp] password-file: give exactly"},
    {MAILBOX "[smtp]\nhost=h\nuser=u\npassword-file=p\nfrom=Shop\n",
     "[smtp] from: holds no usable"},
    {MAILBOX "[smtp]\nhost=h\nuser=u\npassword-file=p\nfrom=Shop <a b@c>\n",
     "[smtp] from: holds no"},
    {MAILBOX "[category x]\nmode=always\n", "[category x] mode: 'always' is none of"},
    {MAILBOX "[category x]\nqueue=A\n", "[category x] queue: 'A'"},
    {MAILBOX "[category x]\nqeue=a\n", "[category x] qeue: is no setting"},
    {MAILBOX "[queue x]\nfolder=\n", "[queue x] folder: is empty"},
    {MAILBOX "[lookup x]\nowner=email\n", "[lookup x] pattern: is missing"},
    {MAILBOX "[lookup x]\npattern=a\n", "[lookup x] owner: is missing"},
    {MAILBOX LOOKUP "timeout=2h\n", "[lookup order] timeout: 2h is not a time"},
    {MAILBOX LOOKUP "timeout=5\n", "[lookup order] timeout: 5 is not a time"},
    {MAILBOX LOOKUP "program=/bin/x 'y\n", "[lookup order] program:"},
    {MAILBOX "[lookup x]\nowner=email\npattern=\\b(X[0-9]+)\n", "[lookup x] pattern:"},
    {MAILBOX LOOKUP "database=\n", "[lookup order] database: is empty"},
    {"[company]\nname=C:\\files\n" MAILBOX, "[company] name:"},
    {"sending=on\n", "erms.conf"},
    {"[general\n", "erms.conf"},
};

static void test_mistakes(void)
{
    g_autoptr(Folder) home = folder_new();
    for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Settings) settings = load(home, mistakes[i].text, &error);
        if (settings)
            g_error("accepted: %s", mistakes[i].text);
        g_assert_error(error, SETTINGS_ERROR, 0);
        if (!strstr(error->message, mistakes[i].says) || !strstr(error->message, "erms.conf"))
            g_error("“%s” does not say “%s”", error->message, mistakes[i].says);
    }
}

/* The same key in two sections, and what only looks like a section or a key. */
static void test_not_twice(void)
{
    g_autoptr(Folder) home = folder_new();
    g_autoptr(Settings) settings =
        good(home, "[company]\nmode=1\nMode=2\n#[company]\n#mode=3\nline=[company]\nx=a=b\n" MAILBOX
                   "authserv-id=mx.shop.example, MX_2.shop.example\n"
                   "[category a]\nmode=off\n[category b]\nmode=off\n[limits]\ntotal=none\n");
    g_assert_cmpuint(g_hash_table_size(settings->policy->company), ==, 4);
    char **authservs = g_hash_table_lookup(settings->policy->authservs, "support");
    g_assert_cmpstr(authservs[1], ==, "MX_2.shop.example");
    /* What is shown where there is no limit. */
    g_autofree char *fill = limit_fill(&settings->policy->limits.total, 49);
    g_assert_cmpstr(fill, ==, "49 in 1h, no limit");
    g_autofree char *domain = limit_fill(&settings->policy->limits.domain, 3);
    g_assert_cmpstr(domain, ==, "3, limit 20 in 24h");
}

static void test_zero_byte(void)
{
    static const char text[] = MAILBOX "[limits]\ntotal=5 in 1h\n#\0\ntotal=none\n";
    g_autoptr(Folder) home = folder_new();
    g_autofree char *path = folder_path(home, "erms.conf");
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(path, text, sizeof text - 1, NULL));
    g_assert_null(settings_load(home->path, path, &error));
    g_assert_error(error, SETTINGS_ERROR, 0);
}

static void test_no_file(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(settings_load("/", "/nowhere/erms.conf", &error));
    g_assert_error(error, SETTINGS_ERROR, 0);
    g_assert_nonnull(strstr(error->message, "/nowhere/erms.conf"));
}

static void test_values(void)
{
    const struct {
        const char *value;
        guint seconds;
    } times[] = {{"90", 90}, {"90s", 90}, {"15 m", 900}, {"24H", 86400}, {"7d", 604800}};
    g_autoptr(Folder) home = folder_new();
    for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *text =
            g_strdup_printf("[general]\nquiet-time=%s\n" MAILBOX, times[i].value);
        g_autoptr(Settings) settings = good(home, text);
        g_assert_cmpuint(settings->policy->quiet_seconds, ==, times[i].seconds);
    }
    const struct {
        const char *from, *name, *address;
    } senders[] = {{"a@b.example", NULL, "a@b.example"},
                   {"\"Shop, Inc.\" <A@b.example>", "Shop, Inc.", "a@b.example"},
                   {"Läden & Co <a@b.example>", "Läden & Co", "a@b.example"}};
    for (guint i = 0; i < G_N_ELEMENTS(senders); i++) {
        g_autofree char *text =
            g_strdup_printf(MAILBOX "[smtp]\nhost=h\nauth=none\nfrom=%s\n", senders[i].from);
        g_autoptr(Settings) settings = good(home, text);
        g_assert_cmpstr(settings->policy->from_name, ==, senders[i].name);
        g_assert_cmpstr(settings->policy->from_addr, ==, senders[i].address);
    }
}

/* Each has what is its own; the addresses of all are ours; queues' folders are known to all. */
static void test_several_mailboxes(void)
{
    g_autoptr(Folder) home = folder_new();
    g_autoptr(Settings) settings =
        good(home, "[queue front-desk]\nfolder=Desk\n"
                   "[mailbox one]\nhost=one.example\nuser=1\npassword-file=/etc/one\n"
                   "addresses=a@shop.example\nfolder=In\n"
                   "[mailbox two]\nhost=two.example\nuser=2\npassword-command=get two\n"
                   "addresses=b@shop.example\nqueues-folder=\n");
    g_assert_cmpuint(settings->mailboxes->len, ==, 2);
    const Mailbox *one = mailbox_at(settings, 0), *two = mailbox_at(settings, 1);
    g_assert_cmpstr(one->name, ==, "one");
    g_assert_cmpstr(two->name, ==, "two");
    g_assert_cmpstr(one->server->host, ==, "one.example");
    g_assert_cmpstr(two->server->host, ==, "two.example");
    g_assert_cmpstr(one->folder, ==, "In");
    g_assert_cmpstr(two->folder, ==, "INBOX");
    const SecretSource *first = g_ptr_array_index(settings->mailbox_secrets, 0);
    const SecretSource *second = g_ptr_array_index(settings->mailbox_secrets, 1);
    g_assert_cmpstr(first->file, ==, "/etc/one");
    g_assert_null(first->command);
    g_assert_cmpstr(second->command, ==, "get two");
    g_autofree char *ours = g_strjoinv(" ", settings->policy->addresses);
    g_assert_cmpstr(ours, ==, "a@shop.example b@shop.example");
    for (guint i = 0; i < 2; i++) {
        g_autofree char *desk = mailbox_target(mailbox_at(settings, i), "queue:front-desk");
        g_assert_cmpstr(desk, ==, "Desk");
    }
    g_autofree char *other = mailbox_target(two, "queue:other");
    g_assert_cmpstr(other, ==, "other");
    /* Without [smtp] there still is an address to make Message-IDs of. */
    g_assert_cmpstr(settings->policy->from_addr, ==, "a@shop.example");
}

static void test_names(void)
{
    g_autoptr(GPtrArray) names = settings_names();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_assert_nonnull(strchr(name, '.'));
        g_assert_true(g_hash_table_add(seen, (gpointer)name));
    }
    g_assert_true(g_hash_table_contains(seen, "mailbox.host"));
    g_assert_true(g_hash_table_contains(seen, "queue.folder"));
    g_assert_true(g_hash_table_contains(seen, "lookup.timeout"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/settings/defaults", test_defaults);
    g_test_add_func("/settings/all-given", test_all_given);
    g_test_add_func("/settings/mistakes", test_mistakes);
    g_test_add_func("/settings/not-twice", test_not_twice);
    g_test_add_func("/settings/zero-byte", test_zero_byte);
    g_test_add_func("/settings/no-file", test_no_file);
    g_test_add_func("/settings/values", test_values);
    g_test_add_func("/settings/several-mailboxes", test_several_mailboxes);
    g_test_add_func("/settings/names", test_names);
    return g_test_run();
}
