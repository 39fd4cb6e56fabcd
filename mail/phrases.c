/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/phrases.h"

#include <glib.h>

/* clang-format off */
const char *const phrases_no_reply[] = {
    "-no-reply-", "-noreply-", "-do-not-reply-", "-donotreply-", "-dont-reply-", "-no-response-",
    "-nicht-antworten-", "-nichtantworten-", "-keine-antwort-", "-keineantwort-",
    "-ne-pas-repondre-", "-nepasrepondre-", "-no-responder-", "-noresponder-", "-no-contestar-",
    "-nao-responda-", "-naoresponda-", "-nao-responder-", "-non-rispondere-", "-nonrispondere-",
    "-niet-beantwoorden-", "-nie-odpowiadaj-", "-nieodpowiadaj-", "-svar-inte-", "-svara-inte-",
    "-ikke-svar-", "-svar-ikke-", "-ei-vastausta-",
    NULL,
};

const char *const phrases_bounce[] = {
    "undelivered mail returned to sender", "mail delivery failed: returning message",
    "delivery status notification (", "returned mail: see transcript for details",
    NULL,
};

const char *const phrases_out_of_office[] = {
    /* English */
    "automatic reply", "automated reply", "auto reply", "auto-reply", "autoreply",
    "automatic response", "automated response", "auto response", "auto-response", "autoresponse",
    "out of office", "out of the office", "out-of-office", "out of office autoreply",
    "out of office auto reply", "out of office reply", "out of office message",
    "out of office notification", "ooo", "vacation reply", "vacation auto reply",
    /* German */
    "automatische antwort", "automatische rückantwort", "automatisierte antwort",
    "automatische antwortmail", "autoantwort", "auto-antwort", "abwesenheitsnotiz",
    "abwesenheitsmeldung", "abwesenheitsnachricht", "abwesenheitsbenachrichtigung",
    "automatische abwesenheitsnotiz", "abwesend", "nicht im büro", "urlaubsnotiz",
    /* French */
    "réponse automatique", "réponse d'absence", "réponse d’absence", "message d'absence",
    "message d’absence", "absence du bureau", "absent du bureau", "absent(e) du bureau",
    /* Spanish */
    "respuesta automática", "respuesta automatica", "fuera de la oficina", "fuera de oficina",
    "ausente de la oficina",
    /* Italian */
    "risposta automatica", "fuori ufficio", "fuori sede", "assente dall'ufficio",
    /* Portuguese */
    "resposta automática", "resposta automatica", "fora do escritório", "ausente do escritório",
    "ausência temporária",
    /* Dutch */
    "automatisch antwoord", "automatische reactie", "automatische beantwoording",
    "afwezigheidsbericht", "afwezig", "niet op kantoor",
    /* Polish */
    "automatyczna odpowiedź", "odpowiedź automatyczna", "autoodpowiedź", "poza biurem",
    "nieobecność w biurze",
    /* Swedish, Danish, Norwegian */
    "autosvar", "automatiskt svar", "automatisk svar", "frånvarande", "frånvaromeddelande",
    "fraværsmeddelelse", "fraværsmelding", "fraværsbesked", "ikke til stede",
    /* Finnish */
    "automaattinen vastaus", "poissaoloilmoitus", "poissa toimistosta",
    /* Czech, Slovak, Hungarian, Romanian */
    "automatická odpověď", "automatická odpoveď", "automatikus válasz", "házon kívül",
    "răspuns automat",
    /* Russian, Ukrainian, Greek, Turkish */
    "автоответ", "автоматический ответ", "вне офиса", "автоматична відповідь",
    "αυτόματη απάντηση", "otomatik yanıt", "otomatik cevap", "ofis dışında",
    /* Chinese, Japanese, Korean */
    "自动答复", "自动回复", "自動回覆", "自動回復", "自動返信", "自動応答", "자동 회신",
    NULL,
};
/* clang-format on */
