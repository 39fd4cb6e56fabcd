/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/compose.h"

#include <gmime/gmime.h>
#include <locale.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)

#define ID_7 "erms.k7q4-29xm.7.8yz3a70pqj03hft9@lindenhof.example"

static const ComposeOptions plain = {"Lindenhof Service", "service@lindenhof.example", 1795385463,
                                     FALSE, FALSE};

static Reply *reply_of(const char *subject, const char *body)
{
    Reply *reply = reply_new();

    reply->to_addr = g_strdup("anna@kunde.example");
    reply->subject = g_strdup(subject);
    reply->body = g_strdup(body);
    reply->mail_id = g_strdup(ID_7);
    return reply;
}

/* Composes, and checks what must hold of every mail: 7-bit, CRLF, no line over 998, no Bcc. */
static GMimeMessage *round_trip(const Reply *reply, const ComposeOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) mail = compose_reply(reply, options, &error);
    gsize length, line = 0;
    const char *bytes;
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *message;

    g_assert_no_error(error);
    g_assert_nonnull(mail);
    bytes = g_bytes_get_data(mail, &length);
    g_assert_cmpuint(length, >, 2);
    g_assert_cmpint(bytes[length - 1], ==, '\n');
    for (gsize i = 0; i < length; i++) {
        g_assert_cmpint((guchar)bytes[i], <, 0x80);
        g_assert_true(bytes[i] >= ' ' || strchr("\r\n\t", bytes[i] ? bytes[i] : 1));
        g_assert_true(bytes[i] != '\n' || (i > 0 && bytes[i - 1] == '\r'));
        g_assert_true(bytes[i] != '\r' || bytes[i + 1] == '\n');
        line = bytes[i] == '\n' ? 0 : line + 1;
        g_assert_cmpuint(line, <=, 999); /* with CR */
    }
    stream = g_mime_stream_mem_new_with_buffer(bytes, length);
    parser = g_mime_parser_new_with_stream(stream);
    message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    g_assert_nonnull(message);
    g_assert_null(g_mime_object_get_header(GMIME_OBJECT(message), "Bcc"));
    g_assert_null(g_mime_object_get_header(GMIME_OBJECT(message), "Precedence"));
    return message;
}

static char *body_of(GMimeMessage *message)
{
    GMimeObject *part = g_mime_message_get_mime_part(message);
    GMimeStream *stream = g_mime_stream_mem_new();
    GByteArray *bytes;
    GString *text;

    g_assert_true(GMIME_IS_PART(part));
    g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), stream);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    text = g_string_new_len((const char *)bytes->data, bytes->len);
    g_object_unref(stream);
    g_string_replace(text, "\r\n", "\n", 0);
    return g_string_free(text, FALSE);
}

static const char *header(GMimeMessage *message, const char *name)
{
    return g_mime_object_get_header(GMIME_OBJECT(message), name);
}

static guint count_headers(GMimeMessage *message)
{
    return (guint)g_mime_header_list_get_count(
        g_mime_object_get_header_list(GMIME_OBJECT(message)));
}

