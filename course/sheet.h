/* sheet: a page for people, written as Markdown and as HTML at once.
 *
 * Each call adds one block to both, so that they can never say different things. In paragraphs and items text between
 * backticks is code, and between asterisks it is stressed; nothing else has a meaning in them, and they are our own
 * words. What comes from outside (names, titles) goes into the title and into facts, where every byte is only a
 * character. The HTML is one file with its style inside: no scripts, nothing from elsewhere; it prints on paper, and
 * fits a phone. */
#ifndef RACECHECK_COURSE_SHEET_H
#define RACECHECK_COURSE_SHEET_H

#include "base/text.h"

#include <stdio.h>

struct sheet {
    char *title;
    struct text markdown;
    struct text html;
};

/* Starts a sheet with a title, which is copied. Freed with sheet_free(). */
struct sheet sheet_start(const char *title);
void sheet_free(struct sheet *self);

/* A heading below the title. */
void sheet_heading(struct sheet *self, const char *text);

/* A paragraph, an item of a list. A list begins with sheet_list() and ends with sheet_end_list(). */
void sheet_paragraph(struct sheet *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sheet_list(struct sheet *self);
void sheet_item(struct sheet *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sheet_end_list(struct sheet *self);

/* Text as it stands, in lines. */
void sheet_code(struct sheet *self, const char *text);

/* A table of two columns: a name, and what is to be known of it. Begins with sheet_table(), which names the columns,
 * and ends with sheet_end_table(). */
void sheet_table(struct sheet *self, const char *left, const char *right);
void sheet_fact(struct sheet *self, const char *name, const char *value);
void sheet_end_table(struct sheet *self);

/* Write the whole page. Errors of writing stay on the stream. */
void sheet_write_markdown(const struct sheet *self, FILE *stream);
void sheet_write_html(const struct sheet *self, FILE *stream);

/* Writes the head of a page up to <body>, and its end; for pages that are more than a sheet. */
void sheet_begin_page(const char *title, FILE *stream);
void sheet_end_page(FILE *stream);

/* Appends text in which nothing is markup to HTML. */
void sheet_escape(struct text *html, const char *text);

#endif
