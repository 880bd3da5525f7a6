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

#include <stdbool.h>
#include <stdio.h>

struct sheet {
    char *title;
    struct text markdown;
    struct text html;
    bool in_section;
    bool in_pair;
};

/* Starts a sheet with a title, which is copied. Freed with sheet_free(). */
struct sheet sheet_start(const char *title);
void sheet_free(struct sheet *self);

/* A heading below the title. It begins a section, but not within a pair or columns. */
void sheet_heading(struct sheet *self, const char *text);

/* A paragraph, an item of a list. A list begins with sheet_list() and ends with sheet_end_list(). */
void sheet_paragraph(struct sheet *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sheet_list(struct sheet *self);
void sheet_item(struct sheet *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sheet_end_list(struct sheet *self);

/* Text as it stands, in lines. On paper it is torn at empty lines only. */
void sheet_code(struct sheet *self, const char *text);

/* Two things that stand beside each other where there is room, and below each other where there is none: what is added
 * up to sheet_between(), and what is added after it. A pair is a part of a section, and ends with sheet_end_pair();
 * columns are a section, with headings of their own, and end with sheet_end_columns(). */
void sheet_pair(struct sheet *self);
void sheet_columns(struct sheet *self);
void sheet_between(struct sheet *self);
void sheet_end_pair(struct sheet *self);
void sheet_end_columns(struct sheet *self);

/* A table of two columns: a name, and what is to be known of it. Begins with sheet_table(), which names the columns,
 * and ends with sheet_end_table(). Without names of columns the facts stand in a row. */
void sheet_table(struct sheet *self, const char *left, const char *right);
void sheet_fact(struct sheet *self, const char *name, const char *value);
void sheet_end_table(struct sheet *self);

/* Write the whole page. Errors of writing stay on the stream. */
void sheet_write_markdown(const struct sheet *self, FILE *stream);
void sheet_write_html(const struct sheet *self, FILE *stream);

/* Writes the head of a page up to <body>, and its end; for pages that are more than a sheet. A broad one has room for the
 * table of a class (<table class="roll">). */
void sheet_begin_page(const char *title, bool is_broad, FILE *stream);
void sheet_end_page(FILE *stream);

/* Appends text in which nothing is markup to HTML. */
void sheet_escape(struct text *html, const char *text);

#endif
