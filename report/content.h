/* content: what a page says, said once, apart from how it looks.
 *
 * A content is a list of blocks: headings, paragraphs, facts (a label, and what there is to say of it), items of lists, listings,
 * tables, schedules, figures. Whoever has something to tell adds a block; report/render_text.h, render_markdown.h and
 * render_html.h each set all blocks in type, so that what is said in one format is said in all. Words are prose
 * (report/prose.h) of any origin: the renderers escape. A content owns its words and tables; outcomes and traces are
 * borrowed, and must outlive it. */
#ifndef RACECHECK_REPORT_CONTENT_H
#define RACECHECK_REPORT_CONTENT_H

#include "base/text.h"
#include "report/style.h"
#include "report/table.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>

enum block_kind {
    BLOCK_HEADING, /* of a section, or of a part of one */
    BLOCK_PARAGRAPH,
    BLOCK_NOTE,    /* small print to what stands before it */
    BLOCK_FACT,    /* neighbours make a list */
    BLOCK_ITEM,    /* likewise */
    BLOCK_LISTING, /* lines as they stand */
    BLOCK_TABLE,
    BLOCK_SCHEDULE, /* a trace, step by step */
    BLOCK_BREAK     /* ends a list of facts: what follows is another matter */
};

struct block {
    enum block_kind kind;
    enum style style;
    char *label; /* of a fact, or NULL */
    struct text words;
    struct table *table;
    const struct trace *trace;
    size_t loop; /* the step of the trace where what follows again and again begins; SIZE_MAX: there is none */
};

struct content {
    struct block *blocks;
    size_t count;
    size_t capacity;
};

void content_free(struct content *self);

/* Each adds a block and returns its words, to be filled with text_print(); borrowed until the next block is added. */
struct text *content_heading(struct content *self);
struct text *content_paragraph(struct content *self, enum style style);
struct text *content_note(struct content *self);
struct text *content_fact(struct content *self, enum style style, const char *label);
struct text *content_item(struct content *self);
struct text *content_listing(struct content *self);

/* Adds a table, which is taken, and returns it. */
struct table *content_table(struct content *self, struct table *table);

void content_schedule(struct content *self, const struct trace *trace, size_t loop);
void content_break(struct content *self);

#endif