static void test_headers(void)
{
    ComposeOptions options = plain;
    g_autoptr(Reply) reply = reply_of("Re: Frage [#K7Q4-29XM]", "Hallo\n");
    g_autoptr(GMimeMessage) manual = NULL;
    g_autoptr(GMimeMessage) automatic = NULL;
    g_autoptr(GMimeMessage) generated = NULL;
    GMimeContentType *type;

    reply->in_reply_to = g_strdup("47@kunde.example");
    reply->references = g_strdup("1@kunde.example 47@kunde.example");
    manual = round_trip(reply, &options);
    g_assert_cmpstr(header(manual, "From"), ==, "Lindenhof Service <service@lindenhof.example>");
    g_assert_cmpstr(header(manual, "To"), ==, "anna@kunde.example");
    g_assert_cmpstr(header(manual, "Subject"), ==, "Re: Frage [#K7Q4-29XM]");
    g_assert_cmpstr(header(manual, "Date"), ==, "Sun, 22 Nov 2026 22:11:03 +0000");
    g_assert_cmpstr(header(manual, "Message-ID"), ==, "<" ID_7 ">");
    g_assert_cmpstr(header(manual, "In-Reply-To"), ==, "<47@kunde.example>");
    g_assert_cmpstr(header(manual, "References"), ==, "<1@kunde.example> <47@kunde.example>");
    g_assert_cmpstr(header(manual, "MIME-Version"), ==, "1.0");
    type = g_mime_object_get_content_type(g_mime_message_get_mime_part(manual));
    g_assert_true(g_mime_content_type_is_type(type, "text", "plain"));
    g_assert_cmpstr(g_mime_content_type_get_parameter(type, "charset"), ==, "utf-8");
    g_assert_null(g_mime_content_type_get_parameter(type, "format"));
    g_assert_null(header(manual, "Auto-Submitted"));
    g_assert_null(header(manual, "X-Auto-Response-Suppress"));

    options.automatic = TRUE;
    automatic = round_trip(reply, &options);
    g_assert_cmpstr(header(automatic, "Auto-Submitted"), ==, "auto-replied");
    g_assert_cmpstr(header(automatic, "X-Auto-Response-Suppress"), ==, "All");
    g_assert_cmpuint(count_headers(automatic), ==, count_headers(manual) + 2);

    options.automatic = FALSE;
    options.generated = TRUE;
    generated = round_trip(reply, &options);
    g_assert_cmpstr(header(generated, "Auto-Submitted"), ==, "auto-generated");
    g_assert_cmpstr(header(generated, "X-Auto-Response-Suppress"), ==, "All");
}

static void test_no_thread(void)
{
    g_autoptr(Reply) reply = reply_of("Re: x", "x");
    g_autoptr(GMimeMessage) mail = round_trip(reply, &plain);

    g_assert_null(header(mail, "In-Reply-To"));
    g_assert_null(header(mail, "References"));
}

/* The same reply gives the same bytes: nothing is random, nothing reads a clock. */
static void test_repeatable(void)
{
    g_autoptr(Reply) reply = reply_of("Re: Größe 😀", "Grüße 😀\n");
    g_autoptr(GBytes) one = compose_reply(reply, &plain, NULL);
    g_autoptr(GBytes) two = compose_reply(reply, &plain, NULL);

    g_assert_true(g_bytes_equal(one, two));
}

static void test_encoded_headers(void)
{
    static const char *const texts[] = {
        "Rücksendung und Größe",
        "😀😀😀 Emoji 👩‍👧",
        "ein, Komma; \"Zitat\" <spitz@x.example>",
        "Привет, мир",
        "x",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        ComposeOptions options = plain;
        g_autofree char *subject = compose_subject(texts[i], "K7Q4-29XM");
        g_autofree char *expected = g_strdup_printf("Re: %s [#K7Q4-29XM]", texts[i]);
        g_autoptr(Reply) reply = reply_of(subject, "x");
        g_autoptr(GMimeMessage) mail = NULL;
        InternetAddressList *from;

        options.from_name = texts[i];
        mail = round_trip(reply, &options);
        g_assert_cmpstr(g_mime_message_get_subject(mail), ==, expected);
        from = g_mime_message_get_from(mail);
        g_assert_cmpint(internet_address_list_length(from), ==, 1);
        g_assert_cmpstr(internet_address_get_name(internet_address_list_get_address(from, 0)), ==,
                        texts[i]);
        g_assert_cmpstr(INTERNET_ADDRESS_MAILBOX(internet_address_list_get_address(from, 0))->addr,
                        ==, "service@lindenhof.example");
    }
}

static void check_body(const char *body, const char *expected)
{
    g_autoptr(Reply) reply = reply_of("Re: x", body);
    g_autoptr(GMimeMessage) mail = round_trip(reply, &plain);
    g_autofree char *back = body_of(mail);

    g_assert_cmpstr(back, ==, expected);
}

