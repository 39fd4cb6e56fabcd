/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table: headers of a mail of kim@kunde.example as our server mx.shop.example left them, and
 * what is said of it. A row is a whole header block, so that it goes through the scan too.
 */
#include "mail/authres.h"
#include "mail/parse.h"

#include <string.h>

#define OUR "mx.shop.example"
#define AR "Authentication-Results: "
#define PASS AR OUR "; dmarc=pass header.from=kunde.example\r\n"
#define FROM "From: Kim Kunde <kim@kunde.example>\r\n"
#define SAYS "; dmarc=pass header.from=kunde.example\r\n" FROM
#define YES OUR " says dmarc=pass for kunde.example, the domain of From"
#define MALFORMED "the topmost Authentication-Results of " OUR " is malformed: "
#define NOBODYS "an Authentication-Results that names no server is malformed: "
#define NOTHING "the topmost Authentication-Results of " OUR " says nothing of dmarc"
#define NONE "no Authentication-Results of " OUR
#define BUT(name) NONE " (the mail has one of " name ")"

typedef struct Row {
    const char *name;
    const char *head;   /* without the last blank line */
    const char *detail; /* YES: authenticated */
} Row;

static const Row rows[] = {
    /* What servers write. */
    {"e41-pass", PASS FROM, YES},
    {"opendmarc", AR OUR "; dmarc=pass (p=none dis=none) header.from=kunde.example\r\n" FROM, YES},
    {"opendmarc-folded",
     AR OUR ";\r\n\tdmarc=pass (p=quarantine dis=none)\r\n\theader.from=kunde.example\r\n" FROM,
     YES},
    {"gmail",
     AR OUR
     ";\r\n"
     "       dkim=pass header.i=@kunde.example header.s=20230601 header.b=\"aB/c+d=e\";\r\n"
     "       arc=pass (i=2 spf=pass spfdomain=kunde.example dkim=pass dkdomain=kunde.example "
     "dmarc=pass fromdomain=kunde.example);\r\n"
     "       spf=pass (google.com: domain of kim@kunde.example designates 192.0.2.1 as "
     "permitted sender) smtp.mailfrom=kim@kunde.example;\r\n"
     "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=kunde.example;\r\n"
     "       dara=pass header.i=@shop.example\r\n" FROM,
     YES},
    {"microsoft",
     AR OUR "; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=kunde.example; dkim=pass (signature "
            "was verified) header.d=kunde.example;dmarc=pass action=none "
            "header.from=kunde.example;compauth=pass reason=100\r\n" FROM,
     YES},
    {"microsoft-without-id",
     AR "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=kunde.example; dmarc=pass action=none "
        "header.from=kunde.example;compauth=pass reason=100\r\n" FROM,
     NONE " (the mail has one without a name)"},
    {"foreign-without-id-above", AR "spf=pass smtp.mailfrom=x.example\r\n" PASS FROM, YES},
    {"rspamd",
     AR OUR
     ";\r\n\tdkim=pass header.d=kunde.example header.s=mail header.b=q1W2e3R4;\r\n\tdmarc=pass "
     "(policy=reject) header.from=kunde.example;\r\n\tspf=pass (" OUR ": domain of "
     "kim@kunde.example designates 2001:db8::1 as permitted sender) "
     "smtp.mailfrom=kim@kunde.example\r\n" FROM,
     YES},
    {"exim",
     AR OUR
     ";\r\n\tiprev=pass (mail.kunde.example) smtp.remote-ip=2001:db8::1;\r\n\tspf=pass "
     "smtp.mailfrom=kunde.example;\r\n\tdkim=pass header.d=kunde.example header.s=s1 "
     "header.a=rsa-sha256;\r\n\tdmarc=pass header.from=kunde.example;\r\n\tarc=none\r\n" FROM,
     YES},
    {"fastmail",
     AR OUR "; arc=none (no signatures found); bimi=skipped (DMARC Policy is not at enforcement); "
            "dkim=pass (2048-bit rsa key sha256) header.d=kunde.example header.i=@kunde.example "
            "header.b=aBcDeFgH header.a=rsa-sha256 header.s=fm1 x-bits=2048; dmarc=pass "
            "policy.published-domain-policy=none policy.applied-disposition=none "
            "policy.evaluated-disposition=none (p=none,d=none,d.eval=none) policy.policy-from=p "
            "header.from=kunde.example; iprev=pass smtp.remote-ip=192.0.2.1 (mail.kunde.example); "
            "x-ptr=pass smtp.helo=mail.kunde.example policy.ptr=mail.kunde.example\r\n" FROM,
     YES},
    {"postfix-opendkim",
     AR OUR ";\r\n\tdkim=pass (2048-bit key; unprotected) header.d=kunde.example "
            "header.i=@kunde.example header.a=rsa-sha256 header.s=mail header.b=AbC/dE+f;\r\n"
            "\tdkim-atps=neutral\r\n" FROM,
     NOTHING},
    {"opendmarc-above-opendkim",
     PASS AR OUR "; dkim=pass header.d=kunde.example header.b=AbC/dE+f\r\n" FROM, YES},
    {"opendmarc-below-opendkim",
     AR OUR "; dkim=pass header.d=kunde.example header.b=AbC/dE+f\r\n" PASS FROM, NOTHING},
    {"mailbox-in-header-from", AR OUR "; dmarc=pass header.from=kim@kunde.example\r\n" FROM, YES},
    {"auth-plain",
     AR OUR "; auth=pass (plain) smtp.auth=x smtp.mailfrom=<>; dmarc=pass "
            "header.from=kunde.example\r\n" FROM,
     YES},

    /* What the grammar allows. */
    {"version", AR OUR " 1; dmarc=pass header.from=kunde.example\r\n" FROM, YES},
    {"version-and-comments",
     AR "(a) " OUR " (b (c)) 1 (d) ; dmarc=pass header.from=kunde.example\r\n" FROM, YES},
    {"comments-everywhere",
     AR OUR "(1);(2)dmarc(3)/(4)1(5)=(6)pass(7)reason(8)=(9)\"x\"(10)header(11).(12)from(13)=(14)"
            "kunde.example(15)\r\n" FROM,
     YES},
    {"method-version", AR OUR "; dmarc/1=pass header.from=kunde.example\r\n" FROM, YES},
    {"case",
     "AUTHENTICATION-results: MX.Shop.Example; DMARC=Pass Header.FROM=Kunde.EXAMPLE\r\n" FROM,
     "MX.Shop.Example says dmarc=pass for kunde.example, the domain of From"},
    {"quoted-id", AR "\"mx.shop.example\"; dmarc=pass header.from=kunde.example\r\n" FROM, YES},
    {"quoted-value", AR OUR "; dmarc=pass header.from=\"kunde.example\"\r\n" FROM, YES},
    {"quoted-pair", AR OUR "; dmarc=pass header.from=\"kunde\\.example\"\r\n" FROM, YES},
    {"quoted-local-part",
     AR OUR "; spf=pass smtp.mailfrom=\"a;b\"@x.example; dmarc=pass "
            "header.from=kunde.example\r\n" FROM,
     YES},
    {"reason",
     AR OUR "; dmarc=pass reason=\"good; (very) \\\"good\\\"\" header.from=kunde.example\r\n" FROM,
     YES},
    {"semicolon-at-end", AR OUR "; dmarc=pass header.from=kunde.example; \r\n" FROM, YES},
    {"same-pass-twice",
     AR OUR "; dmarc=pass header.from=kunde.example; dmarc=pass header.from=KUNDE.example\r\n" FROM,
     YES},
    {"utf8-in-comment", AR OUR "; dmarc=pass (für Ü) header.from=kunde.example\r\n" FROM, YES},
    {"no-space-after-colon",
     "Authentication-Results:" OUR ";dmarc=pass header.from=kunde.example\r\n" FROM, YES},
    {"other-servers-above",
     AR "relay.shop.example; dmarc=fail header.from=kunde.example\r\n" PASS FROM, YES},
    {"broken-header-of-other-above", AR "relay.shop.example; ((\r\n" PASS FROM, YES},

    /* No pass. */
    {"e41-fail", AR OUR "; dmarc=fail header.from=kunde.example\r\n" FROM,
     OUR " says dmarc=fail for kunde.example"},
    {"e41-forged-below", AR OUR "; dmarc=fail header.from=kunde.example\r\n" PASS FROM,
     OUR " says dmarc=fail for kunde.example"},
    {"e41-none-at-all", FROM, NONE},
    {"e41-none-and-forged-below", AR OUR "; none\r\n" PASS FROM, NOTHING},
    {"e41-pass-in-comment",
     AR OUR
     "; dmarc=fail (dmarc=pass header.from=kunde.example) header.from=kunde.example\r\n" FROM,
     OUR " says dmarc=fail for kunde.example"},
    {"e41-pass-only-in-comment",
     AR OUR "; spf=pass (; dmarc=pass header.from=kunde.example)\r\n" FROM, NOTHING},
    {"e41-pass-only-in-quotes",
     AR OUR "; spf=pass reason=\"; dmarc=pass header.from=kunde.example\"\r\n" FROM, NOTHING},
    {"e41-pass-in-escaped-quotes",
     AR OUR "; spf=pass smtp.mailfrom=\"\\\"; dmarc=pass header.from=kunde.example; "
            "\\\"\"@x.example\r\n" FROM,
     NOTHING},
    {"e41-attackers-domain", AR OUR "; dmarc=pass header.from=attacker.example\r\n" FROM,
     OUR " says dmarc=pass for attacker.example, but From is kunde.example"},
    {"e41-attackers-subdomain",
     AR OUR "; dmarc=pass header.from=kunde.example.attacker.example\r\n" FROM,
     OUR " says dmarc=pass for kunde.example.attacker.example, but From is kunde.example"},
    {"e41-parent-domain", AR OUR "; dmarc=pass header.from=example\r\n" FROM,
     OUR " says dmarc=pass for example, but From is kunde.example"},
    {"e41-subdomain", AR OUR "; dmarc=pass header.from=mail.kunde.example\r\n" FROM,
     OUR " says dmarc=pass for mail.kunde.example, but From is kunde.example"},
    {"e41-other-mailbox-of-domain", AR OUR "; dmarc=pass header.from=eve@kunde.example\r\n" FROM,
     OUR " says dmarc=pass for eve@kunde.example, but From is kunde.example"},
    {"e41-attackers-server", AR "mx.attacker.example" SAYS, BUT("mx.attacker.example")},
    {"e41-id-with-prefix", AR OUR ".attacker.example" SAYS, BUT(OUR ".attacker.example")},
    {"e41-id-in-comment", AR "mx.attacker.example (" OUR ")" SAYS, BUT("mx.attacker.example")},
    {"e41-name-is-no-name", AR "\"<b>{{x}}\\\"$(id)'`\"; dmarc=pass\r\n" FROM,
     BUT("?b???x?????id???")},
    {"e41-two-results",
     AR OUR "; dmarc=pass header.from=kunde.example; dmarc=fail header.from=kunde.example\r\n" FROM,
     OUR " says dmarc=fail for kunde.example"},
    {"e41-two-results-reversed",
     AR OUR "; dmarc=fail; dmarc=pass header.from=kunde.example\r\n" FROM,
     OUR " says dmarc=fail for a domain it does not name"},
    {"e41-two-domains",
     AR OUR
     "; dmarc=pass header.from=kunde.example; dmarc=pass header.from=attacker.example\r\n" FROM,
     OUR " says dmarc=pass for attacker.example, but From is kunde.example"},
    {"e41-two-domains-in-one",
     AR OUR "; dmarc=pass header.from=kunde.example header.from=attacker.example\r\n" FROM,
     OUR " says dmarc=pass, but not for which one domain"},
    {"e41-no-domain", AR OUR "; dmarc=pass\r\n" FROM,
     OUR " says dmarc=pass, but not for which one domain"},
    {"e41-only-dkim",
     AR OUR "; dkim=pass header.d=kunde.example header.from=kunde.example\r\n" FROM, NOTHING},
    {"e41-only-spf", AR OUR "; spf=pass smtp.mailfrom=kim@kunde.example\r\n" FROM, NOTHING},
    {"e41-policy-from",
     AR OUR "; dmarc=pass policy.from=kunde.example smtp.from=kunde.example "
            "from=kunde.example\r\n" FROM,
     OUR " says dmarc=pass, but not for which one domain"},
    {"e41-bestguesspass",
     AR OUR "; dmarc=bestguesspass action=none header.from=kunde.example\r\n" FROM,
     OUR " says dmarc=bestguesspass for kunde.example"},
    {"e41-other-method", AR OUR "; x-dmarc=pass header.from=kunde.example\r\n" FROM, NOTHING},
    {"e41-method-of-another-version", AR OUR "; dmarc/2=pass header.from=kunde.example\r\n" FROM,
     NOTHING},
    {"e41-u-label", AR OUR "; dmarc=pass header.from=kündé.example\r\n" FROM,
     OUR " says dmarc=pass for k??nd??.example, but From is kunde.example"},
    {"e41-arc-only", "ARC-Authentication-Results: i=1; " OUR SAYS, NONE},
    {"e41-x-header", "X-Authentication-Results: " OUR SAYS, NONE},
    {"e43-our-own-headers",
     "X-Erms-Authenticated: yes\r\nX-Erms: dmarc=pass\r\nAuthenticated: yes\r\n" FROM, NONE},

    /* Broken: nothing in it is believed. */
    {"comment-without-end", AR OUR "; dmarc=pass header.from=kunde.example (\r\n" FROM,
     MALFORMED "a comment without end"},
    {"comment-too-deep",
     AR OUR " (((((((((((((((((x))))))))))))))))); dmarc=pass header.from=kunde.example\r\n" FROM,
     MALFORMED "comments nested too deep"},
    {"comment-closed-twice", AR OUR "; dmarc=pass ()) header.from=kunde.example\r\n" FROM,
     MALFORMED "something that is no property"},
    {"quote-without-end", AR OUR "; dmarc=pass header.from=\"kunde.example\r\n" FROM,
     MALFORMED "a quote without end"},
    {"words-behind-quote",
     AR OUR "; dmarc=pass header.from=\"kunde.example\".attacker.example\r\n" FROM,
     MALFORMED "a word that goes on where it must end"},
    {"version-and-latin1", AR OUR " 1; dmarc=pass (\374) header.from=kunde.example\r\n" FROM,
     MALFORMED "bytes that are no text"},
    {"version-2", AR OUR " 2; dmarc=pass header.from=kunde.example\r\n" FROM,
     MALFORMED "a version that is not known"},
    {"no-semicolon", AR OUR " dmarc=pass header.from=kunde.example\r\n" FROM,
     MALFORMED "something where a result must begin"},
    {"no-result", AR OUR "\r\n" FROM, MALFORMED "no result"},
    {"none-and-pass", AR OUR "; none; dmarc=pass header.from=kunde.example\r\n" FROM,
     MALFORMED "a method without result"},
    {"empty-result", AR OUR "; ; dmarc=pass header.from=kunde.example\r\n" FROM,
     MALFORMED "a result without method"},
    {"no-value", AR OUR "; dmarc=pass header.from=\r\n" FROM, MALFORMED "a property without value"},
    {"backslash", AR OUR "; dmarc=pass header.from=kunde\\.example\r\n" FROM,
     MALFORMED "a word that goes on where it must end"},
    {"encoded-word",
     AR "=?utf-8?q?mx=2Eshop=2Eexample?=; dmarc=pass header.from=kunde.example\r\n" FROM,
     NOBODYS "no authserv-id"},
    {"encoded-word-inside", AR OUR "; =?utf-8?q?dmarc=3Dpass?= header.from=kunde.example\r\n" FROM,
     MALFORMED "a result without method"},
    {"control-character", AR OUR "; dmarc=pa\001ss header.from=kunde.example\r\n" FROM,
     MALFORMED "bytes that are no text"},
    {"control-character-in-id", AR "mx.shop\001.example; dmarc=fail\r\n" PASS FROM,
     NOBODYS "bytes that are no text"},
    {"c1-control", AR OUR "; dmarc=pass (\302\205) header.from=kunde.example\r\n" FROM,
     MALFORMED "bytes that are no text"},
    {"latin1", AR OUR "; dmarc=pass (f\374r) header.from=kunde.example\r\n" FROM,
     MALFORMED "bytes that are no text"},
    {"empty", AR "\r\n" PASS FROM, NOBODYS "no authserv-id"},
    {"only-a-comment", AR "(" OUR "; dmarc=pass)\r\n" PASS FROM, NOBODYS "no authserv-id"},

    /* Odd headers. */
    {"bare-cr", "Subject: a\rAuthentication-Results: b\r\n" PASS FROM,
     NOBODYS "bytes that are no text"},
    {"bare-cr-from", PASS FROM "X: y\rFrom: eve@attacker.example\r\n",
     NOBODYS "bytes that are no text"},
    {"two-cr", PASS FROM "X: y\r\r\n", NOBODYS "bytes that are no text"},
    {"space-before-colon", "Authentication-Results : " OUR SAYS, NOBODYS "bytes that are no text"},
    {"space-before-name", "Subject: x\r\n " PASS FROM, NONE},
    {"space-before-name-forged", AR OUR "; dmarc=fail\r\n " PASS FROM,
     MALFORMED "a property without value"},
    {"colon-before-name", ":" AR "x\r\n" PASS FROM, YES},
    {"colon-before-name-inside", FROM ":" PASS "Subject: x\r\n", NONE},
    {"8-bit-name", FROM "\303\204" PASS PASS "Subject: x\r\n", NOBODYS "bytes that are no text"},
    {"continued-by-attacker",
     AR OUR "; dmarc=fail header.from=kunde.example\r\n ; dmarc=pass "
            "header.from=kunde.example\r\n" FROM,
     OUR " says dmarc=fail for kunde.example"},

    /* From. */
    {"no-from", PASS "Reply-To: kim@kunde.example\r\n", "From has not one usable address"},
    {"two-in-from", PASS "From: kim@kunde.example, eve@kunde.example\r\n",
     "From has not one usable address"},
    {"two-froms", PASS "From: kim@kunde.example\r\nFrom: eve@kunde.example\r\n",
     "From has not one usable address"},
    {"two-froms-that-agree", PASS FROM FROM, "the mail has several From headers"},
    {"two-froms-one-unusable", PASS FROM "From: eve\r\n", "the mail has several From headers"},
    {"from-with-space", PASS FROM "From : eve@kunde.example\r\n",
     "From has not one usable address"},
    {"from-one-unusable", PASS "From: kim@kunde.example, eve@[192.0.2.1]\r\n",
     "From can be read in several ways"},
    {"from-name-is-address",
     AR OUR "; dmarc=pass header.from=attacker.example\r\nFrom: \"kim@kunde.example\" "
            "<eve@attacker.example>\r\n",
     OUR " says dmarc=pass for attacker.example, the domain of From"},
    {"from-name-is-other-domain", PASS "From: \"kim@kunde.example\" <eve@attacker.example>\r\n",
     OUR " says dmarc=pass for kunde.example, but From is attacker.example"},
    {"from-unquoted-address-as-name", PASS "From: eve@kunde.example <kim@kunde.example>\r\n", NULL},
    {"from-comment", PASS "From: kim@kunde.example (eve@attacker.example)\r\n", YES},
    {"from-group", PASS "From: Kim: kim@kunde.example;\r\n", "From can be read in several ways"},
    {"from-encoded-whole", PASS "From: =?utf-8?q?Kim_=3Ckim=40kunde=2Eexample=3E?=\r\n",
     "From can be read in several ways"},
    {"from-encoded-name",
     PASS "From: =?utf-8?q?Kim=2C_eve=40attacker=2Eexample?= <kim@kunde.example>\r\n", YES},
    {"from-two-brackets", PASS "From: <eve@kunde.example> <kim@kunde.example>\r\n", NULL},
    {"from-idn",
     AR OUR "; dmarc=pass header.from=xn--mller-kva.example\r\nFrom: kim@m\303\274ller.example\r\n",
     OUR " says dmarc=pass for xn--mller-kva.example, the domain of From"},
    {"from-sharp-s",
     AR OUR "; dmarc=pass header.from=fass.example\r\nFrom: kim@fa\303\237.example\r\n",
     OUR " says dmarc=pass for fass.example, but From is xn--fa-hia.example"},
    {"from-fullwidth", PASS "From: kim@\357\275\213unde.example\r\n",
     "From has not one usable address"},

    /* Where the answer goes. */
    {"d39-reply-to", PASS FROM "Reply-To: eve@attacker.example\r\n",
     YES ", but the answer would go to another address (Reply-To)"},
    {"reply-to-same", PASS FROM "Reply-To: KIM@Kunde.example\r\n", YES},
};

