/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template: one answer, a text file kb/CATEGORY/NAME.LANG.md: a front matter block between "---"
 * lines ("key: value"), then the text with {{places}}. doc/erms-kb.5 describes the format.
 * Not here: a folder of them (kb/kb.h), filling (kb/fill.h), choosing (kb/pick.h).
 */
#pragma once

#include <glib.h>

#define TEMPLATE_MAX_BYTES (64 * 1024) /* a larger file is an error */

typedef enum { TEMPLATE_DRAFT, TEMPLATE_APPROVED, TEMPLATE_RETIRED } TemplateState;
typedef enum { TEMPLATE_OFF, TEMPLATE_SUGGEST, TEMPLATE_AUTO } TemplateMode; /* ascending */
typedef enum { TEMPLATE_PUBLIC, TEMPLATE_PERSONAL } TemplateDiscloses;       /* ascending */

typedef struct Template {
    char *id;       /* "returns/how-to.de" */
    char *category; /* "returns" */
    char *name;     /* "how-to" */
    char *language; /* "de" */
    char *path;     /* the file, for messages */
    char *title;    /* never NULL */
    TemplateState state;
    char *approver; /* NULL: nobody */
    TemplateMode mode;
    TemplateDiscloses discloses;
    char **when; /* words or phrases that select it among the answers of its category; NULL: none */
    char *owner; /* NULL: none */
    char *subject;     /* NULL: the customer's subject with Re: */
    GDate *valid_from; /* NULL: always */
    GDate *valid_to;   /* last day; NULL: for ever */
    GDate *review_by;  /* NULL: never */
    char *body;        /* UTF-8, LF, one line end at the end */
    char *hash;        /* lower-case hex SHA-256 of the file */
} Template;

typedef struct KbProblem {
    char *path;
    guint line;     /* 1-based; 0: the file as a whole */
    gboolean error; /* FALSE: a warning, the template can be used */
    char *text;
} KbProblem;
void kb_problem_free(KbProblem *problem);
/* Appends to PROBLEMS (GPtrArray of KbProblem, owned). */
void kb_problem_add(GPtrArray *problems, const char *path, guint line, gboolean error,
                    const char *format, ...) G_GNUC_PRINTF(5, 6);

/* Reads one template from bytes; PATH is ".../CATEGORY/NAME.LANG.md". What is wrong is appended to
 * PROBLEMS with its line, at most 20 of a file; NULL if one of them is an error. An answer that is
 * public and has a place about a person ({{order.status}}) is an error here already: it is never
 * loaded, so it can never leave. Without a key: draft, auto, public. */
Template *template_parse(const char *path, const char *bytes, gsize length, GPtrArray *problems);
void template_free(Template *template_);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Template, template_free)

/* May it be used on this day: approved by somebody who is named, and within its dates? */
gboolean template_usable(const Template *template_, const GDate *today);
