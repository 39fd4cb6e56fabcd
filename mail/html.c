/* SPDX-License-Identifier: Apache-2.0 */
#include "mail/html.h"
#include "mail/charset.h"
#include "mail/html_guard.h"
#include "mail/html_style.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#define MAX_DEPTH 500
#define MAX_HREF 300
#define WINDOW 65536

typedef enum {
    HIDDEN = HTML_HIDDEN,   /* display:none: nothing inside can undo it */
    NO_FONT = HTML_NO_FONT, /* font-size:0: an inner font size can */
    QUOTED = 4,
    PRE = 8,
} State;

typedef enum { INLINE, BREAK, BLOCK, PARAGRAPH, CELL, ITEM, PREFORMATTED, SKIP } Layout;

static const struct {
    const char *name;
    Layout layout;
} layouts[] = {
    {"br", BREAK},       {"div", BLOCK},      {"p", PARAGRAPH},      {"td", CELL},
    {"th", CELL},        {"tr", BLOCK},       {"table", BLOCK},      {"li", ITEM},
    {"ul", BLOCK},       {"ol", BLOCK},       {"blockquote", BLOCK}, {"pre", PREFORMATTED},
    {"h1", PARAGRAPH},   {"h2", PARAGRAPH},   {"h3", PARAGRAPH},     {"h4", PARAGRAPH},
    {"h5", PARAGRAPH},   {"h6", PARAGRAPH},   {"hr", BLOCK},         {"center", BLOCK},
    {"dl", BLOCK},       {"dt", BLOCK},       {"dd", BLOCK},         {"form", BLOCK},
    {"fieldset", BLOCK}, {"address", BLOCK},  {"section", BLOCK},    {"article", BLOCK},
    {"header", BLOCK},   {"footer", BLOCK},   {"main", BLOCK},       {"figure", BLOCK},
    {"caption", BLOCK},  {"tbody", BLOCK},    {"thead", BLOCK},      {"body", BLOCK},
    {"title", SKIP},     {"script", SKIP},    {"style", SKIP},       {"noscript", SKIP},
    {"template", SKIP},  {"object", SKIP},    {"select", SKIP},      {"svg", SKIP},
    {"iframe", SKIP},    {"textarea", BLOCK}, {"nav", BLOCK},        {"aside", BLOCK},
};

/* How mail programs mark what they quote. "rest": so is all that follows in the same parent. */
static const struct {
    const char *element; /* NULL: any */
    const char *attribute, *value;
    gboolean rest;
} quotes[] = {
    {"blockquote", "type", "cite", FALSE},         /* Thunderbird, Apple Mail */
    {"blockquote", "class", "gmail_quote", FALSE}, /* Gmail */
    {"blockquote", "class", "protonmail_quote", FALSE},
    {NULL, "class", "moz-cite-prefix", FALSE}, /* Thunderbird */
    {"div", "name", "quote", FALSE},           /* GMX, web.de */
    {"div", "class", "yahoo_quoted", FALSE},   /* Yahoo */
    {NULL, "id", "divRplyFwdMsg", TRUE},       /* Outlook on the web */
    {NULL, "id", "appendonsend", TRUE},
    {NULL, "id", "mail-editor-reference-message-container", TRUE},
};

/* Signatures that have no "-- " of their own. */
static const struct {
    const char *attribute, *value;
} signatures[] = {{"class", "gmail_signature"}, {"id", "ms-outlook-mobile-signature"}};

typedef struct Element {
    const xmlChar *name;
    guint state;
    Layout layout;
} Element;

typedef struct Writer {
    htmlParserCtxtPtr parser;
    GString *out;
    gsize max;
    guint newlines; /* due before the next word; more than 2 count as 2 */
    gboolean space; /* due before the next word */
    Element stack[MAX_DEPTH];
    guint depth;
    guint base;       /* state outside of all elements */
    char *href;       /* of the link we are in */
    gsize href_at;    /* length of OUT where it began */
    gsize stopped_at; /* where in the segment parsing was stopped; 0: it was not */
} Writer;

static guint state_of(const Writer *w)
{
    return w->depth > 0 ? w->stack[w->depth - 1].state : w->base;
}

static void line_break(Writer *w, guint newlines)
{
    w->newlines = MAX(w->newlines, newlines);
}

static void stop(Writer *w, gsize at)
{
    w->stopped_at = at;
    w->base |= state_of(w) & QUOTED;
    xmlStopParser(w->parser);
}

