/* SPDX-License-Identifier: Apache-2.0 */
#include "kb/mask_rules.h"

#include <string.h>

static const struct {
    const char *language;
    const char *marks[N_MASK_KINDS];
} languages[] = {
    {"de",
     {NULL, "[Name]", "[E-Mail]", "[Telefon]", "[Konto]", "[Nummer]", "[Anschrift]", "[Link]",
      "[Geburtsdatum]", "[Code]"}},
    {"fr",
     {NULL, "[Nom]", "[E-mail]", "[Téléphone]", "[Compte]", "[Numéro]", "[Adresse]", "[Lien]",
      "[Date de naissance]", "[Code]"}},
    {"es",
     {NULL, "[Nombre]", "[Correo]", "[Teléfono]", "[Cuenta]", "[Número]", "[Dirección]", "[Enlace]",
      "[Fecha de nacimiento]", "[Código]"}},
    {"it",
     {NULL, "[Nome]", "[E-mail]", "[Telefono]", "[Conto]", "[Numero]", "[Indirizzo]", "[Link]",
      "[Data di nascita]", "[Codice]"}},
    {"nl",
     {NULL, "[Naam]", "[E-mail]", "[Telefoon]", "[Rekening]", "[Nummer]", "[Adres]", "[Link]",
      "[Geboortedatum]", "[Code]"}},
    {"pt",
     {NULL, "[Nome]", "[E-mail]", "[Telefone]", "[Conta]", "[Número]", "[Endereço]", "[Link]",
      "[Data de nascimento]", "[Código]"}},
    {"", /* any other; the last row */
     {NULL, "[Name]", "[Email]", "[Phone]", "[Account]", "[Number]", "[Address]", "[Link]",
      "[Date of birth]", "[Code]"}},
};

const char *mask_mark(MaskKind kind, const char *language)
{
    guint i = 0;

    while (*languages[i].language && g_strcmp0(languages[i].language, language) != 0)
        i++;
    return languages[i].marks[kind];
}

/* ---- building blocks ----------------------------------------------------------------------- */

#define DATE                                                                                       \
    "(?:(?:0?[1-9]|[12]\\d|3[01])\\.[ ]?(?:0?[1-9]|1[0-2])\\.[ "                                   \
    "]?(?:\\d{4}|\\d{2})\\b(?!\\.\\d)|\\d{4}-\\d{2}-\\d{2}\\b"                                     \
    "|\\d{1,2}/\\d{1,2}/(?:\\d{4}|\\d{2})\\b|\\d{1,2}\\.?[ ]\\p{L}{3,10}\\.?[ ]\\d{4}\\b"          \
    "|\\p{L}{3,10}[ ]\\d{1,2},?[ ]\\d{4}\\b)"
#define CAPITAL "\\p{Lu}[\\p{L}\\p{M}]{0,30}+(?:['\u2019-]\\p{L}[\\p{L}\\p{M}]{0,30}+)?"
#define PARTICLE "(?:(?:von|van|vom|zu|zur|zum|de|del|della|di|da|do|dos|du|la|le|den|der|ter)[ ])"
#define TITLE                                                                                       \
    "(?:Herrn?|Frau|Fräulein|Familie|Hr\\.|Fr\\.|Mr\\.?|Mrs\\.?|Ms\\.?|Miss|Mx\\.?|Madame|Mme\\.?" \
    "|Monsieur|Mlle\\.?|Señora?|Señorita|Sra?\\.|Signora?|Sig\\.r?a?|Senhora?|Mevrouw|Meneer"     \
    "|Dhr\\.|Mevr\\.|Sir|Madam)"
#define DEGREE "(?:(?:Dr|Prof|Dipl|Ing|Mag|Med|med|jur|phil)\\.?(?:-Ing\\.)?[ ])"
#define NAMES                                                                                      \
    "(?:" DEGREE "{0,3}" PARTICLE "{0,3}" CAPITAL "(?:[ ]" PARTICLE "{0,2}" CAPITAL "){0,3})"