static void test_bodies(void)
{
    g_autofree char *ascii = g_strnfill(20000, 'x');
    g_autofree char *ascii_line = g_strconcat(ascii, "\n", NULL);
    g_autoptr(GString) umlauts = g_string_new(NULL);

    for (guint i = 0; i < 5000; i++)
        g_string_append(umlauts, i % 40 ? "wort " : "schön ");
    g_string_append_c(umlauts, '\n');

    check_body("Hallo\n", "Hallo\n");
    check_body("kein Zeilenende", "kein Zeilenende\n");
    check_body("", "\n");
    check_body("Grüße aus Köln, Straße\n", "Grüße aus Köln, Straße\n");
    check_body("😀 👩‍👧 é é\n", "😀 👩‍👧 é é\n");
    check_body("Привет\nмир\n", "Привет\nмир\n");
    check_body(".\n..\n.Punkt\n\n.\n", ".\n..\n.Punkt\n\n.\n");
    check_body("From hier an\nFrom dort\n>From\n", "From hier an\nFrom dort\n>From\n");
    check_body("Grüße\nFrom dort und weiter im Text\n", "Grüße\nFrom dort und weiter im Text\n");
    check_body("Grüße\n-- \nService \t\n", "Grüße\n-- \nService \t\n");
    check_body("a=3D=\nüber=\n", "a=3D=\nüber=\n");
    check_body("eins\r\nzwei\rdrei\n", "eins\nzwei\ndrei\n");
    check_body("Tabulator\tund\vmehr\f\n", "Tabulator\tund\vmehr\f\n");
    check_body("\n\n  eingerückt\n\n\n", "\n\n  eingerückt\n\n\n");
    check_body("--boundary\nContent-Type: text/html\n\n<b>\n",
               "--boundary\nContent-Type: text/html\n\n<b>\n");
    check_body(ascii, ascii_line);
    check_body(umlauts->str, umlauts->str);
}

/* RFC 2045 6.8: text has CRLF before base64 is made of it. */
static void test_base64_is_canonical(void)
{
    g_autoptr(Reply) reply = reply_of("Re: x", "да\n");
    g_autoptr(GBytes) mail = compose_reply(reply, &plain, NULL);
    g_autofree char *expected = g_base64_encode((const guchar *)"да\r\n", strlen("да\r\n"));

    g_assert_nonnull(
        g_strstr_len(g_bytes_get_data(mail, NULL), (gssize)g_bytes_get_size(mail), expected));
}

/* "From " and a lone "." are safe on every way (mbox, careless relays) when encoded. */
static void test_from_is_armoured(void)
{
    g_autoptr(Reply) reply = reply_of("Re: x", "From hier\nFrom dort\n");
    g_autoptr(GBytes) mail = compose_reply(reply, &plain, NULL);
    const char *bytes = g_bytes_get_data(mail, NULL);

    g_assert_null(g_strstr_len(bytes, (gssize)g_bytes_get_size(mail), "\nFrom "));
    g_assert_nonnull(g_strstr_len(bytes, (gssize)g_bytes_get_size(mail), "=46rom dort"));
}

typedef enum { SUBJECT, NAME, FROM, TO, MAIL_ID, IN_REPLY_TO, REFERENCES, BODY } Place;

