/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/phrases.h"

#include <glib.h>

/* clang-format off */
const char *const phrases_no_reply[] = {
    /* English */
    "-no-reply-", "-noreply-", "-do-not-reply-", "-donotreply-", "-dont-reply-", "-no-response-",
    "-do-not-respond-", "-donotrespond-", "-unattended-", "-unmonitored-", "-not-monitored-",
    /* German */
    "-nicht-antworten-", "-nichtantworten-", "-keine-antwort-", "-keineantwort-",
    "-keine-antworten-",
    /* French, Spanish, Catalan, Portuguese, Italian, Romanian */
    "-ne-pas-repondre-", "-nepasrepondre-", "-sans-reponse-", "-no-responder-", "-noresponder-",
    "-no-responda-", "-no-contestar-", "-nocontestar-", "-no-respongueu-", "-nao-responda-",
    "-naoresponda-", "-nao-responder-", "-naoresponder-", "-non-rispondere-", "-nonrispondere-",
    "-non-rispondete-", "-nu-raspunde-", "-nuraspunde-", "-nu-raspundeti-",
    /* Dutch, Danish, Norwegian, Swedish, Finnish */
    "-niet-beantwoorden-", "-nietbeantwoorden-", "-niet-antwoorden-", "-niet-reageren-",
    "-nietreageren-", "-svar-ikke-", "-svarikke-", "-ikke-svar-", "-besvar-ikke-", "-besvares-ikke-",
    "-svar-inte-", "-svara-inte-", "-svarainte-", "-svara-ej-", "-svaraej-", "-ei-vastausta-",
    "-eivastausta-", "-ala-vastaa-", "-alavastaa-",
    /* Polish, Czech, Slovak, Hungarian, Croatian, Russian, Turkish, Indonesian */
    "-nie-odpowiadaj-", "-nieodpowiadaj-", "-nie-odpowiadac-", "-neodpovidat-", "-neodpovidejte-",
    "-neodpovedat-", "-neodpovedajte-", "-ne-valaszoljon-", "-nevalaszoljon-", "-ne-odgovarajte-",
    "-neodgovarajte-", "-ne-otvechat-", "-neotvechat-", "-ne-otvechayte-", "-yanitlamayin-",
    "-yanitlamayiniz-", "-cevaplamayin-", "-jangan-balas-", "-janganbalas-",
    NULL,
};

const char *const phrases_robot[] = {
    "-auto-reply-", "-autoreply-", "-auto-response-", "-autoresponse-", "-auto-responder-",
    "-autoresponder-", "-auto-confirm-", "-autoconfirm-", "-auto-mailer-", "-automailer-",
    "-autoantwort-", "-notification-", "-notifications-", "-benachrichtigung-",
    "-benachrichtigungen-", "-notificaciones-", "-notifiche-", "-powiadomienia-",
    NULL,
};

const char *const phrases_bounce[] = {
    "undelivered mail returned to sender", "mail delivery failed: returning message",
    "delivery status notification (", "returned mail: see transcript for details",
    NULL,
};

const char *const phrases_bounce_system[] = {
    /* Postfix, Sendmail, qmail, Exim, Courier */
    "undelivered mail returned to sender", "delayed mail (still being retried)",
    "returned mail:", "returned mail", "warning: could not send message", "failure notice",
    "mail delivery failed", "mail delivery failure", "mail failure", "warning: message ",
    "notice: mail delivery status", "delivery status notification",
    /* Domino, MDaemon, GroupWise, Sun, hMailServer, Yahoo */
    "delivery failure", "permanent delivery failure", "message status - ", "mail system error",
    "message undeliverable", "undeliverable message", "undeliverable mail", "delivery notification",
    "delivery report",
    /* Exchange */
    "undeliverable:", "unzustellbar:", "nicht zustellbar:", "non remis", "non remis:",
    "no se puede entregar:", "no entregado:", "não é possível entregar:", "não entregue:",
    "non recapitabile:", "impossibile recapitare:", "onbestelbaar:", "niet-bestelbaar:",
    "niedostarczalne:", "nie można dostarczyć:", "не удается доставить:", "недоставлено:",
    "teslim edilemiyor:", "teslim edilemedi:", "无法传递:", "無法傳遞:", "配信不能:",
    "det går inte att leverera:", "kan ikke leveres:", "nelze doručit:", "nedoručitelné:",
    NULL,
};

