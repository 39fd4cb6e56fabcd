/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/quote_lines.h"

#include <string.h>

#define MAX_ATTRIBUTION 500 /* bytes of the joined lines */
#define MAX_FOOTER 160
#define MAX_DEVICE 60
#define MAX_CONFIDENTIAL 20 /* lines looked at */

/* Between dashes. */
static const char *const dividers[] = {"Ursprüngliche Nachricht",
                                       "Urspr. Nachricht",
                                       "Original-Nachricht",
                                       "Originalnachricht",
                                       "Original Nachricht",
                                       "Weitergeleitete Nachricht",
                                       "Originaltermin",
                                       "Ursprünglicher Termin",
                                       "Original Message",
                                       "Original message",
                                       "Original Appointment",
                                       "Forwarded message",
                                       "Forwarded by",
                                       "Original e-mail",
                                       "Original email",
                                       "Message d'origine",
                                       "Message d’origine",
                                       "Message original",
                                       "Message transféré",
                                       "Forwarded Message",
                                       "Mensaje original",
                                       "Mensaje reenviado",
                                       "Messaggio originale",
                                       "Messaggio inoltrato",
                                       "Oorspronkelijk bericht",
                                       "Doorgestuurd bericht",
                                       "Origineel bericht",
                                       "Mensagem original",
                                       "Original meddelelse"};

/* Apple Mail writes these without dashes. */
static const char *const bare_dividers[] = {"Anfang der weitergeleiteten Nachricht:",
                                            "Begin forwarded message:",
                                            "Début du message réexpédié",
                                            "Début du message transféré",
                                            "Inicio del mensaje reenviado:",
                                            "Inizio messaggio inoltrato:",
                                            "Begin doorgestuurd bericht:",
                                            "Anfang der Originalnachricht"};

/* What ends a mail, whole phrases only: a customer may begin a sentence with less. */
static const char *const footers[] = {
    "Von Samsung Mobile gesendet",
    "Gesendet von Mail für Windows",
    "Gesendet von Outlook",
    "Gesendet von Yahoo Mail",
    "Gesendet von iPhone",
    "Gesendet vom iPhone",
    "Gesendet mit der GMX",
    "Gesendet mit der WEB.DE",
    "Gesendet mit der Telekom Mail",
    "Gesendet mit der mobilen Mail App",
    "Diese Nachricht wurde mit K-9 Mail gesendet",
    "Holen Sie sich Outlook für",
    "Outlook für iOS beziehen",
    "Outlook für Android beziehen",
    "Beziehen Sie Outlook für",
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
    "Get Outlook for iOS",
    "Get Outlook for Android",
    "Get Outlook for Mac",
    "Télécharger Outlook pour",
    "Obtenir Outlook pour",
    "Obtener Outlook para",
    "Inviato da iPhone",
    "Scarica Outlook per",
    "Virenfrei.www.",
    "Virenfrei. www.",
    "Virus-free.www.",
    "Virus-free. www.",
    "Diese E-Mail wurde von Avast",
    "This email has been checked for viruses",
    "Diese E-Mail wurde auf Viren geprüft",
    "Please consider the environment before",
    "Bitte denken Sie an die Umwelt, bevor",
    "Bitte prüfen Sie, ob diese Mail wirklich",
    "Bitte prüfen Sie, ob diese E-Mail wirklich",
    "Bitte prüfen Sie, ob diese Nachricht wirklich",
};

/* Footers that name a device: how they begin, and what they hold behind it. */
static const struct {
    const char *begins, *holds;
} sent_from[] = {
    {"Von meinem ", " gesendet"},
    {"Von meinem/meiner ", " gesendet"},
    {"Diese Nachricht wurde von meinem ", " gesendet"},
    {"Diese E-Mail wurde von meinem ", " gesendet"},
    {"Dies wurde von meinem ", " gesendet"},
    {"Gesendet von meinem ", ""},
    {"Sent from my ", ""},
    {"Envoyé de mon ", ""},
    {"Envoyé depuis mon ", ""},
    {"Enviado desde mi ", ""},
    {"Inviato dal mio ", ""},
    {"Verstuurd vanaf mijn ", ""},
    {"Verzonden vanaf mijn ", ""},
    {"Outlook voor ", " downloaden"},
};