static const char *const authservs[] = {"mx.shop.example", NULL};

static Message *read_head(const char *head, gsize length)
{
    g_autoptr(GByteArray) all = g_byte_array_new();
    g_byte_array_append(all, (const guint8 *)head, (guint)length);
    g_byte_array_append(all, (const guint8 *)"\r\nHello\r\n", 9);
    g_autoptr(GBytes) raw = g_bytes_new(all->data, all->len);
    return parse_message(raw, &parse_limits_default);
}

static void check_sentence(const char *detail)
{
    g_assert_cmpuint(strlen(detail), >, 0);
    g_assert_cmpuint(strlen(detail), <=, 300);
    for (const char *c = detail; *c; c++)
        g_assert_true(*c >= ' ' && *c < 127 && !strchr("<>&\"'\\{}$`", *c));
}

static void test_row(gconstpointer data)
{
    const Row *row = data;
    g_autoptr(Message) message = read_head(row->head, strlen(row->head));
    g_auto(Authentication) found = authenticate(message, authservs);
    g_test_message("%s", found.detail);
    check_sentence(found.detail);
    g_assert_cmpint(found.authenticated, ==,
                    row->detail && g_str_has_suffix(row->detail, ", the domain of From"));
    if (row->detail)
        g_assert_cmpstr(found.detail, ==, row->detail);
}