static const struct {
    Place place;
    const char *value;
    const char *named; /* what the error must name */
} refused[] = {
    {SUBJECT, "x\r\nBcc: evil@x.test", "Subject"},
    {SUBJECT, "x\nBcc: evil@x.test", "Subject"},
    {SUBJECT, "x\rBcc: evil@x.test", "Subject"},
    {SUBJECT, "x\x01", "Subject"},
    {SUBJECT, "x\x7f", "Subject"},
    {SUBJECT, "x\xc2\x85y", "Subject"},     /* NEL */
    {SUBJECT, "x\xe2\x80\xa8y", "Subject"}, /* line separator */
    {SUBJECT, "x\xff", "Subject"},
    {SUBJECT, "=?utf-8?q?twice=0D=0A?=", "Subject"},
    {NAME, "=?utf-8?q?twice?=", "From"},
    {NAME, "Service\r\nBcc: evil@x.test", "From"},
    {NAME, "Service\n", "From"},
    {NAME, "Service\xc3", "From"},
    {FROM, "service@lindenhof.example\r\nBcc: evil@x.test", "From"},
    {FROM, "service", "From"},
    {FROM, "", "From"},
    {FROM, NULL, "From"},
    {TO, "anna@kunde.example\r\nBcc: evil@x.test", "To"},
    {TO, "anna@kunde.example, evil@x.test", "To"},
    {TO, "anna,evil@x.test", "To"},
    {TO, "Anna <anna@kunde.example>", "To"},
    {TO, "<anna@kunde.example>", "To"},
    {TO, "anna@kunde.example (Anna)", "To"},
    {TO, "gruppe:anna@kunde.example;", "To"},
    {TO, "", "To"},
    {TO, NULL, "To"},
    {MAIL_ID, "a@b.example\r\nBcc: evil@x.test", "Message-ID"},
    {MAIL_ID, "a b@c.example", "Message-ID"},
    {MAIL_ID, "a@b.example> <c@d.example", "Message-ID"},
    {MAIL_ID, "noat", "Message-ID"},
    {MAIL_ID, "", "Message-ID"},
    {MAIL_ID, NULL, "Message-ID"},
    {IN_REPLY_TO, "a@b.example\r\nBcc: evil@x.test", "In-Reply-To"},
    {IN_REPLY_TO, "a@b.example\n", "In-Reply-To"},
    {REFERENCES, "a@b.example\r\n\r\nbody", "References"},
    {REFERENCES, "a@b.example \x80", "References"},
    {BODY, "overlong NUL \xc0\x80", "body"},
    {BODY, "latin1 \xfc", "body"},
    {BODY, NULL, "body"},
};

static void put(Reply *reply, ComposeOptions *options, Place place, const char *value)
{
    char **members[] = {[SUBJECT] = &reply->subject,       [TO] = &reply->to_addr,
                        [MAIL_ID] = &reply->mail_id,       [IN_REPLY_TO] = &reply->in_reply_to,
                        [REFERENCES] = &reply->references, [BODY] = &reply->body};

    if (place == NAME) {
        options->from_name = value;
    } else if (place == FROM) {
        options->from_addr = value;
    } else {
        g_free(*members[place]);
        *members[place] = g_strdup(value);
    }
}

static void test_refused(void)
{
    g_autofree char *long_value = g_strnfill(2000, 'x');

    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Reply) reply = reply_of("Re: x", "x");
        ComposeOptions options = plain;
        g_autoptr(GBytes) mail = NULL;

        g_test_message("case %u", (guint)i);
        put(reply, &options, refused[i].place, refused[i].value);
        mail = compose_reply(reply, &options, &error);
        g_assert_null(mail);
        g_assert_error(error, COMPOSE_ERROR, 0);
        g_assert_true(g_str_has_prefix(error->message, refused[i].named));
        g_assert_null(strpbrk(error->message, "\r\n"));
    }
    for (Place place = SUBJECT; place <= NAME; place++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Reply) reply = reply_of("Re: x", "x");
        ComposeOptions options = plain;
        put(reply, &options, place, long_value);
        g_assert_null(compose_reply(reply, &options, &error));
        g_assert_error(error, COMPOSE_ERROR, 0);
    }
    {
        g_autoptr(GError) error = NULL;
        g_autoptr(Reply) reply = reply_of("Re: x", "x");
        ComposeOptions options = plain;
        options.date = G_MAXINT64;
        g_assert_null(compose_reply(reply, &options, &error));
        g_assert_error(error, COMPOSE_ERROR, 0);
    }
}

/* Some Japanese telephone companies gave out such addresses. */
static void test_odd_address(void)
{
    g_autoptr(Reply) reply = reply_of("Re: x", "x");
    g_autoptr(GMimeMessage) mail = NULL;

    reply->to_addr = (g_free(reply->to_addr), g_strdup("anna..k.@kunde.example"));
    mail = round_trip(reply, &plain);
    g_assert_cmpstr(header(mail, "To"), ==, "anna..k.@kunde.example");
}