static void begin_word(Writer *w)
{
    gboolean fresh = w->out->len == 0;

    if (w->newlines > 0 && !fresh) {
        g_string_append(w->out, w->newlines > 1 ? "\n\n" : "\n");
        fresh = TRUE;
    } else if (w->space && !fresh) {
        g_string_append_c(w->out, ' ');
    }
    if (fresh && (state_of(w) & QUOTED))
        g_string_append(w->out, "> ");
    w->newlines = 0;
    w->space = FALSE;
}

static void write_text(Writer *w, const char *p, gsize length)
{
    const char *end = p + length;
    gboolean in_word = FALSE;
    guint state = state_of(w);

    if (state & (HIDDEN | NO_FONT))
        return;
    while (p < end && w->out->len < w->max) {
        gsize n;
        HtmlSpace space = html_space(p, end, &n);
        if (space == HTML_NO_SPACE) {
            if (!in_word)
                begin_word(w);
            g_string_append_len(w->out, p, (gssize)n);
        } else if (space == HTML_SPACE) {
            w->space = TRUE;
            if (*p == '\n' && (state & PRE))
                w->newlines++;
        }
        in_word = space == HTML_NO_SPACE || (in_word && space == HTML_NOTHING);
        p += n;
    }
}

static void write_literal(Writer *w, const char *text)
{
    if (state_of(w) & (HIDDEN | NO_FONT))
        return;
    begin_word(w);
    g_string_append(w->out, text);
}

static Layout layout_of(const xmlChar *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(layouts); i++)
        if (strcmp(layouts[i].name, (const char *)name) == 0)
            return layouts[i].layout;
    return INLINE;
}

static const char *attribute(const xmlChar **attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2)
        if (strcmp((const char *)attributes[0], name) == 0)
            return attributes[1] ? (const char *)attributes[1] : "";
    return NULL;
}

static gboolean has_word(const char *value, const char *word)
{
    gsize n = strlen(word);

    for (const char *p = value; p && (p = strstr(p, word)); p += n)
        if ((p == value || g_ascii_isspace(p[-1])) && (p[n] == '\0' || g_ascii_isspace(p[n])))
            return TRUE;
    return FALSE;
}

/* The state of a new element, from its own marks and its parent's state. */
static guint mark(Writer *w, const char *name, const xmlChar **attributes)
{
    const char *style = attribute(attributes, "style");
    guint state = style ? html_style(style, state_of(w)) : state_of(w);

    if (attribute(attributes, "hidden"))
        state |= HIDDEN;
    if (style && strcmp(name, "blockquote") == 0 && strstr(style, "border-left"))
        state |= QUOTED;
    for (gsize i = 0; i < G_N_ELEMENTS(quotes); i++) {
        if ((quotes[i].element && strcmp(quotes[i].element, name) != 0) ||
            !has_word(attribute(attributes, quotes[i].attribute), quotes[i].value))
            continue;
        state |= QUOTED;
        if (quotes[i].rest && w->depth > 0)
            w->stack[w->depth - 1].state |= QUOTED;
        else if (quotes[i].rest)
            w->base |= QUOTED;
    }
    return state;
}

static void start_link(Writer *w, const xmlChar **attributes)
{
    const char *href = attribute(attributes, "href");

    g_clear_pointer(&w->href, g_free);
    if (href && strlen(href) <= MAX_HREF &&
        (g_str_has_prefix(href, "http") || g_str_has_prefix(href, "mailto:")))
        w->href = g_strdup(href);
    w->href_at = w->out->len;
}

static void start_element(void *data, const xmlChar *name, const xmlChar **attributes)
{
    Writer *w = data;
    Element element = {name, state_of(w), layout_of(name)};

    if (w->depth == MAX_DEPTH) /* libxml2 may still close and imply elements after the stop */
        return;
    if (w->out->len >= w->max)
        stop(w, 0);
    if (attributes)
        element.state = mark(w, (const char *)name, attributes);
    if (element.layout == SKIP)
        element.state |= HIDDEN;
    else if (element.layout == PREFORMATTED)
        element.state |= PRE;
    if ((element.state ^ state_of(w)) & QUOTED)
        line_break(w, 2);
    switch (element.layout) {
    case BREAK:
        w->newlines++;
        break;
    case PARAGRAPH:
    case PREFORMATTED:
        line_break(w, 2);
        break;
    case BLOCK:
    case ITEM:
        line_break(w, 1);
        break;
    case CELL:
        w->space = TRUE;
        break;
    case INLINE:
    case SKIP:
        break;
    }
    w->stack[w->depth++] = element;
    if (element.layout == ITEM)
        write_literal(w, "- ");
    for (gsize i = 0; attributes && i < G_N_ELEMENTS(signatures); i++)
        if (has_word(attribute(attributes, signatures[i].attribute), signatures[i].value)) {
            line_break(w, 1);
            write_literal(w, "-- ");
            line_break(w, 1);
        }
    if (strcmp((const char *)name, "a") == 0)
        start_link(w, attributes);
    if (w->depth == MAX_DEPTH)
        stop(w, (gsize)xmlByteConsumed(w->parser));
}