const char *const phrases_acknowledgement[] = {
    "automatic acknowledgement", "automatic acknowledgment", "automatic confirmation",
    "automated confirmation", "acknowledgement of receipt", "automatische empfangsbestätigung",
    "automatische eingangsbestätigung", "automatische bestätigung", "eingangsbestätigung",
    "empfangsbestätigung", "accusé de réception", "accusé de réception automatique",
    "acuse de recibo", "acuse de recibo automático", "conferma di ricezione", "conferma automatica",
    "confirmação de recebimento", "confirmação automática", "automatische bevestiging",
    "ontvangstbevestiging", "automatyczne potwierdzenie", "potwierdzenie otrzymania",
    "автоматическое подтверждение", "otomatik onay",
    NULL,
};

const char *const phrases_away[] = {
    "is out of the office", "is out of office", "am out of the office", "away from my mail",
    "ist ausser haus", "ist nicht im büro", "bin nicht im büro", "bin ausser haus",
    "ist abwesend bis", "est absent du bureau", "est absente du bureau", "est absent(e)",
    "está fuera de la oficina", "está ausente de la oficina", "è fuori sede", "è fuori ufficio",
    "is niet op kantoor", "is afwezig tot", "está fora do escritório", "jest poza biurem",
    NULL,
};

const char *const phrases_reply[] = {
    /* English and everywhere, German, Dutch, Scandinavian, Icelandic, Finnish */
    "re", "fw", "fwd", "aw", "antw", "antwort", "wg", "doorst", "sv", "svar", "vb", "vs", "vl",
    "videresendt", "fs",
    /* French, Spanish, Portuguese, Italian, Romanian, Catalan */
    "réponse", "reponse", "rép", "rep", "réf", "ref", "tr", "rv", "reenv", "res", "enc", "r", "i",
    "rif", "inoltro", "ri", "răsp", "rasp",
    /* Polish, Czech, Hungarian, Croatian, Estonian, Latvian, Lithuanian, Welsh */
    "odp", "pd", "odpověď", "vá", "tov", "továbbítás", "odg", "proslij", "ha", "edasi", "atb",
    /* Turkish, Indonesian, Vietnamese */
    "ynt", "ilt", "bls", "trs", "trl", "chuyển tiếp",
    /* Russian, Ukrainian, Bulgarian, Greek */
    "отв", "ответ", "на", "пересл", "відп", "отг", "απ", "απάντηση", "σχετ", "πρθ",
    /* Chinese, Japanese, Korean, Hebrew, Arabic */
    "回复", "回覆", "答复", "答覆", "回信", "转发", "轉寄", "轉發", "返信", "転送", "답장", "회신",
    "전달", "השב", "תשובה", "העברה", "הועבר", "رد", "إعادة توجيه",
    NULL,
};