/* What a customer's odd mail program wrote must not keep us from answering it. */
static void test_odd_references(void)
{
    g_autoptr(Reply) reply = reply_of("Re: x", "x");
    g_autofree char *huge = g_strnfill(5000, 'h');
    g_autoptr(GMimeMessage) mail = NULL;

    reply->in_reply_to = g_strdup("a b@c.example");
    reply->references = g_strdup_printf("ok@x.example gr\xc3\xbc\xc3\x9f@x.example %s <br@x> "
                                        "ok@x.example 2$%%!@x.example",
                                        huge);
    mail = round_trip(reply, &plain);
    g_assert_cmpstr(header(mail, "References"), ==, "<ok@x.example> <2$%!@x.example>");
    g_assert_null(header(mail, "In-Reply-To"));
    reply->in_reply_to = (g_free(reply->in_reply_to), g_strdup(huge));
    g_clear_object(&mail);
    mail = round_trip(reply, &plain);
    g_assert_null(header(mail, "In-Reply-To"));
}

static void test_references(void)
{
    static const struct {
        const char *references, *in_reply_to, *message_id, *expected;
    } rows[] = {
        {NULL, NULL, NULL, NULL},
        {NULL, NULL, "m@x", "m@x"},
        {"a@x b@x", "b@x", "m@x", "a@x b@x m@x"},
        {NULL, "b@x", "m@x", "b@x m@x"},
        {"a@x", "z@x", "m@x", "a@x m@x"},
        {"a@x", NULL, NULL, "a@x"},
        {"a@x  a@x\tb@x", NULL, "b@x", "a@x b@x"},
        {"a@x bad<id@x", NULL, "m@x", "a@x m@x"},
        {NULL, "two words@x", "three more words@x", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Message) message = message_new();
        g_autofree char *got = NULL;
        message->references = g_strdup(rows[i].references);
        message->in_reply_to = g_strdup(rows[i].in_reply_to);
        message->message_id = g_strdup(rows[i].message_id);
        got = compose_references(message);
        g_assert_cmpstr(got, ==, rows[i].expected);
    }
}

static void test_references_bounded(void)
{
    g_autoptr(Message) message = message_new();
    g_autoptr(GString) many = g_string_new("first@x");
    g_autofree char *got = NULL;
    g_auto(GStrv) ids = NULL;

    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(many, " %u@x", i);
    message->references = g_strdup(many->str);
    message->message_id = g_strdup("last@x");
    got = compose_references(message);
    ids = g_strsplit(got, " ", -1);
    g_assert_cmpuint(g_strv_length(ids), ==, 21);
    g_assert_cmpstr(ids[0], ==, "first@x");
    g_assert_cmpstr(ids[1], ==, "981@x");
    g_assert_cmpstr(ids[19], ==, "999@x");
    g_assert_cmpstr(ids[20], ==, "last@x");
}