static void end_element(void *data, const xmlChar *name)
{
    Writer *w = data;
    guint i = w->depth;

    while (i > 0 && w->stack[i - 1].name != name &&
           strcmp((const char *)w->stack[i - 1].name, (const char *)name) != 0)
        i--;
    if (i == 0)
        return;
    if (strcmp((const char *)name, "a") == 0 && w->href) {
        if (w->out->len == w->href_at)
            write_literal(w, w->href);
        g_clear_pointer(&w->href, g_free);
    }
    for (guint k = i; k <= w->depth; k++) {
        Layout layout = w->stack[k - 1].layout;
        if (layout == BLOCK || layout == ITEM)
            line_break(w, 1);
        else if (layout == PARAGRAPH || layout == PREFORMATTED)
            line_break(w, 2);
        else if (layout == CELL)
            w->space = TRUE;
    }
    {
        guint inner = w->stack[w->depth - 1].state;
        w->depth = i - 1;
        if ((inner ^ state_of(w)) & QUOTED)
            line_break(w, 2);
    }
}

static void characters(void *data, const xmlChar *text, int length)
{
    write_text(data, (const char *)text, (gsize)length);
}

/* Parses up to the end or to the greatest depth; returns how many bytes are done with. */
static gsize parse_segment(Writer *w, const char *html, gsize length)
{
    static const int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                               HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC;
    htmlSAXHandler handler = {.startElement = start_element,
                              .endElement = end_element,
                              .characters = characters,
                              .ignorableWhitespace = characters};
    gsize done = length;

    w->parser = htmlCreateMemoryParserCtxt(html, (int)length);
    w->stopped_at = 0;
    w->depth = 0;
    if (!w->parser)
        return length;
    *w->parser->sax = handler;
    w->parser->userData = w;
    htmlCtxtUseOptions(w->parser, options);
    /* Not by an encoding handler: with one, xmlByteConsumed() is wrong beyond 32,000 bytes. */
    w->parser->charset = XML_CHAR_ENCODING_UTF8;
    htmlParseDocument(w->parser);
    xmlFreeDoc(w->parser->myDoc);
    w->parser->myDoc = NULL;
    if (w->stopped_at > 0 && w->stopped_at < length) {
        done = w->stopped_at;
        if (html[done] == '/')
            done++;
        if (done < length && html[done] == '>')
            done++;
    }
    htmlFreeParserCtxt(w->parser);
    return done;
}

/* Where to cut a too deep document: in front of a tag, else between characters. */
static gsize window(const char *html, gsize length)
{
    const char *tag;
    gsize n = WINDOW;

    if (length <= WINDOW)
        return length;
    tag = memrchr(html + 1, '<', WINDOW - 1);
    if (tag)
        return (gsize)(tag - html);
    while (((guchar)html[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* libxml2 looks through all open elements at every end tag; nesting without end would make that
 * quadratic. So at MAX_DEPTH it starts anew behind the last tag, with all elements closed; and
 * since it copies what it is given, it is given the rest of such a document in small pieces. */
char *html_to_text(const char *html, gsize length, gsize max)
{
    g_autoptr(GString) guarded = html_guard(html, MIN(length, G_MAXINT / 8));
    g_autofree Writer *w = g_new0(Writer, 1);
    gboolean deep = FALSE;
    gsize done = 0;
    char *text;

    w->out = g_string_new(NULL);
    w->max = max;
    while (done < guarded->len && w->out->len < max) {
        const char *p = guarded->str + done;
        gsize rest = guarded->len - done;
        done += parse_segment(w, p, deep ? window(p, rest) : rest);
        deep = TRUE;
    }
    g_free(w->href);
    /* Character references can name controls, and windows-1252 codes. */
    text = charset_to_utf8(w->out->str, w->out->len, "utf-8");
    g_string_free(w->out, TRUE);
    charset_cut(text, max);
    return text;
}
