/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/quote_lines.h"

#include <string.h>

#define MAX_ATTRIBUTION 500 /* bytes of the joined lines */
#define MAX_FOOTER 160
#define HEADER_LINES 8

/* Between dashes. */
static const char *const dividers[] = {
    "Ursprüngliche Nachricht", "Urspr. Nachricht",       "Original-Nachricht",
    "Originalnachricht",       "Original Nachricht",     "Weitergeleitete Nachricht",
    "Originaltermin",          "Ursprünglicher Termin",  "Nachricht",
    "Original Message",        "Original message",       "Original Appointment",
    "Forwarded message",       "Forwarded by",           "Original e-mail",
    "Original email",          "Message d'origine",      "Message d’origine",
    "Message original",        "Message transféré",      "Forwarded Message",
    "Mensaje original",        "Mensaje reenviado",      "Messaggio originale",
    "Messaggio inoltrato",     "Oorspronkelijk bericht", "Doorgestuurd bericht",
    "Origineel bericht",       "Mensagem original",      "Original meddelelse"};

/* Apple Mail writes these without dashes. */
static const char *const bare_dividers[] = {"Anfang der weitergeleiteten Nachricht:",
                                            "Begin forwarded message:",
                                            "Début du message réexpédié",
                                            "Début du message transféré",
                                            "Inicio del mensaje reenviado:",
                                            "Inizio messaggio inoltrato:",
                                            "Begin doorgestuurd bericht:",
                                            "Anfang der Originalnachricht"};

static const char *const footers[] = {
    "Von meinem iPhone gesendet",
    "Von meinem iPad gesendet",
    "Von meinem Mobilgerät gesendet",
    "Von meinem Handy gesendet",
    "Von meinem Smartphone gesendet",
    "Von meinem Samsung",
    "Von meinem Huawei",
    "Von meinem/meiner Galaxy",
    "Von Samsung Mobile gesendet",
    "Gesendet von meinem ",
    "Gesendet von Mail für Windows",
    "Gesendet von Outlook",
    "Gesendet von Yahoo Mail",
    "Gesendet von iPhone",
    "Gesendet vom iPhone",
    "Gesendet mit der GMX",
    "Gesendet mit der WEB.DE",
    "Gesendet mit der Telekom Mail",
    "Gesendet mit der mobilen Mail App",
    "Gesendet über ",
    "Diese Nachricht wurde von meinem ",
    "Diese Nachricht wurde mit K-9 Mail gesendet",
    "Diese E-Mail wurde von meinem ",
    "Dies wurde von meinem ",
    "Holen Sie sich Outlook für",
    "Outlook für iOS beziehen",
    "Outlook für Android beziehen",
    "Beziehen Sie Outlook für",
    "Sent from my ",
    "Sent from Mail for Windows",
    "Sent from Outlook",
    "Sent from Yahoo Mail",
    "Sent from Samsung Mobile",
    "Sent from Proton Mail",
    "Sent from iPhone",
    "Sent from a mobile device",
    "Sent from the all new AOL app",
    "Sent via the Samsung",
    "Sent via BlackBerry",
    "Sent with Proton Mail",
    "Sent with ProtonMail",
    "Get Outlook for ",
    "Envoyé de mon ",
    "Envoyé depuis mon ",
    "Télécharger Outlook pour",
    "Obtenir Outlook pour",
    "Enviado desde mi ",
    "Obtener Outlook para",
    "Inviato da iPhone",
    "Inviato dal mio ",
    "Scarica Outlook per",
    "Verstuurd vanaf mijn ",
    "Verzonden vanaf mijn ",
    "Outlook voor ",
    "Virenfrei.",
    "Virus-free.",
    "Diese E-Mail wurde von Avast",
    "This email has been checked for viruses",
    "Diese E-Mail wurde auf Viren geprüft",
    "Please consider the environment",
    "Bitte denken Sie an die Umwelt",
    "Bitte prüfen Sie, ob diese",
};