static void test_subject(void)
{
    static const struct {
        const char *subject, *expected;
    } rows[] = {
        {"Frage", "Re: Frage [#K7Q4-29XM]"},
        {"Re: Frage", "Re: Frage [#K7Q4-29XM]"},
        {"RE: AW: Antw: re:Re : Frage", "Re: Frage [#K7Q4-29XM]"},
        {"Antwort: SV: VS: R: RIF: RES: Odp: YNT: Frage", "Re: Frage [#K7Q4-29XM]"},
        {"Re[2]: AW(3): Re^4: Frage", "Re: Frage [#K7Q4-29XM]"},
        {"回复：Frage", "Re: Frage [#K7Q4-29XM]"},
        {"WG: Frage", "Re: WG: Frage [#K7Q4-29XM]"},
        {"Re: Fwd: Re: Frage", "Re: Fwd: Re: Frage [#K7Q4-29XM]"},
        {"Re: Frage [#K7Q4-29XM]", "Re: Frage [#K7Q4-29XM]"},
        {"[#K7Q4-29XM] AW: Frage", "Re: Frage [#K7Q4-29XM]"},
        {"Re: [#K7Q4-29XM] Frage [#K7Q4-29XM]", "Re: Frage [#K7Q4-29XM]"},
        {"Re: Frage [#AAAA-0000] dazu", "Re: Frage dazu [#K7Q4-29XM]"},
        {"Re: Frage [#aaaa-0000]", "Re: Frage [#aaaa-0000] [#K7Q4-29XM]"},
        {"", "Re: [#K7Q4-29XM]"},
        {NULL, "Re: [#K7Q4-29XM]"},
        {"  Re:  ", "Re: [#K7Q4-29XM]"},
        {"Rechnung: 47", "Re: Rechnung: 47 [#K7Q4-29XM]"},
        {"Reklamation", "Re: Reklamation [#K7Q4-29XM]"},
        {"Re Frage", "Re: Re Frage [#K7Q4-29XM]"},
        {"Re[x]: Frage", "Re: Re[x]: Frage [#K7Q4-29XM]"},
        {"a\r\nBcc: evil@x.test", "Re: a Bcc: evil@x.test [#K7Q4-29XM]"},
        {"a\tb\x01\x7f"
         "c\xc2\x85"
         "d\xe2\x80\xa8"
         "e",
         "Re: a b c d e [#K7Q4-29XM]"},
        {"Re: =?utf-8?q?x?=", "Re: = ?utf-8?q?x?= [#K7Q4-29XM]"},
        {"==??", "Re: == ?? [#K7Q4-29XM]"},
        {"Gr\xfc\xdf"
         "e",
         "Re: Gr��e [#K7Q4-29XM]"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *got = compose_subject(rows[i].subject, "K7Q4-29XM");
        g_autofree char *again = compose_subject(got, "K7Q4-29XM");
        g_assert_cmpstr(got, ==, rows[i].expected);
        g_assert_cmpstr(again, ==, got);
    }
    {
        g_autofree char *without = compose_subject("AW: Frage", NULL);
        g_autofree char *empty = compose_subject("", NULL);
        g_assert_cmpstr(without, ==, "Re: Frage");
        g_assert_cmpstr(empty, ==, "Re:");
    }
}

static void test_subject_bounded(void)
{
    g_autoptr(GString) long_subject = g_string_new(NULL);
    g_autoptr(GString) marks = g_string_new(NULL);
    g_autofree char *got = NULL, *found = NULL, *short_one = NULL;
    g_autoptr(Reply) reply = NULL;
    g_autoptr(GMimeMessage) mail = NULL;

    for (guint i = 0; i < 30000; i++) {
        g_string_append(long_subject, "😀");
        g_string_append(marks, "Re: ");
    }
    got = compose_subject(long_subject->str, "K7Q4-29XM");
    g_assert_cmpint(g_utf8_strlen(got, -1), ==, 200);
    g_assert_true(g_utf8_validate(got, -1, NULL));
    g_assert_true(g_str_has_suffix(got, "😀 [#K7Q4-29XM]"));
    found = compose_find_token(got);
    g_assert_cmpstr(found, ==, "K7Q4-29XM");
    reply = reply_of(got, "x");
    mail = round_trip(reply, &plain);
    g_assert_cmpstr(g_mime_message_get_subject(mail), ==, got);

    g_clear_object(&mail); /* the longest word that is let through */
    g_free(reply->subject);
    reply->subject = g_strnfill(900, 'x');
    mail = round_trip(reply, &plain);
    g_assert_cmpstr(g_mime_message_get_subject(mail), ==, reply->subject);

    g_string_append(marks, "Frage");
    short_one = compose_subject(marks->str, "K7Q4-29XM");
    g_assert_cmpstr(short_one, ==, "Re: Frage [#K7Q4-29XM]");
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_mime_init();
    g_test_add_func("/compose/headers", test_headers);
    g_test_add_func("/compose/no-thread", test_no_thread);
    g_test_add_func("/compose/repeatable", test_repeatable);
    g_test_add_func("/compose/encoded-headers", test_encoded_headers);
    g_test_add_func("/compose/bodies", test_bodies);
    g_test_add_func("/compose/base64-is-canonical", test_base64_is_canonical);
    g_test_add_func("/compose/from-is-armoured", test_from_is_armoured);
    g_test_add_func("/compose/refused", test_refused);
    g_test_add_func("/compose/odd-address", test_odd_address);
    g_test_add_func("/compose/odd-references", test_odd_references);
    g_test_add_func("/compose/references", test_references);
    g_test_add_func("/compose/references-bounded", test_references_bounded);
    g_test_add_func("/compose/subject", test_subject);
    g_test_add_func("/compose/subject-bounded", test_subject_bounded);
    return g_test_run();
}