static const char *const devices[] = {
    "iPhone",  "iPad",     "iPod",      "Apple",  "Mac",       "iOS",        "Android",
    "Windows", "Galaxy",   "Samsung",   "SM-",    "Huawei",    "Honor",      "Xiaomi",
    "Redmi",   "OnePlus",  "Oppo",      "Sony",   "Xperia",    "Nokia",      "Motorola",
    "Moto",    "LG",       "HTC",       "Google", "Pixel",     "Fairphone",  "BlackBerry",
    "Verizon", "T-Mobile", "AT&T",      "Handy",  "mobil",     "Smartphone", "phone",
    "Telefon", "Tablet",   "téléphone", "móvil",  "cellulare", "telefoon",
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

/* Two of these in its paragraph make it one. Lower case; parts of words. */
static const char *const confidential[] = {
    "confidential",  "privileged",      "intended",   "recipient",      "addressee",
    "disclos",       "unauthori",       "prohibited", "vertraulich",    "rechtlich geschützt",
    "empfänger",     "adressat",        "bestimmt",   "ausschließlich", "irrtümlich",
    "unbefugt",      "nicht gestattet", "weitergabe", "confidentiel",   "destinataire",
    "confidencial",  "destinatari",     "exclusiv",   "confidenzial",   "riservat",
    "vertrouwelijk", "geadresseerde",   "bestemd",    "uitsluitend",
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

QuoteLine quote_line_strip(const QuoteLine *line, const char *set)
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

gboolean quote_line_in(const QuoteLine *line, const char *const *table, gsize count,
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
    QuoteLine inner = quote_line_strip(line, "-_=* \t");
    gsize dashes = (gsize)(inner.text - line->text);

    if (inner.length == 0 || inner.length > 60)
        return FALSE;
    if (quote_line_in(&inner, bare_dividers, G_N_ELEMENTS(bare_dividers), TRUE))
        return TRUE;
    if (dashes < 2 || !memchr(line->text, '-', dashes))
        return FALSE;
    return quote_line_in(&inner, dividers, G_N_ELEMENTS(dividers), FALSE) ||
           quote_line_is(&inner, "Forwarded by ", TRUE);
}

gboolean quote_line_asks(const QuoteLine *line)
{
    for (gsize i = 0; i < line->length; i++)
        if (line->text[i] == '?' && (i + 1 == line->length || !g_ascii_isalnum(line->text[i + 1])))
            return TRUE;
    return FALSE;
}

static gboolean is_footer(const QuoteLine *line)
{
    if (line->length > MAX_FOOTER || quote_line_asks(line))
        return FALSE;
    if (quote_line_in(line, footers, G_N_ELEMENTS(footers), TRUE))
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(sent_from); i++) {
        gsize n = strlen(sent_from[i].begins);
        QuoteLine rest;
        if (!quote_line_is(line, sent_from[i].begins, TRUE))
            continue;
        rest.text = line->text + n;
        rest.length = line->length - n;
        if (rest.length <= MAX_DEVICE &&
            quote_line_in(&rest, devices, G_N_ELEMENTS(devices), TRUE) &&
            memmem(rest.text, rest.length, sent_from[i].holds, strlen(sent_from[i].holds)))
            return TRUE;
    }
    return FALSE;
}

LineKind quote_line_kind(const QuoteLine *line)
{
    QuoteLine words = quote_line_strip(line, " \t*_");

    if (line->length == 0 || quote_line_strip(line, " \t").length == 0)
        return LINE_BLANK;
    if (line->text[0] == '>' || (line->text[0] == ' ' && line->length > 1 && line->text[1] == '>'))
        return LINE_QUOTED;
    if (quote_line_is(line, "--", FALSE))
        return LINE_DELIMITER;
    if (is_all(line, '_', 5))
        return LINE_RULE;
    if (is_divider(line))
        return LINE_DIVIDER;
    if (is_footer(&words))
        return LINE_FOOTER;
    if (quote_line_in(&words, disclaimers, G_N_ELEMENTS(disclaimers), TRUE))
        return LINE_DISCLAIMER;
    if (quote_line_in(&words, banners, G_N_ELEMENTS(banners), TRUE))
        return LINE_BANNER;
    return LINE_TEXT;
}

guint quote_confidential(const QuoteLine *lines, guint count)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint hits = 0;

    for (guint i = 0; i < MIN(count, MAX_CONFIDENTIAL); i++) {
        /* A heading may stand above a blank line. */
        if (lines[i].length == 0 && (i != 1 || text->len > 40))
            break;
        g_string_append_len(text, lines[i].text, (gssize)MIN(lines[i].length, 2000));
        g_string_append_c(text, ' ');
    }
    g_string_ascii_down(text);
    for (gsize i = 0; i < G_N_ELEMENTS(confidential); i++)
        hits += strstr(text->str, confidential[i]) != NULL;
    return hits;
}

gboolean quote_line_has_time(const QuoteLine *line)
{
    const char *p = line->text;

    for (gsize i = 1; i + 2 < line->length; i++)
        if (p[i] == ':' && g_ascii_isdigit(p[i - 1]) && g_ascii_isdigit(p[i + 1]) &&
            g_ascii_isdigit(p[i + 2]))
            return TRUE;
    return FALSE;
}

gboolean quote_line_has_year(const QuoteLine *line)
{
    gsize digits = 0;

    for (gsize i = 0; i <= line->length; i++) {
        if (i < line->length && g_ascii_isdigit(line->text[i])) {
            digits++;
            continue;
        }
        if (digits == 4 &&
            (memcmp(line->text + i - 4, "19", 2) == 0 || memcmp(line->text + i - 4, "20", 2) == 0))
            return TRUE;
        digits = 0;
    }
    return FALSE;
}

/* Is the joined text, of N lines, an attribution? */
static gboolean is_attribution(const char *text, guint n, gboolean *strong)
{
    QuoteLine line = {text, strlen(text)};
    gboolean colon = g_str_has_suffix(text, ":");
    gboolean at = strchr(text, '@') != NULL;
    gboolean timed = quote_line_has_time(&line);

    *strong = at && (timed || quote_line_has_year(&line));
    for (gsize i = 0; i < G_N_ELEMENTS(stories); i++)
        if (strstr(text, stories[i]))
            return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(attributions); i++) {
        const char *verb = attributions[i].verb;
        if (!quote_line_is(&line, attributions[i].begins, TRUE))
            continue;
        if (*attributions[i].begins == '\0' && n > 1)
            break;
        if (verb && strncmp(verb, " write", 6) == 0)
            *strong = FALSE; /* Usenet, where quotes have all sorts of marks */
        if (verb ? strstr(text, verb) && (colon || ((at || timed) && g_str_has_suffix(text, verb)))
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
        QuoteLine line = quote_line_strip(&lines[i], " \t*");
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
