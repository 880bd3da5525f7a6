/* content: what a page says, said once, apart from how it looks.
 *
 * A content is a list of blocks: headings, paragraphs, facts (a label, and what there is to say of it), items of lists, listings,
 * tables, schedules, figures. Whoever has something to tell adds a block; report/render_text.h, render_markdown.h and
 * render_html.h each set all blocks in type, so that what is said in one format is said in all. Words are prose
 * (report/prose.h) of any origin: the renderers escape. A content owns its words and tables; outcomes and traces are
 * borrowed, and must outlive it. */
#pragma once

#include "analysis/outcome.h"
#include "base/text.h"
#include "report/style.h"
#include "report/table.h"

#include <stddef.h>
#include <stdint.h>

enum block_kind {
    BLOCK_HEADING, /* of a section */
    BLOCK_PART,    /* heading of a part of a section */
    BLOCK_PARAGRAPH,
    BLOCK_CLAIM,   /* a paragraph that is claimed */
    BLOCK_NOTE,    /* small print to what stands before it */
    BLOCK_FACT,    /* neighbours make a list */
    BLOCK_ITEM,    /* likewise */
    BLOCK_LISTING, /* lines of a program as they stand */
    BLOCK_COMMAND, /* what one types */
    BLOCK_TABLE,
    BLOCK_EQUATION,
    BLOCK_SCHEDULE, /* a trace, step by step */
    BLOCK_DETAILS,  /* a schedule that opens; where nothing can, its line alone */
    BLOCK_FIGURE,
    BLOCK_COLUMNS, /* what follows stands beside each other */
    BLOCK_BREAK,   /* ends a list of facts: what follows is another matter */
    BLOCK_KINDS
};

/* What is drawn, where something can be. */
enum figure {
    FIGURE_CHART,  /* of the outcome's values */
    FIGURE_PLAYER, /* steps through the outcome's witnesses */
    FIGURE_PICTURE /* of the trace */
};

/* Where columns begin, change and end. A narrow first column leaves the room to the second. */
enum columns { COLUMNS_NARROW, COLUMNS_EQUAL, COLUMNS_NEXT, COLUMNS_END };

/* Where an item belongs to no thread, or a schedule is no witness. */
#define CONTENT_NONE SIZE_MAX

struct content;

struct block {
    enum block_kind kind;
    enum style style;
    enum figure figure;
    enum columns columns;
    char *label;  /* of a fact or an item, what an equation is equal to, a word for what opens; or NULL */
    char *anchor; /* where links to this heading lead, or NULL */
    struct text words;
    struct table *table;
    const struct outcome *outcome; /* borrowed */
    const struct trace *trace;     /* borrowed */
    size_t witness;                /* index of the outcome's witness that the trace is of, or CONTENT_NONE */
    size_t thread;                 /* whose step an item is about, or CONTENT_NONE */
    size_t loop; /* the step of the trace where what follows again and again begins; SIZE_MAX: there is none */
    struct content *inner; /* what opens */
};

struct content {
    struct block *blocks;
    size_t count;
    size_t capacity;
};

void content_free(struct content *self);

/* Each adds a block and returns its words, to be filled with text_print(); borrowed until the next block is added. */
struct text *content_heading(struct content *self, const char *anchor);
struct text *content_part(struct content *self, const char *anchor);
struct text *content_paragraph(struct content *self, enum style style);
struct text *content_claim(struct content *self, enum style style);
struct text *content_note(struct content *self);
struct text *content_fact(struct content *self, enum style style, const char *label);
struct text *content_item(struct content *self, const char *label, size_t thread);
struct text *content_listing(struct content *self);
struct text *content_command(struct content *self);
struct text *content_equation(struct content *self, const char *result);

/* Adds a table, which is taken, and returns it. */
struct table *content_table(struct content *self, struct table *table);

/* Adds a schedule. The outcome may be NULL where it is no witness of one. */
void content_schedule(struct content *self, const struct trace *trace, size_t loop, size_t witness);

/* Adds a schedule that opens, which is labelled with a word, and whose words are the schedule on one line; returns what it opens
 * to, borrowed, to be filled first. */
struct content *content_details(struct content *self, const struct trace *trace, const char *label, size_t witness);

void content_figure(struct content *self, enum figure figure, const struct outcome *outcome, const struct trace *trace);
void content_columns(struct content *self, enum columns columns);
void content_break(struct content *self);

/* The block that was added last; borrowed. */
struct block *content_last(struct content *self);