static const char *const disclaimers[] = {
    "This e-mail is confidential",
    "This email is confidential",
    "This message is confidential",
    "This e-mail and any attach",
    "This email and any attach",
    "This e-mail and any files",
    "This email and any files",
    "This message and any attach",
    "This message (including any attach",
    "This e-mail (including any attach",
    "This email (including any attach",
    "This e-mail, including any attach",
    "This email, including any attach",
    "This e-mail may contain",
    "This email may contain confidential",
    "This message may contain confidential",
    "This e-mail contains confidential",
    "This email contains confidential",
    "This message contains confidential",
    "This message is intended only",
    "This e-mail is intended only",
    "This email is intended only",
    "This e-mail is intended solely",
    "This email is intended solely",
    "The information contained in this",
    "The information in this e",
    "The contents of this e",
    "Confidentiality notice",
    "Confidentiality note",
    "Disclaimer:",
    "Legal notice:",
    "Diese E-Mail enthält vertrauliche",
    "Diese E-Mail kann vertrauliche",
    "Diese E-Mail könnte vertrauliche",
    "Diese E-Mail ist vertraulich",
    "Diese E-Mail ist ausschließlich für",
    "Diese E-Mail ist nur für",
    "Diese E-Mail und alle Anh",
    "Diese E-Mail und etwaige",
    "Diese E-Mail und ihre Anh",
    "Diese E-Mail einschließlich",
    "Diese E-Mail (einschließlich",
    "Diese Mail enthält vertrauliche",
    "Diese Nachricht enthält vertrauliche",
    "Diese Nachricht kann vertrauliche",
    "Diese Nachricht ist vertraulich",
    "Diese Nachricht und etwaige",
    "Dieses E-Mail enthält vertrauliche",
    "Der Inhalt dieser E-Mail ist",
    "Der Inhalt dieser Nachricht ist",
    "Die in dieser E-Mail enthaltenen",
    "Die Informationen in dieser E-Mail",
    "Die Information in dieser E-Mail",
    "Vertraulichkeitshinweis",
    "Haftungsausschluss:",
    "Wichtiger Hinweis: Diese E-Mail",
    "Ce message et toutes les pièces jointes",
    "Ce message et ses pièces jointes",
    "Ce message est confidentiel",
    "Ce courriel est confidentiel",
    "Este mensaje es confidencial",
    "Este mensaje y sus archivos",
    "Este correo electrónico y",
    "Questo messaggio e i suoi allegati",
    "Questo messaggio è confidenziale",
    "Dit bericht is vertrouwelijk",
    "Dit e-mailbericht is uitsluitend",
    "De informatie in dit e-mailbericht",
};

static const char *const banners[] = {
    "CAUTION: This e",
    "CAUTION: External",
    "WARNING: This e",
    "EXTERNAL EMAIL",
    "EXTERNAL E-MAIL",
    "[EXTERNAL]",
    "[EXTERN]",
    "ACHTUNG: Diese E-Mail",
    "ACHTUNG: Externe",
    "VORSICHT: Externe",
    "VORSICHT: Diese E-Mail",
    "You don't often get email from",
    "You don’t often get email from",
    "Some people who received this message don't",
    "Sie erhalten nicht oft E-Mail",
    "Sie erhalten nicht oft eine E-Mail",
    "Sie erhalten nicht häufig E-Mail",
    "Einige Personen, die diese Nachricht erhalten haben",
};

/* How a sentence that introduces a quote begins and which verb it holds. An empty beginning: the
 * verb alone must do, on one line. */
static const struct {
    const char *begins, *verb;
} attributions[] = {
    {"Am ", " schrieb"},
    {"On ", " wrote"},
    {"Le ", " a écrit"},
    {"El ", " escribió"},
    {"Il ", " ha scritto"},
    {"Op ", " schreef"},
    {"Op ", " geschreven"},
    {"Em ", " escreveu"},
    {"Den ", " skrev"},
    {"Zitat von ", NULL},
    {"Quoting ", NULL},
    {"In article ", " write"},
    {"In message ", " wrote"},
    {"At ", " wrote"},
    {"Von ", " schrieb"},
    {"Um ", " schrieb"},
    {"Il giorno ", " scritto"},
    {"", " schrieb"},
    {"", " wrote"},
    {"", " writes"},
    {"", " a écrit"},
    {"", " escribió"},
    {"", " ha scritto"},
    {"", " schreef"},
};