static void expect(const Message *message, const char *const *ids, gboolean yes, const char *detail)
{
    g_auto(Authentication) found = authenticate(message, ids);
    check_sentence(found.detail);
    g_assert_cmpstr(found.detail, ==, detail);
    g_assert_cmpint(found.authenticated, ==, yes);
    g_assert_cmpint(authentication_vouched(found.detail), ==, yes);
}

static void test_not_configured(void)
{
    static const char *const nobody[] = {NULL}, *const empty[] = {"", NULL};
    g_autoptr(Message) message = read_head(PASS FROM, strlen(PASS FROM));
    const char *detail = "not known: no authserv-id is configured (erms.conf: [mailbox support] "
                         "authserv-id)";
    message->account = g_strdup("support");
    expect(message, NULL, FALSE, detail);
    expect(message, nobody, FALSE, detail);
    g_auto(Authentication) found = authenticate(message, empty);
    g_assert_false(found.authenticated);
}

static void test_several_ids(void)
{
    static const char *const ids[] = {"mx1.shop.example", "mx.shop.example", NULL};
    g_autoptr(Message) message = read_head(PASS FROM, strlen(PASS FROM));
    expect(message, ids, TRUE, YES);
    g_autoptr(Message) other = read_head(FROM, strlen(FROM));
    expect(other, ids, FALSE,
           "no Authentication-Results of mx1.shop.example or another configured one");
    static const char theirs[] = AR "mx.other.example; a=b\r\n" AR "mx.x.example; a=b\r\n" FROM;
    g_autoptr(Message) wrong = read_head(theirs, sizeof theirs - 1);
    expect(wrong, ids, FALSE,
           "no Authentication-Results of mx1.shop.example or another configured one (the mail has "
           "one of mx.other.example)");
    static const char both[] = AR "mx1.shop.example; dmarc=fail\r\n" PASS FROM;
    g_autoptr(Message) topmost = read_head(both, strlen(both));
    expect(topmost, ids, FALSE, "mx1.shop.example says dmarc=fail for a domain it does not name");
}