/* Spaces of a salutation; never a line end. */
#define S "[ \\t\\x{A0}]{1,3}"
#define SALUTATION                                                                                 \
    "(?:Sehr[ ](?:geehrte[rs]?|verehrte[rs]?)|Liebe[rs]?|Werte[rs]?|Guten[ ](?:Tag|Morgen|Abend)"  \
    "|Hallo|Hi|Hey|Moin(?:[ ]Moin)?|Servus|Grüß[ ]Gott|Grüezi|Dear|Hello|Good[ ](?:morning|day" \
    "|afternoon|evening)|Cher|Chère|Bonjour|Bonsoir|Estimad[oa]|Querid[oa]|Hola|Buen[oa]s"        \
    "[ ](?:días|tardes|noches)|Prezad[oa]|Car[oa]|Olá|Bom[ ]dia|Boa[ ]tarde|Gentile|Egregi[oa]"  \
    "|Buongiorno|Salve|Ciao|Beste|Geachte|Goedendag)"
/* What may stand behind a salutation without being a name. */
#define NOBODY                                                                                     \
    "(?:(?:Damen|Herren|Kund|Interessent|Nutzer|Benutzer|Kolleg|Mitarbeiter|Mitglied|Leser)\\p{L}" \
    "*+"                                                                                           \
    "|Team|team|Support|Service|zusammen|alle|nochmal|wieder|und|an|[Ss]irs?|[Mm]adam|there|"      \
    "again|all"                                                                                    \
    "|everyone|[Cc]ustomers?|users?|[Cc]lients?|valued|Valued|Partner|señores|[Cc]lientes?"       \
    "|klant|heer|Freunde|friends?)\\b"

#define UNIT                                                                                        \
    "(?:Stück|St(?:ück)?\\.|Stk\\.?|GB|MB|KB|TB|GHz|MHz|Hz|kHz|Mbit|MBit|Mbps|Gbit|kbit|kg|mg|g|" \
    "km|cm|"                                                                                        \
    "mm|m|nm|l|ml|V|W|kW|kWh|Wh|mAh|Ah|A|K|°C|°|%|Prozent|percent|px|dpi|Uhr|Tagen?|Wochen?|"     \
    "Monaten?|Jahren?|Stunden?|Minuten?|Sekunden?|days?|weeks?|months?|years?|hours?|minutes?|"     \
    "seconds?|pieces?|pcs|Kunden|customers|Nutzer|users|Seiten|pages|Schritten?|steps?)"
#define CURRENCY                                                                                      \
    "(?:€|EUR|Euro|euros?|Cent|USD|US-?\\$|\\$|dollars?|£|GBP|pounds|CHF|SFr\\.?|Franken|PLN|BRL|" \
    "R\\$)"

/* Kinds of numbers that belong to one customer. */
#define NUMBER_OF                                                                                  \
    "(?:bestell|auftrags?|kunden|rechnungs?|vertrags?|sendungs?|paket|tracking|ticket|vorgangs?|"  \
    "referenz|serien|konto|mitglieds?|buchungs?|reservierungs?|liefer(?:schein)?|gutschrift(?:s)?" \
    "|"                                                                                            \
    "versicherungs?|policen|fall|transaktions?|zahlungs?|retouren?|rma|steuer|ust-?id|zähler|"    \
    "depot|personal|schadens?|aktenzeichen|abo|benutzer|geräte|imei|charge)"
#define WITH_NUMBER "(?:-?[ ]?(?:nummern?|nr\\.?|no\\.?|id|kennung|code|zeichen))"
#define THING                                                                                      \
    "(?:order|customer|invoice|account|contract|tracking|parcel|package|shipment|shipping|ticket|" \
    "case|reference|ref|serial|policy|booking|reservation|confirmation|transaction|payment|"       \
    "return|rma|claim|member(?:ship)?|client|license|licence|request|incident|device|user|"        \
    "commande|client|facture|suivi|pedido|cliente|factura|fatura|encomenda|seguimiento|ordine|"    \
    "fattura|bestelling|klant|factuur)"