const char *const phrases_out_of_office[] = {
    /* English */
    "automatic reply", "automated reply", "auto reply", "auto-reply", "autoreply", "auto replied",
    "automatic response", "automated response", "auto response", "auto-response", "autoresponse",
    "automatic response to", "auto responder", "auto-responder", "autoresponder",
    "automatic reply from", "automatic email reply", "automatic out of office reply",
    "out of office", "out of the office", "out-of-office", "out of office autoreply",
    "out of office auto reply", "out of office auto-reply", "out of office reply",
    "out of office message", "out of office alert", "out of office response",
    "out of office notification", "out of office notice", "ooo", "vacation reply",
    "vacation auto reply", "vacation message", "vacation notice", 
    "away message",
    "i am out of office", "i'm out of office", "i am away", "i'm away", "auto-reply from",
    /* German */
    "automatische antwort", "automatische rückantwort", "automatisierte antwort",
    "automatische antwortmail", "automatische e-mail-antwort", "automatische abwesenheitsnotiz",
    "automatische abwesenheitsmeldung", "autoantwort", "auto-antwort", "abwesenheit",
    "abwesenheitsnotiz", "abwesenheitsmeldung", "abwesenheitsnachricht", "abwesenheitshinweis",
    "abwesenheitsbenachrichtigung", "abwesenheitsassistent", "abwesend", "nicht im büro",
    "nicht im haus", "ausser haus", "urlaubsnotiz", "urlaubsmeldung",
    "urlaubsabwesenheit", "ich bin im urlaub", "bin im urlaub",
    /* French */
    "réponse automatique", "reponse automatique", "réponse automatique d'absence",
    "réponse automatique d'absence du bureau", "réponse d'absence", "message d'absence",
    "message automatique", "avis d'absence", "notification d'absence", "absence",
    "absence du bureau", "absent", "absente", "absent du bureau", "absente du bureau",
    "hors du bureau", 
    /* Spanish, Catalan */
    "respuesta automática", "respuesta automatica", "contestación automática",
    "respuesta automática por ausencia de la oficina", "respuesta de fuera de la oficina",
    "fuera de la oficina", "fuera de oficina", "ausente", "ausente de la oficina",
    "ausencia de la oficina", "mensaje de ausencia", "resposta automàtica",
    /* Italian */
    "risposta automatica", "risposta non al computer", "risposta automatica fuori ufficio",
    "fuori ufficio", "fuori sede", "fuori dall'ufficio", "assente", "assente dall'ufficio",
    "assenza dall'ufficio", "messaggio automatico", 
    /* Portuguese */
    "resposta automática", "resposta automatica", "mensagem automática",
    "resposta automática para ausência do escritório", "fora do escritório", "fora de escritório",
    "ausente do escritório", "ausência do escritório", "ausência temporária", 
    
    /* Dutch */
    "automatisch antwoord", "automatische reactie", "automatische beantwoording",
    "automatisch bericht", "afwezigheidsbericht", "afwezigheidsmelding", "afwezigheidsassistent",
    "afwezig", "afwezigheid", "niet op kantoor", 
    /* Polish */
    "automatyczna odpowiedź", "odpowiedź automatyczna", "automatyczna odpowiedz",
    "odpowiedz automatyczna", "autoodpowiedź", "poza biurem",
    "nieobecność", "nieobecność w biurze", "nieobecny", "nieobecna", "na urlopie",
    /* Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Croatian, Slovenian */
    "автоответ", "автоответчик", "автоматический ответ", "автоответ при отсутствии на работе",
    "вне офиса", "нет на месте", "отсутствие на работе", "в отпуске",
    "автоматична відповідь", "автовідповідь", "поза офісом", "автоматичен отговор",
    "извън офиса", "извън офиса съм", "аутоматски одговор", "automatski odgovor",
    "samodejni odgovor", "samodejni odgovor o odsotnosti iz pisarne", 
    /* Turkish */
    "otomatik yanit", "otomatik cevap", "ofis dişinda", "ofis dişindayim",
    "izindeyim", 
    /* Chinese, Japanese, Korean */
    "自动答复", "自动回复", "外出时的自动答复", "外出时的自动回复", "不在办公室", "自動回覆",
    "自動回復", "自動答覆", "郵件答錄機自動回覆", "不在辦公室", "自動返信", "自動応答",
    "不在時の自動応答", "不在通知", "자동 회신", "자동회신", "자동 응답", "부재중",
    "부재중 자동 회신",
    /* Swedish, Danish, Norwegian, Icelandic, Finnish */
    "autosvar", "automatiskt svar", "automatisk svar", "automatsvar", "frånvaro", "frånvarande",
    "frånvaromeddelande", "frånvarobesked", "inte på kontoret",
    "fravær", "fraværende", "fraværsmeddelelse", "fraværsmelding", "fraværsbesked", "ikke til stede",
    "ikke på kontoret", "sjálfvirkt svar", "automaattinen vastaus", "poissaoloilmoitus",
    "poissaoloviesti", "poissa toimistosta",
    /* Czech, Slovak, Hungarian, Romanian */
    "automatická odpověď", "automaticka odpoved", "mimo kancelář", "jsem mimo kancelář",
    "nepřítomnost", "automatická odpoveď", "mimo kancelárie", "neprítomnosť", "automatikus válasz",
    "házon kívül", "házon kívüli automatikus válasz", "házon kívül vagyok", "răspuns automat",
    "raspuns automat", "în afara biroului",
    /* Greek, Estonian, Latvian, Lithuanian */
    "αυτόματη απάντηση", "εκτόσ γραφείου", "automaatvastus", "automātiska atbilde",
    "automatinis atsakymas",
    /* Hebrew, Arabic, Vietnamese, Indonesian, Thai */
    "תשובה אוטומטית", "رد تلقائي", "trả lời tự động", "balasan otomatis", "ตอบกลับอัตโนมัติ",
    NULL,
};
/* clang-format on */