/* A message that no parser made: nothing may be taken for granted. */
static void test_bare_message(void)
{
    g_autoptr(Message) message = message_new();
    expect(message, authservs, FALSE, "From has not one usable address");
    message->from_addr = g_strdup("kim");
    message->headers = g_strdup(PASS "From: kim\n");
    expect(message, authservs, FALSE, "From has not one usable address");
}

static void add(GString *head, const char *text, guint times)
{
    for (guint i = 0; i < times; i++)
        g_string_append(head, text);
}

static void test_zero_byte(void)
{
    static const char head[] = AR OUR "; dmarc=pa\0ss header.from=kunde.example\r\n" FROM;
    static const char later[] = PASS FROM "Subject: a\0b\r\n";
    g_autoptr(Message) message = read_head(head, sizeof head - 1);
    expect(message, authservs, FALSE, NOBODYS "bytes that are no text");
    g_autoptr(Message) other = read_head(later, sizeof later - 1);
    expect(other, authservs, FALSE, NOBODYS "bytes that are no text");
}

/* A value that was cut says less than the server said. */
static void test_too_long(void)
{
    static const struct {
        guint words;
        const char *detail;
    } lengths[] = {
        {700, YES}, {900, MALFORMED "it is too long"}, {100000, MALFORMED "it is too long"}};
    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(GString) head =
            g_string_new(AR OUR "; dmarc=pass header.from=kunde.example; dkim=pass (");
        add(head, "\r\n signature", lengths[i].words);
        g_string_append(head, ")\r\n" FROM);
        g_autoptr(Message) message = read_head(head->str, head->len);
        if (lengths[i].words == 700)
            expect(message, authservs, TRUE, YES);
        else
            expect(message, authservs, FALSE, lengths[i].detail);
    }
    g_autoptr(GString) head = g_string_new(AR OUR "; dkim=pass header.b=");
    add(head, "0123456789", 815);
    g_string_append(head, "; dmarc=pass header.from=kunde.example.attacker.example\r\n" FROM);
    g_autoptr(Message) message = read_head(head->str, head->len);
    expect(message, authservs, FALSE, MALFORMED "it is too long");
}

