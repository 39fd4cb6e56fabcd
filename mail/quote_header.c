/* SPDX-License-Identifier: Apache-2.0 */
/* The block of headers that mail programs put above what they quote without marks. */
#include "mail/quote_lines.h"

#include <string.h>

#define HEADER_LINES 8

typedef enum {
    FROM = 1,
    SENT = 2,
    TO = 4,
    CC = 8,
    SUBJECT = 16,
    REPLY_TO = 32,
    BY_PROGRAM = 64, /* a mail program's word, no form's or timetable's */
    MAILED = SENT | BY_PROGRAM
} Label;

static const struct {
    const char *word;
    Label label;
} labels[] = {
    {"Von", FROM},
    {"Gesendet", MAILED},
    {"Gesendet am", MAILED},
    {"Datum", SENT},
    {"An", TO},
    {"Cc", CC},
    {"Kopie", CC},
    {"Betreff", SUBJECT},
    {"Antwort an", REPLY_TO},
    {"From", FROM},
    {"Sent", MAILED},
    {"Date", SENT},
    {"To", TO},
    {"Subject", SUBJECT},
    {"Reply-To", REPLY_TO},
    {"De", FROM},
    {"Envoyé", MAILED},
    {"À", TO},
    {"Objet", SUBJECT},
    {"Enviado", MAILED},
    {"Enviado el", MAILED},
    {"Fecha", SENT},
    {"Para", TO},
    {"Asunto", SUBJECT},
    {"Da", FROM},
    {"Inviato", MAILED},
    {"Data", SENT},
    {"A", TO},
    {"Oggetto", SUBJECT},
    {"Van", FROM},
    {"Verzonden", MAILED},
    {"Aan", TO},
    {"Onderwerp", SUBJECT},
    {"Bcc", CC},
    {"Envoyé le", MAILED},
};

/* Where a contact form holds the customer's words: what is above is no quoted mail's header. */
static const char *const fields[] = {
    "Nachricht",   "Ihre Nachricht", "Deine Nachricht", "Nachrichtentext", "Mitteilung",
    "Anfrage",     "Ihre Anfrage",   "Anliegen",        "Ihr Anliegen",    "Frage",
    "Ihre Frage",  "Kommentar",      "Bemerkung",       "Beschreibung",    "Text",
    "Inhalt",      "Message",        "Message Body",    "Your message",    "Comment",
    "Comments",    "Question",       "Your question",   "Enquiry",         "Inquiry",
    "Description", "Votre message",  "Mensaje",         "Messaggio",       "Bericht",
};

/* What stands before a colon near the beginning; of length 0 if there is none. */
static QuoteLine word_of(const QuoteLine *raw)
{
    QuoteLine line = quote_line_strip(raw, " \t*");
    const char *colon = memchr(line.text, ':', MIN(line.length, 20));
    QuoteLine word = {line.text, colon ? (gsize)(colon - line.text) : 0};

    return quote_line_strip(&word, " \t*");
}

static guint label_of(const QuoteLine *line)
{
    QuoteLine word = word_of(line);

    for (gsize i = 0; word.length > 0 && i < G_N_ELEMENTS(labels); i++)
        if (quote_line_is(&word, labels[i].word, FALSE))
            return labels[i].label;
    return 0;
}

/* Does one of a form's fields follow, among the headers or next behind them? */
static gboolean is_form(const QuoteLine *lines, guint count, guint last)
{
    for (guint i = 0; i < MIN(count, HEADER_LINES + 2); i++) {
        QuoteLine word = word_of(&lines[i]);
        if (word.length > 0 && quote_line_in(&word, fields, G_N_ELEMENTS(fields), FALSE))
            return TRUE;
        if (i > last && lines[i].length > 0)
            break;
    }
    return FALSE;
}

guint quote_header_block(const QuoteLine *lines, guint count, gboolean alone)
{
    guint seen = 0, distinct = 0, last = 0, current = 0;
    gboolean address = FALSE, dated = FALSE;

    if (label_of(&lines[0]) == 0)
        return 0;
    for (guint i = 0; i < MIN(count, HEADER_LINES); i++) {
        guint label = label_of(&lines[i]);
        distinct += (label & ~seen & ~(guint)BY_PROGRAM) != 0;
        seen |= label;
        if (label) {
            last = i;
            current = label;
        } else if (lines[i].length == 0) {
            current = 0;
            if (distinct >= 3)
                break;
        }
        if (current == FROM && memchr(lines[i].text, '@', lines[i].length))
            address = TRUE;
        if ((current & SENT) && (quote_line_has_time(&lines[i]) || quote_line_has_year(&lines[i])))
            dated = TRUE;
    }
    if (distinct < 3 || !(seen & FROM))
        return 0;
    if (alone && !(address ? seen & (TO | BY_PROGRAM) : dated && (seen & TO) && (seen & SUBJECT)))
        return 0;
    return alone && is_form(lines, count, last) ? 0 : last + 1;
}
