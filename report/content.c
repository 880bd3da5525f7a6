#include "report/content.h"

#include "base/memory.h"

#include <stdint.h>

static struct block *add(struct content *self, enum block_kind kind, enum style style)
{
    self->blocks = memory_grow(self->blocks, self->count, &self->capacity, sizeof *self->blocks);
    struct block *block = &self->blocks[self->count++];
    *block = (struct block){.kind = kind, .style = style, .loop = SIZE_MAX};
    return block;
}

void content_free(struct content *self)
{
    for (size_t b = 0; b < self->count; b++) {
        memory_free(self->blocks[b].label);
        text_free(&self->blocks[b].words);
        table_free(self->blocks[b].table);
    }
    memory_free(self->blocks);
    *self = (struct content){0};
}

struct text *content_heading(struct content *self)
{
    return &add(self, BLOCK_HEADING, STYLE_HEADING)->words;
}

struct text *content_paragraph(struct content *self, enum style style)
{
    return &add(self, BLOCK_PARAGRAPH, style)->words;
}

struct text *content_note(struct content *self)
{
    return &add(self, BLOCK_NOTE, STYLE_QUIET)->words;
}

struct text *content_fact(struct content *self, enum style style, const char *label)
{
    struct block *block = add(self, BLOCK_FACT, style);
    block->label = memory_copy_string(label);
    return &block->words;
}

struct text *content_item(struct content *self)
{
    return &add(self, BLOCK_ITEM, STYLE_PLAIN)->words;
}

struct text *content_listing(struct content *self)
{
    return &add(self, BLOCK_LISTING, STYLE_PLAIN)->words;
}

struct table *content_table(struct content *self, struct table *table)
{
    return add(self, BLOCK_TABLE, STYLE_PLAIN)->table = table;
}

void content_schedule(struct content *self, const struct trace *trace, size_t loop)
{
    struct block *block = add(self, BLOCK_SCHEDULE, STYLE_PLAIN);
    block->trace = trace;
    block->loop = loop;
}

void content_break(struct content *self)
{
    add(self, BLOCK_BREAK, STYLE_PLAIN);
}