static void test_too_many(void)
{
    g_autofree char *server = g_strdup(OUR);
    g_autoptr(GString) value = g_string_new(server);
    add(value, "; a=b", AUTHRES_MAX_RESULTS);
    g_autoptr(Authres) full = authres_new(value->str);
    g_assert_null(full->problem);
    g_assert_cmpuint(full->results->len, ==, AUTHRES_MAX_RESULTS);
    add(value, "; a=b", 1);
    g_autoptr(Authres) over = authres_new(value->str);
    g_assert_cmpstr(over->problem, ==, "too many results");
}

/* Whatever stands below, the topmost and both From stay among the headers that are kept. */
static void test_padding(void)
{
    static const char *const paddings[] = {
        AR OUR
        "; dmarc=pass header.from=kunde.example reason=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n",
        AR "other.example; none\r\n", "List-Id: <a-very-long-list-identifier.attacker.example>\r\n",
        "Subject: padding padding padding padding padding padding padding padding\r\n",
        "X-Padding: padding padding padding padding padding padding padding\r\n"};
    for (guint i = 0; i < G_N_ELEMENTS(paddings); i++) {
        g_autoptr(GString) fails =
            g_string_new(AR OUR "; dmarc=fail header.from=kunde.example\r\n" FROM);
        add(fails, paddings[i], 3000);
        g_autoptr(Message) message = read_head(fails->str, fails->len);
        g_assert_cmpuint(strlen(message->headers), <=, parse_limits_default.max_header);
        expect(message, authservs, FALSE, OUR " says dmarc=fail for kunde.example");

        g_autoptr(GString) passes = g_string_new(PASS FROM);
        add(passes, paddings[i], 3000);
        g_autoptr(Message) passing = read_head(passes->str, passes->len);
        expect(passing, authservs, TRUE, YES);
        g_string_append(passes, "From: eve\r\n");
        g_autoptr(Message) again = read_head(passes->str, passes->len);
        expect(again, authservs, FALSE, "the mail has several From headers");
    }
    g_autoptr(GString) many = g_string_new(PASS FROM);
    add(many, "X: y\r\n", 11000);
    g_string_append(many, "From: eve@kunde.example\r\n");
    g_autoptr(Message) message = read_head(many->str, many->len);
    expect(message, authservs, FALSE, NOBODYS "bytes that are no text");
}