/* These tell a story; they introduce no quote. */
static const char *const stories[] = {
    " schrieb ich", " schrieb mir",  " schrieb uns", " schrieben ",    " I wrote",     " we wrote",
    " wrote me",    " wrote to you", " wrote you",   " schrieb Ihnen", " schrieb ihr", " wrote us"};

typedef enum { FROM = 1, SENT = 2, TO = 4, CC = 8, SUBJECT = 16, REPLY_TO = 32 } Label;

static const struct {
    const char *word;
    Label label;
} labels[] = {
    {"Von", FROM},       {"Gesendet", SENT},   {"Gesendet am", SENT},
    {"Datum", SENT},     {"An", TO},           {"Cc", CC},
    {"Kopie", CC},       {"Betreff", SUBJECT}, {"Antwort an", REPLY_TO},
    {"From", FROM},      {"Sent", SENT},       {"Date", SENT},
    {"To", TO},          {"Subject", SUBJECT}, {"Reply-To", REPLY_TO},
    {"De", FROM},        {"Envoyé", SENT},     {"À", TO},
    {"Objet", SUBJECT},  {"Enviado", SENT},    {"Enviado el", SENT},
    {"Fecha", SENT},     {"Para", TO},         {"Asunto", SUBJECT},
    {"Da", FROM},        {"Inviato", SENT},    {"Data", SENT},
    {"A", TO},           {"Oggetto", SUBJECT}, {"Van", FROM},
    {"Verzonden", SENT}, {"Aan", TO},          {"Onderwerp", SUBJECT},
    {"Bcc", CC},         {"Envoyé le", SENT},
};

static QuoteLine strip(const QuoteLine *line, const char *set)
{
    QuoteLine out = *line;

    while (out.length > 0 && strchr(set, out.text[0])) {
        out.text++;
        out.length--;
    }
    while (out.length > 0 && strchr(set, out.text[out.length - 1]))
        out.length--;
    return out;
}

gboolean quote_line_is(const QuoteLine *line, const char *phrase, gboolean prefix)
{
    gsize n;

    /* Hundreds of phrases are tried on each line, nearly all of which differ at once, whatever
     * the case (0x20). */
    if (*phrase && (line->length == 0 || ((line->text[0] ^ *phrase) & ~0x20)))
        return FALSE;
    n = strlen(phrase);
    return (prefix ? line->length >= n : line->length == n) &&
           g_ascii_strncasecmp(line->text, phrase, n) == 0;
}

static gboolean in_table(const QuoteLine *line, const char *const *table, gsize count,
                         gboolean prefix)
{
    for (gsize i = 0; i < count; i++)
        if (quote_line_is(line, table[i], prefix))
            return TRUE;
    return FALSE;
}

static gboolean is_all(const QuoteLine *line, char c, gsize least)
{
    for (gsize i = 0; i < line->length; i++)
        if (line->text[i] != c)
            return FALSE;
    return line->length >= least;
}

static gboolean is_divider(const QuoteLine *line)
{
    QuoteLine inner = strip(line, "-_=* \t");
    gsize dashes = (gsize)(inner.text - line->text);

    if (inner.length == 0 || inner.length > 60)
        return FALSE;
    if (in_table(&inner, bare_dividers, G_N_ELEMENTS(bare_dividers), TRUE))
        return TRUE;
    if (dashes < 2 || !memchr(line->text, '-', dashes))
        return FALSE;
    return in_table(&inner, dividers, G_N_ELEMENTS(dividers), FALSE) ||
           quote_line_is(&inner, "Forwarded by ", TRUE);
}

LineKind quote_line_kind(const QuoteLine *line)
{
    QuoteLine words = strip(line, " \t*_");

    if (line->length == 0 || strip(line, " \t").length == 0)
        return LINE_BLANK;
    if (line->text[0] == '>' || (line->text[0] == ' ' && line->length > 1 && line->text[1] == '>'))
        return LINE_QUOTED;
    if (quote_line_is(line, "--", FALSE))
        return LINE_DELIMITER;
    if (is_all(line, '_', 5))
        return LINE_RULE;
    if (is_divider(line))
        return LINE_DIVIDER;
    if (words.length <= MAX_FOOTER && in_table(&words, footers, G_N_ELEMENTS(footers), TRUE))
        return LINE_FOOTER;
    if (in_table(&words, disclaimers, G_N_ELEMENTS(disclaimers), TRUE))
        return LINE_DISCLAIMER;
    if (in_table(&words, banners, G_N_ELEMENTS(banners), TRUE))
        return LINE_BANNER;
    return LINE_TEXT;
}