#define THING_DE                                                                                   \
    "(?:bestellung|auftrag|rechnung|vertrag|sendung|paket|lieferung|vorgang|buchung|reservierung|" \
    "gutschrift|retoure|lieferschein|ticket|aktenzeichen|mahnung|angebot|zahlung|police|konto)"
#define IS "(?:[ ](?:lautet|ist|war|is|was|est|es))?[ ]?[:\\#=]?[ ]{0,2}\\#?[ ]?(?:[(\"„'][ ]?)?"
/* Letters and digits with what stands between them; at least one digit. */
#define VALUE "(?<x>(?=[A-Z0-9/._-]{0,20}\\d)[A-Z0-9](?:[A-Z0-9]|[/._-](?=[A-Z0-9])){2,40}+)"

const MaskRule mask_rules[] = {
    /* what an answer is written with already */
    {MASK_KEEP, "\\[[\\p{L} -]{2,24}\\]|<[a-z_]{2,24}>|\\{\\{[^{}\\n]{1,80}\\}\\}", 0, FALSE},

    /* links */
    {MASK_LINK,
     "\\b(?:https?://|www\\.)(?=\\S{0,2000}?(?:[?&\\#;]\\S{0,200}?=|[?@]|%40"
     "|[/=_-](?=[A-Za-z]{0,40}\\d)[A-Za-z0-9]{16,}|/[A-Za-z-]{0,20}\\d{5,}))"
     "[^\\s<>\"'\\])]{1,2000}+",
     0, TRUE},
    {MASK_KEEP, "\\b(?:https?://|www\\.)[^\\s<>\"'\\])]{1,2000}+", 0, TRUE},

    {MASK_EMAIL,
     "(?:mailto:)?[\\p{L}\\d._%+'-]{1,64}+@(?:[\\p{L}\\d-]{1,63}+\\.){1,6}+\\p{L}{2,24}+", 0, TRUE},

    /* accounts and cards */
    {MASK_ACCOUNT, "\\b[A-Z]{2}\\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\\b", 12, FALSE},
    {MASK_ACCOUNT,
     "\\b(?:BIC|SWIFT)(?:-Code)?[: ]{1,3}(?<x>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\\b", 0, FALSE},
    {MASK_ACCOUNT, "(?<![\\d.,-])\\d{4}(?:[ -]?\\d{4}){2}(?:[ -]?\\d{1,7})(?![\\d,])", 13, FALSE},
    {MASK_ACCOUNT, "(?:[*xX•]{2,4}[ -]?){1,4}\\d{2,4}\\b", 0, FALSE},
    {MASK_ACCOUNT,
     "(?:endet|endend|endenden|endung|ending|ends)(?:[ ](?:auf|mit|in|with))?[ ](?:den[ ]Ziffern[ "
     "])?"
     "(?<x>\\d{3,4})\\b",
     0, TRUE},
    {MASK_ACCOUNT,
     "\\b(?:Kto\\.?|Konto|BLZ|Bankleitzahl|sort[ ]code)(?:-?(?:Nr\\.?|nummer))?" IS
     "(?<x>\\d(?:[ -]?\\d){4,11})\\b",
     0, TRUE},

    /* dates of birth, then every other date stays */
    {MASK_BIRTH,
     "\\b(?:geboren(?:[ ]am)?|geb\\.(?:[ ]am)?|geburtsdatum|geburtstag|date[ ]of[ ]birth|birth[ "
     "]?date"
     "|birthday|born(?:[ ]on)?|d\\.?o\\.?b\\.?|date[ ]de[ ]naissance|né(?:e)?[ ]le|fecha[ ]de[ "
     "]nacimiento"
     "|data[ ]d[ei][ ]nas?ci(?:ta|mento)|geboortedatum)" IS "(?:(?:am|on|the|der)[ ])?(?<x>" DATE
     ")",
     0, TRUE},
    {MASK_BIRTH, "\\*[ ]?(?<x>\\d{1,2}\\.\\d{1,2}\\.(?:19|20)\\d{2})\\b", 0, FALSE},

    /* laws, prices, dates, times, measures, versions, standards, faults of machines */
    {MASK_KEEP,
     "(?:§§?|\\bArt(?:\\.|ikel|icle)?|\\bAbs(?:\\.|atz)|\\bSection|\\bParagraph)[ "
     "\\x{A0}]?\\d{1,5}[a-z]?"
     "(?:[ ]?(?:ff?\\.|,|-|–|bis|und|i\\.[ ]?V\\.[ ]?m\\.)[ ]?(?:§§?[ ]?)?\\d{1,5}[a-z]?){0,6}",
     0, FALSE},
    {MASK_KEEP, CURRENCY "[ \\x{A0}]?-?\\d[\\d.,']{0,20}", 0, FALSE},
    {MASK_KEEP, "\\b\\d[\\d.,' ]{0,20}(?:,-|,–)?[ \\x{A0}]?" CURRENCY "(?!\\p{L})", 0, FALSE},
    {MASK_KEEP, "\\b" DATE, 0, FALSE},
    {MASK_KEEP,
     "\\b\\d{1,2}[:.]\\d{2}(?:[:.]\\d{2})?(?:[ ]?(?:Uhr|am|pm|a\\.m\\.|p\\.m\\.|h))?\\b"
     "(?![.\\d])",
     0, TRUE},
    {MASK_KEEP, "\\b\\d[\\d.,]{0,14}(?:[ \\x{A0}]|-)?" UNIT "(?![\\p{L}\\d])", 0, FALSE},
    {MASK_KEEP,
     "\\b(?:KB[ ]?\\d{6,7}|0x[0-9A-Fa-f]{1,16}|CVE-\\d{4}-\\d{4,7}|(?:ISO|DIN|EN|IEC|RFC|IEEE|"
     "UN)(?:[/ -](?:EN|ISO|IEC))?[ -]?\\d[\\d.:-]{0,20})\\b",
     0, FALSE},
    {MASK_KEEP,
     "\\b(?:Artikel(?:nummer|-?nr\\.?)|Art\\.-?Nr\\.?|Modell(?:nummer)?|Model(?:[ ]number)?|"
     "Teilenummer|Ersatzteilnummer|item[ ]number|part[ ]number|article[ ]number|SKU|PZN|ISBN|"
     "Fehlercode|Fehler|error(?:[ ]code)?|Version|Firmware|Build|Release|WEEE-Reg\\.-Nr\\."
     "|HRB|HRA)" IS "[A-Za-z0-9][A-Za-z0-9./_-]{0,30}",
     0, TRUE},

    /* an address of the internet: those of a home network are everybody's */
    {MASK_KEEP,
     "\\b(?:10|127|169\\.254|172\\.(?:1[6-9]|2\\d|3[01])|192\\.168|255)(?:\\.\\d{1,3}){2,3}\\b", 0,
     FALSE},
    {MASK_NUMBER,
     "(?<![\\w.-])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?!\\w|"
     "\\.\\d)",
     0, FALSE},

    /* telephones; numbers that cost the caller nothing or the same everywhere are no customer's */
    {MASK_KEEP,
     "(?<![\\d+])(?:00800|0800|0180[ ]?[1-7]|0700|116[ "
     "]?\\d{3}|1-8(?:00|88|77|66|55|44|33)|110|112)"
     "[ /-]?(?:\\d[ /-]?){0,9}\\d\\b",
     6, FALSE},
    {MASK_PHONE,
     "(?<![\\w+])(?:\\+|00)[1-9]\\d{0,2}[ ./-]?(?:\\(0\\)[ ]?|\\(\\d{1,5}\\)[ ]?)?"
     "\\d(?:[ ./-]{0,3}\\d){5,13}(?![\\d])",
     7, FALSE},
    {MASK_PHONE,
     "\\b(?:tel(?:efon|ephone|éfono|éphone)?(?:nummer)?|fon|mobil(?:e|nummer|telefon)?|handy(?:"
     "nummer)?|fax"
     "|rückrufnummer|rufnummer|phone(?:[ ]number)?|cell|call[ ]you[ ](?:on|at)|unter|auf)\\.?" IS
     "(?<x>\\(?\\d{2,6}\\)?[ ./-]{0,3}\\d(?:[ ./-]{0,2}\\d){3,13})(?!\\d)",
     6, TRUE},
    {MASK_PHONE,
     "(?<![\\w.,-])(?:\\(0\\d{1,5}\\)|0\\d{1,5})[ ]?[/ -][ ]?\\d(?:[ -]{0,2}\\d){4,11}(?![\\d,])",
     7, FALSE},
    {MASK_PHONE, "(?<![\\w.-])\\(?\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4}(?![\\d])", 10, FALSE},
    {MASK_PHONE, "(?<![\\w.,-])01[5-7]\\d{8,9}(?!\\d)", 10, FALSE},

    /* secrets */
    {MASK_CODE,
     "\\b(?:passwor[dt]|kennwort|benutzername|username|user[ "
     "]name|login(?:name)?|pin|puk|tan|passcode|zugangscode|aktivierungscode|freischaltcode"
     "|gutschein(?:code)?|rabattcode|coupon(?:[ ]code)?|voucher(?:[ ]code)?|verification[ ]code|"
     "bestätigungscode|access[ ]code|lizenzschlüssel|licen[cs]e[ ]key|mot[ ]de[ "
     "]passe|contraseña|senha)"
     "(?:[ ](?:lautet|ist|is)[ ]?:?|[ ]?:)[ ]{0,2}[\"„'«]?"
     "(?<x>(?=\\S{0,30}[\\d_!$%&*+-]|(?-i:[A-Z]{4}))[^\\s\"“”'»,;]{3,64}(?<![.,;:!?)]))",
     0, TRUE},

    /* numbers of one customer */
    {MASK_NUMBER, "\\bKennzeichen:?[ ](?<x>[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ ]?\\d{1,4}[EH]?)\\b", 0,
     FALSE},
    {MASK_ADDRESS, "\\b(?:PLZ|Postleitzahl|ZIP|postcode|postal[ ]code):?[ ](?<x>\\d{4,5})\\b", 0,
     TRUE},
    {MASK_NUMBER, "\\b" NUMBER_OF WITH_NUMBER IS VALUE, 0, TRUE},
    {MASK_NUMBER,
     "\\b" THING
     "[ ](?:number|no\\.?|nr\\.?|id|code|ref(?:erence)?|\\#|n[°º]|numéro|número|numero|nummer)" IS
         VALUE,
     0, TRUE},
    {MASK_NUMBER, "\\b(?:numéro|número|numero|n[°º]\\.?)[ ](?:d[eu'’][ ]?|di[ ])?" THING IS VALUE,
     0, TRUE},
    {MASK_NUMBER,
     "\\b(?:" THING "|" THING_DE
     ")(?:[ ](?:mit[ ]der[ ]|unter[ ]der[ ])?(?:nummer|nr\\.?))" IS VALUE,
     0, TRUE},
    {MASK_NUMBER, "\\b(?:" THING "|" THING_DE ")[ ]?[:\\#][ ]?\\#?" VALUE, 3, TRUE},
    {MASK_NUMBER, "\\b(?:" THING "|" THING_DE ")[ ](?!(?:19|20)\\d\\d\\b(?![/-]))" VALUE, 4, TRUE},
    {MASK_NUMBER,
     "\\b(?:Az|AZ|Aktenzeichen|Unser[ ]Zeichen|Ihr[ ]Zeichen)\\.?:[ "
     "]{0,2}(?<x>[\\w/.-]{2,30}\\d[\\w/-]{0,20})",
     0, FALSE},
    {MASK_NUMBER, "(?<![\\w&])\\#[A-Z0-9-]{0,8}\\d{3,}[A-Z0-9-]{0,16}\\b", 0, FALSE},

    /* where somebody lives */
    {MASK_ADDRESS,
     "\\b(?!(?:Speicher|Arbeits|Park|Stell|Sitz|Steck|Einbau|Rechts|Post|Liefer|Um|Versand|Haupt)(?"
     ":platz|weg))"
     "(?:" CAPITAL
     "[ ](?:Stra(?:ß|ss)e|Str\\.|Weg|Platz|Allee|Ring|Gasse|Damm|Ufer|Chaussee|Steig|Promenade)"
     "|(?:Am|An|Auf|Im|In|Zum|Zur|Unter|Hinter|Vor)[ ](?:der[ ]|dem[ ]|den[ "
     "])?\\p{Lu}[\\p{L}-]{2,25}(?:[ ]\\p{Lu}[\\p{L}-]{2,25})?"
     "(?=[ ]\\d{1,3}[ ]?[a-h]?,?\\s{1,2}(?:D-)?\\d{4,5}[ ])"
     "|\\p{Lu}[\\p{L}-]{1,30}?(?:stra(?:ß|ss)e|str\\.|weg|platz|allee|gasse|ring|damm|ufer|"
     "chaussee|promenade))"
     "[ ]{0,2}\\d{1,4}(?:[ ]?[a-h])?(?:[ ]?[-–/][ ]?\\d{1,4}[ ]?[a-h]?)?\\b(?![.,]\\d|[ ]?" UNIT
     "(?!\\p{L}))",
     0, FALSE},
    {MASK_ADDRESS,
     "\\b\\d{1,5}[A-Za-z]?[ ](?:(?:North|South|East|West|[NSEW]\\.?)[ ])?(?:" CAPITAL "[ ]){1,3}?"
     "(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Close|Court|Crescent|Terrace|"
     "Gardens)"
     "\\b\\.?(?:,?[ ](?:Apt|Apartment|Flat|Unit|Suite)\\.?[ ]?\\w{1,6})?",
     0, FALSE},
    {MASK_ADDRESS,
     "\\b\\d{1,4}(?:[ ]?(?:bis|ter))?,?[ "
     "](?:rue|avenue|boulevard|place|chemin|allée|impasse|quai)[ ]"
     "(?:d[eu][ ]|des[ ]|d['’]|la[ ]|l['’]){0,2}" CAPITAL "(?:[ ]" CAPITAL "){0,2}",
     0, TRUE},
    {MASK_ADDRESS,
     "\\b(?:Calle|C/|Avenida|Avda\\.|Plaza|Paseo|Rua|Praça|Via|Viale|Piazza|Corso)[ ]"
     "(?:de[ ]|del[ ]|da[ ]|do[ ]|la[ ]){0,2}" CAPITAL "(?:[ ]" PARTICLE "?" CAPITAL "){0,3},?[ ]"
     "(?:n[°º.][ ]?)?\\d{1,4}\\b",
     0, FALSE},
    {MASK_ADDRESS, "\\b(?:Postfach|P\\.?[ ]?O\\.?[ ]Box)[ ]\\d[\\d ]{0,8}\\d\\b", 0, FALSE},
    /* postal codes with a town: on a line of their own, behind a street, a comma, "in", "D-" */
    {MASK_ADDRESS,
     "^[ \\t]{0,8}(?<x>\\d{4,5}[ ]" CAPITAL "(?:[ /-](?:am|an|der|im|ob|bei|in|vor)){0,3}"
     "(?:[ /-]" CAPITAL "){0,2}(?:[ ]\\([^()\\n]{1,20}\\))?)[ \\t]{0,4}$",
     0, FALSE},
    {MASK_ADDRESS,
     "(?:,[ ]|\\b(?:in|nach|aus|Ort:|PLZ|Anschrift:|Adresse:)[ ])"
     "(?<x>\\d{5}[ ](?!" UNIT "\\b)" CAPITAL "(?:[ -](?:am|an[ ]der|im|ob[ ]der)[ ]" CAPITAL ")?"
     "(?:-" CAPITAL ")?)",
     0, FALSE},
    {MASK_ADDRESS, "\\b(?:D|A|CH|L|DE|AT)-\\d{4,5}[ ]" CAPITAL, 0, FALSE},
    {MASK_ADDRESS, "\\d[ ]?[a-h]?,?[ \\n]{1,2}(?<x>\\d{4}[ ](?!" UNIT "\\b)" CAPITAL ")$", 0,
     FALSE},
    {MASK_ADDRESS, "(?:" CAPITAL "[ ]?){1,3},[ ][A-Z]{2}[ ]\\d{5}(?:-\\d{4})?\\b", 0, FALSE},
    {MASK_ADDRESS, "(?:\\b" CAPITAL ",?[ ])?\\b[A-Z]{1,2}\\d[A-Z\\d]?[ ]\\d[A-Z]{2}\\b", 0, FALSE},
    {MASK_ADDRESS, "\\b\\d{4}[ ]?[A-Z]{2}[ ]" CAPITAL "(?=$|[,.])", 0, FALSE},

    /* names in salutations and behind titles; what is left of the customer's own name comes last */
    {MASK_NAME, "\\b" TITLE S "(?:und|and|et|&)" S TITLE S NAMES, 0, FALSE},
    {MASK_NAME,
     "(?:,|\\bund)[ ](?:[Ll]iebe[rs]?|[Ss]ehr[ ]geehrte[rs]?|[Hh]allo|[Dd]ear)[ ](?!" NOBODY
     ")(?<x>" NAMES ")(?=[,!:]|$)",
     0, FALSE},
    {MASK_NAME,
     "^[ \\t>]{0,8}" SALUTATION S "(?!" NOBODY ")(?<x>(?:" TITLE S ")?" NAMES
     "(?:[ ](?:und|and|et|y|e|en|&)[ ](?:" TITLE S ")?" NAMES ")?)[ ]{0,2}(?=[,!:;.–—-]|$)",
     0, FALSE},
    {MASK_NAME,
     "^[ \\t>]{0,8}" SALUTATION "," S "(?!" NOBODY ")(?<x>(?:" TITLE S ")?" NAMES
     ")[ ]?(?=[,!:]|$)",
     0, FALSE},
    {MASK_NAME,
     "^[ \\t>]{0,8}(?:Hallo|Hi|Hey|Hello|Dear|Liebe[rs]?|Moin|Hola|Olá|Ciao)[ ](?!" NOBODY ")"
     "(?<x>\\p{Ll}[\\p{L}-]{1,20})(?=[,!]|$)",
     0, FALSE},
    {MASK_NAME,
     "^[ \\t>]{0,8}(?!" SALUTATION ")(?<x>" TITLE S "(?!" NOBODY ")" NAMES ")[ ]?(?=[,!]$)", 0,
     FALSE},
    {MASK_NAME,
     "\\b" TITLE S "(?!" NOBODY ")" DEGREE "{0,3}" PARTICLE "{0,3}" CAPITAL "(?:[ ]" CAPITAL
     "(?=[ ]?(?:$|[,.;:!?)]|(?:und|and|hat|ist|wird|kann|has|is|will|can|'s)\\b)))?",
     0, FALSE},
    {MASK_NAME, "\\b(?:Dr|Prof)\\.[ ](?:Dr\\.[ ]|med\\.[ ]){0,2}(?!" NOBODY ")" CAPITAL, 0, FALSE},

    /* versions */
    {MASK_KEEP, "\\b[vV]?\\d{1,6}(?:\\.\\d{1,6}){1,4}[a-z]?\\b(?!-\\d)", 0, FALSE},

    /* whatever else is long */
    {MASK_NUMBER, "(?<![\\w.,])(?=[A-Z0-9]{0,30}\\d)[A-Z0-9]{2,}(?:[-/][A-Z0-9]{2,}){0,6}(?![\\w])",
     6, FALSE},
    {MASK_NUMBER, "(?<![\\w.,+-])\\d{2,}(?:[ /.-]\\d{2,}){1,6}(?![\\w,])", 7, FALSE},
    {MASK_NUMBER, "(?<![\\w.,])\\d{6,}(?!\\w)", 6, FALSE},
};
const guint n_mask_rules = G_N_ELEMENTS(mask_rules);