/* Ours has no place any more, a shorter one below would have. */
static void test_no_place(void)
{
    g_autoptr(GString) head = g_string_new(NULL);
    for (guint i = 0; i < 2; i++) {
        g_string_append(head, AR "relay.example; spf=pass (");
        add(head, "0123456789", 810);
        g_string_append(head, ")\r\n");
    }
    g_string_append(head, AR OUR "; dmarc=fail (");
    add(head, "0123456789", 30);
    g_string_append(head, ")\r\n" PASS FROM);
    g_autoptr(Message) message = read_head(head->str, head->len);
    expect(message, authservs, FALSE, BUT("relay.example"));
}

/* Guards' headers keep their place beside many results. */
static void test_guards_stay(void)
{
    g_autoptr(GString) head = g_string_new(PASS FROM);
    add(head, AR "other.example; none\r\n", 3000);
    g_string_append(head, "Auto-Submitted: auto-replied\r\n");
    g_autoptr(Message) message = read_head(head->str, head->len);
    g_autofree char *value = message_header(message, "Auto-Submitted");
    g_assert_cmpstr(value, ==, "auto-replied");
}

static void test_sentence(void)
{
    static const char head[] = AR OUR
        "; dmarc=pass header.from=\"<script>{{x}} $(id) \\\"'`\\\\ attacker.example\"\r\n" FROM;
    g_autoptr(Message) message = read_head(head, sizeof head - 1);
    expect(message, authservs, FALSE,
           OUR " says dmarc=pass for ?script???x?? ??id? ???? attacker.example, but From is "
               "kunde.example");
    g_autoptr(GString) longest = g_string_new(AR OUR "; dmarc=pass header.from=");
    add(longest, "long.", 500);
    g_string_append(longest, "\r\n" FROM);
    g_autoptr(Message) other = read_head(longest->str, longest->len);
    g_auto(Authentication) found = authenticate(other, authservs);
    check_sentence(found.detail);
    g_assert_true(g_str_has_suffix(found.detail, "long., but From is kunde.example"));
}

