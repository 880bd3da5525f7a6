#include "report/content.h"

#include "base/memory.h"

enum { SCHEDULE_ITEMS = 24 }; /* of a schedule on one line */

static struct block *add(struct content *self, enum block_kind kind, enum style style)
{
    self->blocks = memory_grow(self->blocks, self->count, &self->capacity, sizeof *self->blocks);
    struct block *block = &self->blocks[self->count++];
    *block =
        (struct block){.kind = kind, .style = style, .witness = CONTENT_NONE, .thread = CONTENT_NONE, .loop = SIZE_MAX};
    return block;
}

static struct text *add_labelled(struct content *self, enum block_kind kind, enum style style, const char *label)
{
    struct block *block = add(self, kind, style);
    block->label = label != NULL ? memory_copy_string(label) : NULL;
    return &block->words;
}

void content_free(struct content *self)
{
    for (size_t b = 0; b < self->count; b++) {
        struct block *block = &self->blocks[b];
        memory_free(block->label);
        memory_free(block->anchor);
        text_free(&block->words);
        table_free(block->table);
        if (block->inner != NULL)
            content_free(block->inner);
        memory_free(block->inner);
    }
    memory_free(self->blocks);
    *self = (struct content){0};
}

static struct text *add_heading(struct content *self, enum block_kind kind, const char *anchor)
{
    struct block *block = add(self, kind, STYLE_HEADING);
    block->anchor = anchor != NULL ? memory_copy_string(anchor) : NULL;
    return &block->words;
}

struct text *content_heading(struct content *self, const char *anchor)
{
    return add_heading(self, BLOCK_HEADING, anchor);
}

struct text *content_part(struct content *self, const char *anchor)
{
    return add_heading(self, BLOCK_PART, anchor);
}

struct text *content_paragraph(struct content *self, enum style style)
{
    return &add(self, BLOCK_PARAGRAPH, style)->words;
}

struct text *content_claim(struct content *self, enum style style)
{
    return &add(self, BLOCK_CLAIM, style)->words;
}

struct text *content_note(struct content *self)
{
    return &add(self, BLOCK_NOTE, STYLE_QUIET)->words;
}

struct text *content_fact(struct content *self, enum style style, const char *label)
{
    return add_labelled(self, BLOCK_FACT, style, label);
}

struct text *content_item(struct content *self, const char *label, size_t thread)
{
    struct text *words = add_labelled(self, BLOCK_ITEM, STYLE_PLAIN, label);
    content_last(self)->thread = thread;
    return words;
}

struct text *content_listing(struct content *self)
{
    return &add(self, BLOCK_LISTING, STYLE_PLAIN)->words;
}

struct text *content_command(struct content *self)
{
    return &add(self, BLOCK_COMMAND, STYLE_PLAIN)->words;
}

struct text *content_equation(struct content *self, const char *result)
{
    return add_labelled(self, BLOCK_EQUATION, STYLE_PLAIN, result);
}

struct table *content_table(struct content *self, struct table *table)
{
    return add(self, BLOCK_TABLE, STYLE_PLAIN)->table = table;
}

void content_schedule(struct content *self, const struct trace *trace, size_t loop, size_t witness)
{
    struct block *block = add(self, BLOCK_SCHEDULE, STYLE_PLAIN);
    block->trace = trace;
    block->loop = loop;
    block->witness = witness;
}

struct content *content_details(struct content *self, const struct trace *trace, const char *label, size_t witness)
{
    struct thread_names names = {(const char *const *)trace->threads, trace->thread_count};
    schedule_print(add_labelled(self, BLOCK_DETAILS, STYLE_PLAIN, label), &trace->schedule, &names, SCHEDULE_TYPESET,
                   SCHEDULE_ITEMS);
    struct block *block = content_last(self);
    block->trace = trace;
    block->witness = witness;
    return block->inner = memory_new(1, sizeof *block->inner);
}

void content_figure(struct content *self, enum figure figure, const struct outcome *outcome, const struct trace *trace)
{
    struct block *block = add(self, BLOCK_FIGURE, STYLE_PLAIN);
    block->figure = figure;
    block->outcome = outcome;
    block->trace = trace;
}

void content_columns(struct content *self, enum columns columns)
{
    add(self, BLOCK_COLUMNS, STYLE_PLAIN)->columns = columns;
}

void content_break(struct content *self)
{
    add(self, BLOCK_BREAK, STYLE_PLAIN);
}

struct block *content_last(struct content *self)
{
    return &self->blocks[self->count - 1];
}