static gboolean has_time(const char *text)
{
    for (const char *p = strchr(text, ':'); p; p = strchr(p + 1, ':'))
        if (p > text && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[2]))
            return TRUE;
    return FALSE;
}

/* Is the joined text, of N lines, an attribution? */
static gboolean is_attribution(const char *text, guint n, gboolean *strong)
{
    QuoteLine line = {text, strlen(text)};
    gboolean colon = g_str_has_suffix(text, ":");
    gboolean at = strchr(text, '@') != NULL;
    gboolean timed = has_time(text);

    *strong = at || timed;
    for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
        if (strstr(text, stories[i]))
            return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(attributions); i++) {
        const char *verb = attributions[i].verb;
        if (!quote_line_is(&line, attributions[i].begins, TRUE))
            continue;
        if (*attributions[i].begins == '\0') {
            if (n > 1)
                break;
            *strong = at;
        }
        if (verb && strncmp(verb, " write", 6) == 0)
            *strong = FALSE; /* Usenet, where quotes have all sorts of marks */
        if (verb ? strstr(text, verb) && (colon || (*strong && g_str_has_suffix(text, verb)))
                 : colon)
            return TRUE;
    }
    *strong = at && timed;
    return n == 1 && colon && at && strchr(text, '<') && strstr(text, ">:");
}

guint quote_attribution(const QuoteLine *lines, guint count, gboolean *strong)
{
    g_autoptr(GString) joined = NULL;

    if (lines[0].length > MAX_ATTRIBUTION)
        return 0;
    for (guint i = 0; i < MIN(count, 3); i++) {
        QuoteLine line = strip(&lines[i], " \t*");
        gboolean complete;
        if (line.length == 0 || line.length > MAX_ATTRIBUTION || line.text[0] == '>')
            return 0;
        complete = line.text[line.length - 1] == ':' ||
                   (line.length > 5 && memcmp(line.text + line.length - 5, "wrote", 5) == 0);
        if (!joined && !complete) {
            gboolean begins = FALSE;
            for (gsize k = 0; k < G_N_ELEMENTS(attributions) && !begins; k++)
                begins =
                    *attributions[k].begins && quote_line_is(&line, attributions[k].begins, TRUE);
            if (!begins)
                return 0;
        }
        if (!joined)
            joined = g_string_new(NULL);
        else
            g_string_append_c(joined, ' ');
        g_string_append_len(joined, line.text, (gssize)line.length);
        if (complete)
            return is_attribution(joined->str, i + 1, strong) ? i + 1 : 0;
    }
    return 0;
}

static guint label_of(const QuoteLine *raw)
{
    QuoteLine line = strip(raw, " \t*");
    const char *colon = memchr(line.text, ':', MIN(line.length, 16));
    QuoteLine word;

    if (!colon)
        return 0;
    word.text = line.text;
    word.length = (gsize)(colon - line.text);
    word = strip(&word, " \t*");
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
        if (quote_line_is(&word, labels[i].word, FALSE))
            return labels[i].label;
    return 0;
}

guint quote_header_block(const QuoteLine *lines, guint count)
{
    guint seen = label_of(&lines[0]);
    guint distinct = 1;
    guint last = 0;

    if (seen == 0)
        return 0;
    for (guint i = 1; i < MIN(count, HEADER_LINES); i++) {
        guint label = label_of(&lines[i]);
        if (label & ~seen) {
            seen |= label;
            distinct++;
        }
        if (label)
            last = i;
        else if (quote_line_kind(&lines[i]) == LINE_BLANK && distinct >= 3)
            break;
    }
    return distinct >= 3 && (seen & FROM) ? last + 1 : 0;
}