static void test_parsed(void)
{
    g_autoptr(Authres) authres = authres_new(
        "mx.shop.example 1; spf=fail reason=\"a \\\"b\\\"\" smtp.mailfrom=\"x y\"@z.example;\r\n"
        "\tdkim / 1 = none (no)");
    g_assert_null(authres->problem);
    g_assert_cmpstr(authres->authserv, ==, "mx.shop.example");
    g_assert_cmpuint(authres->results->len, ==, 2);
    const AuthresResult *spf = &g_array_index(authres->results, AuthresResult, 0);
    const AuthresResult *dkim = &g_array_index(authres->results, AuthresResult, 1);
    g_assert_cmpstr(spf->method, ==, "spf");
    g_assert_cmpstr(spf->result, ==, "fail");
    const AuthresProperty *reason = &g_array_index(spf->properties, AuthresProperty, 0);
    const AuthresProperty *from = &g_array_index(spf->properties, AuthresProperty, 1);
    g_assert_cmpstr(reason->type, ==, "");
    g_assert_cmpstr(reason->name, ==, "reason");
    g_assert_cmpstr(reason->value, ==, "a \"b\"");
    g_assert_cmpstr(from->type, ==, "smtp");
    g_assert_cmpstr(from->name, ==, "mailfrom");
    g_assert_cmpstr(from->value, ==, "x y@z.example");
    g_assert_cmpstr(dkim->method, ==, "dkim");
    g_assert_cmpstr(dkim->result, ==, "none");
    g_assert_cmpuint(dkim->properties->len, ==, 0);
    g_autoptr(Authres) line = authres_new("mx.shop.example;\ndmarc=pass header.from=a.example");
    g_assert_nonnull(line->problem); /* a line end that folds nothing */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/mail/authres/", rows[i].name, NULL);
        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/mail/authres/e41-not-configured", test_not_configured);
    g_test_add_func("/mail/authres/several-ids", test_several_ids);
    g_test_add_func("/mail/authres/bare-message", test_bare_message);
    g_test_add_func("/mail/authres/zero-byte", test_zero_byte);
    g_test_add_func("/mail/authres/too-long", test_too_long);
    g_test_add_func("/mail/authres/too-many", test_too_many);
    g_test_add_func("/mail/authres/e41-padding", test_padding);
    g_test_add_func("/mail/authres/e41-no-place", test_no_place);
    g_test_add_func("/mail/authres/guards-stay", test_guards_stay);
    g_test_add_func("/mail/authres/sentence", test_sentence);
    g_test_add_func("/mail/authres/parsed", test_parsed);
    return g_test_run();
}
